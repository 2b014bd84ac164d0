"""HTTP doors of registering, signing in and devices."""

from chassis.auth import Caller
from chassis.database import Transaction, reading, transaction
from chassis.web import Door
from contracts.accounts import (
    ByToken,
    CloseDevice,
    CloseOtherDevices,
    Devices,
    OpenSession,
    Register,
    SessionView,
    ShowDevices,
)
from contracts.operation import Done
from services.accounts import commands, reads
from services.accounts.api.passwords import own_credentials, taking, verified
from services.accounts.clients import Outside
from services.accounts.domain import throttle as rates
from services.accounts.domain.adults import own_words
from services.accounts.domain.sessions import Credentials


async def register(door: Door, request: Register) -> SessionView:
    """Open an account, whoever has its address; sent again, the password opens it once more."""
    outside: Outside = door.resources
    await taking(door, rates.registration(request.origin))
    known = await own_credentials(door, request.registration)
    if known is None:
        await outside.passwords.judge(request.password, own_words(request.profile, request.email))
        hashed = await outside.passwords.hash(request.password)
        async with transaction(door.pool) as tx:
            if await commands.adults.register(tx, request, hashed):
                return (await reads.sessions.show_session(tx, request.open.token_hash)).view
        known = await own_credentials(door, request.registration)
    await taking(door, rates.registered(request.registration))
    again = OpenSession(**dict(request.open), email=request.email, password=request.password)
    return await _open(door, again, known)


async def open_session(door: Door, request: OpenSession) -> SessionView:
    """Sign in. An unknown address and a wrong password look and last the same."""
    await taking(door, rates.sign_in(request.email, request.origin))
    async with reading(door.pool) as connection:
        known = await reads.sessions.find_credentials(connection, request.email)
    return await _open(door, request, known)


async def _open(door: Door, request: OpenSession, known: Credentials | None) -> SessionView:
    outside: Outside = door.resources
    person = await verified(door, known, request.password)
    stored = person.password_hash or ""
    better = (
        await outside.passwords.hash(request.password)
        if outside.passwords.is_outdated(stored)
        else None
    )
    async with transaction(door.pool) as tx:
        await commands.sessions.open_session(tx, request, person, better)
        return (await reads.sessions.show_session(tx, request.token_hash)).view


async def get_session(door: Door, request: ByToken) -> SessionView:
    """Who is signed in; a kept session lasts longer for it, noted once a day."""
    async with reading(door.pool) as connection:
        shown = await reads.sessions.show_session(connection, request.token_hash)
    if not shown.slides:
        return shown.view
    async with transaction(door.pool) as tx:
        await commands.sessions.use_session(tx, request.token_hash)
        return (await reads.sessions.show_session(tx, request.token_hash)).view


async def close_session(tx: Transaction, request: ByToken, _caller: Caller) -> Done:
    """Sign out."""
    await commands.sessions.close_session(tx, request.token_hash)
    return Done()


async def list_devices(tx: Transaction, _request: ShowDevices, caller: Caller) -> Devices:
    """Where the caller is signed in."""
    return await reads.sessions.show_devices(tx, caller.actor)


async def close_device(tx: Transaction, request: CloseDevice, caller: Caller) -> Done:
    """Sign out on one of one's own devices; another's is left alone."""
    await commands.sessions.close_device(tx, caller.actor, request.session)
    return Done()


async def close_other_devices(tx: Transaction, request: CloseOtherDevices, caller: Caller) -> Done:
    """Sign out everywhere but here."""
    await commands.sessions.close_other_devices(tx, caller.actor, request.current)
    return Done()
