"""The bookings of a household: a month of them, and those to come, day by day."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from aiohttp import web

from chassis.ui import french
from contracts.booking import LIST_BOOKINGS, BookedMeal, Bookings, OrderState, ShowBookings
from gateway.parents.calendar import month_named
from gateway.parents.names import Names, names_of
from gateway.parents.words import BOOKINGS, place_unsaid, product
from gateway.visit import Visit


@dataclass(frozen=True, slots=True)
class Meal:
    """One booking as a list shows it."""

    who: str
    product: str
    commune: str
    """The commune's name where the product's does not say it."""
    state: OrderState
    word: str
    day: date
    cancel: str
    """The address where it is cancelled; empty once it cannot be."""
    note: str


@dataclass(frozen=True, slots=True)
class MealDay:
    """The bookings of one day, and until when they can be cancelled if that is one moment."""

    day: date
    until: str
    meals: list[Meal]


@dataclass(frozen=True, slots=True)
class MealWeek:
    """Monday to Sunday."""

    monday: date
    days: list[MealDay]


def cancel_address(meal: BookedMeal) -> str:
    """Where a booking is cancelled."""
    return f"/annuler/{meal.order}/{meal.line}"


def days_of(bookings: Bookings, names: Names) -> list[MealDay]:
    """The bookings by day; within a day by session, then eldest child first."""
    names.number(meal.beneficiary for meal in bookings.bookings)

    def key(meal: BookedMeal) -> tuple[date, str, str, int]:
        return meal.day, meal.session, meal.service_name, names.order(meal.beneficiary)

    ordered = sorted(bookings.bookings, key=key)
    return [
        _day(day, list(meals), names, bookings.today)
        for day, meals in groupby(ordered, key=lambda meal: meal.day)
    ]


def _day(day: date, meals: list[BookedMeal], names: Names, today: date) -> MealDay:
    moments = {meal.cancel_until for meal in meals}
    if day < today:
        return MealDay(day, "", [_meal(meal, names, "") for meal in meals])
    if len(moments) == 1:
        return MealDay(
            day, _until(meals[0].cancel_until), [_meal(meal, names, "") for meal in meals]
        )
    return MealDay(day, "", [_meal(meal, names, _until(meal.cancel_until)) for meal in meals])


def _until(moment: datetime | None) -> str:
    if moment is None:
        return "Il est trop tard pour annuler"
    return f"Annulation possible jusqu’au {french.instant(moment)}"


def _meal(meal: BookedMeal, names: Names, note: str) -> Meal:
    return Meal(
        who=names.first(meal.beneficiary),
        product=product(meal.service_name, meal.session),
        commune=place_unsaid(meal.authority_name, meal.service_name),
        state=meal.state,
        word=BOOKINGS.get(meal.state, ""),
        day=meal.day,
        cancel=cancel_address(meal) if meal.cancel_until else "",
        note=note,
    )


def weeks_of(days: list[MealDay]) -> list[MealWeek]:
    """The days by week."""
    return [
        MealWeek(monday, list(those))
        for monday, those in groupby(days, lambda d: d.day - timedelta(days=d.day.weekday()))
    ]


async def show(visit: Visit) -> web.Response:
    """A month of bookings: all services, all children."""
    named = month_named(visit.request.query.get("mois", ""))
    first = named or visit.site.clock.today().replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    bookings, names = await asyncio.gather(
        visit.ask(LIST_BOOKINGS, ShowBookings(first=first, last=after - timedelta(days=1))),
        names_of(visit),
    )
    return visit.page(
        "bookings.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=after,
        count=len(bookings.bookings),
        weeks=weeks_of(days_of(bookings, names)),
        today=bookings.today,
        names=names,
    )
