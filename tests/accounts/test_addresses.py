"""Another address, another adult: both by a link that only its receiver holds."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.accounts import (
    ACCEPT_INVITATION,
    CHANGE_EMAIL,
    GET_LINK,
    INVITE_ADULT,
    OPEN_SESSION,
    PROVE_ADDRESS,
    AcceptInvitation,
    AddressTaken,
    BySecret,
    ChangeEmail,
    CredentialsRefused,
    HouseholdChanged,
    HouseholdFull,
    InviteAdult,
    Letter,
    LinkOver,
    Profile,
    ProveAddress,
    RegisterHousehold,
    TooManyTries,
)
from contracts.refusal import Malformed
from tests.accounts.at_work import AtWork
from tests.accounts.conftest import PASSWORD, a_sign_in
from tests.accounts.families import a_second_adult, family, file_of, unprove, view_of
from tests.accounts.newcomers import (
    a_session,
    an_address,
    opens,
    proved,
    registered,
    sign_in_of,
    signed_in,
    wanted,
    written,
)

SACHA = Profile(first_name="Sacha", last_name="Martin", newsletter=True)


def a_change(**changes: object) -> ChangeEmail:
    """What the page sends."""
    given = {"letter": uuid4(), "email": an_address(), "password": PASSWORD}
    return ChangeEmail(**{**given, **changes})


async def test_another_address_counts_once_its_link_was_used_and_both_are_told(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    change = a_change()
    await accounts.call(CHANGE_EMAIL, change, family(household))
    (letter,) = await written(accounts)
    assert (letter.kind, letter.email, letter.minutes) == ("new_address", change.email, 30)
    assert (await file_of(accounts, household)).next_email == change.email
    assert await accounts.call(OPEN_SESSION, a_sign_in(household)), "the old one still counts"
    await accounts.call(PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), family(household))
    assert await accounts.call(OPEN_SESSION, a_sign_in(household, email=change.email))
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, a_sign_in(household))
    old, new = await written(accounts)
    assert (old.kind, old.email) == ("address_changed", household.adult.email)
    assert old.next_email == f"{change.email[:2]}…@ex…"
    assert (new.kind, new.email, new.next_email) == ("address_changed", change.email, "")
    told = [name for name, _ in await accounts.told()]
    assert HouseholdChanged.name not in told


async def test_a_notice_says_the_address_of_its_own_change_even_after_another(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    changes = [a_change(), a_change()]
    for change in changes:
        await accounts.call(CHANGE_EMAIL, change, family(household))
        (letter,) = await written(accounts)
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), family(household)
        )
    notices = await written(accounts, *(await wanted(accounts)))
    assert [notice.email for notice in notices] == [
        household.adult.email, changes[0].email, changes[0].email, changes[1].email,
    ]  # fmt: skip


async def test_a_newer_wish_takes_the_place_of_an_older_and_ones_own_address_of_both(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letters = []
    for _ in range(2):
        await accounts.call(CHANGE_EMAIL, a_change(), family(household))
        letters += await written(accounts)
    first, second = letters
    with pytest.raises(LinkOver):
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(first)))
    assert await accounts.call(GET_LINK, BySecret(secret_hash=opens(second)))
    own = a_change(email=household.adult.email.upper())
    await accounts.call(CHANGE_EMAIL, own, family(household))
    with pytest.raises(LinkOver):
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(second)))
    assert (await file_of(accounts, household)).next_email is None


async def test_a_wish_sent_again_is_one_letter_and_a_wrong_password_is_none(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    change = a_change()
    for _ in range(3):
        await accounts.call(CHANGE_EMAIL, change, family(household))
    assert await wanted(accounts) == [change.letter]
    wrong = a_change(password="pas le bon du tout")
    for _ in range(7):
        with pytest.raises(CredentialsRefused):
            await accounts.call(CHANGE_EMAIL, wrong, family(household))
    with pytest.raises(TooManyTries):
        await accounts.call(CHANGE_EMAIL, wrong, family(household))
    assert await wanted(accounts) == [change.letter]


async def test_an_address_that_somebody_else_proved_is_not_taken_over(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    owner = await proved(accounts)
    await accounts.call(CHANGE_EMAIL, a_change(email=owner.email), family(household))
    (letter,) = await written(accounts)
    with pytest.raises(AddressTaken):
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), family(household)
        )
    opened = await accounts.call(OPEN_SESSION, sign_in_of(owner))
    assert opened.person == owner.registration


async def test_a_mistyped_first_address_is_corrected_and_nothing_is_told_there(
    accounts: AtWork,
) -> None:
    registration, _ = await registered(accounts)
    (mistyped,) = await written(accounts)
    change = a_change(password=registration.password)
    await accounts.call(CHANGE_EMAIL, change, signed_in(registration))
    (letter,) = await written(accounts)
    await accounts.call(
        PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), signed_in(registration)
    )
    view = await accounts.call(OPEN_SESSION, sign_in_of(registration, email=change.email))
    assert view.standing == "waiting"
    told = [name for name, _ in await accounts.told()]
    assert told.count(HouseholdChanged.name) == 1
    assert len(await wanted(accounts)) == 2
    with pytest.raises(LinkOver):
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(mistyped)), signed_in(registration)
        )


# -- another adult ------------------------------------------------------------------------------


async def invited(
    accounts: AtWork, household: RegisterHousehold, email: str | None = None
) -> Letter:
    """The letter that invites somebody into this household."""
    invitation = InviteAdult(invitation=uuid4(), email=email or an_address())
    await accounts.call(INVITE_ADULT, invitation, family(household))
    (letter,) = await written(accounts)
    return letter


def joining(letter: Letter, **changes: object) -> AcceptInvitation:
    """What the page behind an invitation sends."""
    given = {
        "secret_hash": opens(letter), "person": uuid4(), "profile": SACHA, "open": a_session(),
        "password": "cinq renards bleus", "terms_version": "2026-11",
    }  # fmt: skip
    return AcceptInvitation(**{**given, **changes})


async def test_who_is_invited_joins_with_a_sign_in_of_their_own(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    assert (letter.kind, letter.inviter, letter.minutes) == (
        "invitation", "Camille Dupont", 7 * 24 * 60,
    )  # fmt: skip
    seen = await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    assert (seen.purpose, seen.person, seen.email) == ("invitation", None, letter.email)
    assert seen.inviter == "Camille Dupont"
    request = joining(letter)
    twins = await asyncio.gather(*(accounts.call(ACCEPT_INVITATION, request) for _ in range(3)))
    assert len(set(twins)) == 1, "a double click is one adult"
    assert (twins[0].household, twins[0].standing) == (household.household, "validated")
    adults = (await view_of(accounts, household)).adults
    assert {adult.person for adult in adults} == {household.adult.person, request.person}
    with pytest.raises(LinkOver):
        await accounts.call(ACCEPT_INVITATION, joining(letter))


async def test_an_invitation_is_over_after_a_week(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    await accounts.shift_clock(timedelta(days=7, minutes=1))
    with pytest.raises(LinkOver) as over:
        await accounts.call(ACCEPT_INVITATION, joining(letter))
    assert over.value.details.why == "expired"


async def test_who_has_an_account_elsewhere_is_told_so_and_joins_nothing(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    owner = await proved(accounts)
    letter = await invited(accounts, household, owner.email)
    assert (letter.kind, letter.secret, letter.first_name) == (
        "invitation_useless", None, "Camille",
    )  # fmt: skip


async def test_an_address_proved_elsewhere_after_the_invitation_joins_nothing(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    await proved(accounts, email=letter.email)
    with pytest.raises(AddressTaken):
        await accounts.call(ACCEPT_INVITATION, joining(letter))


async def test_nobody_joins_as_somebody_else_or_as_what_cannot_be(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    for changes in (
        {"person": household.adult.person},
        {"profile": SACHA.model_copy(update={"birth_date": date(1899, 1, 1)})},
    ):
        with pytest.raises(Malformed):
            await accounts.call(ACCEPT_INVITATION, joining(letter, **changes))
    assert await accounts.call(ACCEPT_INVITATION, joining(letter))


async def test_a_household_has_ten_adults_at_most(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    for _ in range(9):
        await a_second_adult(accounts, household)
    with pytest.raises(HouseholdFull):
        await accounts.call(ACCEPT_INVITATION, joining(letter))


async def test_who_proved_no_address_brings_nobody_in(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    letter = await invited(accounts, household)
    await unprove(accounts, household.adult.person)
    with pytest.raises(LinkOver):
        await accounts.call(ACCEPT_INVITATION, joining(letter))
