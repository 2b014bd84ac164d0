"""E-mails in and out of PostgreSQL. The SQL is in queries.sql."""

from collections.abc import Sequence

from chassis.database import Transaction
from chassis.queries import named_queries
from services.notifications.domain import Email, Outcome

SQL = named_queries(__package__)


async def add_emails(tx: Transaction, emails: Sequence[Email]) -> None:
    """New e-mails; one that is known already stays as it is."""
    await tx.execute(
        SQL.add_emails,
        [email.id for email in emails],
        [email.template for email in emails],
        [email.household for email in emails],
        [email.order_id for email in emails],
        [email.order_version for email in emails],
        [email.data for email in emails],
        [email.queued for email in emails],
    )


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
    await tx.execute(
        SQL.save_outcomes,
        [outcome.email for outcome in outcomes],
        [outcome.state for outcome in outcomes],
        [" ".join(map(str, outcome.reached)) for outcome in outcomes],
        [" ".join(map(str, outcome.refused)) for outcome in outcomes],
        [outcome.next_attempt for outcome in outcomes],
        [outcome.failure for outcome in outcomes],
    )
