"""Agents: invited once an address, known by their names, with the roles that were told last."""

import asyncio
from uuid import uuid4

import pytest

from chassis.auth import Caller
from contracts.accounts import (
    FIND_AGENTS,
    INVITE_AGENT,
    LIST_ACTS,
    REGISTER_HOUSEHOLD,
    Agent,
    FindAgents,
    InviteAgent,
    TooManyTries,
)
from contracts.act import Act, ShowActs
from contracts.refusal import Malformed, NotFound
from contracts.values import AGGLOMERATION, StaffRole
from tests.accounts.agents import (
    AIGUILHE,
    BRIVES,
    EVERYWHERE,
    an_invitation,
    enrolled,
    invited,
    roles_changed,
    session_of,
    staff,
)
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.newcomers import wanted, written


async def invite(accounts: AtWork, invitation: InviteAgent, caller: Caller = OPERATOR) -> Agent:
    """Somebody invites."""
    return await accounts.call(INVITE_AGENT, invitation, caller)


async def acts(accounts: AtWork, authority: object, caller: Caller = EVERYWHERE) -> list[Act]:
    """What was done in an authority, newest first."""
    asked = ShowActs(authority=authority)
    return list((await accounts.call(LIST_ACTS, asked, caller)).acts)


# -- invitations ----------------------------------------------------------------------------------


async def test_an_invited_agent_gets_a_letter_with_a_link_for_a_week(accounts: AtWork) -> None:
    invitation = an_invitation()
    agent = await invite(accounts, invitation)
    assert (agent.agent, agent.first_name, agent.enrolled) == (invitation.agent, "Dominique", False)
    (letter,) = await written(accounts, invitation.letter)
    assert (letter.kind, letter.email, letter.first_name) == (
        "agent_invitation", invitation.email, "Dominique",
    )  # fmt: skip
    assert letter.secret
    assert letter.minutes == 7 * 24 * 60


async def test_the_same_invitation_again_writes_no_other_letter(accounts: AtWork) -> None:
    invitation = an_invitation()
    first, again = [await invite(accounts, invitation, EVERYWHERE) for _ in range(2)]
    assert first == again
    assert await wanted(accounts) == [invitation.letter]
    assert len([a for a in await acts(accounts, AGGLOMERATION) if a.subject == first.agent]) == 1


async def test_an_address_is_one_agent_whoever_invites_it_again(accounts: AtWork) -> None:
    first = an_invitation()
    await invite(accounts, first)
    other = an_invitation(email=f" {first.email.upper()} ".strip(), first_name="Autre")
    found = await invite(accounts, other, staff("administrator", BRIVES))
    assert (found.agent, found.first_name) == (first.agent, "Dominique")
    assert await wanted(accounts) == [first.letter, other.letter]


