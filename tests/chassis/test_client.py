"""The typed client: the same values as the server's; one retry; refusals come back as classes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from chassis import client
from chassis.auth import Caller
from chassis.client import refusal_of
from chassis.web import read, write
from contracts.booking import GET_CALENDAR, Calendar, CreditChanged, ShowCalendar
from contracts.payments import GET_WALLETS, TAKE_CASH, Receipt, ShowWallets, TakeCash
from contracts.refusal import NotAllowed, Unavailable
from deploy.local.processes import free_port
from tests.chassis.doors import AGENT, FAMILY, calling, open_doors, some_cash
from tests.chassis.wire import Listener


async def take(_tx: object, asked: TakeCash, _caller: Caller) -> Receipt:
    """The desk."""
    return Receipt(top_up=asked.top_up, regie=asked.regie, number=7, cents=asked.cents)


async def test_what_the_handler_gives_is_what_the_caller_gets(listener: Listener):
    asked = some_cash()
    async with (
        open_doors(listener.pool, write(TAKE_CASH, take)) as server,
        calling(server.make_url("")) as clients,
    ):
        receipt = await clients.call(TAKE_CASH, asked, AGENT)
    assert receipt == Receipt(top_up=asked.top_up, regie=asked.regie, number=7, cents=2000)


async def test_the_query_of_a_read_arrives_typed(listener: Listener):
    seen: list[ShowCalendar] = []

    async def month(_tx: object, asked: ShowCalendar, _caller: Caller) -> Calendar:
        seen.append(asked)
        day = "2026-12-01"
        return Calendar.model_validate(
            {"first": day, "last": day, "today": day, "services": (), "cart_count": 0,
             "cart_cents": 0}
        )  # fmt: skip

    async with (
        open_doors(listener.pool, read(GET_CALENDAR, month)) as server,
        calling(server.make_url(""), "gateway") as clients,
    ):
        for asked in (ShowCalendar(), ShowCalendar(day="2026-12-03")):
            await clients.call(GET_CALENDAR, asked, FAMILY)
            assert seen.pop() == asked


async def test_a_refusal_comes_back_as_the_class_that_was_raised(listener: Listener):
    async def refuse(_tx: object, _asked: TakeCash, _caller: Caller) -> Receipt:
        raise CreditChanged(credit_cents=380, shown_cents=760)

    async with (
        open_doors(listener.pool, write(TAKE_CASH, refuse)) as server,
        calling(server.make_url("")) as console,
        calling(server.make_url(""), "gateway") as gateway,
    ):
        with pytest.raises(CreditChanged) as refused:
            await console.call(TAKE_CASH, some_cash(), AGENT)
        with pytest.raises(NotAllowed):
            await gateway.call(TAKE_CASH, some_cash(), FAMILY)
    assert refused.value.details.model_dump() == {"credit_cents": 380, "shown_cents": 760}


async def test_a_neighbour_that_is_gone_is_unavailable():
    async with calling(f"http://127.0.0.1:{free_port()}") as clients:
        with pytest.raises(Unavailable):
            await clients.call(GET_WALLETS, ShowWallets(), FAMILY)


@asynccontextmanager
async def a_neighbour(
    *answers: Callable[[asyncio.StreamWriter], None],
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that takes each request in its own way, then cuts the connection."""
    requests: list[bytes] = []

    async def take_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        requests.append(head + await reader.readexactly(length))
        answers[len(requests) - 1](writer)
        writer.close()

    server = await asyncio.start_server(take_one, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


def cut(_writer: asyncio.StreamWriter) -> None:
    """Say nothing."""


def cut_in_the_middle(writer: asyncio.StreamWriter) -> None:
    """Say half of it."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def answer(body: bytes, status: str = "200 OK") -> Callable[[asyncio.StreamWriter], None]:
    """Say it whole."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda writer: writer.write(head.encode() + body)


def receipt_for(asked: TakeCash, **more: Any) -> bytes:
    """What payments answers."""
    receipt = Receipt(top_up=asked.top_up, regie=asked.regie, number=1, cents=asked.cents)
    return receipt.model_copy(update=more).model_dump_json().encode()


@pytest.mark.parametrize("first", [cut, cut_in_the_middle])
async def test_a_write_whose_connection_is_cut_is_sent_once_more_with_the_same_id(
    first: Callable[[asyncio.StreamWriter], None],
):
    asked = some_cash()
    async with (
        a_neighbour(first, answer(receipt_for(asked))) as (url, requests),
        calling(url) as clients,
    ):
        assert (await clients.call(TAKE_CASH, asked, AGENT)).number == 1
    assert len(requests) == 2
    assert requests[0].partition(b" HTTP")[0] == requests[1].partition(b" HTTP")[0]
    assert requests[0].rpartition(b"\r\n\r\n")[2] == requests[1].rpartition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("way", [cut, cut_in_the_middle])
async def test_a_connection_that_is_always_cut_is_unavailable_after_a_few_tries(
    way: Callable[[asyncio.StreamWriter], None],
):
    # aiohttp tries once more by itself when nothing at all came back
    async with a_neighbour(*[way] * 4) as (url, requests), calling(url) as clients:
        with pytest.raises(Unavailable):
            await clients.call(TAKE_CASH, some_cash(), AGENT)
    assert 2 <= len(requests) <= 4
    assert len({request.partition(b" HTTP")[0] for request in requests}) == 1


async def test_an_answer_that_does_not_come_is_unavailable_and_not_asked_twice(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(client, "TIMEOUT", aiohttp.ClientTimeout(total=0.3))
    asked = 0

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, calling(url) as clients:
        with pytest.raises(Unavailable):
            await clients.call(GET_WALLETS, ShowWallets(), FAMILY)
    assert asked == 1


async def test_an_answer_of_a_later_version_is_understood():
    asked = some_cash()
    later = receipt_for(asked)[:-1] + b',"printed":true}'
    async with a_neighbour(answer(later)) as (url, _), calling(url) as clients:
        assert (await clients.call(TAKE_CASH, asked, AGENT)).number == 1


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[]", b"null", b'{"code": "booking.unheard_of"}', b'{"code": []}']
)
def test_a_problem_that_nobody_knows_is_unavailable(content: bytes):
    assert isinstance(refusal_of(content), Unavailable)
