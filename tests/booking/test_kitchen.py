"""How many plates, and for whom: counted by entry, held ones apart, for one's own town alone."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts import booking as contract
from contracts.booking import CountMeals, Eater, ListEaters, MealCount, OrderPlaced
from contracts.refusal import NotAllowed, NotFound
from contracts.regulation import CategoryPrice
from services.booking.app import SERVICE
from services.booking.reads.rows import SQL
from tests.accounts.at_work import AtWork, at_work
from tests.databases import Templates
from tests.town import AUTHORITY, CANTEEN, MONDAY, Family, a_regulation, next_week
from tests.town_halls import (
    OTHER_AUTHORITY,
    OTHER_CANTEEN,
    an_agent,
    book,
    everywhere,
    open_canteens,
    other_regulation,
    pay,
    welcome,
)

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)
WEDNESDAY, HOLIDAY = next_week(2, weeks=2)[0], date(2026, 12, 24)
COOK = an_agent("kitchen")
PRICES = (
    CategoryPrice(category="residents", label="Enfant commune", cents=380),
    CategoryPrice(category="adultes", label="Adulte", cents=610),
)


@pytest.fixture
async def booking(templates: Templates) -> AsyncIterator[AtWork]:
    """Booking at work: this town serves lunch and the evening, the other one lunch."""
    async with at_work(templates, SERVICE) as service:
        here = a_regulation(prices=PRICES, sessions=("midi", "soir"), capacity=40)
        await open_canteens(service, here, other_regulation())
        yield service


async def eats(
    booking: AtWork, family: Family, *days: date, paid: bool = True, service: UUID = CANTEEN
) -> OrderPlaced:
    """Louane eats at midday; her meals are paid, or their money is awaited."""
    placed = await book(booking, family.caller, service, family.louane, *days)
    if paid:
        await pay(booking, family, placed.order)
    return placed


async def count(booking: AtWork, day: date = THURSDAY, caller: Caller = COOK) -> MealCount:
    asked = CountMeals(authority=AUTHORITY, day=day)
    return await booking.call(contract.COUNT_MEALS, asked, caller)


async def test_plates_are_counted_by_session_and_entry_with_held_ones_apart(booking: AtWork):
    await eats(booking, await welcome(booking, CANTEEN), THURSDAY, FRIDAY)
    await eats(booking, await welcome(booking, CANTEEN), THURSDAY, paid=False)
    await eats(booking, await welcome(booking, CANTEEN, category="adultes"), THURSDAY)
    gone = await welcome(booking, CANTEEN)
    order = (await eats(booking, gone, THURSDAY)).order
    cancelled = contract.CancelBookings(
        cancellation=uuid4(), order=order, lines=(1,), expected_credit_cents=380
    )
    await booking.call(contract.CANCEL_BOOKINGS, cancelled, gone.caller)
    shown = await count(booking)
    assert (shown.authority, shown.day) == (AUTHORITY, THURSDAY)
    assert shown.at.date() == MONDAY.date()
    midi, soir = shown.sessions
    assert (midi.service, midi.session, soir.session) == (CANTEEN, "midi", "soir")
    assert (midi.capacity, midi.confirmed, midi.held, midi.closed) == (40, 2, 1, "")
    assert [(c.label, c.confirmed, c.held) for c in midi.categories] == [
        ("Enfant commune", 1, 1), ("Adulte", 1, 0),
    ]  # fmt: skip
    assert (soir.confirmed, soir.held, soir.categories) == (0, 0, ())
    friday = (await count(booking, FRIDAY)).sessions[0]
    assert (friday.confirmed, friday.held) == (1, 0)


async def test_without_a_day_today_is_counted(booking: AtWork):
    shown = await booking.call(contract.COUNT_MEALS, CountMeals(authority=AUTHORITY), COOK)
    assert shown.day == MONDAY.date()


@pytest.mark.parametrize(
    ("day", "reason"), [(HOLIDAY, "vacances de Noël"), (WEDNESDAY, "jour sans service")]
)
async def test_a_day_without_service_says_why(booking: AtWork, day, reason):
    shown = await count(booking, day)
    assert [(s.session, s.closed, s.capacity, s.confirmed) for s in shown.sessions] == [
        ("midi", reason, 0, 0), ("soir", reason, 0, 0),
    ]  # fmt: skip


async def test_a_meal_keeps_the_entry_by_which_it_was_booked(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    await eats(booking, dupont, THURSDAY)
    await welcome(booking, CANTEEN, family=dupont, category="adultes", version=2)
    (entry,) = (await count(booking)).sessions[0].categories
    assert entry.category == "residents"


@pytest.mark.parametrize("right_is_known", [True, False])
async def test_a_meal_of_before_entries_were_kept_counts_under_the_right_or_as_unknown(
    booking: AtWork, right_is_known
):
    dupont = await welcome(booking, CANTEEN)
    await eats(booking, dupont, THURSDAY)
    await booking.owner.execute("update booking set category = null")
    if not right_is_known:
        await booking.owner.execute("delete from entitlement")
    category = "residents" if right_is_known else "inconnue"
    (entry,) = (await count(booking)).sessions[0].categories
    assert (entry.category, entry.confirmed) == (category, 1)
    assert [eater.category for eater in await eaters(booking)] == [category]


async def eaters(
    booking: AtWork, caller: Caller = COOK, day: date = THURSDAY, session: str = "midi"
) -> tuple[Eater, ...]:
    asked = ListEaters(service=CANTEEN, day=day, session=session)
    return (await booking.call(contract.LIST_EATERS, asked, caller)).eaters


async def test_the_list_says_who_eats_of_which_household_and_what_is_not_paid(booking: AtWork):
    dupont, martin = await welcome(booking, CANTEEN), await welcome(booking, CANTEEN)
    await eats(booking, dupont, THURSDAY)
    await eats(booking, martin, THURSDAY, FRIDAY, paid=False)
    asked = ListEaters(service=CANTEEN, day=THURSDAY, session="midi")
    shown = await booking.call(contract.LIST_EATERS, asked, COOK)
    assert (shown.service_name, shown.authority) == ("Cantine d’Aiguilhe", AUTHORITY)
    assert {(e.beneficiary, e.household, e.held, e.category) for e in shown.eaters} == {
        (dupont.louane, dupont.household, False, "residents"),
        (martin.louane, martin.household, True, "residents"),
    }
    assert [e.beneficiary for e in await eaters(booking, day=FRIDAY)] == [martin.louane]
    assert await eaters(booking, session="soir") == ()
    assert await eaters(booking, day=HOLIDAY) == ()


@pytest.mark.parametrize("role", ["administrator", "clerk", "kitchen", "attendance", "reader"])
async def test_whoever_serves_or_watches_may_count(booking: AtWork, role):
    await eats(booking, await welcome(booking, CANTEEN), THURSDAY)
    caller = an_agent(role)
    assert (await count(booking, caller=caller)).sessions[0].confirmed == 1
    assert len(await eaters(booking, caller)) == 1


@pytest.mark.parametrize(
    "stranger",
    [an_agent("kitchen", OTHER_AUTHORITY), an_agent("administrator", OTHER_AUTHORITY),
     an_agent("regisseur"), Caller("staff", uuid4())],
    ids=["cook elsewhere", "administrator elsewhere", "régisseur", "without a role"],
)  # fmt: skip
async def test_to_others_the_town_and_its_canteen_do_not_exist(booking: AtWork, stranger):
    await eats(booking, await welcome(booking, CANTEEN), THURSDAY)
    for asks in (count(booking, caller=stranger), eaters(booking, stranger)):
        with pytest.raises(NotFound):
            await asks


async def test_a_household_counts_nothing_and_the_agglomeration_counts_everywhere(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    await eats(booking, dupont, THURSDAY)
    assert (await count(booking, caller=everywhere())).sessions[0].confirmed == 1
    for asks in (count(booking, caller=dupont.caller), eaters(booking, dupont.caller)):
        with pytest.raises(NotAllowed):
            await asks


async def test_a_count_that_forgets_its_authority_still_counts_ones_own_alone(
    booking: AtWork, monkeypatch: pytest.MonkeyPatch
):
    """Queries without their condition; then, as a control, without the policies either."""
    for service in (CANTEEN, OTHER_CANTEEN):
        await eats(booking, await welcome(booking, service), THURSDAY, service=service)
    for name in ("services_on_day", "meals_of_day"):
        forgetful = getattr(SQL, name).replace("s.authority = $1", "$1::uuid is not null")
        assert forgetful != getattr(SQL, name)
        monkeypatch.setattr(SQL, name, forgetful)
    assert {s.service for s in (await count(booking)).sessions} == {CANTEEN}
    for table in ("service", "serving_day", "booking", "meal_order", "regulation"):
        await booking.owner.execute(
            f"alter policy the_console_sees_its_authorities on {table} using (true)"
        )
    assert {s.service for s in (await count(booking)).sessions} == {CANTEEN, OTHER_CANTEEN}


async def test_a_day_is_found_among_a_year_of_bookings_by_its_index(booking: AtWork):
    dupont = await welcome(booking, CANTEEN)
    order = (await eats(booking, dupont, THURSDAY)).order
    await booking.owner.execute(
        "insert into booking (order_id, line, authority, school_year, beneficiary, service, day,"
        " session, cents, regulation_version, category) select $1, 100 + n % 30000, $2, 3000 + n,"
        " gen_random_uuid(), $3, $4::date + n % 200, 'midi', 380, 1, 'residents'"
        " from generate_series(1, 25000) n",
        order, AUTHORITY, CANTEEN, THURSDAY,
    )  # fmt: skip
    await booking.owner.execute("analyze booking")
    pool = booking.running.console_pool
    assert pool is not None
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authorities', $1, true)", str(AUTHORITY))
        for query, *values in (
            (SQL.meals_of_day, AUTHORITY, THURSDAY, ""), (SQL.eaters, CANTEEN, THURSDAY, "midi", "")
        ):  # fmt: skip
            plan = await connection.fetch(f"explain {query}", *values)
            text = "\n".join(row[0] for row in plan)
            assert "booking_of_day" in text, text
            assert "Seq Scan on booking" not in text, text
