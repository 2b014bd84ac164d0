"""One order, from the cart to the money, with everything that may come between."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    CartEmpty,
    CreditChanged,
    MealsRefused,
    OrderCancelled,
    OrderHeld,
    PriceChanged,
    TooLateToCancel,
)
from contracts.payments import OrderPaid, OrderUnpaid
from contracts.refusal import NotFound, SameIdOtherContent
from tests.town import CANTEEN, MONDAY, PRICE, REGIE, Family, Town, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)


def both(family: Family, *days: date) -> list[tuple]:
    return [(child, day) for day in days for child in (family.louane, family.theo)]


async def test_two_children_on_two_dates_cost_15_20_and_are_confirmed_from_credits(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY, FRIDAY))
    assert placed.cents == 4 * PRICE == 1520
    await town.carries()
    assert await town.state(placed.order) == ("confirmed", "paid")
    assert await town.balance(dupont) == 2000 - 1520
    assert await town.taken(THURSDAY) == 2
    assert await town.dead_letters() == 0


async def test_an_order_without_enough_credits_gives_its_seats_back(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=1519)
    placed = await town.books(dupont, both(dupont, THURSDAY, FRIDAY))
    assert await town.taken(THURSDAY) == 2
    await town.carries()
    assert await town.state(placed.order) == ("released", "unpaid")
    assert await town.balance(dupont) == 1519
    assert await town.taken(THURSDAY) == 0


async def test_a_free_meal_is_confirmed_without_moving_money(town: Town):
    await town.opens(prices=({"category": "residents", "label": "Résidents", "cents": 0},))
    dupont = await town.welcomes()
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.carries()
    assert await town.state(placed.order) == ("confirmed", "paid")
    assert await town.payments.fetchval("select count(*) from entry") == 0


async def test_the_same_confirmation_sent_twice_is_one_order_and_one_answer(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    asked = await town.order_as_shown(dupont)
    assert await town.confirms(dupont, asked) == await town.confirms(dupont, asked)
    assert await town.booking.fetchval("select count(*) from meal_order") == 1


async def test_the_same_id_with_other_content_is_refused(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    asked = await town.order_as_shown(dupont)
    await town.confirms(dupont, asked)
    with pytest.raises(SameIdOtherContent):
        await town.confirms(dupont, asked.model_copy(update={"expected_cents": 1}))


async def test_a_refused_confirmation_may_be_sent_again_with_the_same_id(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    asked = await town.order_as_shown(dupont)
    with pytest.raises(PriceChanged):
        await town.confirms(dupont, asked.model_copy(update={"expected_cents": 1}))
    assert (await town.confirms(dupont, asked)).order == asked.order


async def test_confirming_again_with_another_checkout_finds_an_empty_cart(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    first, second = await town.order_as_shown(dupont), await town.order_as_shown(dupont)
    await town.confirms(dupont, first)
    with pytest.raises(CartEmpty):
        await town.confirms(dupont, second)


async def test_a_price_that_changed_is_shown_and_never_charged(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    asked = await town.order_as_shown(dupont)
    await town.publishes(
        version=2, prices=({"category": "residents", "label": "Résidents", "cents": 400},)
    )
    with pytest.raises(PriceChanged) as refused:
        await town.confirms(dupont, asked)
    assert (refused.value.details.shown_cents, refused.value.details.cents) == (760, 800)
    assert await town.booking.fetchval("select count(*) from meal_order") == 0


async def test_a_cart_changed_in_another_tab_is_shown_again(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, [(dupont.louane, THURSDAY)])
    asked = await town.order_as_shown(dupont)
    await town.chooses(dupont, [(dupont.theo, THURSDAY)])  # the same price, another child
    with pytest.raises(PriceChanged):
        await town.confirms(dupont, asked)


async def test_the_last_seat_is_sold_once(town: Town):
    await town.opens(capacity=1)
    dupont, martin = await town.welcomes(credits=2000), await town.welcomes(credits=2000)
    for family in (dupont, martin):
        await town.chooses(family, [(family.louane, THURSDAY)])
    asked = {id(f): await town.order_as_shown(f) for f in (dupont, martin)}
    await town.confirms(dupont, asked[id(dupont)])
    with pytest.raises(MealsRefused) as refused:
        await town.confirms(martin, asked[id(martin)])
    assert [meal.state for meal in refused.value.details.meals] == ["full"]


async def test_two_children_and_one_seat_book_neither(town: Town):
    await town.opens(capacity=1)
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    with pytest.raises(MealsRefused):
        await town.confirms(dupont, await town.order_as_shown(dupont))
    assert await town.taken(THURSDAY) == 0


async def test_a_child_is_not_booked_twice_for_the_same_meal(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    with pytest.raises(MealsRefused) as refused:
        await town.chooses(dupont, [(dupont.louane, THURSDAY)])
    assert [meal.state for meal in refused.value.details.meals] == ["held"]


async def test_a_booking_at_the_deadline_is_refused_though_the_cart_was_filled_in_time(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.chooses(dupont, both(dupont, THURSDAY))
    asked = await town.order_as_shown(dupont)
    await town.clock_shows(MONDAY.replace(day=26, hour=10, minute=0))
    with pytest.raises(MealsRefused) as refused:
        await town.confirms(dupont, asked)
    meal = refused.value.details.meals[0]
    assert (meal.state, meal.article) == ("late", "article 4")
    assert meal.deadline == MONDAY.replace(day=26, hour=10)


async def test_another_households_child_cannot_be_booked(town: Town):
    await town.opens()
    dupont, martin = await town.welcomes(), await town.welcomes()
    with pytest.raises(MealsRefused) as refused:
        await town.chooses(dupont, [(martin.louane, THURSDAY)])
    assert [meal.state for meal in refused.value.details.meals] == ["not_entitled"]


async def test_paid_told_twice_and_unpaid_told_late_change_nothing(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.carries()
    paid = OrderPaid(order=placed.order, household=dupont.household, regie=REGIE, cents=760)
    late = OrderUnpaid(
        order=placed.order, household=dupont.household, regie=REGIE, reason="no_card"
    )
    await town.receives("booking", paid, late)
    assert await town.state(placed.order) == ("confirmed", "paid")
    assert await town.taken(THURSDAY) == 2


async def test_money_that_comes_after_the_release_takes_the_seats_again(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.carries()
    assert (await town.state(placed.order))[0] == "released"
    await town.receives(
        "booking",
        OrderPaid(order=placed.order, household=dupont.household, regie=REGIE, cents=760),
    )
    assert (await town.state(placed.order))[0] == "confirmed"
    assert await town.taken(THURSDAY) == 2


async def test_money_that_comes_when_the_seats_are_gone_cancels_the_order(town: Town):
    await town.opens(capacity=1)
    dupont, martin = await town.welcomes(), await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    await town.books(martin, [(martin.louane, THURSDAY)])
    await town.carries()
    await town.receives(
        "booking",
        OrderPaid(order=placed.order, household=dupont.household, regie=REGIE, cents=380),
    )
    assert (await town.state(placed.order))[0] == "cancelled"
    assert await town.taken(THURSDAY) == 1


async def test_an_order_cancelled_before_payments_heard_of_it_is_never_charged(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.cancels(dupont, placed.order, [1, 2], 760)
    held, cancelled = await town.told("booking", OrderHeld, OrderCancelled)
    await town.readers["payments"].receive([cancelled])  # first
    await town.readers["payments"].receive([held])  # late
    assert await town.state(placed.order) == ("cancelled", "closed")
    assert await town.balance(dupont) == 2000
    assert await town.taken(THURSDAY) == 0


async def test_an_order_cancelled_while_it_was_being_paid_is_reversed(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY))
    (held,) = await town.told("booking", OrderHeld)
    await town.readers["payments"].receive([held])
    assert await town.balance(dupont) == 1240
    await town.cancels(dupont, placed.order, [1, 2], 760)
    await town.carries()
    assert await town.state(placed.order) == ("cancelled", "closed")
    assert await town.balance(dupont) == 2000


async def test_a_line_taken_out_of_a_held_order_is_credited_on_confirmation(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.cancels(dupont, placed.order, [1], 380)
    assert await town.taken(THURSDAY) == 1
    await town.carries()
    assert await town.state(placed.order) == ("confirmed", "paid")
    assert await town.balance(dupont) == 2000 - 380


async def test_a_meal_cancelled_in_time_is_credited_at_once_and_once(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, both(dupont, THURSDAY))
    await town.carries()
    cancellation = uuid4()
    for _ in range(2):
        await town.cancels(dupont, placed.order, [2], 380, cancellation)
        await town.carries()
    assert await town.balance(dupont) == 2000 - 380
    assert await town.taken(THURSDAY) == 1
    with pytest.raises(CreditChanged):
        await town.cancels(dupont, placed.order, [2], 380)


@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, True)])
async def test_cancelling_is_in_time_until_the_deadline_and_not_at_it(town: Town, seconds, refused):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    await town.clock_shows(MONDAY.replace(day=26, hour=10) + timedelta(seconds=seconds))
    if refused:
        with pytest.raises(TooLateToCancel):
            await town.cancels(dupont, placed.order, [1], 380)
    else:
        await town.cancels(dupont, placed.order, [1], 380)
    await town.carries()
    assert await town.balance(dupont) == (2000 - 380 if refused else 2000)


async def test_an_order_of_another_household_is_not_found(town: Town):
    await town.opens()
    dupont, martin = await town.welcomes(credits=2000), await town.welcomes()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    with pytest.raises(NotFound):
        await town.cancels(martin, placed.order, [1], 380)


async def test_an_order_that_waits_for_a_card_is_unpaid_after_thirty_minutes(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=300)
    placed = await town.books(dupont, both(dupont, THURSDAY), means="credits_then_card")
    await town.carries()
    assert await town.state(placed.order) == ("held", "payable")
    assert await town.payments.fetchval("select reserved from wallet") == 300
    await town.clock_shows(MONDAY + timedelta(minutes=29))
    assert await town.times_out() == 0
    await town.clock_shows(MONDAY + timedelta(minutes=31))
    assert await town.times_out() == 1
    await town.carries()
    assert await town.state(placed.order) == ("released", "unpaid")
    assert await town.payments.fetchval("select reserved from wallet") == 0


async def test_an_order_that_booking_lost_is_a_dead_letter(town: Town):
    await town.opens()
    await town.receives(
        "booking", OrderPaid(order=uuid4(), household=uuid4(), regie=REGIE, cents=380)
    )
    assert await town.dead_letters() == 1


async def test_a_published_deadline_is_never_shortened(town: Town):
    await town.opens()
    earlier = {"rule": {"weekday": 1, "weeks_before": 1, "at": "08:00"}}
    await town.publishes(version=2, book=earlier)
    until = await town.booking.fetchval(
        "select until from deadline where service = $1 and day = $2 and action = 'book'",
        CANTEEN, THURSDAY,
    )  # fmt: skip
    assert until == MONDAY.replace(day=26, hour=10)


async def test_an_older_reglement_that_comes_late_changes_nothing(town: Town):
    await town.opens(version=2)
    await town.publishes(
        version=1, prices=({"category": "residents", "label": "Résidents", "cents": 1},)
    )
    dupont = await town.welcomes(credits=2000)
    assert (await town.books(dupont, [(dupont.louane, THURSDAY)])).cents == PRICE


async def test_a_cancelled_order_ignores_every_event(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.cancels(dupont, placed.order, [1], 380)
    paid = OrderPaid(order=placed.order, household=dupont.household, regie=REGIE, cents=380)
    await town.receives("booking", paid)
    assert (await town.state(placed.order))[0] == "cancelled"
    names = [message.name for message in await town.told("booking")]
    assert names.count(OrderCancelled.name) == 1


async def test_a_session_that_a_new_version_drops_is_no_longer_open(town: Town):
    await town.opens(sessions=("midi", "soir"))
    await town.publishes(version=2, sessions=("midi",))
    sessions = await town.booking.fetch("select distinct session from serving_day")
    assert [row["session"] for row in sessions] == ["midi"]
