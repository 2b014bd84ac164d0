"""What notifications can be asked to do: queue, take, and note what became of it."""

from collections.abc import Sequence

from chassis.database import Transaction
from services.notifications import store
from services.notifications.domain import Email, Outcome


async def queue_emails(tx: Transaction, emails: Sequence[Email]) -> None:
    """Queue e-mails, each once, to be sent later, outside any transaction."""
    await store.add_emails(tx, emails)


async def take_due_emails(tx: Transaction, count: int) -> list[Email]:
    """The e-mails whose turn it is. They come back by themselves, should their taker die.

    One about an older version of an order than another e-mail is superseded instead.
    """
    return await store.take_due_emails(tx, count)


async def note_outcomes(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Remember what became of attempts."""
    await store.save_outcomes(tx, outcomes)
