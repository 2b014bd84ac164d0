"""Those who eat: added, corrected, shared by two households, gone from one of them."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Caller
from contracts.accounts import (
    BENEFICIARIES_MAX,
    FILIATIONS,
    REGISTER_HOUSEHOLD,
    SAVE_BENEFICIARY,
    Beneficiary,
    HouseholdFull,
    RegisterHousehold,
)
from contracts.booking import BeneficiaryRetired
from contracts.refusal import Malformed, NotAllowed, NotFound
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.families import (
    a_child,
    a_second_adult,
    applicant,
    family,
    saved,
    view_of,
)


async def two_with_a_common_child(
    accounts: AtWork,
) -> tuple[RegisterHousehold, RegisterHousehold, Beneficiary]:
    """Separated parents: Théo eats with both."""
    theo = a_child("Théo", "2013-07-12", filiation="mere")
    hers = a_household(beneficiaries=(theo,))
    his = a_household(beneficiaries=(theo.model_copy(update={"filiation": "pere"}),))
    for household in (hers, his):
        await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    return hers, his, theo


def retired(household: RegisterHousehold, child: Beneficiary) -> BeneficiaryRetired:
    """Booking let this child leave this household's list."""
    return BeneficiaryRetired(household=household.household, beneficiary=child.beneficiary)


# -- added and corrected --------------------------------------------------------------------------


@pytest.mark.parametrize("as_whom", [family, applicant])
async def test_somebody_is_added_and_it_is_kept_by_whom(
    accounts: AtWork, household: RegisterHousehold, as_whom: Any
) -> None:
    theo = a_child("Théo", "2013-07-12")
    await accounts.call(SAVE_BENEFICIARY, saved(theo), as_whom(household))
    assert (await view_of(accounts, household)).beneficiaries == (theo, *household.beneficiaries)
    by_whom = "select added_by from guardianship where beneficiary = $1"
    assert await accounts.owner.fetchval(by_whom, theo.beneficiary) == household.adult.person


async def test_adding_twice_adds_once(accounts: AtWork, household: RegisterHousehold) -> None:
    theo = saved(a_child("Théo", "2013-07-12"))
    await asyncio.gather(
        *(accounts.call(SAVE_BENEFICIARY, theo, family(household)) for _ in range(4))
    )
    assert len((await view_of(accounts, household)).beneficiaries) == 2


@pytest.mark.parametrize("filiation", FILIATIONS)
async def test_a_name_a_birth_date_and_a_filiation_are_corrected_by_another_adult(
    accounts: AtWork, household: RegisterHousehold, filiation: str
) -> None:
    other = await a_second_adult(accounts, household)
    louane = household.beneficiaries[0].model_copy(
        update={"first_name": "Loane", "last_name": "Durand", "birth_date": None,
                "filiation": filiation}
    )  # fmt: skip
    caller = Caller("family", other.person, household.household)
    await accounts.call(SAVE_BENEFICIARY, saved(louane), caller)
    assert (await view_of(accounts, household)).beneficiaries == (louane,)


