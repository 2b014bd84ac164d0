"""The cart: what was chosen, by régie, and what is left of the credits afterwards."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4, uuid5

from aiohttp import web
from pydantic import ValidationError

from chassis.ui import french
from contracts.booking import (
    CHANGE_CART,
    GET_CART,
    Cart,
    CartMeal,
    ChangeCart,
    MealKey,
    MealsRefused,
    RegieCart,
    ShowCart,
)
from contracts.payments import GET_WALLETS, ShowWallets, Wallets
from contracts.refusal import Malformed, SameIdOtherContent, Unavailable
from contracts.values import CheckoutId
from gateway.parents.names import Names, names_of
from gateway.parents.resend import resend
from gateway.parents.words import CELLS, product
from gateway.visit import Visit

AVAILABLE = frozenset({"bookable", "in_cart"})


@dataclass(frozen=True)
class Line:
    """Meals of one child in one service at one price."""

    product: str
    who: str
    dates: list[str]
    available: bool
    availability: str
    unit_cents: int
    quantity: int
    cents: int
    month: date
    values: list[str]
    """The meals, as the form that takes them out sends them."""
    shown: str
    """The meals with their price, as the confirming form says what was seen."""


@dataclass(frozen=True)
class Part:
    """What is paid to one régie."""

    cart: RegieCart
    lines: list[Line]
    available_cents: int | None
    """The régie's credits; None when payments does not answer."""

    @property
    def remains_cents(self) -> int:
        """What is left of the credits; negative when they are short."""
        return (self.available_cents or 0) - self.cart.cents

    @property
    def value(self) -> str:
        """What was shown, as the confirming form sends it."""
        return f"{self.cart.regie}|{self.cart.cents}|{self.cart.version}"


def lines_of(part: RegieCart, names: Names) -> list[Line]:
    """The lines of a régie's part: by service, child, price and availability."""

    def key(meal: CartMeal) -> tuple[Any, ...]:
        until = meal.deadline.isoformat() if meal.deadline and meal.state == "late" else ""
        return (
            meal.service_name, str(meal.service), meal.session, names.order(meal.beneficiary),
            str(meal.beneficiary), meal.state in AVAILABLE, meal.state, until, meal.cents,
        )  # fmt: skip

    ordered = sorted(part.meals, key=lambda meal: (key(meal), meal.day))
    return [_line(list(meals), names) for _, meals in groupby(ordered, key)]


def _line(meals: list[CartMeal], names: Names) -> Line:
    one = meals[0]
    return Line(
        product=product(one.service_name, one.session),
        who=names.full(one.beneficiary),
        dates=days([meal.day for meal in meals]),
        available=one.state in AVAILABLE,
        availability=_availability(one.state, one.deadline),
        unit_cents=one.cents,
        quantity=len(meals),
        cents=sum(meal.cents for meal in meals),
        month=one.day,
        values=[f"{m.service}|{m.beneficiary}|{m.day.isoformat()}|{m.session}" for m in meals],
        shown=f"{one.cents}|{one.service}|{one.beneficiary}|{one.session}|"
        + ",".join(m.day.isoformat() for m in meals),
    )


def _availability(state: Any, deadline: datetime | None) -> str:
    if state in AVAILABLE:
        return "Disponible"
    if state == "late" and deadline:
        return f"Trop tard{french.NBSP}: c’était jusqu’au {french.instant(deadline)}"
    return CELLS[state]


def days(dates: list[date]) -> list[str]:
    """« jeudi 3 », « vendredi 4 décembre 2026 »: the month once, at the last of its days."""
    texts = []
    for place, day in enumerate(dates):
        following = dates[place + 1] if place + 1 < len(dates) else None
        if following and (following.year, following.month) == (day.year, day.month):
            texts.append(french.day_of_month(day))
        else:
            texts.append(french.day(day))
    return texts


async def show(visit: Visit) -> web.Response:
    """The cart as it is now, with a new checkout id."""
    return await draw(visit)


async def draw(visit: Visit, *, status: int = 200, **said: Any) -> web.Response:
    """The page; `said` is what a refusal adds to it."""
    cart, names, wallets = await asyncio.gather(
        visit.ask(GET_CART, ShowCart()),
        names_of(visit),
        visit.ask_if_there(GET_WALLETS, ShowWallets()),
    )
    parts = parts_of(cart, names, wallets)
    count = sum(len(part.meals) for part in cart.regies)
    blocked = any(not line.available for part in parts for line in part.lines)
    content = {"title": "", "items": [], "placed": [], "confirm_label": "Confirmer et payer"} | said
    return visit.page(
        "cart.html", status=status, cart=cart, parts=parts, count=count, cart_count=count,
        blocked=blocked, checkout=CheckoutId(uuid4()), change=uuid4, names=names,
        wallets=wallets, **content,
    )  # fmt: skip


def parts_of(cart: Cart, names: Names, wallets: Wallets | None) -> list[Part]:
    """The cart by régie, with the credits of each."""
    names.number(meal.beneficiary for part in cart.regies for meal in part.meals)
    credits = {w.regie: w.available_cents for w in wallets.wallets} if wallets else None
    return [
        Part(p, lines_of(p, names), None if credits is None else credits.get(p.regie, 0))
        for p in cart.regies
        if p.meals
    ]


async def take_out(visit: Visit) -> web.Response:
    """Take some meals out of the cart: the others of their days stay."""
    form = await visit.form()
    change, chosen = form.id("change"), _chosen(form.all("retirer"))
    try:
        cart = await visit.ask(GET_CART, ShowCart())
        for asked in _without(cart, chosen, change):
            await visit.ask(CHANGE_CART, asked)
    except (MealsRefused, SameIdOtherContent):
        title = "Votre panier a changé entre-temps. Vérifiez-le, puis recommencez."
        return await draw(visit, status=409, title=title)
    except Unavailable as refusal:
        return await resend(visit, refusal, "Retirer du panier", "/panier")
    return visit.go("/panier")


def _chosen(values: list[str]) -> frozenset[MealKey]:
    fields = ("service", "beneficiary", "day", "session")
    try:
        return frozenset(
            MealKey.model_validate(dict(zip(fields, value.split("|"), strict=True)))
            for value in values
        )
    except (ValueError, ValidationError) as error:
        raise Malformed() from error


def _without(cart: Cart, chosen: frozenset[MealKey], change: UUID) -> list[ChangeCart]:
    """One change per service: what stays of the days from the first to the last taken out."""
    meals = [
        MealKey(beneficiary=m.beneficiary, service=m.service, day=m.day, session=m.session)
        for part in cart.regies
        for m in part.meals
    ]
    changes = []
    for service in {meal.service for meal in meals if meal in chosen}:
        dates = [meal.day for meal in meals if meal.service == service and meal in chosen]
        first, last = min(dates), max(dates)
        stays = tuple(
            m for m in meals if m.service == service and first <= m.day <= last and m not in chosen
        )
        own = uuid5(change, str(service))
        changes.append(ChangeCart(change=own, service=service, first=first, last=last, meals=stays))
    return changes
