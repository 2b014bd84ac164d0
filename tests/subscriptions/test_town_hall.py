"""What an agent sees of its authorities, and of a family: theirs, and nothing of anybody else's."""

from uuid import uuid4

import pytest

from chassis.auth import Caller
from chassis.database import open_pool
from contracts.operation import StaffRole
from contracts.subscriptions import (
    DESCRIBE_REGIE,
    GET_HOUSEHOLD_ACCESS,
    GET_TOWN_HALL,
    PUBLISH_REGULATION,
    Access,
    DescribeRegie,
    ShowHouseholdAccess,
    ShowTownHall,
    TownAuthority,
)
from contracts.values import AGGLOMERATION
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing
from tests.subscriptions.desk import Family, asks, opens_its_doors, wish

ROLES: tuple[StaffRole, ...] = (
    "administrator", "clerk", "regisseur", "kitchen", "attendance", "reader"
)  # fmt: skip
EVERYWHERE = Caller("staff", uuid4(), roles=frozenset({("administrator", AGGLOMERATION)}))


async def town_hall(subscriptions: AtWork, caller: Caller) -> tuple[TownAuthority, ...]:
    """What the caller's authorities are made of."""
    return (await subscriptions.call(GET_TOWN_HALL, ShowTownHall(), caller)).authorities


async def access(subscriptions: AtWork, caller: Caller, family: Family) -> tuple[Access, ...]:
    """What the caller sees of a family."""
    asked = ShowHouseholdAccess.model_validate({"household": family.household})
    return (await subscriptions.call(GET_HOUSEHOLD_ACCESS, asked, caller)).access


@pytest.fixture
async def aiguilhe(subscriptions: AtWork, aiguilhe: Town) -> Town:
    """A town whose canteen may be asked for."""
    await opens_its_doors(subscriptions, aiguilhe)
    return aiguilhe


@pytest.fixture
async def elsewhere(subscriptions: AtWork) -> Town:
    """Another town of which Aiguilhe's agents know nothing."""
    other = await a_town(subscriptions)
    await opens_its_doors(subscriptions, other)
    return other


@pytest.mark.parametrize("role", ROLES)
async def test_every_agent_sees_its_authorities_and_no_other(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town, role: StaffRole
) -> None:
    (seen,) = await town_hall(subscriptions, aiguilhe.staff(role))
    assert (seen.authority, seen.label) == (aiguilhe.authority, "Aiguilhe")
    assert [(regie.regie, regie.label) for regie in seen.regies] == [
        (aiguilhe.regie, "Régie d’Aiguilhe")
    ]
    assert [service.service for service in seen.services] == [aiguilhe.canteen]
    roles = aiguilhe.staff(role).roles | elsewhere.staff("kitchen").roles
    both = await town_hall(subscriptions, Caller("staff", uuid4(), roles=roles))
    assert {town.authority for town in both} == {aiguilhe.authority, elsewhere.authority}


async def test_an_agent_without_a_role_sees_no_authority(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    assert await town_hall(subscriptions, Caller("staff", uuid4())) == ()
    clerk = Caller("staff", uuid4(), roles=frozenset({("clerk", AGGLOMERATION)}))
    assert await town_hall(subscriptions, clerk) == ()


async def test_the_agglomerations_administrators_see_every_town_and_the_agglomeration_is_none(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    seen = {town.authority for town in await town_hall(subscriptions, EVERYWHERE)}
    assert {aiguilhe.authority, elsewhere.authority} <= seen
    assert AGGLOMERATION not in seen


async def test_a_service_is_shown_with_its_newest_version_and_things_by_their_french_names(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    longer = aiguilhe.regulation(version=4, capacity=90)
    garderie = aiguilhe.regulation(service=uuid4(), service_name="À la garderie")
    for regulation in (longer, garderie):
        await subscriptions.call(PUBLISH_REGULATION, publishing(regulation), OPERATOR)
    other = DescribeRegie.model_validate(
        {"regie": uuid4(), "authority": aiguilhe.authority, "label": "Écoles"}
    )
    await subscriptions.call(DESCRIBE_REGIE, other, OPERATOR)
    (seen,) = await town_hall(subscriptions, aiguilhe.staff("reader"))
    assert [service.regulation for service in seen.services] == [garderie, longer]
    assert [regie.label for regie in seen.regies] == ["Écoles", "Régie d’Aiguilhe"]


async def test_how_much_waits_is_counted_for_each_town(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    await asks(subscriptions, family, *(wish(aiguilhe, c) for c in (family.louane, family.theo)))
    await asks(subscriptions, family, wish(elsewhere, family.louane))
    counts = {t.authority: t.pending for t in await town_hall(subscriptions, EVERYWHERE)}
    assert (counts[aiguilhe.authority], counts[elsewhere.authority]) == (2, 1)
    assert [t.pending for t in await town_hall(subscriptions, aiguilhe.staff())] == [2]


# -- a family -----------------------------------------------------------------------------------


async def test_a_shared_family_is_seen_as_far_as_it_concerns_the_agents_authority(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    await asks(subscriptions, family, wish(aiguilhe, family.louane))
    await asks(subscriptions, family, wish(elsewhere, family.theo))
    for town in (aiguilhe, elsewhere):
        seen = await access(subscriptions, town.staff("clerk"), family)
        assert [row.authority for row in seen] == [town.authority]
    seen = await access(subscriptions, EVERYWHERE, family)
    assert {row.authority for row in seen} == {aiguilhe.authority, elsewhere.authority}


async def test_a_family_that_asked_nothing_here_shows_nothing(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    family = Family()
    await asks(subscriptions, family, wish(elsewhere, family.louane))
    for caller in (
        aiguilhe.staff(), elsewhere.staff("kitchen"), elsewhere.staff("reader"),
        Caller("staff", uuid4()),
    ):  # fmt: skip
        assert await access(subscriptions, caller, family) == ()
    assert len(await access(subscriptions, elsewhere.staff("regisseur"), family)) == 1


async def test_every_table_of_the_console_hides_what_is_not_its_authorities(
    subscriptions: AtWork, aiguilhe: Town, elsewhere: Town
) -> None:
    """Whatever a query forgets: each table, asked whole by the console's role for one authority."""
    family = Family()
    await asks(subscriptions, family, wish(elsewhere, family.louane))
    readable = await subscriptions.owner.fetch(
        "select table_name as name from information_schema.role_table_grants"
        " where grantee like '%_console' and privilege_type = 'SELECT'"
        " and table_name not in ('clock', 'act', 'act_personal')"
    )
    names = {row["name"] for row in readable}
    assert {"authority", "regie", "service", "regulation", "access_request", "entitlement",
            "household_beneficiary", "agent_role", "entry"} <= names  # fmt: skip
    pool = await open_pool(subscriptions.settings.database_console_url, 1)
    try:
        async with pool.acquire() as console, console.transaction():
            say = "select set_config('app.authorities', $1, true)"
            await console.execute(say, str(aiguilhe.authority))
            here, there = str(aiguilhe.authority), str(elsewhere.authority)
            for name in sorted(names):
                rows = str(await console.fetch(f'select * from "{name}"'))
                assert there not in rows, name
                assert str(family.household) not in rows, name
            assert here in str(await console.fetch("select * from entry"))
            await console.execute(say, "all")
            for name in ("entry", "access_request", "service"):
                assert there in str(await console.fetch(f'select * from "{name}"'))
    finally:
        pool.terminate()
