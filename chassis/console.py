"""What agents see: reads by the console's own role, where only their authorities' rows exist."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chassis.auth import Caller
from chassis.database import Pool, Transaction, open_pool, transaction
from contracts.operation import Operation
from contracts.refusal import Unavailable

CONNECTIONS = 2
"""Few agents look at once, and none while nobody works: the pool opens when it is first used."""
SAY_WHO_LOOKS = "select set_config('app.authorities', $1, true), set_config('app.agent', $2, true)"
"""For this transaction alone: the next borrower of the connection finds nothing."""


@asynccontextmanager
async def console_pool(url: str, *, name: str = "") -> AsyncIterator[Pool | None]:
    """The pool of the console's role, while the block lasts; none where no address is given."""
    if not url:
        yield None
        return
    pool = await open_pool(url, CONNECTIONS, name=f"{name}-console", least=0)
    try:
        yield pool
    finally:
        pool.terminate()


def authorities_that_count(caller: Caller, operation: Operation[Any, Any]) -> str:
    """The authorities where this agent may ask for this, as row level security reads them."""
    if caller.is_everywhere(operation.roles):
        return "all"
    held = {
        authority
        for role, authority in caller.roles
        if not operation.roles or role in operation.roles
    }
    return ",".join(sorted(str(authority) for authority in held))


@asynccontextmanager
async def looking(
    pool: Pool | None, caller: Caller, operation: Operation[Any, Any]
) -> AsyncIterator[Transaction]:
    """A transaction that only reads, and only what this agent may see.

    Raises Unavailable without a pool: the application's own would show everything.
    """
    if pool is None:
        raise Unavailable()
    async with transaction(pool, readonly=True) as tx:
        count = authorities_that_count(caller, operation)
        await tx.execute(SAY_WHO_LOOKS, count, str(caller.actor))
        yield tx
