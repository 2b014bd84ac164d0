"""Agents: what signs them in, where they are signed in, and their names for colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import Agent, Agents, AgentSession, Device, Devices, HeldRole
from contracts.refusal import NotFound
from services.accounts.domain.agents import AgentCredentials
from services.accounts.domain.letters import Link
from services.accounts.domain.people import email_key

SQL = named_queries("services.accounts")


@dataclass(frozen=True, slots=True)
class ShownAgentSession:
    """A session, and whether this use of it should be noted."""

    view: AgentSession
    slides: bool


async def find_credentials(connection: Transaction, email: str) -> AgentCredentials | None:
    """What a sign-in with this address is judged by; None for nobody, or no second factor."""
    row = await connection.fetchrow(SQL.find_agent_credentials, email_key(email))
    return AgentCredentials(**row) if row else None


async def find_own_credentials(connection: Transaction, agent: UUID) -> AgentCredentials | None:
    """What an agent's own password is judged by; None for nobody."""
    row = await connection.fetchrow(SQL.find_own_agent_credentials, agent)
    return AgentCredentials(**row) if row else None


async def find_link(connection: Transaction, secret_hash: str) -> Link:
    """The agent's link that a secret opens, used or not. Raises NotFound."""
    row = await connection.fetchrow(SQL.find_agent_link, bytes.fromhex(secret_hash))
    if row is None:
        raise NotFound()
    return Link(**row)


async def find_totp_secret(connection: Transaction, letter: UUID) -> bytes | None:
    """The sealed secret that a link offered, if it did."""
    sealed: bytes | None = await connection.fetchval(SQL.find_totp_secret, letter)
    return sealed


async def find_agents(connection: Transaction, agents: Sequence[UUID]) -> Agents:
    """Those of these agents that exist, by name."""
    rows = await connection.fetch(SQL.find_agents, agents)
    return Agents(agents=tuple(Agent(**row) for row in rows))


async def show_session(connection: Transaction, token_hash: str) -> ShownAgentSession:
    """A session that has not expired. Raises NotFound."""
    row = await connection.fetchrow(SQL.show_agent_session, bytes.fromhex(token_hash))
    if row is None:
        raise NotFound()
    fields = dict(row)
    slides, roles = fields.pop("slides"), fields.pop("roles")
    held = tuple(HeldRole(**role) for role in roles)
    return ShownAgentSession(AgentSession(**fields, roles=held), slides)


async def show_devices(connection: Transaction, agent: UUID) -> Devices:
    """Where an agent is signed in."""
    rows = await connection.fetch(SQL.show_agent_devices, agent)
    return Devices(devices=tuple(Device(**row) for row in rows))
