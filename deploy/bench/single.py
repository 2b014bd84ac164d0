"""G13, G14: the same order many times at once, and how long a lone order takes."""

import asyncio

from contracts.booking import OrderHeld
from contracts.values import OrderId
from deploy.bench.crowd import Checkout
from deploy.bench.machine import Share
from deploy.bench.portal import ACCEPTED, SEEN, Portal
from deploy.bench.seed import SQL
from deploy.bench.shots import CONNECTIONS, Shot, fire
from gateway.parents.words import ORDERS

EVENTS_PER_SECOND = 20.0
ORDERS_PER_SECOND = 5.0


async def sent_many_times(portal: Portal, orders: int) -> tuple[int, float]:
    """Send each of some orders 16 times at once; how many were not made exactly once."""
    checkouts = await portal.ready(portal.families[:orders])
    share = Share()
    wrong: set[OrderId] = set()
    for checkout in checkouts:
        by_gateway, by_booking = await asyncio.gather(
            fire(portal.stack.url("gateway"), [portal.by_browser(checkout)] * CONNECTIONS),
            fire(portal.stack.url("booking"), [portal.straight(checkout)] * CONNECTIONS),
        )
        if not (_one_answer(by_gateway, SEEN) and _one_answer(by_booking, ACCEPTED)):
            wrong.add(checkout.order)
    others = share.of_others()
    await portal.quiet.until_announced(orders)
    wrong |= await _not_exactly_once(portal, checkouts)
    return len(wrong), others


def _one_answer(shot: Shot, status: int) -> bool:
    answers = {(got, words) for got, _, words in shot.results}
    return len(answers) == 1 and {got for got, _ in answers} == {status}


async def _not_exactly_once(portal: Portal, checkouts: list[Checkout]) -> set[OrderId]:
    ids = [checkout.order for checkout in checkouts]
    booking, payments = (
        await portal.databases.of("booking"), await portal.databases.of("payments"),
    )  # fmt: skip
    states = {r["id"]: r["state"] for r in await booking.fetch(SQL.orders_of, ids)}
    charges = {r["order_id"]: r["charges"] for r in await payments.fetch(SQL.charges_of, ids)}
    return {i for i in ids if states.get(i) != "confirmed" or charges.get(i) != 1}


async def told_to_consumed(portal: Portal, orders: int) -> tuple[list[float], float]:
    """Milliseconds from booking's outbox to payments' inbox, at 20 orders a second."""
    checkouts = await portal.ready(portal.families[:orders])
    booking, payments = (
        await portal.databases.of("booking"), await portal.databases.of("payments"),
    )  # fmt: skip
    since = await booking.fetchval(SQL.clock)
    share = Share()
    requests = [portal.straight(checkout) for checkout in checkouts]
    shot = await fire(portal.stack.url("booking"), requests, rate=EVENTS_PER_SECOND)
    shot.must_all_be(ACCEPTED)
    others = share.of_others()
    await portal.quiet.until_announced(orders)
    told = await booking.fetch(SQL.told_since, OrderHeld.name, since)
    received = {
        r["id"]: r["received"] for r in await payments.fetch(SQL.received_since, since)
    }  # fmt: skip
    return [(received[r["id"]] - r["told"]).total_seconds() * 1000 for r in told], others


async def confirm_to_page(portal: Portal, orders: int) -> tuple[list[float], float]:
    """Milliseconds from the button until the page says « Confirmée », at 5 orders a second."""
    checkouts = await portal.ready(portal.families[:orders])
    share = Share()
    requests = [portal.by_browser(checkout) for checkout in checkouts]
    shot = await fire(
        portal.stack.url("gateway"), requests, rate=ORDERS_PER_SECOND,
        follow=ORDERS["confirmed"],
    )  # fmt: skip
    others = share.of_others()
    shot.must_all_be(200)
    await portal.quiet.until_announced(orders)
    return shot.milliseconds, others
