"""Agents of the tests of accounts: invited, enrolled, signing in, telephone in hand."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pyotp

from chassis.auth import Caller
from contracts.accounts import (
    BEGIN_ENROLMENT,
    FINISH_ENROLMENT,
    GET_AGENT_SESSION,
    INVITE_AGENT,
    OPEN_AGENT_SESSION,
    AgentSession,
    BeginEnrolment,
    ByAgentToken,
    Enrolled,
    Enrolment,
    FinishEnrolment,
    InviteAgent,
    OpenAgentSession,
)
from contracts.subscriptions import EntitlementChanged, RequestChanged, RolesChanged
from contracts.values import AGGLOMERATION, StaffRole
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.newcomers import a_session, an_address, opens, written

PASSWORD = "quatre tracteurs rouillés"
AIGUILHE, BRIVES = uuid4(), uuid4()
"""Two communes."""


def an_invitation(**changes: object) -> InviteAgent:
    """Somebody whom no other test knows is to work for a town hall."""
    given: dict[str, Any] = {
        "agent": uuid4(), "letter": uuid4(), "email": an_address(), "first_name": "Dominique",
        "last_name": "Martin",
    }  # fmt: skip
    return InviteAgent(**{**given, **changes})


def staff(role: StaffRole, *authorities: UUID, agent: UUID | None = None) -> Caller:
    """An agent who holds a role in these authorities, signed in."""
    held = frozenset((role, authority) for authority in authorities)
    return Caller("staff", agent or uuid4(), None, held)


EVERYWHERE = staff("administrator", AGGLOMERATION)


async def invited(accounts: AtWork, **changes: object) -> tuple[InviteAgent, str]:
    """Somebody who has their letter in hand: its link, as the console knows it."""
    invitation = an_invitation(**changes)
    await accounts.call(INVITE_AGENT, invitation, OPERATOR)
    (letter,) = await written(accounts, invitation.letter)
    return invitation, opens(letter)


async def begun(accounts: AtWork, link: str) -> Enrolment:
    """What the page of the link shows."""
    return await accounts.call(BEGIN_ENROLMENT, BeginEnrolment(secret_hash=link))


async def code_of(accounts: AtWork, secret: str, steps: int = 0) -> str:
    """What the telephone shows, or will so many half minutes later."""
    now: datetime = await accounts.owner.fetchval("select app_now()")
    code: str = pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // 30 + steps)
    return code


async def finishing(accounts: AtWork, link: str, **changes: object) -> FinishEnrolment:
    """What the page sends when both factors were typed."""
    given: dict[str, Any] = {"secret_hash": link, "password": PASSWORD, "open": a_session()}
    if "code" not in changes:
        given["code"] = await code_of(accounts, (await begun(accounts, link)).totp_secret)
    return FinishEnrolment(**{**given, **changes})


class Telephone:
    """An enrolled agent with the authenticator in hand."""

    def __init__(self, invitation: InviteAgent, secret: str, enrolled: Enrolled) -> None:
        self.invitation, self.secret, self.enrolled = invitation, secret, enrolled

    @property
    def agent(self) -> UUID:
        """Whose it is."""
        return self.invitation.agent

    async def sign_in(
        self, accounts: AtWork, steps: int = 1, **changes: object
    ) -> OpenAgentSession:
        """What the console sends; the code is not the one that was used to enrol."""
        given: dict[str, Any] = {
            **dict(a_session()), "email": self.invitation.email, "password": PASSWORD,
            "code": await code_of(accounts, self.secret, steps),
        }  # fmt: skip
        return OpenAgentSession(**{**given, **changes})

    async def signed_in(self, accounts: AtWork, **changes: Any) -> OpenAgentSession:
        """The agent came in."""
        request = await self.sign_in(accounts, **changes)
        await accounts.call(OPEN_AGENT_SESSION, request)
        return request


async def enrolled(accounts: AtWork, **changes: object) -> Telephone:
    """Somebody who followed their link to the end."""
    invitation, link = await invited(accounts, **changes)
    secret = (await begun(accounts, link)).totp_secret
    answer = await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link))
    return Telephone(invitation, secret, answer)


async def session_of(accounts: AtWork, token_hash: str) -> AgentSession:
    """Who the console sees."""
    return await accounts.call(GET_AGENT_SESSION, ByAgentToken(token_hash=token_hash))


def roles_changed(
    agent: UUID, authority: UUID, *roles: StaffRole, version: int = 1
) -> RolesChanged:
    """What subscriptions tells of an agent."""
    return RolesChanged(agent=agent, authority=authority, roles=roles, version=version)


def asked(household: UUID, authority: UUID, **changes: object) -> RequestChanged:
    """A household asked for a service of an authority."""
    given: dict[str, Any] = {
        "request": uuid4(), "household": household, "beneficiary": uuid4(),
        "authority": authority, "service": uuid4(), "category": "residents",
        "authority_label": "Aiguilhe", "service_label": "Cantine", "category_label": "Résidents",
        "state": "pending", "version": 1,
    }  # fmt: skip
    return RequestChanged(**{**given, **changes})


def entitled(household: UUID, authority: UUID) -> EntitlementChanged:
    """A household may book in an authority."""
    return EntitlementChanged(
        entitlement=uuid4(), household=household, beneficiary=uuid4(), authority=authority,
        service=uuid4(), category="residents", valid_from="2026-09-01", valid_until="2027-07-02",
        state="active", version=1,
    )  # fmt: skip
