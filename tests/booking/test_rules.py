"""The rules engine against an oracle written differently, and the worked cases of the domain."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.booking import CreditChanged, TooLateToCancel
from contracts.regulation import CategoryPrice, Deadline, Regulation, WeekdayOfWeek
from services.booking.domain.orders import FREEZE, Line, Order
from services.booking.domain.rules import (
    MealFacts,
    closing_reason,
    deadline_of,
    decide,
    price_of,
    school_year,
    serving_days,
)
from tests.town import AUTHORITY, CANTEEN, MONDAY, REGIE, a_regulation

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
TIMES = st.times().map(lambda t: t.replace(microsecond=0))
RULES = st.builds(
    WeekdayOfWeek, weekday=st.integers(1, 7), weeks_before=st.integers(0, 8), at=TIMES
)
ZONES = {"Europe/Paris": 1, "Indian/Reunion": 4, "America/Guadeloupe": -4}
"""Their hours east of Greenwich in winter; only Paris has summer time."""


def ruled(rule: WeekdayOfWeek, **changes: object) -> Regulation:
    return a_regulation(book=Deadline(rule=rule), cancel=Deadline(rule=rule), **changes)


# -- an oracle without a zone database ----------------------------------------------------------


def last_sunday(year: int, month: int) -> date:
    return max(
        day for day in (date(year, month, n) for n in range(25, 32)) if day.isoweekday() == 7
    )


def is_summer_in_paris(instant: datetime) -> bool:
    """Directive 2000/84/EC: from the last Sunday of March to that of October, 01:00 UTC."""
    change = [datetime.combine(last_sunday(instant.year, month), time(1), UTC) for month in (3, 10)]
    return change[0] <= instant < change[1]


def instant_of(local: datetime, zone: str) -> datetime:
    """When a wall clock of the zone shows this for the first time; a time that is skipped is
    counted from the hour before."""
    winter = (local - timedelta(hours=ZONES[zone])).replace(tzinfo=UTC)
    if zone != "Europe/Paris":
        return winter
    summer = winter - timedelta(hours=1)
    return summer if is_summer_in_paris(summer) else winter


def expected_deadline(rule: WeekdayOfWeek, day: date, zone: str) -> datetime:
    """Walk back to the Monday of the meal's week, then week by week, then to the weekday."""
    while day.strftime("%u") != "1":
        day -= timedelta(days=1)
    for _ in range(rule.weeks_before):
        day -= timedelta(days=7)
    while day.strftime("%u") != str(rule.weekday):
        day += timedelta(days=1)
    return instant_of(datetime.combine(day, rule.at), zone)


SPRING = WeekdayOfWeek(weekday=7, weeks_before=0, at=time(2, 30))
AUTUMN = WeekdayOfWeek(weekday=7, weeks_before=0, at=time(2, 30))


@given(RULES, DAYS, st.sampled_from(sorted(ZONES)))
@example(SPRING, date(2026, 3, 29), "Europe/Paris")
@example(SPRING, date(2030, 3, 31), "Europe/Paris")
@example(AUTUMN, date(2026, 10, 25), "Europe/Paris")
@example(AUTUMN, date(2034, 10, 29), "Europe/Paris")
def test_a_deadline_is_the_instant_that_an_independent_oracle_gives(rule, day, zone):
    regulation = ruled(rule, zone=zone)
    for action in ("book", "cancel"):
        given_by_us = deadline_of(regulation, action, day)
        assert given_by_us.astimezone(UTC) == expected_deadline(rule, day, zone)


def test_every_day_from_2024_to_2034_has_the_deadline_of_the_oracle():
    rules = [
        WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)),
        WeekdayOfWeek(weekday=7, weeks_before=1, at=time(23, 59, 59)),
        WeekdayOfWeek(weekday=7, weeks_before=0, at=time(2, 30)),
        WeekdayOfWeek(weekday=1, weeks_before=0, at=time(0)),
    ]
    first, days = date(2024, 1, 1), (date(2034, 12, 31) - date(2024, 1, 1)).days + 1
    seen = set()
    for rule in rules:
        regulation = ruled(rule)
        for day in (first + timedelta(days=n) for n in range(days)):
            ours = deadline_of(regulation, "book", day).astimezone(UTC)
            assert ours == expected_deadline(rule, day, "Europe/Paris"), (rule, day)
            seen.add(ours.date())
    changes = {last_sunday(year, month) for year in range(2024, 2035) for month in (3, 10)}
    assert changes <= seen, "the days of the clock changes were among them"


