"""Signing in and out, on which devices."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.accounts import CredentialsRefused, NewSession, OpenSession
from contracts.values import PersonId
from services.accounts.commands import letters
from services.accounts.domain import throttle as rates
from services.accounts.domain.letters import NewLetter, made_of
from services.accounts.domain.sessions import Credentials, Session
from services.accounts.store import adults, throttle
from services.accounts.store import sessions as store


async def open_session(
    tx: Transaction, request: OpenSession, verified: Credentials, better_hash: str | None
) -> None:
    """Open the session that was asked for, once; a better hash of the password is kept.

    A device that the person did not use before, when they used others, is worth a letter. Raises
    CredentialsRefused when the password changed since it was verified, or when the token or the
    session's id is already another session's.
    """
    now = await store.lock_verified_person(tx, verified)
    if now is None:
        raise CredentialsRefused()
    await store.forget_expired_sessions(tx, verified.person)
    if await start(tx, request, verified.person, now):
        await _tell_device(tx, request, verified.person)
    if better_hash is not None:
        await store.save_better_hash(tx, verified.person, better_hash)
    await throttle.forget_tries(tx, rates.pair(request.email, request.origin))


async def start(tx: Transaction, request: NewSession, person: PersonId, now: datetime) -> bool:
    """Open a session of a person whose row is locked; whether its device is another than before.

    Raises CredentialsRefused when the token or the session's id is already another session's.
    """
    session = Session.opened(request, person, now)
    await store.add_session(tx, session)
    stored = await store.lock_session(tx, session.token_hash)
    if stored is None or not session.is_the_one(stored):
        raise CredentialsRefused()
    return await store.note_device(tx, person, request.device)


async def _tell_device(tx: Transaction, request: OpenSession, person: PersonId) -> None:
    adult = await adults.lock_person(tx, person)
    if adult is not None and adult.proved:
        notice = NewLetter(
            made_of(request.session, "new_device"), "new_device", person, adult.email,
            device=request.device,
        )  # fmt: skip
        await letters.ask(tx, [notice])


async def use_session(tx: Transaction, token_hash: str) -> None:
    """Note that a session was used, so that a kept one lasts."""
    session = await store.lock_session(tx, bytes.fromhex(token_hash))
    if session is not None:
        now = await store.read_clock(tx)
        await store.save_session(tx, session.used(now))


async def close_session(tx: Transaction, token_hash: str) -> None:
    """End a session; one that is gone already is closed."""
    await store.remove_session(tx, bytes.fromhex(token_hash))


async def close_device(tx: Transaction, person: UUID, session: UUID) -> None:
    """End a session of this person; one that is gone already is closed."""
    await store.remove_own_session(tx, person, session)


async def close_other_devices(tx: Transaction, person: UUID, kept: UUID) -> None:
    """End all sessions of this person but one."""
    await store.remove_other_sessions(tx, person, kept)


async def forget_expired_sessions(tx: Transaction) -> None:
    """Remove what is no use to anybody any more."""
    await store.forget_expired_sessions(tx, None)


async def forget_old_devices(tx: Transaction) -> None:
    """Know no longer on which devices somebody signed in long ago."""
    await store.forget_old_devices(tx)
