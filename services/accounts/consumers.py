"""Message doors: each batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.booking import BeneficiaryRetired
from contracts.subscriptions import RequestChanged
from services.accounts import commands


async def on_requests_changed(
    tx: Transaction, events: Sequence[RequestChanged], _now: datetime
) -> None:
    """A first approved request validates the household; the other states are not accounts'."""
    approved = {event.household for event in events if event.state == "approved"}
    if approved:
        await commands.households.validate_households(tx, approved)


async def on_beneficiaries_retired(
    tx: Transaction, events: Sequence[BeneficiaryRetired], _now: datetime
) -> None:
    """Booking let beneficiaries go: they leave the households' lists."""
    pairs = {(event.household, event.beneficiary) for event in events}
    await commands.households.retire_beneficiaries(tx, pairs)
