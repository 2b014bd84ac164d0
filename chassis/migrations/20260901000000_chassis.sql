-- What every service's database carries for the chassis.
-- migrate:up

-- Rights are given table by table: the application's role is named after the database.
create function grant_to_app(privileges text, relation regclass) returns void
language plpgsql as $$
begin
    execute format('grant %s on %s to %I', privileges, relation, current_database() || '_app');
end $$;

-- The clock that decides. Only a demonstration or a test may shift it; production refuses to
-- start when it is shifted.
create table clock (
    only_row boolean primary key default true check (only_row),
    shift    interval not null default '0'
);
insert into clock default values;
select grant_to_app('select', 'clock');

create function app_now() returns timestamptz
language sql volatile as $$ select clock_timestamp() + (select shift from clock) $$;

create function set_clock_offset(shift_by interval) returns void
language sql as $$ update clock set shift = shift_by $$;
revoke execute on function set_clock_offset(interval) from public;

-- Events leave through the outbox, in the transaction that made them true.
create table outbox (
    seq     bigint generated always as identity primary key,
    id      uuid        not null unique,
    name    text        not null,
    body    text        not null,
    trace   text        not null default '',
    told    timestamptz not null default clock_timestamp(),
    sent    timestamptz
);
create index outbox_unsent on outbox (seq) where sent is null;
create index outbox_sent on outbox (sent) where sent is not null;
select grant_to_app('select, insert, update (sent), delete', 'outbox');

-- Events enter through the inbox, in the transaction that used them.
create table inbox (
    id       uuid primary key,
    received timestamptz not null default clock_timestamp()
);
create index inbox_received on inbox using brin (received);
select grant_to_app('select, insert, delete', 'inbox');

-- Messages that no retry can heal wait here for a person.
create table dead_letter (
    id       bigint generated always as identity primary key,
    event    uuid        not null,
    name     text        not null,
    body     text        not null,
    trace    text        not null default '',
    error    text        not null,
    died     timestamptz not null default clock_timestamp(),
    outcome  text        check (outcome in ('replayed', 'discarded')),
    closed   timestamptz,
    closed_by text,
    check ((outcome is null) = (closed is null))
);
create index dead_letter_open on dead_letter (died) where outcome is null;
select grant_to_app('select, insert, update (outcome, closed, closed_by)', 'dead_letter');

-- What was answered to a write, by who asked, so that asking again changes nothing.
create table answer (
    principal uuid        not null,
    operation text        not null,
    id        uuid        not null,
    content   bytea       not null,
    status    smallint,
    body      bytea,
    given     timestamptz not null default clock_timestamp(),
    primary key (principal, operation, id)
);
create index answer_given on answer using brin (given);
select grant_to_app('select, insert, update (status, body), delete', 'answer');

-- migrate:down
drop table answer, dead_letter, inbox, outbox, clock cascade;
drop function grant_to_app(text, regclass), app_now(), set_clock_offset(interval);
