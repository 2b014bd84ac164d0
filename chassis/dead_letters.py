"""Messages that no retry can heal: kept in the service's own database, for a person to judge."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from chassis.database import Pool, Transaction, transaction
from chassis.metrics import DEAD_LETTERS

BURY = """
insert into dead_letter (event, name, body, trace, error) values ($1, $2, $3, $4, $5)
"""
LIST = """
select id, event, name, error, died from dead_letter where outcome is null order by id limit 200
"""
SHOW = "select * from dead_letter where id = $1"
CLOSE = """
update dead_letter set outcome = $2, closed = clock_timestamp(), closed_by = $3
where id = $1 and outcome is null
returning event, name, body, trace
"""


def id_of_stray(name: str, body: bytes) -> UUID:
    """An id for a message that came without one, the same each time it comes."""
    return UUID(bytes=hashlib.sha256(name.encode() + b"\n" + body).digest()[:16])


async def bury(
    tx: Transaction, event: UUID, name: str, body: bytes, trace: str, error: Exception
) -> None:
    """Keep the message with the kind of its error; the message text may quote personal data."""
    reason = f"{type(error).__module__}.{type(error).__qualname__}"
    constraint = getattr(error, "constraint_name", None)
    if constraint:
        reason += f" ({constraint})"
    text = body.decode("utf-8", "replace").replace("\x00", "�")
    await tx.execute(BURY, event, name, text, trace, reason)
    DEAD_LETTERS.labels(name).inc()


async def waiting(pool: Pool) -> list[dict[str, Any]]:
    """The dead letters that nobody has judged yet, oldest first, at most 200."""
    return [dict(row) for row in await pool.fetch(LIST)]


async def show(pool: Pool, letter: int) -> dict[str, Any] | None:
    """One dead letter, whole."""
    row = await pool.fetchrow(SHOW, letter)
    return dict(row) if row else None


async def discard(pool: Pool, letter: int, by: str) -> bool:
    """Close a dead letter without using it; who did so is kept."""
    return await pool.fetchrow(CLOSE, letter, "discarded", by) is not None


async def replay(
    pool: Pool, letter: int, by: str, use: Callable[[UUID, str, bytes, str], Awaitable[None]]
) -> bool:
    """Use the message again, then close the letter. The inbox absorbs a second use."""
    row = await pool.fetchrow(SHOW, letter)
    if row is None or row["outcome"] is not None:
        return False
    await use(row["event"], row["name"], row["body"].encode(), row["trace"])
    async with transaction(pool) as tx:
        return await tx.fetchrow(CLOSE, letter, "replayed", by) is not None
