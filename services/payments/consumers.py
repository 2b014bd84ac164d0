"""Message door: a batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.booking import BookingsCancelled, OrderCancelled, OrderHeld
from contracts.subscriptions import RegieChanged
from services.payments import commands


async def on_regies_changed(
    tx: Transaction, events: Sequence[RegieChanged], _now: datetime
) -> None:
    """Public cash offices exist."""
    await commands.follow_regies(tx, events)


async def on_orders_held(tx: Transaction, events: Sequence[OrderHeld], now: datetime) -> None:
    """Orders await their money."""
    await commands.hear_orders(tx, events, now)


async def on_orders_cancelled(
    tx: Transaction, events: Sequence[OrderCancelled], now: datetime
) -> None:
    """Orders must never be charged."""
    await commands.close_orders(tx, events, now)


async def on_bookings_cancelled(
    tx: Transaction, events: Sequence[BookingsCancelled], _now: datetime
) -> None:
    """Meals of paid orders are given back."""
    await commands.credit_cancelled_bookings(tx, events)
