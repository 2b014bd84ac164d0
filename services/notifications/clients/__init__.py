"""The outside world of notifications: accounts, the mail server, and how letters are written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chassis.auth import Signer
from chassis.client import Clients
from services.notifications.clients.accounts import Accounts
from services.notifications.clients.letters import Letters
from services.notifications.clients.smtp import Mailer
from services.notifications.config import NotificationsSettings


@dataclass(frozen=True, slots=True)
class Outside:
    """What the timer works with."""

    accounts: Accounts
    letters: Letters
    mailer: Mailer


@asynccontextmanager
async def opened(settings: NotificationsSettings) -> AsyncIterator[Outside]:
    """The outside world, for as long as the service runs."""
    neighbours = Clients({"accounts": settings.accounts_url}, Signer(settings.token_signing_key))
    try:
        yield Outside(
            accounts=Accounts(neighbours),
            letters=Letters(settings.public_base_url, settings.sender),
            mailer=Mailer(settings.smtp_url),
        )
    finally:
        await neighbours.close()
