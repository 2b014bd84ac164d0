"""Agents' sessions in and out of PostgreSQL."""

from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from services.accounts.domain.agents import AgentSession

SQL = named_queries("services.accounts")


async def add_session(tx: Transaction, session: AgentSession) -> None:
    """A new session; nothing happens if its token or its id is taken."""
    await tx.execute(
        SQL.add_agent_session, session.token_hash, session.id, session.agent, session.created,
        session.last_seen, session.expires, session.device,
    )  # fmt: skip


async def lock_session(tx: Transaction, token_hash: bytes) -> AgentSession | None:
    """The session of this token."""
    row = await tx.fetchrow(SQL.lock_agent_session, token_hash)
    return AgentSession(**row) if row else None


async def save_session(tx: Transaction, session: AgentSession) -> None:
    """When it was last seen and until when it lasts."""
    await tx.execute(SQL.save_agent_session, session.token_hash, session.last_seen, session.expires)


async def remove_session(tx: Transaction, token_hash: bytes) -> None:
    """The session of this token is no more."""
    await tx.execute(SQL.remove_agent_session, token_hash)


async def remove_sessions(tx: Transaction, agent: UUID, session: UUID | None) -> None:
    """This session of an agent is no more, or none of theirs; another's stays."""
    await tx.execute(SQL.remove_agent_sessions, agent, session)


async def forget_expired_sessions(tx: Transaction) -> None:
    """Remove expired sessions of agents."""
    await tx.execute(SQL.forget_expired_agent_sessions)
