"""The rows of « Ouvrir un service » as they are typed: an entry, a closure, a deadline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from chassis.ui import french
from chassis.ui.forms import Form
from contracts.refusal import Malformed
from contracts.regulation import (
    Deadline,
    WeekdayOfWeek,
)
from services.subscriptions.console.plain import WEEKDAYS

LABEL_MAX = 120
ARTICLE_MAX = 80
PLACES_MAX = 100_000
PERIOD_DAYS_MAX = 800
WEEKS_MAX = 8
CENTS_TYPED_MAX = 10_000
"""A meal for more than a hundred euros is a comma that was forgotten."""
ROWS_MAX = 40
NEW = "nouvelle."
"""How the choice of a régie to be created begins; its authority follows."""
SLUG = re.compile(r"[^a-z0-9]+")
AMOUNT = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")
DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
CLOCK = re.compile(r"(\d{1,2}) ?[h:] ?(\d{2})?", re.IGNORECASE)
Fields = list[tuple[str, str]]


def cents_of(text: str) -> int | None:
    """« 3,80 », « 3.8 € », « 4 » → cents; None for anything else."""
    bare = "".join(text.replace("€", "").split())
    found = AMOUNT.fullmatch(bare) if bare.isascii() else None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def typed_cents(cents: int) -> str:
    """380 → « 3,80 », as one types it."""
    return f"{cents // 100},{cents % 100:02}"


def day_of(text: str) -> date | None:
    """« 2026-12-24 » or « 24/12/2026 »; None for anything else."""
    found = DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else (
            date.fromisoformat(text) if len(text) == 10 else None
        )  # fmt: skip
    except ValueError:
        return None


def clock_of(text: str) -> time | None:
    """« 10:00 », « 8 h 30 », « 10h »; None for anything else."""
    found = CLOCK.fullmatch(text.replace(french.NBSP, " "))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None


@dataclass(frozen=True)
class TypedEntry:
    """A row of the prices; an empty one does not count."""

    label: str = ""
    price: str = ""
    category: str = ""
    """The name that an entry has already: it stays when its label changes."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in it."""
        return not (self.label or self.price)


@dataclass(frozen=True)
class TypedClosure:
    """A row of the commune's own closures; an empty one does not count."""

    first: str = ""
    last: str = ""
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in it."""
        return not (self.first or self.last or self.reason)


@dataclass(frozen=True)
class TypedDeadline:
    """« Le jeudi de la semaine précédente à 10 h », as choices."""

    weekday: str = "4"
    weeks: str = "1"
    at: str = "10:00"
    article: str = ""

    @classmethod
    def of(cls, form: Form, name: str) -> "TypedDeadline":
        """The fields of one deadline."""
        parts = ("jour", "semaines", "heure", "article")
        return cls(*(form.text(f"{name}_{part}").strip() for part in parts))

    @classmethod
    def ruled(cls, deadline: Deadline) -> "TypedDeadline":
        """A deadline that stands already."""
        rule = deadline.rule
        at = rule.at.isoformat("minutes")
        return cls(str(rule.weekday), str(rule.weeks_before), at, deadline.article)

    def fields(self, name: str) -> Fields:
        """As hidden fields."""
        return [
            (f"{name}_jour", self.weekday), (f"{name}_semaines", self.weeks),
            (f"{name}_heure", self.at), (f"{name}_article", self.article),
        ]  # fmt: skip

    def faults(self, name: str, served: frozenset[int]) -> Iterator[tuple[str, str]]:
        """What is wrong, by the id of the field."""
        weekday, weeks = number_of(self.weekday, 7), number_of(self.weeks, WEEKS_MAX)
        if not weekday or weeks is None:
            yield f"{name}-jour", "Choisissez le jour et la semaine."
        elif weeks == 0 and served and weekday > min(served):
            first = WEEKDAYS[min(served) - 1]
            yield (
                f"{name}-jour",
                f"Pour le {first}, ce moment tomberait après le service. Choisissez le {first} ou "
                "une semaine d’avant.",
            )
        if clock_of(self.at) is None:
            yield f"{name}-heure", "Indiquez une heure, comme 10:00."
        if len(self.article) > ARTICLE_MAX:
            yield f"{name}-article", f"Cette référence est trop longue : {ARTICLE_MAX} signes."

    def deadline(self) -> Deadline:
        """What it makes. Raises Malformed where something is wrong in it."""
        at = clock_of(self.at)
        if at is None:
            raise Malformed()
        rule = WeekdayOfWeek(weekday=int(self.weekday), weeks_before=int(self.weeks), at=at)
        return Deadline(rule=rule, article=self.article)


def number_of(text: str, most: int) -> int | None:
    """« 100 », « 1 000 », at most so many; None for anything else."""
    digits = text.replace(" ", "").replace(french.NBSP, "")
    known = digits.isascii() and digits.isdigit() and len(digits) <= 7
    return int(digits) if known and int(digits) <= most else None
