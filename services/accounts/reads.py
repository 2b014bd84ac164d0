"""What the doors ask: rows straight to the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import Adult, Beneficiary, HouseholdView, SessionView
from contracts.refusal import NotFound
from contracts.values import HouseholdId
from services.accounts.domain import Credentials, email_key

SQL = named_queries(__package__)


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session, and whether this use of it should be noted."""

    view: SessionView
    slides: bool


async def find_credentials(connection: Transaction, email: str) -> Credentials | None:
    """What the sign-in of an active person is judged by; None for any other address."""
    row = await connection.fetchrow(SQL.find_credentials, email_key(email))
    return Credentials(**row) if row else None


async def show_session(connection: Transaction, token_hash: str) -> ShownSession:
    """The session of an active person that has not expired. Raises NotFound."""
    row = await connection.fetchrow(SQL.show_session, bytes.fromhex(token_hash))
    if row is None:
        raise NotFound()
    fields = dict(row)
    slides = fields.pop("slides")
    return ShownSession(SessionView(**fields), slides)


async def show_households(
    connection: Transaction, households: Sequence[UUID]
) -> list[HouseholdView]:
    """Those of these households that exist, with their active adults and those who eat."""
    adults = _by_household(await connection.fetch(SQL.show_adults, households))
    beneficiaries = _by_household(await connection.fetch(SQL.show_beneficiaries, households))
    return [
        HouseholdView(
            household=household,
            adults=tuple(Adult(**row) for row in rows if row["person"] is not None),
            beneficiaries=tuple(Beneficiary(**row) for row in beneficiaries.get(household, ())),
        )
        for household, rows in adults.items()
    ]


def _by_household(rows: Sequence[Record]) -> dict[HouseholdId, list[dict[str, Any]]]:
    grouped: dict[HouseholdId, list[dict[str, Any]]] = {}
    for row in rows:
        fields = dict(row)
        grouped.setdefault(fields.pop("household"), []).append(fields)
    return grouped
