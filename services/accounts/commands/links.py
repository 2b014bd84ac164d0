"""What a link does, once: it proves an address, or sets a password."""

from uuid import UUID

from chassis.database import Transaction
from contracts.accounts import CredentialsRefused, SetPassword
from contracts.refusal import NotFound
from services.accounts.commands import adults, letters, sessions
from services.accounts.commands.households import send_invitations, tell_households
from services.accounts.domain.adults import KnownAdult
from services.accounts.domain.letters import Link, NewLetter, made_of
from services.accounts.domain.sessions import Credentials
from services.accounts.store import adults as adult_store
from services.accounts.store import letters as store
from services.accounts.store import sessions as session_store


async def set_password(
    tx: Transaction, request: SetPassword, link: Link, password_hash: str
) -> bool:
    """Set a password, prove the address, sign in; False when this very session did so before.

    Whoever had a session, a link, or a seat in a household whose address was not proved yet has
    it no more: it may have been a stranger who registered with this address. Raises LinkOver,
    AddressTaken, CredentialsRefused when the session's token or id is another session's.
    """
    adult, link = await _lock(tx, link, request.secret_hash)
    if link.was_used_by(request.open.session):
        return False
    link.must_be_open()
    await store.use_link(tx, link.letter, request.open.session)
    await adults.replace_password(tx, adult, password_hash)
    if not adult.proved:
        await store.cancel_letters(tx, adult.id, ["proof", "invitation"])
        await _prove(tx, adult)
    await sessions.start(tx, request.open, adult.id, adult.now)
    return True


async def prove_address(
    tx: Transaction, secret_hash: str, link: Link, verified: Credentials | None
) -> None:
    """An address is the person's: their first one, or the one that replaces it.

    Once more, by the same person, is done already. Raises LinkOver, AddressTaken,
    CredentialsRefused when the password changed since it was verified.
    """
    if verified and await session_store.lock_verified_person(tx, verified) is None:
        raise CredentialsRefused()
    adult, link = await _lock(tx, link, secret_hash)
    if link.was_used_by(adult.id):
        return
    link.must_be_open()
    await store.use_link(tx, link.letter, adult.id)
    if link.purpose == "new_address":
        await _move(tx, adult, link)
    elif not adult.proved:
        await _prove(tx, adult)


async def _lock(tx: Transaction, link: Link, secret_hash: str) -> tuple[KnownAdult, Link]:
    adult = await adult_store.lock_person(tx, link.person) if link.person else None
    if adult is None:
        raise NotFound()
    return adult, await store.lock_link(tx, link, secret_hash)


async def _prove(tx: Transaction, adult: KnownAdult) -> None:
    await adult_store.prove_address(tx, adult.id)
    await _tell_first(tx, adult)


async def _move(tx: Transaction, adult: KnownAdult, link: Link) -> None:
    await adult_store.move_email(tx, adult.id, link.email)
    if adult.proved:  # an address that was never proved may be a stranger's: nothing is told there
        notice = NewLetter(
            made_of(link.letter, "address_changed"), "address_changed", adult.id, adult.email,
            next_email=link.email,
        )  # fmt: skip
        await letters.ask(tx, [notice])
    await _tell_first(tx, adult)


async def _tell_first(tx: Transaction, adult: KnownAdult) -> None:
    if not adult.proved:
        await send_invitations(tx, adult.id)
    if adult.alone:
        households: list[UUID] = [adult.household]
        await tell_households(tx, households)
