"""An agent books for a household: same rules, marked as such, and only where it is theirs."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts import booking as contract
from contracts.act import ShowActs
from contracts.booking import (
    CancelBookings,
    CellState,
    ChangeCart,
    MealKey,
    MealsRefused,
    PlaceOrder,
    ShowBookings,
    ShowCalendar,
    ShowCancellation,
    ShowCart,
    ShowOrder,
    ShowOrders,
    TooLateToCancel,
    order_of,
)
from contracts.refusal import NotAllowed, NotFound
from contracts.values import AGGLOMERATION
from services.booking.app import SERVICE
from tests.accounts.at_work import AtWork, at_work
from tests.databases import Templates
from tests.town import AUTHORITY, CANTEEN, PARIS, PRICE, REGIE, Family, next_week
from tests.town_halls import (
    OPEN_WITHOUT_POLICY,
    OTHER_AUTHORITY,
    OTHER_CANTEEN,
    OTHER_REGIE,
    acting_for,
    an_agent,
    book,
    choose,
    clock_shows,
    confirmation,
    everywhere,
    open_canteens,
    pay,
    rows_seen,
    welcome,
)

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)
LATE = datetime(2026, 11, 26, 10, tzinfo=PARIS)
"""The Thursday of the week before, 10:00: from then on both days are late."""
ACTS = "select * from act order by id"


@pytest.fixture
async def booking(templates: Templates) -> AsyncIterator[AtWork]:
    """Booking at work, with the canteens of two towns."""
    async with at_work(templates, SERVICE) as service:
        await open_canteens(service)
        yield service


async def acts(booking: AtWork) -> list[dict[str, Any]]:
    """Everything that agents did."""
    rows = await booking.owner.fetch(ACTS)
    return [
        dict(row) | {part: json.loads(row[part]) if isinstance(row[part], str) else row[part]
                     for part in ("before", "after")}
        for row in rows
    ]  # fmt: skip


async def digest(booking: AtWork) -> list[Any]:
    """All that a write could change."""
    tables = ("cart", "cart_line", "meal_order", "booking", "serving_day", "act", "outbox")
    return [
        await booking.owner.fetchval(
            f"select coalesce(string_agg(t::text, '|' order by t::text), '') from {table} t"
        )
        for table in tables
    ]


# -- what an agent does -------------------------------------------------------------------------


async def test_an_order_placed_at_the_desk_is_marked_and_names_no_adult(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    clerk = an_agent("clerk", family=dupont)
    placed = await book(booking, clerk, CANTEEN, dupont.louane, THURSDAY)
    told = [name for name, _ in await booking.told()]
    assert told[-1] == "booking.order_held.v1"
    for caller in (clerk, dupont.caller):
        shown = await booking.call(contract.GET_ORDER, ShowOrder(order=placed.order), caller)
        assert (shown.at_the_desk, shown.placed_by, shown.state) == (True, None, "held")
        assert (shown.cents, len(shown.meals)) == (PRICE, 1)


async def test_what_the_household_does_itself_is_no_act(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    placed = await book(booking, dupont.caller, CANTEEN, dupont.louane, THURSDAY)
    await booking.call(contract.CANCEL_BOOKINGS, cancelling(placed.order), dupont.caller)
    shown = await booking.call(contract.GET_ORDER, ShowOrder(order=placed.order), dupont.caller)
    assert (shown.at_the_desk, shown.placed_by) == (False, dupont.caller.actor)
    assert await acts(booking) == []


def cancelling(order: UUID, cancellation: UUID | None = None) -> CancelBookings:
    """The first line of an order, at its price."""
    return CancelBookings(
        cancellation=cancellation or uuid4(), order=order, lines=(1,), expected_credit_cents=PRICE
    )


async def test_each_thing_an_agent_does_for_a_household_is_an_act(booking: AtWork):
    dupont, cancellation = await welcome(booking, CANTEEN), uuid4()
    clerk = an_agent("clerk", family=dupont)
    placed = await book(booking, clerk, CANTEEN, dupont.louane, THURSDAY)
    await pay(booking, dupont, placed.order)
    await booking.call(contract.CANCEL_BOOKINGS, cancelling(placed.order, cancellation), clerk)
    chosen, ordered, cancelled = await acts(booking)
    assert {act["agent"] for act in (chosen, ordered, cancelled)} == {clerk.actor}
    assert {act["authority"] for act in (chosen, ordered, cancelled)} == {AUTHORITY}
    assert (chosen["what"], chosen["subject"]) == ("booking.change_cart", dupont.household)
    assert chosen["before"]["meals"] == []
    assert chosen["after"]["meals"] == [f"{THURSDAY} midi {dupont.louane}"]
    assert (ordered["what"], ordered["subject"]) == ("booking.place_order", placed.order)
    assert ordered["after"] == {
        "household": str(dupont.household), "cents": PRICE, "means": "credits", "meals": 1,
    }  # fmt: skip
    assert (cancelled["what"], cancelled["subject"]) == ("booking.cancel_bookings", placed.order)
    assert cancelled["before"] == {"state": "confirmed"}
    assert cancelled["after"]["cancellation"] == str(cancellation)
    assert cancelled["after"]["cents"] == PRICE


async def test_a_cancellation_at_the_desk_is_marked_and_gives_the_same_credit(booking: AtWork):
    dupont, cancellation = await welcome(booking, CANTEEN), uuid4()
    placed = await book(booking, dupont.caller, CANTEEN, dupont.louane, THURSDAY)
    await pay(booking, dupont, placed.order)
    clerk = an_agent("clerk", family=dupont)
    await booking.call(contract.CANCEL_BOOKINGS, cancelling(placed.order, cancellation), clerk)
    name, told = (await booking.told())[-1]
    assert (name, told["meals"][0]["credit_cents"]) == ("booking.bookings_cancelled.v1", PRICE)
    for caller in (clerk, dupont.caller):
        asked = ShowCancellation(cancellation=cancellation)
        shown = await booking.call(contract.GET_CANCELLATION, asked, caller)
        assert (shown.at_the_desk, shown.cancelled_by) == (True, None)
        assert shown.credit_cents == PRICE


async def test_the_desk_knows_no_other_deadline_than_the_family(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    clerk = an_agent("administrator", family=dupont)
    placed = await book(booking, clerk, CANTEEN, dupont.louane, THURSDAY)
    await clock_shows(booking, LATE)
    before = await digest(booking)
    with pytest.raises(MealsRefused) as refused:
        await choose(booking, clerk, CANTEEN, dupont.louane, FRIDAY)
    assert [meal.state for meal in refused.value.details.meals] == ["late"]
    with pytest.raises(TooLateToCancel):
        await booking.call(contract.CANCEL_BOOKINGS, cancelling(placed.order), clerk)
    assert await digest(booking) == before


async def test_an_agents_second_click_places_no_second_order(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    clerk = an_agent("clerk", family=dupont)
    await choose(booking, clerk, CANTEEN, dupont.louane, THURSDAY)
    asked = await confirmation(booking, clerk, CANTEEN)
    answers = [await booking.call(contract.PLACE_ORDER, asked, clerk) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(await acts(booking)) == 2, "chosen once, ordered once"


# -- only where it is theirs --------------------------------------------------------------------


async def a_shared_family(booking: AtWork) -> tuple[Family, dict[UUID, UUID], dict[UUID, UUID]]:
    """Rights in both towns; a paid order, a cancellation and a full cart in each."""
    family = await welcome(booking, CANTEEN, OTHER_CANTEEN)
    orders, cancellations = {}, {}
    for service, regie in ((CANTEEN, REGIE), (OTHER_CANTEEN, OTHER_REGIE)):
        placed = await book(booking, family.caller, service, family.louane, THURSDAY)
        await pay(booking, family, placed.order, regie)
        gone = await book(booking, family.caller, service, family.theo, THURSDAY)
        cancellations[service] = uuid4()
        asked = cancelling(gone.order, cancellations[service])
        await booking.call(contract.CANCEL_BOOKINGS, asked, family.caller)
        await choose(booking, family.caller, service, family.louane, FRIDAY)
        orders[service] = placed.order
    return family, orders, cancellations


async def seen(booking: AtWork, caller: Caller) -> dict[str, set[Any]]:
    """The régies that each of the family's lists names to this caller."""
    day = ShowCalendar(day=THURSDAY)
    calendar = await booking.call(contract.GET_CALENDAR, day, caller)
    cart = await booking.call(contract.GET_CART, ShowCart(), caller)
    orders = await booking.call(contract.LIST_ORDERS, ShowOrders(), caller)
    span = ShowBookings(first=THURSDAY, last=FRIDAY)
    bookings = await booking.call(contract.LIST_BOOKINGS, span, caller)
    assert calendar.cart_count == len([meal for regie in cart.regies for meal in regie.meals])
    assert calendar.cart_cents == cart.cents
    return {
        "calendar": {service.regie for service in calendar.services},
        "cart": {regie.regie for regie in cart.regies},
        "orders": {order.regie for order in orders.orders},
        "bookings": {meal.regie for meal in bookings.bookings},
    }


