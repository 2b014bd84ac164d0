"""Letters and their links in and out of PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from chassis.queries import named_queries
from services.accounts.domain.letters import (
    Asked,
    AskedForAgent,
    Link,
    Message,
    NewLetter,
    Stored,
)
from services.accounts.domain.people import email_key

SQL = named_queries("services.accounts")


async def add_letters(tx: Transaction, letters: Sequence[NewLetter]) -> set[UUID]:
    """Letters to be written; gives those whose id was free."""
    rows = await tx.fetch(
        SQL.add_letters,
        [letter.id for letter in letters],
        [letter.kind for letter in letters],
        [letter.person for letter in letters],
        [letter.household for letter in letters],
        [letter.email for letter in letters],
        [email_key(letter.email) for letter in letters],
        [letter.next_email for letter in letters],
        [letter.device for letter in letters],
        [letter.agent for letter in letters],
    )
    return {row["id"] for row in rows}


async def cancel_letters(
    tx: Transaction, person: UUID, kinds: Collection[Stored], kept: UUID | None = None
) -> None:
    """A person's letters of these kinds open nothing any more, but the one that is kept."""
    await tx.execute(SQL.cancel_letters, person, list(kinds), kept)


async def lock_letters(tx: Transaction, letters: Sequence[UUID]) -> dict[UUID, Asked]:
    """Those of these letters that may still be written."""
    rows = await tx.fetch(SQL.lock_letters, letters)
    return {row["letter"]: Asked(**row) for row in rows}


async def lock_agent_letters(tx: Transaction, letters: Sequence[UUID]) -> dict[UUID, AskedForAgent]:
    """Those of these letters that may still be written to an agent."""
    rows = await tx.fetch(SQL.lock_agent_letters, letters)
    return {row["letter"]: AskedForAgent(**row) for row in rows}


async def open_links(tx: Transaction, messages: Sequence[Message]) -> dict[UUID, datetime]:
    """The links of these messages live from now on, if they did not before; until when."""
    rows = await tx.fetch(
        SQL.open_links,
        [message.link_of for message in messages],
        [message.link_person for message in messages],
        [message.link_agent for message in messages],
        [message.lives for message in messages],
    )
    return {row["id"]: row["expires"] for row in rows}


async def add_secrets(tx: Transaction, letters: Mapping[bytes, UUID]) -> None:
    """What opens these links, by its hash."""
    await tx.execute(SQL.add_secrets, list(letters), list(letters.values()))


async def lock_link(tx: Transaction, link: Link, secret_hash: str) -> Link:
    """The link as it is now, until commit."""
    await tx.fetchval(SQL.lock_letter, link.letter)
    row = await tx.fetchrow(SQL.find_link, bytes.fromhex(secret_hash))
    return Link(**row) if row else link


async def lock_agent_link(tx: Transaction, link: Link, secret_hash: str) -> Link:
    """An agent's link as it is now, until commit."""
    await tx.fetchval(SQL.lock_letter, link.letter)
    row = await tx.fetchrow(SQL.find_agent_link, bytes.fromhex(secret_hash))
    return Link(**row) if row else link


async def keep_totp_secret(tx: Transaction, letter: UUID, sealed: bytes) -> bytes:
    """The sealed secret that a link offers: this one, unless it offered another before."""
    kept: bytes = await tx.fetchval(SQL.keep_totp_secret, letter, sealed)
    return kept


async def cancel_agent_letters(tx: Transaction, agent: UUID, kept: UUID) -> None:
    """An agent's letters open nothing any more, but the one that is kept."""
    await tx.execute(SQL.cancel_agent_letters, agent, kept)


async def use_link(tx: Transaction, letter: UUID, who: UUID) -> None:
    """A link was used, by this person or session."""
    await tx.execute(SQL.use_link, letter, who)


async def forget_old_letters(tx: Transaction) -> None:
    """Old letters are no more, nor are their links."""
    await tx.execute(SQL.forget_old_letters)
