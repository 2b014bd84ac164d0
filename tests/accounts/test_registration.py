"""Registering: the same for everybody, whoever has the address."""

import asyncio
import statistics
import time
from datetime import timedelta

import pytest

from contracts.accounts import (
    GET_SESSION,
    OPEN_SESSION,
    PROVE_ADDRESS,
    REGISTER,
    AddressTaken,
    ByToken,
    Company,
    CredentialsRefused,
    HouseholdChanged,
    LetterWanted,
    PasswordTooWeak,
    Profile,
    ProveAddress,
    Register,
    TooManyTries,
    household_of,
)
from contracts.refusal import Malformed
from tests.accounts.at_work import AtWork
from tests.accounts.newcomers import (
    a_registration,
    a_session,
    an_origin,
    opens,
    proved,
    registered,
    sign_in_of,
    signed_in,
    wanted,
    written,
)


async def test_who_registers_is_signed_in_at_once_and_has_an_address_to_prove(
    accounts: AtWork,
) -> None:
    registration, view = await registered(accounts)
    assert view.person == registration.registration
    assert view.household == household_of(registration.registration)
    assert (view.first_name, view.last_name) == ("Camille", "Dupont")
    assert view.standing == "address_unproved"
    again = await accounts.call(GET_SESSION, ByToken(token_hash=registration.open.token_hash))
    assert again == view