@pytest.mark.parametrize("changed", ["weekday", "weeks_before", "at"])
def test_the_oracle_sees_a_rule_that_is_read_wrongly(changed):
    rule = WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10))
    wrong = {"weekday": 5, "weeks_before": 2, "at": time(11)}[changed]
    misread = rule.model_copy(update={changed: wrong})
    day = date(2026, 12, 3)
    ours = deadline_of(ruled(misread), "book", day).astimezone(UTC)
    assert ours != expected_deadline(rule, day, "Europe/Paris")


@given(RULES, DAYS)
def test_all_meals_of_an_iso_week_have_one_deadline_and_later_weeks_a_later_one(rule, day):
    regulation = ruled(rule)
    monday = date.fromisocalendar(*day.isocalendar()[:2], 1)
    week = {deadline_of(regulation, "book", monday + timedelta(days=n)) for n in range(7)}
    assert len(week) == 1
    assert week.pop() < deadline_of(regulation, "book", monday + timedelta(days=7))


# -- worked cases (domain.md §4.10) -------------------------------------------------------------


def test_case_1_two_children_on_two_dates_at_3_80_cost_15_20():
    prices = (
        CategoryPrice(category="residents", label="Résidents", cents=380),
        CategoryPrice(category="adultes", label="Adultes", cents=710),
    )
    regulation = a_regulation(prices=prices)
    assert 4 * price_of(regulation, "residents") == 1520
    assert price_of(regulation, "adultes") == 710
    assert price_of(regulation, "hors_commune") is None


def test_case_2_the_thursday_before_at_ten_is_26_november_nine_o_clock_utc():
    until = deadline_of(a_regulation(), "book", date(2026, 12, 3))
    assert until.astimezone(UTC) == datetime(2026, 11, 26, 9, tzinfo=UTC)
    states = [
        decide(facts(book_until=until), shelf(), until.astimezone(UTC) + late).state
        for late in (timedelta(seconds=-1), timedelta(0), timedelta(seconds=1))
    ]
    assert states == ["bookable", "late", "late"]


@pytest.mark.parametrize(("late", "credit"), [(-60, 380), (60, 0)])
def test_case_13_a_meal_cancelled_in_time_gives_3_80_and_after_the_deadline_nothing(late, credit):
    until = deadline_of(a_regulation(), "cancel", date(2026, 12, 3)).astimezone(UTC)
    now, order = until + timedelta(seconds=late), an_order("confirmed", "live")
    if credit:
        assert [line.cents for line in order.take_out([1], credit, {1: until}, now)] == [380]
    else:
        with pytest.raises(TooLateToCancel):
            order.take_out([1], 380, {1: until}, now)


# -- deciding -----------------------------------------------------------------------------------


def shelf(**changes: object) -> dict:
    return {(CANTEEN, 1): a_regulation(**changes)}


def facts(**changes: object) -> MealFacts:
    plain = {
        "beneficiary": uuid4(), "service": CANTEEN, "day": date(2026, 12, 3), "session": "midi",
        "category": "residents", "regulation_version": 1, "capacity": 100, "taken": 0,
        "book_until": MONDAY + timedelta(days=10), "live_in": None,
    }  # fmt: skip
    return MealFacts(**(plain | changes))


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
FACTS = st.builds(
    facts,
    category=st.sampled_from(("residents", "adultes", None)),
    regulation_version=st.sampled_from((1, 1, 1, None)),
    capacity=st.integers(0, 3), taken=st.integers(0, 3), book_until=INSTANTS,
    live_in=st.sampled_from((None, None, "held", "confirmed")),
)  # fmt: skip


@given(FACTS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_acting_earlier_is_never_refused_when_acting_later_is_allowed(meal, now, earlier):
    if decide(meal, shelf(), now).state == "bookable":
        assert decide(meal, shelf(), now - earlier).state == "bookable"


@given(FACTS, INSTANTS)
def test_a_meal_is_bookable_only_when_everything_allows_it(meal, now):
    allowed = (
        meal.category == "residents"
        and meal.regulation_version is not None
        and meal.live_in is None
        and meal.taken < meal.capacity
        and now < meal.book_until
    )
    decision = decide(meal, shelf(), now)
    assert (decision.state == "bookable") == allowed
    assert decision.cents is None or decision.cents == 380


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"category": None}, "not_entitled"),
        ({"category": "adultes"}, "not_entitled"),
        ({"regulation_version": None}, "closed"),
        ({"book_until": None}, "closed"),
        ({"live_in": "held"}, "held"),
        ({"live_in": "released"}, "held"),
        ({"live_in": "confirmed", "taken": 100}, "booked"),
        ({"taken": 100}, "full"),
        ({"taken": 99}, "bookable"),
        ({"capacity": 0}, "full"),
        ({"book_until": MONDAY, "taken": 100}, "late"),
    ],
)
def test_each_reason_not_to_book_has_its_own_name(changes, state):
    assert decide(facts(**changes), shelf(), MONDAY.astimezone(UTC)).state == state


