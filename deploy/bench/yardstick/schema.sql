-- What one checkout of 2 children x 20 dates needs: the yardstick of docs/performance.md.
drop table if exists booking, service_day, account, ledger_tx, posting, outbox cascade;
create table service_day (
    site   int  not null,
    day    date not null,
    seats  int  not null,
    booked int  not null default 0,
    primary key (site, day),
    check (booked <= seats)
) with (fillfactor = 70);
create table booking (
    id       bigint generated always as identity,
    commune  int    not null,
    site     int    not null,
    child    bigint not null,
    day      date   not null,
    order_id bigint not null,
    status   smallint not null default 1,
    cents    int    not null,
    made     timestamptz not null default now(),
    primary key (child, day)
);
create table account (
    id    bigint primary key,
    cents bigint not null check (cents >= 0)
) with (fillfactor = 80);
create table ledger_tx (
    id   bigint generated always as identity primary key,
    kind text not null,
    once uuid not null unique default gen_random_uuid(),
    made timestamptz not null default now()
);
create table posting (
    tx      bigint not null,
    account bigint not null,
    cents   bigint not null,
    primary key (tx, account)
);
create table outbox (
    id        bigint generated always as identity primary key,
    topic     text  not null,
    payload   jsonb not null,
    made      timestamptz not null default now(),
    published timestamptz
);
insert into service_day
select site, date '2026-01-01' + day, 1000000, 0
  from generate_series(0, 199) site, generate_series(0, 3359) day;
insert into account select id, 1000000000000 from generate_series(0, 50000) id;
vacuum analyze;
