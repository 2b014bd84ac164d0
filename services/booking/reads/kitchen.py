"""What agents ask: how many plates a day, for whom, and whether a household is theirs to serve."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from contracts.booking import (
    CategoryCount,
    CountMeals,
    Eater,
    EaterList,
    ListEaters,
    MealCount,
    SessionCount,
)
from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.values import HouseholdId
from services.booking.domain.rules import ZONE, closing_reason
from services.booking.domain.shelf import SHELF
from services.booking.reads.rows import SQL, fill_shelf

NO_SERVICE = "jour sans service"
UNKNOWN = "inconnue"
"""The entry of a meal that nobody remembers; its plate counts all the same."""


async def is_known(tx: Transaction, household: HouseholdId) -> bool:
    """Whether a household holds or held a right where the caller may look."""
    known: bool = await tx.fetchval(SQL.is_known, household)
    return known


async def meal_count(tx: Transaction, asked: CountMeals) -> MealCount:
    """How many plates of each service and session of an authority on a day."""
    clock = await tx.fetchrow(SQL.local_today, ZONE)
    assert clock is not None, "the clock always answers"  # noqa: S101
    day = asked.day or clock["today"]
    rows = await tx.fetch(SQL.services_on_day, asked.authority, day)
    plates = await tx.fetch(SQL.meals_of_day, asked.authority, day, UNKNOWN)
    await fill_shelf(
        tx,
        {(r["service"], r["newest_version"]) for r in rows}
        | {(r["service"], r["regulation_version"]) for r in rows},
    )
    of_session: dict[tuple[Any, str], list[Any]] = {}
    for row in plates:
        of_session.setdefault((row["service"], row["session"]), []).append(row)
    sessions = [
        session
        for _, group in groupby(sorted(rows, key=itemgetter("service")), itemgetter("service"))
        for session in _sessions(list(group), of_session, day)
    ]
    return MealCount.model_construct(
        authority=asked.authority, day=day, at=clock["now"].astimezone(ZoneInfo(ZONE)),
        sessions=tuple(sorted(sessions, key=lambda s: s.service_name)),
    )  # fmt: skip


def _sessions(
    rows: Sequence[Any], plates: dict[tuple[Any, str], list[Any]], day: date
) -> list[SessionCount]:
    """The sessions of one service, in the order of its règlement."""
    newest = SHELF[rows[0]["service"], rows[0]["newest_version"]]
    served = {row["session"]: row for row in rows if row["session"] is not None}
    names = list(dict.fromkeys([*newest.sessions, *sorted(served)]))
    return [
        _session(newest, name, served.get(name), plates.get((newest.service, name), []), day)
        for name in names
    ]


def _session(
    newest: Regulation, name: str, served: Any, plates: Sequence[Any], day: date
) -> SessionCount:
    regulation = SHELF[newest.service, served["regulation_version"]] if served else newest
    return SessionCount.model_construct(
        service=newest.service, service_name=newest.service_name, session=name,
        capacity=served["capacity"] if served else 0,
        confirmed=sum(row["confirmed"] for row in plates),
        held=sum(row["held"] for row in plates),
        closed="" if served else closing_reason(newest, day) or NO_SERVICE,
        categories=_categories(regulation, plates),
    )  # fmt: skip


def _categories(regulation: Regulation, plates: Sequence[Any]) -> tuple[CategoryCount, ...]:
    """Entries as the règlement calls and orders them; one that it no longer has comes last."""
    labels = {price.category: price.label for price in regulation.prices}
    order = list(labels)
    return tuple(
        CategoryCount.model_construct(
            category=row["category"], label=labels.get(row["category"], row["category"]),
            confirmed=row["confirmed"], held=row["held"],
        )
        for row in sorted(
            plates,
            key=lambda row: (
                order.index(row["category"]) if row["category"] in labels else len(order),
                row["category"],
            ),
        )
    )  # fmt: skip


async def eaters(tx: Transaction, asked: ListEaters) -> EaterList:
    """Who eats in a service on a day and session. Raises NotFound."""
    service = await tx.fetchrow(SQL.service_seen, asked.service)
    if service is None:
        raise NotFound()
    await fill_shelf(tx, [(asked.service, service["newest_version"])])
    rows = await tx.fetch(SQL.eaters, asked.service, asked.day, asked.session, UNKNOWN)
    return EaterList.model_construct(
        service=asked.service, authority=service["authority"], day=asked.day,
        service_name=SHELF[asked.service, service["newest_version"]].service_name,
        session=asked.session, at=service["now"].astimezone(ZoneInfo(ZONE)),
        eaters=tuple(Eater.model_construct(**dict(row)) for row in rows),
    )  # fmt: skip
