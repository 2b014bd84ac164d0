"""Confirming the cart: an order per régie, made once however often the button is pressed."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import ValidationError

from chassis.ui import french
from chassis.ui.forms import Form
from contracts.booking import (
    GET_ORDER,
    PLACE_ORDER,
    CartEmpty,
    MealKey,
    MealsRefused,
    OrderView,
    PlaceOrder,
    PriceChanged,
    PricedMeal,
    ShowOrder,
    WrongOrderId,
    order_of,
)
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.values import CheckoutId, OrderId, RegieId
from gateway.parents import cart
from gateway.parents.calendar import refused_meals
from gateway.parents.names import Names, names_of
from gateway.parents.resend import resend
from gateway.parents.words import on_day
from gateway.visit import Visit


@dataclass
class Outcome:
    """The orders that were placed, and what stopped the one after them."""

    placed: list[OrderId] = field(default_factory=list)
    refusal: Refusal | None = None
    stopped: PlaceOrder | None = None


async def confirm(visit: Visit) -> web.Response:
    """Place the order of each régie in turn; stop at the first that cannot be placed."""
    orders = _orders(await visit.form())
    outcome = await _place(visit, orders)
    refusal, stopped = outcome.refusal, outcome.stopped
    if refusal is None or stopped is None:
        return visit.go(_address(outcome.placed))
    if isinstance(refusal, Unavailable):
        return await resend(visit, refusal, "Confirmer à nouveau", "/panier")
    if isinstance(refusal, SameIdOtherContent):
        return visit.page("already_sent.html", status=refusal.status, order=stopped.order)
    return await _cart_again(visit, refusal, stopped, outcome.placed)


def _orders(form: Form) -> list[PlaceOrder]:
    """What was shown and is now confirmed. Raises Malformed."""
    checkout = CheckoutId(form.id("checkout"))
    orders = []
    for value in dict.fromkeys(form.all("part")):
        try:
            regie, cents, version = value.split("|")
            asked = {
                "checkout": checkout, "regie": regie, "means": form.text("moyen"),
                "expected_cents": cents, "cart_version": version, "order": checkout,
            }  # fmt: skip
            order = PlaceOrder.model_validate(asked)
        except (ValueError, ValidationError) as error:
            raise Malformed() from error
        orders.append(order.model_copy(update={"order": _order_id(checkout, order.regie)}))
    if not orders:
        raise Malformed()
    return orders


def _order_id(checkout: CheckoutId, regie: RegieId) -> OrderId:
    return order_of(checkout, regie)


async def _place(visit: Visit, orders: list[PlaceOrder]) -> Outcome:
    outcome = Outcome()
    for order in orders:
        try:
            await visit.ask(PLACE_ORDER, order)
        except CartEmpty as refusal:
            if not await _exists(visit, order.order):
                outcome.refusal, outcome.stopped = refusal, order
                break
        except Refusal as refusal:
            outcome.refusal, outcome.stopped = refusal, order
            break
        outcome.placed.append(order.order)
    return outcome


async def _exists(visit: Visit, order: OrderId) -> bool:
    """Whether this checkout has already made its order: a double click, Back and confirm again."""
    try:
        await visit.ask(GET_ORDER, ShowOrder(order=order))
    except NotFound:
        return False
    return True


def _address(orders: list[OrderId]) -> str:
    if len(orders) == 1:
        return f"/commandes/{orders[0]}"
    return f"/commandes?{'&'.join(f'commande={order}' for order in orders)}"


async def _cart_again(
    visit: Visit, refusal: Refusal, stopped: PlaceOrder, placed: list[OrderId]
) -> web.Response:
    """The cart as it is now, with what changed or cannot be had, and one button to go on."""
    views = await asyncio.gather(*(_view(visit, order) for order in placed))
    said = {
        "title": french.sentence(refusal),
        "items": await _items(visit, refusal, stopped.regie),
        "placed": [(order, view) for order, view in zip(placed, views, strict=True)],
    }
    if isinstance(refusal, PriceChanged):
        said["confirm_label"] = "Confirmer avec ces nouveaux montants"
    if not isinstance(refusal, PriceChanged | MealsRefused | CartEmpty | WrongOrderId):
        raise refusal
    return await cart.draw(visit, status=refusal.status, **said)


async def _view(visit: Visit, order: OrderId) -> OrderView | None:
    try:
        return await visit.ask_if_there(GET_ORDER, ShowOrder(order=order))
    except NotFound:
        return None


async def _items(visit: Visit, refusal: Refusal, regie: RegieId) -> list[str]:
    """Each difference, each refused meal, in a sentence."""
    names = await names_of(visit)
    details = refusal.details
    if isinstance(details, PriceChanged.Details):
        shown = _shown(await visit.form(), regie)
        total = f"Total{french.NBSP}: {_moved(details.shown_cents, details.cents)}."
        return [*_differences(shown, details.meals, names), total]
    if isinstance(details, MealsRefused.Details):
        names.number(meal.beneficiary for meal in details.meals)
        return refused_meals(refusal, names)
    return []


def _shown(form: Form, regie: RegieId) -> dict[MealKey, int]:
    """The meals and prices that the page showed for a régie, as its form carries them."""
    shown = {}
    for value in form.all("vu"):
        try:
            of, cents, service, beneficiary, session, dates = value.split("|")
            if of != str(regie):
                continue
            for day in dates.split(","):
                given = {"service": service, "beneficiary": beneficiary, "session": session}
                meal = PricedMeal.model_validate(given | {"day": day, "cents": cents})
                shown[_key(meal)] = meal.cents
        except (ValueError, ValidationError) as error:
            raise Malformed() from error
    return shown


def _key(meal: PricedMeal) -> MealKey:
    return MealKey(**meal.model_dump(exclude={"cents"}))


def _differences(
    shown: Mapping[MealKey, int], meals: Iterable[PricedMeal], names: Names
) -> list[str]:
    """What was added, left, or costs something else than the page said, in sentences."""
    now = {_key(meal): meal.cents for meal in meals}
    changed = [key for key in {**shown, **now} if shown.get(key) != now.get(key)]
    names.number(key.beneficiary for key in changed)
    return [_difference(key, shown.get(key), now.get(key), names) for key in changed]


def _difference(meal: MealKey, before: int | None, after: int | None, names: Names) -> str:
    who = f"{names.first(meal.beneficiary)}, {on_day(meal.day, meal.session)}{french.NBSP}:"
    if before is None:
        return f"{who} ajouté à votre panier, {french.money(after or 0)}."
    if after is None:
        return f"{who} n’est plus dans votre panier (il coûtait {french.money(before)})."
    return f"{who} {_moved(before, after)}."


def _moved(before: int, after: int) -> str:
    return f"{french.money(after)} au lieu de {french.money(before)}"
