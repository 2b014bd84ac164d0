"""Signing in and out, and how long a session lasts."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from contracts.accounts import (
    CLOSE_SESSION,
    GET_SESSION,
    OPEN_SESSION,
    REGISTER_HOUSEHOLD,
    ByToken,
    CredentialsRefused,
    RegisterHousehold,
)
from contracts.refusal import Malformed, NotFound, Unavailable
from services.accounts.clients.passwords import Passwords
from services.accounts.timers import forget_expired_sessions
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import PASSWORD, a_household, a_sign_in


async def test_the_right_password_opens_a_session_of_the_household(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    opened = await accounts.call(OPEN_SESSION, a_sign_in(household))
    assert opened.person == household.adult.person
    assert opened.household == household.household
    assert opened.first_name == "Camille"
    assert timedelta(hours=11.9) < opened.expires - datetime.now(UTC) <= timedelta(hours=12)


async def test_case_and_spaces_of_an_address_do_not_matter(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    shouted = f"  {household.adult.email.upper()} "
    assert await accounts.call(OPEN_SESSION, a_sign_in(household, email=shouted))


async def test_accents_typed_on_another_keyboard_are_the_same_password(accounts: AtWork) -> None:
    composed = a_household(password="été à Aiguilhe")
    await accounts.call(REGISTER_HOUSEHOLD, composed, OPERATOR)
    decomposed = "e\u0301te\u0301 a\u0300 Aiguilhe"
    assert await accounts.call(OPEN_SESSION, a_sign_in(composed, password=decomposed))


@pytest.mark.parametrize("standing", ["address_unproved", "waiting", "refused", "validated"])
async def test_whoever_has_an_account_signs_in_and_sees_where_it_stands(
    accounts: AtWork, standing: str
) -> None:
    household = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    if standing == "address_unproved":
        await accounts.owner.execute(
            "update person set address_proved = null where id = $1", household.adult.person
        )
    else:
        reason = "incomplete" if standing == "refused" else None
        await accounts.owner.execute(
            "update household set state = $2, reason = $3 where id = $1",
            household.household, standing, reason,
        )  # fmt: skip
    opened = await accounts.call(OPEN_SESSION, sign_in := a_sign_in(household))
    assert (opened.standing, opened.last_name) == (standing, "Dupont")
    assert await accounts.call(GET_SESSION, ByToken(token_hash=sign_in.token_hash)) == opened


async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    no_password = a_household(password=None)
    await accounts.call(REGISTER_HOUSEHOLD, no_password, OPERATOR)
    attempts = {
        "unknown": a_sign_in(household, email="personne@exemple.fr"),
        "absurd": a_sign_in(household, email="x' or 1=1 --"),
        "wrong": a_sign_in(household, password="pas le bon du tout"),
        "none": a_sign_in(no_password),
    }
    seconds: dict[str, list[float]] = {name: [] for name in attempts}
    answers = set()
    for _ in range(30):
        for name, attempt in attempts.items():
            started = time.perf_counter()
            with pytest.raises(CredentialsRefused) as refused:
                await accounts.call(OPEN_SESSION, attempt)
            seconds[name].append(time.perf_counter() - started)
            answers.add((refused.value.code, refused.value.status, str(refused.value.details)))
    assert len(answers) == 1
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    assert max(medians.values()) < 2 * min(medians.values()), medians


async def test_signing_in_twice_with_one_token_is_one_session(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sign_in = a_sign_in(household, keep=True)
    twins = await asyncio.gather(*(accounts.call(OPEN_SESSION, sign_in) for _ in range(4)))
    assert len(set(twins)) == 1
    count = "select count(*) from session where person = $1"
    assert await accounts.owner.fetchval(count, household.adult.person) == 1
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, sign_in.model_copy(update={"password": "autre chose"}))


async def test_nobody_takes_over_a_session_by_its_token_or_its_id(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    mine = a_sign_in(household)
    await accounts.call(OPEN_SESSION, mine)
    stranger = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, stranger, OPERATOR)
    for attempt in (
        a_sign_in(stranger, token_hash=mine.token_hash),
        a_sign_in(stranger, session=mine.session),
        a_sign_in(household, token_hash=mine.token_hash),
        a_sign_in(household, session=mine.session),
    ):
        with pytest.raises(CredentialsRefused):
            await accounts.call(OPEN_SESSION, attempt)
    held = await accounts.call(GET_SESSION, ByToken(token_hash=mine.token_hash))
    assert held.person == household.adult.person


async def test_a_session_that_is_not_kept_ends_after_twelve_hours_however_used(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sign_in = a_sign_in(household)
    opened = await accounts.call(OPEN_SESSION, sign_in)
    token = ByToken(token_hash=sign_in.token_hash)
    await accounts.shift_clock(timedelta(hours=11, minutes=59))
    assert await accounts.call(GET_SESSION, token) == opened
    await accounts.shift_clock(timedelta(hours=12, seconds=1))
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, token)


async def test_a_kept_session_lasts_thirty_days_after_its_last_use(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sign_in = a_sign_in(household, keep=True)
    opened = await accounts.call(OPEN_SESSION, sign_in)
    token = ByToken(token_hash=sign_in.token_hash)
    await accounts.shift_clock(timedelta(hours=23))
    assert (await accounts.call(GET_SESSION, token)).expires == opened.expires
    await accounts.shift_clock(timedelta(days=29))
    slid = await accounts.call(GET_SESSION, token)
    assert slid.expires - opened.expires >= timedelta(days=29)
    await accounts.shift_clock(timedelta(days=58))
    await accounts.call(GET_SESSION, token)
    await accounts.shift_clock(timedelta(days=89))
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, token)


async def test_expired_sessions_are_forgotten_and_others_are_not(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await accounts.call(OPEN_SESSION, a_sign_in(household))
    kept = a_sign_in(household, keep=True)
    await accounts.call(OPEN_SESSION, kept)
    await accounts.shift_clock(timedelta(days=1))
    await forget_expired_sessions(accounts.context)
    rows = await accounts.owner.fetch(
        "select id from session where person = $1", household.adult.person
    )
    assert [row["id"] for row in rows] == [kept.session]


async def test_signing_out_ends_the_session_and_may_be_repeated(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    sign_in = a_sign_in(household)
    await accounts.call(OPEN_SESSION, sign_in)
    token = ByToken(token_hash=sign_in.token_hash)
    await accounts.call(CLOSE_SESSION, token)
    await accounts.call(CLOSE_SESSION, token)
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, token)


async def test_a_password_hashed_too_weakly_is_hashed_again_at_sign_in(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    person = household.adult.person
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await accounts.owner.execute("update person set password_hash = $2 where id = $1", person, weak)
    sign_in = a_sign_in(household)
    await asyncio.gather(*(accounts.call(OPEN_SESSION, sign_in) for _ in range(3)))
    stored = await accounts.owner.fetchval("select password_hash from person where id = $1", person)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await accounts.call(OPEN_SESSION, a_sign_in(household))


async def test_a_password_changed_while_it_was_verified_opens_nothing(
    accounts: AtWork, household: RegisterHousehold, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Passwords.fits

    async def verify_and_lose_the_race(self: Passwords, stored: str | None, given: str) -> bool:
        fits = await verify(self, stored, given)
        await accounts.owner.execute(
            "update person set password_set = password_set + interval '1 s' where id = $1",
            household.adult.person,
        )
        return fits

    monkeypatch.setattr(Passwords, "fits", verify_and_lose_the_race)
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, a_sign_in(household))


async def test_a_crowd_of_sign_ins_is_told_to_come_back(
    accounts: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.accounts.clients.passwords.WAITING_MAX", 6)
    passwords: Passwords = accounts.running.resources.passwords
    crowd = [passwords.fits(None, "mot de passe") for _ in range(6 + 5)]
    results = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(result, Unavailable) for result in results) == 5
    assert not any(result is True for result in results)


async def test_a_sign_in_that_postgresql_cannot_write_is_malformed(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    with pytest.raises(Malformed):
        await accounts.call(OPEN_SESSION, a_sign_in(household, email="a\x00@exemple.fr"))
    with pytest.raises(Malformed):
        await accounts.call(OPEN_SESSION, a_sign_in(household, session=uuid4(), password="\x00"))
