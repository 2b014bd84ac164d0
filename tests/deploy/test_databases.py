"""Each service has its own database and nobody else's."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.databases import LIMITS, Urls, drop, provision

SERVICES = ("booking", "payments")


def _passwords(word: str) -> dict[str, str]:
    return {f"{service}_{role}": f"{word}'\"/@ {role}" for service in SERVICES for role in LIMITS}


@pytest.fixture(scope="module")
async def urls(postgres_url: str, run_id: str) -> AsyncIterator[dict[str, Urls]]:
    """Two services' databases, with passwords that need quoting everywhere."""
    yield await provision(postgres_url, f"{run_id}_", SERVICES, _passwords("first"))
    await drop(postgres_url, f"{run_id}_", SERVICES)


async def test_the_owner_makes_tables_and_the_app_cannot(urls: dict[str, Urls]) -> None:
    owner = await asyncpg.connect(urls["booking"].owner)
    await owner.execute("create table meal (id int)")
    await owner.close()
    for url in (urls["booking"].app, urls["booking"].console):
        visitor = await asyncpg.connect(url)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await visitor.execute("create table intruder (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await visitor.execute("create temporary table intruder (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await visitor.execute("select * from meal")
        await visitor.close()


@pytest.mark.parametrize("role", LIMITS)
async def test_no_role_connects_to_a_neighbours_database(urls: dict[str, Urls], role: str) -> None:
    own = getattr(urls["booking"], role)
    database = urls["payments"].app.rpartition("/")[2]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(own, database=database)


async def test_a_runaway_app_is_stopped_at_its_share_of_connections(urls: dict[str, Urls]) -> None:
    held = [await asyncpg.connect(urls["payments"].console) for _ in range(LIMITS["console"])]
    with pytest.raises(asyncpg.TooManyConnectionsError):
        await asyncpg.connect(urls["payments"].console)
    for connection in held:
        await connection.close()


async def test_a_second_call_changes_the_passwords_and_keeps_the_data(
    urls: dict[str, Urls], postgres_url: str, run_id: str
) -> None:
    owner = await asyncpg.connect(urls["payments"].owner)
    await owner.execute("create table entry as select 1 as cents")
    await owner.close()
    renewed = await provision(postgres_url, f"{run_id}_", SERVICES, _passwords("second"))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(urls["payments"].owner)
    owner = await asyncpg.connect(renewed["payments"].owner)
    assert await owner.fetchval("select cents from entry") == 1
    await owner.close()
    await provision(postgres_url, f"{run_id}_", SERVICES, _passwords("first"))


async def test_a_prefix_that_is_no_name_is_refused(postgres_url: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        await provision(postgres_url, 'x"; drop', SERVICES, _passwords("first"))
