"""An event is used once, however often it comes; one bad message holds up no good one."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chassis import dead_letters
from chassis.database import Transaction, is_outage
from chassis.inbox import Message, Reader
from contracts.booking import OrderConfirmed
from contracts.subscriptions import RegieChanged
from tests.chassis.wire import Listener, an_event, as_message, eventually, working, write_down

CORPUS = Path(__file__).parents[1] / "contracts" / "corpus"


async def test_the_same_event_in_one_batch_and_in_the_next_is_used_once(listener: Listener):
    reader = listener.reader()
    await reader.receive([as_message(an_event(1)), as_message(an_event(1))])
    await reader.receive([as_message(an_event(1)), as_message(an_event(2))])
    assert sorted(await listener.heard()) == [1, 2]


async def test_two_processes_that_get_the_same_batch_use_it_once(listener: Listener):
    batch = [as_message(an_event(n)) for n in range(1, 51)]
    await asyncio.gather(*(listener.reader().receive(batch) for _ in range(3)))
    assert sorted(await listener.heard()) == list(range(1, 51))


async def test_a_batch_of_a_hundred_with_one_poison_uses_ninety_nine_and_buries_one(
    listener: Listener,
):
    batch = [as_message(an_event(n)) for n in range(1, 101)]
    batch[41] = as_message(an_event(42, "poison"))
    await listener.reader().receive(batch)
    assert sorted(await listener.heard()) == [n for n in range(1, 101) if n != 42]
    (letter,) = await dead_letters.waiting(listener.pool)
    assert letter["error"].startswith("asyncpg.exceptions.CheckViolationError")


async def test_a_dead_letter_keeps_the_message_and_not_the_errors_words(listener: Listener):
    async def quoting(_tx: Transaction, events: Sequence[RegieChanged], _now: datetime) -> None:
        raise ValueError(f"camille.dupont@example.org does not like {events[0].label}")

    message = as_message(an_event(1))
    await listener.reader(quoting).receive([message])
    (letter,) = await dead_letters.waiting(listener.pool)
    whole = await dead_letters.show(listener.pool, letter["id"])
    assert whole is not None
    assert (whole["event"], whole["body"]) == (message.id, message.body.decode())
    assert "camille" not in str(whole)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\x00\xff", b"[1]", b'{"regie": "x"}'], ids=lambda body: repr(body)
)
async def test_a_body_that_is_no_event_is_buried_and_the_next_is_used(
    listener: Listener, body: bytes
):
    strange = Message(dead_letters.id_of_stray("x", body), RegieChanged.name, body, "")
    await listener.reader().receive([strange, as_message(an_event(1))])
    assert (await listener.heard(), await listener.dead()) == ([1], 1)


async def test_what_a_later_writer_added_inside_a_line_is_left_aside(listener: Listener):
    used: list[OrderConfirmed] = []

    async def use(_tx: Transaction, events: Sequence[OrderConfirmed], _now: datetime) -> None:
        used.extend(events)

    body = (CORPUS / OrderConfirmed.name / "from_a_later_writer.json").read_bytes()
    later = Message(dead_letters.id_of_stray("later", body), OrderConfirmed.name, body, "")
    await Reader(listener.pool, {OrderConfirmed: use}, lambda: None).receive([later])
    assert [len(event.meals) for event in used] == [1]
    assert await listener.dead() == 0


async def test_an_event_that_nobody_here_reads_is_buried(listener: Listener):
    await listener.reader().receive([Message(as_message(an_event(1)).id, "x.y.v1", b"{}", "")])
    assert await listener.dead() == 1


async def test_a_database_that_cuts_its_connections_during_a_batch_buries_nothing(
    listener: Listener,
):
    begun = asyncio.Event()
    cuts = 0

    async def slow(tx: Transaction, events: Sequence[RegieChanged], now: datetime) -> None:
        await write_down(tx, events, now)
        begun.set()
        await tx.execute("select pg_sleep(0.3)")

    batch = [as_message(an_event(n)) for n in range(1, 31)]
    received = asyncio.create_task(listener.reader(slow).receive(batch))
    for _ in range(4):
        await begun.wait()
        begun.clear()
        cuts += bool(await listener.kill_connections())
    await received
    assert cuts == 4
    assert sorted(await listener.heard()) == list(range(1, 31))
    assert await listener.dead() == 0


async def test_a_batch_that_waits_for_a_lock_too_long_is_tried_again(listener: Listener):
    tries = 0

    async def waiting(tx: Transaction, events: Sequence[RegieChanged], now: datetime) -> None:
        nonlocal tries
        tries += 1
        await tx.execute("set local lock_timeout = '100ms'")
        await tx.execute("lock table heard in row exclusive mode")
        await write_down(tx, events, now)

    async with listener.owner.acquire() as other:
        lock = other.transaction()
        await lock.start()
        await other.execute("lock table heard in access exclusive mode")
        received = asyncio.create_task(listener.reader(waiting).receive([as_message(an_event(1))]))
        await eventually(lambda: tries > 4)
        await lock.rollback()
        await received
    assert (await listener.heard(), await listener.dead()) == ([1], 0)


async def test_a_deterministic_error_is_tried_three_times(listener: Listener):
    tries = 0

    async def failing(_tx: Transaction, _events: Sequence[RegieChanged], _now: datetime) -> None:
        nonlocal tries
        tries += 1
        raise KeyError("a bug")

    await listener.reader(failing).receive([as_message(an_event(1))])
    assert (tries, await listener.dead()) == (3, 1)


async def test_a_reader_told_to_stop_ends_the_batch_in_hand_and_takes_no_other(listener: Listener):
    began, go_on = asyncio.Event(), asyncio.Event()

    async def gated(tx: Transaction, events: Sequence[RegieChanged], now: datetime) -> None:
        began.set()
        await go_on.wait()
        await write_down(tx, events, now)

    reader = listener.reader(gated)
    async with working(reader.run()):
        await reader.deliver(Raw(an_event(1)))  # type: ignore[arg-type]
        await began.wait()
        await reader.deliver(Raw(an_event(2)))  # type: ignore[arg-type]
        reader.stop()
        go_on.set()
        await eventually(lambda: listener.heard())
        await asyncio.sleep(0.1)
    assert await listener.heard() == [1]


class Raw:
    """A message of aio-pika, as far as the inbox looks."""

    def __init__(self, event: RegieChanged):
        self.type, self.routing_key, self.correlation_id = event.name, event.name, ""
        self.body = event.body().encode()
        self.message_id = str(event.id_of(event.body()))

    async def ack(self, multiple: bool = False) -> None:
        """Nobody waits for it."""


# -- what a person does with a dead letter ------------------------------------------------------


async def bury_one(listener: Listener) -> tuple[Reader, int]:
    """A letter that was poison because of a bug that is now repaired: gives the good reader."""

    async def failing(_tx: Transaction, _events: Sequence[RegieChanged], _now: datetime) -> None:
        raise KeyError("a bug")

    await listener.reader(failing).receive([as_message(an_event(7))])
    (letter,) = await dead_letters.waiting(listener.pool)
    return listener.reader(), letter["id"]


async def test_a_replayed_letter_is_used_once_and_who_did_it_is_kept(listener: Listener):
    reader, letter = await bury_one(listener)

    async def use(event: object, name: str, body: bytes, trace: str) -> None:
        await reader.receive([Message(event, name, body, trace)])  # type: ignore[arg-type]

    assert await dead_letters.replay(listener.pool, letter, "c.martin", use)
    assert not await dead_letters.replay(listener.pool, letter, "c.martin", use)
    assert await listener.heard() == [7]
    closed = await dead_letters.show(listener.pool, letter)
    assert closed is not None
    assert (closed["outcome"], closed["closed_by"]) == ("replayed", "c.martin")
    assert closed["closed"] is not None


async def test_a_discarded_letter_is_not_used_and_who_did_it_is_kept(listener: Listener):
    _, letter = await bury_one(listener)
    assert await dead_letters.discard(listener.pool, letter, "c.martin")
    assert not await dead_letters.discard(listener.pool, letter, "somebody else")
    closed = await dead_letters.show(listener.pool, letter)
    assert closed is not None
    assert (closed["outcome"], closed["closed_by"]) == ("discarded", "c.martin")
    assert (await listener.heard(), await dead_letters.waiting(listener.pool)) == ([], [])


async def test_nobody_can_delete_a_dead_letter_or_change_what_it_says(listener: Listener):
    _, letter = await bury_one(listener)
    for statement in ("delete from dead_letter", "update dead_letter set body = ''"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await listener.pool.execute(statement)
    assert await dead_letters.show(listener.pool, letter) is not None


async def test_the_command_line_lists_shows_and_discards(listener: Listener):
    _, letter = await bury_one(listener)

    async def dead(*arguments: object) -> Any:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "services.booking", "dead", *map(str, arguments)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
            env=os.environ | {"DATABASE_URL": listener.urls.app, "AMQP_URL": "amqp://nowhere",
                              "TOKEN_PUBLIC_KEYS": '{"keys": []}'},
        )  # fmt: skip
        return json.loads(done.stdout)

    (listed,), shown = await asyncio.gather(dead("list"), dead("show", letter))
    assert (listed["id"], shown["name"]) == (letter, RegieChanged.name)
    assert await dead("discard", letter, "c.martin") is True
    closed = await dead_letters.show(listener.pool, letter)
    assert closed is not None
    assert (closed["outcome"], closed["closed_by"]) == ("discarded", "c.martin")


# -- outage or mistake --------------------------------------------------------------------------

OUTAGES = [
    asyncpg.ConnectionDoesNotExistError, asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError,
    asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError, asyncpg.DiskFullError, asyncpg.InvalidPasswordError,
    asyncpg.InvalidCatalogNameError, asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError, asyncpg.InternalClientError, TimeoutError,
    ConnectionResetError, EOFError,
]  # fmt: skip
MISTAKES = [
    asyncpg.UniqueViolationError, asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError,
    asyncpg.NotNullViolationError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError,
    asyncpg.PostgresSyntaxError, asyncpg.DataError, asyncpg.InsufficientPrivilegeError,
    asyncpg.RaiseError, KeyError, ValueError, AssertionError, ZeroDivisionError,
]  # fmt: skip


@pytest.mark.parametrize("kind", OUTAGES, ids=lambda kind: kind.__name__)
def test_what_may_succeed_later_is_an_outage(kind: type[Exception]):
    assert is_outage(kind("x"))


@pytest.mark.parametrize("kind", MISTAKES, ids=lambda kind: kind.__name__)
def test_what_will_fail_again_is_no_outage(kind: type[Exception]):
    assert not is_outage(kind("x"))


@pytest.mark.parametrize("text", ["connection is closed", "pool is closing", "has been released"])
def test_a_client_that_lost_its_connection_is_an_outage(text: str):
    assert is_outage(asyncpg.InterfaceError(text))
    assert not is_outage(asyncpg.InterfaceError("the server expects 2 arguments"))
