"""Message door: a batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.booking import BeneficiaryRetired, EntitlementOpened
from services.subscriptions import commands


async def on_entitlements_opened(
    tx: Transaction, events: Sequence[EntitlementOpened], _now: datetime
) -> None:
    """Calendars are open."""
    await commands.mark_opened(tx, events)


async def on_beneficiaries_retired(
    tx: Transaction, events: Sequence[BeneficiaryRetired], _now: datetime
) -> None:
    """Beneficiaries left households' lists."""
    await commands.retire_beneficiaries(tx, events)
