"""Seats are never sold twice: tried in SQL, then by sixty households at once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from chassis.database import Pool, transaction
from chassis.web import answer_once
from contracts import booking as contract
from contracts.booking import EntitlementOpened, MealsRefused, OrderHeld, PlaceOrder
from services.booking import api, store
from tests.databases import Templates
from tests.promises.truth import NEVER_IN_BOOKING
from tests.town import CANTEEN, PRICE, Family, Town, next_week

SEATS, HOUSEHOLDS = 20, 60
DAYS = next_week(0, 1, 3, 4, weeks=2) + next_week(0, 1, 3, 4, weeks=3)
POPULAR = DAYS[2]


@asynccontextmanager
async def a_busy_town(templates: Templates) -> AsyncIterator[Town]:
    """A town whose booking has eight connections."""
    async with (
        templates.pools("booking", size=8) as (booking, booking_owner),
        templates.pools("payments") as (payments, payments_owner),
    ):
        yield Town(booking, payments, booking_owner, payments_owner)


@pytest.fixture
async def busy(templates: Templates) -> AsyncIterator[Town]:
    async with a_busy_town(templates) as town:
        yield town


async def must_be_sound(pool: Pool) -> None:
    """Nothing that may never be is so in booking."""
    for sentence, found in NEVER_IN_BOOKING.items():
        assert await pool.fetch(found) == [], sentence


# -- in SQL -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["booking", "booking_owner"])
@pytest.mark.parametrize("taken", [2, -1])
async def test_more_seats_than_there_are_cannot_be_written(town: Town, role, taken):
    await town.opens(capacity=1)
    pool: Pool = getattr(town, role)
    await pool.execute("update serving_day set taken = 1 where day = $1", POPULAR)
    with pytest.raises(asyncpg.CheckViolationError, match="capacity_is_never_exceeded"):
        await pool.execute("update serving_day set taken = $2 where day = $1", POPULAR, taken)
    with pytest.raises(asyncpg.CheckViolationError, match="capacity_is_never_exceeded"):
        await pool.execute("update serving_day set capacity = 0 where day = $1", POPULAR)


@pytest.mark.parametrize("role", ["booking", "booking_owner"])
async def test_a_second_live_booking_of_a_meal_cannot_be_written(town: Town, role):
    await town.opens()
    dupont = await town.welcomes()
    placed = await town.books(dupont, [(dupont.louane, POPULAR)])
    twin = (
        "insert into booking (order_id, line, authority, school_year, beneficiary, service, day,"
        " session, cents, regulation_version, state, cancellation)"
        " select order_id, line + 1, authority, school_year, beneficiary, service, day, session,"
        " cents, regulation_version, $2, $3 from booking where order_id = $1 and line = 1"
    )
    pool: Pool = getattr(town, role)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_live_booking"):
        await pool.execute(twin, placed.order, "live", None)
    await pool.execute(twin, placed.order, "cancelled", uuid4())
    with pytest.raises(asyncpg.UniqueViolationError, match="one_live_booking"):
        await pool.execute("update booking set state = 'live', cancellation = null")


async def test_the_application_cannot_rewrite_what_was_booked(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.books(dupont, [(dupont.louane, POPULAR)])
    for attack in (
        "update booking set cents = 0",
        "update booking set day = day + 1",
        "delete from booking",
        "update meal_order set cents = 0",
        "delete from meal_order",
        "update deadline set service = service",
        "update regulation set version = 2",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await town.booking.execute(attack)


async def test_a_published_deadline_cannot_be_shortened_in_sql(town: Town):
    await town.opens()
    with pytest.raises(asyncpg.CheckViolationError, match="never shortened"):
        await town.booking_owner.execute("update deadline set until = until - interval '1 s'")
    await town.booking.execute("update deadline set until = until + interval '1 second'")


# -- under concurrency --------------------------------------------------------------------------


def a_basket(dice: random.Random, most: int) -> list[date]:
    """The popular day and some others, in any order."""
    others = dice.sample([day for day in DAYS if day != POPULAR], dice.randint(0, most - 1))
    basket = [POPULAR, *others]
    dice.shuffle(basket)
    return basket


async def fill_carts(town: Town, most: int) -> list[tuple[Family, PlaceOrder]]:
    """Each household stands before its button; all carts were filled while there was room."""
    dice, ready = random.Random(20261116), []  # noqa: S311
    for _ in range(HOUSEHOLDS):
        family = await town.welcomes()
        await town.chooses(family, [(family.louane, day) for day in a_basket(dice, most)])
        ready.append((family, await town.order_as_shown(family)))
    return ready


async def race(town: Town, ready: list[tuple[Family, PlaceOrder]]) -> list[object]:
    """All press at the same moment; what each was answered."""
    return await asyncio.gather(
        *(town.confirms(family, asked) for family, asked in ready), return_exceptions=True
    )


@pytest.mark.parametrize("most", [1, 8])
async def test_sixty_households_buy_exactly_twenty_seats(busy: Town, most: int):
    await busy.opens(capacity=SEATS)
    answers = await race(busy, await fill_carts(busy, most))
    kinds = Counter(type(answer).__name__ for answer in answers)
    assert kinds == {"OrderPlaced": SEATS, "MealsRefused": HOUSEHOLDS - SEATS}, kinds
    refused = [answer for answer in answers if isinstance(answer, MealsRefused)]
    for refusal in refused:
        states = {meal.day: meal.state for meal in refusal.details.meals}
        assert states[POPULAR] == "full"
        assert set(states.values()) <= {"full", "bookable"}
    assert await busy.taken(POPULAR) == SEATS
    assert await busy.booking.fetchval("select deadlocks from pg_stat_database"
                                       " where datname = current_database()") == 0  # fmt: skip
    await must_be_sound(busy.booking)


async def comes_and_goes(town: Town, family: Family, asked: PlaceOrder) -> bool:
    """Order if there is room within three tries, then take all out again, in one go or in two."""
    for _ in range(3):
        try:
            order = await town.confirms(family, asked)
        except MealsRefused:
            await asyncio.sleep(0.01)
            continue
        lines = list(range(1, order.cents // PRICE + 1))
        if len(lines) % 2:
            await town.cancels(family, order.order, lines[:1], PRICE)
            lines = lines[1:]
        if lines:
            await town.cancels(family, order.order, lines, PRICE * len(lines))
        return True
    return False


async def test_while_others_cancel_seats_taken_stay_the_live_bookings(busy: Town):
    await busy.opens(capacity=SEATS)
    ready = await fill_carts(busy, 8)
    unexpected: list[BaseException] = []
    placed: list[bool] = []

    async def watched(family: Family, asked: PlaceOrder) -> None:
        try:
            placed.append(await comes_and_goes(busy, family, asked))
        except Exception as error:
            unexpected.append(error)

    async def watcher() -> None:
        while not done.is_set():
            await must_be_sound(busy.booking_owner)
            await asyncio.sleep(0.01)

    done = asyncio.Event()
    watching = asyncio.create_task(watcher())
    await asyncio.gather(*(watched(*each) for each in ready))
    done.set()
    await watching
    assert unexpected == []
    assert sum(placed) > SEATS, "seats given back were sold again"
    assert await busy.booking.fetchval("select sum(taken) from serving_day") == 0
    await must_be_sound(busy.booking)


async def test_a_count_before_an_insert_oversells_and_this_harness_sees_it(
    busy: Town, monkeypatch: pytest.MonkeyPatch
):
    """Negative control: the same race, with the check that everybody writes first."""
    await busy.opens(capacity=SEATS)
    await busy.booking_owner.execute(
        "alter table serving_day drop constraint capacity_is_never_exceeded"
    )

    async def count_then_insert(tx, seats):
        full = set()
        for service, day, session in set(seats):
            live = await tx.fetchval(
                "select count(*) from booking where service = $1 and day = $2 and session = $3"
                " and state = 'live'", service, day, session,
            )  # fmt: skip
            if live >= SEATS:
                full.add((service, day, session))
        await asyncio.sleep(0.005)
        return full

    monkeypatch.setattr(store, "take_seats", count_then_insert)
    answers = await race(busy, await fill_carts(busy, 1))
    sold = sum(not isinstance(answer, BaseException) for answer in answers)
    assert sold > SEATS, "the harness does not make households race"
    with pytest.raises(AssertionError, match="seats taken are the live bookings"):
        await must_be_sound(busy.booking)


async def test_two_homes_of_one_child_book_the_meal_once(busy: Town):
    await busy.opens()
    mother = await busy.welcomes()
    father = Family(louane=mother.louane, theo=mother.theo)
    # each home has its own entitlement for the child
    await busy.booking.execute(
        "insert into entitlement select gen_random_uuid(), $1, beneficiary, authority, service,"
        " category, valid_from, valid_until, active, version from entitlement",
        father.household,
    )
    ready = []
    for home in (mother, father):
        days = DAYS if home is mother else DAYS[::-1]
        await busy.chooses(home, [(home.louane, day) for day in days])
        ready.append((home, await busy.order_as_shown(home)))
    answers = await race(busy, ready)
    assert sorted(type(a).__name__ for a in answers) == ["MealsRefused", "OrderPlaced"]
    assert await busy.booking.fetchval("select count(*) from booking") == len(DAYS)
    await must_be_sound(busy.booking)


# -- one confirmation, many times ---------------------------------------------------------------


async def the_same_sixteen_times(town: Town, press: Callable) -> list[bytes]:
    return list(await asyncio.gather(*(press() for _ in range(16))))


async def test_a_confirmation_sent_sixteen_times_at_once_is_one_order_one_answer_one_event(
    busy: Town,
):
    await busy.opens()
    dupont = await busy.welcomes()
    await busy.chooses(dupont, [(dupont.louane, POPULAR), (dupont.theo, POPULAR)])
    asked = await busy.order_as_shown(dupont)

    async def press() -> bytes:
        async with transaction(busy.booking) as tx:
            answer = await answer_once(
                tx, contract.PLACE_ORDER, api.place_order, asked, dupont.caller
            )
        assert answer.status == 202
        return bytes(answer.body)

    answers = await the_same_sixteen_times(busy, press)
    assert len(answers) == 16
    assert len(set(answers)) == 1
    assert await busy.booking.fetchval("select count(*) from meal_order") == 1
    assert await busy.taken(POPULAR) == 2
    told = [message.name for message in await busy.told("booking")]
    assert [name for name in told if name != EntitlementOpened.name] == [OrderHeld.name]


async def test_a_cancellation_sent_sixteen_times_at_once_gives_back_once(busy: Town):
    await busy.opens()
    dupont = await busy.welcomes(credits=2000)
    placed = await busy.books(dupont, [(dupont.louane, POPULAR), (dupont.theo, POPULAR)])
    await busy.carries()
    cancellation = uuid4()
    answers = await the_same_sixteen_times(
        busy, lambda: busy.cancels(dupont, placed.order, [1], 380, cancellation)
    )
    assert len({answer.model_dump_json() for answer in answers}) == 1
    await busy.carries()
    assert await busy.taken(POPULAR) == 1
    assert await busy.balance(dupont) == 2000 - 380
    assert await busy.dead_letters() == 0
    await must_be_sound(busy.booking)


async def test_a_refused_household_has_changed_nothing(busy: Town):
    await busy.opens(capacity=1)
    dupont, martin = await busy.welcomes(), await busy.welcomes()
    ready = []
    for family in (dupont, martin):
        await busy.chooses(family, [(family.louane, day) for day in DAYS])
        ready.append((family, await busy.order_as_shown(family)))
    answers = await race(busy, ready)
    loser = ready[[isinstance(a, MealsRefused) for a in answers].index(True)][0]
    cart = await busy.cart(loser)
    assert len(cart.regies[0].meals) == len(DAYS)
    assert await busy.booking.fetchval("select count(*) from meal_order") == 1
    taken = await busy.booking.fetch(
        "select taken from serving_day where service = $1 and day = any($2)", CANTEEN, DAYS
    )
    assert [row["taken"] for row in taken] == [1] * len(DAYS)
