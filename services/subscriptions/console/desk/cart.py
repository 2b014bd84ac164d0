"""The family's cart, and confirming a part of it with the family's credits."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.ui import french
from chassis.ui.forms import Form
from contracts.booking import (
    GET_CART,
    GET_ORDER,
    PLACE_ORDER,
    CartEmpty,
    MealsRefused,
    PlaceOrder,
    PriceChanged,
    RegieCart,
    ShowCart,
    ShowOrder,
    WrongOrderId,
    order_of,
)
from contracts.payments import CASH, GET_WALLETS, ShowWallets
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.values import CheckoutId, OrderId, RegieId
from services.subscriptions.console.desk.acting import Acting, number_typed
from services.subscriptions.console.desk.meals import Line, lines_of, refused_meals


@dataclass(frozen=True)
class Part:
    """What is paid to one régie."""

    cart: RegieCart
    lines: list[Line]
    checkout: CheckoutId
    available_cents: int | None
    """The régie's credits; None when payments does not answer."""

    @property
    def missing_cents(self) -> int:
        """What the credits lack."""
        return max(0, self.cart.cents - (self.available_cents or 0))

    @property
    def remains_cents(self) -> int:
        """What is left of the credits."""
        return max(0, (self.available_cents or 0) - self.cart.cents)

    @property
    def blocked(self) -> bool:
        """Whether something in it can no longer be had."""
        return any(line.note for line in self.lines)


async def show(acting: Acting) -> web.Response:
    """The cart as it is now, with what will be left of the credits."""
    return await _draw(acting)


async def _draw(acting: Acting, refusal: Refusal | None = None) -> web.Response:
    cart, wallets = await asyncio.gather(
        acting.ask(GET_CART, ShowCart()), acting.ask_if_there(GET_WALLETS, ShowWallets())
    )
    credits = {w.regie: w.available_cents for w in wallets.wallets} if wallets else None
    parts = [
        Part(
            part, lines_of(part.meals, acting), CheckoutId(uuid4()),
            None if credits is None else credits.get(part.regie, 0),
        )
        for part in cart.regies
        if part.meals
    ]  # fmt: skip
    return acting.page(
        "desk_cart.html", refusal=refusal, parts=parts, reasons=_reasons(refusal, acting),
        may_cash=bool(acting.visit.town.where(CASH)),
    )  # fmt: skip


def _reasons(refusal: Refusal | None, acting: Acting) -> list[str]:
    """What is different from what was shown, in sentences."""
    if refusal is not None and isinstance(refusal.details, PriceChanged.Details):
        now, then = french.money(refusal.details.cents), french.money(refusal.details.shown_cents)
        return [f"Total{french.NBSP}: {now} au lieu de {then}."]
    return refused_meals(refusal, acting)


async def confirm(acting: Acting) -> web.Response:
    """Place the order of one régie as it was shown, on the family's credits."""
    asked = _asked(await acting.visit.form())
    try:
        await acting.ask(PLACE_ORDER, asked)
    except (PriceChanged, MealsRefused, WrongOrderId, Unavailable) as refusal:
        return await _draw(acting, refusal)
    except (CartEmpty, SameIdOtherContent) as refusal:
        # a double click, or Back and confirm again
        if not await _exists(acting, asked.order):
            return await _draw(acting, refusal)
    return acting.go("commandes", asked.order)


def _asked(form: Form) -> PlaceOrder:
    checkout, regie = CheckoutId(form.id("checkout")), RegieId(form.id("regie"))
    try:
        return PlaceOrder(
            order=order_of(checkout, regie), checkout=checkout, regie=regie, means="credits",
            expected_cents=number_typed(form.text("cents")),
            cart_version=number_typed(form.text("version")),
        )  # fmt: skip
    except ValidationError as error:
        raise Malformed() from error


async def _exists(acting: Acting, order: OrderId) -> bool:
    try:
        await acting.ask(GET_ORDER, ShowOrder(order=order))
    except NotFound:
        return False
    return True