async def test_a_corrected_name_is_sorted_at_its_new_place(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    elodie, zoe = a_child("Élodie"), a_child("Zoé")
    for child in (zoe, elodie):
        await accounts.call(SAVE_BENEFICIARY, saved(child), family(household))
    await accounts.call(SAVE_BENEFICIARY, saved(elodie, last_name="Ébène"), family(household))
    await accounts.call(SAVE_BENEFICIARY, saved(zoe, last_name="Eau"), family(household))
    names = [b.first_name for b in (await view_of(accounts, household)).beneficiaries]
    assert names == ["Louane", "Zoé", "Élodie"]


async def test_an_adult_may_eat_too(accounts: AtWork, household: RegisterHousehold) -> None:
    myself = a_child("Camille", "1985-02-28", filiation="moi_meme")
    await accounts.call(SAVE_BENEFICIARY, saved(myself), family(household))
    assert (await view_of(accounts, household)).beneficiaries[0] == myself


@pytest.mark.parametrize("born", [date(1899, 12, 31), date.today() + timedelta(days=2)])  # noqa: DTZ011
async def test_a_birth_date_that_nobody_can_have_is_malformed(
    accounts: AtWork, household: RegisterHousehold, born: date
) -> None:
    with pytest.raises(Malformed) as refused:
        await accounts.call(
            SAVE_BENEFICIARY, saved(a_child("Théo"), birth_date=born), family(household)
        )
    errors = refused.value.details.errors
    assert [(e.field, e.kind) for e in errors] == [("birth_date", "out_of_range")]
    assert len((await view_of(accounts, household)).beneficiaries) == 1


# -- whose they are -------------------------------------------------------------------------------


async def test_a_child_of_another_household_is_not_found_and_stays_as_it_is(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    other = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, other, OPERATOR)
    theirs = other.beneficiaries[0]
    with pytest.raises(NotFound):
        await accounts.call(SAVE_BENEFICIARY, saved(theirs, first_name="Autre"), family(household))
    assert (await view_of(accounts, other)).beneficiaries == (theirs,)
    assert (await view_of(accounts, household)).beneficiaries == household.beneficiaries


async def test_a_household_that_does_not_exist_adds_nobody(accounts: AtWork) -> None:
    with pytest.raises(NotFound):
        await accounts.call(
            SAVE_BENEFICIARY, saved(a_child("Théo")), Caller("family", uuid4(), uuid4())
        )


@pytest.mark.parametrize("kind", ["visitor", "staff", "service", "operator"])
async def test_only_the_household_itself_adds_somebody(accounts: AtWork, kind: Any) -> None:
    with pytest.raises(NotAllowed):
        await accounts.call(
            SAVE_BENEFICIARY, saved(a_child("Théo")), Caller(kind, uuid4(), uuid4())
        )


async def test_either_household_corrects_a_common_child_and_keeps_its_own_filiation(
    accounts: AtWork,
) -> None:
    hers, his, theo = await two_with_a_common_child(accounts)
    await accounts.call(SAVE_BENEFICIARY, saved(theo, first_name="Théodore"), family(hers))
    corrected = saved(theo, first_name="Théodore", last_name="Durand", filiation="tuteur")
    await accounts.call(SAVE_BENEFICIARY, corrected, family(his))
    for household, filiation in ((hers, "mere"), (his, "tuteur")):
        (seen,) = (await view_of(accounts, household)).beneficiaries
        assert (seen.first_name, seen.last_name) == ("Théodore", "Durand")
        assert seen.filiation == filiation


# -- leaving the list -----------------------------------------------------------------------------


async def test_a_child_that_leaves_one_household_stays_in_the_other(accounts: AtWork) -> None:
    hers, his, theo = await two_with_a_common_child(accounts)
    await accounts.hear(retired(hers, theo))
    left, kept = await view_of(accounts, hers), await view_of(accounts, his)
    assert (left.beneficiaries, left.former) == ((), (theo,))
    assert ([b.beneficiary for b in kept.beneficiaries], kept.former) == ([theo.beneficiary], ())
    await accounts.call(SAVE_BENEFICIARY, saved(theo, first_name="Tao"), family(his))


async def test_who_left_the_list_is_not_corrected_and_does_not_come_back(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    louane = household.beneficiaries[0]
    await accounts.hear(retired(household, louane))
    with pytest.raises(NotFound):
        await accounts.call(SAVE_BENEFICIARY, saved(louane), family(household))
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    assert (await view_of(accounts, household)).former == (louane,)


async def test_leaving_is_heard_once_however_often_it_is_told(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    louane = household.beneficiaries[0]
    ended = "select ended from guardianship where household = $1"
    await accounts.hear(retired(household, louane))
    first = await accounts.owner.fetchval(ended, household.household)
    await accounts.owner.execute("delete from inbox")  # as after a restore
    await accounts.shift_clock(timedelta(days=1))
    await accounts.hear(retired(household, louane))
    assert first is not None
    assert await accounts.owner.fetchval(ended, household.household) == first


async def test_leaving_of_somebody_unknown_holds_up_nobody(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    stranger = a_child("Théo")
    await accounts.hear(
        retired(household, stranger),
        BeneficiaryRetired(household=uuid4(), beneficiary=household.beneficiaries[0].beneficiary),
        retired(household, household.beneficiaries[0]),
    )
    assert (await view_of(accounts, household)).beneficiaries == ()


async def test_a_hundred_leave_at_once_and_nobody_else_does(accounts: AtWork) -> None:
    children = [a_child(f"Enfant {n}") for n in range(102)]
    household = a_household(beneficiaries=tuple(children))
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.hear(*(retired(household, child) for child in children[:100]))
    view = await view_of(accounts, household)
    assert {b.beneficiary for b in view.beneficiaries} == _ids(children[100:])
    assert {b.beneficiary for b in view.former} == _ids(children[:100])


def _ids(children: list[Beneficiary]) -> set[UUID]:
    return {child.beneficiary for child in children}


# -- how many -------------------------------------------------------------------------------------


async def test_of_many_who_come_at_once_as_the_thirtieth_one_is_added(accounts: AtWork) -> None:
    children = tuple(a_child(f"Enfant {n}") for n in range(BENEFICIARIES_MAX - 1))
    household = a_household(beneficiaries=children)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    answers = await asyncio.gather(
        *(
            accounts.call(SAVE_BENEFICIARY, saved(a_child(f"De plus {n}")), family(household))
            for n in range(5)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, HouseholdFull) for answer in answers) == 4
    assert len((await view_of(accounts, household)).beneficiaries) == BENEFICIARIES_MAX


async def test_a_full_list_is_corrected_and_has_room_when_somebody_left(accounts: AtWork) -> None:
    children = tuple(a_child(f"Enfant {n}") for n in range(BENEFICIARIES_MAX))
    household = a_household(beneficiaries=children)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.call(SAVE_BENEFICIARY, saved(children[0], first_name="A"), family(household))
    one_more = saved(a_child("Zoé"))
    with pytest.raises(HouseholdFull):
        await accounts.call(SAVE_BENEFICIARY, one_more, family(household))
    await accounts.hear(retired(household, children[1]))
    await accounts.call(SAVE_BENEFICIARY, one_more, family(household))
    assert len((await view_of(accounts, household)).beneficiaries) == BENEFICIARIES_MAX
