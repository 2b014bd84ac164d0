-- name: read_clock
-- The instant that decides.
select app_now()

-- name: find_credentials
-- What a sign-in is judged by: who proved the address, or else who said last that it is theirs.
select id as person, password_hash, password_set
from person
where email_key = $1
order by address_proved is null, created desc, id
limit 1

-- name: find_own_credentials
-- What a person's own password is judged by.
select id as person, password_hash, password_set from person where id = $1

-- name: show_own_words
-- Names, address and company of a person, and the names of those who eat in their household.
select array[person.first_name, person.last_name, person.email, coalesce(person.company_name, '')]
    || array(
        select unnest(array[beneficiary.first_name, beneficiary.last_name])
        from household_member
        join guardianship on guardianship.household = household_member.household
        join beneficiary on beneficiary.id = guardianship.beneficiary
        where household_member.person = person.id
    )
from person where id = $1

-- name: lock_verified_person
-- A person who has not changed their password since it was verified.
select app_now() as now
from person where id = $1 and password_set = $2
for no key update

-- name: lock_person
-- A person until commit; `alone` says that nobody in their household has proved an address.
select person.id, person.email, person.email_key, person.next_email,
    person.address_proved is not null as proved, household_member.household,
    person.password_hash is not null as has_password, app_now() as now,
    not exists (
        select from household_member other join person adult on adult.id = other.person
        where other.household = household_member.household and adult.address_proved is not null
    ) as alone
from person join household_member on household_member.person = person.id
where person.id = $1
for no key update of person

-- name: add_person
-- Somebody who registers or joins; an id that is taken adds nobody.
insert into person (
    id, first_name, last_name, name_key, email, email_key, password_hash, password_set, civility,
    birth_date, company_name, siret, newsletter, partners, address_proved
)
values ($1, $2, $3, $4, $5, $6, $7, app_now(), $8, $9, $10, $11, $12, $13,
    case when $14 then app_now() end)
on conflict (id) do nothing
returning id

-- name: add_waiting_household
-- A household whose first adult registers: a town hall will look at it.
insert into household (id) values ($1)

-- name: accept_terms
-- The version of the terms that a person accepted.
insert into consent (person, kind, given, terms) values ($1, 'terms', true, $2)

-- name: save_password
-- Another password, from now on.
update person set password_hash = $2, password_set = app_now() where id = $1

-- name: prove_address
-- A person's address is theirs; `one_person_per_email` keeps it from everybody else.
update person set address_proved = app_now() where id = $1

-- name: save_next_email
-- The address that a person asked for and has to prove first; null when they want none.
update person set next_email = $2 where id = $1

-- name: move_email
-- A person's address is another one, which they proved.
update person set email = $2, email_key = $3, next_email = null, address_proved = app_now()
where id = $1

-- name: save_better_hash
-- The same password under today's parameters: when it was set does not change.
update person set password_hash = $2 where id = $1

-- name: add_session
-- A new session; a token or an id that is taken adds nothing.
insert into session (token_hash, id, person, created, last_seen, expires, keep, device)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing

-- name: lock_session
-- The session of a token, locked.
select token_hash, id, person, created, last_seen, expires, keep, device
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
    person.last_name, session.expires,
    case when person.address_proved is null then 'address_unproved' else household.state end
        as standing,
    session.keep and session.last_seen <= app_now() - interval '1 day' as slides
from session
join person on person.id = session.person
join household_member on household_member.person = session.person
join household on household.id = household_member.household
where session.token_hash = $1 and session.expires > app_now()

-- name: show_devices
-- Where a person is signed in, last used first.
select id as session, device as label, created as opened, last_seen as seen, keep
from session
where person = $1 and expires > app_now()
order by last_seen desc, id

-- name: remove_own_session
-- A person's session ends; somebody else's does not.
delete from session where id = $1 and person = $2

-- name: remove_other_sessions
-- All of a person's sessions end, but perhaps one.
delete from session where person = $1 and id is distinct from $2::uuid

-- name: note_device
-- A person signs in on a device; tells whether it is another one than those known before.
with before as materialized (
    select count(*) as devices, count(*) filter (where label = $2) as this
    from known_device where person = $1
), noted as (
    insert into known_device (person, label) values ($1, $2)
    on conflict (person, label) do update set seen = excluded.seen
)
select devices > 0 and this = 0 from before

