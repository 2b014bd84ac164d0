-- name: keep_regulation
-- A published version is kept as it came; it never changes.
insert into regulation (service, version, authority, document) values ($1, $2, $3, $4)
on conflict (service, version) do nothing

-- name: adopt_regulation
-- The service follows its newest version; an older one that comes late changes nothing.
insert into service (id, authority, regie, version) values ($1, $2, $3, $4)
on conflict (id) do update
   set authority = excluded.authority, regie = excluded.regie, version = excluded.version
 where service.version < excluded.version
returning id

-- name: publish_serving_days
-- Open the days of a règlement; a day already open never gets fewer seats than are taken.
insert into serving_day as d
    (authority, school_year, service, day, session, regulation_version, capacity)
select $1, school_year, $2, day, session, $3, $4
  from unnest($5::date[], $6::int[]) as served (day, school_year)
 cross join unnest($7::text[]) as session
on conflict (service, day, session, authority, school_year) do update
   set regulation_version = excluded.regulation_version,
       capacity = greatest(excluded.capacity, d.taken)

-- name: withdraw_serving_days
-- Days and sessions of its own period that a new version drops and nobody has booked.
delete from serving_day
 where service = $1 and day between $2 and $3 and taken = 0
   and not (day = any($4::date[]) and session = any($5::text[]))

-- name: publish_deadlines
-- Fix the instants of a day; what was shown to a parent is only ever lengthened.
insert into deadline as shown (authority, school_year, service, day, action, audience, until)
select $1, school_year, $2, day, action, 'family', until
  from unnest($3::date[], $4::int[], $5::text[], $6::timestamptz[])
       as fixed (day, school_year, action, until)
on conflict (service, day, action, audience, authority, school_year) do update
   set until = excluded.until
 where shown.until < excluded.until

-- name: save_entitlements
-- Each entitlement's newest state; an older one that comes late changes nothing.
insert into entitlement as known (id, household, beneficiary, authority, service, category,
                                  valid_from, valid_until, active, version)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],
                     $7::date[], $8::date[], $9::boolean[], $10::int[])
on conflict (id) do update
   set household = excluded.household, beneficiary = excluded.beneficiary,
       authority = excluded.authority, service = excluded.service,
       category = excluded.category, valid_from = excluded.valid_from,
       valid_until = excluded.valid_until, active = excluded.active, version = excluded.version
 where known.version < excluded.version

-- name: lock_services
-- A règlement and a right that come at the same moment: one waits for the other, and sees it.
select pg_advisory_xact_lock(key)
  from (select distinct hashtextextended(service::text, 0) as key
          from unnest($1::uuid[]) as service order by key) s

-- name: open_entitlements
-- Rights of these services that stand on a règlement and were not told yet: told from now on.
update entitlement e set opened = true
  from service s join regulation r on r.service = s.id and r.version = s.version
 where s.id = any($1::uuid[]) and e.service = s.id and e.active and not e.opened
   and not exists (
       select from retired g where g.household = e.household and g.beneficiary = e.beneficiary)
returning e.id as entitlement, e.household, e.beneficiary, e.authority, e.service,
          r.document ->> 'authority_name' as authority_name,
          r.document ->> 'service_name' as service_name

-- name: open_carts
-- The household's carts, and one wherever this beneficiary may eat: locked until commit.
insert into cart (household, regie)
select $1, regie
  from (select regie from cart where household = $1
         union
        select s.regie from entitlement e join service s on s.id = e.service
         where e.household = $1 and e.beneficiary = $2) known
 order by regie
on conflict (household, regie) do update set version = cart.version

-- name: bookings_ahead
-- The first live bookings of a beneficiary by this household, from today on.
select b.beneficiary, b.service, b.day, b.session
  from booking b join meal_order o on o.id = b.order_id
 where b.beneficiary = $2 and b.state = 'live' and o.household = $1
   and b.day >= (select (app_now() at time zone $3)::date)
 order by b.day, b.session, b.service
 limit $4

-- name: take_out_of_carts
-- Nothing of this beneficiary is left in the household's carts.
with gone as (
    delete from cart_line where household = $1 and beneficiary = $2 returning regie
)
update cart set version = version + 1
 where household = $1 and regie in (select regie from gone)

-- name: add_retired
-- Who left the list stays away for ever; the second time, nothing comes back.
insert into retired (household, beneficiary, retired_by) values ($1, $2, $3)
on conflict (household, beneficiary) do nothing
returning beneficiary

