"""An order: where it stands, what it holds, and what to do next."""

import asyncio
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from aiohttp import web

from chassis.ui import french
from contracts.booking import GET_ORDER, OrderMealView, OrderView, ShowOrder
from contracts.payments import GET_WALLETS, ShowWallets
from contracts.refusal import NotFound
from contracts.values import OrderId
from gateway.parents.cart import days
from gateway.parents.names import Names, names_of
from gateway.parents.words import product
from gateway.visit import Visit

WAIT_SECONDS = 2.0
SEVERAL_MAX = 20


@dataclass(frozen=True)
class Line:
    """The meals of one child in one service."""

    product: str
    who: str
    dates: list[str]
    given_up: list[str]
    cents: int
    cancels: list[tuple[str, str]]
    """Address and day of each meal that can still be cancelled."""


async def show(visit: Visit) -> web.Response:
    """One order; waits a moment for its answer, then refreshes itself."""
    return await _draw(visit, [_order(visit.request.match_info["order"])])


async def show_several(visit: Visit) -> web.Response:
    """The orders of one confirmation, one per régie."""
    asked = visit.request.query.getall("commande", [])[:SEVERAL_MAX]
    if not asked:
        raise NotFound()
    return await _draw(visit, [_order(text) for text in asked])


def _order(text: str) -> OrderId:
    try:
        return OrderId(UUID(text))
    except ValueError as error:
        raise NotFound() from error


async def _draw(visit: Visit, ids: list[OrderId]) -> web.Response:
    asked = (visit.ask(GET_ORDER, ShowOrder(order=i, wait_seconds=WAIT_SECONDS)) for i in ids)
    orders, names = await asyncio.gather(asyncio.gather(*asked), names_of(visit))
    wallets = await visit.ask_if_there(GET_WALLETS, ShowWallets())
    names.number(meal.beneficiary for order in orders for meal in order.meals)
    return visit.page(
        "orders.html",
        orders=[
            (o, lines_of(o, names), names.adult(o.placed_by, at_the_desk=o.at_the_desk))
            for o in orders
        ],
        waiting=any(order.state == "held" for order in orders),
        wallets={w.regie: w for w in wallets.wallets} if wallets else None,
        address=visit.request.path_qs,
    )


def lines_of(order: OrderView, names: Names) -> list[Line]:
    """The order's meals by service and child, in the family's order."""

    def key(meal: OrderMealView) -> tuple[str, str, int, str]:
        eater = meal.beneficiary
        return (meal.service_name, meal.session, names.order(eater), str(eater))

    ordered = sorted(order.meals, key=lambda meal: (key(meal), meal.day))
    lines = []
    for _, group in groupby(ordered, key):
        meals = list(group)
        live = [m for m in meals if m.live or order.state in ("released", "cancelled")]
        lines.append(
            Line(
                product=product(meals[0].service_name, meals[0].session),
                who=names.full(meals[0].beneficiary),
                dates=days([meal.day for meal in live]),
                given_up=days([meal.day for meal in meals if meal not in live]),
                cents=sum(meal.cents for meal in live),
                cancels=[
                    (f"/annuler/{order.order}/{meal.line}", french.day_of_year(meal.day))
                    for meal in live
                    if meal.cancel_until
                ],
            )
        )
    return lines
