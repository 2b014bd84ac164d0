"""The same write, sent again with the same id, gets the same answer, byte for byte."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from chassis.auth import Caller
from chassis.database import Transaction
from chassis.web import write
from contracts.payments import TAKE_CASH, Receipt, TakeCash
from contracts.refusal import NotFound
from tests.chassis.doors import AGENT, bearer, open_doors, some_cash
from tests.chassis.wire import Listener

Handler = Callable[[Transaction, TakeCash, Caller], Awaitable[Receipt]]


class Desk:
    """Takes cash slowly and numbers its receipts; refuses when told to."""

    def __init__(self, *, pause: float = 0) -> None:
        self.number = 0
        self.pause = pause
        self.raises: Exception | None = None

    async def take(self, tx: Transaction, asked: TakeCash, _caller: Caller) -> Receipt:
        """The effect: one more receipt."""
        self.number += 1
        number = self.number
        await tx.execute("select pg_sleep($1)", self.pause)
        await tx.execute("insert into heard (number, label) values ($1, 'receipt')", number)
        if self.raises is not None:
            raise self.raises
        return Receipt(top_up=asked.top_up, regie=asked.regie, number=number, cents=asked.cents)


async def put(
    session: aiohttp.ClientSession, asked: TakeCash, caller: Caller = AGENT
) -> tuple[int, bytes]:
    """Send it; the status and the bytes that come back."""
    headers = bearer("console", caller) | {"Content-Type": "application/json"}
    async with session.put(
        f"/cash-top-ups/{asked.top_up}",
        data=asked.model_dump_json(exclude={"top_up"}),
        headers=headers,
    ) as answer:
        return answer.status, await answer.read()


@pytest.fixture
async def desk(listener: Listener) -> Any:
    """A desk behind a door on a real database."""
    desk = Desk()
    async with (
        open_doors(listener.pool, write(TAKE_CASH, desk.take)) as server,
        aiohttp.ClientSession(server.make_url("/")) as session,
    ):
        yield desk, session


async def test_a_write_sent_again_changes_nothing_and_gets_the_same_bytes(
    desk: Any, listener: Listener
):
    at, session = desk
    asked = some_cash()
    answers = [await put(session, asked) for _ in range(3)]
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert (at.number, await listener.heard()) == (1, [1])


async def test_a_twin_in_flight_waits_and_gets_the_same_bytes(desk: Any, listener: Listener):
    at, session = desk
    at.pause = 0.3
    asked = some_cash()
    answers = await asyncio.gather(*(put(session, asked) for _ in range(4)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert (at.number, await listener.heard()) == (1, [1])


async def test_a_twin_of_a_write_that_failed_does_it_itself(desk: Any, listener: Listener):
    at, session = desk
    at.pause, at.raises = 0.3, NotFound()
    asked = some_cash()
    first = asyncio.create_task(put(session, asked))
    await asyncio.sleep(0.15)
    second = asyncio.create_task(put(session, asked))
    await asyncio.sleep(0.05)
    assert (await first)[0] == 404
    at.raises = None
    assert (await second)[0] in (200, 404)  # it may have begun before we changed our mind
    assert (await put(session, asked))[0] == 200
    assert len(await listener.heard()) == 1


async def test_a_refusal_is_not_stored_and_the_same_id_may_try_again(desk: Any):
    at, session = desk
    asked = some_cash()
    at.raises = NotFound()
    assert (await put(session, asked))[0] == 404
    at.raises = None
    assert (await put(session, asked))[0] == 200


async def test_the_same_id_with_other_content_is_refused_and_changes_nothing(
    desk: Any, listener: Listener
):
    _, session = desk
    asked = some_cash()
    _, stored = await put(session, asked)
    status, body = await put(session, asked.model_copy(update={"cents": 2001}))
    assert status == 422
    assert b"request.same_id_other_content" in body
    assert await put(session, asked) == (200, stored)
    assert await listener.heard() == [1]


async def test_the_same_content_written_differently_is_the_same(desk: Any):
    _, session = desk
    asked = some_cash()
    stored = await put(session, asked)
    headers = bearer("console", AGENT)
    spaced = {"cents": 2000, "regie": str(asked.regie).upper(), "household": str(asked.household)}
    async with session.put(
        f"/cash-top-ups/{str(asked.top_up).upper()}", json=spaced, headers=headers
    ) as answer:
        assert (answer.status, await answer.read()) == stored


async def test_two_callers_may_use_the_same_id(desk: Any, listener: Listener):
    _, session = desk
    asked = some_cash()
    other = Caller("staff", uuid4(), None, AGENT.roles)
    assert (await put(session, asked))[1] != (await put(session, asked, other))[1]
    assert await listener.heard() == [1, 2]
