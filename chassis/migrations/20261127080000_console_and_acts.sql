-- What agents of town halls may see, and the record of what they did.
-- migrate:up

-- Which authorities count in this transaction: those that the agent works for. Nobody said so:
-- none. The agglomeration's administrators see them all.
create function current_authorities() returns uuid[]
language sql stable parallel safe as $$
    select case when said in ('', 'all') then '{}' else string_to_array(said, ',')::uuid[] end
      from coalesce(current_setting('app.authorities', true), '') as said
$$;

create function all_authorities() returns boolean
language sql stable parallel safe as $$
    select coalesce(current_setting('app.authorities', true), '') = 'all'
$$;

-- Who looks, for what is the agent's own: devices, roles. Nobody said so: null.
create function current_agent() returns uuid
language sql stable parallel safe as $$
    select nullif(current_setting('app.agent', true), '')::uuid
$$;

-- The console's role is named after the database too, and only ever reads.
create function grant_to_console(privileges text, relation regclass) returns void
language plpgsql as $$
begin
    execute format('grant %s on %s to %I', privileges, relation, current_database() || '_console');
end $$;

-- Lets the console read the rows of a table that concern the authorities that count, whatever a
-- query forgets; the application goes on seeing all of them. `condition` says which these are
-- where they do not simply carry their authority. Both settings are read once a query, not once a
-- row: a query that wants an index names the authority besides.
create function open_to_console(
    relation regclass,
    condition text default
        'authority = any ((select current_authorities())::uuid[]) or (select all_authorities())'
) returns void
language plpgsql as $$
begin
    perform grant_to_console('select', relation);
    execute format('alter table %s enable row level security', relation);
    execute format(
        'create policy the_application_sees_all on %s to %I using (true) with check (true)',
        relation, current_database() || '_app'
    );
    execute format(
        'create policy the_console_sees_its_authorities on %s for select to %I using (%s)',
        relation, current_database() || '_console', condition
    );
end $$;

-- The way back, for the other half of a migration.
create function close_to_console(relation regclass) returns void
language plpgsql as $$
begin
    execute format('drop policy the_console_sees_its_authorities on %s', relation);
    execute format('drop policy the_application_sees_all on %s', relation);
    execute format('alter table %s disable row level security', relation);
    execute format('revoke all on %s from %I', relation, current_database() || '_console');
end $$;

select grant_to_console('select', 'clock');

-- What agents did, for ever. No name of anybody stands here.
create table act (
    id        bigint generated always as identity primary key,
    at        timestamptz not null default app_now(),
    agent     uuid        not null,
    authority uuid        not null,
    what      text        not null,
    subject   uuid        not null,
    before    jsonb       not null default '{}',
    after     jsonb       not null default '{}',
    why       text        not null default ''
);
create index act_of_authority on act (authority, id desc);
select grant_to_app('select, insert', 'act');
select open_to_console('act');

create function acts_are_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'what an agent did stays written'
        using errcode = 'restrict_violation', constraint = 'acts_are_append_only';
end $$;
create trigger acts_are_append_only before update or delete or truncate on act
    for each statement execute function acts_are_append_only();

-- What people are called stands beside the act, and can be erased.
create table act_personal (
    act   bigint primary key references act,
    facts jsonb  not null
);
select grant_to_app('select, insert, delete', 'act_personal');
select open_to_console('act_personal', 'exists (select from act where act.id = act_personal.act)');

-- migrate:down
drop table act_personal, act;
drop function acts_are_append_only(), close_to_console(regclass), open_to_console(regclass, text),
    grant_to_console(text, regclass), current_agent(), all_authorities(), current_authorities();
