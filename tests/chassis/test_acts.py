"""What an agent did is written by the transaction that does it, and stays written."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.acts import NewAct, list_acts, record, record_all
from chassis.auth import Caller
from chassis.database import Pool, transaction
from contracts.act import ShowActs
from contracts.payments import TAKE_CASH
from contracts.refusal import NotFound
from contracts.values import AuthorityId
from tests.chassis.doors import AGENT, FAMILY
from tests.databases import Templates

TOWN = AuthorityId(UUID("00000000-0000-4000-8000-0000000000c1"))


@pytest.fixture
async def pools(templates: Templates) -> AsyncIterator[tuple[Pool, Pool]]:
    """The application's and the owner's, on a fresh database."""
    async with templates.pools("payments", 2) as made:
        yield made


async def an_act(pool: Pool, caller: Caller = AGENT, **facts: object) -> UUID:
    """Somebody takes cash; on what."""
    subject = uuid4()
    async with transaction(pool) as tx:
        await record(tx, caller, TOWN, TAKE_CASH, subject, **facts)  # type: ignore[arg-type]
    return subject


async def test_an_act_says_who_when_what_on_what_before_after_and_why(
    pools: tuple[Pool, Pool],
) -> None:
    app, _ = pools
    household = uuid4()
    subject = await an_act(
        app, before={"cents": 0, "states": frozenset({"b", "a"})},
        after={"cents": 2000, "household": household, "day": date(2026, 11, 16), "late": False},
        why="Au guichet.", personal={"note": "Pour Louane."},
    )  # fmt: skip
    (act,) = (await list_acts(app, ShowActs(authority=TOWN))).acts  # type: ignore[arg-type]
    assert (act.agent, act.what, act.subject) == (AGENT.actor, "payments.take_cash", subject)
    assert act.at == await app.fetchval("select at from act")
    assert act.before == {"cents": 0, "states": ["a", "b"]}
    assert act.after == {
        "cents": 2000, "household": str(household), "day": "2026-11-16", "late": False
    }  # fmt: skip
    assert (act.why, act.personal) == ("Au guichet.", {"note": "Pour Louane."})


async def test_what_families_and_operators_do_is_no_act(pools: tuple[Pool, Pool]) -> None:
    app, _ = pools
    for caller in (FAMILY, Caller("operator", uuid4()), Caller("service", uuid4())):
        await an_act(app, caller)
    assert await app.fetchval("select count(*) from act") == 0


async def test_an_act_that_was_not_done_after_all_is_not_written(pools: tuple[Pool, Pool]) -> None:
    app, _ = pools

    async def undone() -> None:
        async with transaction(app) as tx:
            await record(tx, AGENT, TOWN, TAKE_CASH, uuid4())
            raise NotFound()

    with pytest.raises(NotFound):
        await undone()
    assert await app.fetchval("select count(*) from act") == 0


async def test_many_acts_are_written_at_once_in_their_order(pools: tuple[Pool, Pool]) -> None:
    app, _ = pools
    many = [
        NewAct(TOWN, uuid4(), after={"number": n}, personal={"note": f"n° {n}"} if n % 3 else {})
        for n in range(200)
    ]
    statements: list[str] = []
    async with transaction(app) as tx:
        with tx.query_logger(lambda said: statements.append(said.query)):
            await record_all(tx, AGENT, TAKE_CASH, many)
    assert len(statements) == 1
    page = await list_acts(app, ShowActs(authority=TOWN, limit=200))  # type: ignore[arg-type]
    newest_first = list(reversed(many))
    assert [act.subject for act in page.acts] == [act.subject for act in newest_first]
    assert [act.personal for act in page.acts] == [act.personal for act in newest_first]
    assert not page.more


async def test_pages_of_acts_meet_without_a_gap_and_without_another_authoritys(
    pools: tuple[Pool, Pool],
) -> None:
    app, _ = pools
    subjects = [await an_act(app) for _ in range(5)]
    async with transaction(app) as tx:
        await record(tx, AGENT, uuid4(), TAKE_CASH, uuid4())
    first = await list_acts(app, ShowActs(authority=TOWN, limit=3))  # type: ignore[arg-type]
    rest = await list_acts(
        app,  # type: ignore[arg-type]
        ShowActs(authority=TOWN, limit=3, before=first.acts[-1].act),
    )
    assert (first.more, rest.more) == (True, False)
    assert [act.subject for act in (*first.acts, *rest.acts)] == subjects[::-1]


@pytest.mark.parametrize(
    "attack",
    ["update act set why = ''", "delete from act", "truncate act cascade",
     "update act set agent = gen_random_uuid() where false"],
)  # fmt: skip
async def test_an_act_is_neither_changed_nor_removed(pools: tuple[Pool, Pool], attack: str) -> None:
    app, owner = pools
    subject = await an_act(app, why="Au guichet.")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(attack)
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(attack)
    assert await owner.fetch("select subject, why from act") == [(subject, "Au guichet.")]


async def test_what_concerns_people_can_be_erased_and_the_act_stays(
    pools: tuple[Pool, Pool],
) -> None:
    app, _ = pools
    await an_act(app, personal={"note": "Pour Louane."})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("update act_personal set facts = '{}'")
    await app.execute("delete from act_personal")
    (act,) = (await list_acts(app, ShowActs(authority=TOWN))).acts  # type: ignore[arg-type]
    assert (act.personal, act.what) == ({}, "payments.take_cash")
