"""Which passwords hold, and how one is changed."""

import asyncio
import string
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.accounts import (
    CHANGE_PASSWORD,
    GET_SESSION,
    LIST_DEVICES,
    OPEN_SESSION,
    ByToken,
    ChangePassword,
    CredentialsRefused,
    PasswordTooWeak,
    RegisterHousehold,
    ShowDevices,
    TooManyTries,
)
from contracts.refusal import NotFound
from services.accounts.clients.passwords import Passwords
from services.accounts.domain.passwords import LONG, SHORT, is_mixed, normal, refuse_weak
from tests.accounts.at_work import AtWork
from tests.accounts.conftest import PASSWORD, a_sign_in
from tests.accounts.families import family, unprove
from tests.accounts.newcomers import wanted, written

OWN = ("Camille", "Dupont-Éluard", "camille.43@exemple.fr", "Louane", "Boulangerie du Velay")
ANOTHER = "cinq renards bleus"


@pytest.mark.parametrize(
    "password",
    ["sept rivières calmes", "Xk9-mQ2vT", "une-phrase-de-passe-solide", "é" * 3 + "Vélo rouge 61"],
)
def test_a_long_phrase_or_a_short_mix_holds(password: str) -> None:
    assert holds(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "short"), ("Xk9-mQ2", "short"), ("xk9-mq2vtrz", "short"), ("XKMQVTRZPLD", "short"),
        ("azertyuiop123", "guessable"), ("motdepasse1234", "guessable"), ("Azerty1!", "guessable"),
        ("camille dupont", "guessable"), ("Dupont-Eluard", "guessable"), (" " * 20, "guessable"),
        ("LouaneCamille", "guessable"), ("camille.43@exemple.fr", "guessable"),
        ("boulangerie-du-velay", "guessable"), ("a" * 1_024, "guessable"),
    ],
)  # fmt: skip
def test_what_is_short_or_comes_to_mind_is_refused(password: str, why: str) -> None:
    with pytest.raises(PasswordTooWeak) as refused:
        refuse_weak(password, OWN)
    assert refused.value.details.why == why


def holds(password: str) -> bool:
    """Whether it would be taken."""
    try:
        refuse_weak(password, OWN)
    except PasswordTooWeak:
        return False
    return True


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=90))
def test_no_password_that_holds_is_short_for_its_mix(password: str) -> None:
    given = normal(password)
    assert not holds(password) or len(given) >= LONG or (len(given) >= SHORT and is_mixed(given))


@given(st.text(string.ascii_letters + string.digits, max_size=LONG - 1))
def test_a_short_password_without_other_signs_never_holds(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        refuse_weak(password, ())


async def test_the_words_of_two_people_judged_at_once_are_not_mixed_up() -> None:
    passwords = Passwords(2)
    try:
        answers = await asyncio.gather(
            *(
                passwords.judge("perceneige aubrac", words)
                for words in (("Perceneige", "Aubrac"), ("Dupont", "Martin")) * 20
            ),
            return_exceptions=True,
        )
    finally:
        passwords.close()
    assert [isinstance(answer, PasswordTooWeak) for answer in answers] == [True, False] * 20


# -- changing it --------------------------------------------------------------------------------


def a_change(household: RegisterHousehold, **changes: object) -> ChangePassword:
    """What the page sends."""
    given = {
        "person": household.adult.person, "session": uuid4(), "current": PASSWORD,
        "password": ANOTHER,
    }  # fmt: skip
    return ChangePassword(**{**given, **changes})


async def test_another_password_signs_out_every_other_device_and_is_told_by_letter(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    here, there = a_sign_in(household), a_sign_in(household)
    for sign_in in (here, there):
        await accounts.call(OPEN_SESSION, sign_in)
    change = a_change(household, session=here.session)
    await accounts.call(CHANGE_PASSWORD, change, family(household))
    assert await accounts.call(GET_SESSION, ByToken(token_hash=here.token_hash))
    with pytest.raises(NotFound):
        await accounts.call(GET_SESSION, ByToken(token_hash=there.token_hash))
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, a_sign_in(household))
    assert await accounts.call(OPEN_SESSION, a_sign_in(household, password=ANOTHER))
    (letter,) = await written(accounts)
    assert (letter.kind, letter.email) == ("password_changed", household.adult.email)
    assert letter.secret is None
    assert letter.at is not None
    assert str(letter.at.utcoffset()) in ("1:00:00", "2:00:00")


async def test_a_change_of_password_sent_again_is_done_already(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    change = a_change(household)
    for _ in range(3):
        await accounts.call(CHANGE_PASSWORD, change, family(household))
    assert len(await wanted(accounts)) == 1


async def test_a_wrong_current_password_changes_nothing_and_is_not_tried_for_long(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await accounts.call(OPEN_SESSION, sign_in := a_sign_in(household))
    wrong = a_change(household, current="pas le bon du tout")
    for _ in range(10):
        with pytest.raises(CredentialsRefused):
            await accounts.call(CHANGE_PASSWORD, wrong, family(household))
    with pytest.raises(TooManyTries):
        await accounts.call(CHANGE_PASSWORD, a_change(household), family(household))
    devices = await accounts.call(LIST_DEVICES, ShowDevices(), family(household))
    assert [device.session for device in devices.devices] == [sign_in.session]
    assert await accounts.call(OPEN_SESSION, a_sign_in(household))


async def test_ones_childs_name_is_no_password(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    weak = a_change(household, password="Louane Dupont")
    with pytest.raises(PasswordTooWeak):
        await accounts.call(CHANGE_PASSWORD, weak, family(household))
    assert await accounts.call(OPEN_SESSION, a_sign_in(household))


async def test_nobody_changes_the_password_of_another(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    with pytest.raises(NotFound):
        await accounts.call(CHANGE_PASSWORD, a_change(household, person=uuid4()), family(household))
    assert await accounts.call(OPEN_SESSION, a_sign_in(household))


async def test_an_address_that_was_never_proved_gets_no_notices(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await unprove(accounts, household.adult.person)
    await accounts.call(CHANGE_PASSWORD, a_change(household), family(household))
    assert await wanted(accounts) == []
