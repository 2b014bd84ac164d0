"""Timers: work that the clock starts, in one process of a service at a time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog

from chassis.metrics import TIMER_RUNS

log = structlog.get_logger()

LOCK = 7_002
"""Advisory lock of the process whose clock counts."""
CHECK_SECONDS = 2.0
HOLDS = """
select exists (
    select from pg_locks
     where locktype = 'advisory' and objid = $1::bigint::oid and pid = pg_backend_pid()
) or pg_try_advisory_lock($1::bigint)
"""


@dataclass(frozen=True)
class Timer:
    """A named piece of work, its period in seconds, and the coroutine that does it.

    The work gets what the service opened; it must bear being interrupted and done again.
    """

    name: str
    seconds: float
    work: Callable[[Any], Awaitable[object]]


async def run(timers: Sequence[Timer], context: Any, direct_url: str) -> None:
    """Run the timers for ever, on whichever process of the service holds the advisory lock."""
    while True:
        try:
            connection = await asyncpg.connect(direct_url, timeout=5, command_timeout=5)
            try:
                async with asyncio.TaskGroup() as group:
                    loops: list[asyncio.Task[None]] = []
                    while True:
                        holds = await connection.fetchval(HOLDS, LOCK)
                        if holds and not loops:
                            loops = [group.create_task(_repeat(t, context)) for t in timers]
                        await asyncio.sleep(CHECK_SECONDS)
            finally:
                with suppress(Exception):
                    connection.terminate()
        except Exception as error:
            log.warning("timers_wait", error=error)
        await asyncio.sleep(0.5 + random.random())  # noqa: S311


async def _repeat(timer: Timer, context: Any) -> None:
    while True:
        try:
            await timer.work(context)
            TIMER_RUNS.labels(timer.name, "done").inc()
        except Exception as error:
            TIMER_RUNS.labels(timer.name, "failed").inc()
            log.warning("timer_failed", timer=timer.name, error=error)
        await asyncio.sleep(timer.seconds)
