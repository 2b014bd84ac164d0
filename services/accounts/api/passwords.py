"""What the doors have in common: tries are counted, then a password is checked, outside."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import reading, transaction
from chassis.web import Door
from contracts.accounts import ChangePassword, CredentialsRefused
from contracts.operation import Done
from contracts.refusal import NotFound
from services.accounts import commands, reads
from services.accounts.clients import Outside
from services.accounts.domain import throttle as rates
from services.accounts.domain.sessions import Credentials
from services.accounts.domain.throttle import Try


async def taking(door: Door, tries: Sequence[Try]) -> None:
    """Count these tries for good, before anything is looked up. Raises TooManyTries."""
    if tries:
        async with transaction(door.pool) as tx:
            await commands.throttle.take(tx, tries)


async def own_credentials(door: Door, person: UUID) -> Credentials | None:
    """What this person's own password is judged by."""
    async with reading(door.pool) as connection:
        return await reads.sessions.find_own_credentials(connection, person)


async def verified(door: Door, known: Credentials | None, password: str) -> Credentials:
    """Whose password it is. Raises CredentialsRefused, as late for nobody as for somebody."""
    outside: Outside = door.resources
    fits = await outside.passwords.fits(known.password_hash if known else None, password)
    if known is None or not fits:
        raise CredentialsRefused()
    return known


async def new_hash(door: Door, password: str, own_words: Sequence[str]) -> str:
    """A new password, judged and hashed. Raises PasswordTooWeak."""
    outside: Outside = door.resources
    await outside.passwords.judge(password, own_words)
    return await outside.passwords.hash(password)


async def new_hash_of(door: Door, person: UUID, password: str) -> str:
    """As `new_hash`, for somebody whose words are known. Raises PasswordTooWeak."""
    async with reading(door.pool) as connection:
        own_words = await reads.sessions.show_own_words(connection, person)
    return await new_hash(door, password, own_words)


async def change_password(door: Door, request: ChangePassword) -> Done:
    """Change one's own password; nobody else exists here. Sent again, it is done already."""
    if request.person != door.caller.actor:
        raise NotFound()
    await taking(door, rates.own_password(request.person))
    known = await own_credentials(door, request.person)
    try:
        person = await verified(door, known, request.current)
    except CredentialsRefused:
        await verified(door, known, request.password)
        return Done()
    hashed = await new_hash_of(door, request.person, request.password)
    async with transaction(door.pool) as tx:
        await commands.adults.change_password(tx, request, person, hashed)
    return Done()
