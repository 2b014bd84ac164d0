"""Enrolment: a link, a password and a second factor, once; and again for who lost one of them."""

import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from contracts.accounts import (
    ASK_AGENT_LINK,
    BEGIN_ENROLMENT,
    FINISH_ENROLMENT,
    GET_LINK,
    OPEN_AGENT_SESSION,
    SET_PASSWORD,
    AskAgentLink,
    BeginEnrolment,
    BySecret,
    CodeRefused,
    CredentialsRefused,
    Letter,
    LinkOver,
    PasswordTooWeak,
    SetPassword,
    TooManyTries,
)
from contracts.refusal import NotFound
from services.accounts.clients.vault import NotOurs, Vault
from tests.accounts.agents import (
    PASSWORD,
    begun,
    code_of,
    enrolled,
    finishing,
    invited,
    session_of,
)
from tests.accounts.at_work import AtWork
from tests.accounts.newcomers import (
    a_session,
    an_address,
    an_origin,
    opens,
    password_letter,
    proved,
    wanted,
    written,
)


async def asked_link(accounts: AtWork, email: str) -> list[Letter]:
    """What comes when an agent forgot something."""
    await accounts.call(ASK_AGENT_LINK, AskAgentLink(letter=uuid4(), email=email))
    return await written(accounts)


# -- the first time -------------------------------------------------------------------------------


async def test_a_link_offers_one_secret_however_often_it_is_opened(accounts: AtWork) -> None:
    invitation, link = await invited(accounts)
    first, again = [await begun(accounts, link) for _ in range(2)]
    assert first == again
    (other,) = await written(accounts, invitation.letter)
    assert (await begun(accounts, opens(other))).totp_secret == first.totp_secret
    uri = urlsplit(first.totp_uri)
    assert (uri.scheme, parse_qs(uri.query)["secret"]) == ("otpauth", [first.totp_secret])
    assert (first.agent, first.email) == (invitation.agent, invitation.email)


async def test_both_factors_sign_in_and_ten_codes_are_shown(accounts: AtWork) -> None:
    invitation, link = await invited(accounts)
    request = await finishing(accounts, link)
    answer = await accounts.call(FINISH_ENROLMENT, request)
    assert await session_of(accounts, request.open.token_hash) == answer.session
    assert (answer.session.agent, answer.session.roles) == (invitation.agent, ())
    assert len(set(answer.recovery_codes)) == 10
    assert all(len(code) == 10 and not set(code) & set("01OIL") for code in answer.recovery_codes)


async def test_what_is_stored_is_no_use_to_who_reads_the_database(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    code = telephone.enrolled.recovery_codes[0]
    kept = await accounts.owner.fetchval(
        "select totp_secret from agent where id = $1", telephone.agent
    )
    assert telephone.secret.encode() not in kept
    vault: Vault = accounts.running.resources.vault
    assert vault.open(telephone.agent, kept) == telephone.secret
    with pytest.raises(NotOurs):
        vault.open(uuid4(), kept)
    hashes = await accounts.owner.fetch(
        "select hash from recovery_code where agent = $1", telephone.agent
    )
    assert hashlib.sha256(code.encode()).digest() not in [row["hash"] for row in hashes]
    left = "select count(*) from letter where agent = $1 and totp_secret is not null"
    assert await accounts.owner.fetchval(left, telephone.agent) == 0


async def test_a_wrong_code_sets_nothing_and_the_link_stays_open(accounts: AtWork) -> None:
    invitation, link = await invited(accounts)
    right = await code_of(accounts, (await begun(accounts, link)).totp_secret)
    wrong = "000000" if right != "000000" else "111111"
    with pytest.raises(CodeRefused):
        await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link, code=wrong))
    row = await accounts.owner.fetchrow("select * from agent where id = $1", invitation.agent)
    assert row["enrolled"] is None
    assert await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link))


async def test_a_code_before_any_secret_was_shown_is_nobodys(accounts: AtWork) -> None:
    _, link = await invited(accounts)
    with pytest.raises(CodeRefused):
        await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link, code="123456"))


@pytest.mark.parametrize("password", ["court", "dominique martin"])
async def test_a_password_that_could_be_guessed_is_refused(accounts: AtWork, password: str) -> None:
    _, link = await invited(accounts)
    with pytest.raises(PasswordTooWeak):
        await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link, password=password))


async def test_codes_are_not_guessed_at_an_open_link(accounts: AtWork) -> None:
    _, link = await invited(accounts)
    request = await finishing(accounts, link, code="nothing")
    for _ in range(10):
        with pytest.raises(CodeRefused):
            await accounts.call(FINISH_ENROLMENT, request)
    with pytest.raises(TooManyTries):
        await accounts.call(FINISH_ENROLMENT, request)


# -- once -----------------------------------------------------------------------------------------


