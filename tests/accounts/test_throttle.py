"""Tries are counted without locking anybody out."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import transaction
from contracts.accounts import (
    ASK_PASSWORD_LINK,
    OPEN_SESSION,
    AskPasswordLink,
    CredentialsRefused,
    RegisterHousehold,
    TooManyTries,
)
from services.accounts import commands
from services.accounts.domain.throttle import Rate, Try
from services.accounts.timers import forget_old_tries
from tests.accounts.at_work import AtWork
from tests.accounts.conftest import a_sign_in
from tests.accounts.newcomers import an_address, an_origin, wanted

WRONG = "pas le bon du tout"


async def allowed(accounts: AtWork, *tries: Try) -> bool:
    """Whether one more try was counted."""
    try:
        async with transaction(accounts.running.pool) as tx:
            await commands.throttle.take(tx, tries)
    except TooManyTries:
        return False
    return True


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    burst=st.integers(1, 5),
    period=st.integers(1, 60),
    waits=st.lists(st.integers(0, 120), min_size=1, max_size=15),
)
async def test_never_more_than_the_burst_and_what_came_back_since(
    accounts: AtWork, burst: int, period: int, waits: list[int]
) -> None:
    one = Try("test", uuid4().hex, Rate(burst, timedelta(seconds=period)))
    elapsed, taken, free = 0, 0, float(burst)
    for wait in waits:
        elapsed += wait
        free = min(burst, free + wait / period)
        await accounts.shift_clock(timedelta(seconds=elapsed))
        counted = await allowed(accounts, one)
        taken += counted
        free -= counted
        assert counted or free < 1, "nobody who waited long enough is refused"
    assert taken <= burst + (elapsed + 1) / period


async def test_a_crowd_at_one_instant_takes_no_more_than_the_burst(accounts: AtWork) -> None:
    one = Try("test", uuid4().hex, Rate(5, timedelta(hours=1)))
    assert await allowed(accounts, one)
    crowd = await asyncio.gather(*(allowed(accounts, one) for _ in range(12)))
    assert sum(crowd) == 4


async def test_a_refused_try_counts_under_no_other_key(accounts: AtWork) -> None:
    tight = Try("test", uuid4().hex, Rate(1, timedelta(hours=1)))
    wide = Try("test", uuid4().hex, Rate(3, timedelta(hours=1)))
    answers = [await allowed(accounts, tight, wide) for _ in range(6)]
    assert answers == [True] + [False] * 5
    assert [await allowed(accounts, wide) for _ in range(3)] == [True, True, False]


async def test_guessing_from_one_place_does_not_keep_the_family_out_elsewhere(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    attacker, home = an_origin(), an_origin()
    guess = a_sign_in(household, password=WRONG, origin=attacker)
    for _ in range(10):
        with pytest.raises(CredentialsRefused):
            await accounts.call(OPEN_SESSION, guess)
    for _ in range(30):
        with pytest.raises(TooManyTries) as refused:
            await accounts.call(OPEN_SESSION, guess)
    assert 0 < refused.value.details.retry_seconds <= 30
    assert await accounts.call(OPEN_SESSION, a_sign_in(household, origin=home))
    await accounts.shift_clock(timedelta(seconds=31))
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, guess)


async def test_a_success_forgets_the_wrong_tries_before_it(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    home = an_origin()
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(CredentialsRefused):
                await accounts.call(OPEN_SESSION, a_sign_in(household, password=WRONG, origin=home))
        assert await accounts.call(OPEN_SESSION, a_sign_in(household, origin=home))


async def test_many_addresses_tried_from_one_place_are_too_many(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    origin = an_origin()
    answers = await asyncio.gather(
        *(
            accounts.call(OPEN_SESSION, a_sign_in(household, email=an_address(), origin=origin))
            for _ in range(75)
        ),
        return_exceptions=True,
    )
    refused = sum(isinstance(answer, TooManyTries) for answer in answers)
    assert 5 <= refused <= 15


async def test_an_address_that_nobody_has_is_counted_like_any_other(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    counts = {}
    for email in (household.adult.email, an_address()):
        origin, answers = an_origin(), []
        for _ in range(12):
            with pytest.raises((CredentialsRefused, TooManyTries)) as refused:
                await accounts.call(
                    OPEN_SESSION, a_sign_in(household, email=email, password=WRONG, origin=origin)
                )
            answers.append(type(refused.value))
        counts[email] = answers
    assert len({tuple(answers) for answers in counts.values()}) == 1


# -- letters ------------------------------------------------------------------------------------


async def test_an_address_gets_three_password_letters_at_once_and_no_more(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    for email in (household.adult.email, an_address()):
        before = len(await wanted(accounts))
        for _ in range(6):
            await accounts.call(ASK_PASSWORD_LINK, AskPasswordLink(letter=uuid4(), email=email))
        assert len(await wanted(accounts)) - before == 3
    await accounts.shift_clock(timedelta(minutes=15, seconds=1))
    await accounts.call(
        ASK_PASSWORD_LINK, AskPasswordLink(letter=uuid4(), email=household.adult.email)
    )
    assert len(await wanted(accounts)) == 7


async def test_who_asks_for_many_letters_is_told_to_wait(accounts: AtWork) -> None:
    origin = an_origin()

    async def ask() -> None:
        await accounts.call(
            ASK_PASSWORD_LINK, AskPasswordLink(letter=uuid4(), email=an_address(), origin=origin)
        )

    for _ in range(20):
        await ask()
    with pytest.raises(TooManyTries):
        await ask()
    assert len(await wanted(accounts)) == 20


async def test_counts_that_time_has_emptied_are_forgotten(accounts: AtWork) -> None:
    await accounts.owner.execute("delete from throttle")
    one = Try("test", uuid4().hex, Rate(5, timedelta(minutes=1)))
    other = Try("test", uuid4().hex, Rate(5, timedelta(hours=1)))
    assert await allowed(accounts, one)
    assert await allowed(accounts, other)
    await accounts.shift_clock(timedelta(minutes=2))
    await forget_old_tries(accounts.context)
    rows = await accounts.owner.fetch("select key from throttle")
    assert [row["key"] for row in rows] == [other.key]


async def test_forgetting_does_not_wait_for_who_tries_just_now(accounts: AtWork) -> None:
    await accounts.owner.execute("delete from throttle")
    tries = [Try("test", uuid4().hex, Rate(5, timedelta(minutes=1))) for _ in range(2)]
    assert await allowed(accounts, *tries)
    await accounts.shift_clock(timedelta(minutes=2))
    async with accounts.owner.acquire() as busy, busy.transaction():
        await busy.execute("select from throttle where key = $1 for update", tries[0].key)
        await forget_old_tries(accounts.context)
    rows = await accounts.owner.fetch("select key from throttle")
    assert [row["key"] for row in rows] == [tries[0].key]
