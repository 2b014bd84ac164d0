"""Taking meals out: what is told, what is shown of it, who did it."""

import json
from uuid import uuid4

import pytest

from contracts.booking import BookingsCancelled, CancellationView, ShowCancellation
from contracts.refusal import NotFound
from services.booking import api
from tests.town import PRICE, REGIE, Family, Town, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)


async def shown(town: Town, family: Family, cancellation) -> CancellationView:
    return await town.asks(
        family, api.get_cancellation, ShowCancellation(cancellation=cancellation)
    )


async def told(town: Town) -> list[list[dict]]:
    """The meals of each cancellation that booking told."""
    return [json.loads(m.body)["meals"] for m in await town.told("booking", BookingsCancelled)]


def a_meal(family: Family, line: int, day) -> dict:
    """What is told of a meal that was taken out."""
    return {
        "line": line, "credit_cents": PRICE, "beneficiary": str(family.louane),
        "service_name": "Cantine d’Aiguilhe", "day": day.isoformat(), "session": "midi",
    }  # fmt: skip


async def test_a_cancellation_shows_its_meals_its_credit_and_who_did_it(town: Town):
    await town.opens()
    dupont, cancellation = await town.welcomes(credits=2000), uuid4()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    answer = await town.cancels(dupont, placed.order, [2], PRICE, cancellation)
    view = await shown(town, dupont, cancellation)
    assert (view.order, view.order_state) == (placed.order, "confirmed")
    assert (view.credit_cents, answer.credit_cents) == (PRICE, PRICE)
    assert view.cancelled_by == dupont.caller.actor
    assert (view.regie, view.authority_name) == (REGIE, "Aiguilhe")
    assert [(meal.line, meal.day, meal.cents) for meal in view.meals] == [(2, FRIDAY, PRICE)]
    await town.carries()
    assert await town.balance(dupont) == 2000 - PRICE


async def test_meals_cancelled_after_payment_are_told_with_their_names(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    await town.cancels(dupont, placed.order, [1, 2], 2 * PRICE)
    assert await told(town) == [[a_meal(dupont, 1, THURSDAY), a_meal(dupont, 2, FRIDAY)]]


async def test_meals_cancelled_before_payment_are_told_with_their_names_once_it_is_paid(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    cancellation = uuid4()
    await town.cancels(dupont, placed.order, [1], PRICE, cancellation)
    assert (await shown(town, dupont, cancellation)).order_state == "held"
    assert await told(town) == []
    await town.carries()
    assert await told(town) == [[a_meal(dupont, 1, THURSDAY)]]
    assert (await shown(town, dupont, cancellation)).order_state == "confirmed"
    assert await town.balance(dupont) == 2000 - PRICE
    assert await town.dead_letters() == 0


async def test_a_held_order_cancelled_whole_is_shown_as_cancelled_and_never_charged(town: Town):
    await town.opens()
    dupont, cancellation = await town.welcomes(credits=2000), uuid4()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.theo, THURSDAY)])
    await town.cancels(dupont, placed.order, [1, 2], 2 * PRICE, cancellation)
    view = await shown(town, dupont, cancellation)
    assert (view.order_state, len(view.meals)) == ("cancelled", 2)
    await town.carries()
    assert await town.balance(dupont) == 2000
    assert await told(town) == []


async def test_another_households_cancellation_looks_like_none(town: Town):
    await town.opens()
    dupont, martin = await town.welcomes(credits=2000), await town.welcomes()
    placed, cancellation = await town.books(dupont, [(dupont.louane, THURSDAY)]), uuid4()
    await town.carries()
    await town.cancels(dupont, placed.order, [1], PRICE, cancellation)
    for family, asked in ((martin, cancellation), (dupont, uuid4())):
        with pytest.raises(NotFound):
            await shown(town, family, asked)


async def test_each_cancellation_of_an_order_shows_its_own_meals(town: Town):
    await town.opens()
    dupont, first, second = await town.welcomes(credits=2000), uuid4(), uuid4()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    await town.cancels(dupont, placed.order, [1], PRICE, first)
    await town.cancels(dupont, placed.order, [2], PRICE, second)
    views = [await shown(town, dupont, cancellation) for cancellation in (first, second)]
    assert [[meal.line for meal in view.meals] for view in views] == [[1], [2]]
