-- name: save_authority
-- An authority, new or renamed.
insert into authority (id, label) values ($1, $2)
on conflict (id) do update set label = excluded.label

-- name: has_authority
-- Whether this authority exists.
select true from authority where id = $1

-- name: lock_authority
-- Whether this authority exists; its roles change one after the other from here to commit.
select true from authority where id = $1 for no key update

-- name: find_roles
-- Everyone who holds or held a role in an authority.
select agent, authority, roles, version from agent_role where authority = $1

-- name: save_roles
-- The roles of an agent in an authority, new or changed.
insert into agent_role (agent, authority, roles, version) values ($1, $2, $3, $4)
on conflict (agent, authority) do update
   set roles = excluded.roles, version = excluded.version

-- name: has_regie
-- Whether this régie exists in this authority.
select true from regie where authority = $1 and id = $2

-- name: add_regie
-- A régie, if it is new.
insert into regie (id, authority, label, version) values ($1, $2, $3, 1)
on conflict (id) do nothing
returning true

-- name: lock_regie
-- A régie, locked.
select id, authority, label, version from regie where id = $1 for no key update

-- name: save_regie
-- A régie's new name, with the version that tells of it.
update regie set label = $2, version = $3 where id = $1

-- name: find_authority_of_service
-- Whose service this is; that never changes.
select authority from service where id = $1

-- name: add_service
-- A service, if it is new: its first règlement makes it.
insert into service (id, authority) values ($1, $2) on conflict (id) do nothing

-- name: lock_service
-- A service, locked so that its versions come one after the other.
select id, authority from service where id = $1 for no key update

-- name: find_latest_version
-- The highest version of a service's règlement, asked once the service is locked; 0 for none.
select coalesce(max(version), 0) from regulation where service = $1

-- name: find_regulation
-- A published version, word for word.
select document from regulation where service = $1 and version = $2

-- name: add_regulation
-- A version of a règlement, for ever.
insert into regulation (service, version, authority, regie, document)
values ($1, $2, $3, $4, $5)

-- name: has_category
-- Whether a published version of the service's règlement has a price for this category.
select exists (select from regulation where service = $1 and document @> $2)

-- name: add_entitlement
-- An entitlement, if it is new.
insert into entitlement (
    id, household, beneficiary, authority, service, category, valid_from, valid_until, state,
    version
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do nothing
returning true

-- name: lock_entitlement
-- An entitlement, locked.
select id, household, beneficiary, authority, service, category, valid_from, valid_until, state,
    version
from entitlement where id = $1 for no key update

-- name: save_entitlement
-- What may change of an entitlement, with the version that tells of it.
update entitlement
set category = $2, valid_from = $3, valid_until = $4, state = $5, version = $6
where id = $1

-- name: find_offers
-- The entries of some services that can be asked for now.
select service, category, authority, authority_label, service_label, category_label
  from offer where service = any($1::uuid[])

-- name: lock_beneficiaries
-- For whom households ask, locked in one order until commit.
insert into household_beneficiary as known (household, beneficiary)
select household, beneficiary
  from unnest($1::uuid[], $2::uuid[]) as pair (household, beneficiary)
 order by household, beneficiary
on conflict (household, beneficiary) do update set retired = known.retired
returning household, beneficiary, retired is not null as retired

-- name: retire_beneficiaries
-- Those who left a household's list, for ever, locked in one order until commit.
insert into household_beneficiary as known (household, beneficiary, retired)
select household, beneficiary, app_now()
  from unnest($1::uuid[], $2::uuid[]) as pair (household, beneficiary)
 order by household, beneficiary
on conflict (household, beneficiary) do update
   set retired = coalesce(known.retired, excluded.retired)

-- name: add_requests
-- Requests that are new: not those whose entry waits for an answer already.
insert into access_request (
    id, household, beneficiary, authority, service, category, state, version, asked_by
)
select *, $9 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],
                         $7::text[], $8::int[])
on conflict do nothing
returning id

-- name: find_held
-- Those of these requests whose entry their household holds, now or later.
select asked.id
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[])
       as asked (id, household, beneficiary, service, category)
 where exists (
       select from entitlement e
        where (e.household, e.beneficiary, e.service, e.category)
              = (asked.household, asked.beneficiary, asked.service, asked.category)
          and e.state = 'active' and e.valid_until >= (select town_today()))

-- name: find_owners
-- Whose requests these are; that never changes.
select id, household, beneficiary, authority from access_request where id = any($1::uuid[])

-- name: lock_requests
-- Requests with the public names of what they want, locked in one order until commit.
select q.id, q.household, q.beneficiary, q.authority, q.service, q.category, e.authority_label,
       e.service_label, e.category_label, q.state, q.reason, q.version
  from access_request q
 cross join lateral (
       select * from entry
        where entry.service = q.service and entry.category = q.category
        order by entry.version desc limit 1) e
 where q.id = any($1::uuid[])
 order by q.id
   for no key update of q

-- name: lock_pending_requests
-- What these households still ask for these beneficiaries, locked in one order until commit.
select id from access_request
 where (household, beneficiary) in (select * from unnest($1::uuid[], $2::uuid[]))
   and state = 'pending'
 order by id
   for no key update

