"""Clock door: due e-mails are written and sent, outside any transaction."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from chassis.database import transaction
from chassis.service import Context
from contracts.accounts import Adult, HouseholdView
from services.notifications import commands
from services.notifications.clients import Outside
from services.notifications.clients.letters import UnusableAddress
from services.notifications.clients.smtp import Connection, MailServerGone, Verdict
from services.notifications.domain import OUTAGE, Email, Outcome

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
            await _send(context, emails)


async def _send(context: Context, emails: Sequence[Email]) -> None:
    outside: Outside = context.resources
    waiting = list(emails)
    try:
        households = await outside.accounts.recipients(email.household for email in emails)
        async with outside.mailer.connected() as connection:
            while waiting:
                email = waiting[0]
                household = households.get(email.household)
                outcome = await _deliver(outside, connection, email, household)
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
    outside: Outside, connection: Connection, email: Email, household: HouseholdView | None
) -> Outcome:
    """One message for each adult who is still to be written to."""
    if household is None or not household.adults:
        return email.ended("no_recipient")
    postponed = ""
    for adult in household.adults:
        if not email.awaits(adult.person):
            continue
        match await _hand_over(outside, connection, email, household, adult):
            case "accepted":
                email = email.reaching(adult.person)
            case "refused":
                email = email.refusing(adult.person)
            case "later":
                postponed = "later"
            case "gone":
                return email.postponed(OUTAGE, _luck())
    if postponed:
        return email.postponed(postponed, _luck())
    return email.ended("refused" if email.refused else "")


async def _hand_over(
    outside: Outside,
    connection: Connection,
    email: Email,
    household: HouseholdView,
    adult: Adult,
) -> Verdict:
    try:
        message = outside.letters.write(email, household, adult)
    except UnusableAddress:
        return "refused"
    except Exception as error:  # a mistake in a template: the others' mail goes on
        log.error("letter_not_written", email_id=str(email.id), error=error)
        return "later"
    return await connection.send(message, adult.email)


async def _note(context: Context, outcomes: Sequence[Outcome]) -> None:
    async with transaction(context.pool) as tx:
        await commands.note_outcomes(tx, outcomes)


def _luck() -> float:
    return random.random()  # noqa: S311
