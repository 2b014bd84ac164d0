"""Counting tries: what is too much is refused for a while, the same for anybody."""

import math
from collections.abc import Sequence

from chassis.database import Transaction
from contracts.accounts import TooManyTries
from services.accounts.domain.throttle import Try
from services.accounts.store import throttle as store


async def take(tx: Transaction, tries: Sequence[Try]) -> None:
    """Count one try under each key, or, when one of them has had enough, none at all.

    A refused try counts for nothing, so that who insists from one place uses up nobody else's.
    Raises TooManyTries.
    """
    wait = await store.take_tries(tx, tries)
    if wait is not None:
        raise TooManyTries(retry_seconds=max(1, math.ceil(wait.total_seconds())))


async def has_room(tx: Transaction, tries: Sequence[Try]) -> bool:
    """Count one try under each key, if they all allow it; whether they did."""
    return await store.take_tries(tx, tries) is None


async def forget_old_tries(tx: Transaction) -> None:
    """Remove the counts that time has emptied."""
    await store.forget_old_tries(tx)
