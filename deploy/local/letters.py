"""E-mails as whoever received them reads them in the mailbox, and the links that they carry."""

import asyncio
import hashlib
import re
import time
from collections.abc import Collection
from typing import Any

import aiohttp

PATIENCE_SECONDS = 20.0
LINK = re.compile(r"(?:/console)?/lien/([A-Za-z0-9_-]{16,})")
Letter = dict[str, Any]


async def all_letters(mailbox: str) -> list[Letter]:
    """Every e-mail in the mailbox at this address, newest first."""
    address = f"{mailbox}/messages.json"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        letters: list[Letter] = await answer.json()
    return letters


async def letters_to(mailbox: str, address: str, count: int = 1, about: str = "") -> list[Letter]:
    """The e-mails that arrived for an address, newest first, once there are so many.

    `about` keeps those whose subject says these words.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        own = [
            letter
            for letter in await all_letters(mailbox)
            if address in letter["recipients"] and about.lower() in letter["subject"].lower()
        ]
        if len(own) >= count or time.monotonic() > until:
            return own
        await asyncio.sleep(0.2)


async def newest_links(mailbox: str, addresses: Collection[str]) -> dict[str, str]:
    """The secret of the newest link that each address received, once all of them have one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found: dict[str, str] = {}
        for letter in await all_letters(mailbox):
            if secret := link_secret(letter):
                for address in letter["recipients"]:
                    found.setdefault(address, secret)
        if set(addresses) <= set(found):
            return found
        if time.monotonic() > until:
            raise TimeoutError("letters with links did not arrive")
        await asyncio.sleep(0.3)


def link_secret(letter: Letter) -> str | None:
    """The secret of the link that a letter carries, if it carries one."""
    found = LINK.search(letter["text"])
    return found[1] if found else None


def link_path(letter: Letter) -> str:
    """Where the link of a letter leads: « /lien/… », « /console/lien/… »."""
    found = LINK.search(letter["text"])
    if found is None:
        raise LookupError("the letter carries no link")
    return found[0]


def hash_of(secret: str) -> str:
    """What leaves the gateway instead of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
