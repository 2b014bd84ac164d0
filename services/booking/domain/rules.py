"""The rules engine: what a règlement says of a day, and what a household may do with a meal.

Calendar, cart, checkout and cancellation all ask `decide`; nothing else decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.booking import CellState
from contracts.regulation import Action, Regulation, WeekdayOfWeek
from contracts.values import BeneficiaryId, ServiceId

AUGUST = 8
ZONE = "Europe/Paris"
"""The zone of "today" where several services meet; each deadline stands in its service's own."""


def school_year(day: date) -> int:
    """The school year of a day, named by the year in which it begins."""
    return day.year if day.month >= AUGUST else day.year - 1


def deadline_of(regulation: Regulation, action: Action, day: date) -> datetime:
    """The instant from which the action is late for a meal of that day; aware, in the town's zone.

    "Le jeudi précédent à 10 h" is (Thursday, 1 week before, 10:00), counted in ISO weeks
    (domain.md §4.3). The local time of the rule holds on both sides of a clock change.
    """
    rule: WeekdayOfWeek = (regulation.book if action == "book" else regulation.cancel).rule
    monday = day - timedelta(days=day.isoweekday() - 1)
    closing = monday + timedelta(days=rule.weekday - 1, weeks=-rule.weeks_before)
    return datetime.combine(closing, rule.at, tzinfo=ZoneInfo(regulation.zone))


def closing_reason(regulation: Regulation, day: date) -> str | None:
    """Why the service does not serve that day; empty when the weekday is simply not served."""
    for period in regulation.closed:
        if period.first <= day <= period.last:
            return period.reason
    if not regulation.valid_from <= day <= regulation.valid_until:
        return "hors de la période publiée"
    return None if day.isoweekday() in regulation.weekdays else ""


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def serving_days(regulation: Regulation) -> list[date]:
    """The days on which the service serves, in order."""
    period = days_between(regulation.valid_from, regulation.valid_until)
    return [day for day in period if closing_reason(regulation, day) is None]


def price_of(regulation: Regulation, category: str) -> int | None:
    """The price of a meal for a category, in cents; None when the règlement has none for it."""
    for price in regulation.prices:
        if price.category == category:
            return price.cents
    return None


@dataclass(frozen=True, slots=True)
class MealFacts:
    """What is known of one meal of one household, as the database has it."""

    beneficiary: BeneficiaryId
    service: ServiceId
    day: date
    session: str
    category: str | None
    regulation_version: int | None
    capacity: int | None
    taken: int | None
    book_until: datetime | None
    live_in: str | None
    """State of the order that holds a live booking of this meal, if one does."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be done with a meal: its state, its price, until when, and why not."""

    state: CellState
    cents: int | None = None
    deadline: datetime | None = None
    reason: str = ""


Regulations = Mapping[tuple[ServiceId, int], Regulation]


def decide(facts: MealFacts, regulations: Regulations, now: datetime) -> Decision:
    """Whether a household may book this meal now, at what price and until when.

    In time iff now < deadline, strictly (domain.md §4.3, D1).
    """
    if facts.category is None:
        return Decision("not_entitled")
    if facts.regulation_version is None or facts.book_until is None:
        return Decision("closed")
    regulation = regulations[facts.service, facts.regulation_version]
    cents = price_of(regulation, facts.category)
    until = facts.book_until.astimezone(ZoneInfo(regulation.zone))
    article = regulation.book.article
    if facts.live_in is not None:
        state: CellState = "booked" if facts.live_in == "confirmed" else "held"
        return Decision(state, cents, until)
    if cents is None:
        return Decision("not_entitled")
    if now >= until:
        return Decision("late", cents, until, article)
    if facts.taken is None or facts.capacity is None or facts.taken >= facts.capacity:
        return Decision("full", cents, until)
    return Decision("bookable", cents, until, article)


def cancellable_until(until: datetime | None, zone: str, now: datetime) -> datetime | None:
    """Until when a live booking can be cancelled, on the town's clocks; None once it cannot."""
    return until.astimezone(ZoneInfo(zone)) if until is not None and now < until else None
