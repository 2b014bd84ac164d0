-- Who works for which authority, and what the console may see.
-- migrate:up

-- The agglomeration is the authority of its own agents. It organises no service.
insert into authority (id, label)
values ('00000000-0000-5000-8000-00000000a661', 'Agglomération')
on conflict (id) do nothing;

-- The roles that an agent holds in an authority. Somebody who left keeps a row without any.
create table agent_role (
    agent     uuid   not null,
    authority uuid   not null constraint roles_are_held_in_an_authority references authority,
    roles     text[] not null constraint roles_are_known check (roles <@ array[
        'administrator', 'clerk', 'regisseur', 'kitchen', 'attendance', 'reader']),
    version   int    not null constraint role_version_counts check (version > 0),
    constraint agent_role_pkey primary key (agent, authority)
);
create index agent_role_of_authority on agent_role (authority);
select grant_to_app('select, insert, update (roles, version)', 'agent_role');

-- What waits for an agent, oldest first.
create index pending_request on access_request (asked, id) where state = 'pending';

-- Views answer as who asks: through them too an agent sees its own authorities.
alter view entry set (security_invoker = true);
alter view offer set (security_invoker = true);
select grant_to_console('select', 'entry');

select open_to_console(
    'authority', 'id = any ((select current_authorities())::uuid[]) or (select all_authorities())');
select open_to_console('regie');
select open_to_console('service');
select open_to_console('regulation');
select open_to_console('access_request');
select open_to_console('entitlement');
select open_to_console('agent_role');
select open_to_console('household_beneficiary',
    'exists (select from access_request q
              where (q.household, q.beneficiary)
                    = (household_beneficiary.household, household_beneficiary.beneficiary))
     or exists (select from entitlement e
                 where (e.household, e.beneficiary)
                       = (household_beneficiary.household, household_beneficiary.beneficiary))');

-- migrate:down
select close_to_console(relation) from unnest(array[
    'household_beneficiary', 'entitlement', 'access_request', 'regulation', 'service', 'regie',
    'authority']::regclass[]) as relation;
alter view offer reset (security_invoker);
alter view entry reset (security_invoker);
drop index pending_request;
drop table agent_role;
delete from authority where id = '00000000-0000-5000-8000-00000000a661';
