"""What commits leave in the outbox reaches the broker: all of it, in order, once it is true."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from aio_pika.exceptions import PublishError

from chassis import outbox
from chassis.broker import Broker
from chassis.database import transaction
from chassis.relay import BATCH, LOCK, Relay, republish
from tests.chassis.wire import (
    Listener,
    Teller,
    an_event,
    an_unread_event,
    eventually,
    listening,
    working,
)


class Wiretap:
    """In the broker's place: notes who would publish what, and confirms."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def publish(self, _name: str, event_id: str, _body: bytes, _trace: str) -> None:
        """Note it."""
        await asyncio.sleep(0.001)
        self.heard.append(event_id)


async def test_an_event_travels_from_the_outbox_to_the_effect(
    teller: Teller, listener: Listener, ear: str
):
    async with (
        listening(ear, listener.reader()), teller.broker() as broker,
        teller.relayed(broker) as relay,
    ):  # fmt: skip
        await teller.tells(an_event(1), an_event(2))
        relay.wake()
        await eventually(lambda: _all_heard(listener, 2))
    assert await teller.unsent() == 0


async def test_a_crash_between_confirm_and_mark_sends_again_and_the_inbox_absorbs_it(
    teller: Teller, listener: Listener, ear: str
):
    class Crashing:
        """A connection that is lost when events are to be marked."""

        def __init__(self, connection: Any):
            self.fetch = connection.fetch

        def execute(self, *_: object) -> Awaitable[None]:
            raise ConnectionResetError

    await teller.tells(*(an_event(n) for n in range(1, 21)))
    async with teller.broker() as broker, listening(ear, listener.reader()):
        relay = Relay(teller.urls.app, broker, name="teller")
        async with teller.pool.acquire() as connection:
            with pytest.raises(ConnectionResetError):
                await relay.relay_once(Crashing(connection))
            await eventually(lambda: _all_heard(listener, 20))
            assert await teller.unsent() == 20
            assert await relay.relay_once(connection) == 20
        await teller.tells(an_event(21))
        async with teller.relayed(broker):
            await eventually(lambda: _all_heard(listener, 21))
    assert sorted(await listener.heard()) == list(range(1, 22))
    assert await listener.dead() == 0