async def test_a_letter_is_wanted_and_nothing_personal_is_told(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    ((name, body),) = await accounts.told()
    assert name == LetterWanted.name
    assert set(body) == {"letter"}
    (letter,) = await written(accounts)
    assert (letter.kind, letter.email, letter.first_name) == (
        "proof",
        registration.email,
        "Camille",
    )
    assert letter.minutes == 3 * 24 * 60


async def test_what_was_accepted_is_noted_with_its_version(accounts: AtWork) -> None:
    profile = Profile(first_name="Camille", last_name="Dupont", newsletter=True)
    registration, _ = await registered(accounts, profile=profile)
    rows = await accounts.owner.fetch(
        "select kind, given, terms from consent where person = $1 order by kind",
        registration.registration,
    )
    assert [tuple(row) for row in rows] == [
        ("newsletter", True, ""), ("terms", True, registration.terms_version),
    ]  # fmt: skip


async def test_a_registration_sent_four_times_at_once_is_one_account_and_one_session(
    accounts: AtWork,
) -> None:
    registration = a_registration()
    views = await asyncio.gather(*(accounts.call(REGISTER, registration) for _ in range(4)))
    assert len(set(views)) == 1
    assert len(await wanted(accounts)) == 1
    with pytest.raises(CredentialsRefused):
        await accounts.call(
            REGISTER, registration.model_copy(update={"password": "un tout autre mot"})
        )


async def test_a_registration_sent_again_later_opens_another_session(accounts: AtWork) -> None:
    registration, view = await registered(accounts)
    later = registration.model_copy(update={"open": a_session()})
    assert (await accounts.call(REGISTER, later)).session == later.open.session != view.session


async def test_nobody_finds_a_password_by_registering_again_and_again(accounts: AtWork) -> None:
    registration, _ = await registered(accounts)
    guess = registration.model_copy(update={"password": "un tout autre mot"})
    for _ in range(10):
        with pytest.raises(CredentialsRefused):
            await accounts.call(REGISTER, guess)
    with pytest.raises(TooManyTries):
        await accounts.call(REGISTER, guess)


@pytest.mark.parametrize(
    ("changes", "field", "kind"),
    [
        ({"birth_date": "2199-01-01"}, "profile.birth_date", "out_of_range"),
        ({"birth_date": "1899-12-31"}, "profile.birth_date", "out_of_range"),
        (
            {"company": Company(name="Coop", siret="73282932000075")},
            "profile.company.siret", "check_digit",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_true_of_a_person_is_refused_beside_its_field(
    accounts: AtWork, changes: dict[str, object], field: str, kind: str
) -> None:
    profile = Profile(first_name="Camille", last_name="Dupont", **changes)
    registration = a_registration(profile=profile)
    with pytest.raises(Malformed) as refused:
        await accounts.call(REGISTER, registration)
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [(field, kind)]
    assert await accounts.told() == []


async def test_a_weak_password_registers_nobody(accounts: AtWork) -> None:
    registration = a_registration(password="camille dupont")
    with pytest.raises(PasswordTooWeak) as refused:
        await accounts.call(REGISTER, registration)
    assert refused.value.details.why == "guessable"
    count = "select count(*) from person where id = $1"
    assert await accounts.owner.fetchval(count, registration.registration) == 0


async def test_nobody_registers_with_a_session_that_is_somebody_elses(accounts: AtWork) -> None:
    first, _ = await registered(accounts)
    with pytest.raises(CredentialsRefused):
        await accounts.call(REGISTER, a_registration(open=first.open))


async def test_registrations_from_one_place_are_counted_and_come_back(accounts: AtWork) -> None:
    origin = an_origin()
    weak = a_registration(password="court", origin=origin)
    for _ in range(20):
        with pytest.raises(PasswordTooWeak):
            await accounts.call(REGISTER, weak)
    with pytest.raises(TooManyTries) as refused:
        await accounts.call(REGISTER, weak)
    assert 0 < refused.value.details.retry_seconds <= 60
    await accounts.call(REGISTER, a_registration(origin=an_origin()))
    await accounts.shift_clock(timedelta(seconds=61))
    await accounts.call(REGISTER, a_registration(origin=origin))


async def test_an_address_gets_few_proof_letters_whoever_registers_with_it(
    accounts: AtWork,
) -> None:
    registrations = [a_registration(email="beaucoup@exemple.fr") for _ in range(5)]
    views = [await accounts.call(REGISTER, each) for each in registrations]
    assert {view.standing for view in views} == {"address_unproved"}
    assert len(await wanted(accounts)) == 3


# -- an address that somebody has ---------------------------------------------------------------


async def test_registering_with_a_proved_address_looks_the_same_and_writes_to_its_owner(
    accounts: AtWork,
) -> None:
    owner = await proved(accounts, profile=Profile(first_name="Dominique", last_name="Martin"))
    _, view = await registered(accounts, email=owner.email.upper())
    assert view.standing == "address_unproved"
    (letter,) = await written(accounts)
    assert (letter.kind, letter.first_name, letter.minutes) == ("account_exists", "Dominique", 30)
    assert letter.email == owner.email
    opened = await accounts.call(OPEN_SESSION, sign_in_of(owner))
    assert opened.person == owner.registration, "the stranger's registration stands in no way"


async def test_known_and_unknown_addresses_are_registered_in_the_same_time(
    accounts: AtWork,
) -> None:
    owner = await proved(accounts)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(30):
        for known in (True, False):
            changes = {"email": owner.email} if known else {}
            registration = a_registration(**changes)
            started = time.perf_counter()
            await accounts.call(REGISTER, registration)
            seconds[known].append(time.perf_counter() - started)
    medians = {known: statistics.median(taken) for known, taken in seconds.items()}
    assert max(medians.values()) < 2 * min(medians.values()), medians


async def test_of_two_registrations_with_one_address_the_first_proof_wins(
    accounts: AtWork,
) -> None:
    first, _ = await registered(accounts)
    second, _ = await registered(accounts, email=first.email)
    (letter_of_first,), (letter_of_second,) = [
        await written(accounts, letter) for letter in await wanted(accounts)
    ]
    assert (letter_of_first.kind, letter_of_second.kind) == ("proof", "proof")
    await accounts.call(
        PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter_of_second)), signed_in(second)
    )
    with pytest.raises(AddressTaken):
        await accounts.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=opens(letter_of_first)), signed_in(first)
        )
    with pytest.raises(CredentialsRefused):
        await accounts.call(OPEN_SESSION, sign_in_of(first, password="sept rivières basses"))
    opened = await accounts.call(OPEN_SESSION, sign_in_of(second))
    assert opened.person == second.registration


async def test_the_first_proof_is_told_with_where_the_household_stands(accounts: AtWork) -> None:
    registration = await proved(accounts)
    told = [body for name, body in await accounts.told() if name == HouseholdChanged.name]
    household = household_of(registration.registration)
    assert told == [{"household": str(household), "state": "waiting", "version": 1}]
    view = await accounts.call(GET_SESSION, ByToken(token_hash=registration.open.token_hash))
    assert view.standing == "waiting"


async def test_a_registration_that_postgresql_cannot_write_is_malformed(accounts: AtWork) -> None:
    odd: Register = a_registration(profile=Profile(first_name="Ca\x00mille", last_name="Dupont"))
    with pytest.raises(Malformed):
        await accounts.call(REGISTER, odd)