-- name: forget_old_devices
-- Devices of a year ago, but everybody's last: with none known, the next would not be told.
delete from known_device
where seen <= app_now() - interval '1 year'
    and exists (
        select from known_device newer
        where newer.person = known_device.person and newer.seen > known_device.seen
    )

-- name: add_household
-- A household taken over, if it is new: it is validated already.
insert into household (id, state) values ($1, 'validated') on conflict (id) do nothing

-- name: save_person
-- A person taken over, their address proved; a password set before stays.
insert into person (
    id, first_name, last_name, name_key, email, email_key, password_hash, password_set,
    address_proved
)
values ($1, $2, $3, $4, $5, $6, $7, case when $7::text is not null then app_now() end, app_now())
on conflict (id) do update set
    first_name = excluded.first_name, last_name = excluded.last_name,
    name_key = excluded.name_key, email = excluded.email, email_key = excluded.email_key,
    password_hash = coalesce(person.password_hash, excluded.password_hash),
    password_set = coalesce(person.password_set, excluded.password_set),
    address_proved = coalesce(person.address_proved, excluded.address_proved)

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

-- name: add_beneficiary
-- Somebody new who eats in a household, said by an adult; an id that is taken adds nothing.
with born as (
    insert into beneficiary (id, first_name, last_name, name_key, birth_date)
    values ($2, $3, $4, $5, $6)
    on conflict (id) do nothing
    returning id
)
insert into guardianship (household, beneficiary, filiation, added_by)
select $1, id, $7, $8 from born
returning beneficiary

-- name: list_eaters
-- Those who eat in a household now.
select beneficiary from guardianship where household = $1 and ended is null

-- name: end_guardianships
-- Beneficiaries leave the lists of households; those who left before stay as they are.
with leaving as (
    select guardianship.household, guardianship.beneficiary
    from guardianship
    join unnest($1::uuid[], $2::uuid[]) as given (household, beneficiary)
        using (household, beneficiary)
    where guardianship.ended is null
    order by 1, 2
    for update of guardianship
)
update guardianship set ended = app_now()
from leaving
where guardianship.household = leaving.household
    and guardianship.beneficiary = leaving.beneficiary

-- name: lock_households
-- Where households stand, locked in one order until commit.
select id, state, reason, version
from household where id = any($1::uuid[])
order by id
for no key update

-- name: save_standings
-- Where households stand from now on.
update household set state = given.state, reason = given.reason
from unnest($1::uuid[], $2::text[], $3::text[]) as given (id, state, reason)
where household.id = given.id

-- name: count_tellings
-- One more telling of where households stand, if an adult of them can be written to.
update household set version = version + 1
where id = any($1::uuid[])
    and exists (
        select from household_member
        join person on person.id = household_member.person
        where household_member.household = household.id and person.address_proved is not null
    )
returning id, state, reason, version

-- name: lock_consents
-- What a person consents to, locked until commit.
select newsletter, partners from person where id = $1 for no key update

-- name: save_profile
-- What a person says of themselves.
update person set first_name = $2, last_name = $3, name_key = $4, civility = $5, birth_date = $6,
    company_name = $7, siret = $8, newsletter = $9, partners = $10
where id = $1

-- name: add_consents
-- Consents of a person, given or taken back now.
insert into consent (person, kind, given)
select $1, changed.kind, changed.given
from unnest($2::text[], $3::boolean[]) as changed (kind, given)

-- name: lock_inviter
-- Whether an adult of a household proved their address: it stays so until commit.
select person.address_proved is not null as proved
from household_member join person on person.id = household_member.person
where household_member.household = $1 and person.id = $2
for share of person

-- name: list_invitations
-- Invitations that a person sent and that may still be accepted.
select id from letter
where person = $1 and kind = 'invitation' and used is null and cancelled is null
    and (expires is null or expires > app_now())
order by asked, id

-- name: find_invitation
-- An invitation, whoever sent it, by the id of its letter.
select kind, household, email_key from letter where id = $1

-- name: list_addresses
-- The addresses of a household's adults, as they compare.
select person.email_key
from household_member join person on person.id = household_member.person
where household_member.household = $1

