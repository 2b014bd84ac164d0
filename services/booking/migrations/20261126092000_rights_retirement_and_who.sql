-- Rights that are told once they are open, beneficiaries who left a list, and who did what.
-- migrate:up

-- A right is told once: by its règlement or by itself, whichever comes second. Those that stand
-- on a règlement already were open before anybody told it.
alter table entitlement add column opened boolean not null default false;
update entitlement set opened = true
 where active and exists (select from service where id = entitlement.service);
create index entitlement_unopened on entitlement (service) where active and not opened;

-- Who left a household's list, for ever. The same child of another household stays on that one's.
create table retired (
    household   uuid not null,
    beneficiary uuid not null,
    retired_by  uuid not null,
    at          timestamptz not null default app_now(),
    primary key (household, beneficiary)
);
select grant_to_app('select, insert', 'retired');

-- Which adult placed an order, which one took a meal out; unknown for what was done before.
alter table meal_order add column placed_by uuid;
alter table booking add column cancelled_by uuid;
create index booking_of_cancellation on booking (cancellation) where cancellation is not null;
select grant_to_app('update (cancelled_by)', 'booking');

-- As before, and: who left the list is entitled to nothing, and a household's own booking says
-- which line of which order it is and until when it may be cancelled.
drop function meal_facts(uuid, uuid[], uuid[], date[], text[]);
create function meal_facts(
    of_household uuid, beneficiaries uuid[], services uuid[], days date[], sessions text[]
) returns table (
    beneficiary uuid, service uuid, day date, session text,
    authority uuid, school_year smallint, category text, regulation_version int,
    capacity int, taken int, book_until timestamptz, live_in text,
    order_id uuid, line smallint, cancel_until timestamptz
) language sql stable parallel safe as $$
    select asked.beneficiary, asked.service, asked.day, asked.session,
           d.authority, d.school_year, e.category, d.regulation_version,
           d.capacity, d.taken, u.until, o.state,
           case when o.household = of_household then o.id end,
           case when o.household = of_household then b.line end,
           case when o.household = of_household then (
               select max(c.until) from deadline c
                where c.service = b.service and c.day = b.day
                  and c.action = 'cancel' and c.audience = 'family') end
      from unnest(beneficiaries, services, days, sessions)
           as asked (beneficiary, service, day, session)
      left join serving_day d
        on d.service = asked.service and d.day = asked.day and d.session = asked.session
      left join deadline u
        on u.service = asked.service and u.day = asked.day
       and u.action = 'book' and u.audience = 'family'
      left join lateral (
           select category from entitlement
            where household = of_household and service = asked.service
              and beneficiary = asked.beneficiary and active
              and asked.day between valid_from and valid_until
              and asked.beneficiary not in (
                  select r.beneficiary from retired r where r.household = of_household)
            order by valid_from desc, id limit 1
      ) e on true
      left join booking b
        on b.beneficiary = asked.beneficiary and b.day = asked.day
       and b.session = asked.session and b.service = asked.service and b.state = 'live'
      left join meal_order o on o.id = b.order_id
$$;

-- migrate:down
drop function meal_facts(uuid, uuid[], uuid[], date[], text[]);
create function meal_facts(
    of_household uuid, beneficiaries uuid[], services uuid[], days date[], sessions text[]
) returns table (
    beneficiary uuid, service uuid, day date, session text,
    authority uuid, school_year smallint, category text, regulation_version int,
    capacity int, taken int, book_until timestamptz, live_in text
) language sql stable parallel safe as $$
    select asked.beneficiary, asked.service, asked.day, asked.session,
           d.authority, d.school_year, e.category, d.regulation_version,
           d.capacity, d.taken, u.until, o.state
      from unnest(beneficiaries, services, days, sessions)
           as asked (beneficiary, service, day, session)
      left join serving_day d
        on d.service = asked.service and d.day = asked.day and d.session = asked.session
      left join deadline u
        on u.service = asked.service and u.day = asked.day
       and u.action = 'book' and u.audience = 'family'
      left join lateral (
           select category from entitlement
            where household = of_household and service = asked.service
              and beneficiary = asked.beneficiary and active
              and asked.day between valid_from and valid_until
            order by valid_from desc, id limit 1
      ) e on true
      left join booking b
        on b.beneficiary = asked.beneficiary and b.day = asked.day
       and b.session = asked.session and b.service = asked.service and b.state = 'live'
      left join meal_order o on o.id = b.order_id
$$;
drop index booking_of_cancellation;
alter table booking drop column cancelled_by;
alter table meal_order drop column placed_by;
drop table retired;
drop index entitlement_unopened;
alter table entitlement drop column opened;
