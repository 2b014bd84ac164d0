"""A meal as booking speaks of it: who, where, when, in which state, at what price."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import uuid5

from pydantic import Field

from contracts.operation import CallerKind
from contracts.values import (
    BeneficiaryId,
    Cents,
    CheckoutId,
    Label,
    OrderId,
    RegieId,
    ServiceId,
    Session,
    StaffRole,
    Value,
)

FOR_FAMILY: frozenset[CallerKind] = frozenset({"family", "staff"})
"""The family itself, or an agent who acts for it: their token names the household."""
DESK: frozenset[StaffRole] = frozenset({"administrator", "clerk"})
"""Who may act for a family of their authority."""

HOUSEHOLD: frozenset[CallerKind] = frozenset({"family", "applicant"})

OrderState = Literal["held", "confirmed", "released", "cancelled"]
"""held: seats taken, waiting for the money. confirmed: paid. released: seats given back because
the money did not come. cancelled: given up, for good."""

CellState = Literal[
    "bookable", "in_cart", "held", "booked", "full", "late", "closed", "not_entitled"
]
"""What a household may do with one child's day."""

LINES_MAX = 1_000


def order_of(checkout: CheckoutId, regie: RegieId) -> OrderId:
    """The order that a checkout makes in a régie: the same however often it is confirmed."""
    return OrderId(uuid5(checkout, str(regie)))


class MealKey(Value):
    """One meal of one beneficiary: who, where, when."""

    beneficiary: BeneficiaryId
    service: ServiceId
    day: date
    session: Session


class RefusedMeal(MealKey):
    """A meal that cannot be booked, why, and until when it could have been."""

    state: CellState
    deadline: datetime | None = None
    article: str = ""


class PricedMeal(MealKey):
    """A meal with its price."""

    cents: Cents


class OrderedMeal(PricedMeal):
    """A line of an order, with its number in it and the service's public name."""

    line: Annotated[int, Field(ge=1, le=LINES_MAX)]
    service_name: Label
