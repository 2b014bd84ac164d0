"""How credits came and went: newest first, each with the balance after it and its reason."""

import random
from itertools import pairwise
from uuid import uuid4

import pytest

from contracts.payments import Movement, Movements, ShowMovements
from contracts.refusal import NotFound
from services.payments import api
from tests.town import PARIS, PRICE, REGIE, Family, Town, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)
DAYS = [day for weeks in (2, 3) for day in next_week(0, 1, 3, 4, weeks=weeks)]


async def page(town: Town, family: Family, **asked: object) -> Movements:
    return await town.asks(
        family, api.list_movements, ShowMovements.model_validate({"regie": REGIE} | asked)
    )


async def paged(town: Town, family: Family, limit: int) -> list[Movement]:
    """All movements, a page at a time."""
    shown = await page(town, family, limit=limit)
    movements = list(shown.movements)
    while shown.more:
        assert len(shown.movements) == limit
        shown = await page(town, family, limit=limit, before=movements[-1].movement)
        movements += shown.movements
    return movements


async def test_each_movement_says_why_and_what_is_left_after_it(town: Town):
    await town.opens()
    dupont, cancellation = await town.welcomes(credits=2000), uuid4()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    await town.cancels(dupont, placed.order, [1], PRICE, cancellation)
    await town.carries()
    shown = await page(town, dupont)
    assert (shown.label, shown.balance_cents, shown.more) == ("Cantine d’Aiguilhe", 1620, False)
    back, paid, cash = shown.movements
    assert (cash.kind, cash.cents, cash.balance_cents) == ("cash_top_up", 2000, 2000)
    assert (cash.order, cash.cancellation, cash.receipt) == (None, None, 1)
    assert (paid.kind, paid.cents, paid.balance_cents) == ("order_paid", -760, 1240)
    assert (paid.order, paid.cancellation, paid.receipt) == (placed.order, None, None)
    assert (back.kind, back.cents, back.balance_cents) == ("bookings_cancelled", PRICE, 1620)
    assert (back.order, back.cancellation) == (placed.order, cancellation)
    assert back.movement > paid.movement > cash.movement
    assert back.made.utcoffset() == back.made.astimezone(PARIS).utcoffset()


async def test_the_movement_of_a_cancellation_is_found_however_many_came_after_it(town: Town):
    await town.opens()
    dupont, cancellation = await town.welcomes(credits=2000), uuid4()
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    await town.cancels(dupont, placed.order, [1], PRICE, cancellation)
    assert (await page(town, dupont, cancellation=cancellation)).movements == ()
    await town.carries()
    for _ in range(3):
        await town.takes_cash(dupont, 100)
    found = await page(town, dupont, cancellation=cancellation, limit=1)
    (back,) = found.movements
    assert (back.cancellation, back.cents, back.balance_cents) == (cancellation, PRICE, 1620)
    assert (found.balance_cents, found.more) == (1920, False)
    martin = await town.welcomes(credits=100)
    assert (await page(town, martin, cancellation=cancellation)).movements == ()


async def test_a_reversed_order_is_a_movement_of_its_own(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    (held,) = [m for m in await town.told("booking") if m.name == "booking.order_held.v1"]
    await town.readers["payments"].receive([held])
    await town.cancels(dupont, placed.order, [1], PRICE)
    await town.carries()
    reversed_, paid, _ = (await page(town, dupont)).movements
    assert (reversed_.kind, reversed_.cents, reversed_.order) == (
        "order_reversed", PRICE, placed.order,
    )  # fmt: skip
    assert (paid.cents, reversed_.balance_cents) == (-PRICE, 2000)


@pytest.mark.parametrize("seed", range(3))
async def test_balances_run_to_the_wallets_and_pages_are_the_whole(town: Town, seed: int):
    await town.opens(capacity=1000)
    dice = random.Random(seed)  # noqa: S311
    families = [await town.welcomes(credits=5000), await town.welcomes(credits=5000)]
    placed = []
    for _ in range(25):
        family, deed = dice.choice(families), dice.choice(("cash", "order", "cancel"))
        if deed == "cash":
            await town.takes_cash(family, dice.randint(1, 3000))
        elif deed == "order":
            child = Family().louane
            family.louane = child
            await town.welcomes(family)
            placed.append((family, await town.books(family, [(child, dice.choice(DAYS))])))
        elif placed:
            of, order = placed.pop(dice.randrange(len(placed)))
            if (await town.state(order.order))[0] == "confirmed":
                await town.cancels(of, order.order, [1], PRICE)
        await town.carries(rounds=2)
    for family in families:
        whole = (await page(town, family, limit=200)).movements
        assert len(whole) > 3
        assert whole[0].balance_cents == await town.balance(family)
        assert whole[-1].balance_cents == whole[-1].cents
        for newer, older in pairwise(whole):
            assert newer.movement > older.movement
            assert newer.balance_cents == older.balance_cents + newer.cents
        for limit in (1, 2, 7, len(whole)):
            assert await paged(town, family, limit) == list(whole)


async def test_a_wallet_that_is_not_there_or_not_ones_own_is_not_found(town: Town):
    await town.opens()
    dupont, martin = await town.welcomes(credits=2000), await town.welcomes()
    for family, regie in ((martin, REGIE), (dupont, uuid4())):
        with pytest.raises(NotFound):
            await page(town, family, regie=regie)


async def test_an_empty_wallet_has_no_movement_and_nothing_is_before_the_first(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()  # the order opened the wallet; nothing was charged
    assert (await page(town, dupont)).movements == ()
    await town.takes_cash(dupont, 100)
    (first,) = (await page(town, dupont)).movements
    shown = await page(town, dupont, before=first.movement)
    assert (shown.balance_cents, shown.movements, shown.more) == (100, (), False)


async def test_an_entry_whose_key_names_no_top_up_has_no_receipt(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=100)
    await town.payments.execute(
        "with e as (insert into entry (regie, key, kind) values ($1, 'taken over', 'cash_top_up')"
        " returning id, regie)"
        " insert into posting (entry, regie, account, cents)"
        " select e.id, e.regie, a.id, case a.kind when 'wallet' then 50 else -50 end"
        " from e join account a on a.regie = e.regie and a.kind in ('wallet', 'cash')",
        REGIE,
    )
    taken_over, cash = (await page(town, dupont)).movements
    assert (taken_over.receipt, cash.receipt) == (None, 1)
    assert taken_over.balance_cents == 150
