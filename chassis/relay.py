"""The relay: takes events from the outbox to the broker, oldest first, one relay a database."""

import asyncio
import random
import time
from contextlib import suppress
from datetime import datetime

import asyncpg
import structlog

from chassis.broker import Broker
from chassis.database import Pool, Transaction
from chassis.metrics import EVENTS_SENT, OUTBOX_AGE

log = structlog.get_logger()

LOCK = 7_001
"""Advisory lock that says who relays; taken on a direct connection, for as long as it lives."""
POLL_SECONDS = 1.0
BATCH = 256
RUSH_SECONDS, LINGER_SECONDS = 0.01, 0.015
"""When a commit follows so closely on a turn, so long is waited for more: one turn for many."""
UNSENT = """
select seq, id, name, body, trace, extract(epoch from clock_timestamp() - told)::float8 as age
from outbox where sent is null order by seq limit $1
"""
SENT = "update outbox set sent = clock_timestamp() where seq = any($1)"
AGAIN = "update outbox set sent = null where sent >= $1"
TRY_LOCK = "select pg_try_advisory_lock($1)"
NOTIFY = "select pg_notify('outbox', '')"


class Relay:
    """Publishes what commits left in the outbox and marks it sent once confirmed.

    A crash between the confirm and the mark sends again; inboxes absorb it. No cursor and no
    SKIP LOCKED: both were measured to lose or reorder events. A commit wakes it, and it looks
    every second besides.
    """

    def __init__(self, direct_url: str, broker: Broker, *, name: str):
        self._url = direct_url
        self._broker = broker
        self._name = f"{name}-relay"
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A transaction that told something has committed."""
        self._woken.set()

    async def run(self) -> None:
        """Relay, or stand by for the one who does; rebuild everything after any error."""
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url, timeout=5, command_timeout=10,
                    server_settings={"application_name": self._name},
                )  # fmt: skip
                try:
                    await connection.add_listener("outbox", lambda *_: self._woken.set())
                    while not connection.is_closed():
                        await self._turn(connection)
                finally:
                    with suppress(Exception):
                        connection.terminate()
            except Exception as error:
                log.warning("relay_waits", error=error)
            await asyncio.sleep(0.2 + random.random() / 2)  # noqa: S311

    async def _turn(self, connection: Transaction) -> None:
        if not await connection.fetchval(TRY_LOCK, LOCK):
            if await self._wait():
                await connection.execute(NOTIFY)  # the leader lives in another process
            return
        while True:
            self._woken.clear()
            if await self.relay_once(connection) < BATCH:
                ended = time.monotonic()
                await self._wait()
                if time.monotonic() - ended < RUSH_SECONDS:
                    await asyncio.sleep(LINGER_SECONDS)

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def relay_once(self, connection: Transaction) -> int:
        """Publish the oldest unsent events, all confirms in flight together; how many arrived.

        What was not confirmed stays for the next turn; it holds up nobody else.
        """
        rows = await connection.fetch(UNSENT, BATCH)
        OUTBOX_AGE.set(rows[0]["age"] if rows else 0)
        if not rows:
            return 0
        started = time.perf_counter()
        results = await asyncio.gather(
            *(
                self._broker.publish(r["name"], str(r["id"]), r["body"].encode(), r["trace"])
                for r in rows
            ),
            return_exceptions=True,
        )
        confirmed = [r for r, result in zip(rows, results, strict=True) if result is None]
        if confirmed:
            await connection.execute(SENT, [row["seq"] for row in confirmed])
            for row in confirmed:
                EVENTS_SENT.labels(row["name"]).inc()
        log.info(
            "relayed", count=len(confirmed), oldest_seconds=round(rows[0]["age"], 3),
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )  # fmt: skip
        for row, result in zip(rows, results, strict=True):
            if isinstance(result, BaseException):
                log.error("not_relayed", event_name=row["name"], error=result)
        return len(confirmed)


async def republish(pool: Pool, since: datetime) -> int:
    """Have everything that was sent since then sent again: a broker lost its messages.

    Inboxes absorb what had arrived. How many events will be sent.
    """
    done: str = await pool.execute(AGAIN, since)
    return int(done.rpartition(" ")[2])
