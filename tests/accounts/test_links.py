"""Links: each proves, enters or joins once, and only for whom it is."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.accounts import (
    ASK_PASSWORD_LINK,
    CHANGE_EMAIL,
    GET_LINK,
    GET_SESSION,
    OPEN_SESSION,
    PROVE_ADDRESS,
    PROVE_AGAIN,
    REGISTER,
    REGISTER_HOUSEHOLD,
    SET_PASSWORD,
    AddressTaken,
    AskPasswordLink,
    BySecret,
    ByToken,
    ChangeEmail,
    CredentialsRefused,
    HouseholdChanged,
    LinkOver,
    PasswordTooWeak,
    ProveAddress,
    ProveAgain,
    RegisterHousehold,
    SetPassword,
    TooManyTries,
    household_of,
)
from contracts.refusal import NotFound
from services.accounts.timers import forget_old_letters
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household, a_sign_in
from tests.accounts.newcomers import (
    a_registration,
    a_session,
    an_address,
    an_origin,
    opens,
    password_letter,
    proved,
    registered,
    sign_in_of,
    signed_in,
    wanted,
    written,
)

ANOTHER = "cinq renards bleus"


def a_new_password(secret_hash: str, **changes: object) -> SetPassword:
    """What the page behind a password link sends."""
    given = {"secret_hash": secret_hash, "password": ANOTHER, "open": a_session()}
    return SetPassword(**{**given, **changes})


# -- a proof ------------------------------------------------------------------------------------


async def test_looking_at_a_link_tells_what_it_does_and_does_not_use_it(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    (letter,) = await written(accounts)
    for _ in range(2):
        view = await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
        assert (view.purpose, view.person) == ("proof", registration.registration)
        assert (view.email, view.first_name) == (registration.email, "Camille")
    with pytest.raises(NotFound):
        await accounts.call(GET_LINK, BySecret(secret_hash=uuid4().hex * 2))


async def test_a_double_click_proves_once_and_both_find_it_done(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    (letter,) = await written(accounts)
    request = ProveAddress(secret_hash=opens(letter))
    clicks = (accounts.call(PROVE_ADDRESS, request, signed_in(registration)) for _ in range(3))
    assert len(await asyncio.gather(*clicks)) == 3
    told = [name for name, _ in await accounts.told()]
    assert told.count(HouseholdChanged.name) == 1
    with pytest.raises(LinkOver) as over:
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    assert over.value.details.why == "used"


async def test_a_click_alone_proves_nothing_for_a_stranger_who_registered_the_address(
    accounts: AtWork,
) -> None:
    attacker, _ = await registered(accounts, password="mot de passe du voleur")
    (letter,) = await written(accounts)
    for victim_types in (None, "mon propre mot de passe"):
        click = ProveAddress(secret_hash=opens(letter), password=victim_types)
        with pytest.raises(CredentialsRefused):
            await accounts.call(PROVE_ADDRESS, click)
    other, _ = await registered(accounts)
    with pytest.raises(CredentialsRefused):
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), signed_in(other)
        )
    view = await accounts.call(GET_SESSION, ByToken(token_hash=attacker.open.token_hash))
    assert view.standing == "address_unproved"


async def test_on_another_device_the_password_proves_as_the_session_does(
    accounts: AtWork,
) -> None:
    registration, _ = await registered(accounts)
    (letter,) = await written(accounts)
    request = ProveAddress(secret_hash=opens(letter), password=registration.password)
    for _ in range(2):
        await accounts.call(PROVE_ADDRESS, request)
    assert (await accounts.call(OPEN_SESSION, sign_in_of(registration))).standing == "waiting"


async def test_passwords_are_not_tried_for_long_behind_a_link(accounts: AtWork) -> None:
    await registered(accounts)
    (letter,) = await written(accounts)
    guess = ProveAddress(secret_hash=opens(letter), password="pas le bon", origin=an_origin())
    for _ in range(10):
        with pytest.raises(CredentialsRefused):
            await accounts.call(PROVE_ADDRESS, guess)
    with pytest.raises(TooManyTries):
        await accounts.call(PROVE_ADDRESS, guess)


async def test_a_letter_written_twice_carries_two_secrets_of_one_link(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    first, second = [(await written(accounts))[0] for _ in range(2)]
    assert first.secret != second.secret
    for letter in (first, second):
        assert await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    await accounts.call(
        PROVE_ADDRESS, ProveAddress(secret_hash=opens(second)), signed_in(registration)
    )
    with pytest.raises(LinkOver):
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(first)))
    assert await written(accounts, *await wanted(accounts)) == [], "a used link is not written"


async def test_a_proof_lives_three_days_from_its_first_writing(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    await accounts.shift_clock(timedelta(days=2))
    (letter,) = await written(accounts)
    await accounts.shift_clock(timedelta(days=4))
    (again,) = await written(accounts)
    assert again.minutes is not None
    assert again.minutes <= 24 * 60
    await accounts.shift_clock(timedelta(days=5, minutes=1))
    with pytest.raises(LinkOver) as over:
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), signed_in(registration)
        )
    assert over.value.details.why == "expired"
    assert await written(accounts) == []


async def test_another_proof_letter_comes_when_it_is_asked_for_and_not_for_ever(
    accounts: AtWork,
) -> None:
    registration, _ = await registered(accounts)
    again = ProveAgain(letter=uuid4())
    for _ in range(3):
        await accounts.call(PROVE_AGAIN, again, signed_in(registration))
    assert (await wanted(accounts))[1:] == [again.letter], "the same wish is one letter"
    await accounts.call(PROVE_AGAIN, ProveAgain(letter=uuid4()), signed_in(registration))
    with pytest.raises(TooManyTries):
        await accounts.call(PROVE_AGAIN, ProveAgain(letter=uuid4()), signed_in(registration))
    (letter,) = await written(accounts, again.letter)
    await accounts.call(
        PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)), signed_in(registration)
    )
    before = await wanted(accounts)
    await accounts.call(PROVE_AGAIN, ProveAgain(letter=uuid4()), signed_in(registration))
    assert await wanted(accounts) == before, "what is proved needs no letter"


# -- a password ---------------------------------------------------------------------------------


async def test_a_password_link_sets_it_signs_in_and_signs_out_everywhere_else(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await accounts.call(OPEN_SESSION, before := a_sign_in(household))
    (letter,) = await password_letter(accounts, household.adult.email.upper())
    assert (letter.kind, letter.minutes, letter.first_name) == ("password", 30, "Camille")
    request = a_new_password(opens(letter))
    view = await accounts.call(SET_PASSWORD, request)
    assert (view.person, view.session) == (household.adult.person, request.open.session)
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, ByToken(token_hash=before.token_hash))
    assert await accounts.call(SET_PASSWORD, request) == view, "sent again by the same browser"
    for other in (a_new_password(opens(letter)), request.model_copy(update={"password": "non"})):
        with pytest.raises(LinkOver) as over:
            await accounts.call(SET_PASSWORD, other)
        assert over.value.details.why == "used"
    assert await accounts.call(OPEN_SESSION, a_sign_in(household, password=ANOTHER))
    (notice,) = await written(accounts)
    assert notice.kind == "password_changed"


async def test_a_double_click_on_a_new_password_is_one_session(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    (letter,) = await password_letter(accounts, household.adult.email)
    request = a_new_password(opens(letter))
    views = await asyncio.gather(*(accounts.call(SET_PASSWORD, request) for _ in range(3)))
    assert len(set(views)) == 1


async def test_who_has_no_password_yet_enters_by_the_same_link(accounts: AtWork) -> None:
    imported = a_household(password=None)
    await accounts.call(REGISTER_HOUSEHOLD, imported, OPERATOR)
    (letter,) = await password_letter(accounts, imported.adult.email)
    view = await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))
    assert (view.person, view.standing) == (imported.adult.person, "validated")
    assert len(await wanted(accounts)) == 1, "nothing was changed: no notice"


async def test_a_weak_password_does_not_use_the_link(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    (letter,) = await password_letter(accounts, household.adult.email)
    with pytest.raises(PasswordTooWeak):
        await accounts.call(SET_PASSWORD, a_new_password(opens(letter), password="Louane Dupont"))
    assert await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))


async def test_a_password_link_is_over_after_half_an_hour(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    (letter,) = await password_letter(accounts, household.adult.email)
    await accounts.shift_clock(timedelta(minutes=29))
    assert await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    await accounts.shift_clock(timedelta(minutes=31))
    with pytest.raises(LinkOver) as over:
        await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))
    assert over.value.details.why == "expired"


async def test_nobody_is_written_to_at_an_address_that_nobody_has(accounts: AtWork) -> None:
    assert await password_letter(accounts, an_address()) == []
    assert await password_letter(accounts, "pas une adresse") == []


async def test_a_password_letter_goes_to_the_accounts_own_address_never_to_another_spelling(
    accounts: AtWork,
) -> None:
    stored = f"{uuid4().hex}@strasse.example"
    home = a_household()
    home = home.model_copy(update={"adult": home.adult.model_copy(update={"email": stored})})
    await accounts.call(REGISTER_HOUSEHOLD, home, OPERATOR)
    (letter,) = await password_letter(accounts, stored.replace("strasse", "straße"))
    assert letter.email == stored


async def test_known_and_unknown_addresses_leave_the_same_rows(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    for email in (household.adult.email, an_address()):
        await accounts.call(ASK_PASSWORD_LINK, AskPasswordLink(letter=uuid4(), email=email))
    known, unknown = await accounts.owner.fetch(
        "select kind, person, household, expires, used, cancelled, device from letter"
        " where id = any($1)",
        await wanted(accounts),
    )
    assert known == unknown


async def test_the_newest_password_counts_and_takes_older_links_with_it(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    (first,) = await password_letter(accounts, household.adult.email)
    (second,) = await password_letter(accounts, household.adult.email)
    await accounts.call(SET_PASSWORD, a_new_password(opens(second)))
    with pytest.raises(LinkOver) as over:
        await accounts.call(SET_PASSWORD, a_new_password(opens(first)))
    assert over.value.details.why == "cancelled"


async def test_the_owner_of_an_address_takes_the_account_that_a_stranger_opened_with_it(
    accounts: AtWork,
) -> None:
    stranger, _ = await registered(accounts)
    await accounts.call(
        CHANGE_EMAIL,
        ChangeEmail(letter=uuid4(), email=an_address(), password=stranger.password),
        signed_in(stranger),
    )
    (trap,) = await written(accounts)
    (letter,) = await password_letter(accounts, stranger.email)
    view = await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))
    assert (view.person, view.standing) == (stranger.registration, "waiting")
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, ByToken(token_hash=stranger.open.token_hash))
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, sign_in_of(stranger))
    with pytest.raises(LinkOver):
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(trap)), signed_in(stranger)
        )


async def test_a_password_link_of_an_address_that_another_proved_meanwhile_sets_nothing(
    accounts: AtWork,
) -> None:
    first, _ = await registered(accounts)
    (letter,) = await password_letter(accounts, first.email)
    await proved(accounts, email=first.email)
    with pytest.raises(AddressTaken):
        await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))


async def test_who_registers_twice_finds_the_way_into_the_account_that_exists(
    accounts: AtWork,
) -> None:
    owner = await proved(accounts)
    await accounts.call(REGISTER, a_registration(email=owner.email))
    (letter,) = await written(accounts)
    assert letter.kind == "account_exists"
    view = await accounts.call(SET_PASSWORD, a_new_password(opens(letter)))
    assert view.person == owner.registration
    assert view.household == household_of(owner.registration)


async def test_a_link_does_only_what_it_is_for(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    (letter,) = await password_letter(accounts, household.adult.email)
    with pytest.raises(NotFound):
        await accounts.call(PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter)))
    registration, _ = await registered(accounts)
    (proof,) = await written(accounts)
    with pytest.raises(NotFound):
        await accounts.call(SET_PASSWORD, a_new_password(opens(proof)))
    assert registration.registration


async def test_many_letters_are_written_at_once_in_the_order_they_were_asked_for(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    people = [(await registered(accounts))[0] for _ in range(5)]
    letters = await wanted(accounts)
    found = await written(accounts, *reversed(letters), uuid4(), letters[0])
    assert [letter.email for letter in found] == [each.email for each in reversed(people)]
    assert len({letter.secret for letter in found}) == 5


async def test_letters_are_forgotten_after_thirty_days(accounts: AtWork) -> None:
    await registered(accounts)
    (letter,) = await written(accounts)
    await accounts.shift_clock(timedelta(days=29))
    await forget_old_letters(accounts.context)
    with pytest.raises(LinkOver):
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    await accounts.shift_clock(timedelta(days=31))
    await forget_old_letters(accounts.context)
    with pytest.raises(NotFound):
        await accounts.call(GET_LINK, BySecret(secret_hash=opens(letter)))
    assert await accounts.owner.fetchval("select count(*) from letter_secret") == 0
