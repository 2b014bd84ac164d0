"""Orders: confirming a cart, following an order, the bookings it made, taking meals out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.booking.meals import (
    DESK,
    FOR_FAMILY,
    HOUSEHOLD,
    LINES_MAX,
    OrderedMeal,
    OrderState,
)
from contracts.booking.refusals import (
    BookingsAhead,
    CartEmpty,
    CreditChanged,
    MealsRefused,
    PriceChanged,
    TooLateToCancel,
    WrongOrderId,
)
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import (
    BeneficiaryId,
    Cents,
    CheckoutId,
    Day,
    Label,
    Means,
    OrderId,
    PersonId,
    RegieId,
    Value,
    Version,
)


class PlaceOrder(Value):
    """Confirms the part of the cart of one régie, as it was shown."""

    order: OrderId
    checkout: CheckoutId
    regie: RegieId
    means: Means
    expected_cents: Cents
    cart_version: Version


class OrderPlaced(Value):
    """The order exists; its state is asked by GET."""

    order: OrderId
    cents: Cents


class ShowOrder(Value):
    """Asks for an order; waits up to that many seconds for it to leave `held`."""

    order: OrderId
    wait_seconds: Annotated[float, Field(ge=0, le=2)] = 0


class OrderMealView(OrderedMeal):
    """A line of an order and whether its seat is still taken."""

    live: bool
    cancel_until: datetime | None = None
    """Until when it can be cancelled; absent once it cannot."""


class OrderView(Value):
    """An order as its household sees it."""

    order: OrderId
    state: OrderState
    reason: str = ""
    regie: RegieId
    authority_name: Label
    cents: Cents
    placed: datetime
    placed_by: PersonId | None = None
    """Which adult of the household placed it; unknown for orders of before this was kept."""
    at_the_desk: bool = False
    """Whether an agent of the town hall placed it for the household."""
    meals: tuple[OrderMealView, ...]


class CancelBookings(Value):
    """Takes meals out of an order, with the credit that was shown."""

    cancellation: UUID
    order: OrderId
    lines: Annotated[tuple[int, ...], Field(min_length=1, max_length=LINES_MAX)]
    expected_credit_cents: Cents


class BookingsCancellation(Value):
    """The cancellation exists; its credit follows within moments."""

    cancellation: UUID
    credit_cents: Cents


class ShowCancellation(Value):
    """Asks for a cancellation."""

    cancellation: UUID


class CancellationView(Value):
    """What a cancellation took out of an order, and what it gives back."""

    cancellation: UUID
    order: OrderId
    order_state: OrderState
    """`held`: the credit follows once the order is paid. `cancelled`: nothing was charged."""
    regie: RegieId
    authority_name: Label
    credit_cents: Cents
    cancelled_by: PersonId | None = None
    at_the_desk: bool = False
    """Whether an agent of the town hall cancelled for the household."""
    meals: tuple[OrderedMeal, ...]


class ShowOrders(Value):
    """Asks for the household's orders, newest first, from the one after `before` on."""

    before: OrderId | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Orders(Value):
    """A page of the household's orders, newest first; `more` says that older ones exist."""

    orders: tuple[OrderView, ...]
    more: bool


class ShowBookings(Value):
    """Asks for the household's live bookings from one day to another, at most so many."""

    first: Day
    last: Day
    limit: Annotated[int, Field(ge=1, le=2_000)] = 2_000


class BookedMeal(OrderedMeal):
    """A live booking. `credit_cents` is what cancelling it now gives back."""

    order: OrderId
    state: OrderState
    regie: RegieId
    authority_name: Label
    cancel_until: datetime | None = None
    """Until when it can be cancelled; absent once it cannot."""
    credit_cents: Cents


class Bookings(Value):
    """Live bookings by day, session, service; `today` on the town's own clocks."""

    today: date
    bookings: tuple[BookedMeal, ...]


class RetireBeneficiary(Value):
    """Takes a beneficiary off the household's list."""

    beneficiary: BeneficiaryId


PLACE_ORDER = Operation(
    name="booking.place_order", method="PUT", path="/orders/{order}",
    request=PlaceOrder, response=OrderPlaced, callers=FOR_FAMILY, roles=DESK, status=202,
    idempotency_key="order",
    summary="Confirm the cart of one régie: seats are taken, the money is awaited.",
    refusals=(NotFound, WrongOrderId, CartEmpty, PriceChanged, MealsRefused),
)  # fmt: skip
GET_ORDER = Operation(
    name="booking.get_order", method="GET", path="/orders/{order}",
    request=ShowOrder, response=OrderView, callers=FOR_FAMILY, roles=DESK,
    summary="An order of the household, waiting a moment for its answer if asked.",
    refusals=(NotFound,),
)  # fmt: skip
CANCEL_BOOKINGS = Operation(
    name="booking.cancel_bookings", method="PUT", path="/cancellations/{cancellation}",
    request=CancelBookings, response=BookingsCancellation, callers=FOR_FAMILY, roles=DESK,
    status=202, idempotency_key="cancellation",
    summary="Take meals out of an order before their deadline.",
    refusals=(NotFound, TooLateToCancel, CreditChanged),
)  # fmt: skip
GET_CANCELLATION = Operation(
    name="booking.get_cancellation", method="GET", path="/cancellations/{cancellation}",
    request=ShowCancellation, response=CancellationView, callers=FOR_FAMILY, roles=DESK,
    summary="A cancellation of the household: its meals and its credit.", refusals=(NotFound,),
)  # fmt: skip
LIST_ORDERS = Operation(
    name="booking.list_orders", method="GET", path="/orders",
    request=ShowOrders, response=Orders, callers=FOR_FAMILY, roles=DESK,
    summary="The household's orders, newest first, a page at a time.", refusals=(NotFound,),
)  # fmt: skip
LIST_BOOKINGS = Operation(
    name="booking.list_bookings", method="GET", path="/bookings",
    request=ShowBookings, response=Bookings, callers=FOR_FAMILY, roles=DESK,
    summary="The household's live bookings of a range of days, first day first.",
    refusals=(NotFound,),
)  # fmt: skip
RETIRE_BENEFICIARY = Operation(
    name="booking.retire_beneficiary", method="PUT", path="/beneficiaries/{beneficiary}/retirement",
    request=RetireBeneficiary, response=Done, callers=HOUSEHOLD,
    summary="Take a beneficiary without bookings ahead off the household's list. Idempotent by "
    "the beneficiary.",
    refusals=(BookingsAhead,),
)  # fmt: skip
