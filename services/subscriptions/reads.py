"""What screens ask of subscriptions: SQL to answer."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.regulation import Regulation
from contracts.subscriptions import (
    Access,
    AccessList,
    AgentRoles,
    OfferedEntry,
    OfferedService,
    OfferingAuthority,
    Offers,
    PendingRequest,
    PendingRequests,
    RoleList,
    ShowPending,
    TownAuthority,
    TownHall,
    TownRegie,
    TownService,
)
from contracts.values import AGGLOMERATION, AuthorityId, HouseholdId

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


# -- what agents ask: the console's role finds only their authorities' rows ----------------------


async def roles(tx: Transaction, authority: AuthorityId) -> RoleList:
    """Everyone who holds or held a role in an authority, those who administer it first."""
    rows = await tx.fetch(SQL.roles_in_authority, authority)
    return RoleList(agents=tuple(AgentRoles(**row) for row in rows))


async def town_hall(tx: Transaction) -> TownHall:
    """The agent's authorities by name, with what they are made of; the agglomeration is no town."""
    authorities = await tx.fetch(SQL.town_authorities, AGGLOMERATION)
    regies = _by_authority(await tx.fetch(SQL.town_regies))
    services = _by_authority(await tx.fetch(SQL.town_services))
    return TownHall(
        authorities=tuple(
            TownAuthority(
                **row,
                regies=tuple(_town_regie(regie) for regie in regies[row["authority"]]),
                services=tuple(_town_service(known) for known in services[row["authority"]]),
            )
            for row in _sorted_by_label(authorities)
        )
    )


def _town_regie(row: Any) -> TownRegie:
    return TownRegie(regie=row["regie"], label=row["label"])


def _town_service(row: Any) -> TownService:
    return TownService(
        service=row["service"], regulation=Regulation.model_validate(row["document"])
    )


def _by_authority(rows: Iterable[Any]) -> dict[AuthorityId, list[Any]]:
    things = defaultdict(list)
    for row in _sorted_by_label(rows):
        things[row["authority"]].append(row)
    return things


def _sorted_by_label(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: _in_a_list(row["label"]))


async def pending(tx: Transaction, asked: ShowPending) -> PendingRequests:
    """A page of what waits in the agent's authorities, or in one of them, oldest first."""
    rows = await tx.fetch(SQL.pending_requests, asked.authority, asked.after, asked.limit)
    (counted,) = await tx.fetch(SQL.count_pending, asked.authority)
    return PendingRequests(
        requests=tuple(
            PendingRequest(**{**row, "asked": row["asked"].astimezone(ZONE)}) for row in rows
        ),
        total=counted["total"], now=counted["now"].astimezone(ZONE),
    )  # fmt: skip
