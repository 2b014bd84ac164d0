"""Message doors: each batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.accounts import HouseholdChanged, LetterWanted
from contracts.booking import BookingsCancelled, EntitlementOpened, OrderConfirmed, OrderReleased
from contracts.payments import CreditsLoaded
from contracts.subscriptions import RequestChanged
from services.notifications import commands
from services.notifications.domain import occasions


async def on_order_confirmed(
    tx: Transaction, events: Sequence[OrderConfirmed], now: datetime
) -> None:
    """The household learns that its meals are booked and paid."""
    await commands.queue_emails(tx, [occasions.order_confirmed(event, now) for event in events])


async def on_order_released(
    tx: Transaction, events: Sequence[OrderReleased], now: datetime
) -> None:
    """The household learns that its seats were given back."""
    await commands.queue_emails(tx, [occasions.order_released(event, now) for event in events])


async def on_bookings_cancelled(
    tx: Transaction, events: Sequence[BookingsCancelled], now: datetime
) -> None:
    """The household learns that meals are cancelled and what is given back."""
    await commands.queue_emails(tx, [occasions.bookings_cancelled(event, now) for event in events])


async def on_entitlement_opened(
    tx: Transaction, events: Sequence[EntitlementOpened], now: datetime
) -> None:
    """The household learns that it may book."""
    await commands.queue_emails(tx, [occasions.entitlement_opened(event, now) for event in events])


async def on_request_changed(
    tx: Transaction, events: Sequence[RequestChanged], now: datetime
) -> None:
    """The household learns that its request arrived, or was refused."""
    emails = [occasions.request_changed(event, now) for event in events]
    await commands.queue_emails(tx, [email for email in emails if email])


async def on_credits_loaded(
    tx: Transaction, events: Sequence[CreditsLoaded], now: datetime
) -> None:
    """The household learns that its credits grew."""
    await commands.queue_emails(tx, [occasions.credits_loaded(event, now) for event in events])


async def on_household_changed(
    tx: Transaction, events: Sequence[HouseholdChanged], now: datetime
) -> None:
    """The household learns where its account stands, and what waited for its first proof."""
    await commands.wake_emails(tx, [event.household for event in events])
    await commands.queue_emails(tx, [occasions.household_changed(event, now) for event in events])


async def on_letter_wanted(tx: Transaction, events: Sequence[LetterWanted], now: datetime) -> None:
    """Somebody gets the letter that accounts speaks of, or nobody does."""
    await commands.queue_emails(tx, [occasions.letter_wanted(event, now) for event in events])
