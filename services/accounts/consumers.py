"""Message doors: each batch of one event becomes one command."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Transaction
from contracts.booking import BeneficiaryRetired
from contracts.subscriptions import EntitlementChanged, RequestChanged, RolesChanged
from services.accounts import commands


async def on_requests_changed(
    tx: Transaction, events: Sequence[RequestChanged], _now: datetime
) -> None:
    """Who asks an authority is seen by its agents; a first approved request validates."""
    await commands.agents.note_authorities(tx, {(e.household, e.authority) for e in events})
    approved = {event.household for event in events if event.state == "approved"}
    if approved:
        await commands.households.validate_households(tx, approved)


async def on_entitlements_changed(
    tx: Transaction, events: Sequence[EntitlementChanged], _now: datetime
) -> None:
    """Who has or had a right in an authority is seen by its agents."""
    await commands.agents.note_authorities(tx, {(e.household, e.authority) for e in events})


async def on_roles_changed(tx: Transaction, events: Sequence[RolesChanged], _now: datetime) -> None:
    """Agents hold other roles."""
    await commands.agents.follow_roles(tx, events)


async def on_beneficiaries_retired(
    tx: Transaction, events: Sequence[BeneficiaryRetired], _now: datetime
) -> None:
    """Booking let beneficiaries go: they leave the households' lists."""
    pairs = {(event.household, event.beneficiary) for event in events}
    await commands.households.retire_beneficiaries(tx, pairs)
