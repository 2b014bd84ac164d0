"""What booking tells: calendars that opened, people who left, in any order, however often."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.booking import BeneficiaryRetired, EntitlementOpened
from contracts.refusal import NotFound
from contracts.subscriptions import GRANT_ENTITLEMENT, GrantEntitlement, RequestsJudged
from deploy.topology import declared_readers
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town
from tests.subscriptions.desk import (
    LAST_DAY,
    MONDAY,
    TODAY,
    Family,
    access,
    asks,
    clock_shows,
    holds,
    judges,
    opens_its_doors,
    requests_told,
    rights_told,
    states,
    wish,
)


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


@pytest.fixture
def family() -> Family:
    """A family that no other test knows."""
    return Family()


def opened(town: Town, family: Family, right: UUID) -> EntitlementOpened:
    """Booking has opened the calendar of this right."""
    return EntitlementOpened(
        entitlement=right, household=family.household, beneficiary=family.louane,
        authority=town.authority, service=town.canteen, authority_name="Aiguilhe",
        service_name="Cantine d’Aiguilhe",
    )  # fmt: skip


def retired(family: Family, *children: UUID) -> list[BeneficiaryRetired]:
    """These children left the family's list."""
    return [BeneficiaryRetired(household=family.household, beneficiary=child) for child in children]


async def grants(subscriptions: AtWork, town: Town, family: Family, **changes: object) -> UUID:
    """The town hall gives a right that nobody asked for."""
    given: dict[str, object] = {
        "entitlement": uuid4(), "household": family.household, "beneficiary": family.louane,
        "service": town.canteen, "category": "residents", "valid_from": TODAY,
        "valid_until": LAST_DAY, **changes,
    }  # fmt: skip
    grant = GrantEntitlement.model_validate(given)
    await subscriptions.call(GRANT_ENTITLEMENT, grant, OPERATOR)
    return grant.entitlement


# -- calendars that open ------------------------------------------------------------------------