-- name: list_invited
-- The addresses that are invited into a household and may still come, as they compare.
select email_key
from letter
where household = $1 and kind = 'invitation' and used is null and cancelled is null
    and (expires is null or expires > app_now())

-- name: add_invitation
-- A letter that invites an address into a household and says who invites; a taken id adds nothing.
insert into letter (id, kind, person, household, email, email_key)
values ($1, 'invitation', $2, $3, $4, $5)
on conflict (id) do nothing
returning id

-- name: cancel_invitations
-- Invitations of a household, one of them or all to an address, are over if nobody came yet.
update letter set cancelled = app_now()
where household = $1 and kind = 'invitation' and used is null and cancelled is null
    and (id = $2::uuid or email_key = $3::text)

-- name: show_adults
-- Each household that exists with the adults whose address is proved, or once with none.
select household.id as household, person.id as person, person.first_name, person.last_name,
    person.email
from household
left join household_member on household_member.household = household.id
left join person on person.id = household_member.person
    and person.address_proved is not null
where household.id = any($1::uuid[])
order by household.id, person.name_key, person.id

-- name: show_beneficiaries
-- Those who eat or ate in each household, eldest first, unknown birth dates last.
select guardianship.household, beneficiary.id as beneficiary, beneficiary.first_name,
    beneficiary.last_name, beneficiary.birth_date, guardianship.filiation,
    guardianship.ended is not null as former
from guardianship join beneficiary on beneficiary.id = guardianship.beneficiary
where guardianship.household = any($1::uuid[])
order by guardianship.household, beneficiary.birth_date nulls last, beneficiary.name_key,
    beneficiary.id

-- name: show_file
-- What a person said of themselves, and where the account of their household stands.
select person.id as person, person.email, person.next_email,
    person.password_hash is not null as has_password, person.first_name, person.last_name,
    person.civility, person.birth_date, person.company_name, person.siret, person.newsletter,
    person.partners, household.reason,
    case when person.address_proved is null then 'address_unproved' else household.state end
        as standing
from person
join household_member on household_member.person = person.id
join household on household.id = household_member.household
where person.id = $1 and household.id = $2

-- name: show_unproved
-- Adults of households whose address is not proved yet.
select household_member.household, person.id as person, person.first_name, person.last_name,
    person.email
from household_member join person on person.id = household_member.person
where household_member.household = any($1::uuid[]) and person.address_proved is null
order by household_member.household, person.name_key, person.id

-- name: show_invitations
-- Invitations of a household that may still be accepted, in the order in which they were sent.
select id as invitation, email, asked as sent
from letter
where household = $1 and kind = 'invitation' and used is null and cancelled is null
    and (expires is null or expires > app_now())
order by asked, id

-- name: add_letters
-- Letters to be written; an id that is taken adds nothing.
insert into letter (id, kind, person, household, email, email_key, next_email, device, agent)
select * from unnest(
    $1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::uuid[]
)
order by 1
on conflict (id) do nothing
returning id

-- name: cancel_letters
-- Letters of a person that were asked for before, all but one perhaps, open nothing any more.
update letter set cancelled = app_now()
where person = $1 and kind = any($2::text[]) and id is distinct from $3::uuid
    and used is null and cancelled is null

-- name: lock_letters
-- Letters that may still be written, with whom they concern today; see domain.letters.Asked.
select letter.id as letter, letter.kind, letter.next_email, letter.device,
    -- whoever the address finds is written to at their own: two spellings may be two mailboxes
    coalesce(case when letter.kind = 'password' then person.email
        when letter.kind in ('proof', 'invitation') then owner.email end, letter.email) as email,
    letter.asked, person.id as person, coalesce(person.first_name, '') as first_name,
    coalesce(person.last_name, '') as last_name,
    coalesce(person.address_proved is not null, false) as proved,
    coalesce(case letter.kind
        when 'proof' then person.email_key <> letter.email_key
        when 'password' then person.email_key <> letter.email_key
            or (owner.id is not null and person.address_proved is null)
        when 'new_address' then person.next_email is distinct from letter.email
        when 'invitation' then person.address_proved is null
        else false
    end, false) as stale,
    owner.id as owner, coalesce(owner.first_name, '') as owner_first_name
