-- E-mails of every kind: about orders, accounts, requests, credits, and the letters of accounts.
-- migrate:up

-- What an e-mail is about and which version of it: an order, a request, a household, … An e-mail
-- about an older version is not sent after a newer one of the same family, which is the first
-- word of the template's name.
alter table email rename column order_id to subject;
alter table email rename column order_version to version;
alter index email_of_order rename to email_of_subject;
alter table email drop constraint email_template_check;
alter table email add constraint template_known check (template in (
    'order_confirmed', 'order_released', 'booking_cancelled', 'access_open', 'request_received',
    'request_refused', 'credits_loaded', 'account_waiting', 'account_validated',
    'account_refused', 'letter'));

-- An e-mail goes to the adults of a household, or it is a letter of accounts, which alone knows to
-- whom and what about when it is written. `reached` and `refused` then hold ids made from letter
-- and address.
alter table email alter column household drop not null;
alter table email
    add column letter uuid,
    add constraint either_household_or_letter check (num_nonnulls(household, letter) = 1),
    add constraint letters_are_written_by_accounts check ((template = 'letter') = (letter is not null));

-- What waits for a household's first proved address, and what else a new e-mail may join.
create index email_of_household on email (household) where state = 'queued';

-- migrate:down
drop index email_of_household;
delete from email where template not in ('order_confirmed', 'order_released');
alter table email
    drop constraint template_known, drop constraint either_household_or_letter,
    drop constraint letters_are_written_by_accounts, drop column letter;
alter table email add constraint email_template_check
    check (template in ('order_confirmed', 'order_released'));
alter table email alter column household set not null;
alter index email_of_subject rename to email_of_order;
alter table email rename column version to order_version;
alter table email rename column subject to order_id;