def in_each_list(*regies: UUID) -> dict[str, set[Any]]:
    """The same régies everywhere."""
    return {name: set(regies) for name in ("calendar", "cart", "orders", "bookings")}


async def test_of_a_shared_family_an_agent_sees_its_own_authoritys_things_alone(booking: AtWork):
    family, orders, cancellations = await a_shared_family(booking)
    for own, other, authority in (
        (CANTEEN, OTHER_CANTEEN, AUTHORITY), (OTHER_CANTEEN, CANTEEN, OTHER_AUTHORITY),
    ):  # fmt: skip
        clerk = an_agent("clerk", authority, family)
        regie = {CANTEEN: REGIE, OTHER_CANTEEN: OTHER_REGIE}[own]
        assert await seen(booking, clerk) == in_each_list(regie)
        await booking.call(contract.GET_ORDER, ShowOrder(order=orders[own]), clerk)
        shown = ShowCancellation(cancellation=cancellations[own])
        await booking.call(contract.GET_CANCELLATION, shown, clerk)
        for operation, asked in (
            (contract.GET_ORDER, ShowOrder(order=orders[other])),
            (contract.LIST_ORDERS, ShowOrders(before=orders[other])),
            (contract.GET_CANCELLATION, ShowCancellation(cancellation=cancellations[other])),
        ):
            with pytest.raises(NotFound):
                await booking.call(operation, asked, clerk)
    whole = in_each_list(REGIE, OTHER_REGIE)
    assert await seen(booking, family.caller) == whole
    assert await seen(booking, everywhere(family)) == whole


