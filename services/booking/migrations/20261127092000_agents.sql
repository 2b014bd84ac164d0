-- What agents of town halls see of booking, what they do for a household, and counting a day.
-- migrate:up

-- Whether an agent did it for the household. Who that was stands in the act, not before parents.
alter table meal_order add column at_the_desk boolean not null default false;
alter table booking add column cancelled_at_the_desk boolean not null default false;
select grant_to_app('update (cancelled_at_the_desk)', 'booking');

-- The entry by which a meal was priced: a right may be another one by the time it is eaten.
-- Unknown for what was booked before.
alter table booking add column category text;

-- A kitchen counts a day among a year of bookings.
create index booking_of_day on booking (service, day) where state = 'live';

select open_to_console('regulation');
select open_to_console('service');
select open_to_console('entitlement');
select open_to_console('serving_day');
select open_to_console('deadline');
select open_to_console('meal_order');
select open_to_console('booking');

-- These carry no authority: they are seen through rows that are.
select open_to_console('cart', 'exists (select from service s where s.regie = cart.regie)');
select open_to_console(
    'cart_line', 'exists (select from service s where s.id = cart_line.service)');
select open_to_console(
    'retired', 'exists (select from entitlement e where e.household = retired.household)');

-- migrate:down
do $$
declare
    relation regclass;
begin
    foreach relation in array array[
        'regulation', 'service', 'entitlement', 'serving_day', 'deadline', 'meal_order',
        'booking', 'cart', 'cart_line', 'retired'
    ]::regclass[] loop
        execute format('alter table %s disable row level security', relation);
        execute format('drop policy the_application_sees_all on %s', relation);
        execute format('drop policy the_console_sees_its_authorities on %s', relation);
        execute format(
            'revoke select on %s from %I', relation, current_database() || '_console');
    end loop;
end $$;
drop index booking_of_day;
alter table booking drop column category, drop column cancelled_at_the_desk;
alter table meal_order drop column at_the_desk;
