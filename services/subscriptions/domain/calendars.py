"""Days of school: when a zone's schools are closed, when a règlement serves, until when one acts.

The dates are the ministry's for 2026-27; a public holiday that falls within holidays is not said
again. The next year's are added here once they are published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from contracts.regulation import ClosedPeriod, Regulation, WeekdayOfWeek

Zone = Literal["A", "B", "C"]


def _closed(first: date, last: date, reason: str) -> ClosedPeriod:
    return ClosedPeriod(first=first, last=last, reason=reason)


def _year(winter: ClosedPeriod, spring: ClosedPeriod) -> tuple[ClosedPeriod, ...]:
    """What all zones have, and the two periods that tell them apart, first day first."""
    common = (
        _closed(date(2026, 10, 17), date(2026, 11, 1), "vacances de la Toussaint"),
        _closed(date(2026, 11, 11), date(2026, 11, 11), "11 novembre"),
        _closed(date(2026, 12, 19), date(2027, 1, 3), "vacances de Noël"),
        _closed(date(2027, 3, 29), date(2027, 3, 29), "lundi de Pâques"),
        _closed(date(2027, 5, 1), date(2027, 5, 1), "1er mai"),
        _closed(date(2027, 5, 6), date(2027, 5, 8), "pont de l’Ascension"),
        _closed(date(2027, 5, 17), date(2027, 5, 17), "lundi de Pentecôte"),
    )
    outside = [
        period
        for period in common
        if not spring.first <= period.first <= period.last <= spring.last
    ]
    return tuple(sorted((*outside, winter, spring), key=lambda period: period.first))


def _zone(winter: tuple[date, date], spring: tuple[date, date]) -> tuple[ClosedPeriod, ...]:
    return _year(_closed(*winter, "vacances d’hiver"), _closed(*spring, "vacances de printemps"))


@dataclass(frozen=True)
class SchoolYear:
    """A year of school, from its first day to its last, and the closed periods of each zone."""

    first: date
    last: date
    closed: dict[Zone, tuple[ClosedPeriod, ...]]

    def zone_of(self, closed: tuple[ClosedPeriod, ...]) -> Zone | None:
        """The zone all of whose periods are among these; None when there is none."""
        return next((zone for zone, own in self.closed.items() if set(own) <= set(closed)), None)


SCHOOL_YEAR = SchoolYear(
    first=date(2026, 9, 1),
    last=date(2027, 7, 2),
    closed={
        "A": _zone((date(2027, 2, 13), date(2027, 2, 28)), (date(2027, 4, 10), date(2027, 4, 25))),
        "B": _zone((date(2027, 2, 20), date(2027, 3, 7)), (date(2027, 4, 17), date(2027, 5, 2))),
        "C": _zone((date(2027, 2, 6), date(2027, 2, 21)), (date(2027, 4, 3), date(2027, 4, 18))),
    },
)
"""2026-27, as the ministry publishes it."""


def serving_days(regulation: Regulation, first: date) -> Iterator[date]:
    """The days from this one on on which the service serves, in order."""
    day = max(first, regulation.valid_from)
    while day <= regulation.valid_until:
        closed = any(period.first <= day <= period.last for period in regulation.closed)
        if day.isoweekday() in regulation.weekdays and not closed:
            yield day
        day += timedelta(days=1)


def closes_at(rule: WeekdayOfWeek, day: date, zone: str) -> datetime:
    """The instant from which an action is late for a meal of that day, on the town's own clocks.

    The rule is booking's (its `deadline_of`): services do not import each other, and a test holds
    the two together.
    """
    monday = day - timedelta(days=day.isoweekday() - 1)
    closing = monday + timedelta(days=rule.weekday - 1, weeks=-rule.weeks_before)
    return datetime.combine(closing, rule.at, tzinfo=ZoneInfo(zone))
