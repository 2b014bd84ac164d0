"""The calendar and the cart: what may be chosen, and what was."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.booking.meals import (
    DESK,
    FOR_FAMILY,
    HOUSEHOLD,
    LINES_MAX,
    CellState,
    MealKey,
    PricedMeal,
)
from contracts.booking.refusals import MealsRefused
from contracts.operation import Operation
from contracts.refusal import NotFound
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    Cents,
    Day,
    Label,
    OrderId,
    RegieId,
    ServiceId,
    Session,
    Value,
    Version,
)


class ShowCalendar(Value):
    """Asks for a month, named by any of its days; without one, the current month."""

    day: Day | None = None


class Cell(Value):
    """One beneficiary's day in one session: what may be done, at what price, until when."""

    day: date
    session: Session
    state: CellState
    cents: Cents | None = None
    deadline: datetime | None = None
    reason: str = ""
    """The public reason of a closed day, or the article behind a refusal."""
    order: OrderId | None = None
    line: int | None = None
    """The household's own booking of this meal; another household's is not told."""
    cancel_until: datetime | None = None
    """Until when that booking can be cancelled; absent once it cannot."""


class BeneficiaryMonth(Value):
    """One beneficiary's month in one service."""

    beneficiary: BeneficiaryId
    cells: tuple[Cell, ...]


class ServiceMonth(Value):
    """A service's month for every beneficiary of the household who is entitled to it."""

    service: ServiceId
    authority: AuthorityId
    regie: RegieId
    service_name: Label
    authority_name: Label
    beneficiaries: tuple[BeneficiaryMonth, ...]


class Calendar(Value):
    """A month of every service that the household holds, first day to last."""

    first: date
    last: date
    today: date
    services: tuple[ServiceMonth, ...]
    cart_count: int
    cart_cents: Cents


class ChangeCart(Value):
    """Puts exactly these meals of one service in the cart for a range of days."""

    change: UUID
    service: ServiceId
    first: Day
    last: Day
    meals: Annotated[tuple[MealKey, ...], Field(max_length=LINES_MAX)]


class CartChanged(Value):
    """The cart's version after the change."""

    change: UUID
    cart_version: Version


class ShowCart(Value):
    """Asks for the household's cart."""


class CartMeal(PricedMeal):
    """A meal of the cart; `state` is `bookable`, or says why it no longer is."""

    service_name: Label
    state: CellState
    deadline: datetime | None = None


class RegieCart(Value):
    """The part of the cart that is paid to one régie."""

    regie: RegieId
    authority: AuthorityId
    authority_name: Label
    version: Version
    cents: Cents
    meals: tuple[CartMeal, ...]


class Cart(Value):
    """What a household has chosen and not yet confirmed. It holds no seat."""

    regies: tuple[RegieCart, ...]
    cents: Cents


class ShowClock(Value):
    """Asks what day it is for the portal."""


class Clock(Value):
    """The instant that decides, on the town's own clocks; `shifted` in a demonstration."""

    now: datetime
    shifted: bool


GET_CLOCK = Operation(
    name="booking.get_clock", method="GET", path="/clock", request=ShowClock, response=Clock,
    callers=HOUSEHOLD | {"visitor"},
    summary="The instant that decides, and whether it is a demonstration's.",
)  # fmt: skip
GET_CALENDAR = Operation(
    name="booking.get_calendar", method="GET", path="/calendar",
    request=ShowCalendar, response=Calendar, callers=FOR_FAMILY, roles=DESK,
    summary="A month of every service the household holds, decided by the rules engine.",
    refusals=(NotFound,),
)  # fmt: skip
CHANGE_CART = Operation(
    name="booking.change_cart", method="PUT", path="/cart-changes/{change}",
    request=ChangeCart, response=CartChanged, callers=FOR_FAMILY, roles=DESK,
    idempotency_key="change",
    summary="Replace the meals of one service and a range of days in the cart.",
    refusals=(NotFound, MealsRefused),
)  # fmt: skip
GET_CART = Operation(
    name="booking.get_cart", method="GET", path="/cart", request=ShowCart, response=Cart,
    callers=FOR_FAMILY, roles=DESK, summary="The cart, priced by the rules engine, régie by régie.",
    refusals=(NotFound,),
)  # fmt: skip
