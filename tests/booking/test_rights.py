"""A right to book is told once it can be used: by its règlement or by itself, the later of both."""

import asyncio
import json
from uuid import UUID

import pytest

from chassis.database import transaction
from contracts.booking import EntitlementOpened
from contracts.subscriptions import RegulationPublished
from services.booking import consumers
from tests.town import (
    AUTHORITY,
    CANTEEN,
    MONDAY,
    Family,
    Town,
    a_regulation,
    entitlements,
)


async def opened(town: Town) -> list[dict]:
    """The rights that booking told, oldest first."""
    return [json.loads(m.body) for m in await town.told("booking", EntitlementOpened)]


def published(**changes: object) -> RegulationPublished:
    regulation = a_regulation(**changes)
    return RegulationPublished(
        service=regulation.service, authority=regulation.authority,
        version=regulation.version, regulation=regulation,
    )  # fmt: skip


async def test_a_right_that_comes_after_its_reglement_is_told_at_once(town: Town):
    await town.opens()
    dupont = Family()
    right = entitlements(dupont)[0]
    await town.receives("booking", right)
    assert await opened(town) == [
        {
            "entitlement": str(right.entitlement), "household": str(dupont.household),
            "beneficiary": str(dupont.louane), "authority": str(AUTHORITY),
            "service": str(CANTEEN), "authority_name": "Aiguilhe",
            "service_name": "Cantine d’Aiguilhe",
        }
    ]  # fmt: skip


async def test_a_right_that_comes_before_its_reglement_is_told_by_the_reglement(town: Town):
    await town.clock_shows(MONDAY)
    await town.welcomes(Family())
    assert await opened(town) == []
    await town.opens()
    assert len(await opened(town)) == 2


async def test_the_reglement_that_counts_says_the_names(town: Town):
    await town.opens(version=2, service_name="Restaurant scolaire")
    await town.publishes(version=1, service_name="Cantine d’avant")
    await town.receives("booking", *entitlements(Family()))
    assert {right["service_name"] for right in await opened(town)} == {"Restaurant scolaire"}


async def test_right_and_reglement_told_twice_or_anew_open_it_once(town: Town):
    await town.opens()
    dupont = Family()
    for version in (1, 1, 2):
        await town.receives("booking", *entitlements(dupont, version=version))
        await town.publishes(version=version)
    assert len(await opened(town)) == 2


async def test_a_hundred_rights_in_a_batch_are_each_told_once(town: Town):
    await town.clock_shows(MONDAY)
    early = [right for _ in range(50) for right in entitlements(Family())]
    await town.receives("booking", *early)
    await town.opens()
    late = [right for _ in range(50) for right in entitlements(Family())]
    await town.receives("booking", *late)
    told = [UUID(right["entitlement"]) for right in await opened(town)]
    assert sorted(told[:100]) == sorted(right.entitlement for right in early)
    assert sorted(told[100:]) == sorted(right.entitlement for right in late)


async def test_a_right_that_ended_before_its_reglement_came_is_not_told(town: Town):
    dupont = Family()
    await town.receives("booking", *entitlements(dupont))
    await town.receives("booking", *entitlements(dupont, version=2, state="ended"))
    await town.opens()
    assert await opened(town) == []
    await town.receives("booking", *entitlements(dupont, version=3))
    assert len(await opened(town)) == 2


async def test_a_right_that_ended_and_is_given_again_was_told_already(town: Town):
    await town.opens()
    dupont = await town.welcomes()
    await town.receives("booking", *entitlements(dupont, version=2, state="ended"))
    await town.receives("booking", *entitlements(dupont, version=3))
    assert len(await opened(town)) == 2


async def test_a_right_of_somebody_who_left_the_list_is_not_told(town: Town):
    await town.opens()
    dupont = Family()
    await town.retires(dupont, dupont.louane)
    await town.receives("booking", *entitlements(dupont))
    assert [right["beneficiary"] for right in await opened(town)] == [str(dupont.theo)]


@pytest.mark.parametrize("first", ["right", "règlement"])
async def test_of_a_right_and_its_reglement_at_the_same_moment_the_second_waits(town: Town, first):
    """Neither sees what the other has not committed: without a lock, nobody would tell."""
    await town.clock_shows(MONDAY)
    right, reglement = entitlements(Family())[0], published()
    hear, event, other = {
        "right": (consumers.on_entitlements_changed, right, reglement),
        "règlement": (consumers.on_regulations_published, reglement, right),
    }[first]
    async with transaction(town.booking) as tx:
        await hear(tx, [event], MONDAY)
        coming = asyncio.create_task(town.receives("booking", other))
        await asyncio.sleep(0.2)
        assert not coming.done()
    await coming
    assert [UUID(told["entitlement"]) for told in await opened(town)] == [right.entitlement]
