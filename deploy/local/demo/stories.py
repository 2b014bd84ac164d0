"""What a household of the demonstration is and does, Monday after Monday."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

from contracts.accounts import (
    Beneficiary,
    Civility,
    Company,
    Filiation,
    HouseholdReason,
    Profile,
)
from contracts.booking import MealKey, order_of
from contracts.subscriptions import AccessReason, Wish
from contracts.values import BeneficiaryId, CheckoutId, OrderId
from deploy.local.communes import NAMESPACE, Commune, Service
from deploy.local.demo.days import SEPTEMBER
from deploy.local.families import Family

PASSWORD = "merci-la-cantine-2026"  # noqa: S105 - printed for whoever tries the portal


@dataclass(frozen=True)
class Eater:
    """Somebody who eats; a child of separated parents is known by the other household's name."""

    first_name: str
    born: date | None = None
    filiation: Filiation = "mere"
    last_name: str = ""
    known_to: str = ""
    """The e-mail address of the household that named the child first."""


@dataclass(frozen=True)
class Ask:
    """An entry asked for, and what the town hall said; nothing yet without a verdict."""

    eater: str
    service: Service
    entry: str
    verdict: Literal["approved", "refused", "withdrawn", None] = "approved"
    reason: AccessReason | None = None
    explanation: str = ""
    on: datetime = SEPTEMBER


@dataclass(frozen=True)
class Cash:
    """Cash given at the desk of a commune."""

    on: datetime
    commune: Commune
    cents: int


@dataclass(frozen=True)
class Meals:
    """Days chosen at a service for some of the household."""

    service: Service
    eaters: tuple[str, ...]
    days: tuple[date, ...]
    sessions: tuple[str, ...] = ("midi",)


@dataclass(frozen=True)
class Order:
    """Meals confirmed on a Monday and paid from credits; some lines cancelled at once."""

    on: datetime
    meals: Meals
    cancelled: tuple[int, ...] = ()
    by_the_other: bool = False
    """Placed by the second adult."""


@dataclass(frozen=True)
class Household(Family):
    """A family with its story. Those who eat stand in `eaters`."""

    children: tuple[tuple[str, date | None], ...] = ()
    eaters: tuple[Eater, ...] = ()
    civility: Civility | None = None
    company: Company | None = None
    newsletter: bool = False
    came: datetime = SEPTEMBER
    by: Literal["taken over", "registering"] = "taken over"
    proved: bool = True
    asks: tuple[Ask, ...] = ()
    judged: HouseholdReason | None = None
    """Why the account was refused, if it was."""
    cash: tuple[Cash, ...] = ()
    orders: tuple[Order, ...] = ()
    cart: tuple[Meals, ...] = ()
    other: Family | None = None
    """A second adult who accepted an invitation."""
    invited: str = ""
    """The address of an adult who was invited and has not answered."""

    def child(self, first_name: str) -> BeneficiaryId:
        """One of those who eat; one id in all the households that care for them."""
        eater = next(eater for eater in self.eaters if eater.first_name == first_name)
        if eater.known_to:
            return family_of(eater.known_to).child(first_name)
        return super().child(first_name)

    @property
    def beneficiaries(self) -> tuple[Beneficiary, ...]:
        """Those who eat."""
        return tuple(
            Beneficiary(
                beneficiary=self.child(eater.first_name), first_name=eater.first_name,
                last_name=eater.last_name or self.last_name, birth_date=eater.born,
                filiation=eater.filiation,
            )
            for eater in self.eaters
        )  # fmt: skip

    @property
    def profile(self) -> Profile:
        """What the adult says of themselves."""
        return Profile(
            first_name=self.first_name, last_name=self.last_name, civility=self.civility,
            company=self.company, newsletter=self.newsletter,
        )  # fmt: skip

    def id_of(self, what: str) -> UUID:
        """The id of something the household does, the same at each loading."""
        return uuid5(NAMESPACE, f"demo {self.email} {what}")

    def wish(self, ask: Ask) -> Wish:
        """An entry asked for, as subscriptions takes it."""
        return Wish(
            beneficiary=self.child(ask.eater), service=ask.service.service,
            category=ask.service.entry(ask.entry).category,
        )  # fmt: skip

    def keys(self, meals: Meals) -> tuple[MealKey, ...]:
        """Meals as booking takes them."""
        return tuple(
            MealKey(
                beneficiary=self.child(eater), service=meals.service.service, day=day,
                session=session,
            )
            for day in meals.days
            for eater in meals.eaters
            for session in meals.sessions
        )  # fmt: skip

    def checkout(self, order: Order) -> CheckoutId:
        """The confirmation that made an order."""
        return CheckoutId(self.id_of(f"checkout {self.orders.index(order)}"))

    def order_id(self, order: Order) -> OrderId:
        """The order itself."""
        return order_of(self.checkout(order), order.meals.service.regie)


def family_of(email: str) -> Family:
    """The family of an address, for the ids that follow from it."""
    return Family(email, PASSWORD, "", "", ())


def address(name: str) -> str:
    """The e-mail address of a household of the demonstration."""
    return f"{name}@famille.example"


def on(month: int, *days: int) -> tuple[date, ...]:
    """Days of a month of the school year 2026-27."""
    return tuple(date(2026 if month > 8 else 2027, month, day) for day in days)
