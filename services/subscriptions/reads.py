"""What screens ask of subscriptions: SQL to answer."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.subscriptions import (
    Access,
    AccessList,
    OfferedEntry,
    OfferedService,
    OfferingAuthority,
    Offers,
)
from contracts.values import HouseholdId

SQL = named_queries(__package__)
ZONE = ZoneInfo("Europe/Paris")
"""When something was asked is shown on the town's own clocks."""


async def offers(tx: Transaction) -> Offers:
    """Everything that can be asked for, by the names of authorities and services."""
    rows = await tx.fetch(SQL.offers)
    return Offers.model_construct(
        authorities=tuple(
            OfferingAuthority.model_construct(
                authority=group[0]["authority"], label=group[0]["authority_label"],
                services=tuple(_service(entries) for entries in _by_name(group, "service")),
            )
            for group in _by_name(rows, "authority")
        )
    )  # fmt: skip


def _service(entries: Sequence[Any]) -> OfferedService:
    return OfferedService.model_construct(
        service=entries[0]["service"], label=entries[0]["service_label"],
        entries=tuple(
            OfferedEntry.model_construct(
                category=row["category"], label=row["category_label"], cents=row["cents"]
            )
            for row in entries
        ),
    )  # fmt: skip


def _by_name(rows: Iterable[Any], thing: str) -> list[list[Any]]:
    """The rows of each thing in the order that they came, the things as a French list has them."""
    ordered = sorted(rows, key=lambda row: (_in_a_list(row[f"{thing}_label"]), row[thing]))
    return [list(group) for _, group in groupby(ordered, key=itemgetter(thing))]


def _in_a_list(label: str) -> str:
    """Where a name stands in a French list: accents and capitals do not count."""
    letters = unicodedata.normalize("NFD", label)
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()


async def access(tx: Transaction, household: HouseholdId) -> AccessList:
    """The household's requests and rights, one row for each entry, newest first."""
    rows = await tx.fetch(SQL.access_of_household, household)
    return AccessList(access=tuple(_access(row) for row in rows))


def _access(row: Any) -> Access:
    asked = row["asked"].astimezone(ZONE) if row["asked"] else None
    return Access(**{**row, "asked": asked})
