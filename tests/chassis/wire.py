"""A teller, a listener and a real broker between them; the listener writes down what it hears.

The teller stands on the subscriptions database, the listener on booking's, with one table more.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID, uuid4, uuid5

import asyncpg

from chassis import outbox
from chassis.broker import Broker
from chassis.database import Pool, Transaction, open_pool, transaction
from chassis.inbox import Message, Reader
from chassis.relay import Relay
from contracts.subscriptions import EntitlementChanged, RegieChanged
from deploy.databases import Urls
from tests.databases import Templates

TELLER, LISTENER = "subscriptions", "booking"
READERS = {TELLER: [], LISTENER: [RegieChanged.name]}
TOWN = UUID("00000000-0000-4000-8000-0000000000c0")
Handler = Callable[[Transaction, Sequence[RegieChanged], datetime], Awaitable[None]]


def an_event(number: int, label: str = "Cantine") -> RegieChanged:
    """One of a series of events, each with its number."""
    return RegieChanged(
        regie=uuid5(TOWN, f"{label} {number}"), authority=TOWN, label=label, version=number
    )


def an_unread_event() -> EntitlementChanged:
    """An event that no queue of the wire takes."""
    return EntitlementChanged(
        entitlement=uuid4(), household=uuid4(), beneficiary=uuid4(), authority=TOWN,
        service=TOWN, category="residents", valid_from="2026-09-01", valid_until="2027-07-02",
        state="active", version=1,
    )  # fmt: skip


def as_message(event: RegieChanged) -> Message:
    """The event as the broker brings it."""
    body = event.body()
    return Message(event.id_of(body), event.name, body.encode(), "")


async def write_down(tx: Transaction, events: Sequence[RegieChanged], _now: datetime) -> None:
    """The listener's effect: a line for each event; a poisoned one breaks a constraint."""
    await tx.execute(
        "insert into heard (number, label) select * from unnest($1::int[], $2::text[])",
        [event.version for event in events], [event.label for event in events],
    )  # fmt: skip


class Listener:
    """A database that hears events, and how often it heard each."""

    def __init__(self, urls: Urls, pool: Pool, owner: Pool):
        self.urls, self.pool, self.owner = urls, pool, owner

    def reader(self, handler: Handler = write_down) -> Reader:
        """The inbox, with this effect."""
        return Reader(self.pool, {RegieChanged: handler}, lambda: None)

    async def heard(self) -> list[int]:
        """The numbers written down, in the order in which they were."""
        rows = await self.pool.fetch("select number from heard order by at")
        return [row["number"] for row in rows]

    async def dead(self) -> int:
        """Messages that wait for a person."""
        return int(await self.pool.fetchval("select count(*) from dead_letter"))

    async def kill_connections(self) -> int:
        """What a restart of the database does to the application's connections."""
        role = "select pg_terminate_backend(pid) from pg_stat_activity where usename like '%_app'"
        database = " and datname = current_database()"
        administrator = await asyncpg.connect(
            os.environ["POSTGRES_URL"], database=self.urls.app.rpartition("/")[2].split("?")[0]
        )
        try:
            return len(await administrator.fetch(role + database))
        finally:
            await administrator.close()


@asynccontextmanager
async def a_listener(templates: Templates) -> AsyncIterator[Listener]:
    """A fresh database with the table of what was heard."""
    async with templates.clone(LISTENER) as urls:
        owner = await open_pool(urls.owner, 1)
        pool = await open_pool(urls.app, 4, name="listener")
        try:
            await owner.execute(
                "create table heard (at bigint generated always as identity, number int, "
                "label text check (label <> 'poison'))"
            )
            role = f"{templates.prefix}{LISTENER}_app"
            await owner.execute(f'grant select, insert on heard to "{role}"')
            yield Listener(urls, pool, owner)
        finally:
            pool.terminate()
            owner.terminate()


class Teller:
    """A database whose outbox is relayed."""

    def __init__(self, urls: Urls, pool: Pool, address: str):
        self.urls, self.pool, self.address = urls, pool, address

    async def tells(self, *events: RegieChanged | EntitlementChanged) -> None:
        """One transaction that tells these events."""
        async with transaction(self.pool) as tx:
            await outbox.append(tx, events)

    async def unsent(self) -> int:
        """How many events wait in the outbox."""
        return int(await self.pool.fetchval("select count(*) from outbox where sent is null"))

    @asynccontextmanager
    async def broker(self) -> AsyncIterator[Broker]:
        """A connection that only speaks."""
        async with connected(Broker(self.address, TELLER, None, lambda: None)) as broker:
            yield broker

    @asynccontextmanager
    async def relayed(self, broker: Broker) -> AsyncIterator[Relay]:
        """A relay at work."""
        relay = Relay(self.urls.app, broker, name="teller")
        async with working(relay.run()):
            yield relay


@asynccontextmanager
async def connected(broker: Broker) -> AsyncIterator[Broker]:
    """A broker connection that is up, until the end of the block."""
    async with working(broker.run()):
        await eventually(lambda: broker.is_up)
        yield broker


@asynccontextmanager
async def listening(address: str, reader: Reader) -> AsyncIterator[Broker]:
    """The listener's own connection and inbox at work."""
    broker = Broker(address, LISTENER, reader.deliver, reader.forget)
    async with working(reader.run()), connected(broker):
        yield broker


@asynccontextmanager
async def working(work: Awaitable[None]) -> AsyncIterator[None]:
    """A task that lives as long as the block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def eventually(
    true: Callable[[], object | Awaitable[object]], *, seconds: float = 20
) -> None:
    """Wait until something is true; fail when it does not become so."""
    async with asyncio.timeout(seconds):
        while True:
            answer = true()
            if await answer if isinstance(answer, Awaitable) else answer:
                return
            await asyncio.sleep(0.02)
