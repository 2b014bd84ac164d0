-- Agents of town halls: who they are and how they sign in, which roles they hold, and the families
-- that they may look at and search.
-- migrate:up

-- Somebody who works for a town hall. A family's account may have the same address: they are two.
-- The second factor's secret is encrypted, bound to the agent's id; `totp_step` is the half minute
-- of the last code that was used, so that a code is good once.
create table agent (
    id            uuid        primary key,
    first_name    text        not null,
    last_name     text        not null,
    email         text        not null,
    email_key     text        not null constraint one_agent_per_email unique,
    password_hash text,
    password_set  timestamptz,
    totp_secret   bytea,
    totp_step     bigint      not null default 0,
    enrolled      timestamptz,
    created       timestamptz not null default app_now(),
    constraint enrolled_with_both_factors check (
        (enrolled is null) = (password_hash is null)
        and (enrolled is null) = (password_set is null)
        and (enrolled is null) = (totp_secret is null))
);
select grant_to_app(
    'select, insert, update (password_hash, password_set, totp_secret, totp_step, enrolled)',
    'agent');
select grant_to_console('select (id, first_name, last_name, email, enrolled)', 'agent');

-- What signs an agent in who has lost their telephone: each code once.
create table recovery_code (
    agent uuid  not null references agent,
    hash  bytea not null constraint recovery_code_is_sha256 check (octet_length(hash) = 32),
    used  timestamptz,
    primary key (agent, hash)
);
select grant_to_app('select, insert, update (used), delete', 'recovery_code');

-- An agent on a device: half an hour after its last use, twelve hours at most.
create table agent_session (
    token_hash bytea       primary key constraint agent_token_hash_is_sha256
        check (octet_length(token_hash) = 32),
    id         uuid        not null unique,
    agent      uuid        not null references agent,
    created    timestamptz not null,
    last_seen  timestamptz not null,
    expires    timestamptz not null,
    device     text        not null default '',
    constraint twelve_hours_at_most check (expires <= created + interval '12 hours')
);
create index agent_session_of_agent on agent_session (agent);
create index agent_session_expires on agent_session (expires);
select grant_to_app('select, insert, update (last_seen, expires), delete', 'agent_session');
select open_to_console('agent_session', 'agent = (select current_agent())');

-- The roles of agents, as subscriptions tells them: perhaps before the agent is known here.
create table agent_role (
    agent     uuid   not null,
    authority uuid   not null,
    roles     text[] not null,
    version   int    not null,
    primary key (agent, authority)
);
select grant_to_app('select, insert, update (roles, version)', 'agent_role');

-- Letters to agents. Their link enrols: the second factor's secret that it offers stands here,
-- encrypted, until it is the agent's.
alter table letter
    add column agent       uuid references agent,
    add column totp_secret bytea,
    drop constraint letter_kind_known,
    add constraint letter_kind_known check (kind in (
        'proof', 'password', 'new_address', 'invitation', 'address_changed', 'new_device',
        'password_changed', 'agent_invitation', 'agent_password')),
    add constraint a_letter_is_an_agents_or_a_persons check (agent is null or person is null);
create index letter_of_agent on letter (agent) where agent is not null;
select grant_to_app('update (agent, totp_secret)', 'letter');

-- Whose agents look after a household: the authorities that it asked or has a right in; of those
-- that asked nobody, the agglomeration (AGGLOMERATION in contracts.values). `name_key` is that of
-- its first adult by name, so that families are paged by name.
create table household_authority (
    household uuid not null,
    authority uuid not null,
    name_key  text collate "C" not null default '',
    primary key (household, authority)
);
create index household_of_authority on household_authority (authority, name_key, household);
select grant_to_app('select, insert, update (name_key), delete', 'household_authority');

