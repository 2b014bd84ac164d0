"""Agents, their second factors and roles, and the families that are theirs, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import InviteAgent
from contracts.subscriptions import RolesChanged
from contracts.values import AGGLOMERATION
from services.accounts.domain.agents import AgentCredentials, KnownAgent
from services.accounts.domain.people import email_key

SQL = named_queries("services.accounts")


async def add_agent(tx: Transaction, asked: InviteAgent) -> bool:
    """Somebody new; False when the address or the id is somebody's."""
    added = await tx.fetchval(
        SQL.add_agent, asked.agent, asked.first_name, asked.last_name, asked.email,
        email_key(asked.email),
    )  # fmt: skip
    return added is not None


async def lock_agent_of(tx: Transaction, email: str) -> KnownAgent | None:
    """Who has this address among the agents, until commit."""
    row = await tx.fetchrow(SQL.lock_agent_of, email_key(email))
    return KnownAgent(**row) if row else None


async def lock_agent(tx: Transaction, agent: UUID) -> KnownAgent | None:
    """An agent until commit; None for nobody."""
    row = await tx.fetchrow(SQL.lock_agent, agent)
    return KnownAgent(**row) if row else None


# -- both factors -------------------------------------------------------------------------------


async def lock_verified_agent(tx: Transaction, verified: AgentCredentials) -> int | None:
    """Lock an agent whose password is still the one that was verified; the step of the last code.

    None for somebody who changed it, and for nobody.
    """
    step: int | None = await tx.fetchval(
        SQL.lock_verified_agent, verified.agent, verified.password_set
    )
    return step


async def read_clocks(tx: Transaction) -> tuple[datetime, ...]:
    """The clocks by which a code may count: an authenticator knows no demonstration's clock."""
    row = await tx.fetchrow(SQL.read_clocks)
    return tuple(row.values()) if row else ()


async def save_totp_step(tx: Transaction, agent: UUID, step: int) -> None:
    """A code of this step was used."""
    await tx.execute(SQL.save_totp_step, agent, step)


async def save_better_hash(tx: Transaction, agent: UUID, password_hash: str) -> None:
    """The same password, hashed as strongly as today's are."""
    await tx.execute(SQL.save_better_agent_hash, agent, password_hash)


async def enrol_agent(
    tx: Transaction, agent: UUID, password_hash: str, totp_secret: bytes, step: int
) -> None:
    """An agent signs in with this password and this second factor, a code of which was used."""
    await tx.execute(SQL.enrol_agent, agent, password_hash, totp_secret, step)


async def lock_recovery_code(tx: Transaction, agent: UUID, code: bytes) -> bool:
    """Whether this is a recovery code that the agent has not used, until commit."""
    return bool(await tx.fetchval(SQL.lock_recovery_code, agent, code))


async def use_recovery_code(tx: Transaction, agent: UUID, code: bytes) -> None:
    """A recovery code was used."""
    await tx.execute(SQL.use_recovery_code, agent, code)


async def replace_recovery_codes(tx: Transaction, agent: UUID, codes: Sequence[bytes]) -> None:
    """These codes in place of those before, used or not."""
    await tx.execute(SQL.remove_recovery_codes, agent)
    await tx.execute(SQL.add_recovery_codes, agent, codes)


# -- what subscriptions tells -------------------------------------------------------------------


async def save_agent_roles(tx: Transaction, newest: Collection[RolesChanged]) -> None:
    """The roles of agents in authorities, one row each, where they are newer than those known."""
    await tx.execute(
        SQL.save_agent_roles,
        [event.agent for event in newest],
        [event.authority for event in newest],
        [",".join(event.roles) for event in newest],
        [event.version for event in newest],
    )


async def add_household_authorities(tx: Transaction, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """These authorities look after these households, and no longer the agglomeration."""
    await tx.execute(
        SQL.add_household_authorities, [household for household, _ in pairs],
        [authority for _, authority in pairs], AGGLOMERATION,
    )  # fmt: skip


async def asked_somebody(tx: Transaction, household: UUID) -> bool:
    """Whether an authority looks after a household, and not the agglomeration."""
    asked: bool = await tx.fetchval(SQL.asked_somebody, household, AGGLOMERATION)
    return asked
