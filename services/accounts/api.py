"""HTTP doors: hash and compare outside, then one command or one read."""

from uuid import UUID

from chassis.auth import Caller
from chassis.database import Transaction, reading, transaction
from chassis.web import Door
from contracts.accounts import (
    ByHousehold,
    ByToken,
    CredentialsRefused,
    FindRecipients,
    HouseholdView,
    OpenSession,
    Recipients,
    RegisterHousehold,
    SessionView,
)
from contracts.operation import Done
from contracts.refusal import NotFound
from services.accounts import commands, reads
from services.accounts.clients.passwords import Passwords


async def open_session(door: Door, request: OpenSession) -> SessionView:
    """Sign in. Unknown address, wrong password and closed account look and last the same."""
    passwords: Passwords = door.resources
    async with reading(door.pool) as connection:
        known = await reads.find_credentials(connection, request.email)
    stored = known.password_hash if known else None
    fits = await passwords.fits(stored, request.password)
    if known is None or stored is None or not fits:
        raise CredentialsRefused()
    better = await passwords.hash(request.password) if passwords.is_outdated(stored) else None
    async with transaction(door.pool) as tx:
        await commands.open_session(tx, request, known, better)
        return (await reads.show_session(tx, request.token_hash)).view


async def get_session(door: Door, request: ByToken) -> SessionView:
    """Who is signed in; a kept session lasts longer for it, noted once a day."""
    async with reading(door.pool) as connection:
        shown = await reads.show_session(connection, request.token_hash)
    if not shown.slides:
        return shown.view
    async with transaction(door.pool) as tx:
        await commands.use_session(tx, request.token_hash)
        return (await reads.show_session(tx, request.token_hash)).view


async def close_session(tx: Transaction, request: ByToken, _caller: Caller) -> Done:
    """Sign out."""
    await commands.close_session(tx, request.token_hash)
    return Done()


async def get_household(tx: Transaction, request: ByHousehold, caller: Caller) -> HouseholdView:
    """The caller's own household; any other does not exist for them."""
    own: UUID = caller.own_household
    if request.household != own:
        raise NotFound()
    households = await reads.show_households(tx, [request.household])
    if not households:
        raise NotFound()
    return households[0]


async def register_household(door: Door, request: RegisterHousehold) -> Done:
    """Take over a household."""
    passwords: Passwords = door.resources
    hashed = await passwords.hash(request.password) if request.password else None
    async with transaction(door.pool) as tx:
        await commands.register_household(tx, request, hashed)
    return Done()


async def find_recipients(tx: Transaction, request: FindRecipients, _caller: Caller) -> Recipients:
    """Names and addresses of many households at once."""
    households = await reads.show_households(tx, request.households)
    return Recipients(households=tuple(households))
