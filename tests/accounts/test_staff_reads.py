"""Agents see the households of their own authorities: the queries say so, and so does the row.

What the queries forget is taken away on purpose here: row level security still hides it, and
nothing but row level security does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.auth import Caller
from chassis.console import looking
from contracts.accounts import (
    DESCRIBE_HOUSEHOLDS,
    JUDGE_HOUSEHOLD,
    LIST_ACTS,
    LIST_WAITING,
    REGISTER_HOUSEHOLD,
    AlreadyJudged,
    DescribeHouseholds,
    HouseholdSheet,
    JudgeHousehold,
    ListWaiting,
    RegisterHousehold,
)
from contracts.act import ShowActs
from contracts.refusal import NotFound
from contracts.values import AGGLOMERATION
from tests.accounts.agents import AIGUILHE, BRIVES, EVERYWHERE, asked, enrolled, entitled, staff
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.families import a_child, one_that_waits, standing_of, unprove
from tests.accounts.newcomers import registered

TABLES = (
    "household", "household_member", "person", "guardianship", "beneficiary", "search_word",
    "household_authority",
)  # fmt: skip
CLERK = staff("clerk", AGGLOMERATION)


async def of(accounts: AtWork, *authorities: UUID, **changes: Any) -> RegisterHousehold:
    """A household that has a right in these authorities."""
    household = a_household(**changes)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.hear(*(entitled(household.household, each) for each in authorities))
    return household


async def described(
    accounts: AtWork, caller: Caller, *households: RegisterHousehold
) -> list[HouseholdSheet]:
    """The files that an agent finds."""
    asked_for = DescribeHouseholds(households=tuple(each.household for each in households))
    return list((await accounts.call(DESCRIBE_HOUSEHOLDS, asked_for, caller)).sheets)


async def seen(accounts: AtWork, caller: Caller, *households: RegisterHousehold) -> list[UUID]:
    """Which of these households exist for an agent."""
    return [each.household.household for each in await described(accounts, caller, *households)]


async def waiting(accounts: AtWork, caller: Caller = CLERK) -> list[UUID]:
    """The accounts that wait at the agglomeration."""
    sheets = (await accounts.call(LIST_WAITING, ListWaiting(limit=200), caller)).sheets
    return [sheet.household.household for sheet in sheets]


# -- files ----------------------------------------------------------------------------------------


async def test_a_file_has_everybody_in_it_and_where_the_account_stands(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    await accounts.hear(asked(household.household, AIGUILHE))
    (sheet,) = await described(accounts, staff("regisseur", AIGUILHE), household)
    assert [adult.email for adult in sheet.household.adults] == [household.adult.email]
    assert sheet.household.beneficiaries == household.beneficiaries
    assert (sheet.state, sheet.reason, sheet.unproved) == ("waiting", None, ())


async def test_households_exist_for_the_agents_of_their_authorities_alone(
    accounts: AtWork,
) -> None:
    mine, theirs, shared = [
        await of(accounts, *authorities)
        for authorities in ([AIGUILHE], [BRIVES], [AIGUILHE, BRIVES])
    ]
    everything = (mine, theirs, shared)
    here, there, both = mine.household, theirs.household, shared.household
    for caller, expected in (
        (staff("clerk", AIGUILHE), [here, both]),
        (staff("administrator", BRIVES), [there, both]),
        (staff("regisseur", AIGUILHE, BRIVES), [here, there, both]),
        (staff("kitchen", AIGUILHE), []),
        (staff("clerk", uuid4()), []),
        (CLERK, []),
        (EVERYWHERE, [here, there, both]),
        (Caller("staff", uuid4()), []),
    ):
        assert await seen(accounts, caller, *everything) == expected


@pytest.mark.parametrize("state", ["pending", "approved", "refused", "withdrawn"])
async def test_who_asked_is_seen_whatever_became_of_it_twice_and_late(
    accounts: AtWork, state: str
) -> None:
    household = await one_that_waits(accounts)
    clerk = staff("clerk", AIGUILHE)
    assert await seen(accounts, clerk, household) == [], "never: nothing was asked"
    event = asked(household.household, AIGUILHE, state=state, version=2)
    await accounts.hear(event, asked(household.household, AIGUILHE))
    await accounts.hear(event)
    assert await seen(accounts, clerk, household) == [household.household]


async def test_a_right_that_is_told_before_the_household_is_known_waits_for_it(
    accounts: AtWork,
) -> None:
    household = a_household()
    await accounts.hear(entitled(household.household, AIGUILHE))
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    assert await seen(accounts, staff("clerk", AIGUILHE), household) == [household.household]
    assert await seen(accounts, CLERK, household) == []


async def test_a_child_of_two_households_does_not_open_the_other_one(accounts: AtWork) -> None:
    child = a_child("Sacha")
    mine = await of(accounts, AIGUILHE, beneficiaries=(child,))
    theirs = await of(accounts, BRIVES, beneficiaries=(child,))
    (sheet,) = await described(accounts, staff("clerk", AIGUILHE), mine, theirs)
    assert sheet.household.household == mine.household
    assert [adult.person for adult in sheet.household.adults] == [mine.adult.person]


# -- what waits at the agglomeration --------------------------------------------------------------


async def test_accounts_that_asked_nobody_wait_at_the_agglomeration_oldest_first(
    accounts: AtWork,
) -> None:
    first, second, unproved, elsewhere = [await one_that_waits(accounts) for _ in range(4)]
    await accounts.owner.execute(
        "update household set created = created - interval '1 day' where id = $1", first.household
    )
    await unprove(accounts, unproved.adult.person)
    await accounts.hear(asked(elsewhere.household, AIGUILHE))
    new, _ = await registered(accounts)
    for caller in (CLERK, EVERYWHERE):
        listed = await waiting(accounts, caller)
        assert listed[0] == first.household
        assert second.household in listed
        assert not {unproved.household, elsewhere.household} & set(listed)
    assert new.registration


@pytest.mark.parametrize("role", ["administrator", "clerk"])
async def test_a_communes_agents_know_nothing_of_what_waits_elsewhere(
    accounts: AtWork, role: Any
) -> None:
    household = await one_that_waits(accounts)
    caller = staff(role, AIGUILHE)
    with pytest.raises(NotFound):
        await waiting(accounts, caller)
    with pytest.raises(NotFound):
        await judge(accounts, household, caller)
    assert await seen(accounts, caller, household) == []
    assert await standing_of(accounts, household) == ("waiting", None)


async def judge(
    accounts: AtWork, household: RegisterHousehold, caller: Caller, verdict: Any = "validated",
    reason: Any = None,
) -> None:  # fmt: skip
    """An agent says yes or no."""
    verdict = JudgeHousehold(household=household.household, verdict=verdict, reason=reason)
    await accounts.call(JUDGE_HOUSEHOLD, verdict, caller)


async def test_a_verdict_of_the_agglomeration_is_kept_as_an_act(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    for _ in range(2):
        await judge(accounts, household, CLERK, "refused", "duplicate")
    await judge(accounts, household, CLERK)
    with pytest.raises(AlreadyJudged):
        await judge(accounts, household, CLERK, "refused", "duplicate")
    assert await standing_of(accounts, household) == ("validated", None)
    shown = await accounts.call(LIST_ACTS, ShowActs(authority=AGGLOMERATION), EVERYWHERE)
    done = [act for act in shown.acts if act.subject == household.household]
    assert [(act.agent, act.what, act.before, act.after) for act in done] == [
        (CLERK.actor, "accounts.judge_household", {"state": "refused", "reason": "duplicate"},
         {"state": "validated", "reason": None}),
        (CLERK.actor, "accounts.judge_household", {"state": "waiting", "reason": None},
         {"state": "refused", "reason": "duplicate"}),
    ]  # fmt: skip


async def test_who_asked_a_commune_is_not_the_agglomerations_clerks_to_judge(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    await accounts.hear(asked(household.household, AIGUILHE))
    with pytest.raises(NotFound):
        await judge(accounts, household, CLERK)
    await judge(accounts, household, EVERYWHERE)
    assert await standing_of(accounts, household) == ("validated", None)


# -- row level security, without the queries ------------------------------------------------------


@asynccontextmanager
async def console(accounts: AtWork, caller: Caller) -> AsyncIterator[asyncpg.Connection]:
    """The console's own connection, as a read of this agent's has it."""
    async with looking(accounts.running.console_pool, caller, DESCRIBE_HOUSEHOLDS) as connection:
        yield connection


async def rows(accounts: AtWork, caller: Caller, table: str) -> int:
    """How many rows of a table exist for an agent when a query filters nothing."""
    async with console(accounts, caller) as connection:
        count: int = await connection.fetchval(f"select count(*) from {table}")
    return count


@pytest.mark.parametrize("table", TABLES)
async def test_a_query_without_any_filter_finds_ones_own_households_alone(
    accounts: AtWork, table: str
) -> None:
    authority = uuid4()
    await of(accounts, BRIVES)
    await one_that_waits(accounts)
    assert await rows(accounts, staff("administrator", authority), table) == 0
    await of(accounts, authority)
    mine = await rows(accounts, staff("administrator", authority), table)
    assert 0 < mine < await rows(accounts, EVERYWHERE, table)


@pytest.mark.parametrize("table", TABLES)
async def test_without_its_policy_a_table_would_show_everything(
    accounts: AtWork, table: str
) -> None:
    await of(accounts, BRIVES)
    caller = staff("administrator", uuid4())
    everything = await accounts.owner.fetchval(f"select count(*) from {table}")
    await accounts.owner.execute(f"alter table {table} disable row level security")
    try:
        assert await rows(accounts, caller, table) == everything > 0
    finally:
        await accounts.owner.execute(f"alter table {table} enable row level security")
    assert await rows(accounts, caller, table) == 0


async def test_nobody_who_says_nothing_sees_anything(accounts: AtWork) -> None:
    await of(accounts, BRIVES)
    await enrolled(accounts)
    assert accounts.running.console_pool is not None
    for table in (*TABLES, "act"):
        count = await accounts.running.console_pool.fetchval(f"select count(*) from {table}")
        assert count == 0, table


@pytest.mark.parametrize(
    "query",
    [
        "select password_hash from person", "select token_hash from agent_session",
        "select password_hash from agent", "select totp_secret from agent",
        "select * from session", "select * from letter", "select * from recovery_code",
        "delete from person", "insert into household (id) values (gen_random_uuid())",
    ],
)  # fmt: skip
async def test_the_console_reads_no_secret_and_writes_nothing(accounts: AtWork, query: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
        async with console(accounts, EVERYWHERE) as connection:
            await connection.execute(query)


async def test_an_agents_sessions_are_their_own_even_to_a_query_that_forgets_it(
    accounts: AtWork,
) -> None:
    mine, theirs = await enrolled(accounts), await enrolled(accounts)
    for telephone in (mine, theirs):
        await telephone.signed_in(accounts)
    async with console(accounts, staff("clerk", AIGUILHE, agent=mine.agent)) as connection:
        found = await connection.fetch("select agent from agent_session")
    assert {row["agent"] for row in found} == {mine.agent}


async def test_the_agglomerations_clerk_sees_who_asked_nobody_until_they_ask(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts)
    assert await seen(accounts, CLERK, household) == [household.household]
    await accounts.shift_clock(timedelta(days=1))
    await accounts.hear(asked(household.household, AIGUILHE, state="withdrawn"))
    assert await seen(accounts, CLERK, household) == []
