"""E-mails: one for each event, for every adult of a household, tried until it is no use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from contracts.booking import OrderConfirmed, OrderedMeal, OrderReleased
from contracts.event import NAMESPACE

Template = Literal["order_confirmed", "order_released"]
State = Literal["queued", "sent", "failed", "superseded"]

FIRST_DELAY = timedelta(seconds=5)
DELAY_MAX = timedelta(minutes=30)
OUTAGE_DELAY_MAX = timedelta(seconds=15)
"""How long an e-mail that is not at fault waits at most."""

GIVE_UP_AFTER = timedelta(days=3)
OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. `failure` is a word for the operator, never an address."""

    email: UUID
    state: State
    reached: tuple[UUID, ...]
    refused: tuple[UUID, ...]
    next_attempt: datetime
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """What a household is told about one version of an order. It knows ids, days and cents.

    `reached` are the adults whose message was handed over, `refused` those whose never will be:
    only the others are tried again. `taken` is the instant of this attempt.
    """

    id: UUID
    template: Template
    household: UUID
    order_id: UUID
    order_version: int
    data: dict[str, Any]
    queued: datetime
    taken: datetime
    attempts: int = 0
    reached: tuple[UUID, ...] = ()
    refused: tuple[UUID, ...] = ()

    @classmethod
    def of_confirmed(cls, event: OrderConfirmed, now: datetime) -> "Email":
        """ "Votre commande est confirmée"."""
        return cls._of(event, "order_confirmed", "", now)

    @classmethod
    def of_released(cls, event: OrderReleased, now: datetime) -> "Email":
        """ "Votre commande n’a pas pu être confirmée"."""
        return cls._of(event, "order_released", event.reason, now)

    @classmethod
    def _of(
        cls, event: OrderConfirmed | OrderReleased, template: Template, reason: str, now: datetime
    ) -> "Email":
        return cls(
            id=uuid5(NAMESPACE, f"{event.name}\n{event.order}\n{event.version}"),
            template=template,
            household=event.household,
            order_id=event.order,
            order_version=event.version,
            data={
                "cents": event.cents,
                "reason": reason,
                "meals": [_meal(meal) for meal in event.meals],
            },
            queued=now,
            taken=now,
        )

    def message_id(self, person: UUID, domain: str) -> str:
        """The same for the same event and person, so that a second copy can be told as one."""
        return f"<{uuid5(self.id, str(person))}@{domain}>"

    def awaits(self, person: UUID) -> bool:
        """Whether this adult is still to be written to."""
        return person not in self.reached and person not in self.refused

    def reaching(self, person: UUID) -> "Email":
        """The e-mail once this adult's message was handed over."""
        return replace(self, reached=(*self.reached, person))

    def refusing(self, person: UUID) -> "Email":
        """The e-mail once this adult's message was refused for good."""
        return replace(self, refused=(*self.refused, person))

    def ended(self, failure: str) -> Outcome:
        """Nothing is left to do: sent if anybody was reached, else failed, and why."""
        state: State = "sent" if self.reached else "failed"
        return Outcome(self.id, state, self.reached, self.refused, self.taken, failure)

    def postponed(self, failure: str, luck: float) -> Outcome:
        """Not now: twice as long each time, and not with all the others (`luck` is in [0, 1))."""
        if self.taken - self.queued > GIVE_UP_AFTER:
            return self.ended(failure)
        longest = OUTAGE_DELAY_MAX if failure == OUTAGE else DELAY_MAX
        delay = min(longest, FIRST_DELAY * 2 ** min(max(self.attempts - 1, 0), 20))
        again = self.taken + delay * (0.5 + luck)
        return Outcome(self.id, "queued", self.reached, self.refused, again, failure)


def _meal(meal: OrderedMeal) -> dict[str, Any]:
    return {
        "beneficiary": str(meal.beneficiary),
        "service_name": meal.service_name,
        "day": meal.day.isoformat(),
        "session": meal.session,
        "cents": meal.cents,
    }


@dataclass(frozen=True, slots=True)
class Meal:
    """A meal as a letter tells it."""

    day: date
    service_name: str
    session: str
    cents: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one of those who eat gets of an order."""

    first_name: str
    meals: tuple[Meal, ...]


def shares(email: Email, eaters: Sequence[tuple[UUID, str]]) -> tuple[Share, ...]:
    """The meals of an order, eater by eater in the household's order, by day.

    Those whom the household does not know any more come last, without a name.
    """
    names = {str(beneficiary): first_name for beneficiary, first_name in eaters}
    found: dict[str, list[Meal]] = {beneficiary: [] for beneficiary in names}
    for meal in email.data["meals"]:
        told = Meal(
            day=date.fromisoformat(meal["day"]),
            service_name=meal["service_name"],
            session=meal["session"],
            cents=meal["cents"],
        )
        found.setdefault(meal["beneficiary"], []).append(told)
    return tuple(
        Share(names.get(beneficiary, ""), tuple(sorted(meals, key=_by_day)))
        for beneficiary, meals in found.items()
        if meals
    )


def _by_day(meal: Meal) -> tuple[date, str, str]:
    return meal.day, meal.service_name, meal.session
