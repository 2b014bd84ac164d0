"""The calendar: a month of every service, each cell decided by the rules; and what day it is."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from contracts.booking import BeneficiaryMonth, Calendar, Cell, Clock, ServiceMonth
from contracts.regulation import Regulation
from contracts.values import HouseholdId
from services.booking.domain.rules import (
    ZONE,
    Decision,
    cancellable_until,
    closing_reason,
    days_between,
    decide,
)
from services.booking.domain.shelf import SHELF
from services.booking.reads.cart import whole_cart
from services.booking.reads.rows import SQL, as_facts, fill_shelf


async def calendar(tx: Transaction, household: HouseholdId, day: date | None) -> Calendar:
    """A month of every service that the household holds, each cell decided by the rules."""
    clock = await tx.fetchrow(SQL.local_today, ZONE)
    assert clock is not None, "the clock always answers"  # noqa: S101
    first, last = month_of(day or clock["today"])
    held = await tx.fetch(SQL.held_services, household, first, last)
    rows = await tx.fetch(SQL.calendar, household, first, last)
    await fill_shelf(
        tx,
        {(r["service"], r["regulation_version"]) for r in rows}
        | {(r["service"], r["version"]) for r in held},
    )
    served = {
        key: {(row["day"], row["session"]): row for row in group}
        for key, group in groupby(rows, key=itemgetter("service", "beneficiary"))
    }
    in_cart = await whole_cart(tx, household)
    return Calendar(
        first=first, last=last, today=clock["today"],
        services=tuple(
            _service_month(SHELF[key], list(group), served, (first, last), clock["now"])
            for key, group in groupby(held, key=itemgetter("service", "version"))
        ),
        cart_count=sum(len(regie.meals) for regie in in_cart.regies),
        cart_cents=in_cart.cents,
    )  # fmt: skip


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of this day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _service_month(
    regulation: Regulation,
    held: Sequence[Any],
    served: dict[tuple[Any, Any], dict[tuple[date, str], Any]],
    month: tuple[date, date],
    now: datetime,
) -> ServiceMonth:
    return ServiceMonth.model_construct(
        service=regulation.service, authority=regulation.authority, regie=regulation.regie,
        service_name=regulation.service_name, authority_name=regulation.authority_name,
        beneficiaries=tuple(
            BeneficiaryMonth.model_construct(
                beneficiary=row["beneficiary"],
                cells=tuple(
                    _cells(
                        regulation, served.get((row["service"], row["beneficiary"]), {}), month, now
                    )
                ),
            )
            for row in held
        ),
    )  # fmt: skip


def _cells(
    regulation: Regulation,
    served: dict[tuple[date, str], Any],
    month: tuple[date, date],
    now: datetime,
) -> Iterable[Cell]:
    zone = regulation.zone
    for day in days_between(*month):
        for session in regulation.sessions:
            row = served.get((day, session))
            if row is not None:
                decision = decide(as_facts(row), SHELF, now)
                yield _cell(row, decision, cancellable_until(row["cancel_until"], zone, now))
            elif (reason := closing_reason(regulation, day)) and (
                day.isoweekday() in regulation.weekdays
            ):
                yield Cell.model_construct(
                    day=day, session=session, state="closed", cents=None, deadline=None,
                    reason=reason,
                )  # fmt: skip


def _cell(row: Any, decision: Decision, cancel_until: datetime | None) -> Cell:
    state = "in_cart" if row["in_cart"] and decision.state == "bookable" else decision.state
    return Cell.model_construct(
        day=row["day"], session=row["session"], state=state, cents=decision.cents,
        deadline=decision.deadline, reason=decision.reason, order=row["order_id"],
        line=row["line"], cancel_until=cancel_until,
    )  # fmt: skip


async def clock(tx: Transaction) -> Clock:
    """The instant that decides, on the town's own clocks."""
    row = await tx.fetchrow(SQL.clock)
    assert row is not None, "the clock always answers"  # noqa: S101
    return Clock(now=row["now"].astimezone(ZoneInfo(ZONE)), shifted=row["shifted"])
