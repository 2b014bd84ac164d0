"""HTTP door: hand over to a command or a read, answer."""

import asyncio
import time

from chassis import acts
from chassis.auth import Caller, let_in
from chassis.database import Transaction
from chassis.web import Door
from contracts.act import Acts, ShowActs
from contracts.booking import (
    COUNT_MEALS,
    GET_ORDER,
    LIST_ACTS,
    LIST_EATERS,
    Bookings,
    BookingsCancellation,
    Calendar,
    CancelBookings,
    CancellationView,
    Cart,
    CartChanged,
    ChangeCart,
    Clock,
    CountMeals,
    EaterList,
    ListEaters,
    MealCount,
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
from contracts.refusal import NotFound
from contracts.values import HouseholdId, PersonId
from services.booking import commands, reads

FIRST_LOOK_SECONDS = 0.02


async def _household(tx: Transaction, caller: Caller) -> HouseholdId:
    """Whose things are asked for. Raises NotFound to an agent whose authority does not know it."""
    household = HouseholdId(caller.own_household)
    if caller.kind == "staff" and not await reads.is_known(tx, household):
        raise NotFound()
    return household


async def get_clock(tx: Transaction, _asked: ShowClock, _caller: Caller) -> Clock:
    """What day it is for the portal."""
    return await reads.clock(tx)


async def get_calendar(tx: Transaction, asked: ShowCalendar, caller: Caller) -> Calendar:
    """A month of the household's services."""
    return await reads.calendar(tx, await _household(tx, caller), asked.day)


async def change_cart(tx: Transaction, change: ChangeCart, caller: Caller) -> CartChanged:
    """Choose meals."""
    return await commands.change_cart(tx, change, caller)


async def get_cart(tx: Transaction, _asked: ShowCart, caller: Caller) -> Cart:
    """What was chosen."""
    return await reads.whole_cart(tx, await _household(tx, caller))


async def place_order(tx: Transaction, asked: PlaceOrder, caller: Caller) -> OrderPlaced:
    """Confirm what was chosen."""
    return await commands.place_order(tx, asked, caller)


async def get_order(door: Door, asked: ShowOrder) -> OrderView:
    """An order; while it is held and there is time, look again, more and more rarely."""
    until, pause = time.monotonic() + asked.wait_seconds, FIRST_LOOK_SECONDS
    while True:
        async with door.looking(GET_ORDER) as tx:
            household = await _household(tx, door.caller)
            state = await reads.state_of(tx, asked.order, household)
            if state != "held" or time.monotonic() + pause > until:
                return await reads.order(tx, asked.order, household)
        await asyncio.sleep(pause)
        pause *= 1.5


async def cancel_bookings(
    tx: Transaction, asked: CancelBookings, caller: Caller
) -> BookingsCancellation:
    """Take meals out of an order."""
    return await commands.cancel_bookings(tx, asked, caller)


async def get_cancellation(
    tx: Transaction, asked: ShowCancellation, caller: Caller
) -> CancellationView:
    """What was taken out, and what it gives back."""
    return await reads.cancellation(tx, asked, await _household(tx, caller))


async def list_orders(tx: Transaction, asked: ShowOrders, caller: Caller) -> Orders:
    """The household's orders, newest first."""
    return await reads.orders(tx, asked, await _household(tx, caller))


async def list_bookings(tx: Transaction, asked: ShowBookings, caller: Caller) -> Bookings:
    """What the household has booked, first day first."""
    return await reads.bookings(tx, asked, await _household(tx, caller))


async def retire_beneficiary(tx: Transaction, asked: RetireBeneficiary, caller: Caller) -> Done:
    """Take somebody off the household's list."""
    household, person = HouseholdId(caller.own_household), PersonId(caller.actor)
    return await commands.retire_beneficiary(tx, asked.beneficiary, household, person)


# -- agents -------------------------------------------------------------------------------------


async def count_meals(tx: Transaction, asked: CountMeals, caller: Caller) -> MealCount:
    """How many plates a day. Raises NotFound."""
    let_in(caller, COUNT_MEALS, asked.authority)
    return await reads.meal_count(tx, asked)


async def list_eaters(tx: Transaction, asked: ListEaters, caller: Caller) -> EaterList:
    """Who eats on a day. Raises NotFound."""
    found = await reads.eaters(tx, asked)
    let_in(caller, LIST_EATERS, found.authority)
    return found


async def list_acts(tx: Transaction, asked: ShowActs, caller: Caller) -> Acts:
    """What agents of an authority did here. Raises NotFound."""
    let_in(caller, LIST_ACTS, asked.authority)
    return await acts.list_acts(tx, asked)
