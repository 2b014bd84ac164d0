"""What a household has booked: in the list, in the calendar, and never another household's."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.booking import BookedMeal, Cell, ShowBookings, ShowCalendar, ShowClock
from services.booking import api, reads
from tests.town import MONDAY, PARIS, PRICE, REGIE, Family, Town, a_regulation, next_week

THURSDAY, FRIDAY = next_week(3, 4, weeks=2)
UNTIL = datetime(2026, 11, 26, 10, tzinfo=PARIS)
"""The Thursday of the week before, 10:00: until then both days may be cancelled."""


async def booked(
    town: Town, family: Family, first: date = THURSDAY, last: date = FRIDAY, **more: int
) -> list[BookedMeal]:
    shown = await town.asks(family, api.list_bookings, ShowBookings(first=first, last=last, **more))
    return list(shown.bookings)


async def cells(town: Town, family: Family, child, day: date = THURSDAY) -> dict[date, Cell]:
    """The month of a child, by day."""
    shown = await town.asks(family, api.get_calendar, ShowCalendar(day=day))
    months = [m for service in shown.services for m in service.beneficiaries]
    (month,) = [month for month in months if month.beneficiary == child]
    return {cell.day: cell for cell in month.cells}


async def test_bookings_come_by_day_with_their_order_and_what_cancelling_gives_back(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    friday = await town.books(dupont, [(dupont.louane, FRIDAY), (dupont.theo, FRIDAY)])
    await town.carries()
    thursday = await town.books(dupont, [(dupont.louane, THURSDAY)])
    shown = await town.asks(dupont, api.list_bookings, ShowBookings(first=THURSDAY, last=FRIDAY))
    assert shown.today == MONDAY.date()
    assert [(meal.day, meal.order, meal.state) for meal in shown.bookings] == [
        (THURSDAY, thursday.order, "held"),
        (FRIDAY, friday.order, "confirmed"),
        (FRIDAY, friday.order, "confirmed"),
    ]
    meal = shown.bookings[0]
    assert (meal.beneficiary, meal.line, meal.cents, meal.credit_cents) == (
        dupont.louane, 1, PRICE, PRICE,
    )  # fmt: skip
    assert (meal.regie, meal.authority_name) == (REGIE, "Aiguilhe")
    assert (meal.service_name, meal.session) == ("Cantine d’Aiguilhe", "midi")
    assert meal.cancel_until is not None
    assert meal.cancel_until.isoformat() == "2026-11-26T10:00:00+01:00"


async def test_only_the_days_asked_for_are_listed_and_at_most_so_many(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    assert [meal.day for meal in await booked(town, dupont, last=THURSDAY)] == [THURSDAY]
    assert [meal.day for meal in await booked(town, dupont, first=FRIDAY)] == [FRIDAY]
    assert [meal.day for meal in await booked(town, dupont, limit=1)] == [THURSDAY]
    assert await booked(town, dupont, first=FRIDAY, last=THURSDAY) == []
    assert await booked(town, Family()) == []


async def test_what_was_cancelled_or_released_is_no_booking(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=PRICE)
    kept = await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.carries()
    await town.books(dupont, [(dupont.louane, FRIDAY)])
    await town.carries()  # nothing is left for Friday: released
    assert [meal.order for meal in await booked(town, dupont)] == [kept.order]
    await town.cancels(dupont, kept.order, [1], PRICE)
    assert await booked(town, dupont) == []


async def test_once_it_is_too_late_a_booking_cannot_be_cancelled_anywhere(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY)])
    for moment, until in ((UNTIL - timedelta(seconds=40), UNTIL), (UNTIL, None)):
        await town.clock_shows(moment)
        (meal,) = await booked(town, dupont)
        cell = (await cells(town, dupont, dupont.louane))[THURSDAY]
        async with town.booking.acquire() as tx:
            (line,) = (await reads.order(tx, placed.order, dupont.household)).meals
        assert [meal.cancel_until, cell.cancel_until, line.cancel_until] == [until] * 3
        assert meal.credit_cents == (PRICE if until else 0)
        assert (cell.order, cell.line, line.live) == (placed.order, 1, True)


async def test_a_meal_taken_out_of_an_order_has_no_deadline_any_more(town: Town):
    await town.opens()
    dupont = await town.welcomes(credits=2000)
    placed = await town.books(dupont, [(dupont.louane, THURSDAY), (dupont.louane, FRIDAY)])
    await town.carries()
    await town.cancels(dupont, placed.order, [1], PRICE)
    async with town.booking.acquire() as tx:
        order = await reads.order(tx, placed.order, dupont.household)
    assert [(meal.live, meal.cancel_until) for meal in order.meals] == [
        (False, None), (True, UNTIL),
    ]  # fmt: skip


async def test_the_calendar_names_the_households_own_booking_and_no_other(town: Town):
    await town.opens()
    mother = await town.welcomes(credits=2000)
    father = await town.welcomes(Family(louane=mother.louane), credits=2000)
    placed = await town.books(mother, [(mother.theo, THURSDAY), (mother.louane, THURSDAY)])
    await town.carries()
    async with town.booking.acquire() as tx:
        order = await reads.order(tx, placed.order, mother.household)
    lines = {meal.beneficiary: meal.line for meal in order.meals}
    for child in (mother.louane, mother.theo):
        own = (await cells(town, mother, child))[THURSDAY]
        assert (own.state, own.order, own.line) == ("booked", placed.order, lines[child])
        assert own.cancel_until is not None
        assert own.cancel_until.isoformat() == "2026-11-26T10:00:00+01:00"
    theirs = (await cells(town, father, father.louane))[THURSDAY]
    assert (theirs.state, theirs.order, theirs.line) == ("booked", None, None)
    assert theirs.cancel_until is None
    assert await booked(town, father) == []
    free = (await cells(town, mother, mother.louane))[FRIDAY]
    assert (free.state, free.order, free.line, free.cancel_until) == ("bookable", *[None] * 3)


async def test_deadlines_are_shown_on_the_clocks_of_the_services_own_town(town: Town):
    await town.opens(zone="Indian/Reunion")
    dupont = await town.welcomes(credits=2000)
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    (meal,) = await booked(town, dupont)
    cell = (await cells(town, dupont, dupont.louane))[THURSDAY]
    assert meal.cancel_until is not None
    assert meal.cancel_until.isoformat() == "2026-11-26T10:00:00+04:00"
    assert cell.cancel_until is not None
    assert cell.cancel_until.isoformat() == "2026-11-26T10:00:00+04:00"


async def test_bookings_of_several_services_are_one_list(town: Town):
    await town.opens()
    garderie = a_regulation(
        service=uuid4(), service_name="Garderie", sessions=("matin", "soir"), regie=uuid4()
    )
    dupont = await town.welcomes(credits=2000)
    await town.books(dupont, [(dupont.louane, THURSDAY)])
    await town.publishes(**garderie.model_dump())
    await town.booking.execute(
        "with o as (insert into meal_order (id, authority, school_year, household, regie, means,"
        " cents, placed, changed) select $1, authority, school_year, household, $2, means, 400,"
        " placed, changed from meal_order returning id)"
        " insert into booking (order_id, line, authority, school_year, beneficiary, service, day,"
        " session, cents, regulation_version) select o.id, 1, authority, school_year, beneficiary,"
        " $3, day, 'matin', 400, 1 from booking, o",
        uuid4(), garderie.regie, garderie.service,
    )  # fmt: skip
    shown = await booked(town, dupont)
    assert [(meal.session, meal.service_name) for meal in shown] == [
        ("matin", "Garderie"), ("midi", "Cantine d’Aiguilhe"),
    ]  # fmt: skip


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(days=40, hours=3)])
async def test_the_clock_says_what_decides_and_whether_it_is_a_demonstrations(town: Town, shift):
    await town.opens()
    await town.booking_owner.execute("select set_clock_offset($1)", shift)
    shown = await town.asks(Family(), api.get_clock, ShowClock())
    expected = await town.booking.fetchval("select clock_timestamp()") + shift
    assert abs(shown.now - expected) < timedelta(seconds=30)
    assert shown.now.utcoffset() == expected.astimezone(PARIS).utcoffset()
    assert shown.shifted == bool(shift)
