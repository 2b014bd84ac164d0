"""Agents read as the console's role: only their authorities' rows, only reading, one at a time."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import pytest

from chassis.auth import Caller
from chassis.console import authorities_that_count, console_pool, looking
from chassis.database import Pool, Transaction, open_pool
from chassis.web import read
from contracts.accounts import FIND_AGENTS
from contracts.operation import CallerKind, StaffRole
from contracts.payments import GET_WALLETS, LIST_ACTS, ShowWallets, Wallets
from contracts.refusal import Unavailable
from contracts.values import AGGLOMERATION
from tests.chassis.doors import bearer, open_doors
from tests.databases import Templates

HERE, THERE = UUID(int=1), UUID(int=2)
SEEN = "select authority from act order by authority"


def agent(*roles: tuple[StaffRole, UUID]) -> Caller:
    """Somebody who works for these authorities."""
    return Caller("staff", uuid4(), roles=frozenset(roles))


ADMINISTRATOR = agent(("administrator", HERE))


class Pools:
    """The pools of the three roles, on a database where agents of two authorities did something."""

    def __init__(self, app: Pool, owner: Pool, console: Pool):
        self.app, self.owner, self.console = app, owner, console

    async def seen(self, caller: Caller) -> list[UUID]:
        """Whose acts this agent finds with a query that forgets to ask whose they are."""
        async with looking(self.console, caller, LIST_ACTS) as tx:
            return [row["authority"] for row in await tx.fetch(SEEN)]


@pytest.fixture(scope="module")
async def pools(templates: Templates) -> AsyncIterator[Pools]:
    """The console's has one connection: everybody takes the one of the last."""
    async with templates.clone("payments") as urls:
        opened = [await open_pool(url, 1, least=0) for url in (urls.app, urls.owner, urls.console)]
        for authority in (HERE, THERE, AGGLOMERATION):
            await opened[1].execute(
                "insert into act (agent, authority, what, subject) values ($1, $2, 'x', $1)",
                uuid4(), authority,
            )  # fmt: skip
        await opened[1].execute("insert into act_personal select id, '{}' from act")
        try:
            yield Pools(*opened)
        finally:
            for pool in opened:
                pool.terminate()


async def test_an_agent_sees_the_rows_of_its_authorities_whatever_the_query_forgets(
    pools: Pools,
) -> None:
    assert await pools.seen(ADMINISTRATOR) == [HERE]
    both = agent(("administrator", HERE), ("administrator", THERE))
    assert await pools.seen(both) == [HERE, THERE]
    assert await pools.seen(agent(("administrator", uuid4()))) == []
    assert await pools.seen(agent()) == []


async def test_a_role_that_may_not_ask_counts_for_nothing(pools: Pools) -> None:
    assert await pools.seen(agent(("kitchen", HERE), ("administrator", THERE))) == [THERE]


async def test_the_agglomerations_administrators_see_everything_and_its_clerks_do_not(
    pools: Pools,
) -> None:
    everything = sorted([HERE, THERE, AGGLOMERATION])
    assert await pools.seen(agent(("administrator", AGGLOMERATION))) == everything
    assert await pools.seen(agent(("clerk", AGGLOMERATION), ("administrator", HERE))) == [HERE]


def test_an_operation_for_every_agent_counts_every_authority_where_it_works() -> None:
    assert not FIND_AGENTS.roles
    count = authorities_that_count(agent(("kitchen", HERE), ("reader", THERE)), FIND_AGENTS)
    assert count == f"{HERE},{THERE}"


async def test_the_next_borrower_of_the_connection_finds_nothing_of_the_last(pools: Pools) -> None:
    async with looking(pools.console, ADMINISTRATOR, LIST_ACTS) as tx:
        backend = await tx.fetchval("select pg_backend_pid()")
        assert await tx.fetchval("select current_agent()") == ADMINISTRATOR.actor
    for failing in (False, True):
        if failing:
            with pytest.raises(ZeroDivisionError):
                async with looking(pools.console, ADMINISTRATOR, LIST_ACTS):
                    raise ZeroDivisionError
        async with pools.console.acquire() as connection:
            assert await connection.fetchval("select pg_backend_pid()") == backend
            assert await connection.fetch(SEEN) == []
            assert await connection.fetchval("select count(*) from act_personal") == 0
            assert await connection.fetchval("select current_agent()") is None


async def test_nothing_is_written_while_an_agent_looks(pools: Pools) -> None:
    insert = "insert into act (agent, authority, what, subject) select $1, $2, 'x', $1"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with looking(pools.console, ADMINISTRATOR, LIST_ACTS) as tx:
            await tx.execute(insert, uuid4(), HERE)
    for statement in (insert, "update act set agent = $1 where authority = $2",
                      "delete from act where $1::uuid is null or authority = $2"):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pools.console.execute(statement, uuid4(), HERE)


async def test_without_the_policy_the_same_query_shows_everything(
    pools: Pools, templates: Templates
) -> None:
    """The negative control: it is row level security that hides, not the query."""
    async with templates.clone("payments") as urls, console_pool(urls.console) as console:
        owner = await open_pool(urls.owner, 1)
        try:
            await owner.execute(
                "insert into act (agent, authority, what, subject) select $1, $2, 'x', $1",
                uuid4(), THERE,
            )  # fmt: skip
            await owner.execute("alter table act disable row level security")
            async with looking(console, ADMINISTRATOR, LIST_ACTS) as tx:
                assert [row["authority"] for row in await tx.fetch(SEEN)] == [THERE]
        finally:
            owner.terminate()


async def test_the_application_sees_and_writes_every_authoritys_rows(pools: Pools) -> None:
    assert await pools.app.fetchval("select count(*) from act") == 3


# -- the door ---------------------------------------------------------------------------------


async def status(pools: Pools, console: Pool | None, kind: CallerKind) -> tuple[int, str]:
    """What comes back to a read, and as whom the database was asked."""
    asked: list[str] = []

    async def wallets(tx: Transaction, _asked: ShowWallets, _caller: Caller) -> Wallets:
        asked.append(await tx.fetchval("select current_user"))
        return Wallets(wallets=())

    caller = Caller(kind, uuid4(), uuid4(), ADMINISTRATOR.roles)
    signed = bearer("console" if kind == "staff" else "gateway", caller)
    async with (
        open_doors(pools.app, read(GET_WALLETS, wallets), console_pool=console) as server,
        aiohttp.ClientSession() as session,
        session.get(server.make_url("/wallets"), headers=signed) as answer,
    ):
        return answer.status, "".join(asked).rpartition("_")[2]


async def test_an_agents_read_goes_through_the_consoles_role_and_a_familys_does_not(
    pools: Pools,
) -> None:
    assert await status(pools, pools.console, "staff") == (200, "console")
    assert await status(pools, pools.console, "family") == (200, "app")


async def test_without_a_console_pool_an_agent_is_not_answered_and_never_by_the_applications(
    pools: Pools,
) -> None:
    async with console_pool("") as none:
        assert none is None
    assert await status(pools, None, "staff") == (503, "")
    assert await status(pools, None, "family") == (200, "app")
    with pytest.raises(Unavailable):
        async with looking(None, ADMINISTRATOR, LIST_ACTS):
            pass
