-- name: add_emails
-- One e-mail for each event. One that is gathered joins those of its kind that nobody tried yet.
insert into email (
    id, template, household, letter, subject, version, data, queued, next_attempt
)
select given.id, given.template, given.household, given.letter, given.subject, given.version,
    given.data, coalesce(joined.queued, given.queued), coalesce(joined.next_attempt, given.due)
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::jsonb[],
    $8::timestamptz[], $9::timestamptz[], $10::boolean[])
    as given (id, template, household, letter, subject, version, data, queued, due, is_gathered)
left join lateral (
    select email.queued, email.next_attempt from email
    where given.is_gathered and email.household = given.household
      and email.template = given.template and email.state = 'queued' and email.attempts = 0
    order by email.queued desc limit 1
) as joined on true
on conflict (id) do nothing

-- name: wake_emails
-- What waits for a reason is due at once, for these households.
with woken as (
    select id from email
    where household = any($1::uuid[]) and state = 'queued' and failure = $2
    order by id for update
)
update email set next_attempt = app_now() from woken where email.id = woken.id

-- name: take_due_emails
-- The e-mails due first, kept from others for forty seconds, or superseded by a newer one.
with due as (
    select id
    from email where state = 'queued' and next_attempt <= (select app_now())
    order by next_attempt, household limit $1
    for update skip locked
)
update email
set attempts = email.attempts + 1,
    next_attempt = app_now() + interval '40 seconds',
    state = case when exists (
        select from email as newer
        where newer.subject = email.subject and newer.version > email.version
          and split_part(newer.template, '_', 1) = split_part(email.template, '_', 1)
    ) then 'superseded' else 'queued' end
from due
where email.id = due.id
returning email.id, email.template, email.household, email.letter, email.subject, email.version,
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