# -- days ---------------------------------------------------------------------------------------


def test_a_service_serves_its_weekdays_outside_its_closed_periods():
    days = serving_days(a_regulation())
    assert {day.isoweekday() for day in days} == {1, 2, 4, 5}
    assert days[0] == date(2026, 9, 1)
    assert days == sorted(set(days))
    assert date(2026, 10, 16) in days
    assert date(2026, 11, 2) in days
    assert not [day for day in days if date(2026, 10, 17) <= day <= date(2026, 11, 1)]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 10, 17), "vacances de la Toussaint"),
        (date(2026, 11, 1), "vacances de la Toussaint"),
        (date(2026, 11, 4), ""),
        (date(2026, 11, 5), None),
        (date(2026, 8, 31), "hors de la période publiée"),
        (date(2027, 7, 5), "hors de la période publiée"),
    ],
)
def test_a_closed_day_says_why(day, reason):
    assert closing_reason(a_regulation(), day) == reason


@given(DAYS)
def test_a_school_year_runs_from_august_to_july(day):
    year = school_year(day)
    assert date(year, 8, 1) <= day <= date(year + 1, 7, 31)


# -- orders -------------------------------------------------------------------------------------


def an_order(state: str, *lines: str, cents: int = 380) -> Order:
    return Order(
        id=uuid4(), version=1, household=uuid4(), authority=AUTHORITY, regie=REGIE,
        means="credits", cents=cents * len(lines), state=state,
        lines=tuple(
            Line(number, uuid4(), CANTEEN, "Cantine", date(2026, 12, 3), "midi", cents, of_line,
                 uuid4() if of_line == "cancelled" else None, 0)
            for number, of_line in enumerate(lines, start=1)
        ),
    )  # fmt: skip


STATES = st.sampled_from(("live", "released", "cancelled"))


@given(
    st.sampled_from(("held", "confirmed", "released", "cancelled")),
    st.lists(STATES, min_size=1, max_size=5), st.sets(st.integers(1, 6), min_size=1),
    st.integers(0, 2000), st.integers(-2, 2),
)  # fmt: skip
def test_lines_leave_an_order_once_in_time_and_for_the_credit_that_was_shown(
    state, lines, numbers, shown, hours
):
    now, order = MONDAY.astimezone(UTC), an_order(state, *lines)
    until = {line.line: now + timedelta(hours=hours) for line in order.lines}
    holds = {"held": "live", "confirmed": "live", "released": "released"}.get(state)
    leaving = [line for line in order.lines if line.line in numbers and line.state == holds]
    if leaving and hours <= 0:
        with pytest.raises(TooLateToCancel):
            order.take_out(sorted(numbers), shown, until, now)
    elif not leaving or shown != 380 * len(leaving):
        with pytest.raises(CreditChanged):
            order.take_out(sorted(numbers), shown, until, now)
        shown = 380 * len(leaving)
    if leaving and hours > 0:
        assert order.take_out(sorted(numbers), shown, until, now) == leaving


@given(st.lists(STATES, min_size=1, max_size=4), st.integers(-60, 60))
def test_late_money_takes_seats_again_until_the_kitchen_freezes(lines, minutes):
    until, order = MONDAY.astimezone(UTC), an_order("released", *lines)
    deadlines = {line.line: until for line in order.lines}
    allowed = order.may_retake_seats(deadlines, until + timedelta(minutes=minutes))
    assert allowed == ("released" in lines and timedelta(minutes=minutes) < FREEZE)


@given(st.lists(st.sampled_from(("live", "cancelled")), min_size=1, max_size=5))
def test_a_confirmation_tells_the_meals_that_stay_and_each_cancellation_once(lines):
    order = an_order("held", *lines)
    confirmed, told = order.confirm()
    assert (confirmed.state, confirmed.version) == ("confirmed", 2)
    assert [meal.line for meal in told[0].meals] == [
        line.line for line in order.lines if line.state == "live"
    ]
    assert sorted(meal.line for event in told[1:] for meal in event.meals) == [
        line.line for line in order.lines if line.state == "cancelled"
    ]
