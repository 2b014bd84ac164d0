"""What doors work with outside any transaction: threads that hash, and the key of secrets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.accounts.clients.passwords import Passwords
from services.accounts.clients.vault import Vault
from services.accounts.config import AccountsSettings


@dataclass(frozen=True, slots=True)
class Outside:
    """What the service keeps while it runs."""

    passwords: Passwords
    vault: Vault


@asynccontextmanager
async def opened(settings: AccountsSettings) -> AsyncIterator[Outside]:
    """The threads and the key, for as long as the service runs."""
    passwords = Passwords(settings.password_threads)
    try:
        yield Outside(passwords, Vault(settings.key))
    finally:
        passwords.close()
