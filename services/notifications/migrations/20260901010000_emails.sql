-- E-mails to households.
-- migrate:up

-- One e-mail for each event, to every adult of a household. No name and no address stands here:
-- accounts is asked when it is sent. `id` is made from the event and ends up in the Message-ID.
create table email (
    id            uuid        primary key,
    template      text        not null check (template in ('order_confirmed', 'order_released')),
    household     uuid        not null,
    order_id      uuid        not null,
    order_version int         not null,
    data          jsonb       not null,
    queued        timestamptz not null,
    state         text        not null default 'queued'
        check (state in ('queued', 'sent', 'failed', 'superseded')),
    attempts      int         not null default 0,
    next_attempt  timestamptz not null,
    reached       uuid[]      not null default '{}',
    refused       uuid[]      not null default '{}',
    sent          timestamptz,
    failure       text        not null default '',
    check ((state = 'sent') = (sent is not null))
);
create index email_due on email (next_attempt) where state = 'queued';
create index email_of_order on email (order_id, order_version);
select grant_to_app(
    'select, insert, update (state, attempts, next_attempt, reached, refused, sent,'
    ' failure)', 'email');

-- migrate:down
drop table email;