from letter
left join person on person.id = coalesce(letter.person, (
    select somebody.id from person somebody
    where letter.kind = 'password' and somebody.email_key = letter.email_key
    order by somebody.address_proved is null, somebody.created desc, somebody.id
    limit 1
))
left join person owner on owner.email_key = letter.email_key
    and owner.address_proved is not null and owner.id <> person.id
where letter.id = any($1::uuid[]) and letter.used is null and letter.cancelled is null
    and (letter.expires is null or letter.expires > app_now())
    and letter.kind not in ('agent_invitation', 'agent_password')
order by letter.id
for update of letter

-- name: lock_agent_letters
-- Letters to agents that may still be written, if anybody has the address.
select letter.id as letter, letter.kind, letter.email, agent.id as agent, agent.first_name
from letter
join agent on agent.id = coalesce(
    letter.agent, (select owner.id from agent owner where owner.email_key = letter.email_key)
)
where letter.id = any($1::uuid[]) and letter.used is null and letter.cancelled is null
    and (letter.expires is null or letter.expires > app_now())
    and letter.kind in ('agent_invitation', 'agent_password')
order by letter.id
for update of letter

-- name: open_links
-- Links live from their letter's first writing on, and are then somebody's; those over stay so.
update letter set expires = coalesce(letter.expires, app_now() + given.lives),
    person = coalesce(letter.person, given.person), agent = coalesce(letter.agent, given.agent)
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::interval[]) as given (id, person, agent, lives)
where letter.id = given.id and letter.used is null and letter.cancelled is null
    and (letter.expires is null or letter.expires > app_now())
returning letter.id, letter.expires

-- name: add_secrets
-- Each writing of a letter draws a secret that opens its link.
insert into letter_secret (hash, letter) select * from unnest($1::bytea[], $2::uuid[])

-- name: find_link
-- What a link does and what has become of it; see domain.letters.Link.
select letter.id as letter, letter.kind as purpose, letter.person, letter.household, letter.email,
    letter.expires, letter.used, letter.used_by, letter.cancelled,
    case letter.kind
        when 'new_address' then person.next_email is distinct from letter.email
        when 'invitation' then person.address_proved is null
        else person.email_key <> letter.email_key
    end as stale,
    app_now() as now
from letter_secret
join letter on letter.id = letter_secret.letter
join person on person.id = letter.person
where letter_secret.hash = $1

-- name: lock_letter
-- A letter until commit.
select id from letter where id = $1 for update

-- name: show_people_of_link
-- Who is behind a link: the first name of whose it is, or who invites.
select case when letter.kind = 'invitation' then '' else person.first_name end as first_name,
    case when letter.kind = 'invitation' then person.first_name || ' ' || person.last_name
        else '' end as inviter
from letter join person on person.id = letter.person
where letter.id = $1

-- name: use_link
-- A link was used, by a person or a session.
update letter set used = app_now(), used_by = $2 where id = $1

-- name: count_adults
-- How many adults a household has, proved or not.
select count(*) from household_member where household = $1

-- name: forget_old_letters
-- Letters and their links, long after they were asked for.
delete from letter where asked <= app_now() - interval '30 days'

-- name: take_tries
-- One more try under each key, if all allow one; otherwise none, and the wait until they would.
with clock as materialized (
    select app_now() as now
), given as materialized (
    select given.key, given.period, given.period * given.burst as most, clock.now
    from unnest($1::bytea[], $2::interval[], $3::int[]) as given (key, period, burst), clock
), held as materialized (
    select throttle.key, throttle.until
    from throttle
    where throttle.key = any($1::bytea[])
    order by throttle.key
    for update
), judged as materialized (
    select coalesce(
            max(greatest(held.until, given.now) + given.period - given.most - given.now),
            interval '0'
        ) as wait
    from held join given on given.key = held.key
), taken as (
    insert into throttle as kept (key, until)
    select given.key, given.now + given.period
    from given, judged
    where judged.wait <= interval '0'
    order by given.key
    on conflict (key) do update
        set until = greatest(kept.until, (select now from clock))
            + (excluded.until - (select now from clock))
        where greatest(kept.until, (select now from clock))
            + (excluded.until - (select now from clock))
            <= (select given.now + given.most from given where given.key = excluded.key)
    returning key
)
select case
        when judged.wait > interval '0' then judged.wait
        when (select count(*) from taken) < cardinality($1::bytea[]) then interval '1 second'
    end
