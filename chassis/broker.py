"""RabbitMQ: one topic exchange, one quorum queue a service; a connection rebuilt from scratch."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aio_pika
import structlog
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage

from chassis.metrics import BROKER_LIVES, CANARY_AGE

log = structlog.get_logger()

EXCHANGE = "events"
PREFETCH = 300
CONFIRM_SECONDS = 10.0
CANARY_SECONDS = 15.0
Deliver = Callable[[AbstractIncomingMessage], Awaitable[None]]


class Broker:
    """A supervised connection. While the broker is away, publishers wait and nothing is lost.

    A life ends at the first sign of trouble: connection or channel closed, a confirm or a canary
    that does not come. Everything is then rebuilt: healing in place was seen to leave consumers
    that never wake up again.
    """

    def __init__(
        self,
        url: str,
        service: str,
        deliver: Deliver | None,
        forget: Callable[[], None],
        busy: Callable[[], bool] = lambda: False,
    ):
        self._url = url
        self._service = service
        self._deliver = deliver
        self._forget = forget
        self._busy = busy
        self._exchange: AbstractExchange | None = None
        self._up = asyncio.Event()
        self._heard = time.monotonic()

    @property
    def is_up(self) -> bool:
        """Whether a connection lives and its last canary came back."""
        return self._up.is_set()

    async def run(self) -> None:
        """Live, die, back off, live again; until cancelled."""
        attempt = 0
        while True:
            born = time.monotonic()
            try:
                await self._live()
            except Exception as error:
                log.warning("broker_lost", error=error)
            finally:
                self._up.clear()
                self._exchange = None
                self._forget()
            attempt = 0 if time.monotonic() - born > 10 else attempt + 1
            await asyncio.sleep(min(5.0, 0.1 * 2**attempt) * (0.5 + random.random()))  # noqa: S311

    async def publish(self, name: str, event_id: str, body: bytes, trace: str) -> None:
        """Send one event and return once the broker has confirmed it on disk.

        Raises aio_pika's PublishError when no queue takes it, TimeoutError without a confirm.
        """
        async with asyncio.timeout(CONFIRM_SECONDS):
            await self._up.wait()
            exchange = self._exchange
            if exchange is None:
                raise ConnectionError("the broker left")
            message = aio_pika.Message(
                body=body,
                type=name,
                message_id=event_id,
                correlation_id=trace,
                content_type="application/json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await exchange.publish(message, routing_key=name, mandatory=True)

    async def _live(self) -> None:
        joint = "&" if "?" in self._url else "?"
        async with asyncio.timeout(10):
            connection = await aio_pika.connect(f"{self._url}{joint}heartbeat=20")
        try:
            trouble = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(10):
                await self._open_channels(connection, trouble)
            self._heard = time.monotonic()
            self._up.set()
            BROKER_LIVES.inc()
            log.info("broker_up")
            await self._watch(trouble)
        finally:
            with suppress(Exception):
                async with asyncio.timeout(3):
                    await connection.close()

    async def _open_channels(
        self, connection: AbstractConnection, trouble: "asyncio.Future[None]"
    ) -> None:
        def closed(*_: object) -> None:
            if not trouble.done():
                trouble.set_result(None)

        connection.close_callbacks.add(closed)
        outgoing = await connection.channel(publisher_confirms=True, on_return_raises=True)
        outgoing.close_callbacks.add(closed)
        self._exchange = await outgoing.get_exchange(EXCHANGE, ensure=False)
        if self._deliver is not None:
            incoming = await connection.channel(publisher_confirms=False)
            incoming.close_callbacks.add(closed)
            await incoming.set_qos(prefetch_count=PREFETCH)
            queue = await incoming.get_queue(self._service, ensure=True)
            await queue.consume(self._hear)

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        self._heard = time.monotonic()
        if message.type == f"{self._service}.canary.v1":
            await message.ack()
        elif self._deliver is not None:
            await self._deliver(message)

    async def _watch(self, trouble: "asyncio.Future[None]") -> None:
        """Sing a canary now and then; a broker that does not confirm or bring it back is dead."""
        while not trouble.done():
            name = f"{self._service}.canary.v1"
            await self.publish(name, str(uuid.uuid4()), b"{}", "")
            await asyncio.wait([trouble], timeout=CANARY_SECONDS)
            if self._busy():  # a full prefetch lets no canary through: the silence is ours
                self._heard = time.monotonic()
            silence = time.monotonic() - self._heard
            CANARY_AGE.set(silence)
            if self._deliver is not None and silence > 3 * CANARY_SECONDS:
                raise TimeoutError("the queue is silent")
        raise ConnectionError("connection or channel closed")
