-- name: add_emails
-- One e-mail for each event, due at once.
insert into email (
    id, template, household, order_id, order_version, data, queued, next_attempt
)
select given.id, given.template, given.household, given.order_id, given.order_version, given.data,
    given.queued, given.queued
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::int[], $6::jsonb[],
    $7::timestamptz[])
    as given (id, template, household, order_id, order_version, data, queued)
on conflict (id) do nothing

-- name: take_due_emails
-- The e-mails due first, kept from others for forty seconds, or superseded by a newer one.
with due as (
    select id
    from email where state = 'queued' and next_attempt <= (select app_now())
    order by next_attempt limit $1
    for update skip locked
)
update email
set attempts = email.attempts + 1,
    next_attempt = app_now() + interval '40 seconds',
    state = case when exists (
        select from email as newer
        where newer.order_id = email.order_id and newer.order_version > email.order_version
    ) then 'superseded' else 'queued' end
from due
where email.id = due.id
returning email.id, email.template, email.household, email.order_id, email.order_version,
    email.data, email.queued, email.attempts, email.reached, email.refused, email.state,
    app_now() as taken

-- name: save_outcomes
-- What became of attempts; the ids of adults come as one text each, for arrays do not nest.
update email
set state = outcome.state,
    reached = string_to_array(outcome.reached, ' ')::uuid[],
    refused = string_to_array(outcome.refused, ' ')::uuid[],
    next_attempt = outcome.next_attempt,
    failure = outcome.failure,
    sent = case when outcome.state = 'sent' then app_now() end
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
    as outcome (id, state, reached, refused, next_attempt, failure)
where email.id = outcome.id
