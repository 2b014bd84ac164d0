"""Households as their own and those who write to them see them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import (
    Adult,
    Beneficiary,
    Company,
    HouseholdView,
    Invitation,
    OwnFile,
    Profile,
)
from contracts.refusal import NotFound
from contracts.values import HouseholdId

SQL = named_queries("services.accounts")


async def show_households(
    connection: Transaction, households: Sequence[UUID]
) -> list[HouseholdView]:
    """Those of these households that exist: adults who can be written to, those who eat or ate."""
    adults = _by_household(await connection.fetch(SQL.show_adults, households))
    eaters = _by_household(await connection.fetch(SQL.show_beneficiaries, households))
    return [
        HouseholdView(
            household=household,
            adults=tuple(Adult(**row) for row in rows if row["person"] is not None),
            beneficiaries=_listed(eaters.get(household, ()), former=False),
            former=_listed(eaters.get(household, ()), former=True),
        )
        for household, rows in adults.items()
    ]


async def show_file(connection: Transaction, person: UUID, household: UUID) -> OwnFile:
    """Everything that a person and their household said. Raises NotFound."""
    row = await connection.fetchrow(SQL.show_file, person, household)
    if row is None:
        raise NotFound()
    (view,) = await show_households(connection, [household])
    unproved = await show_unproved(connection, [household])
    invitations = await connection.fetch(SQL.show_invitations, household)
    return OwnFile(
        person=row["person"], email=row["email"], next_email=row["next_email"],
        has_password=row["has_password"], profile=_profile(row), standing=row["standing"],
        reason=row["reason"] if row["standing"] == "refused" else None, household=view,
        unproved=unproved.get(view.household, ()),
        invitations=tuple(Invitation(**invitation) for invitation in invitations),
    )  # fmt: skip


async def show_unproved(
    connection: Transaction, households: Sequence[UUID]
) -> dict[HouseholdId, tuple[Adult, ...]]:
    """By household, the adults who have not proved their address yet."""
    rows = _by_household(await connection.fetch(SQL.show_unproved, households))
    return {household: tuple(Adult(**row) for row in found) for household, found in rows.items()}


def _profile(row: Record) -> Profile:
    is_company = row["company_name"] is not None
    company = Company(name=row["company_name"], siret=row["siret"]) if is_company else None
    return Profile(
        first_name=row["first_name"], last_name=row["last_name"], civility=row["civility"],
        birth_date=row["birth_date"], company=company, newsletter=row["newsletter"],
        partners=row["partners"],
    )  # fmt: skip


def _listed(rows: Iterable[dict[str, Any]], *, former: bool) -> tuple[Beneficiary, ...]:
    return tuple(
        Beneficiary(**{field: value for field, value in row.items() if field != "former"})
        for row in rows
        if row["former"] == former
    )


def _by_household(rows: Sequence[Record]) -> dict[HouseholdId, list[dict[str, Any]]]:
    grouped: dict[HouseholdId, list[dict[str, Any]]] = {}
    for row in rows:
        fields = dict(row)
        grouped.setdefault(fields.pop("household"), []).append(fields)
    return grouped