-- name: regulations
-- The documents of some versions.
select service, version, document from regulation
 where (service, version) in (select * from unnest($1::uuid[], $2::int[]))

-- name: service_place
-- To which authority a service belongs, and to which régie its meals are paid.
select authority, regie from service where id = $1

-- name: authorities_of_regie
-- The authorities whose services are paid to a régie.
select distinct authority from service where regie = $1

-- name: authorities_of_household
-- The authorities where a household holds or held a right.
select distinct authority from entitlement where household = $1

-- name: open_cart
-- The household's cart in a régie, made if need be and locked until commit.
insert into cart (household, regie) values ($1, $2)
on conflict (household, regie) do update set version = cart.version
returning version

-- name: chosen_meals
-- What the cart holds of a service and a range of days.
select beneficiary, service, day, session from cart_line
 where household = $1 and service = $2 and day between $3 and $4

-- name: facts_of_meals
-- What the rules need to know of these meals, as it stands now.
select f.*, (select app_now()) as now
  from meal_facts($1, $2::uuid[], $3::uuid[], $4::date[], $5::text[]) f

-- name: replace_meals
-- The cart holds exactly these meals of a service and a range of days.
with gone as (
    delete from cart_line l
     where l.household = $1 and l.service = $3 and l.day between $4 and $5
       and not exists (
           select from unnest($6::uuid[], $7::date[], $8::text[]) as k (beneficiary, day, session)
            where k.beneficiary = l.beneficiary and k.day = l.day and k.session = l.session)
), come as (
    insert into cart_line (household, regie, service, beneficiary, day, session)
    select $1, $2, $3, beneficiary, day, session
      from unnest($6::uuid[], $7::date[], $8::text[]) as k (beneficiary, day, session)
    on conflict do nothing
)
update cart set version = version + 1 where household = $1 and regie = $2 returning version

-- name: lock_cart
-- The cart of a régie, locked so that two tabs confirm it once.
select version from cart where household = $1 and regie = $2 for update

-- name: cart_facts
-- What the rules need to know of the meals of one régie's cart, as it stands now.
select f.*, (select app_now()) as now
  from (select array_agg(beneficiary) as who, array_agg(service) as what,
               array_agg(day) as days, array_agg(session) as sessions
          from cart_line where household = $1 and regie = $2) c
 cross join lateral meal_facts($1, c.who, c.what, c.days, c.sessions) f
 where f.day is not null

-- name: take_seats
-- Take seats, days locked in order; a day without room is missing from what comes back.
with wanted as (
    select * from unnest($1::uuid[], $2::date[], $3::text[], $4::int[])
        as w (service, day, session, seats)
), locked as (
    select d.service, d.day, d.session, d.authority, d.school_year, w.seats
      from serving_day d join wanted w using (service, day, session)
     order by d.service, d.day, d.session
       for no key update of d
)
update serving_day d set taken = d.taken + l.seats
  from locked l
 where d.service = l.service and d.day = l.day and d.session = l.session
   and d.taken + l.seats <= d.capacity
returning d.service, d.day, d.session

-- name: lock_days
-- Days locked in the order in which everybody takes seats.
select from serving_day d
  join unnest($1::uuid[], $2::date[], $3::text[]) as w (service, day, session)
       using (service, day, session)
 order by d.service, d.day, d.session
   for no key update of d

-- name: lock_carts
-- The carts that orders came from, locked in one order: nobody retires a beneficiary meanwhile.
select from cart
 where (household, regie) in (select * from unnest($1::uuid[], $2::uuid[]))
 order by household, regie for update

-- name: orders_of_retired
-- Those of these orders with a meal of somebody who left the household's list meanwhile.
select distinct o.id
  from meal_order o
  join booking b on b.order_id = o.id and b.state <> 'cancelled'
  join retired r on r.household = o.household and r.beneficiary = b.beneficiary
 where o.id = any($1::uuid[])

-- name: give_back_seats
-- Give seats back, days locked in the same order as they are taken.
with wanted as (
    select * from unnest($1::uuid[], $2::date[], $3::text[], $4::int[])
        as w (service, day, session, seats)
), locked as (
    select d.service, d.day, d.session, w.seats
      from serving_day d join wanted w using (service, day, session)
     order by d.service, d.day, d.session
       for no key update of d
)
update serving_day d set taken = d.taken - l.seats
  from locked l
 where d.service = l.service and d.day = l.day and d.session = l.session

