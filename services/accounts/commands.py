"""What accounts can be asked to do. Each command: load, decide, save."""

from chassis.database import Transaction
from contracts.accounts import CredentialsRefused, OpenSession, RegisterHousehold
from services.accounts import store
from services.accounts.domain import Credentials, Session, refuse_twins


async def open_session(
    tx: Transaction, request: OpenSession, verified: Credentials, better_hash: str | None
) -> None:
    """Open the session that was asked for, once; a better hash of the password is kept.

    Raises CredentialsRefused when the account or its password changed since it was verified,
    or when the token or the session's id is already another session's.
    """
    now = await store.lock_verified_person(tx, verified)
    if now is None:
        raise CredentialsRefused()
    await store.forget_expired_sessions(tx, verified.person)
    session = Session.opened(request, verified.person, now)
    await store.add_session(tx, session)
    stored = await store.lock_session(tx, session.token_hash)
    if stored is None or not session.is_the_one(stored):
        raise CredentialsRefused()
    if better_hash is not None:
        await store.save_better_hash(tx, verified.person, better_hash)


async def use_session(tx: Transaction, token_hash: str) -> None:
    """Note that a session was used, so that a kept one lasts."""
    session = await store.lock_session(tx, bytes.fromhex(token_hash))
    if session is not None:
        now = await store.read_clock(tx)
        await store.save_session(tx, session.used(now))


async def close_session(tx: Transaction, token_hash: str) -> None:
    """End a session; one that is gone already is closed."""
    await store.remove_session(tx, bytes.fromhex(token_hash))


async def forget_expired_sessions(tx: Transaction) -> None:
    """Remove what is no use to anybody any more."""
    await store.forget_expired_sessions(tx, None)


async def register_household(
    tx: Transaction, request: RegisterHousehold, password_hash: str | None
) -> None:
    """Take over a household, or bring one up to date.

    A password that was set stays, whoever set it; a refused or suspended account stays so.
    Beneficiaries that the request does not name stay as well.
    """
    refuse_twins(request.beneficiaries)
    await store.add_household(tx, request.household)
    await store.save_adult(tx, request.household, request.adult, password_hash)
    await store.save_beneficiaries(tx, request.household, request.beneficiaries)
