"""What booking can be asked and tells: calendar, cart, orders, cancellations.

Instants come with the offset of the town's own clocks: they are shown as they stand.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import Field

from contracts.event import ProcessEvent
from contracts.operation import CallerKind, Operation
from contracts.refusal import Details, NotFound, Refusal
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    Cents,
    CheckoutId,
    Day,
    HouseholdId,
    Label,
    Means,
    OrderId,
    RegieId,
    ServiceId,
    Session,
    Value,
    Version,
)

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


# -- events -----------------------------------------------------------------------------------


class OrderHeld(ProcessEvent, name="booking.order_held.v1"):
    """Seats are taken for an order; its money is awaited."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    means: Means
    cents: Cents


class OrderConfirmed(ProcessEvent, name="booking.order_confirmed.v1"):
    """An order is paid: the kitchen counts its meals."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents
    meals: tuple[OrderedMeal, ...]


class OrderReleased(ProcessEvent, name="booking.order_released.v1"):
    """The money of an order did not come: its seats were given back."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents
    reason: str
    meals: tuple[OrderedMeal, ...]


class OrderCancelled(ProcessEvent, name="booking.order_cancelled.v1"):
    """An order that was not confirmed is given up for good: it must never be charged."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cents: Cents


class CancelledMeal(Value):
    """A line taken out of an order and what is given back for it."""

    line: int
    credit_cents: Cents


class BookingsCancelled(ProcessEvent, name="booking.bookings_cancelled.v1"):
    """Meals of a paid order were cancelled; the cents of each line go back to the household."""

    order: OrderId
    version: Version
    household: HouseholdId
    authority: AuthorityId
    regie: RegieId
    cancellation: UUID
    meals: tuple[CancelledMeal, ...]


# -- refusals ---------------------------------------------------------------------------------


class MealsRefused(Refusal, code="booking.meals_refused", status=409):
    """Some meals cannot be booked; nothing was changed, and each says why."""

    sentence = "Certains repas ne peuvent pas être réservés. Rien n’a été modifié."

    class Details(Details):
        meals: tuple[RefusedMeal, ...]


class PriceChanged(Refusal, code="booking.price_changed", status=409):
    """The cart is not the one that was shown: nothing was charged; it is given as it is now."""

    sentence = "Votre panier a changé depuis son affichage. Rien n’a été débité."

    class Details(Details):
        cart_version: int
        cents: Cents
        shown_cents: Cents
        meals: tuple[PricedMeal, ...] = ()


class CartEmpty(Refusal, code="booking.cart_empty", status=409):
    """There is nothing to order in this régie."""

    sentence = "Votre panier est vide. Si vous venez de le valider, votre commande est enregistrée."


class WrongOrderId(Refusal, code="booking.wrong_order_id", status=422):
    """The order's id is not the one that this checkout makes in this régie."""

    sentence = "Cette commande n’a pas été comprise. Revenez au panier puis recommencez."


class TooLateToCancel(Refusal, code="booking.too_late_to_cancel", status=409):
    """The deadline for cancelling these meals is over, or the order was not confirmed in time."""

    sentence = "Il est trop tard pour annuler ces repas."

    class Details(Details):
        lines: tuple[int, ...] = ()


class CreditChanged(Refusal, code="booking.credit_changed", status=409):
    """What would be given back is not what was shown: nothing was cancelled."""

    sentence = "Le montant recrédité a changé depuis son affichage. Rien n’a été annulé."

    class Details(Details):
        credit_cents: Cents
        shown_cents: Cents


# -- operations -------------------------------------------------------------------------------


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


class OrderView(Value):
    """An order as its household sees it."""

    order: OrderId
    state: OrderState
    reason: str = ""
    regie: RegieId
    authority_name: Label
    cents: Cents
    placed: datetime
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


FAMILY: frozenset[CallerKind] = frozenset({"family"})

GET_CALENDAR = Operation(
    name="booking.get_calendar", method="GET", path="/calendar",
    request=ShowCalendar, response=Calendar, callers=FAMILY,
    summary="A month of every service the household holds, decided by the rules engine.",
)  # fmt: skip
CHANGE_CART = Operation(
    name="booking.change_cart", method="PUT", path="/cart-changes/{change}",
    request=ChangeCart, response=CartChanged, callers=FAMILY, idempotency_key="change",
    summary="Replace the meals of one service and a range of days in the cart.",
    refusals=(NotFound, MealsRefused),
)  # fmt: skip
GET_CART = Operation(
    name="booking.get_cart", method="GET", path="/cart", request=ShowCart, response=Cart,
    callers=FAMILY, summary="The cart, priced by the rules engine, régie by régie.",
)  # fmt: skip
PLACE_ORDER = Operation(
    name="booking.place_order", method="PUT", path="/orders/{order}",
    request=PlaceOrder, response=OrderPlaced, callers=FAMILY, status=202, idempotency_key="order",
    summary="Confirm the cart of one régie: seats are taken, the money is awaited.",
    refusals=(WrongOrderId, CartEmpty, PriceChanged, MealsRefused),
)  # fmt: skip
GET_ORDER = Operation(
    name="booking.get_order", method="GET", path="/orders/{order}",
    request=ShowOrder, response=OrderView, callers=FAMILY,
    summary="An order of the household, waiting a moment for its answer if asked.",
    refusals=(NotFound,),
)  # fmt: skip
CANCEL_BOOKINGS = Operation(
    name="booking.cancel_bookings", method="PUT", path="/cancellations/{cancellation}",
    request=CancelBookings, response=BookingsCancellation, callers=FAMILY, status=202,
    idempotency_key="cancellation", summary="Take meals out of an order before their deadline.",
    refusals=(NotFound, TooLateToCancel, CreditChanged),
)  # fmt: skip