-- name: save_requests
-- The last states of requests, with who judged them if somebody did.
update access_request q
   set state = s.state, reason = s.reason, version = s.version, explanation = $5,
       judged_by = $6, judged = case when $6::uuid is not null then app_now() end
  from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) as s (id, state, reason, version)
 where q.id = s.id

-- name: find_last_days
-- Until when the newest règlement of each service holds, and what day it is.
select distinct on (service) service, valid_until, (select town_today()) as today
  from entry where service = any($1::uuid[])
 order by service, version desc

-- name: lock_rights
-- What these households may book for these beneficiaries, locked in one order until commit.
select id, household, beneficiary, authority, service, category, valid_from, valid_until, state,
    version
  from entitlement
 where (household, beneficiary) in (select * from unnest($1::uuid[], $2::uuid[]))
   and state = 'active'
 order by id
   for no key update

-- name: add_rights
-- The rights that answer requests.
insert into entitlement (
    request, id, household, beneficiary, authority, service, category, valid_from, valid_until,
    state, version
)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[],
                     $7::text[], $8::date[], $9::date[], $10::text[], $11::int[])

-- name: save_rights
-- Until when rights hold now, or that they ended.
update entitlement r set valid_until = s.valid_until, state = s.state, version = s.version
  from unnest($1::uuid[], $2::date[], $3::text[], $4::int[]) as s (id, valid_until, state, version)
 where r.id = s.id

-- name: mark_opened
-- Booking lets these rights be used; rights that are not here change nothing.
update entitlement r set opened = app_now()
  from (select id from entitlement
         where id = any($1::uuid[]) and opened is null
         order by id for no key update) as told
 where r.id = told.id

-- name: offers
-- Everything that can be asked for, each service's entries in its règlement's order.
select authority, authority_label, service, service_label, category, category_label, cents
  from offer order by place

-- name: access_of_household
-- The last request or right of each entry (what lives, else the newest), newest first.
with known as (
    select q.id as request, q.beneficiary, q.service, coalesce(r.category, q.category) as category,
           q.state as request_state, q.reason, q.explanation, q.asked, q.asked_by,
           q.asked as since, r.state as right_state, r.opened, r.valid_from, r.valid_until
      from access_request q left join entitlement r on r.request = q.id
     where q.household = $1 and q.state <> 'withdrawn'
    union all
    select null, beneficiary, service, category, 'approved', null, '', null, null, given,
           state, opened, valid_from, valid_until
      from entitlement where household = $1 and request is null
), shown as (
    select *, case
               when request_state <> 'approved' then request_state
               when right_state = 'ended' or valid_until < (select town_today()) then 'ended'
               when opened is null then 'opening'
               else 'open'
              end as state
      from known
), latest as (
    select distinct on (beneficiary, service, category) * from shown
     order by beneficiary, service, category, state in ('pending', 'opening', 'open') desc,
              since desc
)
select l.request, l.beneficiary, e.authority, l.service, l.category, e.authority_label,
       e.service_label, e.category_label, l.state, l.reason, l.explanation, l.asked, l.asked_by,
       l.valid_from, l.valid_until
  from latest l
 cross join lateral (
       select * from entry
        where entry.service = l.service and entry.category = l.category
        order by entry.version desc limit 1) e
 order by l.since desc, l.service, l.beneficiary, l.category

-- name: roles_in_authority
-- Everyone who holds or held a role in an authority, those who administer it first.
select agent, roles, version from agent_role
 where authority = $1
 order by 'administrator' = any(roles) desc, cardinality(roles) = 0, agent

-- name: town_authorities
-- The authorities that organise something, with how much waits; an agent sees its own.
select a.id as authority, a.label, count(q.id) as pending
  from authority a left join access_request q on q.authority = a.id and q.state = 'pending'
 where a.id <> $1
 group by a.id

-- name: town_regies
-- The cash offices of authorities.
select authority, id as regie, label from regie

-- name: town_services
-- The newest règlement of each service, whether it holds already, still, or no more.
select distinct on (service) authority, service, document ->> 'service_name' as label, document
  from regulation order by service, version desc

-- name: pending_requests
-- A page of what waits, oldest first, with the entry that each beneficiary holds already.
with page as (
    select * from access_request q
     where q.state = 'pending' and ($1::uuid is null or q.authority = $1)
       and ($2::uuid is null
            or (q.asked, q.id) > (select last.asked, last.id from access_request last
                                   where last.id = $2))
     order by q.asked, q.id
     limit $3
)
select q.id as request, q.household, q.beneficiary, q.authority, q.service, q.category,
       e.authority_label, e.service_label, e.category_label, q.asked, q.asked_by,
       holds.category_label as held
  from page q
 cross join lateral (
       select * from entry
        where entry.service = q.service and entry.category = q.category
        order by entry.version desc limit 1) e
  left join lateral (
       select entry.category_label
         from entitlement r join entry using (service, category)
        where r.household = q.household and r.beneficiary = q.beneficiary
          and r.service = q.service and r.state = 'active'
          and r.valid_until >= (select town_today())
        order by r.valid_from, entry.version desc limit 1) holds on true
 order by q.asked, q.id

-- name: count_pending
-- How much waits in all, and what time it is.
select count(*) as total, app_now() as now
  from access_request where state = 'pending' and ($1::uuid is null or authority = $1)
