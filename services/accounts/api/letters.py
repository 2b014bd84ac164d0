"""HTTP doors of letters and of what their links do."""

from uuid import UUID

from chassis.auth import Caller
from chassis.database import Transaction, reading, transaction
from chassis.web import Door
from contracts.accounts import (
    AcceptInvitation,
    AskPasswordLink,
    BySecret,
    ChangeEmail,
    CredentialsRefused,
    Letters,
    LinkOver,
    LinkView,
    NewSession,
    ProveAddress,
    ProveAgain,
    Purpose,
    SessionView,
    SetPassword,
    WriteLetters,
)
from contracts.operation import Done
from contracts.refusal import NotFound
from services.accounts import commands, reads
from services.accounts.api.passwords import (
    new_hash,
    new_hash_of,
    own_credentials,
    taking,
    verified,
)
from services.accounts.domain import throttle as rates
from services.accounts.domain.adults import own_words
from services.accounts.domain.letters import Link


async def ask_password_link(tx: Transaction, request: AskPasswordLink, _caller: Caller) -> Done:
    """Ask for a link, whoever has the address."""
    await commands.letters.ask_password_link(tx, request)
    return Done()


async def prove_again(tx: Transaction, request: ProveAgain, caller: Caller) -> Done:
    """Ask for another proof of one's own address."""
    await commands.letters.prove_again(tx, request.letter, caller.actor)
    return Done()


async def change_email(door: Door, request: ChangeEmail) -> Done:
    """Ask for another address, against one's own password."""
    person = door.caller.actor
    await taking(door, rates.own_password(person))
    known = await verified(door, await own_credentials(door, person), request.password)
    async with transaction(door.pool) as tx:
        await commands.letters.change_email(tx, request, known)
    return Done()


async def write_letters(tx: Transaction, request: WriteLetters, _caller: Caller) -> Letters:
    """What to write to whom."""
    return await commands.letters.write_letters(tx, request)


# -- links --------------------------------------------------------------------------------------


async def get_link(tx: Transaction, request: BySecret, _caller: Caller) -> LinkView:
    """What a link will do."""
    return await reads.letters.show_link(tx, request.secret_hash)


async def prove_address(door: Door, request: ProveAddress) -> Done:
    """Prove an address: the person themselves, signed in, or with their password."""
    link = await _link(door, request.secret_hash, "proof", "new_address")
    known = None
    if link.person is None:
        raise NotFound()
    if door.caller.kind == "visitor" or door.caller.actor != link.person:
        if request.password is None:
            raise CredentialsRefused()
        await taking(door, rates.sign_in(link.email, request.origin))
        known = await verified(door, await own_credentials(door, link.person), request.password)
    async with transaction(door.pool) as tx:
        await commands.links.prove_address(tx, request.secret_hash, link, known)
    return Done()


async def set_password(door: Door, request: SetPassword) -> SessionView:
    """Set a password and sign in; sent again by the same browser, it is done already."""
    link = await _link(door, request.secret_hash, "password")
    if link.person is None:
        raise NotFound()
    if not link.was_used_by(request.open.session):
        link.must_be_open()
        hashed = await new_hash_of(door, link.person, request.password)
        async with transaction(door.pool) as tx:
            if await commands.links.set_password(tx, request, link, hashed):
                return (await reads.sessions.show_session(tx, request.open.token_hash)).view
    return await _opened_before(door, link.person, request.password, request.open)


async def accept_invitation(door: Door, request: AcceptInvitation) -> SessionView:
    """Join a household and sign in; sent again by the same browser, it is done already."""
    link = await _link(door, request.secret_hash, "invitation")
    if not link.was_used_by(request.open.session):
        link.must_be_open()
        words = own_words(request.profile, link.email)
        hashed = await new_hash(door, request.password, words)
        async with transaction(door.pool) as tx:
            if await commands.adults.accept_invitation(tx, request, link, hashed):
                return (await reads.sessions.show_session(tx, request.open.token_hash)).view
    return await _opened_before(door, request.person, request.password, request.open)


async def _link(door: Door, secret_hash: str, *purposes: Purpose) -> Link:
    async with reading(door.pool) as connection:
        link = await reads.letters.find_link(connection, secret_hash)
    link.must_be(*purposes)
    return link


async def _opened_before(
    door: Door, person: UUID, password: str, session: NewSession
) -> SessionView:
    """The session that this link opened, to who knows its token and the password it set."""
    try:
        await verified(door, await own_credentials(door, person), password)
        async with reading(door.pool) as connection:
            view = (await reads.sessions.show_session(connection, session.token_hash)).view
    except (CredentialsRefused, NotFound):
        raise LinkOver(why="used") from None
    if (view.session, view.person) != (session.session, person):
        raise LinkOver(why="used")
    return view