async def test_of_a_shared_family_an_agent_changes_nothing_of_the_other_town(booking: AtWork):
    family, orders, _ = await a_shared_family(booking)
    confirmed = await confirmation(booking, family.caller, OTHER_CANTEEN)
    before, clerk = await digest(booking), an_agent("clerk", family=family)
    for operation, asked in (
        (contract.CHANGE_CART, changing(family, OTHER_CANTEEN)),
        (contract.PLACE_ORDER, confirmed),
        (contract.CANCEL_BOOKINGS, cancelling(orders[OTHER_CANTEEN])),
    ):
        with pytest.raises(NotFound):
            await booking.call(operation, asked, clerk)
    assert await digest(booking) == before
    theirs = an_agent("clerk", OTHER_AUTHORITY, family)
    await booking.call(contract.PLACE_ORDER, confirmed, theirs)


def changing(family: Family, service: UUID) -> ChangeCart:
    """Théo eats on Friday."""
    meal = MealKey(beneficiary=family.theo, service=service, day=FRIDAY, session="midi")
    return ChangeCart(change=uuid4(), service=service, first=FRIDAY, last=FRIDAY, meals=(meal,))


STRANGERS = {
    "a clerk of the other town": an_agent("clerk", OTHER_AUTHORITY),
    "an administrator of the other town": an_agent("administrator", OTHER_AUTHORITY),
    "a cook of this town": an_agent("kitchen"),
    "a régisseur of this town": an_agent("regisseur"),
    "a reader of this town": an_agent("reader"),
    "an agent without a role": Caller("staff", uuid4()),
    "a clerk of the agglomeration": an_agent("clerk", AGGLOMERATION),
}


@pytest.mark.parametrize("who", STRANGERS)
async def test_to_whoever_does_not_work_for_its_authority_a_household_does_not_exist(
    booking: AtWork, who
):
    dupont, cancellation = await welcome(booking, CANTEEN), uuid4()
    placed = await book(booking, dupont.caller, CANTEEN, dupont.louane, THURSDAY)
    gone = await book(booking, dupont.caller, CANTEEN, dupont.theo, THURSDAY)
    cancelled = cancelling(gone.order, cancellation)
    await booking.call(contract.CANCEL_BOOKINGS, cancelled, dupont.caller)
    await choose(booking, dupont.caller, CANTEEN, dupont.louane, FRIDAY)
    confirmed = await confirmation(booking, dupont.caller, CANTEEN)
    before, stranger = await digest(booking), acting_for(STRANGERS[who], dupont)
    for operation, asked in (
        (contract.GET_CALENDAR, ShowCalendar()),
        (contract.GET_CART, ShowCart()),
        (contract.GET_ORDER, ShowOrder(order=placed.order, wait_seconds=0.1)),
        (contract.LIST_ORDERS, ShowOrders()),
        (contract.LIST_BOOKINGS, ShowBookings(first=THURSDAY, last=FRIDAY)),
        (contract.GET_CANCELLATION, ShowCancellation(cancellation=cancellation)),
        (contract.CHANGE_CART, changing(dupont, CANTEEN)),
        (contract.PLACE_ORDER, confirmed),
        (contract.CANCEL_BOOKINGS, cancelling(placed.order)),
        (contract.CANCEL_BOOKINGS, cancelled),  # word for word, answered to the household before
    ):
        with pytest.raises(NotFound):
            await booking.call(operation, asked, stranger)
    assert await digest(booking) == before