async def test_what_a_rolled_back_transaction_told_is_never_sent(teller: Teller):
    async def tell_and_fail() -> None:
        async with transaction(teller.pool) as tx:
            await outbox.append(tx, [an_event(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    await teller.tells(an_event(2))
    wiretap = Wiretap()
    async with working(Relay(teller.urls.app, wiretap, name="teller").run()):  # type: ignore[arg-type]
        await eventually(lambda: wiretap.heard)
    event = an_event(2)
    assert wiretap.heard == [str(event.id_of(event.body()))]


async def test_events_are_heard_in_the_order_in_which_they_were_told(
    teller: Teller, listener: Listener, ear: str
):
    for first in range(1, 601, 40):
        await teller.tells(*(an_event(n) for n in range(first, first + 40)))
    async with (
        teller.broker() as broker, teller.relayed(broker), listening(ear, listener.reader())
    ):  # fmt: skip
        await eventually(lambda: _all_heard(listener, 600))
    assert await listener.heard() == list(range(1, 601))


async def test_an_event_that_no_queue_takes_is_refused_by_the_broker(teller: Teller):
    event = an_unread_event()
    async with teller.broker() as broker:
        with pytest.raises(PublishError):
            await broker.publish(event.name, "", event.body().encode(), "")


async def test_an_event_that_no_queue_takes_stays_unsent_and_holds_up_nobody_else(
    teller: Teller, listener: Listener, ear: str
):
    await teller.tells(an_unread_event())
    await teller.tells(an_event(1))
    async with (
        listening(ear, listener.reader()), teller.broker() as broker, teller.relayed(broker)
    ):  # fmt: skip
        await eventually(lambda: _all_heard(listener, 1))
        await eventually(lambda: _only_unsent(teller, 1))
    waiting = await teller.pool.fetchval("select name from outbox where sent is null")
    assert waiting == an_unread_event().name


async def test_telling_the_same_thing_again_tells_it_once(teller: Teller):
    await teller.tells(an_event(1))
    await teller.tells(an_event(1), an_event(1, "Garderie"))
    assert await teller.unsent() == 2


async def test_of_two_relays_one_works_and_the_other_takes_over(teller: Teller):
    first, second = Wiretap(), Wiretap()
    async with working(Relay(teller.urls.app, first, name="a").run()):  # type: ignore[arg-type]
        await eventually(lambda: _leader(teller))
        async with working(Relay(teller.urls.app, second, name="b").run()):  # type: ignore[arg-type]
            for number in range(1, 31):
                await teller.tells(an_event(number))
                await asyncio.sleep(0.01)
            await eventually(lambda: _only_unsent(teller, 0))
            assert (len(first.heard), second.heard) == (30, [])
            await _end_leader(teller)
            await teller.tells(an_event(31))
            await eventually(lambda: _only_unsent(teller, 0))
    assert len(first.heard) + len(second.heard) == 31


async def test_a_relay_that_is_woken_in_another_process_wakes_the_one_that_leads(teller: Teller):
    wiretap = Wiretap()
    leader = Relay(teller.urls.app, wiretap, name="a")  # type: ignore[arg-type]
    other = Relay(teller.urls.app, wiretap, name="b")  # type: ignore[arg-type]
    async with working(leader.run()):
        await eventually(lambda: _leader(teller))
        async with working(other.run()):
            await asyncio.sleep(0.6)
            clock = asyncio.get_running_loop().time
            delays = []
            for number in range(1, 6):
                await teller.tells(an_event(number))
                other.wake()
                told = clock()
                await eventually(lambda wanted=number: len(wiretap.heard) == wanted)
                delays.append(clock() - told)
    assert sorted(delays)[2] < 0.5, "most events do not wait for the poll of a second"


async def test_more_than_a_batch_is_sent_without_waiting_between(teller: Teller):
    await teller.tells(*(an_event(n) for n in range(1, 2 * BATCH + 2)))
    wiretap = Wiretap()
    async with working(Relay(teller.urls.app, wiretap, name="teller").run()):  # type: ignore[arg-type]
        await eventually(lambda: len(wiretap.heard) == 2 * BATCH + 1, seconds=5)
    assert await teller.unsent() == 0


async def test_republishing_sends_again_what_was_sent_since_and_nothing_doubles(
    teller: Teller, listener: Listener, ear: str
):
    async with (
        listening(ear, listener.reader()), teller.broker() as broker,
        teller.relayed(broker) as relay,
    ):  # fmt: skip
        await teller.tells(an_event(1), an_event(2))
        await eventually(lambda: _all_heard(listener, 2))
        await eventually(lambda: _only_unsent(teller, 0))
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert await republish(teller.pool, tomorrow) == 0
        assert await republish(teller.pool, tomorrow - timedelta(days=2)) == 2
        await listener.owner.execute("delete from inbox where id = $1", _id_of(1))
        relay.wake()
        await eventually(lambda: _only_unsent(teller, 0))
        await eventually(lambda: _all_heard(listener, 3))
    assert sorted(await listener.heard()) == [1, 1, 2], "only what the inbox lacked is used again"


async def test_a_broker_that_is_away_loses_no_event(teller: Teller, listener: Listener, ear: str):
    away = Broker(teller.address.replace("@", "-wrong@"), "subscriptions", None, lambda: None)
    async with working(away.run()), teller.relayed(away):
        await teller.tells(an_event(1))
        await asyncio.sleep(1)
        assert await teller.unsent() == 1
        assert not away.is_up
    async with (
        listening(ear, listener.reader()), teller.broker() as broker, teller.relayed(broker)
    ):  # fmt: skip
        await eventually(lambda: _all_heard(listener, 1))


def _id_of(number: int) -> object:
    event = an_event(number)
    return event.id_of(event.body())


async def _all_heard(listener: Listener, count: int) -> bool:
    return len(await listener.heard()) >= count


async def _only_unsent(teller: Teller, count: int) -> bool:
    return await teller.unsent() == count


LEADER = """
select pid from pg_locks where locktype = 'advisory' and objid = $1 and granted
   and database = (select oid from pg_database where datname = current_database())
"""


async def _leader(teller: Teller) -> int | None:
    pid: int | None = await teller.pool.fetchval(LEADER, LOCK)
    return pid


async def _end_leader(teller: Teller) -> None:
    pid = await _leader(teller)
    connection = await asyncpg.connect(teller.urls.app)
    try:
        assert await connection.fetchval("select pg_terminate_backend($1)", pid)
    finally:
        await connection.close()
