-- The desk: cheques beside cash, and what agents of town halls see of the ledger.
-- migrate:up
alter table account drop constraint account_kind_check, add constraint account_kind_check
    check (kind in ('wallet', 'cash', 'cheques', 'revenue'));
alter table entry drop constraint entry_kind_check, add constraint entry_kind_check
    check (kind in ('cash_top_up', 'cheque_top_up', 'order_paid', 'order_reversed',
                    'bookings_cancelled'));

-- The kind of a receipt is the means by which the money came: each has its own series.
alter table receipt drop constraint receipt_kind_check, add constraint receipt_kind_check
    check (kind in ('cash', 'cheque'));
alter table receipt add column reference text not null default '';
create index receipt_of_day on receipt (regie, taken);

-- Only a régie says to which authority it belongs: the rest is seen through it.
select open_to_console('regie');
select open_to_console('account', 'exists (select from regie r where r.id = account.regie)');
select open_to_console('wallet', 'exists (select from regie r where r.id = wallet.regie)');
select open_to_console('entry', 'exists (select from regie r where r.id = entry.regie)');
select open_to_console('posting', 'exists (select from regie r where r.id = posting.regie)');
select open_to_console('receipt', 'exists (select from regie r where r.id = receipt.regie)');
select open_to_console(
    'payment_order', 'exists (select from regie r where r.id = payment_order.regie)');

-- migrate:down
do $$
declare
    relation regclass;
begin
    foreach relation in array array[
        'regie', 'account', 'wallet', 'entry', 'posting', 'receipt', 'payment_order'
    ]::regclass[] loop
        execute format('alter table %s disable row level security', relation);
        execute format('drop policy the_application_sees_all on %s', relation);
        execute format('drop policy the_console_sees_its_authorities on %s', relation);
        execute format(
            'revoke select on %s from %I', relation, current_database() || '_console');
    end loop;
end $$;
drop index receipt_of_day;
alter table receipt drop column reference, drop constraint receipt_kind_check,
    add constraint receipt_kind_check check (kind in ('cash'));
alter table entry drop constraint entry_kind_check, add constraint entry_kind_check
    check (kind in ('cash_top_up', 'order_paid', 'order_reversed', 'bookings_cancelled'));
alter table account drop constraint account_kind_check, add constraint account_kind_check
    check (kind in ('wallet', 'cash', 'revenue'));
