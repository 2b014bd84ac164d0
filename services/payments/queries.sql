-- name: save_regies
-- The newest state of public cash offices; an older one that comes late changes nothing.
insert into regie as known (id, authority, label, version)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[])
on conflict (id) do update
   set authority = excluded.authority, label = excluded.label, version = excluded.version
 where known.version < excluded.version

-- name: authority_of_regie
-- To which authority a régie belongs.
select authority from regie where id = $1

-- name: add_orders
-- Orders heard of for the first time; those already known, or closed before, do not come back.
insert into payment_order (id, household, authority, regie, means, cents, state, heard)
select id, household, authority, regie, means, cents, 'payable', $7
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[])
       as o (id, household, authority, regie, means, cents)
 order by id
on conflict (id) do nothing
returning id

-- name: find_accounts
-- The accounts that exist among those wanted.
select a.id, a.regie, a.kind, a.household
  from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (regie, kind, household)
  join account a
    on a.regie = w.regie and a.kind = w.kind and a.household is not distinct from w.household

-- name: open_accounts
-- Open accounts, and a wallet with each that belongs to a household.
with opened as (
    insert into account (regie, kind, household)
    select distinct regie, kind, household
      from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (regie, kind, household)
     order by regie, kind, household
    on conflict do nothing
    returning id, regie, household
)
insert into wallet (account, regie, household)
select id, regie, household from opened where household is not null

-- name: lock_wallets
-- Wallets of households in régies, locked in one order until commit.
select w.account, w.household, w.regie, w.balance, w.reserved
  from wallet w
 where (w.household, w.regie) in (select * from unnest($1::uuid[], $2::uuid[]))
 order by w.account
   for no key update

-- name: post
-- Entries and their postings; a key used before, or sums that do not balance, fail.
with made as (
    insert into entry (regie, key, kind, order_id, reverses)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[])
    returning id, regie, key
)
insert into posting (entry, regie, account, cents)
select m.id, m.regie, p.account, p.cents
  from made m
  join unnest($6::text[], $7::bigint[], $8::bigint[]) as p (key, account, cents) using (key)

-- name: save_orders
-- What became of orders; a reservation is kept only while they are payable.
update payment_order o set state = s.state, reserved = s.reserved
  from unnest($1::uuid[], $2::text[], $3::bigint[]) as s (id, state, reserved)
 where o.id = s.id

-- name: change_reservations
-- Reserve, or give back what was reserved.
update wallet w set reserved = w.reserved + c.cents
  from unnest($1::bigint[], $2::bigint[]) as c (account, cents)
 where w.account = c.account

-- name: close_orders
-- Orders that must never be charged: locked, with the state they had; unknown ones are closed.
insert into payment_order (id, household, authority, regie, means, cents, state, heard)
select id, household, authority, regie, 'credits', cents, 'closed', $6
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])
       as o (id, household, authority, regie, cents)
 order by id
on conflict (id) do update set state = payment_order.state
returning id, household, regie, cents, state, reserved, credited

-- name: lock_orders
-- Known orders, locked in one order until commit.
select id, household, regie, cents, state, reserved, credited
  from payment_order where id = any($1::uuid[]) order by id for update

-- name: lock_overdue_orders
-- Orders that waited too long; another process's are left to it.
select id, household, regie, cents, state, reserved, credited
  from payment_order
 where state = 'payable' and heard < app_now() - $1::interval
 order by id limit 500 for update skip locked

-- name: paid_entries
-- The entry that paid each order.
select order_id, id from entry where order_id = any($1::uuid[]) and kind = 'order_paid'

-- name: credit_orders
-- More of these orders was given back; never more than was paid.
update payment_order o set credited = o.credited + c.cents
  from unnest($1::uuid[], $2::bigint[]) as c (id, cents)
 where o.id = c.id

-- name: next_number
-- The next number of a series, drawn under its row's lock: no gap survives a rollback.
insert into numbering as n (regie, kind, last) values ($1, $2, 1)
on conflict (regie, kind) do update set last = n.last + 1
returning last

-- name: add_receipt
-- The numbered proof of a takings.
insert into receipt (regie, kind, number, top_up, household, cents, taken_by, reference)
values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: lock_top_up
-- Two agents with one id: the second waits until the first has its receipt.
select pg_advisory_xact_lock(hashtextextended($1, 0))

-- name: find_receipt
-- The receipt of a top-up that was already taken.
select regie, number, top_up, household, cents, kind as means, reference
  from receipt where top_up = $1

-- name: wallets_of_household
-- A household's credits, by the régie's name.
select w.regie, coalesce(r.label, 'Régie') as label, w.balance, w.reserved
  from wallet w left join regie r on r.id = w.regie
 where w.household = $1
 order by r.label, w.regie

-- name: label_of_regie
-- The public name of a régie.
select label from regie where id = $1

-- name: movements
-- Credits in a régie with a page of their movements, newest first; a bare row if there is none.
with own as (
    select w.account, w.balance, coalesce(r.label, 'Régie') as label
      from wallet w left join regie r on r.id = w.regie
     where w.household = $1 and w.regie = $2
), summed as (
    select entry, cents, sum(cents) over (order by entry)::bigint as after
      from posting
     where account = (select account from own) and ($3::bigint is null or entry < $3)
), page as (
    select * from summed
     where $5::uuid is null
        or entry = (select id from entry where key = 'cancellation:' || $5::text)
     order by entry desc limit $4
)
select o.label, o.balance, p.entry, p.cents, p.after, e.made, e.kind, e.order_id,
       r.number as receipt,
       case when e.kind = 'bookings_cancelled' and e.key like 'cancellation:%'
            then substr(e.key, 14)::uuid end as cancellation
  from own o
  left join (page p join entry e on e.id = p.entry) on true
  left join receipt r
    on r.top_up = case when e.kind = 'cash_top_up' and e.key like 'cash:%'
                       then substr(e.key, 6)::uuid
                       when e.kind = 'cheque_top_up' and e.key like 'cheque:%'
                       then substr(e.key, 8)::uuid end
 order by p.entry desc

-- name: receipt
-- A receipt as it is printed, with its régie's name and authority.
select c.top_up, c.regie, c.number, c.cents, c.kind as means, c.household, c.reference, c.taken,
       c.taken_by, r.label, r.authority
  from receipt c join regie r on r.id = c.regie
 where c.top_up = $1

-- name: regie
-- A régie, and what day it is there.
select label, authority, (app_now() at time zone $2)::date as today from regie where id = $1

-- name: takings
-- What a régie's desk took on a local day, by series and number.
select top_up, regie, number, cents, kind as means, household, reference, taken, taken_by
  from receipt
 where regie = $1 and taken >= $2::date::timestamp at time zone $3
   and taken < ($2::date + 1)::timestamp at time zone $3
 order by kind, number