from judged

-- name: forget_tries
-- What was tried under some keys counts no more.
delete from throttle where key = any($1::bytea[])

-- name: forget_old_tries
-- What was tried long enough ago counts no more; what is being tried just now is left alone.
delete from throttle where key in (
    select key from throttle where until <= app_now() for update skip locked
)

-- name: add_agent
-- Somebody who will work for a town hall; an address or an id that is taken adds nobody.
insert into agent (id, first_name, last_name, email, email_key) values ($1, $2, $3, $4, $5)
on conflict do nothing
returning id

-- name: lock_agent_of
-- Who has this address among the agents, until commit.
select id, first_name, last_name, email, enrolled is not null as enrolled, app_now() as now
from agent where email_key = $1
for no key update

-- name: lock_agent
-- An agent until commit.
select id, first_name, last_name, email, enrolled is not null as enrolled, app_now() as now
from agent where id = $1
for no key update

-- name: find_agents
-- Those of these agents that exist, by name.
select id as agent, email, first_name, last_name, enrolled is not null as enrolled
from agent where id = any($1::uuid[])
order by last_name, first_name, id

-- name: find_agent_credentials
-- What a sign-in with this address is judged by: an agent who has both factors.
select id as agent, password_hash, password_set, totp_secret
from agent where email_key = $1 and enrolled is not null

-- name: find_own_agent_credentials
-- What an agent's own password is judged by.
select id as agent, password_hash, password_set, totp_secret
from agent where id = $1 and enrolled is not null

-- name: lock_verified_agent
-- The step of the last code of an agent whose password is still the one that was verified.
select totp_step from agent where id = $1 and password_set = $2
for no key update

-- name: read_clocks
-- The clock that decides, and the one that telephones have: they differ in a demonstration alone.
select app_now() as portal, clock_timestamp() as telephone

-- name: save_totp_step
-- The step of the code that an agent has just used: none before it is good any more.
update agent set totp_step = $2 where id = $1 and totp_step < $2

-- name: save_better_agent_hash
-- The same password of an agent under today's parameters: when it was set does not change.
update agent set password_hash = $2 where id = $1

-- name: lock_recovery_code
-- Whether an agent has this recovery code and has not used it.
select true from recovery_code where agent = $1 and hash = $2 and used is null
for update

-- name: use_recovery_code
-- A recovery code was used.
update recovery_code set used = app_now() where agent = $1 and hash = $2

-- name: remove_recovery_codes
-- An agent's recovery codes are worth nothing any more.
delete from recovery_code where agent = $1

-- name: add_recovery_codes
-- What signs an agent in who has lost their telephone.
insert into recovery_code (agent, hash) select $1, unnest($2::bytea[])

-- name: find_agent_link
-- An agent's link and what has become of it; see domain.letters.Link.
select letter.id as letter, 'agent' as purpose, null::uuid as person, null::uuid as household,
    letter.email, letter.expires, letter.used, letter.used_by, letter.cancelled, false as stale,
    app_now() as now, letter.agent
from letter_secret join letter on letter.id = letter_secret.letter
where letter_secret.hash = $1 and letter.agent is not null

-- name: keep_totp_secret
-- The second factor's secret that an agent's link offers: the first one that was drawn.
update letter set totp_secret = coalesce(totp_secret, $2) where id = $1
returning totp_secret

-- name: find_totp_secret
-- The second factor's secret that an agent's link offers, if it offered one.
select totp_secret from letter where id = $1

-- name: enrol_agent
-- An agent has both factors, these ones from now on.
update agent set password_hash = $2, password_set = app_now(), totp_secret = $3, totp_step = $4,
    enrolled = coalesce(enrolled, app_now())
where id = $1

-- name: cancel_agent_letters
-- An agent's open letters offer no secret any more, and open nothing, but perhaps one.
update letter set cancelled = case when id = $2 then cancelled else app_now() end,
    totp_secret = null
where agent = $1 and used is null and cancelled is null

-- name: add_agent_session
-- A new session of an agent; a token or an id that is taken adds nothing.
insert into agent_session (token_hash, id, agent, created, last_seen, expires, device)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing

-- name: lock_agent_session
-- The agent's session of a token, locked.
select token_hash, id, agent, created, last_seen, expires, device
from agent_session where token_hash = $1
for update

