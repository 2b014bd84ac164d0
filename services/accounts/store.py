"""People, sessions and households in and out of PostgreSQL. The SQL is in queries.sql."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import Adult, Beneficiary
from contracts.refusal import FieldError, Malformed
from services.accounts.domain import Credentials, Session, email_key, name_key

SQL = named_queries(__package__)

TAKEN = {"one_person_per_email": "adult.email", "one_household_per_person": "adult.person"}
"""Which field of a request is somebody else's, by the constraint that says so."""


async def read_clock(tx: Transaction) -> datetime:
    """The instant that decides."""
    now: datetime = await tx.fetchval(SQL.read_clock)
    return now


async def lock_verified_person(tx: Transaction, verified: Credentials) -> datetime | None:
    """Lock a person who is still active, with the password that was verified; give `now`."""
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
        session.created, session.last_seen, session.expires, session.keep,
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


async def forget_expired_sessions(tx: Transaction, person: UUID | None) -> None:
    """Remove a person's expired sessions, or everybody's."""
    await tx.execute(SQL.forget_expired_sessions, person)


async def add_household(tx: Transaction, household: UUID) -> None:
    """A household, if it is new."""
    await tx.execute(SQL.add_household, household)


async def save_adult(
    tx: Transaction, household: UUID, adult: Adult, password_hash: str | None
) -> None:
    """A person and their place in the household. Raises Malformed: the address is another's."""
    try:
        await tx.execute(
            SQL.save_person, adult.person, adult.first_name, adult.last_name,
            name_key(adult.last_name, adult.first_name), adult.email, email_key(adult.email),
            password_hash,
        )  # fmt: skip
        await tx.execute(SQL.add_household_member, household, adult.person)
    except asyncpg.UniqueViolationError as error:
        field = TAKEN.get(error.constraint_name or "")
        if field is None:
            raise
        raise Malformed(errors=[FieldError(field=field, kind="taken")]) from error


async def save_beneficiaries(
    tx: Transaction, household: UUID, beneficiaries: Sequence[Beneficiary]
) -> None:
    """Those who eat, and what they are to this household."""
    await tx.execute(
        SQL.save_beneficiaries,
        [b.beneficiary for b in beneficiaries],
        [b.first_name for b in beneficiaries],
        [b.last_name for b in beneficiaries],
        [name_key(b.last_name, b.first_name) for b in beneficiaries],
        [b.birth_date for b in beneficiaries],
    )
    await tx.execute(
        SQL.save_guardianships, household,
        [b.beneficiary for b in beneficiaries], [b.filiation for b in beneficiaries],
    )  # fmt: skip
