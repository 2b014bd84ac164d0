"""The clock of a service counts in one process at a time, and goes on when that one dies."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg

from chassis import timers
from chassis.timers import LOCK, Timer
from tests.chassis.wire import Listener, eventually, working


def ticking(seen: Counter[str], who: str) -> Timer:
    """A timer that notes whose clock it was."""

    async def tick(_context: object) -> None:
        seen[who] += 1

    return Timer("tick", 0.05, tick)


def clock(listener: Listener, *timers_: Timer) -> Awaitable[None]:
    """The timers of one process."""
    return timers.run(timers_, None, listener.urls.app)


async def holders(listener: Listener) -> list[int]:
    rows = await listener.pool.fetch(
        "select pid from pg_locks where locktype = 'advisory' and objid = $1 and granted "
        "and database = (select oid from pg_database where datname = current_database())",
        LOCK,
    )
    return [row["pid"] for row in rows]


async def test_of_two_processes_only_one_runs_the_timers_and_the_other_takes_over(
    listener: Listener,
):
    seen: Counter[str] = Counter()
    async with working(clock(listener, ticking(seen, "first"))):
        await eventually(lambda: seen["first"])
        async with working(clock(listener, ticking(seen, "second"))):
            before = seen["first"]
            await eventually(lambda: seen["first"] > before + 10)
            await asyncio.sleep(timers.CHECK_SECONDS * 1.5)
            assert seen["second"] == 0
            assert len(await holders(listener)) == 1
            (pid,) = await holders(listener)
            await _end(listener, pid)
            await asyncio.sleep(timers.CHECK_SECONDS * 2)
            assert len(await holders(listener)) == 1
            settled = seen.copy()
            await eventually(lambda: seen.total() > settled.total() + 10)
            assert len(seen - settled) == 1, "one clock counts again"


async def test_a_timer_goes_on_with_the_lock_that_it_took_once(listener: Listener):
    seen: Counter[str] = Counter()
    async with working(clock(listener, ticking(seen, "only"))):
        await eventually(lambda: seen["only"] > 5)
        first = await holders(listener)
        await asyncio.sleep(timers.CHECK_SECONDS * 2.5)
        before = seen["only"]
        await eventually(lambda: seen["only"] > before + 5)
        assert await holders(listener) == first
    assert len(first) == 1


async def test_a_timer_that_fails_is_run_again_and_stops_no_other(listener: Listener):
    seen: Counter[str] = Counter()

    async def fail(_context: object) -> None:
        seen["failing"] += 1
        raise KeyError("a bug")

    async with working(clock(listener, Timer("fail", 0.05, fail), ticking(seen, "good"))):
        await eventually(lambda: seen["failing"] > 3 and seen["good"] > 3)
    assert seen["failing"] > 3


async def test_timers_wait_for_a_database_that_is_away_and_then_run(listener: Listener):
    seen: Counter[str] = Counter()
    urls: list[str] = []
    real: Callable[..., Awaitable[object]] = asyncpg.connect

    async def late(url: str, **options: object) -> object:
        urls.append(url)
        if len(urls) < 3:
            raise ConnectionRefusedError
        return await real(url, **options)

    asyncpg.connect, before = late, asyncpg.connect
    try:
        async with working(clock(listener, ticking(seen, "only"))):
            await eventually(lambda: seen["only"])
    finally:
        asyncpg.connect = before
    assert len(urls) == 3


async def _end(listener: Listener, pid: int) -> None:
    connection = await asyncpg.connect(listener.urls.app)
    try:
        assert await connection.fetchval("select pg_terminate_backend($1)", pid)
    finally:
        await connection.close()
