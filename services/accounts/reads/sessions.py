"""Whose a password and a session are."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import Device, Devices, SessionView
from contracts.refusal import NotFound
from services.accounts.domain.people import email_key
from services.accounts.domain.sessions import Credentials

SQL = named_queries("services.accounts")


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session, and whether this use of it should be noted."""

    view: SessionView
    slides: bool


async def find_credentials(connection: Transaction, email: str) -> Credentials | None:
    """What a sign-in with this address is judged by; None when nobody has it."""
    row = await connection.fetchrow(SQL.find_credentials, email_key(email))
    return Credentials(**row) if row else None


async def find_own_credentials(connection: Transaction, person: UUID) -> Credentials | None:
    """What a person's own password is judged by; None for nobody."""
    row = await connection.fetchrow(SQL.find_own_credentials, person)
    return Credentials(**row) if row else None


async def show_own_words(connection: Transaction, person: UUID) -> Sequence[str]:
    """What a person's password is not made of: what those who know them know."""
    words: Sequence[str] | None = await connection.fetchval(SQL.show_own_words, person)
    return words or ()


async def show_devices(connection: Transaction, person: UUID) -> Devices:
    """Where a person is signed in."""
    rows = await connection.fetch(SQL.show_devices, person)
    return Devices(devices=tuple(Device(**row) for row in rows))


async def show_session(connection: Transaction, token_hash: str) -> ShownSession:
    """A session that has not expired. Raises NotFound."""
    row = await connection.fetchrow(SQL.show_session, bytes.fromhex(token_hash))
    if row is None:
        raise NotFound()
    fields = dict(row)
    slides = fields.pop("slides")
    return ShownSession(SessionView(**fields), slides)