-- name: place_order
-- The order, its lines, and the cart they leave: one statement, whatever their number.
with placed as (
    insert into meal_order (id, authority, school_year, household, regie, means, cents,
                            placed, changed, placed_by, at_the_desk)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)
), lines as (
    insert into booking (order_id, line, authority, school_year, beneficiary, service, day,
                         session, cents, regulation_version, category)
    select $1, line, $2, school_year, beneficiary, service, day, session, cents, version, category
      from unnest($11::int[], $12::int[], $13::uuid[], $14::uuid[], $15::date[], $16::text[],
                  $17::bigint[], $18::int[], $19::text[])
        as l (line, school_year, beneficiary, service, day, session, cents, version, category)
), emptied as (
    delete from cart_line where household = $4 and regie = $5
)
update cart set version = version + 1 where household = $4 and regie = $5

-- name: lock_orders
-- Orders, locked in one order until commit.
select id, version, household, authority, regie, means, cents, state
  from meal_order where id = any($1::uuid[]) order by id for update

-- name: lock_own_order
-- An order of this household, locked until commit.
select id, version, household, authority, regie, means, cents, state
  from meal_order where id = $1 and household = $2 for update

-- name: lines_of_orders
-- The lines of orders, in their order.
select order_id, line, beneficiary, service, day, session, cents, regulation_version, state,
       cancellation, credit_cents
  from booking where order_id = any($1::uuid[]) order by order_id, line

-- name: deadlines_of_order
-- Until when each line may be acted upon, with the instant that decides.
select b.line, u.until, (select app_now()) as now
  from booking b
  join deadline u on u.service = b.service and u.day = b.day
 where b.order_id = $1 and u.action = $2 and u.audience = 'family'

-- name: save_states
-- New states of orders; versions only move forward.
update meal_order o set state = s.state, version = s.version, reason = s.reason, changed = $5
  from unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) as s (id, state, version, reason)
 where o.id = s.id and o.version < s.version

-- name: release_lines
-- The lines of these orders hold no seat any more.
update booking set state = 'released' where order_id = any($1::uuid[]) and state = 'live'

-- name: retake_lines
-- The released lines of an order hold seats again.
update booking set state = 'live' where order_id = $1 and state = 'released'

-- name: take_out_lines
-- Lines taken out by a cancellation, each with what is given back.
update booking b
   set state = 'cancelled', cancellation = $2, credit_cents = b.cents, cancelled_by = $4,
       cancelled_at_the_desk = $5
 where b.order_id = $1 and b.line = any($3::int[]) and b.state <> 'cancelled'

-- name: calendar
-- Every served day of a range for every beneficiary the household holds a service for.
select f.*, l.beneficiary is not null as in_cart
  from (select array_agg(e.beneficiary) as who, array_agg(e.service) as what,
               array_agg(d.day) as days, array_agg(d.session) as sessions
          from (select distinct beneficiary, service from entitlement
                 where household = $1 and active
                   and valid_from <= $3 and valid_until >= $2
                   and beneficiary not in (select r.beneficiary from retired r
                                            where r.household = $1)) e
          join serving_day d on d.service = e.service and d.day between $2 and $3) a
 cross join lateral meal_facts($1, a.who, a.what, a.days, a.sessions) f
  left join cart_line l
    on l.household = $1 and l.service = f.service and l.beneficiary = f.beneficiary
   and l.day = f.day and l.session = f.session
 order by f.service, f.beneficiary, f.day, f.session

-- name: held_services
-- The services and beneficiaries of a household in a range of days.
select distinct e.service, e.beneficiary, s.version, s.regie, s.authority
  from entitlement e join service s on s.id = e.service
 where e.household = $1 and e.active and e.valid_from <= $3 and e.valid_until >= $2
   and e.beneficiary not in (select r.beneficiary from retired r where r.household = $1)
 order by e.service, e.beneficiary

-- name: whole_cart
-- The household's cart in all régies, with what the rules need to know.
select f.*, c.regie, c.version, s.version as newest_version, (select app_now()) as now
  from cart c
 cross join lateral (
       select array_agg(beneficiary) as who, array_agg(service) as what,
              array_agg(day) as days, array_agg(session) as sessions
         from cart_line l where l.household = c.household and l.regie = c.regie) a
 cross join lateral meal_facts(c.household, a.who, a.what, a.days, a.sessions) f
  join service s on s.id = f.service
 where c.household = $1 and a.who is not null
 order by c.regie, f.service, f.beneficiary, f.day, f.session