async def test_an_approved_request_is_being_opened_until_booking_has_opened_it(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    assert await states(subscriptions, family) == ["opening"]
    before = await subscriptions.told()
    for _ in range(2):
        await subscriptions.hear(opened(aiguilhe, family, right))
        assert await states(subscriptions, family) == ["open"]
    assert await subscriptions.told() == before


async def test_an_opening_told_twice_with_other_words_keeps_the_first_instant(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    event = opened(aiguilhe, family, right)
    await subscriptions.hear(event)
    since = "select opened from entitlement where id = $1"
    first = await subscriptions.owner.fetchval(since, right)
    await subscriptions.hear(event.model_copy(update={"service_name": "Cantine"}))
    assert await subscriptions.owner.fetchval(since, right) == first is not None


async def test_the_opening_of_a_right_that_is_not_here_changes_nothing(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    lost = "select count(*) from dead_letter"
    await subscriptions.hear(opened(aiguilhe, family, uuid4()), opened(aiguilhe, family, right))
    assert await states(subscriptions, family) == ["open"]
    assert await subscriptions.owner.fetchval(lost) == 0


async def test_an_opening_that_comes_after_the_end_opens_nothing(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    await holds(subscriptions, aiguilhe, family, family.louane, "hors_commune")
    await subscriptions.hear(opened(aiguilhe, family, right))
    rows = {row.category: row.state for row in await access(subscriptions, family)}
    assert rows == {"residents": "ended", "hors_commune": "opening"}


async def test_a_right_that_begins_later_is_open_and_ends_after_its_last_day(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(
        subscriptions, aiguilhe, family, family.louane, valid_from=date(2027, 1, 4),
        valid_until=date(2027, 2, 5),
    )  # fmt: skip
    await subscriptions.hear(opened(aiguilhe, family, right))
    for day, state in ((0, "open"), (81, "open"), (82, "ended")):
        await clock_shows(subscriptions, MONDAY + timedelta(days=day))
        assert await states(subscriptions, family) == [state]


async def test_a_right_given_without_a_request_is_listed_like_the_others(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await grants(subscriptions, aiguilhe, family)
    (row,) = await access(subscriptions, family)
    assert (row.state, row.request, row.asked, row.asked_by) == ("opening", None, None, None)
    assert (row.category_label, row.valid_from, row.valid_until) == (
        "Résidents", TODAY, LAST_DAY,
    )  # fmt: skip
    await subscriptions.hear(opened(aiguilhe, family, right))
    assert await states(subscriptions, family) == ["open"]
    await grants(subscriptions, aiguilhe, family, entitlement=right, state="ended")
    assert await states(subscriptions, family) == ["ended"]


async def test_of_several_rights_to_an_entry_the_one_that_lives_is_shown(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    lives = await grants(subscriptions, aiguilhe, family)
    await grants(subscriptions, aiguilhe, family, state="ended")
    await subscriptions.hear(opened(aiguilhe, family, lives))
    assert await states(subscriptions, family) == ["open"]


async def test_a_right_whose_category_the_town_hall_corrected_is_listed_under_it(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    await grants(subscriptions, aiguilhe, family, entitlement=right, category="adultes")
    assert [row.category_label for row in await access(subscriptions, family)] == ["Adultes"]


# -- beneficiaries that leave -------------------------------------------------------------------


async def test_who_leaves_asks_for_nothing_more_and_holds_nothing_more(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    right = await holds(subscriptions, aiguilhe, family, family.louane)
    pending = await asks(
        subscriptions, family, wish(aiguilhe, family.louane, "adultes"),
        wish(aiguilhe, family.theo),
    )  # fmt: skip
    events = retired(family, family.louane)
    await subscriptions.hear(*events)
    last = (await requests_told(subscriptions))[-1]
    assert (last.request, last.version, last.state) == (pending.requests[0], 2, "withdrawn")
    ended = (await rights_told(subscriptions))[-1]
    assert (ended.entitlement, ended.version, ended.state) == (right, 2, "ended")
    rows = {row.beneficiary: row.state for row in await access(subscriptions, family)}
    assert rows == {family.louane: "ended", family.theo: "pending"}
    before = await subscriptions.told()
    await subscriptions.hear(*events)
    assert await subscriptions.told() == before


async def test_another_household_of_the_same_child_keeps_what_it_has(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    other = replace(Family(), louane=family.louane)
    await holds(subscriptions, aiguilhe, other, family.louane)
    await asks(subscriptions, other, wish(aiguilhe, family.louane, "adultes"))
    before = await subscriptions.told()
    await subscriptions.hear(*retired(family, family.louane))
    assert await states(subscriptions, other) == ["pending", "opening"]
    assert await subscriptions.told() == before


async def test_a_departure_heard_before_anything_else_is_remembered(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    await subscriptions.hear(*retired(family, family.louane, family.theo))
    with pytest.raises(NotFound):
        await asks(subscriptions, family, wish(aiguilhe, family.theo))
    assert await requests_told(subscriptions) == []


async def test_a_departure_heard_after_the_judgement_leaves_a_refusal_as_it_is(
    subscriptions: AtWork, aiguilhe: Town, family: Family
) -> None:
    asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await judges(
        subscriptions, aiguilhe.staff(), asked.requests, verdict="refused", reason="outside"
    )
    await subscriptions.hear(*retired(family, family.louane))
    assert await states(subscriptions, family) == ["refused"]
    with pytest.raises(RequestsJudged):
        await judges(subscriptions, aiguilhe.staff(), asked.requests)


async def test_many_departures_at_once_are_told_each(subscriptions: AtWork, aiguilhe: Town) -> None:
    families = [Family() for _ in range(20)]
    for family in families:
        await asks(subscriptions, family, wish(aiguilhe, family.louane))
        await grants(subscriptions, aiguilhe, family, beneficiary=family.theo)
    events = [event for f in families for event in retired(f, f.louane, f.theo)]
    await subscriptions.hear(*events)
    told = await requests_told(subscriptions)
    assert [event.state for event in told].count("withdrawn") == len(families)
    ended = [right for right in await rights_told(subscriptions) if right.state == "ended"]
    assert {right.household for right in ended} == {family.household for family in families}


async def test_a_departure_while_a_clerk_judges_leaves_no_right_behind(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for _ in range(8):
        family = Family()
        asked = await asks(subscriptions, family, wish(aiguilhe, family.louane))
        judged, _ = await asyncio.gather(
            judges(subscriptions, aiguilhe.staff(), asked.requests),
            subscriptions.hear(*retired(family, family.louane)),
            return_exceptions=True,
        )
        rights = [r for r in await rights_told(subscriptions) if r.household == family.household]
        if isinstance(judged, RequestsJudged):
            assert rights == []
            assert await states(subscriptions, family) == []
        else:
            assert [right.state for right in rights] == ["active", "ended"]
            assert await states(subscriptions, family) == ["ended"]


async def test_a_departure_while_a_clerk_grants_leaves_no_right_behind(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    await subscriptions.hear(*retired(gone := Family(), gone.louane))
    with pytest.raises(NotFound):
        await grants(subscriptions, aiguilhe, gone, beneficiary=gone.louane)
    for _ in range(8):
        family = Family()
        granted, _ = await asyncio.gather(
            grants(subscriptions, aiguilhe, family, beneficiary=family.louane),
            subscriptions.hear(*retired(family, family.louane)),
            return_exceptions=True,
        )
        rights = [r for r in await rights_told(subscriptions) if r.household == family.household]
        left_first = isinstance(granted, NotFound)
        assert [right.state for right in rights] == ([] if left_first else ["active", "ended"])


async def test_a_departure_while_the_family_asks_leaves_nothing_pending(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    for _ in range(8):
        family = Family()
        asked, _ = await asyncio.gather(
            asks(subscriptions, family, wish(aiguilhe, family.louane)),
            subscriptions.hear(*retired(family, family.louane)),
            return_exceptions=True,
        )
        assert await states(subscriptions, family) == []
        told = [e for e in await requests_told(subscriptions) if e.household == family.household]
        assert [event.state for event in told] == (
            [] if isinstance(asked, NotFound) else ["pending", "withdrawn"]
        )


def test_the_broker_learns_what_subscriptions_reads_from_the_service_itself() -> None:
    assert declared_readers()["subscriptions"] == [
        "booking.beneficiary_retired.v1", "booking.entitlement_opened.v1",
    ]  # fmt: skip
