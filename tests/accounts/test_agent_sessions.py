"""An agent signs in with both factors, each code once, and is signed out when nothing is done."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.accounts import (
    CLOSE_AGENT_DEVICE,
    CLOSE_AGENT_SESSION,
    LIST_AGENT_DEVICES,
    OPEN_AGENT_SESSION,
    OPEN_SESSION,
    RENEW_RECOVERY_CODES,
    ByAgentToken,
    CloseAgentDevice,
    CredentialsRefused,
    NewSession,
    OpenSession,
    RenewRecoveryCodes,
    ShowAgentDevices,
    TooManyTries,
)
from contracts.refusal import NotFound
from services.accounts.domain.agents import AT_MOST, IDLE, AgentSession
from services.accounts.domain.factors import accepted_step
from services.accounts.timers import forget_expired_sessions
from tests.accounts.agents import (
    AIGUILHE,
    PASSWORD,
    Telephone,
    code_of,
    enrolled,
    invited,
    session_of,
    staff,
)
from tests.accounts.at_work import AtWork
from tests.accounts.newcomers import a_session, an_address, an_origin


@pytest.fixture
async def telephone(accounts: AtWork) -> Telephone:
    """An enrolled agent."""
    return await enrolled(accounts)


async def refused(accounts: AtWork, telephone: Telephone, **changes: Any) -> None:
    """This does not let anybody in."""
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_AGENT_SESSION, await telephone.sign_in(accounts, **changes))


# -- both factors ---------------------------------------------------------------------------------


async def test_both_factors_open_a_session_for_half_an_hour(
    accounts: AtWork, telephone: Telephone
) -> None:
    request = await telephone.sign_in(accounts, device="Firefox sur Linux")
    opened = await accounts.call(OPEN_AGENT_SESSION, request)
    assert (opened.agent, opened.first_name) == (telephone.agent, "Dominique")
    assert timedelta(minutes=29) < opened.expires - datetime.now(UTC) <= timedelta(minutes=30)
    assert await session_of(accounts, request.token_hash) == opened


async def test_whatever_is_wrong_the_answer_is_the_same(
    accounts: AtWork, telephone: Telephone
) -> None:
    invitation, _ = await invited(accounts)
    for wrong in (
        {"email": an_address()}, {"password": "une autre phrase"}, {"code": "000000"},
        {"code": ""}, {"email": invitation.email}, {"code": "AAAAAAAAAA"},
        {"email": an_address(), "session": telephone.agent},
    ):  # fmt: skip
        await refused(accounts, telephone, **wrong)
    assert await telephone.signed_in(accounts), "nothing was used up by it"


async def test_a_code_is_good_once_and_none_before_it_is_any_more(
    accounts: AtWork, telephone: Telephone
) -> None:
    await telephone.signed_in(accounts, steps=1)
    await refused(accounts, telephone, steps=1)
    await refused(accounts, telephone, steps=0)
    await accounts.shift_clock(timedelta(seconds=60))
    assert await telephone.signed_in(accounts)


async def test_a_telephone_that_knows_no_demonstrations_clock_signs_in_all_the_same(
    accounts: AtWork, telephone: Telephone
) -> None:
    code = await code_of(accounts, telephone.secret, 1)
    await accounts.shift_clock(timedelta(days=-10))
    assert await telephone.signed_in(accounts, code=code)


async def test_of_two_who_use_one_code_at_once_one_comes_in(
    accounts: AtWork, telephone: Telephone
) -> None:
    code = await code_of(accounts, telephone.secret, 1)
    requests = [await telephone.sign_in(accounts, code=code) for _ in range(4)]
    answers = await asyncio.gather(
        *(accounts.call(OPEN_AGENT_SESSION, request) for request in requests),
        return_exceptions=True,
    )
    assert sorted(type(answer) is CredentialsRefused for answer in answers) == [False] + [True] * 3


async def test_the_same_browser_again_is_the_same_session(
    accounts: AtWork, telephone: Telephone
) -> None:
    request = await telephone.sign_in(accounts)
    first, again = [await accounts.call(OPEN_AGENT_SESSION, request) for _ in range(2)]
    assert first == again
    stolen = await telephone.sign_in(accounts, steps=2, token_hash=request.token_hash)
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_AGENT_SESSION, stolen)


async def test_a_recovery_code_signs_in_once_however_it_is_typed(
    accounts: AtWork, telephone: Telephone
) -> None:
    code = telephone.enrolled.recovery_codes[3]
    typed = f" {code[:5].lower()}-{code[5:].lower()} "
    assert await telephone.signed_in(accounts, code=typed)
    await refused(accounts, telephone, code=code)


async def test_nobody_uses_the_recovery_code_of_another(
    accounts: AtWork, telephone: Telephone
) -> None:
    other = await enrolled(accounts)
    await refused(accounts, telephone, code=other.enrolled.recovery_codes[0])


async def test_new_recovery_codes_want_the_password_and_replace_the_old(
    accounts: AtWork, telephone: Telephone
) -> None:
    caller = staff("clerk", AIGUILHE, agent=telephone.agent)
    for password in ("une autre phrase", ""):
        asked = RenewRecoveryCodes(renewal=uuid4(), password=password)
        with pytest.raises(CredentialsRefused):
            await accounts.call(RENEW_RECOVERY_CODES, asked, caller)
    asked = RenewRecoveryCodes(renewal=uuid4(), password=PASSWORD)
    codes = (await accounts.call(RENEW_RECOVERY_CODES, asked, caller)).recovery_codes
    await refused(accounts, telephone, code=telephone.enrolled.recovery_codes[0])
    assert await telephone.signed_in(accounts, code=codes[0])


async def test_a_family_and_an_agent_do_not_sign_in_as_each_other(
    accounts: AtWork, telephone: Telephone
) -> None:
    request = OpenSession(**dict(a_session()), email=telephone.invitation.email, password=PASSWORD)
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, request)


async def test_an_unknown_address_takes_as_long_as_a_wrong_code(
    accounts: AtWork, telephone: Telephone
) -> None:
    async def seconds(**changes: object) -> float:
        request = await telephone.sign_in(accounts, **changes)
        started = time.perf_counter()
        with pytest.raises(CredentialsRefused):
            await accounts.call(OPEN_AGENT_SESSION, request)
        return time.perf_counter() - started

    known, unknown = [], []
    for _ in range(9):
        known.append(await seconds(code="000000"))
        unknown.append(await seconds(email=an_address()))
    assert statistics.median(unknown) > statistics.median(known) * 0.6
    assert statistics.median(known) > statistics.median(unknown) * 0.6


# -- tries ----------------------------------------------------------------------------------------


async def test_guessing_from_one_place_is_slowed_and_a_success_forgets_it(
    accounts: AtWork, telephone: Telephone
) -> None:
    origin = an_origin()
    for _ in range(9):
        await refused(accounts, telephone, code="000000", origin=origin)
    await telephone.signed_in(accounts, origin=origin)
    for _ in range(10):
        await refused(accounts, telephone, code="000000", origin=origin)
    with pytest.raises(TooManyTries):
        await accounts.call(OPEN_AGENT_SESSION, await telephone.sign_in(accounts, origin=origin))


async def test_a_families_tries_are_not_an_agents(accounts: AtWork, telephone: Telephone) -> None:
    origin, email = an_origin(), telephone.invitation.email
    for _ in range(10):
        request = OpenSession(**dict(a_session()), email=email, password="x", origin=origin)
        with pytest.raises(CredentialsRefused):
            await accounts.call(OPEN_SESSION, request)
    assert await telephone.signed_in(accounts, origin=origin)


# -- how long -------------------------------------------------------------------------------------


async def test_a_session_that_is_used_lasts_and_is_noted_once_a_minute(
    accounts: AtWork, telephone: Telephone
) -> None:
    token = (await telephone.signed_in(accounts)).token_hash
    first = await session_of(accounts, token)
    await accounts.shift_clock(timedelta(seconds=50))
    assert (await session_of(accounts, token)).expires == first.expires
    await accounts.shift_clock(timedelta(minutes=25))
    later = await session_of(accounts, token)
    assert timedelta(minutes=24) < later.expires - first.expires < timedelta(minutes=26)
    await accounts.shift_clock(timedelta(minutes=50))
    assert await session_of(accounts, token)
    await accounts.shift_clock(timedelta(minutes=81))
    with pytest.raises(NotFound):
        await session_of(accounts, token)


def a_session_of_now(now: datetime) -> AgentSession:
    """A session that was opened just now."""
    return AgentSession.opened(NewSession(session=uuid4(), token_hash="0" * 64), uuid4(), now)


@given(st.lists(st.integers(1, 60), max_size=60))
def test_no_session_outlives_half_an_hour_of_nothing_or_twelve_hours(minutes: list[int]) -> None:
    now = start = datetime(2026, 11, 26, tzinfo=UTC)
    session = a_session_of_now(now)
    for wait in minutes:
        now += timedelta(minutes=wait)
        before, session = session, session.used(now)
        assert session.expires <= min(now + IDLE, start + AT_MOST) or session == before
        assert session == before or now < before.expires


async def test_expired_sessions_are_forgotten(accounts: AtWork, telephone: Telephone) -> None:
    await telephone.signed_in(accounts)
    await accounts.shift_clock(timedelta(hours=1))
    await forget_expired_sessions(accounts.context)
    left = "select count(*) from agent_session where agent = $1"
    assert await accounts.owner.fetchval(left, telephone.agent) == 0


async def test_signing_out_ends_the_session_and_again_without_harm(
    accounts: AtWork, telephone: Telephone
) -> None:
    token = (await telephone.signed_in(accounts)).token_hash
    for _ in range(2):
        await accounts.call(CLOSE_AGENT_SESSION, ByAgentToken(token_hash=token))
    with pytest.raises(NotFound):
        await session_of(accounts, token)


# -- devices --------------------------------------------------------------------------------------


async def test_an_agent_sees_and_signs_out_their_own_devices_only(
    accounts: AtWork, telephone: Telephone
) -> None:
    other = await enrolled(accounts)
    mine = await telephone.signed_in(accounts, device="Firefox sur Linux")
    theirs = await other.signed_in(accounts, device="Chrome sur Windows")
    caller = staff("clerk", AIGUILHE, agent=telephone.agent)
    listed = (await accounts.call(LIST_AGENT_DEVICES, ShowAgentDevices(), caller)).devices
    assert [d.label for d in listed] == ["Firefox sur Linux", ""]
    for session in (mine.session, theirs.session):
        await accounts.call(CLOSE_AGENT_DEVICE, CloseAgentDevice(session=session), caller)
    assert await session_of(accounts, theirs.token_hash)
    with pytest.raises(NotFound):
        await session_of(accounts, mine.token_hash)


# -- codes, pure ----------------------------------------------------------------------------------

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize("steps", range(-2, 3))
def test_the_code_before_and_the_code_after_are_good(steps: int) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP + steps)
    assert accepted_step(SECRET, code, [NOW], 0) == (STEP + steps if abs(steps) < 2 else None)
    assert accepted_step(SECRET, f"{code[:3]} {code[3:]}", [NOW], STEP + steps) is None


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    assert accepted_step(SECRET, typed, [NOW], STEP + 2) is None
