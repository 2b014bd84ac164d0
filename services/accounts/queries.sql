-- name: read_clock
-- The instant that decides.
select app_now()

-- name: find_credentials
-- What the sign-in of an active person is judged by.
select person.id as person, person.password_hash, person.password_set
from person join household_member on household_member.person = person.id
where person.email_key = $1 and person.state = 'active'

-- name: lock_verified_person
-- A person who is still active and has not changed their password since it was verified.
select app_now() as now
from person where id = $1 and state = 'active' and password_set = $2
for no key update

-- name: save_better_hash
-- The same password under today's parameters: when it was set does not change.
update person set password_hash = $2 where id = $1

-- name: add_session
-- A new session; a token or an id that is taken adds nothing.
insert into session (token_hash, id, person, created, last_seen, expires, keep)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing

-- name: lock_session
-- The session of a token, locked.
select token_hash, id, person, created, last_seen, expires, keep
from session where token_hash = $1
for update

-- name: save_session
-- When a session was last seen and until when it lasts.
update session set last_seen = $2, expires = $3 where token_hash = $1

-- name: remove_session
-- The session of a token ends.
delete from session where token_hash = $1

-- name: forget_expired_sessions
-- Expired sessions of one person, or of everybody, end for good.
delete from session
where expires <= app_now() and (person = $1::uuid or $1::uuid is null)

-- name: show_session
-- Who is signed in; `slides` says that domain.SLIDES_AFTER may have passed since it was noted.
select session.id as session, session.person, household_member.household, person.first_name,
    session.expires,
    session.keep and session.last_seen <= app_now() - interval '1 day' as slides
from session
join person on person.id = session.person
join household_member on household_member.person = session.person
where session.token_hash = $1 and session.expires > app_now() and person.state = 'active'

-- name: add_household
-- A household, if it is new.
insert into household (id) values ($1) on conflict (id) do nothing

-- name: save_person
-- A person taken over: active, unless refused or suspended before; a password set before stays.
insert into person (
    id, first_name, last_name, name_key, email, email_key, password_hash, password_set, state
)
values ($1, $2, $3, $4, $5, $6, $7, case when $7::text is not null then app_now() end, 'active')
on conflict (id) do update set
    first_name = excluded.first_name, last_name = excluded.last_name,
    name_key = excluded.name_key, email = excluded.email, email_key = excluded.email_key,
    password_hash = coalesce(person.password_hash, excluded.password_hash),
    password_set = coalesce(person.password_set, excluded.password_set),
    state = case
        when person.state in ('email_pending', 'pending') then excluded.state
        else person.state
    end

-- name: add_household_member
-- An adult who acts for the household.
insert into household_member (household, person) values ($1, $2)
on conflict (household, person) do nothing

-- name: save_beneficiaries
-- Those who eat, new or corrected.
insert into beneficiary (id, first_name, last_name, name_key, birth_date)
select given.id, given.first_name, given.last_name, given.name_key, given.birth_date
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
    as given (id, first_name, last_name, name_key, birth_date)
order by given.id
on conflict (id) do update set
    first_name = excluded.first_name, last_name = excluded.last_name,
    name_key = excluded.name_key, birth_date = excluded.birth_date

-- name: save_guardianships
-- What each beneficiary is to this household.
insert into guardianship (household, beneficiary, filiation)
select $1, given.beneficiary, given.filiation
from unnest($2::uuid[], $3::text[]) as given (beneficiary, filiation)
on conflict (household, beneficiary) do update set filiation = excluded.filiation

-- name: show_adults
-- Each household that exists with its active adults, or once with none.
select household.id as household, person.id as person, person.first_name, person.last_name,
    person.email
from household
left join household_member on household_member.household = household.id
left join person on person.id = household_member.person and person.state = 'active'
where household.id = any($1::uuid[])
order by household.id, person.name_key, person.id

-- name: show_beneficiaries
-- Those who eat in each household, eldest first, unknown birth dates last.
select guardianship.household, beneficiary.id as beneficiary, beneficiary.first_name,
    beneficiary.last_name, beneficiary.birth_date, guardianship.filiation
from guardianship join beneficiary on beneficiary.id = guardianship.beneficiary
where guardianship.household = any($1::uuid[])
order by guardianship.household, beneficiary.birth_date nulls last, beneficiary.name_key,
    beneficiary.id
