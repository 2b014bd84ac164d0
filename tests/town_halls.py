"""Two town halls side by side, their agents, and a household that one or both of them serve."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from chassis.auth import Caller
from contracts.booking import (
    CHANGE_CART,
    GET_CART,
    PLACE_ORDER,
    ChangeCart,
    MealKey,
    OrderPlaced,
    PlaceOrder,
    ShowCart,
    order_of,
)
from contracts.payments import OrderPaid
from contracts.regulation import Regulation
from contracts.subscriptions import RegulationPublished
from contracts.values import AGGLOMERATION
from services.booking.domain.shelf import SHELF
from tests.accounts.at_work import AtWork
from tests.town import (
    AUTHORITY,
    CANTEEN,
    MONDAY,
    PRICE,
    REGIE,
    TOWN,
    Family,
    a_regulation,
    entitlements,
)

OTHER_AUTHORITY, OTHER_REGIE, OTHER_CANTEEN = (
    uuid5(TOWN, name) for name in ("other authority", "other regie", "other canteen")
)
REGIES = {CANTEEN: REGIE, OTHER_CANTEEN: OTHER_REGIE}
AUTHORITIES = {CANTEEN: AUTHORITY, OTHER_CANTEEN: OTHER_AUTHORITY}


def an_agent(role: str, authority: UUID = AUTHORITY, family: Family | None = None) -> Caller:
    """An agent with one role, who acts for a household or for none."""
    household = family.household if family else None
    actor = uuid5(authority, role)
    return Caller("staff", actor, household, frozenset({(role, authority)}))


def everywhere(family: Family | None = None) -> Caller:
    """An administrator of the agglomeration."""
    return an_agent("administrator", AGGLOMERATION, family)


def acting_for(agent: Caller, family: Family) -> Caller:
    """The same agent, acting for a household."""
    return replace(agent, household=family.household)


def other_regulation(**changes: object) -> Regulation:
    """The canteen of the other town, under the same rules."""
    theirs = {
        "service": OTHER_CANTEEN, "authority": OTHER_AUTHORITY, "regie": OTHER_REGIE,
        "authority_name": "Coubon", "service_name": "Cantine de Coubon",
    }  # fmt: skip
    return a_regulation(**(theirs | changes))


async def clock_shows(service: AtWork, moment: datetime) -> None:
    """Set the clock that decides."""
    await service.owner.execute("select set_clock_offset($1 - clock_timestamp())", moment)


async def open_canteens(booking: AtWork, *regulations: Regulation) -> None:
    """Règlements reach booking, and the clock shows the Monday."""
    SHELF.clear()  # each world writes its own version 1
    await clock_shows(booking, MONDAY)
    for regulation in regulations or (a_regulation(), other_regulation()):
        await booking.hear(
            RegulationPublished(
                service=regulation.service, authority=regulation.authority,
                version=regulation.version, regulation=regulation,
            )
        )  # fmt: skip


async def welcome(
    booking: AtWork, *services: UUID, family: Family | None = None, **changes: Any
) -> Family:
    """A household with rights for both children in these canteens."""
    family = family or Family()
    for service in services:
        rights = [
            right.model_copy(
                update={
                    "entitlement": uuid5(right.entitlement, str(service)),
                    "authority": AUTHORITIES[service], "service": service,
                }
            )
            for right in entitlements(family, **changes)
        ]  # fmt: skip
        await booking.hear(*rights)
    return family


async def choose(booking: AtWork, caller: Caller, service: UUID, child: UUID, *days: date) -> None:
    """Put meals of a child in the cart."""
    meals = tuple(
        MealKey(beneficiary=child, service=service, day=day, session="midi") for day in days
    )
    change = ChangeCart(
        change=uuid4(), service=service, first=min(days), last=max(days), meals=meals
    )
    await booking.call(CHANGE_CART, change, caller)


async def confirmation(booking: AtWork, caller: Caller, service: UUID) -> PlaceOrder:
    """The confirmation of the cart of this service's régie, as it is shown."""
    cart = await booking.call(GET_CART, ShowCart(), caller)
    (shown,) = [regie for regie in cart.regies if regie.regie == REGIES[service]]
    checkout = uuid4()
    return PlaceOrder(
        order=order_of(checkout, shown.regie), checkout=checkout, regie=shown.regie,
        means="credits", expected_cents=shown.cents, cart_version=shown.version,
    )  # fmt: skip


async def book(
    booking: AtWork, caller: Caller, service: UUID, child: UUID, *days: date
) -> OrderPlaced:
    """Choose and confirm."""
    await choose(booking, caller, service, child, *days)
    asked = await confirmation(booking, caller, service)
    return await booking.call(PLACE_ORDER, asked, caller)


async def pay(booking: AtWork, family: Family, order: UUID, regie: UUID = REGIE) -> None:
    """Booking hears that the money of an order came."""
    await booking.hear(OrderPaid(order=order, household=family.household, regie=regie, cents=PRICE))


async def rows_seen(service: AtWork, authorities: str) -> dict[str, int]:
    """How many rows of each open table the console's role finds, with no condition at all."""
    pool = service.running.console_pool
    assert pool is not None
    tables = await service.owner.fetch(
        "select relname from pg_class where relkind = 'r' and relrowsecurity order by 1"
    )
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authorities', $1, true)", authorities)
        return {
            row["relname"]: await connection.fetchval(f"select count(*) from {row['relname']}")
            for row in tables
        }


OPEN_WITHOUT_POLICY = """
    select c.relname from pg_class c
     where c.relkind in ('r', 'v', 'm') and not c.relrowsecurity
       and c.relnamespace = 'public'::regnamespace
       and has_table_privilege(
           regexp_replace(pg_get_userbyid(c.relowner), '_owner$', '_console'), c.oid, 'select')
"""
"""What the console's role may read without row level security."""
