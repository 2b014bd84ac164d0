"""The orders of a household, newest first, a page at a time."""

from uuid import uuid4

import pytest

from contracts.booking import Orders, ShowOrders
from contracts.refusal import NotFound
from services.booking import api
from tests.town import PRICE, Family, Town, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)
A_LIFE_OF_ORDERS = """
with placed as (
    insert into meal_order (id, authority, school_year, household, regie, means, cents, state,
                            placed, changed)
    select gen_random_uuid(), authority, school_year, household, regie, means, cents, 'confirmed',
           placed - ((number / 2) || ' days')::interval, changed
      from meal_order, generate_series(1, $1::int) as number
    returning id
)
insert into booking (order_id, line, authority, school_year, beneficiary, service, day, session,
                     cents, regulation_version)
select p.id, b.line, b.authority, b.school_year, gen_random_uuid(), b.service, b.day, b.session,
       b.cents, b.regulation_version
  from booking b, placed p
"""
"""Copies of the one order there is, placed two by two at the same instant, ever longer ago."""


async def page(town: Town, family: Family, **asked: object) -> Orders:
    return await town.asks(family, api.list_orders, ShowOrders.model_validate(asked))


async def test_sixty_orders_are_paged_newest_first_each_once(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.theo, THURSDAY)])
    await town.booking.execute(A_LIFE_OF_ORDERS, 59)
    pages = [await page(town, dupont, limit=17)]
    while pages[-1].more:
        pages.append(await page(town, dupont, limit=17, before=pages[-1].orders[-1].order))
    assert [len(shown.orders) for shown in pages] == [17, 17, 17, 9]
    orders = [order for shown in pages for order in shown.orders]
    assert len({order.order for order in orders}) == 60
    assert [o.placed for o in orders] == sorted((o.placed for o in orders), reverse=True)
    assert {len(order.meals) for order in orders} == {2}
    everything = (await page(town, dupont, limit=50)).orders
    assert list(everything) == orders[:50]


async def test_a_page_that_ends_with_the_last_order_says_so(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    first = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    second = await town.books(dupont, [(dupont.louane, FRIDAY)])
    shown = await page(town, dupont, limit=2)
    assert ([order.order for order in shown.orders], shown.more) == (
        [second.order, first.order], False,
    )  # fmt: skip
    assert [order.state for order in shown.orders] == ["held", "confirmed"]
    assert (await page(town, dupont, before=first.order)) == Orders(orders=(), more=False)
    assert (await page(town, Family())) == Orders(orders=(), more=False)


async def test_a_cursor_of_another_household_or_of_nobody_is_not_found(town: Town):
    await town.opens()
    dupont, martin = await town.welcomes(), await town.welcomes()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    for before in (placed.order, uuid4()):
        with pytest.raises(NotFound):
            await page(town, martin, before=before)
    assert (await page(town, martin)).orders == ()


async def test_an_order_says_who_placed_it_and_an_old_one_that_nobody_knows(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.booking.execute(A_LIFE_OF_ORDERS, 1)
    new, old = sorted((await page(town, dupont)).orders, key=lambda o: o.placed_by is None)
    assert (new.placed_by, old.placed_by) == (dupont.caller.actor, None)
    assert new.meals[0].cents == PRICE
