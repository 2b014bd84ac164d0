"""HTTP door: hand over to a command or a read, answer."""

import asyncio
import time

from chassis.auth import Caller
from chassis.database import Transaction, reading
from chassis.web import Door
from contracts.booking import (
    BookingsCancellation,
    Calendar,
    CancelBookings,
    Cart,
    CartChanged,
    ChangeCart,
    OrderPlaced,
    OrderView,
    PlaceOrder,
    ShowCalendar,
    ShowCart,
    ShowOrder,
)
from contracts.values import HouseholdId
from services.booking import commands, reads

FIRST_LOOK_SECONDS = 0.02


def _household(caller: Caller) -> HouseholdId:
    return HouseholdId(caller.own_household)


async def get_calendar(tx: Transaction, asked: ShowCalendar, caller: Caller) -> Calendar:
    """A month of the household's services."""
    return await reads.calendar(tx, _household(caller), asked.day)


async def change_cart(tx: Transaction, change: ChangeCart, caller: Caller) -> CartChanged:
    """Choose meals."""
    return await commands.change_cart(tx, change, _household(caller))


async def get_cart(tx: Transaction, _asked: ShowCart, caller: Caller) -> Cart:
    """What was chosen."""
    return await reads.whole_cart(tx, _household(caller))


async def place_order(tx: Transaction, asked: PlaceOrder, caller: Caller) -> OrderPlaced:
    """Confirm what was chosen."""
    return await commands.place_order(tx, asked, _household(caller))


async def get_order(door: Door, asked: ShowOrder) -> OrderView:
    """An order; while it is held and there is time, look again, more and more rarely."""
    household = _household(door.caller)
    until, pause = time.monotonic() + asked.wait_seconds, FIRST_LOOK_SECONDS
    while True:
        async with reading(door.pool) as tx:
            state = await reads.state_of(tx, asked.order, household)
            if state != "held" or time.monotonic() + pause > until:
                return await reads.order(tx, asked.order, household)
        await asyncio.sleep(pause)
        pause *= 1.5


async def cancel_bookings(
    tx: Transaction, asked: CancelBookings, caller: Caller
) -> BookingsCancellation:
    """Take meals out of an order."""
    return await commands.cancel_bookings(tx, asked, _household(caller))
