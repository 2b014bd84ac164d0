"""A broker of this run, a teller and a listener on fresh databases."""

import os
import secrets
from collections.abc import AsyncIterator, Callable

import pytest

from chassis import topology
from chassis.database import Pool, open_pool
from deploy.databases import Urls
from tests.chassis.wire import LISTENER, READERS, TELLER, Listener, Teller, a_listener
from tests.databases import Templates


@pytest.fixture
async def address() -> AsyncIterator[Callable[[str], str]]:
    """A vhost of its own; gives each service's address on it."""
    vhost, management = f"t{secrets.token_hex(4)}", os.environ["RABBITMQ_MANAGEMENT_URL"]
    passwords = {service: secrets.token_hex(8) for service in READERS}
    host = os.environ["AMQP_URL"].rpartition("@")[2].split("/")[0]
    await topology.apply(management, vhost, READERS, passwords, prefix=vhost)
    try:
        yield lambda service: f"amqp://{vhost}{service}:{passwords[service]}@{host}/{vhost}"
    finally:
        await topology.remove(management, vhost, list(READERS), prefix=vhost)


@pytest.fixture(scope="session")
async def _listener(templates: Templates) -> AsyncIterator[Listener]:
    async with a_listener(templates) as made:
        yield made


@pytest.fixture
async def listener(_listener: Listener) -> Listener:
    """A service that hears, and has heard nothing yet."""
    await _listener.owner.execute("truncate heard, inbox, dead_letter, answer restart identity")
    return _listener


@pytest.fixture(scope="session")
async def _telling(templates: Templates) -> AsyncIterator[tuple[Urls, Pool, Pool]]:
    async with templates.clone(TELLER) as urls:
        pool = await open_pool(urls.app, 3, name="teller")
        owner = await open_pool(urls.owner, 1, name="teller-owner")
        try:
            yield urls, pool, owner
        finally:
            pool.terminate()
            owner.terminate()


@pytest.fixture
async def teller(_telling: tuple[Urls, Pool, Pool], address: Callable[[str], str]) -> Teller:
    """A service that tells, and has told nothing yet."""
    urls, pool, owner = _telling
    await owner.execute("truncate outbox restart identity")
    return Teller(urls, pool, address(TELLER))


@pytest.fixture
def ear(address: Callable[[str], str]) -> str:
    """Where the listener hears."""
    return address(LISTENER)
