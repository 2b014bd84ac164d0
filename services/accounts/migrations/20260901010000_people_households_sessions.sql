-- People, households, those who eat, and sessions.
-- migrate:up

-- Somebody who signs in. `email_key` is the address without case and spaces around: one account
-- an address. `password_set` changes with the password, not with the way it is hashed.
create table person (
    id            uuid        primary key,
    first_name    text        not null,
    last_name     text        not null,
    name_key      text        not null,
    email         text        not null,
    email_key     text        not null constraint one_person_per_email unique,
    password_hash text,
    password_set  timestamptz,
    state         text        not null constraint person_state_known
        check (state in ('email_pending', 'pending', 'active', 'refused', 'suspended')),
    created       timestamptz not null default app_now(),
    constraint password_set_with_hash
        check ((password_hash is null) = (password_set is null))
);
select grant_to_app(
    'select, insert, update (first_name, last_name, name_key, email, email_key, password_hash,'
    ' password_set, state)', 'person');

create table household (
    id      uuid        primary key,
    created timestamptz not null default app_now()
);
select grant_to_app('select, insert', 'household');

-- An adult acts for one household; children are shared between households by guardianship.
create table household_member (
    household uuid not null references household,
    person    uuid not null references person,
    primary key (household, person),
    constraint one_household_per_person unique (person)
);
select grant_to_app('select, insert', 'household_member');

-- Who eats. Allergies and other health data will never stand here, but apart.
create table beneficiary (
    id         uuid primary key,
    first_name text not null,
    last_name  text not null,
    name_key   text not null,
    birth_date date
);
select grant_to_app(
    'select, insert, update (first_name, last_name, name_key, birth_date)', 'beneficiary');

-- Separated parents exist: a child may belong to several households, and be something else to each.
create table guardianship (
    household   uuid not null references household,
    beneficiary uuid not null references beneficiary,
    filiation   text not null constraint filiation_known check (filiation in (
        'pere', 'mere', 'tuteur', 'grand_parent', 'assistant_familial', 'moi_meme', 'autre')),
    primary key (household, beneficiary)
);
create index guardianship_of_beneficiary on guardianship (beneficiary);
select grant_to_app('select, insert, update (filiation)', 'guardianship');

-- A person on a device. The token stays in the browser; its SHA-256 finds the session.
create table session (
    token_hash bytea       primary key constraint token_hash_is_sha256
        check (octet_length(token_hash) = 32),
    id         uuid        not null unique,
    person     uuid        not null references person,
    created    timestamptz not null,
    last_seen  timestamptz not null,
    expires    timestamptz not null,
    keep       boolean     not null
);
create index session_of_person on session (person);
create index session_expires on session (expires);
select grant_to_app('select, insert, update (last_seen, expires), delete', 'session');

-- migrate:down
drop table session, guardianship, beneficiary, household_member, household, person;
