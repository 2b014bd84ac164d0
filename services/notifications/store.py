"""E-mails in and out of PostgreSQL. The SQL is in queries.sql."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from services.notifications.domain.emails import Email, Outcome

SQL = named_queries(__package__)


async def add_emails(tx: Transaction, emails: Sequence[Email]) -> None:
    """New e-mails, with their like where one is gathered; one that is known stays as it is."""
    await tx.execute(
        SQL.add_emails,
        [email.id for email in emails],
        [email.template for email in emails],
        [email.household for email in emails],
        [email.letter for email in emails],
        [email.subject for email in emails],
        [email.version for email in emails],
        [email.data for email in emails],
        [email.queued for email in emails],
        [email.due for email in emails],
        [email.is_gathered for email in emails],
    )


async def wake_emails(tx: Transaction, households: Sequence[UUID], failure: str) -> None:
    """What waits for this reason is due at once."""
    await tx.execute(SQL.wake_emails, households, failure)


async def take_due_emails(tx: Transaction, count: int) -> list[Email]:
    """The e-mails due first, kept from others for a while; outdated ones are put aside."""
    rows = await tx.fetch(SQL.take_due_emails, count)
    return [
        Email(**{**row, "reached": tuple(row["reached"]), "refused": tuple(row["refused"])})
        for row in (dict(row) for row in rows)
        if row.pop("state") == "queued"
    ]


async def save_outcomes(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """States, who was reached, and when to try again."""
    each = [(email, outcome) for outcome in outcomes for email in outcome.emails]
    await tx.execute(
        SQL.save_outcomes,
        [email for email, _ in each],
        [outcome.state for _, outcome in each],
        [" ".join(map(str, outcome.reached)) for _, outcome in each],
        [" ".join(map(str, outcome.refused)) for _, outcome in each],
        [outcome.next_attempt for _, outcome in each],
        [outcome.failure for _, outcome in each],
    )