async def test_who_is_enrolled_is_found_and_gets_no_other_letter(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    before = await wanted(accounts)
    again = an_invitation(email=telephone.invitation.email)
    found = await invite(accounts, again, staff("administrator", AIGUILHE))
    assert (found.agent, found.enrolled) == (telephone.agent, True)
    assert await wanted(accounts) == before


async def test_a_family_with_the_same_address_is_somebody_else(accounts: AtWork) -> None:
    household = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    telephone = await enrolled(accounts, email=household.adult.email)
    assert telephone.enrolled.session.email == household.adult.email


async def test_an_id_that_is_another_agents_is_refused(accounts: AtWork) -> None:
    first = an_invitation()
    await invite(accounts, first)
    with pytest.raises(Malformed) as refused:
        await invite(accounts, an_invitation(agent=first.agent))
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [("agent", "taken")]


async def test_two_who_invite_one_address_at_once_invite_one_agent(accounts: AtWork) -> None:
    one = an_invitation()
    both = [one, an_invitation(email=one.email)]
    found = await asyncio.gather(*(invite(accounts, each) for each in both))
    assert len({agent.agent for agent in found}) == 1


async def test_an_address_is_not_flooded_with_invitations(accounts: AtWork) -> None:
    first = an_invitation()
    for _ in range(3):
        await invite(accounts, first.model_copy(update={"letter": uuid4()}))
    with pytest.raises(TooManyTries):
        await invite(accounts, first.model_copy(update={"letter": uuid4()}))
    assert len(await wanted(accounts)) == 3


@pytest.mark.parametrize("role", ["clerk", "regisseur", "kitchen", "attendance", "reader"])
async def test_who_administers_nothing_invites_nobody(accounts: AtWork, role: StaffRole) -> None:
    with pytest.raises(NotFound):
        await invite(accounts, an_invitation(), staff(role, AIGUILHE, AGGLOMERATION))
    assert await wanted(accounts) == []


async def test_nobody_writes_into_the_record_of_another_authority(accounts: AtWork) -> None:
    administrator = staff("administrator", AIGUILHE)
    with pytest.raises(NotFound):
        await invite(accounts, an_invitation(authority=BRIVES), administrator)


# -- acts -----------------------------------------------------------------------------------------


async def test_an_invitation_is_an_act_with_its_names_beside_it(accounts: AtWork) -> None:
    authority = uuid4()
    administrator = staff("administrator", BRIVES, authority)
    invitation = an_invitation(authority=authority)
    await invite(accounts, invitation, administrator)
    (act,) = await acts(accounts, authority, administrator)
    assert (act.agent, act.what, act.subject) == (
        administrator.actor, "accounts.invite_agent", invitation.agent,
    )  # fmt: skip
    assert act.after == {"new": True, "letter": True}
    assert act.personal == {
        "first_name": "Dominique", "last_name": "Martin", "email": invitation.email,
    }  # fmt: skip


async def test_without_a_place_an_invitation_stands_where_the_inviter_administers(
    accounts: AtWork,
) -> None:
    authority = uuid4()
    invitation = an_invitation()
    await invite(accounts, invitation, staff("administrator", authority))
    assert [act.subject for act in await acts(accounts, authority)] == [invitation.agent]


@pytest.mark.parametrize("role", ["clerk", "reader"])
async def test_acts_are_for_administrators_of_the_authority(
    accounts: AtWork, role: StaffRole
) -> None:
    for caller in (staff(role, AIGUILHE), staff("administrator", BRIVES)):
        with pytest.raises(NotFound):
            await acts(accounts, AIGUILHE, caller)


# -- names ----------------------------------------------------------------------------------------


async def test_colleagues_find_each_others_names_and_nobody_who_does_not_exist(
    accounts: AtWork,
) -> None:
    invitation, _ = await invited(accounts)
    asked = FindAgents(agents=(invitation.agent, uuid4()))
    for caller in (staff("reader", BRIVES), OPERATOR):
        (found,) = (await accounts.call(FIND_AGENTS, asked, caller)).agents
        assert (found.last_name, found.enrolled) == ("Martin", False)


# -- roles ----------------------------------------------------------------------------------------


async def roles_of(accounts: AtWork, token_hash: str) -> set[tuple[object, str]]:
    """The roles that a session carries."""
    session = await session_of(accounts, token_hash)
    return {(held.authority, held.role) for held in session.roles}


async def test_the_roles_that_were_told_last_stand_in_the_session(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    agent, token = telephone.agent, (await telephone.signed_in(accounts)).token_hash
    assert await roles_of(accounts, token) == set(), "nothing was told: no role"
    await accounts.hear(
        roles_changed(agent, AIGUILHE, "clerk", "kitchen", version=2),
        roles_changed(agent, AIGUILHE, "reader", version=1),
        roles_changed(agent, BRIVES, "administrator"),
    )
    both = {(AIGUILHE, "clerk"), (AIGUILHE, "kitchen"), (BRIVES, "administrator")}
    assert await roles_of(accounts, token) == both
    await accounts.hear(roles_changed(agent, AIGUILHE, "reader", version=1))
    assert await roles_of(accounts, token) == both, "late: a newer one is known"
    await accounts.hear(roles_changed(agent, BRIVES, version=2))
    assert await roles_of(accounts, token) == both - {(BRIVES, "administrator")}


async def test_roles_that_are_told_before_the_agent_is_known_wait_for_them(
    accounts: AtWork,
) -> None:
    invitation = an_invitation()
    event = roles_changed(invitation.agent, AIGUILHE, "regisseur")
    await accounts.hear(event)
    await accounts.hear(event)
    telephone = await enrolled(accounts, agent=invitation.agent)
    held = telephone.enrolled.session.roles
    assert [(each.authority, each.role) for each in held] == [(AIGUILHE, "regisseur")]