-- name: save_agent_session
-- When an agent's session was last seen and until when it lasts.
update agent_session set last_seen = $2, expires = $3 where token_hash = $1

-- name: remove_agent_session
-- The agent's session of a token ends.
delete from agent_session where token_hash = $1

-- name: remove_agent_sessions
-- An agent's sessions end: one of them, or all.
delete from agent_session where agent = $1 and (id = $2::uuid or $2::uuid is null)

-- name: forget_expired_agent_sessions
-- Expired sessions of agents end for good.
delete from agent_session where expires <= app_now()

-- name: show_agent_session
-- Which agent is signed in with which roles; `slides` says that domain.NOTED_AFTER is over.
select agent_session.id as session, agent.id as agent, agent.first_name, agent.last_name,
    agent.email, agent_session.expires,
    agent_session.last_seen <= app_now() - interval '1 minute' as slides,
    coalesce((
        select jsonb_agg(
            jsonb_build_object('authority', held.authority, 'role', role)
            order by held.authority, role
        )
        from agent_role held, unnest(held.roles) as role
        where held.agent = agent.id
    ), '[]') as roles
from agent_session join agent on agent.id = agent_session.agent
where agent_session.token_hash = $1 and agent_session.expires > app_now()

-- name: show_agent_devices
-- Where an agent is signed in, last used first.
select id as session, device as label, created as opened, last_seen as seen, false as keep
from agent_session
where agent = $1 and expires > app_now()
order by last_seen desc, id

-- name: save_agent_roles
-- The roles of agents, where these are newer than those that are known.
insert into agent_role as known (agent, authority, roles, version)
select given.agent, given.authority, string_to_array(given.roles, ','), given.version
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[])
    as given (agent, authority, roles, version)
order by given.agent, given.authority
on conflict (agent, authority) do update set roles = excluded.roles, version = excluded.version
where known.version < excluded.version

-- name: add_household_authorities
-- Authorities look after households from now on, and the agglomeration does not any more.
with given as (
    select distinct household, authority
    from unnest($1::uuid[], $2::uuid[]) as given (household, authority)
), left_alone as (
    delete from household_authority
    where household in (select household from given) and authority = $3
)
insert into household_authority (household, authority, name_key)
select given.household, given.authority, coalesce((
    select min(person.name_key)
    from household_member join person on person.id = household_member.person
    where household_member.household = given.household
), '')
from given
order by 1, 2
on conflict do nothing

-- name: asked_somebody
-- Whether an authority looks after a household that is not this one.
select exists (select from household_authority where household = $1 and authority <> $2)

-- name: show_standings
-- Where households stand, why, and since when they are there.
select id as household, state, reason, created as since from household where id = any($1::uuid[])

-- name: search_households
-- A page of an authority's households in which everything that is wanted is somebody's, by name.
with wanted as (
    select given.n, given.kind, given.first, given.beyond
    from unnest($2::text[], $3::text[], $4::text[])
        with ordinality as given (kind, first, beyond, n)
), found as (
    select wanted.n, search_word.person, search_word.beneficiary
    from wanted join search_word
        on search_word.word >= wanted.first and search_word.word < wanted.beyond
    where search_word.kind = wanted.kind
        or (search_word.kind = 'address' and wanted.kind = 'name')
), matching as (
    select household from (
        select found.n, household_member.household
        from found join household_member on household_member.person = found.person
        union all
        select found.n, guardianship.household
        from found join guardianship on guardianship.beneficiary = found.beneficiary
    ) as theirs
    group by household
    having count(distinct n) = cardinality($2)
)
select household
from household_authority
where authority = $1
    and (cardinality($2) = 0 or household in (select household from matching))
    and ($5::uuid is null or (name_key, household) > (
        select last.name_key, last.household from household_authority as last
        where last.authority = $1 and last.household = $5
    ))
order by name_key, household
limit $6

-- name: list_waiting
-- Households that wait for this authority and that somebody can be written to of, oldest first.
select household.id as household
from household_authority join household on household.id = household_authority.household
where household_authority.authority = $1 and household.state = 'waiting' and exists (
    select from household_member join person on person.id = household_member.person
    where household_member.household = household.id and person.address_proved is not null
)
order by household.created, household.id
limit $2
