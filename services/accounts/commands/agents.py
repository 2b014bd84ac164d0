"""Agents of town halls: invited, enrolled by their link, and with the roles that they are given."""

import secrets
from collections.abc import Collection, Sequence
from uuid import UUID

from chassis import acts
from chassis.auth import Caller
from chassis.database import Transaction
from contracts.accounts import (
    INVITE_AGENT,
    Agent,
    CodeRefused,
    CredentialsRefused,
    FinishEnrolment,
    InviteAgent,
)
from contracts.refusal import FieldError, Malformed, NotFound
from contracts.subscriptions import RolesChanged
from contracts.values import AuthorityId
from services.accounts.commands import agent_sessions, letters, throttle
from services.accounts.domain import throttle as rates
from services.accounts.domain.agents import AgentCredentials, KnownAgent
from services.accounts.domain.factors import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    accepted_step,
    recovery_hash,
)
from services.accounts.domain.letters import Link, NewLetter
from services.accounts.store import agent_sessions as session_store
from services.accounts.store import agents as store
from services.accounts.store import letters as letter_store


async def invite_agent(
    tx: Transaction, asked: InviteAgent, caller: Caller, authority: AuthorityId
) -> Agent:
    """Open an account and send its link, or find the one that the address has.

    Who has both factors already gets no letter. Raises Malformed when the id is another agent's,
    TooManyTries.
    """
    added = await store.add_agent(tx, asked)
    agent = await store.lock_agent_of(tx, asked.email)
    if agent is None:
        raise Malformed(errors=[FieldError(field="agent", kind="taken")])
    written = not agent.enrolled and await letters.ask(tx, [_invitation(asked, agent)])
    if written:
        await throttle.take(tx, rates.agent_invitation(caller.actor, agent.email))
    if added or written:
        await acts.record(
            tx, caller, authority, INVITE_AGENT, agent.id, after={"new": added, "letter": written},
            personal={
                "first_name": agent.first_name, "last_name": agent.last_name, "email": agent.email,
            },
        )  # fmt: skip
    return agent.seen


def _invitation(asked: InviteAgent, agent: KnownAgent) -> NewLetter:
    return NewLetter(asked.letter, "agent_invitation", None, agent.email, agent=agent.id)


# -- enrolment ----------------------------------------------------------------------------------


async def begin_enrolment(tx: Transaction, secret_hash: str, link: Link, drawn: bytes) -> bytes:
    """The sealed secret that a link offers: the one that was drawn first. Raises LinkOver."""
    link = await letter_store.lock_agent_link(tx, link, secret_hash)
    link.must_be_open()
    return await letter_store.keep_totp_secret(tx, link.letter, drawn)


async def finish_enrolment(
    tx: Transaction, asked: FinishEnrolment, link: Link, sealed: bytes, secret: str,
    password_hash: str,
) -> Sequence[str] | None:  # fmt: skip
    """Both factors are these from now on, signed in; None when this very session did so before.

    Gives the recovery codes. Other sessions, codes and links of the agent end. Raises NotFound,
    LinkOver, CodeRefused, CredentialsRefused when the session's token or id is another session's.
    """
    agent = await store.lock_agent(tx, link.agent) if link.agent else None
    if agent is None:
        raise NotFound()
    link = await letter_store.lock_agent_link(tx, link, asked.secret_hash)
    if link.was_used_by(asked.open.session):
        return None
    link.must_be_open()
    step = accepted_step(secret, asked.code, await store.read_clocks(tx), last_step=0)
    if step is None:
        raise CodeRefused()
    await store.enrol_agent(tx, agent.id, password_hash, sealed, step)
    await session_store.remove_sessions(tx, agent.id, None)
    await letter_store.cancel_agent_letters(tx, agent.id, link.letter)
    await letter_store.use_link(tx, link.letter, asked.open.session)
    await agent_sessions.start(tx, asked.open, agent.id, agent.now)
    return await _draw_codes(tx, agent.id)


async def renew_recovery_codes(tx: Transaction, verified: AgentCredentials) -> Sequence[str]:
    """Other recovery codes; those before are worth nothing more.

    Raises CredentialsRefused when the password changed since it was verified.
    """
    if await store.lock_verified_agent(tx, verified) is None:
        raise CredentialsRefused()
    return await _draw_codes(tx, verified.agent)


async def _draw_codes(tx: Transaction, agent: UUID) -> Sequence[str]:
    codes = [_draw_code() for _ in range(RECOVERY_CODES)]
    await store.replace_recovery_codes(tx, agent, [recovery_hash(agent, code) for code in codes])
    return codes


def _draw_code() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))


# -- what subscriptions tells -------------------------------------------------------------------


async def follow_roles(tx: Transaction, events: Sequence[RolesChanged]) -> None:
    """The newest roles count, whether the agent is known here yet or not."""
    newest: dict[tuple[UUID, UUID], RolesChanged] = {}
    for event in events:
        known = newest.get((event.agent, event.authority))
        if known is None or known.version < event.version:
            newest[event.agent, event.authority] = event
    await store.save_agent_roles(tx, newest.values())


async def note_authorities(tx: Transaction, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """These households have to do with these authorities, whose agents see them from now on."""
    await store.add_household_authorities(tx, pairs)
