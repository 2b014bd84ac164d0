"""accounts: who lives in a household, and where they are written to."""

from collections.abc import Iterable
from uuid import UUID

from chassis.auth import Caller
from chassis.client import Clients
from contracts.accounts import FIND_RECIPIENTS, FindRecipients, HouseholdView
from contracts.values import HouseholdId

CALLER = Caller(kind="service", actor=UUID("0f6a4ab4-8a0f-5a3e-9d25-3d2c8be5a1f7"))
"""This service, in its own name."""


class Accounts:
    """Names and addresses, asked when a letter leaves and never kept."""

    def __init__(self, clients: Clients):
        self._clients = clients

    async def recipients(self, households: Iterable[UUID]) -> dict[UUID, HouseholdView]:
        """Those of these households that exist, in one call. Raises Unavailable."""
        wanted = tuple({HouseholdId(household) for household in households})
        found = await self._clients.call(FIND_RECIPIENTS, FindRecipients(households=wanted), CALLER)
        return {view.household: view for view in found.households}
