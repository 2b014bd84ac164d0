"""A real process: `python -m services.booking` starts, serves, and leaves within 15 seconds."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from contracts.booking import CHANGE_CART, GET_CART, Cart, ShowCart
from deploy.local.processes import free_port
from tests.chassis.doors import FAMILY, PUBLIC_KEYS, bearer, calling
from tests.chassis.wire import LISTENER, Listener, eventually

LEAVES_WITHIN = 15


@dataclass
class Process:
    """A service process and its address."""

    running: asyncio.subprocess.Process
    url: str

    async def ready(self, session: aiohttp.ClientSession) -> int | None:
        """What /readyz answers; nothing when nobody does."""
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status
        except aiohttp.ClientConnectionError:
            return None


@asynccontextmanager
async def a_process(listener: Listener, address: str, **changes: str) -> AsyncIterator[Process]:
    """Booking, started as in production, on the listener's database."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "DATABASE_URL": listener.urls.app, "AMQP_URL": address,
        "HTTP_PORT": str(port), "TOKEN_PUBLIC_KEYS": PUBLIC_KEYS,
    }  # fmt: skip
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.booking", env=environment | changes,
        cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Process(running, f"http://127.0.0.1:{port}")
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A connection for each request, as a load balancer's probe makes."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def is_ready(process: Process, session: aiohttp.ClientSession) -> bool:
    return await process.ready(session) == 200


async def test_a_process_answers_says_that_it_is_ready_and_shows_its_figures(
    listener: Listener, address: Callable[[str], str], session: aiohttp.ClientSession
):
    async with a_process(listener, address(LISTENER)) as process:
        await eventually(lambda: is_ready(process, session), seconds=40)
        async with calling(process.url, "gateway") as clients:
            cart = await clients.call(GET_CART, ShowCart(), FAMILY)
        assert cart == Cart(regies=(), cents=0)
        async with session.get(f"{process.url}/metrics") as answer:
            assert 'operation="booking.get_cart"' in await answer.text()
        async with session.get(f"{process.url}/openapi.json") as answer:
            assert GET_CART.path in (await answer.json())["paths"]


async def test_at_sigterm_a_process_is_not_ready_ends_what_is_in_flight_and_leaves(
    listener: Listener, address: Callable[[str], str], session: aiohttp.ClientSession
):
    async with a_process(listener, address(LISTENER)) as process:
        await eventually(lambda: is_ready(process, session), seconds=40)
        async with listener.owner.acquire() as other, other.transaction():
            # whoever asks for this service waits until we let go
            await other.execute("lock table service in access exclusive mode")
            change = {"service": str(uuid4()), "first": "2026-12-01", "last": "2026-12-31"}
            in_flight = asyncio.create_task(_put(session, process, change | {"meals": []}))
            await eventually(lambda: _waiting_for_lock(listener))
            process.running.send_signal(signal.SIGTERM)
            sent = time.monotonic()
            await eventually(lambda: _not_ready(process, session), seconds=2)
            await asyncio.sleep(1)
            assert not in_flight.done()
        assert await in_flight == 404, "the request in flight got its own answer"
        await asyncio.wait_for(process.running.wait(), LEAVES_WITHIN)
        assert time.monotonic() - sent < LEAVES_WITHIN
        assert process.running.returncode == 0
        assert await process.ready(session) is None


async def _put(session: aiohttp.ClientSession, process: Process, change: dict[str, object]) -> int:
    path = CHANGE_CART.path.format(change=uuid4())
    headers = bearer("gateway", FAMILY)
    async with session.put(f"{process.url}{path}", json=change, headers=headers) as answer:
        return answer.status


async def _waiting_for_lock(listener: Listener) -> bool:
    return bool(
        await listener.pool.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database()"
        )
    )


async def _not_ready(process: Process, session: aiohttp.ClientSession) -> bool:
    return await process.ready(session) == 503


async def test_a_process_whose_broker_is_away_serves_all_the_same(
    listener: Listener, session: aiohttp.ClientSession
):
    nowhere = f"amqp://nobody:x@127.0.0.1:{free_port()}/"
    async with a_process(listener, nowhere) as process:
        await eventually(lambda: is_ready(process, session), seconds=40)
        async with session.get(f"{process.url}/readyz") as answer:
            assert await answer.json() == {"ready": True, "broker": False}


async def test_production_does_not_start_on_a_clock_that_was_shifted(
    listener: Listener, address: Callable[[str], str]
):
    await listener.owner.execute("select set_clock_offset('1 day')")
    try:
        async with a_process(listener, address(LISTENER), ENVIRONMENT="production") as process:
            said, _ = await asyncio.wait_for(process.running.communicate(), 40)
    finally:
        await listener.owner.execute("select set_clock_offset('0')")
    assert process.running.returncode not in (0, None)
    assert "horloge" in said.decode()