-- name: local_today
-- Today in a zone, by the clock that decides.
select (app_now() at time zone $1)::date as today, app_now() as now

-- name: clock
-- The instant that decides, and whether somebody shifted it.
select app_now() as now, shift <> '0' as shifted from clock

-- name: own_order
-- An order of this household.
select id, state, reason, regie, cents, placed, placed_by, at_the_desk
  from meal_order where id = $1 and household = $2

-- name: own_orders
-- A page of the household's orders, newest first, from those before a moment and an order on.
select id, state, reason, regie, cents, placed, placed_by, at_the_desk
  from meal_order
 where household = $1 and ($2::timestamptz is null or (placed, id) < ($2, $3::uuid))
 order by placed desc, id desc
 limit $4

-- name: lines_shown
-- The lines of orders as they are shown; of those that hold a seat, until when they may leave.
select b.order_id, b.line, b.beneficiary, b.service, b.day, b.session, b.cents,
       b.regulation_version, b.state, u.until as cancel_until, (select app_now()) as now
  from booking b
  left join deadline u
    on u.service = b.service and u.day = b.day and u.action = 'cancel'
   and u.audience = 'family' and b.state = 'live'
 where b.order_id = any($1::uuid[])
 order by b.order_id, b.line

-- name: bookings
-- The household's live bookings of a range of days, found by those it may ever have booked for.
select b.order_id, b.line, b.beneficiary, b.service, b.day, b.session, b.cents,
       b.regulation_version, o.state, o.regie, u.until as cancel_until
  from (select distinct beneficiary from entitlement where household = $1) e
  join booking b
    on b.beneficiary = e.beneficiary and b.state = 'live' and b.day between $2 and $3
  join meal_order o on o.id = b.order_id and o.household = $1
  left join deadline u
    on u.service = b.service and u.day = b.day and u.action = 'cancel' and u.audience = 'family'
 order by b.day, b.session, b.service, b.beneficiary
 limit $4

-- name: cancellation
-- What a cancellation of this household took out, line by line.
select b.order_id, b.line, b.beneficiary, b.service, b.day, b.session, b.cents,
       b.regulation_version, b.credit_cents, b.cancelled_by, b.cancelled_at_the_desk, o.state,
       o.regie
  from booking b join meal_order o on o.id = b.order_id
 where b.cancellation = $1 and o.household = $2
 order by b.order_id, b.line

-- name: state_of_order
-- Only the state, for those who wait.
select state from meal_order where id = $1 and household = $2

-- name: is_known
-- Whether a household holds or held a right where the caller may look.
select exists (select from entitlement where household = $1)

-- name: services_on_day
-- The services of an authority, each with the sessions that it serves on a day.
select s.id as service, s.version as newest_version, d.session, d.regulation_version, d.capacity
  from service s
  left join serving_day d on d.service = s.id and d.day = $2
 where s.authority = $1

-- name: meals_of_day
-- How many live bookings of an authority's services on a day, by session and entry.
select b.service, b.session, entry.category,
       count(*) filter (where o.state = 'confirmed') as confirmed,
       count(*) filter (where o.state <> 'confirmed') as held
  from service s
  join booking b on b.service = s.id and b.day = $2 and b.state = 'live'
  join meal_order o on o.id = b.order_id
 cross join lateral (
       select coalesce(b.category, (
           select e.category from entitlement e
            where e.household = o.household and e.service = b.service
              and e.beneficiary = b.beneficiary
            order by e.active desc, e.valid_from desc, e.id limit 1), $3)) as entry (category)
 where s.authority = $1
 group by b.service, b.session, entry.category

-- name: service_seen
-- A service where the caller may look, with its newest règlement and the instant that decides.
select authority, version as newest_version, app_now() as now from service where id = $1

-- name: eaters
-- Who eats in a service on a day and session, each with its entry.
select b.beneficiary, o.household, o.state <> 'confirmed' as held,
       coalesce(b.category, (
           select e.category from entitlement e
            where e.household = o.household and e.service = b.service
              and e.beneficiary = b.beneficiary
            order by e.active desc, e.valid_from desc, e.id limit 1), $4) as category
  from booking b join meal_order o on o.id = b.order_id
 where b.service = $1 and b.day = $2 and b.session = $3 and b.state = 'live'
 order by b.beneficiary
