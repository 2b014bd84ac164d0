-- Serving days, carts, orders and bookings.
-- migrate:up

-- Copies of what subscriptions publishes: the truth for parents once they stand here.
create table regulation (
    service   uuid  not null,
    version   int   not null,
    authority uuid  not null,
    document  jsonb not null,
    primary key (service, version)
);
select grant_to_app('select, insert', 'regulation');

create table service (
    id         uuid primary key,
    authority  uuid not null,
    regie      uuid not null,
    version    int  not null,
    foreign key (id, version) references regulation (service, version)
);
select grant_to_app('select, insert, update', 'service');

create table entitlement (
    id          uuid primary key,
    household   uuid not null,
    beneficiary uuid not null,
    authority   uuid not null,
    service     uuid not null,
    category    text not null,
    valid_from  date not null,
    valid_until date not null,
    active      boolean not null,
    version     int  not null
);
create index entitlement_of_household on entitlement (household, service, beneficiary);
select grant_to_app('select, insert, update', 'entitlement');

-- A day and session on which a service serves. `taken` counts the live bookings.
create table serving_day (
    authority   uuid     not null,
    school_year smallint not null,
    service     uuid     not null,
    day         date     not null,
    session     text     not null,
    regulation_version int not null,
    capacity    int      not null,
    taken       int      not null default 0,
    primary key (service, day, session, authority, school_year),
    constraint capacity_is_never_exceeded check (taken between 0 and capacity)
) with (fillfactor = 70);
select grant_to_app('select, insert, update, delete', 'serving_day');

-- Until when an action is in time, fixed at publication, only ever lengthened.
create table deadline (
    authority   uuid        not null,
    school_year smallint    not null,
    service     uuid        not null,
    day         date        not null,
    action      text        not null check (action in ('book', 'cancel')),
    audience    text        not null check (audience in ('family')),
    until       timestamptz not null,
    primary key (service, day, action, audience, authority, school_year)
);
select grant_to_app('select, insert, update (until)', 'deadline');

create function deadlines_only_lengthen() returns trigger language plpgsql as $$
begin
    if new.until < old.until then
        raise exception 'a published deadline is never shortened'
            using errcode = 'check_violation', constraint = 'deadlines_only_lengthen';
    end if;
    return new;
end $$;
create trigger deadlines_only_lengthen before update on deadline
    for each row execute function deadlines_only_lengthen();

-- What a household has chosen, régie by régie. It holds no seat.
create table cart (
    household uuid   not null,
    regie     uuid   not null,
    version   bigint not null default 1,
    primary key (household, regie)
);
select grant_to_app('select, insert, update (version)', 'cart');

create table cart_line (
    household   uuid not null,
    regie       uuid not null,
    beneficiary uuid not null,
    service     uuid not null,
    day         date not null,
    session     text not null,
    primary key (household, service, beneficiary, day, session),
    foreign key (household, regie) references cart
);
select grant_to_app('select, insert, delete', 'cart_line');

create table meal_order (
    id          uuid     not null,
    authority   uuid     not null,
    school_year smallint not null,
    household   uuid     not null,
    regie       uuid     not null,
    means       text     not null check (means in ('credits', 'credits_then_card', 'card')),
    cents       bigint   not null check (cents >= 0),
    state       text     not null default 'held'
                check (state in ('held', 'confirmed', 'released', 'cancelled')),
    reason      text     not null default '',
    version     int      not null default 1,
    placed      timestamptz not null,
    changed     timestamptz not null,
    primary key (id, authority, school_year)
);
create unique index meal_order_id on meal_order (id);
create index meal_order_of_household on meal_order (household, placed desc);
create index meal_order_held on meal_order (placed) where state = 'held';
select grant_to_app('select, insert, update (state, reason, version, changed)', 'meal_order');

-- One line of an order: a meal of a beneficiary. `live` holds a seat.
create table booking (
    order_id     uuid     not null,
    line         smallint not null,
    authority    uuid     not null,
    school_year  smallint not null,
    beneficiary  uuid     not null,
    service      uuid     not null,
    day          date     not null,
    session      text     not null,
    cents        bigint   not null check (cents >= 0),
    regulation_version int not null,
    state        text     not null default 'live'
                 check (state in ('live', 'released', 'cancelled')),
    cancellation uuid,
    credit_cents bigint   not null default 0,
    primary key (order_id, line, authority, school_year),
    foreign key (order_id) references meal_order (id),
    constraint credit_within_price check (credit_cents between 0 and cents),
    constraint cancelled_by_someone check ((state = 'cancelled') = (cancellation is not null))
);
create unique index one_live_booking on booking
    (beneficiary, day, session, service, authority, school_year) where state = 'live';
select grant_to_app(
    'select, insert, update (state, cancellation, credit_cents)', 'booking');

-- All that the rules need to know of some meals of a household, meal by meal. One definition
-- for calendar, cart and checkout, so that they cannot disagree.
create function meal_facts(
    of_household uuid, beneficiaries uuid[], services uuid[], days date[], sessions text[]
) returns table (
    beneficiary uuid, service uuid, day date, session text,
    authority uuid, school_year smallint, category text, regulation_version int,
    capacity int, taken int, book_until timestamptz, live_in text
) language sql stable parallel safe as $$
    select asked.beneficiary, asked.service, asked.day, asked.session,
           d.authority, d.school_year, e.category, d.regulation_version,
           d.capacity, d.taken, u.until, o.state
      from unnest(beneficiaries, services, days, sessions)
           as asked (beneficiary, service, day, session)
      left join serving_day d
        on d.service = asked.service and d.day = asked.day and d.session = asked.session
      left join deadline u
        on u.service = asked.service and u.day = asked.day
       and u.action = 'book' and u.audience = 'family'
      left join lateral (
           select category from entitlement
            where household = of_household and service = asked.service
              and beneficiary = asked.beneficiary and active
              and asked.day between valid_from and valid_until
            order by valid_from desc, id limit 1
      ) e on true
      left join booking b
        on b.beneficiary = asked.beneficiary and b.day = asked.day
       and b.session = asked.session and b.service = asked.service and b.state = 'live'
      left join meal_order o on o.id = b.order_id
$$;

-- migrate:down
drop function meal_facts(uuid, uuid[], uuid[], date[], text[]);
drop table booking, meal_order, cart_line, cart, deadline, serving_day, entitlement, service,
    regulation;
drop function deadlines_only_lengthen();
