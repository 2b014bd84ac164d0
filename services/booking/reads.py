"""What screens ask of booking: SQL to answer."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.booking import (
    BeneficiaryMonth,
    Calendar,
    Cart,
    CartMeal,
    Cell,
    OrderMealView,
    OrderState,
    OrderView,
    RegieCart,
    ServiceMonth,
)
from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.values import HouseholdId, OrderId
from services.booking.domain.rules import (
    Decision,
    MealFacts,
    closing_reason,
    days_between,
    decide,
)
from services.booking.domain.shelf import SHELF, Key

SQL = named_queries(__package__)
ZONE = "Europe/Paris"
"""The zone of "today" on a page of several services; each deadline stands in its service's own."""


async def calendar(tx: Transaction, household: HouseholdId, day: date | None) -> Calendar:
    """A month of every service that the household holds, each cell decided by the rules."""
    clock = await tx.fetchrow(SQL.local_today, ZONE)
    assert clock is not None, "the clock always answers"  # noqa: S101
    first, last = month_of(day or clock["today"])
    held = await tx.fetch(SQL.held_services, household, first, last)
    rows = await tx.fetch(SQL.calendar, household, first, last)
    await _fill_shelf(
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
    for day in days_between(*month):
        for session in regulation.sessions:
            row = served.get((day, session))
            if row is not None:
                decision = decide(as_facts(row), SHELF, now)
                yield _cell(day, session, decision, in_cart=row["in_cart"])
            elif (reason := closing_reason(regulation, day)) and (
                day.isoweekday() in regulation.weekdays
            ):
                yield Cell.model_construct(
                    day=day, session=session, state="closed", cents=None, deadline=None,
                    reason=reason,
                )  # fmt: skip


def _cell(day: date, session: str, decision: Decision, *, in_cart: bool) -> Cell:
    state = "in_cart" if in_cart and decision.state == "bookable" else decision.state
    return Cell.model_construct(
        day=day, session=session, state=state, cents=decision.cents,
        deadline=decision.deadline, reason=decision.reason,
    )  # fmt: skip


def as_facts(row: Any) -> MealFacts:
    """A row of `meal_facts` as the rules take it."""
    return MealFacts(
        row["beneficiary"], row["service"], row["day"], row["session"], row["category"],
        row["regulation_version"], row["capacity"], row["taken"], row["book_until"],
        row["live_in"],
    )  # fmt: skip


async def _fill_shelf(tx: Transaction, keys: Iterable[Key]) -> None:
    missing = SHELF.missing(key for key in keys if key[1] is not None)
    if missing:
        services, versions = map(list, zip(*missing, strict=True))
        rows = await tx.fetch(SQL.regulations, services, versions)
        SHELF.put(row["document"] for row in rows)


async def whole_cart(tx: Transaction, household: HouseholdId) -> Cart:
    """The cart, priced as checkout would price it now, régie by régie."""
    rows = await tx.fetch(SQL.whole_cart, household)
    await _fill_shelf(
        tx,
        {(r["service"], r["regulation_version"]) for r in rows}
        | {(r["service"], r["newest_version"]) for r in rows},
    )
    regies = tuple(_regie_cart(list(group)) for _, group in groupby(rows, key=itemgetter("regie")))
    return Cart(regies=regies, cents=sum(regie.cents for regie in regies))


def _regie_cart(rows: Sequence[Any]) -> RegieCart:
    meals = []
    for row in rows:
        decision = decide(as_facts(row), SHELF, row["now"])
        meals.append(
            CartMeal.model_construct(
                beneficiary=row["beneficiary"], service=row["service"], day=row["day"],
                session=row["session"], cents=decision.cents or 0, state=decision.state,
                deadline=decision.deadline,
                service_name=SHELF[row["service"], row["newest_version"]].service_name,
            )
        )  # fmt: skip
    regulation = SHELF[rows[0]["service"], rows[0]["newest_version"]]
    return RegieCart.model_construct(
        regie=rows[0]["regie"], authority=regulation.authority,
        authority_name=regulation.authority_name, version=rows[0]["version"],
        cents=sum(meal.cents for meal in meals), meals=tuple(meals),
    )  # fmt: skip


async def state_of(tx: Transaction, order: OrderId, household: HouseholdId) -> OrderState:
    """The state of the household's order. Raises NotFound."""
    state: OrderState | None = await tx.fetchval(SQL.state_of_order, order, household)
    if state is None:
        raise NotFound()
    return state


async def order(tx: Transaction, order: OrderId, household: HouseholdId) -> OrderView:
    """The household's order with its lines. Raises NotFound."""
    row = await tx.fetchrow(SQL.own_order, order, household)
    if row is None:
        raise NotFound()
    lines = await tx.fetch(SQL.lines_of_orders, [order])
    await _fill_shelf(tx, {(line["service"], line["regulation_version"]) for line in lines})
    regulation = SHELF[lines[0]["service"], lines[0]["regulation_version"]]
    return OrderView(
        order=row["id"], state=row["state"], reason=row["reason"], regie=row["regie"],
        authority_name=regulation.authority_name, cents=row["cents"],
        placed=row["placed"].astimezone(ZoneInfo(regulation.zone)),
        meals=tuple(
            OrderMealView(
                beneficiary=line["beneficiary"], service=line["service"], day=line["day"],
                session=line["session"], cents=line["cents"], line=line["line"],
                service_name=SHELF[line["service"], line["regulation_version"]].service_name,
                live=line["state"] == "live",
            )
            for line in lines
        ),
    )  # fmt: skip
