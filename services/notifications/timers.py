"""Clock door: due e-mails are written and sent, outside any transaction."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from chassis.database import transaction
from chassis.service import Context
from services.notifications import commands
from services.notifications.clients import Outside
from services.notifications.clients.letters import UnusableAddress
from services.notifications.clients.recipients import Recipient
from services.notifications.clients.smtp import Connection, MailServerGone, Verdict
from services.notifications.domain.emails import OUTAGE, Email, Outcome, gathered

log = structlog.get_logger()

BATCH = 40
"""At most so many each time: a rush of letters leaves the machine to the orders, and does not
flood the town's mail server."""
BATCH_SECONDS = 30.0
"""A batch is done, or given up, before the forty seconds are over for which it is kept."""

OUTAGE_SECONDS = 2.0
"""How long to leave a server alone that does not answer."""


async def send_due_emails(context: Context) -> None:
    """Take due e-mails, ask once for all names and addresses, write, send, note.

    Each e-mail is noted as soon as it was handed over: a crash sends one of them twice at most,
    under the same Message-ID.
    """
    async with transaction(context.pool) as tx:
        emails = await commands.take_due_emails(tx, BATCH)
    if emails:
        async with asyncio.timeout(BATCH_SECONDS):
            await _send(context, gathered(emails))


async def _send(context: Context, emails: Sequence[Email]) -> None:
    outside: Outside = context.resources
    waiting = list(emails)
    try:
        async with outside.mailer.connected() as connection:
            recipients = await outside.accounts.recipients(emails)
            while waiting:
                email = waiting[0]
                to = recipients.get(email.id, [])
                outcome = await _deliver(outside, connection, email, to)
                await _note(context, [outcome])
                waiting.pop(0)
                if outcome.failure == OUTAGE:
                    raise MailServerGone
    except Exception:
        await _note(context, [email.postponed(OUTAGE, _luck()) for email in waiting])
        await asyncio.sleep(OUTAGE_SECONDS * (0.5 + _luck()))
        raise
    log.info("emails", count=len(emails))


async def _deliver(
    outside: Outside, connection: Connection, email: Email, recipients: Sequence[Recipient]
) -> Outcome:
    """One message for each recipient who is still to be written to."""
    if not recipients:  # nobody has proved an address yet, or a stranger asked for a password
        return email.without_reader(_luck())
    postponed = ""
    for recipient in recipients:
        if not email.awaits(recipient.id):
            continue
        match await _hand_over(outside, connection, email, recipient):
            case "accepted":
                email = email.reaching(recipient.id)
            case "refused":
                email = email.refusing(recipient.id)
            case "later":
                postponed = "later"
            case "gone":
                return email.postponed(OUTAGE, _luck())
    if postponed:
        return email.postponed(postponed, _luck())
    return email.ended("refused" if email.refused else "")


async def _hand_over(
    outside: Outside, connection: Connection, email: Email, recipient: Recipient
) -> Verdict:
    try:
        message = outside.letters.write(email, recipient)
    except UnusableAddress:
        return "refused"
    except Exception as error:  # a mistake in a template: the others' mail goes on
        log.error("letter_not_written", email_id=str(email.id), error=error)
        return "later"
    return await connection.send(message, recipient.address)


async def _note(context: Context, outcomes: Sequence[Outcome]) -> None:
    async with transaction(context.pool) as tx:
        await commands.note_outcomes(tx, outcomes)


def _luck() -> float:
    return random.random()  # noqa: S311
