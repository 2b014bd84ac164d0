-- name: open_days
-- How many canteens booking serves already.
select count(distinct service) from serving_day

-- name: known_regies
-- How many régies payments knows already.
select count(*) from regie

-- name: served_days
-- The days of a canteen.
select day from serving_day where service = $1 order by day

-- name: add_people
-- Households, each with its adult and an open session.
with homes as (
    insert into household (id, state) select unnest($1::uuid[]), 'validated'
), people as (
    insert into person (id, first_name, last_name, name_key, email, email_key,
                        address_proved)
    select id, 'Camille', 'Famille ' || number, 'famille ' || number || ' camille',
           'famille' || number || '@bench.example', 'famille' || number || '@bench.example',
           app_now()
      from unnest($2::uuid[]) with ordinality as p (id, number)
), members as (
    insert into household_member (household, person)
    select * from unnest($1::uuid[], $2::uuid[])
)
insert into session (token_hash, id, person, created, last_seen, expires, keep)
select token_hash, gen_random_uuid(), person, app_now(), app_now(), app_now() + interval '1 day',
       false
  from unnest($3::bytea[], $2::uuid[]) as s (token_hash, person)

-- name: add_children
-- Two children in each household.
with born as (
    insert into beneficiary (id, first_name, last_name, name_key, birth_date)
    select id, case when number % 2 = 1 then 'Ana' else 'Bob' end, 'Famille ' || number,
           'famille ' || number, date '2018-01-01' + (number % 700)::int
      from unnest($2::uuid[]) with ordinality as c (id, number)
)
insert into guardianship (household, beneficiary, filiation)
select household, child, 'mere' from unnest($1::uuid[], $2::uuid[]) as g (household, child)

-- name: add_entitlements
-- Every child may eat at its canteen this school year.
insert into entitlement (id, household, beneficiary, authority, service, category, valid_from,
                         valid_until, active, version, opened)
select gen_random_uuid(), household, child, authority, service, 'residents', date '2026-09-01',
       date '2027-08-31', true, 1, true
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       as e (household, child, authority, service)

-- name: open_wallets
-- Accounts, and a wallet with each.
with opened as (
    insert into account (regie, kind, household)
    select regie, 'wallet', household
      from unnest($1::uuid[], $2::uuid[]) as w (household, regie)
    returning id, regie, household
), tills as (
    insert into account (regie, kind) select distinct regie, 'cash' from unnest($2::uuid[]) regie
)
insert into wallet (account, regie, household) select id, regie, household from opened

-- name: take_cash
-- The same cash of everybody: an entry for each, two postings that balance.
with made as (
    insert into entry (regie, key, kind)
    select regie, 'bench:' || household, 'cash_top_up' from wallet
    returning id, regie, key
)
insert into posting (entry, regie, account, cents)
select m.id, m.regie, w.account, $1::bigint
  from made m join wallet w on m.key = 'bench:' || w.household
 union all
select m.id, m.regie, a.id, -$1::bigint
  from made m join account a on a.regie = m.regie and a.kind = 'cash'

-- name: add_ballast
-- Confirmed orders of families who never come back: tables are never empty in real life, and
-- a plan made on empty ones is a bad plan. They paid by card: that tells them from the others.
with ids as (
    select gen_random_uuid() as id, number from generate_series(1, $1::int) number
), placed as (
    insert into meal_order (id, authority, school_year, household, regie, means, cents, state,
                            version, placed, changed)
    select i.id, s.authority, 2026, gen_random_uuid(), s.regie, 'card', 15200, 'confirmed', 2,
           app_now(), app_now()
      from ids i join lateral (
           select authority, regie from service order by id
           offset i.number % (select count(*) from service) limit 1) s on true
)
insert into booking (order_id, line, authority, school_year, beneficiary, service, day, session,
                     cents, regulation_version)
select i.id, child * 20 + place, s.authority, 2026, md5(i.id::text || child)::uuid, s.id,
       d.day, 'midi', 380, 1
  from ids i
  join lateral (select id, authority from service order by id
                offset i.number % (select count(*) from service) limit 1) s on true
 cross join generate_series(0, 1) child
 cross join unnest($2::date[]) with ordinality as d (day, place)

-- name: forget_orders
-- The families that come never ordered.
with gone as (
    delete from booking b using meal_order o
     where o.id = b.order_id and o.means = 'credits'
)
delete from cart_line

-- name: forget_order_heads
-- Their orders' heads, once the lines are gone.
delete from meal_order where means = 'credits'

-- name: free_seats
-- Nobody eats yet.
update serving_day set taken = 0 where taken <> 0

-- name: open_carts
-- A cart of each household in its régie, in its first version.
insert into cart (household, regie, version)
select household, regie, $3 from unnest($1::uuid[], $2::uuid[]) as c (household, regie)
on conflict (household, regie) do update set version = excluded.version

-- name: fill_carts
-- Both children, every date.
insert into cart_line (household, regie, beneficiary, service, day, session)
select household, regie, child, service, day, 'midi'
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       as c (household, regie, child, service)
 cross join unnest($5::date[]) as day

-- name: forget_emails
-- No e-mail was ever queued.
truncate email

-- name: queued_emails
-- How many e-mails about orders were queued.
select count(*) from email where template in ('order_confirmed', 'order_released')

-- name: orders_by_state
-- How many orders stand where.
select state, count(*) as orders from meal_order where means = 'credits' group by state

-- name: unsent_events
-- How many events still wait for the broker.
select count(*) from outbox where sent is null

-- name: told_since
-- When events of a name were told.
select id, told from outbox where name = $1 and told >= $2

-- name: received_since
-- When events were taken in.
select id, received from inbox where received >= $1

-- name: clock
-- The server's own clock, which outbox and inbox write.
select clock_timestamp()

-- name: orders_of
-- Orders that exist among these, and whether they are confirmed.
select id, state from meal_order where id = any($1::uuid[])

-- name: charges_of
-- How often each of these orders was charged.
select order_id, count(*) as charges from entry
 where order_id = any($1::uuid[]) and kind = 'order_paid' group by order_id
