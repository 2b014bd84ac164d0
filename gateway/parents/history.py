"""The household's orders, newest first, twenty a page."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web

from contracts.booking import LIST_ORDERS, OrderState, OrderView, ShowOrders
from contracts.refusal import NotFound
from contracts.values import OrderId
from gateway.parents.names import Names, names_of
from gateway.visit import Visit


@dataclass(frozen=True)
class Entry:
    """One order in the list."""

    order: OrderId
    commune: str
    placed: datetime
    by: str
    state: OrderState
    count: int
    given_up: int
    cents: int


def entry_of(order: OrderView, names: Names) -> Entry:
    """An order with what is left of it."""
    over = order.state in ("released", "cancelled")
    kept = [meal for meal in order.meals if meal.live or over]
    return Entry(
        order=order.order,
        commune=order.authority_name,
        placed=order.placed,
        by=names.adult(order.placed_by, at_the_desk=order.at_the_desk),
        state=order.state,
        count=len(kept),
        given_up=len(order.meals) - len(kept),
        cents=sum(meal.cents for meal in kept),
    )


async def show(visit: Visit) -> web.Response:
    """A page of orders, from the one after `avant` on."""
    before = _before(visit.request.query.get("avant", ""))
    page, names = await asyncio.gather(
        visit.ask(LIST_ORDERS, ShowOrders(before=before)), names_of(visit)
    )
    return visit.page(
        "history.html",
        entries=[entry_of(order, names) for order in page.orders],
        older=page.orders[-1].order if page.more and page.orders else None,
        first_page=before is None,
    )


def _before(text: str) -> OrderId | None:
    try:
        return OrderId(UUID(text)) if text else None
    except ValueError as error:
        raise NotFound() from error
