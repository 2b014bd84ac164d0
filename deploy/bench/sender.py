"""`python -m deploy.bench.sender`: sends prepared requests, in a process of its own.

Reads a plan as JSON on its input, writes what came back as JSON on its output. It knows no more
of HTTP than it must, so that it takes little of the machine from what is measured.
"""

import asyncio
import json
import sys
import time
from collections import deque
from typing import Any, cast

import uvloop

HEAD_END = b"\r\n\r\n"
PATIENCE_SECONDS = 30.0
LOOKS_MAX = 20


class Answers(asyncio.Protocol):
    """One connection: a request out, an answer back, and then the next."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[tuple[int, bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: whoever waits hears of it."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        """Take in bytes until the answer is whole."""
        self._buffer += data
        end = self._buffer.find(HEAD_END)
        if end < 0 or self._waiting is None or self._waiting.done():
            return
        head = bytes(self._buffer[:end])
        length = header(head, b"content-length")
        whole = end + len(HEAD_END) + int(length or b"0")
        if len(self._buffer) >= whole:
            body = bytes(self._buffer[end + len(HEAD_END) : whole])
            del self._buffer[:whole]
            self._waiting.set_result((int(head[9:12]), head, body))

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer to a request."""
        assert self._transport is not None  # noqa: S101
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._waiting


def header(head: bytes, name: bytes) -> bytes:
    """A header of an answer, empty when it is not there."""
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    end = head.find(b"\r\n", start + 2)
    return head[start + len(name) + 3 : end if end > 0 else None].strip()


async def send(plan: dict[str, Any]) -> list[list[Any]]:
    """Send every request: as fast as the connections allow, or so many a second."""
    todo = deque(enumerate(plan["requests"]))
    results: list[list[Any]] = [[] for _ in todo]
    loop, started = asyncio.get_running_loop(), time.monotonic()
    rate = plan.get("rate")

    async def work() -> None:
        _, answers = await loop.create_connection(Answers, plan["host"], plan["port"])
        while todo:
            number, request = todo.popleft()
            if rate:
                await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            results[number] = await _one(answers, request, plan.get("follow", ""))
        assert answers._transport is not None  # noqa: S101
        answers._transport.close()

    await asyncio.gather(*(work() for _ in range(plan["connections"])))
    return results


async def _one(answers: Answers, request: dict[str, str], until: str) -> list[Any]:
    """Status, milliseconds, and where the answer leads (or what it says, when it is short)."""
    started = time.monotonic()
    status, head, body = await answers.ask(request["send"].encode())
    told = header(head, b"location").decode() or body[:300].decode(errors="replace")
    looks = 0
    while until and until.encode() not in body:
        looks += 1
        if looks > LOOKS_MAX or status not in (200, 303):
            return [599, 0.0, body[:300].decode(errors="replace")]
        page = request["page"].replace("{path}", told)
        status, head, body = await answers.ask(page.encode())
    return [status, (time.monotonic() - started) * 1000, told]


async def main() -> None:
    """Read the plan, do it, tell what came back."""
    plan = json.load(sys.stdin)
    started = time.monotonic()
    results = await send(plan)
    json.dump({"began": started, "ended": time.monotonic(), "results": results}, sys.stdout)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
