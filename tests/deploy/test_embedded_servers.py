"""The embedded servers keep what they were given, whatever happens to them."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import psutil
import pytest

from deploy.local.places import REPOSITORY
from deploy.local.processes import is_alive
from deploy.local.servers import Postgres, Rabbit

# The parent dies at once: the server it started must follow, and its data must stay.
_ORPHAN = """
import os, sys
from pathlib import Path
from deploy.local.processes import is_alive
from deploy.local.servers import Postgres
server = Postgres(Path(sys.argv[1]), port=int(sys.argv[2]))
server.start()
print(*server.pids(), flush=True)
os._exit(9)
"""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this test."""
    server = Postgres(tmp_path / "postgresql")
    server.start()
    yield server
    server.remove()


def _lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and is_alive(psutil.Process(pid))


def _wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline, "the server outlives its parent"
        time.sleep(0.05)


async def _keep(server: Postgres) -> None:
    connection = await asyncpg.connect(server.url)
    await connection.execute("create table kept as select 7 as number")
    await connection.close()


async def _kept(server: Postgres) -> object:
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval("select number from kept")
    finally:
        await connection.close()


async def test_postgresql_keeps_its_data_through_kill_and_restart(postgres: Postgres) -> None:
    await _keep(postgres)
    former = postgres.family()
    postgres.kill()
    assert not any(is_alive(process) for process in former)
    postgres.start()
    assert await _kept(postgres) == 7
    postgres.restart()
    assert await _kept(postgres) == 7


async def test_a_paused_postgresql_answers_nothing_until_it_is_resumed(postgres: Postgres) -> None:
    await _keep(postgres)
    connection = await asyncpg.connect(postgres.url)
    postgres.pause()
    with pytest.raises(TimeoutError):
        await connection.fetchval("select number from kept", timeout=0.5)
    postgres.resume()
    assert await _kept(postgres) == 7


async def test_postgresql_dies_with_its_parent_and_starts_again(postgres: Postgres) -> None:
    await _keep(postgres)
    postgres.stop()
    folder = str(postgres.log.parent)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _ORPHAN, folder, str(postgres.port)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 9, done.stderr
    pids = [int(pid) for pid in done.stdout.split()]
    await asyncio.to_thread(_wait_until_gone, pids)
    postgres.start()
    assert await _kept(postgres) == 7


def test_postgresql_listens_on_the_loopback_alone(postgres: Postgres) -> None:
    listening = {
        connection.laddr.ip
        for process in postgres.family()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@pytest.mark.slow
async def test_rabbitmq_keeps_a_confirmed_message_through_kill(tmp_path: Path) -> None:
    rabbit = Rabbit(tmp_path / "rabbitmq")
    try:
        rabbit.start()
        connection = await aio_pika.connect(rabbit.url)
        channel = await connection.channel()
        quorum = {"x-queue-type": "quorum"}
        await channel.declare_queue("kept", durable=True, arguments=quorum)
        message = aio_pika.Message(b"7", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")
        # RabbitMQ 3.10 writes the name of a new queue to disk half a second later
        await asyncio.sleep(1.5)
        rabbit.kill()
        assert not rabbit.pids()
        rabbit.start()
        connection = await aio_pika.connect(rabbit.url)
        queue = await (await connection.channel()).get_queue("kept")
        received = await queue.get(no_ack=True, timeout=10)
        assert received is not None
        assert received.body == b"7"
        await connection.close()
    finally:
        rabbit.remove()