async def test_a_household_without_a_right_in_the_agents_authority_cannot_be_acted_for(
    booking: AtWork,
):
    martin = await welcome(booking, OTHER_CANTEEN)
    clerk, checkout = an_agent("clerk", family=martin), uuid4()
    nothing = PlaceOrder(
        order=order_of(checkout, REGIE), checkout=checkout, regie=REGIE, means="credits",
        expected_cents=0, cart_version=1,
    )  # fmt: skip
    before = await digest(booking)
    for operation, asked in (
        (contract.GET_CALENDAR, ShowCalendar()),
        (contract.CHANGE_CART, changing(martin, CANTEEN)),
        (contract.PLACE_ORDER, nothing),
    ):
        with pytest.raises(NotFound):
            await booking.call(operation, asked, clerk)
    assert await digest(booking) == before


async def test_an_agent_who_acts_for_nobody_has_no_calendar(booking: AtWork):
    with pytest.raises(NotAllowed):
        await booking.call(contract.GET_CALENDAR, ShowCalendar(), an_agent("clerk"))


# -- row level security -------------------------------------------------------------------------


async def test_the_consoles_role_finds_its_authorities_rows_whatever_a_query_forgets(
    booking: AtWork,
):
    await a_shared_family(booking)
    only_there = await welcome(booking, OTHER_CANTEEN)
    await book(booking, only_there.caller, OTHER_CANTEEN, only_there.theo, THURSDAY)
    await book(
        booking, an_agent("clerk", OTHER_AUTHORITY, only_there), OTHER_CANTEEN,
        only_there.louane, THURSDAY,
    )  # fmt: skip
    none, whole = await rows_seen(booking, ""), await rows_seen(booking, "all")
    here = await rows_seen(booking, str(AUTHORITY))
    there = await rows_seen(booking, str(OTHER_AUTHORITY))
    assert await booking.owner.fetch(OPEN_WITHOUT_POLICY) == [("clock",)]
    assert set(none.values()) == {0}
    for table in whole.keys() - {"retired", "act_personal"}:
        assert whole[table] > there[table] or table == "act", table
        assert here[table] + there[table] == whole[table], table
    assert (here["act"], there["act"]) == (0, 2)
    assert (here["meal_order"], there["meal_order"]) == (2, 4)


async def test_with_its_policy_made_void_an_agent_would_see_the_other_town(booking: AtWork):
    """The control: what hides the other town's orders is the policy, and the test can see it."""
    family, _, _ = await a_shared_family(booking)
    clerk = an_agent("clerk", family=family)
    assert (await seen(booking, clerk))["bookings"] == {REGIE}
    for table in ("booking", "meal_order", "deadline", "regulation"):
        await booking.owner.execute(
            f"alter policy the_console_sees_its_authorities on {table} using (true)"
        )
    assert (await seen(booking, clerk))["bookings"] == {REGIE, OTHER_REGIE}


async def test_who_left_the_list_is_entitled_to_nothing_at_the_desk_either(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    clerk = an_agent("clerk", family=dupont)
    left = contract.RetireBeneficiary(beneficiary=dupont.theo)
    await booking.call(contract.RETIRE_BENEFICIARY, left, dupont.caller)
    calendar = await booking.call(contract.GET_CALENDAR, ShowCalendar(day=FRIDAY), clerk)
    states: dict[UUID, set[CellState]] = {
        month.beneficiary: {cell.state for cell in month.cells}
        for service in calendar.services
        for month in service.beneficiaries
    }
    assert states.keys() == {dupont.louane}
    with pytest.raises(MealsRefused):
        await booking.call(contract.CHANGE_CART, changing(dupont, CANTEEN), clerk)


# -- the record ---------------------------------------------------------------------------------


async def test_acts_are_shown_to_administrators_of_their_authority_alone(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    await book(booking, an_agent("clerk", family=dupont), CANTEEN, dupont.louane, THURSDAY)
    asked = ShowActs(authority=AUTHORITY, limit=1)
    for caller in (an_agent("administrator"), everywhere()):
        page = await booking.call(contract.LIST_ACTS, asked, caller)
        assert [act.what for act in page.acts] == ["booking.place_order"]
        assert page.more
    for caller in (an_agent("clerk"), an_agent("administrator", OTHER_AUTHORITY)):
        with pytest.raises(NotFound):
            await booking.call(contract.LIST_ACTS, asked, caller)
