"""PostgreSQL: small pools, transactions with a total time limit, outages told from mistakes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Transaction: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
    Pool: TypeAlias = "asyncpg.Pool[Any]"
else:
    Transaction = Any
    Pool = asyncpg.Pool

UNIT_SECONDS = 6.0
"""No unit of work may hold a connection longer, whatever the database does."""


class Connection(asyncpg.Connection):
    """A connection that keeps no session state, and so needs no reset between two borrowers."""

    def get_reset_query(self) -> str:
        """Nothing: we set nothing outside transactions, and a reset costs a round trip."""
        return ""


async def _prepare(connection: "asyncpg.Connection[Any]") -> None:
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )


async def open_pool(url: str, size: int, *, name: str = "", least: int = 1) -> Pool:
    """A pool of at most `size` connections, `least` of them open to begin with."""
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=size,
        connection_class=Connection,
        init=_prepare,
        timeout=5,
        command_timeout=UNIT_SECONDS,
        max_inactive_connection_lifetime=300,
        server_settings={
            "application_name": name,
            "statement_timeout": "5000",
            "lock_timeout": "4000",
            "idle_in_transaction_session_timeout": "15000",
            "timezone": "UTC",
        },
    )


@asynccontextmanager
async def transaction(
    pool: Pool, *, seconds: float = UNIT_SECONDS, readonly: bool = False
) -> AsyncIterator[Transaction]:
    """One transaction: commits at the end of the block, rolls back on any error.

    Raises TimeoutError past `seconds`, waiting for a connection included.
    """
    async with asyncio.timeout(seconds):
        async with pool.acquire() as connection, connection.transaction(readonly=readonly):
            yield connection


@asynccontextmanager
async def reading(pool: Pool, *, seconds: float = UNIT_SECONDS) -> AsyncIterator[Transaction]:
    """A connection for reads that need no common snapshot."""
    async with asyncio.timeout(seconds), pool.acquire() as connection:
        yield connection


_OUTAGE_CLASSES = ("08", "28", "3D", "40", "53", "55", "57", "58")
"""SQLSTATE classes that say "not now": connection, sign-in (a password is being changed), database
(a restore is under way), rollback, resources, locks, operator, system."""
_OUTAGE_STATES = ("25006", "25P03")
"""A standby that does not write yet; a transaction whose process was frozen for too long."""


def is_outage(error: BaseException) -> bool:
    """Whether the infrastructure failed, so that the same work may succeed later.

    Never true for a deterministic error: a constraint, a type, a bug.
    """
    if isinstance(error, asyncpg.PostgresError):
        state = str(error.sqlstate or "")
        return state[:2] in _OUTAGE_CLASSES or state in _OUTAGE_STATES
    if isinstance(error, asyncpg.InternalClientError):
        return True
    if isinstance(error, asyncpg.InterfaceError):
        text = str(error)
        return "clos" in text or "released" in text or "another operation" in text
    return isinstance(error, TimeoutError | OSError | EOFError | asyncio.IncompleteReadError)
