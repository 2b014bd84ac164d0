"""A service says only its own events, hears only its own queue, and changes nothing."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelClosed, PublishError
from aiormq.exceptions import ChannelAccessRefused

from chassis import topology

READERS = {
    "booking": ["payments.order_paid.v1"],
    "payments": ["booking.order_held.v1"],
    "notifications": ["booking.order_held.v1", "payments.order_paid.v1"],
}
PASSWORDS = {service: f"secret of {service}/@" for service in READERS}


@pytest.fixture(scope="module")
async def vhost(management_url: str, run_id: str) -> AsyncIterator[str]:
    """A vhost of this run with three services."""
    await topology.apply(management_url, run_id, READERS, PASSWORDS, prefix=run_id)
    yield run_id
    await topology.remove(management_url, run_id, list(READERS), prefix=run_id)


@pytest.fixture(params=READERS)
async def connected(
    request: pytest.FixtureRequest, amqp_url: str, vhost: str
) -> AsyncIterator[tuple[str, aio_pika.abc.AbstractConnection]]:
    """Each service in turn, connected as itself."""
    service = request.param
    connection = await _connect(amqp_url, vhost, service)
    yield service, connection
    await connection.close()


async def _connect(amqp_url: str, vhost: str, service: str) -> aio_pika.abc.AbstractConnection:
    host = amqp_url.rpartition("@")[2].split("/")[0]
    password = quote(PASSWORDS[service], safe="")
    return await aio_pika.connect(f"amqp://{vhost}{service}:{password}@{host}/{vhost}")


async def _publish(channel: AbstractChannel, routing_key: str, body: bytes = b"{}") -> None:
    exchange = await channel.get_exchange(topology.EXCHANGE, ensure=False)
    await exchange.publish(aio_pika.Message(body), routing_key, mandatory=True)


async def test_a_service_publishes_its_own_events_and_no_others(
    connected: tuple[str, aio_pika.abc.AbstractConnection],
) -> None:
    service, connection = connected
    for speaker in READERS:
        channel = await connection.channel(on_return_raises=True)
        if speaker == service:
            await _publish(channel, f"{speaker}.canary.v1")
            await channel.close()
        else:
            with pytest.raises(ChannelAccessRefused):
                await _publish(channel, f"{speaker}.canary.v1")


async def test_a_service_reads_its_own_queue_and_no_other(
    connected: tuple[str, aio_pika.abc.AbstractConnection],
) -> None:
    service, connection = connected
    for reader in READERS:
        channel = await connection.channel()
        queue = await channel.get_queue(reader, ensure=False)
        if reader == service:
            await queue.get(fail=False)
            await channel.close()
        else:
            with pytest.raises(ChannelAccessRefused):
                await queue.get(fail=False)


async def test_a_service_declares_binds_and_deletes_nothing(
    connected: tuple[str, aio_pika.abc.AbstractConnection],
) -> None:
    service, connection = connected
    channel = await connection.channel()
    with pytest.raises(ChannelAccessRefused):
        await channel.declare_queue("intruder", durable=True)
    channel = await connection.channel()
    with pytest.raises(ChannelAccessRefused):
        await channel.declare_exchange("intruder", durable=True)
    channel = await connection.channel()
    queue = await channel.get_queue(service, ensure=False)
    with pytest.raises(ChannelAccessRefused):
        await queue.bind(topology.EXCHANGE, "accounts.secret.v1")
    channel = await connection.channel()
    with pytest.raises(ChannelAccessRefused):
        await channel.queue_delete(service)


async def test_nobody_goes_around_the_exchange_through_the_default_one(
    connected: tuple[str, aio_pika.abc.AbstractConnection],
) -> None:
    service, connection = connected
    channel = await connection.channel()
    with pytest.raises((ChannelAccessRefused, ChannelClosed, PublishError)):
        await channel.default_exchange.publish(aio_pika.Message(b"{}"), service)


async def test_an_event_reaches_its_readers_until_they_no_longer_declare_it(
    amqp_url: str, management_url: str, vhost: str
) -> None:
    booking = await _connect(amqp_url, vhost, "booking")
    channel = await booking.channel(on_return_raises=True)
    await _publish(channel, "booking.order_held.v1")
    fewer = {**READERS, "payments": [], "notifications": []}
    await topology.apply(management_url, vhost, fewer, PASSWORDS, prefix=vhost)
    with pytest.raises(PublishError):
        await _publish(channel, "booking.order_held.v1")
    await topology.apply(management_url, vhost, READERS, PASSWORDS, prefix=vhost)
    await _publish(channel, "booking.order_held.v1")
    await booking.close()
    payments = await _connect(amqp_url, vhost, "payments")
    queue = await (await payments.channel()).get_queue("payments", ensure=False)
    assert [await queue.get(no_ack=True), await queue.get(no_ack=True)]
    await payments.close()
