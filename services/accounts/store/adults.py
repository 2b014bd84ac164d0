"""Those who sign in, in and out of PostgreSQL."""

from uuid import UUID

import asyncpg

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import AddressTaken
from services.accounts.domain.adults import KnownAdult, NewAdult
from services.accounts.domain.people import email_key, name_key

SQL = named_queries("services.accounts")


async def lock_person(tx: Transaction, person: UUID) -> KnownAdult | None:
    """A person until commit; None for nobody."""
    row = await tx.fetchrow(SQL.lock_person, person)
    return KnownAdult(**row) if row else None


async def add_person(tx: Transaction, adult: NewAdult) -> bool:
    """Somebody new; False when the id is somebody's. Raises AddressTaken for a proved one."""
    profile, company = adult.profile, adult.profile.company
    try:
        added = await tx.fetchval(
            SQL.add_person, adult.person, profile.first_name, profile.last_name,
            name_key(profile.last_name, profile.first_name), adult.email, email_key(adult.email),
            adult.password_hash, profile.civility, profile.birth_date,
            company.name if company else None, company.siret if company else None,
            profile.newsletter, profile.partners, adult.proved,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise _as_refusal(error) from error
    return added is not None


async def add_waiting_household(tx: Transaction, household: UUID) -> None:
    """The household of somebody who registers."""
    await tx.execute(SQL.add_waiting_household, household)


async def add_to_household(tx: Transaction, household: UUID, person: UUID) -> None:
    """An adult acts for a household."""
    await tx.execute(SQL.add_household_member, household, person)


async def count_adults(tx: Transaction, household: UUID) -> int:
    """How many adults act for a household."""
    count: int = await tx.fetchval(SQL.count_adults, household)
    return count


async def accept_terms(tx: Transaction, person: UUID, version: str) -> None:
    """A person accepted these terms."""
    await tx.execute(SQL.accept_terms, person, version)


async def save_password(tx: Transaction, person: UUID, password_hash: str) -> None:
    """Another password."""
    await tx.execute(SQL.save_password, person, password_hash)


async def prove_address(tx: Transaction, person: UUID) -> None:
    """A person's address is theirs. Raises AddressTaken when it is somebody else's already."""
    try:
        await tx.execute(SQL.prove_address, person)
    except asyncpg.UniqueViolationError as error:
        raise _as_refusal(error) from error


async def save_next_email(tx: Transaction, person: UUID, email: str | None) -> None:
    """The address that a person asks for, until it is proved."""
    await tx.execute(SQL.save_next_email, person, email)


async def move_email(tx: Transaction, person: UUID, email: str) -> None:
    """A person's address is this one from now on. Raises AddressTaken."""
    try:
        await tx.execute(SQL.move_email, person, email, email_key(email))
    except asyncpg.UniqueViolationError as error:
        raise _as_refusal(error) from error


def _as_refusal(error: asyncpg.UniqueViolationError) -> Exception:
    return AddressTaken() if error.constraint_name == "one_person_per_email" else error
