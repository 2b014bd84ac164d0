"""Events enter a service once, however often the broker brings them, a batch at a time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from aio_pika.abc import AbstractIncomingMessage

from chassis import dead_letters
from chassis.database import Pool, Transaction, is_outage, transaction
from chassis.metrics import EVENTS_RECEIVED
from contracts.event import Event

log = structlog.get_logger()

Handler = Callable[[Transaction, Sequence[Any], datetime], Awaitable[None]]
"""Takes a transaction, the new events of one type in order of arrival, and `now`."""

BATCH = 150
RUSH_SECONDS, LINGER_SECONDS = 0.025, 0.03
"""When messages follow so closely on a batch, so long is waited for more: one transaction for many.
A lone message never waits."""
TRIES = 3
REMEMBER = """
insert into inbox (id) select unnest($1::uuid[]) on conflict (id) do nothing
returning id, (select app_now()) as now
"""


@dataclass(frozen=True)
class Message:
    """One event as it came: not parsed yet."""

    id: UUID
    name: str
    body: bytes
    trace: str


class Reader:
    """Takes messages in batches: inbox, effect and outbox commit together, then the ack.

    An outage is never a message's fault: the batch waits and tries again. A deterministic error
    is looked for message by message, tried three times, and then waits for a person.
    """

    def __init__(
        self, pool: Pool, reads: Mapping[type[Event], Handler], wake_relay: Callable[[], None]
    ):
        self._pool = pool
        self._handlers = {event.name: (event, handler) for event, handler in reads.items()}
        self._wake_relay = wake_relay
        self._waiting: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self.busy = False
        """Whether a batch is in hand: until it is acknowledged, the queue may bring no more."""

    async def deliver(self, message: AbstractIncomingMessage) -> None:
        """Take one message from the broker; bounded by the prefetch."""
        self._waiting.put_nowait(message)

    def forget(self) -> None:
        """The connection is gone: what waited will be brought again."""
        while not self._waiting.empty():
            self._waiting.get_nowait()

    def stop(self) -> None:
        """Finish the batch in hand, then leave: what waits stays with the broker."""
        self.forget()
        self._waiting.put_nowait(None)

    async def run(self) -> None:
        """Work off what is delivered, until told to stop."""
        ended = 0.0
        while (first := await self._waiting.get()) is not None:
            if time.monotonic() - ended < RUSH_SECONDS:
                await asyncio.sleep(LINGER_SECONDS)
            batch = [first]
            while len(batch) < BATCH and not self._waiting.empty():
                more = self._waiting.get_nowait()
                if more is None:
                    self._waiting.put_nowait(None)
                    break
                batch.append(more)
            self.busy = True
            try:
                await self._work_off(batch)
            finally:
                self.busy = False
                ended = time.monotonic()

    async def _work_off(self, batch: list[AbstractIncomingMessage]) -> None:
        groups: dict[str, list[Message]] = {}
        for raw in batch:
            message = as_message(raw)
            groups.setdefault(message.name, []).append(message)
        for group in groups.values():
            await self.receive(group)
        with suppress(Exception):  # a dead channel's messages come again, and find the inbox
            await batch[-1].ack(multiple=True)

    async def receive(self, group: Sequence[Message]) -> None:
        """Take in messages of one name; returns when each is used or buried."""
        attempt = 0
        while True:
            try:
                await self._commit(group)
                return
            except Exception as error:
                attempt += 1
                if is_outage(error):
                    log.warning("batch_waits", event_name=group[0].name, error=error)
                    await asyncio.sleep(min(3.0, 0.1 * 2**attempt) * (0.5 + random.random()))  # noqa: S311
                elif len(group) > 1:
                    break
                elif attempt >= TRIES:
                    await self._bury(group[0], error)
                    return
                else:
                    await asyncio.sleep(0.05 * attempt)
        for message in group:
            await self.receive([message])

    async def _commit(self, group: Sequence[Message]) -> None:
        started = time.perf_counter()
        name = group[0].name
        event_type, handler = self._handlers[name]
        events = {m.id: event_type.parse(m.body) for m in group}
        with structlog.contextvars.bound_contextvars(trace=group[0].trace):
            async with transaction(self._pool, seconds=20) as tx:
                rows = await tx.fetch(REMEMBER, list(events))
                new = {row["id"] for row in rows}
                if new:
                    fresh = [event for key, event in events.items() if key in new]
                    await handler(tx, fresh, rows[0]["now"])
            if new:
                self._wake_relay()
            EVENTS_RECEIVED.labels(name, "new").inc(len(new))
            EVENTS_RECEIVED.labels(name, "again").inc(len(group) - len(new))
            log.info(
                "batch", event_name=name, count=len(group), new=len(new),
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )  # fmt: skip

    async def _bury(self, message: Message, error: Exception) -> None:
        while True:
            try:
                async with transaction(self._pool) as tx:
                    await dead_letters.bury(
                        tx, message.id, message.name, message.body, message.trace, error
                    )
            except Exception as outage:
                log.warning("burial_waits", event_name=message.name, error=outage)
                await asyncio.sleep(1)
            else:
                log.error("dead_letter", event_name=message.name, id=str(message.id), error=error)
                return


def as_message(raw: AbstractIncomingMessage) -> Message:
    """Read the envelope; a message without a usable id gets one from its content."""
    name = raw.type or raw.routing_key or "unknown"
    try:
        event_id = UUID(raw.message_id or "")
    except ValueError:
        event_id = dead_letters.id_of_stray(name, raw.body)
    return Message(event_id, name, raw.body, str(raw.correlation_id or ""))
