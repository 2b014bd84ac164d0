"""Letters that are wanted, and what is written in them."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis import outbox
from chassis.database import Transaction
from contracts.accounts import (
    AskAgentLink,
    AskPasswordLink,
    ChangeEmail,
    CredentialsRefused,
    Letter,
    Letters,
    LetterWanted,
    WriteLetters,
)
from services.accounts.commands import throttle
from services.accounts.domain import throttle as rates
from services.accounts.domain.letters import Message, NewLetter, messages
from services.accounts.domain.people import email_key
from services.accounts.domain.sessions import Credentials
from services.accounts.store import adults
from services.accounts.store import letters as store
from services.accounts.store import sessions as session_store


async def ask(tx: Transaction, letters: Sequence[NewLetter]) -> bool:
    """Want these letters written; whether one of them was not wanted before."""
    added = await store.add_letters(tx, letters)
    wanted = [LetterWanted(letter=letter.id) for letter in letters if letter.id in added]
    await outbox.append(tx, wanted)
    return bool(wanted)


async def ask_password_link(tx: Transaction, request: AskPasswordLink) -> None:
    """Want a password link for an address, whoever has it: nobody is looked up here.

    An address that got many letters just now gets no other, which looks the same. Raises
    TooManyTries for who asks for many.
    """
    await throttle.take(tx, rates.password_link(request.origin))
    if await throttle.has_room(tx, rates.password_link_to(request.email)):
        await ask(tx, [NewLetter(request.letter, "password", None, request.email)])


async def ask_agent_link(tx: Transaction, request: AskAgentLink) -> None:
    """Want an agent's link for an address, whoever has it: as `ask_password_link`.

    Raises TooManyTries for who asks for many.
    """
    await throttle.take(tx, rates.agent_link(request.origin))
    if await throttle.has_room(tx, rates.agent_link_to(request.email)):
        await ask(tx, [NewLetter(request.letter, "agent_password", None, request.email)])


async def prove_again(tx: Transaction, letter: UUID, person: UUID) -> None:
    """Want another proof letter, unless the address is proved. Raises TooManyTries."""
    adult = await adults.lock_person(tx, person)
    if adult is None or adult.proved:
        return
    if await ask(tx, [NewLetter(letter, "proof", person, adult.email)]):
        await throttle.take(tx, [*rates.proof(person), *rates.unasked_to(adult.email)])


async def change_email(tx: Transaction, request: ChangeEmail, verified: Credentials) -> None:
    """Note the address that a person wants, and want its proof; the newest wish counts.

    To wish for the address that one has takes back what was wished before. Raises
    CredentialsRefused when the password changed since it was verified, TooManyTries.
    """
    unchanged = await session_store.lock_verified_person(tx, verified)
    adult = await adults.lock_person(tx, verified.person)
    if unchanged is None or adult is None:
        raise CredentialsRefused()
    if email_key(request.email) == adult.email_key:
        await adults.save_next_email(tx, adult.id, None)
        await store.cancel_letters(tx, adult.id, ["new_address"])
    elif await ask(tx, [NewLetter(request.letter, "new_address", adult.id, request.email)]):
        await throttle.take(tx, rates.unasked_to(request.email))
        await adults.save_next_email(tx, adult.id, request.email)
        await store.cancel_letters(tx, adult.id, ["new_address"], kept=request.letter)


# -- writing ------------------------------------------------------------------------------------


async def write_letters(tx: Transaction, request: WriteLetters) -> Letters:
    """Decide what is written to whom, and draw a new secret for each link.

    Letters that concern nobody any more, and links that are over, are left out.
    """
    now = await session_store.read_clock(tx)
    wanted = list(dict.fromkeys(request.letters))
    asked = await store.lock_letters(tx, wanted)
    to_agents = await store.lock_agent_letters(tx, wanted)
    planned = [
        message for letter in wanted if letter in asked for message in messages(asked[letter])
    ] + [to_agents[letter].message for letter in wanted if letter in to_agents]
    await store.add_letters(tx, [made for message in planned if (made := _beside(message))])
    expiries = await store.open_links(tx, [each for each in planned if each.link_of])
    drawn: dict[bytes, UUID] = {}
    written = [
        _with_secret(message, drawn, expiries, now)
        for message in planned
        if message.link_of is None or message.link_of in expiries
    ]
    await store.add_secrets(tx, drawn)
    return Letters(letters=tuple(written))


def _beside(message: Message) -> NewLetter | None:
    if message.link_of is None or message.link_of == message.letter:
        return None
    return NewLetter(message.link_of, "password", message.link_person, message.email)


def _with_secret(
    message: Message, drawn: dict[bytes, UUID], expiries: dict[UUID, datetime], now: datetime
) -> Letter:
    if message.link_of is None:
        return message.written(None, None)
    secret = secrets.token_urlsafe(32)
    drawn[hashlib.sha256(secret.encode()).digest()] = message.link_of
    minutes = (expiries[message.link_of] - now) // timedelta(minutes=1)
    return message.written(secret, max(1, minutes))


async def forget_old_letters(tx: Transaction) -> None:
    """Remove letters of which nobody can make use any more."""
    await store.forget_old_letters(tx)
