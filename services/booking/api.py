"""HTTP door: hand over to a command or a read, answer."""

import asyncio
import time

from chassis.auth import Caller
from chassis.database import Transaction, reading
from chassis.web import Door
from contracts.booking import (
    Bookings,
    BookingsCancellation,
    Calendar,
    CancelBookings,
    CancellationView,
    Cart,
    CartChanged,
    ChangeCart,
    Clock,
    OrderPlaced,
    Orders,
    OrderView,
    PlaceOrder,
    RetireBeneficiary,
    ShowBookings,
    ShowCalendar,
    ShowCancellation,
    ShowCart,
    ShowClock,
    ShowOrder,
    ShowOrders,
)
from contracts.operation import Done
from contracts.values import HouseholdId, PersonId
from services.booking import commands, reads

FIRST_LOOK_SECONDS = 0.02


def _household(caller: Caller) -> HouseholdId:
    return HouseholdId(caller.own_household)


def _person(caller: Caller) -> PersonId:
    return PersonId(caller.actor)


async def get_clock(tx: Transaction, _asked: ShowClock, _caller: Caller) -> Clock:
    """What day it is for the portal."""
    return await reads.clock(tx)


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
    return await commands.place_order(tx, asked, _household(caller), _person(caller))


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
    return await commands.cancel_bookings(tx, asked, _household(caller), _person(caller))


async def get_cancellation(
    tx: Transaction, asked: ShowCancellation, caller: Caller
) -> CancellationView:
    """What was taken out, and what it gives back."""
    return await reads.cancellation(tx, asked, _household(caller))


async def list_orders(tx: Transaction, asked: ShowOrders, caller: Caller) -> Orders:
    """The household's orders, newest first."""
    return await reads.orders(tx, asked, _household(caller))


async def list_bookings(tx: Transaction, asked: ShowBookings, caller: Caller) -> Bookings:
    """What the household has booked, first day first."""
    return await reads.bookings(tx, asked, _household(caller))


async def retire_beneficiary(tx: Transaction, asked: RetireBeneficiary, caller: Caller) -> Done:
    """Take somebody off the household's list."""
    return await commands.retire_beneficiary(
        tx, asked.beneficiary, _household(caller), _person(caller)
    )
