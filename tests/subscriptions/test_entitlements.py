"""Entitlements: granted, changed, ended, and told once each time."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from chassis.auth import Caller
from contracts.refusal import Malformed, NotAllowed, NotFound
from contracts.subscriptions import (
    GRANT_ENTITLEMENT,
    PUBLISH_REGULATION,
    EntitlementChanged,
    GrantEntitlement,
)
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town, publishing


def a_grant(town: Town, **changes: Any) -> GrantEntitlement:
    """The right of a new child to the town's canteen for a school year."""
    given: dict[str, Any] = {
        "entitlement": uuid4(), "household": uuid4(), "beneficiary": uuid4(),
        "service": town.canteen, "category": "residents", "valid_from": date(2026, 9, 1),
        "valid_until": date(2027, 7, 6),
    }  # fmt: skip
    return GrantEntitlement(**{**given, **changes})


async def told(subscriptions: AtWork) -> list[EntitlementChanged]:
    return [
        EntitlementChanged(**body)
        for name, body in await subscriptions.told()
        if name == EntitlementChanged.name
    ]


@pytest.mark.parametrize("role", ["administrator", "clerk"])
async def test_a_grant_is_told_whole(subscriptions: AtWork, canteen: Town, role: Any) -> None:
    grant = a_grant(canteen)
    await subscriptions.call(GRANT_ENTITLEMENT, grant, canteen.staff(role))
    assert await told(subscriptions) == [
        EntitlementChanged(version=1, authority=canteen.authority, **grant.model_dump())
    ]


async def test_granting_the_same_again_tells_nothing_new(
    subscriptions: AtWork, canteen: Town
) -> None:
    grant = a_grant(canteen)
    twins = (subscriptions.call(GRANT_ENTITLEMENT, grant, OPERATOR) for _ in range(4))
    await asyncio.gather(*twins)
    assert len(await told(subscriptions)) == 1


async def test_each_change_is_told_with_the_next_version(
    subscriptions: AtWork, canteen: Town
) -> None:
    grant = a_grant(canteen)
    ended = grant.model_copy(update={"state": "ended"})
    shorter = grant.model_copy(update={"valid_until": date(2026, 12, 31)})
    for request in (grant, ended, ended, grant, shorter):
        await subscriptions.call(GRANT_ENTITLEMENT, request, OPERATOR)
    events = await told(subscriptions)
    assert [(e.version, e.state) for e in events] == [
        (1, "active"), (2, "ended"), (3, "active"), (4, "active"),
    ]  # fmt: skip
    assert events[-1].valid_until == date(2026, 12, 31)


async def test_changes_made_at_once_get_a_version_each(
    subscriptions: AtWork, canteen: Town
) -> None:
    grant = a_grant(canteen)
    last_days = [grant.valid_until.replace(day=day) for day in range(1, 7)]
    await asyncio.gather(
        *(
            subscriptions.call(
                GRANT_ENTITLEMENT, grant.model_copy(update={"valid_until": day}), OPERATOR
            )
            for day in last_days
        )
    )
    events = await told(subscriptions)
    assert [event.version for event in events] == [1, 2, 3, 4, 5, 6]
    assert sorted(event.valid_until for event in events) == last_days


@pytest.mark.parametrize("field", ["household", "beneficiary", "service"])
async def test_whose_an_entitlement_is_and_for_what_never_changes(
    subscriptions: AtWork, canteen: Town, field: str
) -> None:
    grant = a_grant(canteen)
    await subscriptions.call(GRANT_ENTITLEMENT, grant, OPERATOR)
    garderie = Town(canteen.authority, canteen.regie, uuid4())
    await subscriptions.call(PUBLISH_REGULATION, publishing(garderie.regulation()), OPERATOR)
    other = garderie.canteen if field == "service" else uuid4()
    with pytest.raises(NotFound):
        await subscriptions.call(
            GRANT_ENTITLEMENT, grant.model_copy(update={field: other}), OPERATOR
        )
    assert len(await told(subscriptions)) == 1


async def test_staff_grant_nothing_in_another_authority(
    subscriptions: AtWork, canteen: Town
) -> None:
    other = await a_town(subscriptions)
    grant = a_grant(canteen)
    for caller in (other.staff(), canteen.staff("kitchen"), Caller("staff", uuid4())):
        with pytest.raises(NotFound):
            await subscriptions.call(GRANT_ENTITLEMENT, grant, caller)
    await subscriptions.call(PUBLISH_REGULATION, publishing(other.regulation()), OPERATOR)
    await subscriptions.call(GRANT_ENTITLEMENT, grant, OPERATOR)
    stolen = grant.model_copy(update={"service": other.canteen})
    with pytest.raises(NotFound):
        await subscriptions.call(GRANT_ENTITLEMENT, stolen, other.staff())


async def test_a_family_grants_itself_nothing(subscriptions: AtWork, canteen: Town) -> None:
    grant = a_grant(canteen)
    with pytest.raises(NotAllowed):
        await subscriptions.call(
            GRANT_ENTITLEMENT, grant, Caller("family", uuid4(), grant.household)
        )


async def test_a_service_without_regulation_is_not_found(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    with pytest.raises(NotFound):
        await subscriptions.call(GRANT_ENTITLEMENT, a_grant(aiguilhe), OPERATOR)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"category": "hors_commune"}, "category"),
     ({"valid_until": date(2026, 8, 31)}, "valid_until")],
)  # fmt: skip
async def test_an_entitlement_that_could_never_be_used_is_malformed(
    subscriptions: AtWork, canteen: Town, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Malformed) as refused:
        await subscriptions.call(GRANT_ENTITLEMENT, a_grant(canteen, **changes), OPERATOR)
    assert [error.field for error in refused.value.details.errors] == [field]
    assert await told(subscriptions) == []