create function keep_names(households uuid[]) returns void language sql as $$
    with named as (
        select changed.household, min(person.name_key) as name_key
        from unnest(households) as changed (household)
        join household_member on household_member.household = changed.household
        join person on person.id = household_member.person
        group by changed.household
    ), stale as (
        select known.household, known.authority, named.name_key
        from household_authority known join named on named.household = known.household
        where known.name_key <> named.name_key
        order by 1, 2
        for update of known
    )
    update household_authority known set name_key = stale.name_key
    from stale where (known.household, known.authority) = (stale.household, stale.authority)
$$;

create function look_after_households() returns trigger language plpgsql as $$
begin
    insert into household_authority (household, authority)
    select given.id, '00000000-0000-5000-8000-00000000a661' from given
    where not exists (select from household_authority known where known.household = given.id);
    return null;
end $$;
create trigger look_after after insert on household referencing new table as given
    for each statement execute function look_after_households();

create function name_households() returns trigger language plpgsql as $$
begin
    perform keep_names(array(select household from given));
    return null;
end $$;
create trigger keep_names after insert on household_member referencing new table as given
    for each statement execute function name_households();

-- Words by which families are found: of names, with each two that follow each other as one word
-- besides; addresses from each sign before the @ on, so that any part of them is the beginning of
-- a word; birth dates. Kept by the tables that hold them, looked up by ranges: row level security
-- lets no `like` use an index.
create table search_word (
    person      uuid references person,
    beneficiary uuid references beneficiary,
    kind        text not null constraint search_word_kind_known
        check (kind in ('name', 'address', 'born')),
    word        text collate "C" not null,
    constraint a_word_is_somebodys check (num_nonnulls(person, beneficiary) = 1)
);
create index search_word_by_word on search_word (word, kind);
create index search_word_of_person on search_word (person) where person is not null;
create index search_word_of_beneficiary on search_word (beneficiary) where beneficiary is not null;
select grant_to_app('select, insert, delete', 'search_word');

-- Signs between words are those of domain.search.BETWEEN_WORDS.
create function name_words(name_key text) returns setof text language sql immutable as $$
    with part as (
        select word, n
        from regexp_split_to_table(name_key, '[ _.,;:/()&+''’‘´`‐–-]+') with ordinality as s (word, n)
        where word <> ''
    )
    select word from part
    union
    select word || next from (select word, lead(word) over (order by n) as next from part) as pair
    where next is not null
$$;

create function address_words(email_key text) returns setof text language sql immutable as $$
    select substr(email_key, start)
    from generate_series(1, greatest(1, strpos(email_key, '@') - 3)) as start
$$;

create function save_words_of_people(people uuid[]) returns void language sql as $$
    delete from search_word using unnest(people) as changed (id)
    where search_word.person = changed.id;
    insert into search_word (person, kind, word)
    select person.id, said.kind, said.word
    from unnest(people) as changed (id)
    join person on person.id = changed.id
    cross join lateral (
        select 'name', word from name_words(person.name_key) as word
        union all select 'address', word from address_words(person.email_key) as word
        union all select 'born', person.birth_date::text where person.birth_date is not null
    ) as said (kind, word);
$$;

create function words_of_new_people() returns trigger language plpgsql as $$
begin
    perform save_words_of_people(array(select id from given));
    return null;
end $$;
create trigger keep_words after insert on person referencing new table as given
    for each statement execute function words_of_new_people();

create function words_of_changed_people() returns trigger language plpgsql as $$
declare changed uuid[] := array(
    select id from given join before using (id)
    where (given.name_key, given.email_key, given.birth_date)
        is distinct from (before.name_key, before.email_key, before.birth_date)
);
begin
    if changed <> '{}' then
        perform save_words_of_people(changed);
        perform keep_names(array(
            select household from household_member join unnest(changed) as one (id) on person = id
        ));
    end if;
    return null;
end $$;
create trigger keep_changed_words after update on person
    referencing old table as before new table as given
    for each statement execute function words_of_changed_people();

