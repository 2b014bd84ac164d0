"""Somebody registers, joins a household, or takes another password."""

from uuid import UUID

from chassis.database import Transaction
from contracts.accounts import (
    AcceptInvitation,
    ChangePassword,
    CredentialsRefused,
    HouseholdFull,
    NewSession,
    Profile,
    Register,
    household_of,
)
from contracts.refusal import FieldError, Malformed, NotFound
from services.accounts.commands import letters, sessions, throttle
from services.accounts.domain import throttle as rates
from services.accounts.domain.adults import KnownAdult, NewAdult
from services.accounts.domain.households import ADULTS_MAX, changed_consents
from services.accounts.domain.letters import Link, NewLetter, Stored, made_of
from services.accounts.domain.people import check_profile
from services.accounts.domain.sessions import Credentials
from services.accounts.store import adults as store
from services.accounts.store import households
from services.accounts.store import letters as letter_store
from services.accounts.store import sessions as session_store

ASKED_WITH_THE_PASSWORD: tuple[Stored, ...] = ("password", "new_address")
"""Letters that are over once the password changes: somebody else may have asked for them."""


async def register(tx: Transaction, request: Register, password_hash: str) -> bool:
    """A new account, whoever has its address, signed in; False when it was registered before.

    An address that got many such letters just now gets no other. Raises Malformed,
    CredentialsRefused when the token or the session's id is already another session's.
    """
    adult = NewAdult(
        request.registration, household_of(request.registration), request.profile,
        request.email, password_hash, request.terms_version, proved=False,
    )  # fmt: skip
    check_profile(adult.profile, (await session_store.read_clock(tx)).date())
    if not await store.add_person(tx, adult):
        return False
    await store.add_waiting_household(tx, adult.household)
    await _settle(tx, adult, request.open)
    if await throttle.has_room(tx, rates.unasked_to(adult.email)):
        letter = made_of(adult.person, "proof")
        await letters.ask(tx, [NewLetter(letter, "proof", adult.person, adult.email)])
    return True


async def accept_invitation(
    tx: Transaction, request: AcceptInvitation, link: Link, password_hash: str
) -> bool:
    """Join the household that invited, signed in; False when this very session did so before.

    The household's lock counts its adults. Raises NotFound, LinkOver, AddressTaken, HouseholdFull,
    Malformed, CredentialsRefused.
    """
    household = link.household
    if household is None:
        raise NotFound()
    await households.lock_households(tx, [household])
    link = await letter_store.lock_link(tx, link, request.secret_hash)
    if link.was_used_by(request.open.session):
        return False
    link.must_be_open()
    adult = NewAdult(
        request.person, household, request.profile, link.email, password_hash,
        request.terms_version, proved=True,
    )  # fmt: skip
    check_profile(adult.profile, link.now.date())
    if await store.count_adults(tx, adult.household) >= ADULTS_MAX:
        raise HouseholdFull()
    if not await store.add_person(tx, adult):
        raise Malformed(errors=[FieldError(field="person", kind="taken")])
    await _settle(tx, adult, request.open)
    await letter_store.use_link(tx, link.letter, request.open.session)
    return True


async def _settle(tx: Transaction, adult: NewAdult, session: NewSession) -> None:
    await store.add_to_household(tx, adult.household, adult.person)
    await store.accept_terms(tx, adult.person, adult.terms)
    await households.add_consents(tx, adult.person, _given(adult.profile))
    now = await session_store.read_clock(tx)
    await sessions.start(tx, session, adult.person, now)


def _given(profile: Profile) -> dict[str, bool]:
    return changed_consents({"newsletter": False, "partners": False}, profile)


async def change_password(
    tx: Transaction, request: ChangePassword, verified: Credentials, password_hash: str
) -> None:
    """Another password; only one session stays, and links asked for before are over.

    Raises CredentialsRefused when the password changed since it was verified.
    """
    if await session_store.lock_verified_person(tx, verified) is None:
        raise CredentialsRefused()
    adult = await store.lock_person(tx, request.person)
    if adult is None:
        raise NotFound()
    await replace_password(tx, adult, password_hash, kept=request.session)


async def replace_password(
    tx: Transaction, adult: KnownAdult, password_hash: str, kept: UUID | None = None
) -> None:
    """A locked person's password is another; other sessions end, and their owner is told."""
    await store.save_password(tx, adult.id, password_hash)
    await session_store.remove_other_sessions(tx, adult.id, kept)
    await letter_store.cancel_letters(tx, adult.id, ASKED_WITH_THE_PASSWORD)
    await store.save_next_email(tx, adult.id, None)
    if adult.proved and adult.has_password:
        notice = made_of(adult.id, f"password_changed {adult.now.isoformat()}")
        await letters.ask(tx, [NewLetter(notice, "password_changed", adult.id, adult.email)])
