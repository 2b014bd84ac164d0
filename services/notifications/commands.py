"""What notifications can be asked to do: queue, take, and note what became of it."""

from collections.abc import Sequence

from chassis.database import Transaction
from contracts.values import HouseholdId
from services.notifications import store
from services.notifications.domain.emails import NO_READER, Email, Outcome


async def queue_emails(tx: Transaction, emails: Sequence[Email]) -> None:
    """Queue e-mails, each once, to be sent later, outside any transaction."""
    await store.add_emails(tx, emails)


async def wake_emails(tx: Transaction, households: Sequence[HouseholdId]) -> None:
    """Try at once what waited for somebody of these households to prove an address."""
    await store.wake_emails(tx, households, NO_READER)


async def take_due_emails(tx: Transaction, count: int) -> list[Email]:
    """The e-mails whose turn it is. They come back by themselves, should their taker die.

    One about an older version than another e-mail of its family is superseded instead.
    """
    return await store.take_due_emails(tx, count)


async def note_outcomes(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Remember what became of attempts."""
    await store.save_outcomes(tx, outcomes)
