"""Sessions in and out of PostgreSQL."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from services.accounts.domain.sessions import Credentials, Session

SQL = named_queries("services.accounts")


async def read_clock(tx: Transaction) -> datetime:
    """The instant that decides."""
    now: datetime = await tx.fetchval(SQL.read_clock)
    return now


async def lock_verified_person(tx: Transaction, verified: Credentials) -> datetime | None:
    """Lock a person whose password is still the one that was verified; give `now`."""
    now: datetime | None = await tx.fetchval(
        SQL.lock_verified_person, verified.person, verified.password_set
    )
    return now


async def save_better_hash(tx: Transaction, person: UUID, password_hash: str) -> None:
    """The same password, hashed as strongly as today's are."""
    await tx.execute(SQL.save_better_hash, person, password_hash)


async def add_session(tx: Transaction, session: Session) -> None:
    """A new session; nothing happens if its token or its id is taken."""
    await tx.execute(
        SQL.add_session, session.token_hash, session.id, session.person,
        session.created, session.last_seen, session.expires, session.keep, session.device,
    )  # fmt: skip


async def lock_session(tx: Transaction, token_hash: bytes) -> Session | None:
    """The session of this token."""
    row = await tx.fetchrow(SQL.lock_session, token_hash)
    return Session(**row) if row else None


async def save_session(tx: Transaction, session: Session) -> None:
    """When it was last seen and until when it lasts."""
    await tx.execute(SQL.save_session, session.token_hash, session.last_seen, session.expires)


async def remove_session(tx: Transaction, token_hash: bytes) -> None:
    """The session of this token is no more."""
    await tx.execute(SQL.remove_session, token_hash)


async def remove_own_session(tx: Transaction, person: UUID, session: UUID) -> None:
    """This person's session is no more; another's stays."""
    await tx.execute(SQL.remove_own_session, session, person)


async def remove_other_sessions(tx: Transaction, person: UUID, kept: UUID | None) -> None:
    """All of a person's sessions are no more, but the one that is kept."""
    await tx.execute(SQL.remove_other_sessions, person, kept)


async def note_device(tx: Transaction, person: UUID, label: str) -> bool:
    """A person signs in on a device; whether they know others but not this one."""
    is_another: bool = await tx.fetchval(SQL.note_device, person, label)
    return is_another


async def forget_old_devices(tx: Transaction) -> None:
    """Devices that were not used for a year are known no more."""
    await tx.execute(SQL.forget_old_devices)


async def forget_expired_sessions(tx: Transaction, person: UUID | None) -> None:
    """Remove a person's expired sessions, or everybody's."""
    await tx.execute(SQL.forget_expired_sessions, person)
