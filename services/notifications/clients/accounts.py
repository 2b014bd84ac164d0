"""accounts: who is written to and by which name, and what its own letters say."""

from collections.abc import Sequence
from uuid import UUID

from chassis.auth import Caller
from chassis.client import Clients
from contracts.accounts import (
    FIND_RECIPIENTS,
    WRITE_LETTERS,
    FindRecipients,
    HouseholdView,
    Letter,
    WriteLetters,
)
from contracts.values import HouseholdId
from services.notifications.clients.recipients import Recipient, adults_of, readers_of
from services.notifications.domain.emails import Email

CALLER = Caller(kind="service", actor=UUID("0f6a4ab4-8a0f-5a3e-9d25-3d2c8be5a1f7"))
"""This service, in its own name."""


class Accounts:
    """Names, addresses and secrets, asked when a letter leaves and never kept."""

    def __init__(self, clients: Clients):
        self._clients = clients

    async def recipients(self, emails: Sequence[Email]) -> dict[UUID, list[Recipient]]:
        """By e-mail, who is to be written to; two calls at most. Raises Unavailable.

        Each asking draws new secrets for the links: ask when the mail server listens.
        """
        households = await self._households({e.household for e in emails if e.household})
        letters = await self._letters({email.letter for email in emails if email.letter})
        found: dict[UUID, list[Recipient]] = {}
        for email in emails:
            if email.letter:
                found[email.id] = readers_of(letters.get(email.letter, []))
            elif household := households.get(email.household):
                found[email.id] = adults_of(household, email)
        return found

    async def _households(self, ids: set[UUID]) -> dict[UUID | None, HouseholdView]:
        if not ids:
            return {}
        wanted = FindRecipients(households=tuple(map(HouseholdId, ids)))
        found = await self._clients.call(FIND_RECIPIENTS, wanted, CALLER)
        return {view.household: view for view in found.households}

    async def _letters(self, ids: set[UUID]) -> dict[UUID, list[Letter]]:
        if not ids:
            return {}
        wanted = WriteLetters(letters=tuple(ids))
        found: dict[UUID, list[Letter]] = {}
        for letter in (await self._clients.call(WRITE_LETTERS, wanted, CALLER)).letters:
            found.setdefault(letter.letter, []).append(letter)
        return found