async def test_a_link_enrols_once(accounts: AtWork) -> None:
    _, link = await invited(accounts)
    await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link))
    with pytest.raises(LinkOver) as over:
        await accounts.call(FINISH_ENROLMENT, await finishing(accounts, link, code="123456"))
    assert over.value.details.why == "used"
    with pytest.raises(LinkOver):
        await begun(accounts, link)


async def test_the_same_browser_is_answered_again_with_other_codes(accounts: AtWork) -> None:
    _, link = await invited(accounts)
    request = await finishing(accounts, link)
    first, again = [await accounts.call(FINISH_ENROLMENT, request) for _ in range(2)]
    assert first.session == again.session
    assert not set(first.recovery_codes) & set(again.recovery_codes)
    wrong = request.model_copy(update={"password": "une autre phrase de passe"})
    with pytest.raises(LinkOver):
        await accounts.call(FINISH_ENROLMENT, wrong)


async def test_an_invitation_is_over_after_a_week(accounts: AtWork) -> None:
    _, link = await invited(accounts)
    await accounts.shift_clock(timedelta(days=7, minutes=1))
    with pytest.raises(LinkOver) as over:
        await begun(accounts, link)
    assert over.value.details.why == "expired"


async def test_an_agents_link_is_nothing_to_families_nor_theirs_to_agents(
    accounts: AtWork,
) -> None:
    _, link = await invited(accounts)
    with pytest.raises(NotFound):
        await accounts.call(GET_LINK, BySecret(secret_hash=link))
    with pytest.raises(NotFound):
        await accounts.call(
            SET_PASSWORD, SetPassword(secret_hash=link, password=PASSWORD, open=a_session())
        )
    registration = await proved(accounts)
    (letter,) = await password_letter(accounts, registration.email)
    for unknown in (opens(letter), uuid4().hex * 2):
        with pytest.raises(NotFound):
            await accounts.call(BEGIN_ENROLMENT, BeginEnrolment(secret_hash=unknown))


# -- again ----------------------------------------------------------------------------------------


async def test_an_agent_who_forgot_gets_a_link_for_half_an_hour(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    (letter,) = await asked_link(accounts, telephone.invitation.email.upper())
    assert (letter.kind, letter.minutes, letter.email) == (
        "agent_password", 30, telephone.invitation.email.upper(),
    )  # fmt: skip
    assert letter.first_name == "Dominique"


async def test_an_unknown_address_is_answered_alike_and_nothing_is_written(
    accounts: AtWork,
) -> None:
    family = await proved(accounts)
    for address in (an_address(), family.email):
        before = len(await wanted(accounts))
        assert await asked_link(accounts, address) == []
        assert len(await wanted(accounts)) == before + 1


async def test_a_family_that_forgot_gets_no_agents_link(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    assert await password_letter(accounts, telephone.invitation.email) == []


async def test_enrolling_again_replaces_both_factors_and_ends_everything_before(
    accounts: AtWork,
) -> None:
    telephone = await enrolled(accounts)
    session = await telephone.signed_in(accounts)
    (older,) = await asked_link(accounts, telephone.invitation.email)
    (letter,) = await asked_link(accounts, telephone.invitation.email)
    link, password = opens(letter), "cinq fourgonnettes mauves"
    secret = (await begun(accounts, link)).totp_secret
    assert secret != telephone.secret
    await telephone.signed_in(accounts, code=telephone.enrolled.recovery_codes[0])
    answer = await accounts.call(
        FINISH_ENROLMENT, await finishing(accounts, link, password=password)
    )
    with pytest.raises(NotFound):
        await session_of(accounts, session.token_hash)
    with pytest.raises(LinkOver):
        await begun(accounts, opens(older))
    before = telephone.enrolled.recovery_codes[1]
    for changes in ({}, {"password": password}, {"password": password, "code": before}):
        request = await telephone.sign_in(accounts, **changes)
        with pytest.raises(CredentialsRefused):
            await accounts.call(OPEN_AGENT_SESSION, request)
    now = await telephone.sign_in(accounts, password=password, code=answer.recovery_codes[0])
    assert await accounts.call(OPEN_AGENT_SESSION, now)


async def test_who_asks_for_many_links_waits(accounts: AtWork) -> None:
    origin = an_origin()
    *asked, one_more = [
        AskAgentLink(letter=uuid4(), email=an_address(), origin=origin) for _ in range(21)
    ]
    for each in asked:
        await accounts.call(ASK_AGENT_LINK, each)
    with pytest.raises(TooManyTries):
        await accounts.call(ASK_AGENT_LINK, one_more)


async def test_an_address_gets_three_links_and_the_same_answer_beyond(accounts: AtWork) -> None:
    telephone = await enrolled(accounts)
    before = len(await wanted(accounts))
    for _ in range(5):
        asked = AskAgentLink(letter=uuid4(), email=telephone.invitation.email)
        await accounts.call(ASK_AGENT_LINK, asked)
    assert len(await wanted(accounts)) == before + 3
