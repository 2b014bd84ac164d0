"""Rows as the domain and the contract take them, beside the règlements that they name."""

from collections.abc import Iterable
from typing import Any

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.regulation import Regulation
from services.booking.domain.rules import MealFacts
from services.booking.domain.shelf import SHELF, Key

SQL = named_queries("services.booking")


def as_facts(row: Any) -> MealFacts:
    """A row of `meal_facts` as the rules take it."""
    return MealFacts(
        row["beneficiary"], row["service"], row["day"], row["session"], row["category"],
        row["regulation_version"], row["capacity"], row["taken"], row["book_until"],
        row["live_in"],
    )  # fmt: skip


async def fill_shelf(tx: Transaction, keys: Iterable[Key]) -> None:
    """Make sure that these versions of règlements are on the shelf."""
    missing = SHELF.missing(key for key in keys if key[1] is not None)
    if missing:
        services, versions = map(list, zip(*missing, strict=True))
        rows = await tx.fetch(SQL.regulations, services, versions)
        SHELF.put(row["document"] for row in rows)


async def fill_shelf_for(tx: Transaction, lines: Iterable[Any]) -> None:
    """The same for lines of orders: the versions by which they were booked."""
    await fill_shelf(tx, {(line["service"], line["regulation_version"]) for line in lines})


def regulation_of(line: Any) -> Regulation:
    """The règlement by which a line was booked, once it is on the shelf."""
    return SHELF[line["service"], line["regulation_version"]]


def meal_of(line: Any) -> dict[str, Any]:
    """A line of an order as the fields of an `OrderedMeal`."""
    return {
        "beneficiary": line["beneficiary"], "service": line["service"], "day": line["day"],
        "session": line["session"], "cents": line["cents"], "line": line["line"],
        "service_name": regulation_of(line).service_name,
    }  # fmt: skip
