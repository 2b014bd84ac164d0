"""Message door: a batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.payments import OrderPaid, OrderUnpaid
from contracts.subscriptions import EntitlementChanged, RegulationPublished
from services.booking import commands


async def on_regulations_published(
    tx: Transaction, events: Sequence[RegulationPublished], _now: datetime
) -> None:
    """Règlements were published."""
    await commands.follow_regulations(tx, [event.regulation for event in events])


async def on_entitlements_changed(
    tx: Transaction, events: Sequence[EntitlementChanged], _now: datetime
) -> None:
    """Households may book, or no longer."""
    await commands.follow_entitlements(tx, events)


async def on_orders_paid(tx: Transaction, events: Sequence[OrderPaid], now: datetime) -> None:
    """Orders' money came."""
    await commands.settle_orders(tx, events, now)


async def on_orders_unpaid(tx: Transaction, events: Sequence[OrderUnpaid], now: datetime) -> None:
    """Orders' money did not come."""
    await commands.release_orders(tx, events, now)
