"""Households, their adults and those who eat, in and out of PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import asyncpg

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.accounts import Adult, Beneficiary, InviteAdult, Profile
from contracts.refusal import FieldError, Malformed
from contracts.values import BeneficiaryId, HouseholdId
from services.accounts.domain.households import Household, Invited
from services.accounts.domain.people import email_key, name_key

SQL = named_queries("services.accounts")

TAKEN = {"one_person_per_email": "adult.email", "one_household_per_person": "adult.person"}
"""Which field of a request is somebody else's, by the constraint that says so."""


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


async def add_beneficiary(
    tx: Transaction, household: UUID, beneficiary: Beneficiary, added_by: UUID
) -> bool:
    """Somebody new in the list, said by this adult; False when the id is somebody's already."""
    added = await tx.fetchval(
        SQL.add_beneficiary, household, beneficiary.beneficiary, beneficiary.first_name,
        beneficiary.last_name, name_key(beneficiary.last_name, beneficiary.first_name),
        beneficiary.birth_date, beneficiary.filiation, added_by,
    )  # fmt: skip
    return added is not None


async def list_eaters(tx: Transaction, household: UUID) -> set[BeneficiaryId]:
    """Those who stand in the list now."""
    rows = await tx.fetch(SQL.list_eaters, household)
    return {BeneficiaryId(row["beneficiary"]) for row in rows}


async def end_guardianships(
    tx: Transaction, pairs: Collection[tuple[HouseholdId, BeneficiaryId]]
) -> None:
    """Beneficiaries leave the lists of these households; past orders still name them."""
    await tx.execute(
        SQL.end_guardianships, [household for household, _ in pairs], [eater for _, eater in pairs]
    )


# -- standing -----------------------------------------------------------------------------------


async def lock_households(tx: Transaction, households: Collection[UUID]) -> list[Household]:
    """Those of these households that exist, locked in one order until commit."""
    rows = await tx.fetch(SQL.lock_households, list(households))
    return [Household(**row) for row in rows]


async def save_standings(tx: Transaction, households: Sequence[Household]) -> None:
    """Where these households stand from now on."""
    await tx.execute(
        SQL.save_standings, [h.id for h in households], [h.state for h in households],
        [h.reason for h in households],
    )  # fmt: skip


async def count_tellings(tx: Transaction, households: Collection[UUID]) -> list[Household]:
    """Those of these households that can be written to, at a new version."""
    rows = await tx.fetch(SQL.count_tellings, list(households))
    return sorted((Household(**row) for row in rows), key=lambda household: household.id)


# -- people -------------------------------------------------------------------------------------


async def lock_consents(tx: Transaction, person: UUID) -> dict[str, bool] | None:
    """What a person consents to, by kind; None for nobody."""
    row = await tx.fetchrow(SQL.lock_consents, person)
    return dict(row) if row else None


async def save_profile(tx: Transaction, person: UUID, profile: Profile) -> None:
    """What a person says of themselves."""
    company = profile.company
    await tx.execute(
        SQL.save_profile, person, profile.first_name, profile.last_name,
        name_key(profile.last_name, profile.first_name), profile.civility, profile.birth_date,
        company.name if company else None, company.siret if company else None,
        profile.newsletter, profile.partners,
    )  # fmt: skip


async def add_consents(tx: Transaction, person: UUID, consents: Mapping[str, bool]) -> None:
    """Consents given or taken back now, by kind: rows that are never edited."""
    await tx.execute(SQL.add_consents, person, list(consents), list(consents.values()))


# -- invitations --------------------------------------------------------------------------------


async def lock_inviter(tx: Transaction, household: UUID, adult: UUID) -> bool | None:
    """Whether an adult of a household proved their address; None for nobody of it."""
    proved: bool | None = await tx.fetchval(SQL.lock_inviter, household, adult)
    return proved


async def list_invitations(tx: Transaction, inviter: UUID) -> list[UUID]:
    """Invitations that a person sent and that may still be accepted."""
    return [row["id"] for row in await tx.fetch(SQL.list_invitations, inviter)]


async def find_invitation(tx: Transaction, invitation: UUID) -> Invited | None:
    """Who was invited where by the letter of this id; None when the id is free."""
    row = await tx.fetchrow(SQL.find_invitation, invitation)
    return Invited(**row) if row else None


async def list_addresses(tx: Transaction, household: UUID) -> set[str]:
    """The addresses of a household's adults, as they compare."""
    return {row["email_key"] for row in await tx.fetch(SQL.list_addresses, household)}


async def list_invited(tx: Transaction, household: UUID) -> set[str]:
    """The addresses that may still join a household, as they compare."""
    return {row["email_key"] for row in await tx.fetch(SQL.list_invited, household)}


async def add_invitation(
    tx: Transaction, asked: InviteAdult, household: UUID, inviter: UUID
) -> bool:
    """A letter that invites; False when its id is another letter's."""
    added = await tx.fetchval(
        SQL.add_invitation, asked.invitation, inviter, household, asked.email,
        email_key(asked.email),
    )  # fmt: skip
    return added is not None


async def cancel_invitation(tx: Transaction, household: UUID, invitation: UUID) -> None:
    """An invitation is taken back, unless somebody came."""
    await tx.execute(SQL.cancel_invitations, household, invitation, None)


async def cancel_invitations_to(tx: Transaction, household: UUID, address: str) -> None:
    """Earlier invitations of an address are over: a new letter takes their place."""
    await tx.execute(SQL.cancel_invitations, household, None, email_key(address))
