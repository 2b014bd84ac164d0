"""Households as agents of town halls see them; which ones exist is row level security's to say."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import (
    HouseholdsFound,
    HouseholdSheet,
    NamedBeneficiaries,
    NamedBeneficiary,
    SearchHouseholds,
)
from contracts.refusal import FieldError, Malformed
from contracts.values import AGGLOMERATION
from services.accounts.domain.search import wanted
from services.accounts.reads.households import show_households, show_unproved

SQL = named_queries("services.accounts")


async def show_sheets(
    connection: Transaction, households: Sequence[UUID]
) -> tuple[HouseholdSheet, ...]:
    """Those of these households that exist for who looks, in the order in which they are asked."""
    standings = await connection.fetch(SQL.show_standings, households)
    views = {view.household: view for view in await show_households(connection, households)}
    unproved = await show_unproved(connection, households)
    sheets = {
        row["household"]: HouseholdSheet(
            household=views[row["household"]], unproved=unproved.get(row["household"], ()),
            state=row["state"], reason=row["reason"], since=row["since"],
        )
        for row in standings
        if row["household"] in views
    }  # fmt: skip
    return tuple(sheets[known] for known in dict.fromkeys(households) if known in sheets)


async def name_beneficiaries(
    connection: Transaction, households: Sequence[UUID]
) -> NamedBeneficiaries:
    """The names of those who eat or ate in these households, as far as they exist for who looks."""
    rows = await connection.fetch(SQL.show_beneficiaries, households)
    names = NamedBeneficiary.model_fields
    return NamedBeneficiaries(
        beneficiaries=tuple(NamedBeneficiary(**{n: row[n] for n in names}) for row in rows)
    )


async def search(connection: Transaction, asked: SearchHouseholds) -> HouseholdsFound:
    """A page of the households that an authority looks after, by name.

    The cursor is the last household of the page before: no name travels in it. Raises Malformed
    for another one.
    """
    words = wanted(asked.text, asked.born)
    rows = await connection.fetch(
        SQL.search_households, asked.authority, [each.kind for each in words],
        [each.word for each in words], [each.beyond for each in words], _cursor(asked.after),
        asked.limit + 1,
    )  # fmt: skip
    page = [row["household"] for row in rows[: asked.limit]]
    more = len(rows) > asked.limit
    return HouseholdsFound(
        sheets=await show_sheets(connection, page), after=str(page[-1]) if more else ""
    )


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Malformed(errors=[FieldError(field="after", kind="uuid_parsing")]) from error


async def show_waiting(connection: Transaction, limit: int) -> tuple[HouseholdSheet, ...]:
    """Accounts that wait and asked nobody, oldest first."""
    rows = await connection.fetch(SQL.list_waiting, AGGLOMERATION, limit)
    return await show_sheets(connection, [row["household"] for row in rows])
