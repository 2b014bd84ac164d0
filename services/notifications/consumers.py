"""Message doors: each batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.booking import OrderConfirmed, OrderReleased
from services.notifications import commands
from services.notifications.domain import Email


async def on_order_confirmed(
    tx: Transaction, events: Sequence[OrderConfirmed], now: datetime
) -> None:
    """The household learns that its meals are booked and paid."""
    await commands.queue_emails(tx, [Email.of_confirmed(event, now) for event in events])


async def on_order_released(
    tx: Transaction, events: Sequence[OrderReleased], now: datetime
) -> None:
    """The household learns that its seats were given back."""
    await commands.queue_emails(tx, [Email.of_released(event, now) for event in events])
