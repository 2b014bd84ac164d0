"""Roles: given and taken by administrators, against what was shown; an authority keeps one."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.auth import Caller
from contracts.operation import StaffRole
from contracts.refusal import Malformed, NotAllowed, NotFound
from contracts.subscriptions import (
    LIST_ROLES,
    SET_ROLES,
    AgentRoles,
    LastAdministrator,
    RoleList,
    RolesChanged,
    RolesMoved,
    SetRoles,
    ShowRoles,
)
from contracts.values import AGGLOMERATION, AgentId
from tests.accounts.at_work import OPERATOR, AtWork
from tests.subscriptions.conftest import Town, a_town


def agent() -> AgentId:
    """Somebody whom no other test knows."""
    return AgentId(uuid4())


def works(who: UUID, authority: UUID, *roles: StaffRole) -> Caller:
    """This agent, signed in with these roles."""
    return Caller("staff", who, roles=frozenset((role, authority) for role in roles))


async def sets(
    subscriptions: AtWork, caller: Caller, who: UUID, authority: UUID, *roles: str,
    seen: int = 0, why: str = "",
) -> AgentRoles:  # fmt: skip
    """The caller gives exactly these roles, having seen a version."""
    given: dict[str, Any] = {
        "agent": who, "authority": authority, "roles": frozenset(roles), "seen_version": seen,
        "why": why,
    }  # fmt: skip
    return await subscriptions.call(SET_ROLES, SetRoles(**given), caller)


async def listed(subscriptions: AtWork, caller: Caller, authority: UUID) -> RoleList:
    """Who holds what, as the caller sees it."""
    asked = ShowRoles.model_validate({"authority": authority})
    return await subscriptions.call(LIST_ROLES, asked, caller)


async def told(subscriptions: AtWork) -> list[RolesChanged]:
    """What was told of roles."""
    events = await subscriptions.told()
    return [RolesChanged(**body) for name, body in events if name == RolesChanged.name]


@pytest.fixture
async def hugo(subscriptions: AtWork, aiguilhe: Town) -> Caller:
    """The administrator of Aiguilhe, put there by the operator."""
    who = agent()
    await sets(subscriptions, OPERATOR, who, aiguilhe.authority, "administrator")
    return works(who, aiguilhe.authority, "administrator")


async def test_an_administrator_gives_roles_and_the_whole_set_is_told(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    lea = agent()
    first = await sets(subscriptions, hugo, lea, aiguilhe.authority, "regisseur", "clerk")
    assert first == AgentRoles(agent=lea, roles=("clerk", "regisseur"), version=1)
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "kitchen", seen=1)
    await sets(subscriptions, hugo, lea, aiguilhe.authority, seen=2)
    _, *of_lea = await told(subscriptions)
    assert [(event.agent, event.version, event.roles) for event in of_lea] == [
        (lea, 1, ("clerk", "regisseur")), (lea, 2, ("kitchen",)), (lea, 3, ()),
    ]  # fmt: skip
    assert {event.authority for event in of_lea} == {aiguilhe.authority}


async def test_the_list_shows_everyone_administrators_first_and_those_who_left_last(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    lea, paul = agent(), agent()
    await sets(subscriptions, hugo, paul, aiguilhe.authority, "reader")
    await sets(subscriptions, hugo, paul, aiguilhe.authority, seen=1)
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "clerk")
    shown = (await listed(subscriptions, hugo, aiguilhe.authority)).agents
    assert [(row.agent, row.roles, row.version) for row in shown] == [
        (hugo.actor, ("administrator",), 1), (lea, ("clerk",), 1), (paul, (), 2),
    ]  # fmt: skip
    assert (await listed(subscriptions, OPERATOR, aiguilhe.authority)).agents == shown


async def test_what_is_already_so_is_answered_and_tells_nothing(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    lea = agent()
    given = await sets(subscriptions, hugo, lea, aiguilhe.authority, "clerk")
    before = await told(subscriptions)
    for seen in (0, 1, 7):
        assert await sets(subscriptions, hugo, lea, aiguilhe.authority, "clerk", seen=seen) == given
    assert await told(subscriptions) == before


async def test_roles_that_somebody_else_changed_since_are_shown_and_stay(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    lea = agent()
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "clerk")
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "reader", seen=1)
    for seen in (0, 1, 3):
        with pytest.raises(RolesMoved) as moved:
            await sets(subscriptions, hugo, lea, aiguilhe.authority, "kitchen", seen=seen)
        assert (moved.value.details.roles, moved.value.details.version) == (("reader",), 2)  # type: ignore[attr-defined]
    assert len(await told(subscriptions)) == 3


async def test_of_two_administrators_at_once_one_is_told_that_roles_moved(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    for _ in range(5):
        lea = agent()
        answers = await asyncio.gather(
            sets(subscriptions, hugo, lea, aiguilhe.authority, "clerk"),
            sets(subscriptions, hugo, lea, aiguilhe.authority, "kitchen"),
            return_exceptions=True,
        )
        assert sorted(type(answer) is RolesMoved for answer in answers) == [False, True]


# -- the last administrator ---------------------------------------------------------------------


async def test_an_authority_keeps_an_administrator(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    with pytest.raises(LastAdministrator):
        await sets(subscriptions, hugo, hugo.actor, aiguilhe.authority, "clerk", seen=1)
    lea = agent()
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "administrator")
    await sets(subscriptions, hugo, hugo.actor, aiguilhe.authority, seen=1)
    lea_works = works(lea, aiguilhe.authority, "administrator")
    with pytest.raises(LastAdministrator):
        await sets(subscriptions, lea_works, lea, aiguilhe.authority, seen=1)
    everywhere = works(agent(), AGGLOMERATION, "administrator")
    with pytest.raises(LastAdministrator):
        await sets(subscriptions, everywhere, lea, aiguilhe.authority, seen=1)
    last = await sets(subscriptions, OPERATOR, lea, aiguilhe.authority, seen=1)
    assert last.roles == ()


async def test_two_administrators_who_remove_each_other_at_once_leave_one(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    lea = agent()
    await sets(subscriptions, hugo, lea, aiguilhe.authority, "administrator")
    lea_works = works(lea, aiguilhe.authority, "administrator")
    answers = await asyncio.gather(
        sets(subscriptions, hugo, lea, aiguilhe.authority, seen=1),
        sets(subscriptions, lea_works, hugo.actor, aiguilhe.authority, seen=1),
        return_exceptions=True,
    )
    assert sorted(type(answer) is LastAdministrator for answer in answers) == [False, True]


async def test_the_agglomeration_is_an_authority_and_keeps_an_administrator_too(
    subscriptions: AtWork,
) -> None:
    nadia = agent()
    await sets(subscriptions, OPERATOR, nadia, AGGLOMERATION, "administrator")
    nadia_works = works(nadia, AGGLOMERATION, "administrator")
    with pytest.raises(LastAdministrator):
        await sets(subscriptions, nadia_works, nadia, AGGLOMERATION, "clerk", seen=1)
    clerk = agent()
    await sets(subscriptions, nadia_works, clerk, AGGLOMERATION, "clerk")
    shown = (await listed(subscriptions, nadia_works, AGGLOMERATION)).agents
    assert [row.agent for row in shown] == [nadia, clerk]
    await sets(subscriptions, OPERATOR, nadia, AGGLOMERATION, seen=1)


# -- who may ------------------------------------------------------------------------------------


async def test_who_does_not_administer_the_authority_finds_nothing_there_and_changes_nothing(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    elsewhere = await a_town(subscriptions)
    before = await told(subscriptions)
    for caller in (
        elsewhere.staff(), aiguilhe.staff("clerk"), aiguilhe.staff("regisseur"),
        works(agent(), AGGLOMERATION, "clerk"), Caller("staff", uuid4()),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await sets(subscriptions, caller, caller.actor, aiguilhe.authority, "administrator")
        with pytest.raises(NotFound):
            await listed(subscriptions, caller, aiguilhe.authority)
    assert await told(subscriptions) == before


async def test_a_commune_does_not_give_roles_in_the_agglomeration(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    with pytest.raises(NotFound):
        await sets(subscriptions, hugo, hugo.actor, AGGLOMERATION, "administrator")
    with pytest.raises(NotFound):
        await listed(subscriptions, hugo, AGGLOMERATION)


async def test_the_agglomerations_administrators_give_roles_everywhere_that_exists(
    subscriptions: AtWork, aiguilhe: Town
) -> None:
    nadia, lea = works(agent(), AGGLOMERATION, "administrator"), agent()
    await sets(subscriptions, nadia, lea, aiguilhe.authority, "clerk")
    assert [
        row.agent for row in (await listed(subscriptions, nadia, aiguilhe.authority)).agents
    ] == [lea]
    for caller in (nadia, OPERATOR):
        with pytest.raises(NotFound):
            await sets(subscriptions, caller, lea, uuid4(), "clerk")


async def test_families_do_not_ask_about_roles(subscriptions: AtWork, aiguilhe: Town) -> None:
    with pytest.raises(NotAllowed):
        await listed(subscriptions, Caller("family", uuid4(), uuid4()), aiguilhe.authority)


async def test_an_unknown_role_is_malformed_and_the_table_refuses_it_too(
    subscriptions: AtWork, aiguilhe: Town, hugo: Caller
) -> None:
    asked = SetRoles.model_construct(
        agent=agent(), authority=aiguilhe.authority, roles=["mayor"], seen_version=0, why=""
    )
    with pytest.warns(UserWarning, match="serializ"), pytest.raises(Malformed):
        await subscriptions.call(SET_ROLES, asked, hugo)
    with pytest.raises(asyncpg.CheckViolationError):
        await subscriptions.owner.execute("update agent_role set roles = '{mayor}'")
