"""The règlement of a service as data: when it serves, until when one may act, at what price.

One immutable document per service and version. A first, small one: weekdays, closed periods,
weekly deadlines, one price per category. It grows by optional fields.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts.values import AuthorityId, Cents, Label, RegieId, ServiceId, Session, Value, Version

IsoWeekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday, 7 is Sunday."""

Action = Literal["book", "cancel"]
"""What a deadline limits. Each action has its own."""

Category = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""The entry a family asked for, as the town names it in its prices: `residents`, `adultes`."""


class WeekdayOfWeek(Value):
    """ "Le jeudi précédent à 10 h": a weekday, some ISO weeks before the meal's, local time."""

    kind: Literal["weekday_of_week"] = "weekday_of_week"
    weekday: IsoWeekday
    weeks_before: Annotated[int, Field(ge=0, le=8)]
    at: time


class Deadline(Value):
    """Until when an action is in time: strictly before the instant that the rule gives."""

    rule: WeekdayOfWeek
    article: Annotated[str, Field(max_length=80)] = ""
    """Where the commune's own text says so, quoted to parents: « article 4 »."""


class ClosedPeriod(Value):
    """Days without service, both ends included, with the public reason."""

    first: date
    last: date
    reason: Label


class CategoryPrice(Value):
    """The price of one meal for one category."""

    category: Category
    label: Label
    cents: Cents


class Regulation(Value):
    """A règlement: everything that decides whether, until when and for how much one may book."""

    service: ServiceId
    authority: AuthorityId
    regie: RegieId
    version: Version
    authority_name: Label
    service_name: Label
    valid_from: date
    valid_until: date
    zone: str = "Europe/Paris"
    weekdays: frozenset[IsoWeekday]
    sessions: Annotated[tuple[Session, ...], Field(min_length=1)] = ("midi",)
    closed: tuple[ClosedPeriod, ...] = ()
    book: Deadline
    cancel: Deadline
    prices: Annotated[tuple[CategoryPrice, ...], Field(min_length=1)]
    capacity: Annotated[int, Field(ge=0, le=100_000)]
    """Seats of each day and session."""

    @model_validator(mode="after")
    def _is_coherent(self) -> "Regulation":
        categories = [price.category for price in self.prices]
        if len(set(categories)) != len(categories):
            raise ValueError("a category has two prices")
        if not self.valid_from <= self.valid_until:
            raise ValueError("the règlement ends before it begins")
        if (self.valid_until - self.valid_from).days > 800:
            raise ValueError("the règlement covers more than two school years")
        return self
