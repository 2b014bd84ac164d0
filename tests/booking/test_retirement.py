"""Leaving a household's list: never with bookings ahead, for ever, and told once."""

import asyncio
import json
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from contracts.booking import (
    BeneficiaryRetired,
    BookingsAhead,
    CartEmpty,
    MealsRefused,
    OrderPlaced,
    PriceChanged,
    ShowCalendar,
)
from contracts.payments import OrderPaid
from contracts.refusal import Refusal
from services.booking import api
from tests.town import MONDAY, REGIE, Family, Town, entitlements, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)


async def told(town: Town) -> list[dict]:
    """Who left, as booking told it."""
    return [json.loads(m.body) for m in await town.told("booking", BeneficiaryRetired)]


async def test_somebody_without_bookings_leaves_the_list_and_the_cart(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.chooses(dupont, [(dupont.louane, THURSDAY), (dupont.theo, THURSDAY)])
    before = (await town.cart(dupont)).regies[0].version
    await town.retires(dupont, dupont.louane)
    cart = (await town.cart(dupont)).regies[0]
    assert [meal.beneficiary for meal in cart.meals] == [dupont.theo]
    assert cart.version == before + 1
    gone = {"household": str(dupont.household), "beneficiary": str(dupont.louane)}
    assert await told(town) == [gone]


async def test_who_left_has_no_calendar_and_cannot_be_chosen_even_with_a_new_right(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.retires(dupont, dupont.louane)
    await town.receives("booking", *entitlements(dupont, version=2))
    shown = await town.asks(dupont, api.get_calendar, ShowCalendar(day=THURSDAY))
    (service,) = shown.services
    assert [month.beneficiary for month in service.beneficiaries] == [dupont.theo]
    with pytest.raises(MealsRefused) as refused:
        await town.chooses(dupont, [(dupont.louane, THURSDAY)])
    assert [meal.state for meal in refused.value.details.meals] == ["not_entitled"]


async def test_somebody_with_bookings_ahead_stays_and_the_next_ten_are_told(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=9000)
    days = [day for weeks in (2, 3, 4) for day in next_week(0, 1, 3, 4, weeks=weeks)]
    await town.books(dupont, [(dupont.louane, day) for day in reversed(days)])
    with pytest.raises(BookingsAhead) as refused:
        await town.retires(dupont, dupont.louane)
    assert [meal.day for meal in refused.value.details.meals] == days[:10]
    assert await told(town) == []
    await town.retires(dupont, dupont.theo)


async def test_a_meal_of_today_is_ahead_and_one_of_yesterday_is_not(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    midnight = MONDAY.replace(month=12, day=4, hour=0, minute=0)
    assert midnight.date() == THURSDAY + timedelta(days=1)
    await town.clock_shows(midnight - timedelta(minutes=5))
    with pytest.raises(BookingsAhead):
        await town.retires(dupont, dupont.louane)
    await town.clock_shows(midnight + timedelta(minutes=5))
    await town.retires(dupont, dupont.louane)
    assert len(await told(town)) == 1


async def test_cancelled_and_released_meals_are_not_ahead(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    assert (await town.state(placed.order))[0] == "released"
    placed = await town.books(dupont, [(dupont.louane, FRIDAY)])
    await town.cancels(dupont, placed.order, [1], 380)
    await town.retires(dupont, dupont.louane)
    assert len(await told(town)) == 1


async def test_leaving_twice_is_the_same_answer_and_told_once(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await asyncio.gather(*(town.retires(dupont, dupont.louane) for _ in range(4)))
    await town.booking.execute("delete from outbox")  # as the relay does in the end
    await town.retires(dupont, dupont.louane)
    assert await told(town) == []
    assert await town.booking.fetchval("select count(*) from retired") == 1


async def test_another_household_of_the_same_child_keeps_it(town: Town):
    await town.opens()
    mother = await town.welcomes(credits=2000)
    father = await town.welcomes(Family(louane=mother.louane), credits=2000)
    await town.books(mother, [(mother.louane, THURSDAY)])
    await town.retires(father, father.louane)
    with pytest.raises(BookingsAhead):
        await town.retires(mother, mother.louane)
    await town.books(mother, [(mother.louane, FRIDAY)])


async def test_a_page_shown_before_somebody_left_confirms_nothing(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, [(dupont.louane, THURSDAY), (dupont.theo, THURSDAY)])
    asked = await town.order_as_shown(dupont)
    await town.retires(dupont, dupont.louane)
    with pytest.raises(PriceChanged):
        await town.confirms(dupont, asked)


async def test_money_that_comes_after_somebody_left_cancels_the_order(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.theo, THURSDAY)])
    await town.carries()
    await town.retires(dupont, dupont.louane)
    await town.receives("booking", paid(dupont, placed))
    assert (await town.state(placed.order))[0] == "cancelled"
    assert await town.taken(THURSDAY) == 0


def paid(family: Family, placed: OrderPlaced) -> OrderPaid:
    return OrderPaid(
        order=placed.order, household=family.household, regie=REGIE, cents=placed.cents
    )


# -- at the same moment -------------------------------------------------------------------------

ROUNDS = 40
A_LIVE_BOOKING_OF_WHO_LEFT = """
select count(*) from booking b join meal_order o on o.id = b.order_id
  join retired r on r.household = o.household and r.beneficiary = b.beneficiary
 where b.state = 'live'
"""


async def outcomes(*doing) -> list[object]:
    """What each was answered; refusals only."""
    answers = await asyncio.gather(*doing, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return answers


async def at_once(turn: int, one: Awaitable[object], other: Awaitable[object]) -> list[object]:
    """Both, now one a little ahead and now the other; in the last two turns far ahead."""
    pause = turn // 2 % 20 / 1000 if turn < ROUNDS - 2 else 0.5

    async def later(doing: Awaitable[object]) -> object:
        await asyncio.sleep(pause)
        return await doing

    return await outcomes(*((later(one), other) if turn % 2 else (one, later(other))))


async def test_leaving_and_ordering_at_the_same_moment_never_both_happen(town: Town):
    await town.opens(capacity=1000)
    left = ordered = 0
    for turn in range(ROUNDS):
        dupont = await town.welcomes()
        await town.chooses(dupont, [(dupont.louane, THURSDAY)])
        asked = await town.order_as_shown(dupont)
        answers = await at_once(
            turn, town.confirms(dupont, asked), town.retires(dupont, dupont.louane)
        )
        refusals = [answer for answer in answers if isinstance(answer, Refusal)]
        assert len(refusals) == 1, answers
        assert isinstance(refusals[0], BookingsAhead | CartEmpty), answers
        ordered += isinstance(refusals[0], BookingsAhead)
        left += isinstance(refusals[0], CartEmpty)
    assert await town.booking.fetchval(A_LIVE_BOOKING_OF_WHO_LEFT) == 0
    assert ordered > 0
    assert left > 0


async def test_leaving_while_the_first_cart_is_filled_and_ordered_never_both_happen(town: Town):
    """The cart does not exist yet when somebody begins to leave."""
    await town.opens(capacity=1000)

    async def choose_and_confirm(family: Family) -> object:
        await town.chooses(family, [(family.louane, THURSDAY)])
        try:
            asked = await town.order_as_shown(family)
        except IndexError:
            raise CartEmpty() from None
        return await town.confirms(family, asked)

    for turn in range(ROUNDS):
        dupont = await town.welcomes()
        answers = await at_once(
            turn, choose_and_confirm(dupont), town.retires(dupont, dupont.louane)
        )
        assert any(isinstance(answer, Refusal) for answer in answers), answers
    assert await town.booking.fetchval(A_LIVE_BOOKING_OF_WHO_LEFT) == 0


async def test_leaving_and_late_money_at_the_same_moment_never_both_happen(town: Town):
    await town.opens(capacity=1000)
    states = set()
    for turn in range(ROUNDS):
        dupont = await town.welcomes()
        placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
        await town.carries(rounds=1)
        late_money = town.receives("booking", paid(dupont, placed))
        answers = await at_once(turn, late_money, town.retires(dupont, dupont.louane))
        state, _ = await town.state(placed.order)
        refused = any(isinstance(answer, BookingsAhead) for answer in answers)
        assert (state, refused) in (("confirmed", True), ("cancelled", False)), answers
        states.add(state)
    assert await town.booking.fetchval(A_LIVE_BOOKING_OF_WHO_LEFT) == 0
    assert states == {"confirmed", "cancelled"}
