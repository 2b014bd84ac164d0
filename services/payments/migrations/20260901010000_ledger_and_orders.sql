-- The ledger, wallets, the orders to be paid, and numbered receipts.
-- migrate:up

-- Public cash offices, as subscriptions tells them. No money ever crosses from one to another.
create table regie (
    id        uuid primary key,
    authority uuid not null,
    label     text not null,
    version   int  not null
);
select grant_to_app('select, insert, update', 'regie');

create table account (
    id        bigint generated always as identity primary key,
    regie     uuid not null,
    kind      text not null check (kind in ('wallet', 'cash', 'revenue')),
    household uuid,
    constraint one_account_of_a_kind unique nulls not distinct (regie, kind, household),
    constraint account_in_regie unique (id, regie),
    constraint wallets_have_a_household check ((kind = 'wallet') = (household is not null))
);
select grant_to_app('select, insert', 'account');

-- Credits of a household in a régie. The balance follows the postings by trigger; `reserved`
-- waits for the rest of an order's money.
create table wallet (
    account   bigint primary key,
    regie     uuid   not null,
    household uuid   not null,
    balance   bigint not null default 0,
    reserved  bigint not null default 0,
    foreign key (account, regie) references account (id, regie),
    constraint one_wallet unique (household, regie),
    constraint a_wallet_is_never_overdrawn check (balance - reserved >= 0),
    constraint a_reservation_is_never_negative check (reserved >= 0)
) with (fillfactor = 70);
select grant_to_app('select, insert (account, regie, household), update (reserved)', 'wallet');

-- Why money moved. `key` makes each reason move it once.
create table entry (
    id       bigint generated always as identity primary key,
    regie    uuid   not null,
    key      text   not null,
    kind     text   not null
             check (kind in ('cash_top_up', 'order_paid', 'order_reversed', 'bookings_cancelled')),
    order_id uuid,
    reverses bigint,
    made     timestamptz not null default app_now(),
    constraint each_reason_moves_money_once unique (key),
    constraint entry_in_regie unique (id, regie),
    foreign key (reverses, regie) references entry (id, regie),
    constraint reversed_once unique (reverses)
);
create index entry_of_order on entry (order_id) where order_id is not null;
select grant_to_app('select, insert (regie, key, kind, order_id, reverses)', 'entry');

-- What moved: cents of one account, credit-positive. The postings of an entry sum to zero.
create table posting (
    entry   bigint not null,
    regie   uuid   not null,
    account bigint not null,
    cents   bigint not null,
    primary key (entry, account),
    constraint posting_in_the_entrys_regie foreign key (entry, regie)
        references entry (id, regie),
    constraint posting_in_the_accounts_regie foreign key (account, regie)
        references account (id, regie),
    constraint a_posting_moves_something check (cents <> 0)
);
create index posting_of_account on posting (account, entry);
select grant_to_app('select, insert', 'posting');

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only: post a reversal instead'
        using errcode = 'restrict_violation', constraint = 'ledger_is_append_only';
end $$;
create trigger ledger_is_append_only before update or delete or truncate on entry
    for each statement execute function ledger_is_append_only();
create trigger ledger_is_append_only before update or delete or truncate on posting
    for each statement execute function ledger_is_append_only();

create function entries_sum_to_zero() returns trigger language plpgsql as $$
declare
    wrong bigint;
begin
    -- Fired for an entry and for each of its postings: either way the entry must balance when
    -- we commit, and a posting added later to an old entry is seen too.
    if tg_table_name = 'entry' then wrong := new.id; else wrong := new.entry; end if;
    if (select count(*) < 2 or sum(cents) <> 0 from posting where entry = wrong) then
        raise exception 'entry % does not sum to zero', wrong
            using errcode = 'check_violation', constraint = 'entries_sum_to_zero';
    end if;
    return null;
end $$;
create constraint trigger entries_sum_to_zero after insert on entry
    deferrable initially deferred for each row execute function entries_sum_to_zero();
create constraint trigger entries_sum_to_zero after insert on posting
    deferrable initially deferred for each row execute function entries_sum_to_zero();

-- The balance of a wallet is the sum of its postings because nothing else can write it.
create function wallets_follow_postings() returns trigger language plpgsql
security definer set search_path = public as $$
begin
    update wallet w set balance = w.balance + moved.cents
      from (select account, sum(cents) as cents from posted group by account) moved
     where w.account = moved.account;
    return null;
end $$;
create trigger wallets_follow_postings after insert on posting
    referencing new table as posted
    for each statement execute function wallets_follow_postings();

-- An order whose money is awaited, came, did not come, or must never come.
create table payment_order (
    id        uuid   primary key,
    household uuid   not null,
    authority uuid   not null,
    regie     uuid   not null,
    means     text   not null check (means in ('credits', 'credits_then_card', 'card')),
    cents     bigint not null check (cents >= 0),
    state     text   not null check (state in ('payable', 'paid', 'unpaid', 'closed')),
    reserved  bigint not null default 0 check (reserved >= 0),
    credited  bigint not null default 0,
    heard     timestamptz not null,
    constraint never_credited_more_than_paid check (credited between 0 and cents),
    constraint only_payable_reserves check (state = 'payable' or reserved = 0)
);
create index payment_order_payable on payment_order (heard) where state = 'payable';
select grant_to_app('select, insert, update (state, reserved, credited)', 'payment_order');

-- The last number of each series of documents of a régie: gaps are impossible, the number is
-- drawn under the row's lock in the transaction that uses it.
create table numbering (
    regie uuid   not null,
    kind  text   not null,
    last  bigint not null,
    primary key (regie, kind)
);
select grant_to_app('select, insert, update (last)', 'numbering');

create table receipt (
    regie     uuid   not null,
    kind      text   not null check (kind in ('cash')),
    number    bigint not null check (number > 0),
    top_up    uuid   not null unique,
    household uuid   not null,
    cents     bigint not null check (cents > 0),
    taken_by  uuid   not null,
    taken     timestamptz not null default app_now(),
    primary key (regie, kind, number)
);
select grant_to_app('select, insert', 'receipt');
create trigger ledger_is_append_only before update or delete or truncate on receipt
    for each statement execute function ledger_is_append_only();

-- migrate:down
drop table receipt, numbering, payment_order, posting, entry, wallet, account, regie;
drop function ledger_is_append_only(), entries_sum_to_zero(), wallets_follow_postings();
