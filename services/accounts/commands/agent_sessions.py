"""Agents signing in with both factors, and out."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.accounts import CredentialsRefused, NewSession, OpenAgentSession
from contracts.values import AgentId
from services.accounts.domain import throttle as rates
from services.accounts.domain.agents import AgentCredentials, AgentSession
from services.accounts.domain.factors import accepted_step, recovery_hash
from services.accounts.store import agent_sessions as store
from services.accounts.store import agents, throttle
from services.accounts.store.sessions import read_clock


async def open_session(
    tx: Transaction, request: OpenAgentSession, known: AgentCredentials, secret: str, *, fits: bool
) -> None:
    """Open the session that was asked for, once; its code is good no more.

    Nobody is asked the same questions as somebody, and whether the password `fits` counts last: no
    answer tells which factor was wrong. A session that this very token opened before needs no
    other code. Raises CredentialsRefused.
    """
    now, code = await read_clock(tx), recovery_hash(known.agent, request.code)
    last_step = await agents.lock_verified_agent(tx, known)
    recovers = await agents.lock_recovery_code(tx, known.agent, code)
    opened = await store.lock_session(tx, bytes.fromhex(request.token_hash))
    clocks = await agents.read_clocks(tx)
    step = accepted_step(secret, request.code, clocks, last_step or 0)
    session = AgentSession.opened(request, known.agent, now)
    if opened is not None and opened.is_the_one(session):
        recovers, step = False, 0
    if last_step is None or not fits or not (recovers or step is not None):
        raise CredentialsRefused()
    if recovers:
        await agents.use_recovery_code(tx, known.agent, code)
    elif step:
        await agents.save_totp_step(tx, known.agent, step)
    await start(tx, request, known.agent, now)
    await throttle.forget_tries(tx, rates.agent_pair(request.email, request.origin))


async def keep_better_hash(tx: Transaction, verified: AgentCredentials, better_hash: str) -> None:
    """The same password under today's parameters, unless it was changed since."""
    if await agents.lock_verified_agent(tx, verified) is not None:
        await agents.save_better_hash(tx, verified.agent, better_hash)


async def start(tx: Transaction, request: NewSession, agent: AgentId, now: datetime) -> None:
    """Open a session of an agent whose row is locked.

    Raises CredentialsRefused when the token or the session's id is already another session's.
    """
    session = AgentSession.opened(request, agent, now)
    await store.add_session(tx, session)
    stored = await store.lock_session(tx, session.token_hash)
    if stored is None or not session.is_the_one(stored):
        raise CredentialsRefused()


async def use_session(tx: Transaction, token_hash: str) -> None:
    """Note that a session was used, so that it lasts."""
    session = await store.lock_session(tx, bytes.fromhex(token_hash))
    if session is not None:
        await store.save_session(tx, session.used(await read_clock(tx)))


async def close_session(tx: Transaction, token_hash: str) -> None:
    """End a session; one that is gone already is closed."""
    await store.remove_session(tx, bytes.fromhex(token_hash))


async def close_device(tx: Transaction, agent: UUID, session: UUID) -> None:
    """End a session of this agent; one that is gone already is closed."""
    await store.remove_sessions(tx, agent, session)


async def forget_expired_sessions(tx: Transaction) -> None:
    """Remove what is no use to anybody any more."""
    await store.forget_expired_sessions(tx)
