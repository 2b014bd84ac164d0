"""A connection to the broker is rebuilt from scratch at the first sign of trouble."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from chassis import broker as broker_room
from chassis.broker import Broker
from tests.chassis.wire import (
    TELLER,
    Listener,
    Teller,
    an_event,
    connected,
    eventually,
    listening,
    working,
    write_down,
)


@asynccontextmanager
async def management() -> AsyncIterator[aiohttp.ClientSession]:
    """The management interface, as its administrator."""
    parts = urlsplit(os.environ["RABBITMQ_MANAGEMENT_URL"])
    credentials = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    async with aiohttp.ClientSession(
        f"http://{parts.hostname}:{parts.port}",
        headers={"Authorization": f"Basic {credentials}"},
    ) as session:
        yield session


async def close_all(session: aiohttp.ClientSession, vhost: str) -> int:
    """Have the server close every connection of a vhost; how many there were."""
    async with session.get(f"/api/vhosts/{vhost}/connections") as answer:
        connections: list[dict[str, Any]] = await answer.json()
    for connection in connections:
        await session.delete(f"/api/connections/{quote(connection['name'], safe='')}")
    return len(connections)


async def test_connections_closed_by_the_server_come_back_and_nothing_is_lost(
    teller: Teller, listener: Listener, ear: str
):
    vhost, closed = ear.rpartition("/")[2], 0
    async with (
        listening(ear, listener.reader()) as hearing, teller.broker() as speaking,
        teller.relayed(speaking) as relay, management() as session,
    ):  # fmt: skip
        for first in range(1, 601, 20):
            await teller.tells(*(an_event(n) for n in range(first, first + 20)))
            relay.wake()
            await asyncio.sleep(0.25)
            if first % 200 == 1:
                closed += await close_all(session, vhost)
        if closed == 0:  # the server lists a connection some seconds after it was made
            await eventually(lambda: close_all(session, vhost), seconds=15)
        await eventually(lambda: _heard(listener, 600), seconds=60)
        await eventually(lambda: hearing.is_up and speaking.is_up, seconds=30)
        await teller.tells(an_event(601))
        await eventually(lambda: _heard(listener, 601), seconds=30)
    assert sorted(await listener.heard()) == list(range(1, 602))
    assert await listener.dead() == 0


async def _heard(listener: Listener, count: int) -> bool:
    return len(await listener.heard()) >= count


async def test_a_queue_that_falls_silent_ends_the_life_of_a_connection(
    ear: str, listener: Listener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(broker_room, "CANARY_SECONDS", 0.1)
    lives = 0

    def count_lives() -> None:
        nonlocal lives
        lives += 1

    async def deaf(_self: Broker, _message: object) -> None:
        """Nothing is heard: as a consumer that never woke up again."""

    monkeypatch.setattr(Broker, "_hear", deaf)
    reader = listener.reader()
    async with working(Broker(ear, "booking", reader.deliver, count_lives).run()):
        await eventually(lambda: lives >= 2)
    assert lives >= 2


async def test_a_queue_that_is_silent_because_we_are_busy_is_not_taken_for_dead(
    teller: Teller, listener: Listener, ear: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(broker_room, "CANARY_SECONDS", 0.1)
    monkeypatch.setattr(broker_room, "PREFETCH", 3)
    lives, away = 0, asyncio.Event()

    def count_lives() -> None:
        nonlocal lives
        lives += 1

    async def waiting(tx: Any, events: Any, now: Any) -> None:
        if not away.is_set():
            raise ConnectionRefusedError  # the database is away, the prefetch is full
        await write_down(tx, events, now)

    reader = listener.reader(waiting)
    broker = Broker(ear, "booking", reader.deliver, count_lives, lambda: reader.busy)
    await teller.tells(*(an_event(n) for n in range(1, 9)))
    async with (
        working(reader.run()), connected(broker), teller.broker() as speaking,
        teller.relayed(speaking),
    ):  # fmt: skip
        await eventually(lambda: reader.busy)
        await asyncio.sleep(2)
        assert (lives, broker.is_up) == (0, True)
        away.set()
        await eventually(lambda: _heard(listener, 8))
        await eventually(lambda: not reader.busy)


async def test_a_canary_keeps_a_connection_alive_on_which_nothing_else_travels(
    ear: str, listener: Listener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(broker_room, "CANARY_SECONDS", 0.2)
    lives = 0

    def count_lives() -> None:
        nonlocal lives
        lives += 1

    reader = listener.reader()
    broker = Broker(ear, "booking", reader.deliver, count_lives)
    async with connected(broker):
        await asyncio.sleep(2)
        assert broker.is_up
        assert lives == 0


async def test_publishing_waits_for_a_broker_that_comes_and_gives_up_on_one_that_does_not(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
):
    event = an_event(1)
    broker = Broker(teller.address, TELLER, None, lambda: None)
    waiting = asyncio.create_task(
        broker.publish(f"{TELLER}.canary.v1", str(event.id_of("")), b"{}", "")
    )
    await asyncio.sleep(0.1)
    assert not waiting.done()
    async with connected(broker):
        await waiting
    monkeypatch.setattr(broker_room, "CONFIRM_SECONDS", 0.2)
    with pytest.raises(TimeoutError):
        await broker.publish(event.name, "", b"{}", "")


async def test_a_wrong_password_is_tried_again_with_a_growing_pause(teller: Teller):
    attempts: list[float] = []
    clock = asyncio.get_running_loop().time
    broker = Broker(
        teller.address.replace("@", "-wrong@"), TELLER, None, lambda: attempts.append(clock())
    )
    async with working(broker.run()):
        await eventually(lambda: len(attempts) >= 5)
    pauses = [later - earlier for earlier, later in pairwise(attempts)]
    assert sum(pauses[-2:]) > sum(pauses[:2])
    assert not broker.is_up
