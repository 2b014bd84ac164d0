-- Registration: addresses to prove, households to validate, letters with links, consents, devices.
-- migrate:up

-- What a person says of themselves beside their names; nothing of it is required.
alter table person
    add column civility       text constraint civility_known
        check (civility in ('madame', 'monsieur')),
    add column birth_date     date,
    add column company_name   text,
    add column siret          text constraint siret_has_14_digits check (siret ~ '^[0-9]{14}$'),
    add column newsletter     boolean not null default false,
    add column partners       boolean not null default false,
    add column address_proved timestamptz,
    add column next_email     text,
    add constraint company_is_whole check ((company_name is null) = (siret is null));

-- An account's standing is derived from two facts: this address is proved, that household is
-- validated. The single state that stood here before had two owners.
alter table household
    add column state   text not null default 'waiting' constraint household_state_known
        check (state in ('waiting', 'refused', 'validated')),
    add column reason  text constraint household_reason_known
        check (reason in ('unknown_family', 'duplicate', 'incomplete', 'outside')),
    add column version int  not null default 0,
    add constraint refused_for_a_reason check ((state = 'refused') = (reason is not null));
update person set address_proved = created where state in ('active', 'suspended', 'refused');
update household set state = 'validated'
 where exists (select from household_member m join person p on p.id = m.person
                where m.household = household.id and p.state = 'active');
alter table person drop column state;

-- Only a proved address belongs to somebody; who registers with it again learns nothing.
alter table person drop constraint one_person_per_email;
create unique index one_person_per_email on person (email_key) where address_proved is not null;
create index person_by_email on person (email_key, created desc);

select grant_to_app(
    'update (civility, birth_date, company_name, siret, newsletter, partners, address_proved,'
    ' next_email)', 'person');
select grant_to_app('update (state, reason, version)', 'household');

-- Which terms were accepted, which consents given or taken back, when: never edited.
create table consent (
    person  uuid        not null references person,
    kind    text        not null constraint consent_kind_known
        check (kind in ('terms', 'newsletter', 'partners')),
    given   boolean     not null,
    terms   text        not null default '',
    at      timestamptz not null default app_now(),
    primary key (person, kind, at)
);
select grant_to_app('select, insert', 'consent');

-- A letter to one address, and the one thing that its link may do. `person` is whose link it is,
-- for an invitation who invites, for a password whoever has the address when it is first written:
-- nobody's letter (an unknown address asked for a password) has no person, and is never written.
-- `used_by` is the session that a link opened, or the person whose address it proved.
create table letter (
    id        uuid        primary key,
    kind      text        not null constraint letter_kind_known check (kind in (
        'proof', 'password', 'new_address', 'invitation', 'address_changed', 'new_device',
        'password_changed')),
    person    uuid        references person,
    household uuid        references household,
    email     text        not null,
    email_key text        not null,
    next_email text        not null default '',
    device    text        not null default '',
    asked     timestamptz not null default app_now(),
    expires   timestamptz,
    used      timestamptz,
    used_by   uuid,
    cancelled timestamptz,
    constraint an_invitation_says_who_and_where check (
        kind <> 'invitation' or (person is not null and household is not null)),
    constraint used_by_somebody check ((used is null) = (used_by is null))
);
create index letter_of_person on letter (person, kind);
create index letter_of_household on letter (household) where kind = 'invitation';
create index letter_asked on letter using brin (asked);
select grant_to_app(
    'select, insert, update (person, expires, used, used_by, cancelled), delete', 'letter');

-- Every writing of a letter draws a secret; each of them opens the link. Only hashes stand here.
create table letter_secret (
    hash   bytea primary key constraint secret_hash_is_sha256 check (octet_length(hash) = 32),
    letter uuid  not null references letter on delete cascade
);
create index letter_secret_of_letter on letter_secret (letter);
select grant_to_app('select, insert, delete', 'letter_secret');

-- How often something was tried: the instant at which all that was tried is forgotten again.
create table throttle (
    key   bytea       primary key,
    until timestamptz not null
);
create index throttle_until on throttle (until);
select grant_to_app('select, insert, update (until), delete', 'throttle');

alter table session add column device text not null default '';

-- Devices on which a person has signed in: another one is worth a letter.
create table known_device (
    person uuid not null references person,
    label  text not null,
    seen   timestamptz not null default app_now(),
    primary key (person, label)
);
select grant_to_app('select, insert, update (seen), delete', 'known_device');

-- A child may leave a household's list; past orders still name it.
alter table guardianship
    add column ended    timestamptz,
    add column added_by uuid;
select grant_to_app('update (ended)', 'guardianship');

-- migrate:down
alter table guardianship drop column ended, drop column added_by;
drop table known_device, throttle, letter_secret, letter, consent;
alter table session drop column device;
alter table person add column state text;
update person set state = case when address_proved is null then 'email_pending'
                               when household.state = 'validated' then 'active'
                               when household.state = 'refused' then 'refused'
                               else 'pending' end
  from household_member m join household on household.id = m.household
 where m.person = person.id;
alter table person alter column state set not null,
    add constraint person_state_known
        check (state in ('email_pending', 'pending', 'active', 'refused', 'suspended'));
select grant_to_app('update (state)', 'person');
-- One account an address again: it stays who proved it, or else who registered last. The others
-- keep their rows and cannot sign in.
update person set email_key = email_key || ' ' || id
 where exists (select from person rival
                where rival.email_key = person.email_key
                  and (rival.address_proved is not null, rival.created, rival.id)
                      > (person.address_proved is not null, person.created, person.id));
drop index one_person_per_email, person_by_email;
alter table person add constraint one_person_per_email unique (email_key);
alter table household drop column state, drop column reason, drop column version;
alter table person drop column civility, drop column birth_date, drop column company_name,
    drop column siret, drop column newsletter, drop column partners,
    drop column address_proved, drop column next_email;
