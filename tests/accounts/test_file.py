"""One's own file: what a person said of themselves, and how they say something else."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.auth import Caller
from contracts.accounts import (
    CHANGE_PROFILE,
    GET_OWN_FILE,
    REGISTER_HOUSEHOLD,
    ChangeProfile,
    Company,
    Profile,
    RegisterHousehold,
    ShowOwnFile,
)
from contracts.refusal import Malformed, NotAllowed, NotFound
from services.accounts.domain.people import check_profile, is_siret, name_key
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.families import (
    a_second_adult,
    applicant,
    family,
    file_of,
    one_that_waits,
    standing_of,
    unprove,
    view_of,
)

COMPANY = Company(name="Menuiserie Dupont", siret="73282932000074")
SAID = Profile(
    first_name="Camille", last_name="Dupont-Étienne", civility="madame",
    birth_date=date(1985, 2, 28), company=COMPANY, newsletter=True, partners=True,
)  # fmt: skip


async def say(accounts: AtWork, household: RegisterHousehold, profile: Profile) -> None:
    asked = ChangeProfile(person=household.adult.person, profile=profile)
    await accounts.call(CHANGE_PROFILE, asked, family(household))


async def consents_of(accounts: AtWork, person: UUID) -> list[tuple[str, bool]]:
    query = "select kind, given from consent where person = $1 order by at, kind"
    return [(row["kind"], row["given"]) for row in await accounts.owner.fetch(query, person)]


# -- seen -----------------------------------------------------------------------------------------


async def test_a_file_says_everything_that_the_household_said_of_itself(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    file = await file_of(accounts, household)
    adult = household.adult
    assert (file.person, file.email) == (adult.person, adult.email)
    assert file.profile == Profile(first_name=adult.first_name, last_name=adult.last_name)
    assert (file.next_email, file.has_password, file.standing) == (None, True, "validated")
    assert file.household == await view_of(accounts, household)
    assert (file.unproved, file.invitations) == ((), ())


async def test_an_adult_whose_address_is_not_proved_sees_so_and_is_listed_apart(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    other = await a_second_adult(accounts, household)
    await unprove(accounts, household.adult.person)
    file = await file_of(accounts, household)
    assert file.standing == "address_unproved"
    assert file.unproved == (household.adult,)
    assert file.household.adults == (other,)
    seen = await accounts.call(
        GET_OWN_FILE, ShowOwnFile(), Caller("family", other.person, household.household)
    )
    assert (seen.standing, seen.unproved) == ("validated", (household.adult,))


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [("waiting", None, None), ("refused", "duplicate", "duplicate"), ("validated", None, None)],
)
async def test_a_proved_adult_sees_where_the_household_stands_and_why(
    accounts: AtWork, state: str, reason: str | None, shown: str | None
) -> None:
    household = await one_that_waits(accounts)
    await accounts.owner.execute(
        "update household set state = $2, reason = $3 where id = $1",
        household.household, state, reason,
    )  # fmt: skip
    assert await standing_of(accounts, household) == (state, shown)


async def test_a_file_says_that_no_password_was_set_and_which_address_is_not_proved_yet(
    accounts: AtWork,
) -> None:
    household = a_household(password=None)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.owner.execute(
        "update person set next_email = 'autre@exemple.fr' where id = $1", household.adult.person
    )
    file = await file_of(accounts, household)
    assert (file.has_password, file.next_email) == (False, "autre@exemple.fr")


async def test_nobody_has_a_file_in_a_household_that_is_not_theirs(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    for stranger in (
        Caller("family", uuid4(), household.household),
        Caller("family", household.adult.person, uuid4()),
    ):
        with pytest.raises(NotFound):
            await accounts.call(GET_OWN_FILE, ShowOwnFile(), stranger)


@pytest.mark.parametrize("kind", ["visitor", "staff", "service", "operator"])
async def test_only_who_is_signed_in_has_a_file_and_changes_it(
    accounts: AtWork, household: RegisterHousehold, kind: Any
) -> None:
    caller = Caller(kind, household.adult.person, household.household)
    asked = ChangeProfile(person=household.adult.person, profile=SAID)
    with pytest.raises(NotAllowed):
        await accounts.call(GET_OWN_FILE, ShowOwnFile(), caller)
    with pytest.raises(NotAllowed):
        await accounts.call(CHANGE_PROFILE, asked, caller)


# -- said -----------------------------------------------------------------------------------------


async def test_what_is_said_is_read_again_and_what_is_left_out_is_gone(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await say(accounts, household, SAID)
    assert (await file_of(accounts, household)).profile == SAID
    key = "select name_key from person where id = $1"
    assert await accounts.owner.fetchval(key, household.adult.person) == "dupont-etienne camille"
    bare = Profile(first_name="Camille", last_name="Dupont")
    await say(accounts, household, bare)
    assert (await file_of(accounts, household)).profile == bare


async def test_an_applicant_changes_its_profile_too(accounts: AtWork) -> None:
    household = await one_that_waits(accounts, proved=False)
    asked = ChangeProfile(person=household.adult.person, profile=SAID)
    await accounts.call(CHANGE_PROFILE, asked, applicant(household))
    assert (await file_of(accounts, household)).profile == SAID


async def test_consents_are_noted_when_they_change_and_only_then(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    person = household.adult.person
    await say(accounts, household, SAID.model_copy(update={"partners": False}))
    assert await consents_of(accounts, person) == [("newsletter", True)]
    await say(accounts, household, SAID.model_copy(update={"partners": False}))
    assert len(await consents_of(accounts, person)) == 1, "said again is nothing new"
    await say(accounts, household, SAID.model_copy(update={"newsletter": False}))
    assert await consents_of(accounts, person) == [
        ("newsletter", True), ("newsletter", False), ("partners", True)
    ]  # fmt: skip


async def test_a_profile_is_ones_own_and_another_adult_of_the_household_has_none_here(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    other = await a_second_adult(accounts, household)
    with pytest.raises(NotFound):
        await accounts.call(
            CHANGE_PROFILE, ChangeProfile(person=other.person, profile=SAID), family(household)
        )
    nobody = Caller("family", uuid4(), household.household)
    with pytest.raises(NotFound):
        await accounts.call(
            CHANGE_PROFILE, ChangeProfile(person=nobody.actor, profile=SAID), nobody
        )


@pytest.mark.parametrize(
    ("changes", "field", "kind"),
    [
        ({"birth_date": date(1899, 12, 31)}, "profile.birth_date", "out_of_range"),
        ({"birth_date": date(2999, 1, 1)}, "profile.birth_date", "out_of_range"),
        (
            {"company": COMPANY.model_copy(update={"siret": "73282932000075"})},
            "profile.company.siret",
            "check_digit",
        ),
    ],
)
async def test_what_cannot_be_true_is_malformed_at_its_field_and_nothing_is_kept(
    accounts: AtWork, household: RegisterHousehold, changes: Any, field: str, kind: str
) -> None:
    before = await file_of(accounts, household)
    with pytest.raises(Malformed) as refused:
        await say(accounts, household, SAID.model_copy(update=changes))
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [(field, kind)]
    assert await file_of(accounts, household) == before


async def test_today_is_the_day_that_the_clock_shows(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    tomorrow = date.today() + timedelta(days=2)  # noqa: DTZ011
    born = SAID.model_copy(update={"birth_date": tomorrow})
    with pytest.raises(Malformed):
        await say(accounts, household, born)
    await accounts.shift_clock(timedelta(days=3))
    await say(accounts, household, born)
    assert (await file_of(accounts, household)).profile.birth_date == tomorrow


# -- the decisions, pure --------------------------------------------------------------------------


def test_all_that_cannot_be_true_is_said_at_once() -> None:
    wrong = SAID.model_copy(
        update={
            "birth_date": date(1850, 1, 1),
            "company": COMPANY.model_copy(update={"siret": "1" * 14}),
        }
    )
    with pytest.raises(Malformed) as refused:
        check_profile(wrong, date(2026, 11, 26))
    assert [e.field for e in refused.value.details.errors] == [
        "profile.birth_date", "profile.company.siret",
    ]  # fmt: skip
    check_profile(SAID, date(1985, 2, 28))


@pytest.mark.parametrize(
    ("siret", "fits"),
    [
        ("73282932000074", True), ("73282932000047", False), ("35600000000048", True),
        ("35600000049837", True), ("35600000049838", False), ("00000000000000", True),
    ],
)  # fmt: skip
def test_a_siret_is_checked_by_its_last_digit_and_that_of_la_poste_by_fives(
    siret: str, fits: bool
) -> None:
    assert is_siret(siret) is fits


@given(st.integers(0, 10**13 - 1), st.integers(0, 13), st.integers(1, 9))
def test_one_digit_typed_wrong_is_always_found(number: int, place: int, off: int) -> None:
    head = f"{number:013d}"
    if head.startswith("356000000"):
        return
    (siret,) = (head + str(d) for d in range(10) if is_siret(head + str(d)))
    wrong = f"{siret[:place]}{(int(siret[place]) + off) % 10}{siret[place + 1 :]}"
    assert wrong.startswith("356000000") or not is_siret(wrong)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)


@given(NAMES, NAMES)
def test_a_name_sorts_the_same_however_it_is_typed(last: str, first: str) -> None:
    key = name_key(last, first)
    assert name_key(f"  {last} ", f" {first}\t") == key
    assert name_key(key, "") == key, "a key is its own key"
    assert "  " not in key


@pytest.mark.parametrize(
    ("last", "first"),
    [("DUPONT", "Éloïse"), ("Dupont", "Eloise"), ("dupont", "E\u0301loi\u0308se")],
)
def test_accents_and_capitals_do_not_count_in_an_order(last: str, first: str) -> None:
    assert name_key(last, first) == "dupont eloise"
