-- Requests for access: asked by families, judged by town halls; rights that booking has opened.
-- migrate:up

-- "Today" as a parent reads it on the wall.
create function town_today() returns date language sql volatile as $$
    select (app_now() at time zone 'Europe/Paris')::date
$$;

-- Every entry of every published règlement, with its public names: a situation and its price.
create view entry as
select r.service, r.version, r.authority, a.label as authority_label,
       r.document ->> 'service_name' as service_label,
       (r.document ->> 'valid_until')::date as valid_until,
       p.place, p.price ->> 'category' as category, p.price ->> 'label' as category_label,
       (p.price ->> 'cents')::int as cents
  from regulation r
  join authority a on a.id = r.authority
 cross join lateral jsonb_array_elements(r.document -> 'prices') with ordinality as p (price, place);
select grant_to_app('select', 'entry');

-- What can be asked for now: the newest version of each service whose period is not over.
create view offer as
select entry.* from entry
 where (service, version) in (
       select service, max(version) from regulation
        where (document ->> 'valid_until')::date >= (select town_today())
        group by service);
select grant_to_app('select', 'offer');

-- For whom a household asks, and when they left its list. Who changes requests or rights of a
-- pair locks its row first: of two approvals one sees the other.
create table household_beneficiary (
    household   uuid not null,
    beneficiary uuid not null,
    retired     timestamptz,
    constraint household_beneficiary_pkey primary key (household, beneficiary)
);
select grant_to_app('select, insert, update (retired)', 'household_beneficiary');

-- A household wants an entry of a service for a beneficiary.
create table access_request (
    id          uuid        not null,
    household   uuid        not null,
    beneficiary uuid        not null,
    authority   uuid        not null,
    service     uuid        not null,
    category    text        not null,
    state       text        not null default 'pending' constraint request_state_known
        check (state in ('pending', 'approved', 'refused', 'withdrawn')),
    reason      text        constraint request_reason_known check (reason in (
        'full', 'outside', 'other_entry', 'proof_missing', 'unknown_beneficiary', 'duplicate')),
    explanation text        not null default '',
    asked       timestamptz not null default app_now(),
    asked_by    uuid        not null,
    judged      timestamptz,
    judged_by   uuid,
    version     int         not null default 1 constraint request_version_counts
        check (version > 0),
    constraint access_request_pkey primary key (id),
    constraint request_stays_in_its_authority
        foreign key (authority, service) references service (authority, id),
    constraint request_is_for_a_known_pair foreign key (household, beneficiary)
        references household_beneficiary (household, beneficiary),
    constraint refused_for_a_reason check ((state = 'refused') = (reason is not null)),
    constraint judged_by_somebody check (
        (state in ('approved', 'refused')) = (judged is not null)
        and (judged is null) = (judged_by is null))
);
create unique index one_pending_request_per_entry
    on access_request (household, beneficiary, service, category) where state = 'pending';
create index access_request_of_household on access_request (household, beneficiary);
create index access_request_of_service on access_request (service);
select grant_to_app(
    'select, insert, update (state, reason, explanation, judged, judged_by, version)',
    'access_request');

-- The request that a right answers, and since when booking lets it be used.
alter table entitlement
    add column request uuid constraint right_answers_a_request references access_request,
    add column opened  timestamptz,
    add column given   timestamptz not null default app_now();
-- Booking tells of a right once, and of those that it could use already it tells no more.
update entitlement set opened = given;
create unique index one_right_per_request on entitlement (request);
select grant_to_app('update (opened)', 'entitlement');

-- migrate:down
alter table entitlement drop column request, drop column opened, drop column given;
drop table access_request, household_beneficiary;
drop view offer, entry;
drop function town_today();