create function save_words_of_eaters(eaters uuid[]) returns void language sql as $$
    delete from search_word using unnest(eaters) as changed (id)
    where search_word.beneficiary = changed.id;
    insert into search_word (beneficiary, kind, word)
    select beneficiary.id, said.kind, said.word
    from unnest(eaters) as changed (id)
    join beneficiary on beneficiary.id = changed.id
    cross join lateral (
        select 'name', word from name_words(beneficiary.name_key) as word
        union all select 'born', beneficiary.birth_date::text
            where beneficiary.birth_date is not null
    ) as said (kind, word);
$$;

create function words_of_new_eaters() returns trigger language plpgsql as $$
begin
    perform save_words_of_eaters(array(select id from given));
    return null;
end $$;
create trigger keep_words after insert on beneficiary referencing new table as given
    for each statement execute function words_of_new_eaters();

create function words_of_changed_eaters() returns trigger language plpgsql as $$
declare changed uuid[] := array(
    select id from given join before using (id)
    where (given.name_key, given.birth_date) is distinct from (before.name_key, before.birth_date)
);
begin
    if changed <> '{}' then
        perform save_words_of_eaters(changed);
    end if;
    return null;
end $$;
create trigger keep_changed_words after update on beneficiary
    referencing old table as before new table as given
    for each statement execute function words_of_changed_eaters();

-- Those who are there already, their names as domain.people.name_key writes them from now on.
update person set name_key = replace(replace(name_key, 'œ', 'oe'), 'æ', 'ae')
where name_key ~ '[œæ]';
update beneficiary set name_key = replace(replace(name_key, 'œ', 'oe'), 'æ', 'ae')
where name_key ~ '[œæ]';
select save_words_of_people(array(select id from person));
select save_words_of_eaters(array(select id from beneficiary));
insert into household_authority (household, authority)
select id, '00000000-0000-5000-8000-00000000a661' from household;
select keep_names(array(select id from household));

-- What agents see: the households of their authorities, and whatever hangs on these.
select open_to_console('household_authority');
select open_to_console('household', $$ exists (
    select from household_authority known where known.household = household.id
) $$);
select open_to_console('household_member', $$ exists (
    select from household_authority known where known.household = household_member.household
) $$);
select open_to_console('guardianship', $$ exists (
    select from household_authority known where known.household = guardianship.household
) $$);
select open_to_console('person', $$ exists (
    select from household_member as member where member.person = person.id
) $$);
select open_to_console('beneficiary', $$ exists (
    select from guardianship where guardianship.beneficiary = beneficiary.id
) $$);
select open_to_console('search_word', $$
    exists (select from household_member as member where member.person = search_word.person)
    or exists (select from guardianship where guardianship.beneficiary = search_word.beneficiary)
$$);

-- Passwords and tokens are nothing to read.
do $$ begin
    execute format('revoke select on person, agent_session from %I',
        current_database() || '_console');
end $$;
select grant_to_console(
    'select (id, first_name, last_name, name_key, email, email_key, birth_date, address_proved)',
    'person');
select grant_to_console(
    'select (id, agent, created, last_seen, expires, device)', 'agent_session');

-- migrate:down
drop trigger keep_words on person;
drop trigger keep_changed_words on person;
drop trigger keep_words on beneficiary;
drop trigger keep_changed_words on beneficiary;
drop trigger keep_names on household_member;
drop trigger look_after on household;
select close_to_console(relation::regclass)
  from unnest(array['person', 'beneficiary', 'guardianship', 'household_member', 'household'])
       as relation;
drop table search_word, household_authority;
drop function words_of_changed_eaters(), words_of_new_eaters(), save_words_of_eaters(uuid[]),
    words_of_changed_people(), words_of_new_people(), save_words_of_people(uuid[]),
    name_households(), look_after_households(), keep_names(uuid[]), address_words(text),
    name_words(text);
delete from letter where kind in ('agent_invitation', 'agent_password');
alter table letter
    drop column agent,
    drop column totp_secret,
    drop constraint letter_kind_known,
    add constraint letter_kind_known check (kind in (
        'proof', 'password', 'new_address', 'invitation', 'address_changed', 'new_device',
        'password_changed'));
drop table agent_role, agent_session, recovery_code, agent;
