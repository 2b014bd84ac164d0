-- Authorities, their régies and services, règlements and entitlements.
-- migrate:up

-- The tenant: commune, syndicat, communauté.
create table authority (
    id    uuid primary key,
    label text not null
);
select grant_to_app('select, insert, update (label)', 'authority');

-- A public cash office. It never moves to another authority: money would move with it.
create table regie (
    id        uuid primary key,
    authority uuid not null references authority,
    label     text not null,
    version   int  not null check (version > 0),
    unique (authority, id)
);
select grant_to_app('select, insert, update (label, version)', 'regie');

-- What an authority offers. All that is known of it stands in its règlement.
create table service (
    id        uuid primary key,
    authority uuid not null references authority,
    unique (authority, id)
);
-- `update` is needed to lock a row; nothing ever changes in one (see below).
select grant_to_app('select, insert, update (authority)', 'service');

-- A published règlement, whole. The composite keys keep service and régie inside one authority.
create table regulation (
    service   uuid        not null,
    version   int         not null check (version > 0),
    authority uuid        not null,
    regie     uuid        not null,
    document  jsonb       not null,
    published timestamptz not null default app_now(),
    primary key (service, version),
    foreign key (authority, service) references service (authority, id),
    foreign key (authority, regie) references regie (authority, id),
    constraint document_is_of_this_version check (
        document ->> 'service' = service::text
        and (document ->> 'version')::int = version
        and document ->> 'authority' = authority::text
        and document ->> 'regie' = regie::text)
);
select grant_to_app('select, insert', 'regulation');

-- A household's right to book a service for a beneficiary.
create table entitlement (
    id          uuid primary key,
    household   uuid not null,
    beneficiary uuid not null,
    authority   uuid not null,
    service     uuid not null,
    category    text not null,
    valid_from  date not null,
    valid_until date not null,
    state       text not null check (state in ('active', 'ended')),
    version     int  not null check (version > 0),
    foreign key (authority, service) references service (authority, id),
    check (valid_from <= valid_until)
);
create index entitlement_of_household on entitlement (household);
create index entitlement_of_service on entitlement (service);
select grant_to_app(
    'select, insert, update (category, valid_from, valid_until, state, version)', 'entitlement');

-- What was published stays, and a service stays where it is, whoever asks.
create function nothing_changes() returns trigger language plpgsql as $$
begin
    raise exception 'a % never changes', tg_table_name
        using errcode = 'restrict_violation', constraint = tg_name;
end $$;
create trigger regulations_never_change before update or delete on regulation
    for each row execute function nothing_changes();
create trigger regulations_are_never_emptied before truncate on regulation
    for each statement execute function nothing_changes();
create trigger services_never_move before update on service
    for each row execute function nothing_changes();

-- migrate:down
drop table entitlement, regulation, service, regie, authority;
drop function nothing_changes();
