"""What waits for an agent: oldest first, page by page, its own authorities' and no other's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts.refusal import NotFound
from contracts.subscriptions import LIST_PENDING, PendingRequests, ShowPending
from contracts.values import AGGLOMERATION
from tests.accounts.at_work import AtWork
from tests.subscriptions.conftest import Town, a_town
from tests.subscriptions.desk import (
    MONDAY,
    Family,
    asks,
    clock_shows,
    holds,
    judges,
    opens_its_doors,
    wish,
)

EVERYWHERE = Caller("staff", uuid4(), roles=frozenset({("administrator", AGGLOMERATION)}))


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


@pytest.fixture
async def elsewhere(subscriptions: AtWork) -> Town:
    """Another town."""
    other = await a_town(subscriptions)
    await opens_its_doors(subscriptions, other)
    return other


async def pending(subscriptions: AtWork, caller: Caller, **asked: Any) -> PendingRequests:
    """What waits for this agent."""
    return await subscriptions.call(LIST_PENDING, ShowPending(**asked), caller)


async def each_later(subscriptions: AtWork, town: Town, families: Sequence[Family]) -> list[UUID]:
    """Each family asks an hour after the one before; the requests in that order."""
    requests: list[UUID] = []
    for hours, family in enumerate(families):
        await clock_shows(subscriptions, MONDAY + timedelta(hours=hours))
        requests += (await asks(subscriptions, family, wish(town, family.louane))).requests
    return requests


async def test_what_waits_is_listed_oldest_first_with_who_asks_what_and_since_when(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    families = [Family(), Family()]
    requests = await each_later(subscriptions, aiguilhe, families)
    seen = await pending(subscriptions, aiguilhe.staff("clerk"))
    assert [row.request for row in seen.requests] == requests
    first = seen.requests[0]
    assert (first.household, first.beneficiary, first.asked_by) == (
        families[0].household, families[0].louane, families[0].parent,
    )  # fmt: skip
    assert (first.authority_label, first.service_label, first.category_label) == (
        "Aiguilhe", "Cantine d’Aiguilhe", "Résidents",
    )  # fmt: skip
    assert (first.authority, first.service, first.held) == (
        aiguilhe.authority, aiguilhe.canteen, None,
    )  # fmt: skip
    assert abs(first.asked - MONDAY) < timedelta(minutes=5)
    assert timedelta(minutes=55) < seen.now - first.asked < timedelta(minutes=65)


async def test_pages_meet_without_a_gap_also_when_the_last_one_shown_was_judged(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    requests = await each_later(subscriptions, aiguilhe, [Family() for _ in range(5)])
    clerk = aiguilhe.staff("clerk")
    first = await pending(subscriptions, clerk, limit=2)
    await judges(subscriptions, clerk, requests[1:2])  # type: ignore[arg-type]
    second = await pending(subscriptions, clerk, limit=2, after=requests[1])
    third = await pending(subscriptions, clerk, limit=2, after=requests[3])
    shown = [row.request for page in (first, second, third) for row in page.requests]
    assert shown == requests
    assert (first.total, second.total, third.total) == (5, 4, 4)


async def test_requests_of_the_same_instant_are_shown_once_each(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    family = Family()
    wishes = [wish(aiguilhe, uuid4()) for _ in range(7)]
    asked = await asks(subscriptions, family, *wishes)
    same = "update access_request set asked = $2 where household = $1"
    await subscriptions.owner.execute(same, family.household, MONDAY)
    shown: list[UUID] = []
    after = None
    for _ in range(4):
        page = await pending(subscriptions, aiguilhe.staff(), limit=2, after=after)
        shown += [row.request for row in page.requests]
        after = shown[-1]
    assert shown == sorted(asked.requests)


async def test_what_the_child_holds_already_is_named(subscriptions: AtWork, aiguilhe: Town) -> None:
    family = Family()
    await holds(subscriptions, aiguilhe, family, family.louane)
    await asks(
        subscriptions, family, wish(aiguilhe, family.louane, "hors_commune"),
        wish(aiguilhe, family.theo, "hors_commune"),
    )  # fmt: skip
    seen = await pending(subscriptions, aiguilhe.staff("clerk"))
    held = {row.beneficiary: row.held for row in seen.requests}
    assert held == {family.louane: "Résidents", family.theo: None}


async def test_a_right_that_is_over_or_another_towns_is_not_held(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    last_day = MONDAY.date() + timedelta(days=3)
    await holds(subscriptions, aiguilhe, family, family.louane, valid_until=last_day)
    await holds(subscriptions, elsewhere, family, family.louane)
    await clock_shows(subscriptions, MONDAY + timedelta(days=4))
    await asks(subscriptions, family, wish(aiguilhe, family.louane, "adultes"))
    (row,) = (await pending(subscriptions, aiguilhe.staff())).requests
    assert row.held is None


# -- who may ------------------------------------------------------------------------------------


async def test_an_agent_sees_what_waits_in_its_authorities_and_counts_nothing_else(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await asks(subscriptions, family, wish(elsewhere, family.louane))
    for town in (aiguilhe, elsewhere):
        seen = await pending(subscriptions, town.staff("clerk"))
        assert ([row.authority for row in seen.requests], seen.total) == ([town.authority], 1)
    roles = aiguilhe.staff("clerk").roles | elsewhere.staff("kitchen").roles
    seen = await pending(subscriptions, Caller("staff", uuid4(), roles=roles))
    assert ([row.authority for row in seen.requests], seen.total) == ([aiguilhe.authority], 1)
    for caller in (
        aiguilhe.staff("kitchen"),
        aiguilhe.staff("regisseur"),
        Caller("staff", uuid4()),
    ):
        seen = await pending(subscriptions, caller)
        assert (seen.requests, seen.total) == ((), 0)


async def test_one_of_several_authorities_may_be_asked_for_and_another_does_not_exist(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await asks(subscriptions, family, wish(elsewhere, family.louane))
    roles = aiguilhe.staff("clerk").roles | elsewhere.staff("clerk").roles
    for caller in (Caller("staff", uuid4(), roles=roles), EVERYWHERE):
        seen = await pending(subscriptions, caller, authority=aiguilhe.authority)
        assert ([row.authority for row in seen.requests], seen.total) == ([aiguilhe.authority], 1)
    for caller in (elsewhere.staff("clerk"), aiguilhe.staff("kitchen")):
        with pytest.raises(NotFound):
            await pending(subscriptions, caller, authority=aiguilhe.authority)


async def test_another_authoritys_request_is_no_place_to_go_on_from(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    theirs = await each_later(subscriptions, elsewhere, [Family()])
    await each_later(subscriptions, aiguilhe, [Family(), Family()])
    seen = await pending(subscriptions, aiguilhe.staff(), after=theirs[0])
    unknown = await pending(subscriptions, aiguilhe.staff(), after=uuid4())
    assert (seen.requests, unknown.requests) == ((), ())
