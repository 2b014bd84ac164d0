"""Households: taken over, seen by their own, found by those who write to them."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from chassis.auth import Caller
from contracts.accounts import (
    FIND_RECIPIENTS,
    GET_HOUSEHOLD,
    GET_SESSION,
    OPEN_SESSION,
    REGISTER_HOUSEHOLD,
    ByHousehold,
    ByToken,
    FindRecipients,
    HouseholdChanged,
    RegisterHousehold,
)
from contracts.booking import BeneficiaryRetired
from contracts.refusal import Malformed, NotAllowed, NotFound
from tests.accounts.at_work import NOBODY, OPERATOR, AtWork
from tests.accounts.conftest import a_household, a_sign_in
from tests.accounts.families import (
    NOTIFIER,
    a_child,
    a_second_adult,
    applicant,
    family,
    one_that_waits,
    standing_of,
    unprove,
    view_of,
)


async def test_a_family_sees_its_household_eldest_first_and_unknown_ages_by_name(
    accounts: AtWork,
) -> None:
    children = (
        a_child("Zoé"), a_child("Louane", "2018-05-10"), a_child("Éloïse"),
        a_child("Théo", "2013-07-12"),
    )  # fmt: skip
    household = a_household(beneficiaries=children)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    view = await accounts.call(
        GET_HOUSEHOLD, ByHousehold(household=household.household), family(household)
    )
    assert [b.first_name for b in view.beneficiaries] == ["Théo", "Louane", "Éloïse", "Zoé"]
    assert view.adults == (household.adult,)
    assert view.beneficiaries[0] == children[3]


async def test_an_applicant_sees_its_household_as_a_family_does(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    asked = ByHousehold(household=household.household)
    seen = await accounts.call(GET_HOUSEHOLD, asked, applicant(household))
    assert seen == await view_of(accounts, household)


async def test_another_household_does_not_exist_for_a_family(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    stranger = Caller("family", uuid4(), uuid4())
    for caller in (stranger, Caller("family", household.adult.person, uuid4())):
        with pytest.raises(NotFound):
            await accounts.call(GET_HOUSEHOLD, ByHousehold(household=household.household), caller)
    with pytest.raises(NotFound):
        await accounts.call(GET_HOUSEHOLD, ByHousehold(household=stranger.household), stranger)


@pytest.mark.parametrize("kind", ["visitor", "family", "applicant", "staff", "service"])
async def test_only_an_operator_takes_over_households(accounts: AtWork, kind: Any) -> None:
    with pytest.raises(NotAllowed):
        await accounts.call(REGISTER_HOUSEHOLD, a_household(), Caller(kind, uuid4(), uuid4()))


@pytest.mark.parametrize("kind", ["visitor", "family", "applicant", "staff", "operator"])
async def test_only_a_service_finds_recipients(accounts: AtWork, kind: Any) -> None:
    with pytest.raises(NotAllowed):
        await accounts.call(
            FIND_RECIPIENTS, FindRecipients(households=(uuid4(),)), Caller(kind, uuid4(), uuid4())
        )


async def test_taking_over_again_corrects_and_takes_nothing_away(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    louane = household.beneficiaries[0].model_copy(update={"first_name": "Louanne"})
    theo = a_child("Théo", "2013-07-12")
    again = household.model_copy(
        update={
            "adult": household.adult.model_copy(update={"last_name": "Durand"}),
            "password": "un tout autre mot",
            "beneficiaries": (theo,),
        }
    )
    await accounts.call(REGISTER_HOUSEHOLD, again, OPERATOR)
    await accounts.call(
        REGISTER_HOUSEHOLD, again.model_copy(update={"beneficiaries": (louane,)}), OPERATOR
    )
    view = await accounts.call(
        GET_HOUSEHOLD, ByHousehold(household=household.household), family(household)
    )
    assert [b.first_name for b in view.beneficiaries] == ["Théo", "Louanne"]
    assert view.adults[0].last_name == "Durand"
    assert await accounts.call(OPEN_SESSION, a_sign_in(household)), "the first password counts"


async def test_taking_over_again_validates_an_account_that_waits_and_tells_it(
    accounts: AtWork,
) -> None:
    household = await one_that_waits(accounts, proved=False)
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    assert await standing_of(accounts, household) == ("validated", None), "the address too"
    assert [(name, body["state"]) for name, body in await accounts.told()] == [
        (HouseholdChanged.name, "validated")
    ]


async def test_taking_over_again_does_not_wake_a_refused_account(accounts: AtWork) -> None:
    household = await one_that_waits(accounts)
    await accounts.owner.execute(
        "update household set state = 'refused', reason = 'outside' where id = $1",
        household.household,
    )
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    assert await standing_of(accounts, household) == ("refused", "outside")
    assert await accounts.told() == []


async def test_a_household_that_is_taken_over_hears_nothing_of_it(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    assert await standing_of(accounts, household) == ("validated", None)
    assert await accounts.told() == []


async def test_a_child_of_separated_parents_belongs_to_both_households(accounts: AtWork) -> None:
    theo = a_child("Théo", "2013-07-12", filiation="mere")
    hers = a_household(beneficiaries=(theo,))
    his = a_household(beneficiaries=(theo.model_copy(update={"filiation": "pere"}),))
    for household in (hers, his):
        await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    for household, filiation in ((hers, "mere"), (his, "pere")):
        view = await accounts.call(
            GET_HOUSEHOLD, ByHousehold(household=household.household), family(household)
        )
        assert [(b.beneficiary, b.filiation) for b in view.beneficiaries] == [
            (theo.beneficiary, filiation)
        ]


@pytest.mark.parametrize(
    ("field", "kind"),
    [("adult.email", "taken"), ("adult.person", "taken"), ("beneficiaries", "twice")],
)
async def test_what_is_another_persons_is_refused_and_nothing_is_kept(
    accounts: AtWork, household: RegisterHousehold, field: str, kind: str
) -> None:
    other = a_household()
    changes: dict[str, Any] = {
        "adult.email": {
            "adult": other.adult.model_copy(update={"email": household.adult.email.upper()})
        },
        "adult.person": {
            "adult": other.adult.model_copy(update={"person": household.adult.person})
        },
        "beneficiaries": {"beneficiaries": household.beneficiaries * 2},
    }
    with pytest.raises(Malformed) as refused:
        await accounts.call(REGISTER_HOUSEHOLD, other.model_copy(update=changes[field]), OPERATOR)
    assert [(e.field, e.kind) for e in refused.value.details.errors] == [(field, kind)]
    found = await accounts.call(
        FIND_RECIPIENTS, FindRecipients(households=(other.household,)), NOTIFIER
    )
    assert found.households == ()


async def test_recipients_of_many_households_are_found_at_once(accounts: AtWork) -> None:
    households = [a_household() for _ in range(3)]
    for household in households:
        await accounts.call(
            REGISTER_HOUSEHOLD, household.model_copy(update={"password": None}), OPERATOR
        )
    wanted = (*(h.household for h in households), households[0].household, uuid4())
    found = await accounts.call(FIND_RECIPIENTS, FindRecipients(households=wanted), NOTIFIER)
    assert {view.household: view.adults for view in found.households} == {
        h.household: (h.adult,) for h in households
    }


async def test_nobody_is_written_to_before_their_address_is_proved(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    other = await a_second_adult(accounts, household)
    await unprove(accounts, household.adult.person)
    found = await accounts.call(
        FIND_RECIPIENTS, FindRecipients(households=(household.household,)), NOTIFIER
    )
    assert [view.adults for view in found.households] == [(other,)]
    assert (await view_of(accounts, household)).adults == (other,)


async def test_who_writes_still_finds_the_names_of_those_who_left(
    accounts: AtWork, household: RegisterHousehold
) -> None:
    louane = household.beneficiaries[0]
    await accounts.hear(
        BeneficiaryRetired(household=household.household, beneficiary=louane.beneficiary)
    )
    found = await accounts.call(
        FIND_RECIPIENTS, FindRecipients(households=(household.household,)), NOTIFIER
    )
    assert [(v.beneficiaries, v.former) for v in found.households] == [((), (louane,))]


async def test_a_name_that_postgresql_cannot_write_is_malformed(accounts: AtWork) -> None:
    given = a_household()
    adult = given.adult.model_copy(update={"first_name": "Ca\x00mille"})
    with pytest.raises(Malformed):
        await accounts.call(REGISTER_HOUSEHOLD, given.model_copy(update={"adult": adult}), OPERATOR)


async def test_logs_carry_no_personal_data(
    accounts: AtWork, household: RegisterHousehold, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in = a_sign_in(household)
    await accounts.call(OPEN_SESSION, sign_in)
    await accounts.call(GET_SESSION, ByToken(token_hash=sign_in.token_hash))
    await accounts.call(
        GET_HOUSEHOLD, ByHousehold(household=household.household), family(household)
    )
    with pytest.raises(Malformed):
        await accounts.call(
            REGISTER_HOUSEHOLD,
            a_household(adult=household.adult.model_copy(update={"person": uuid4()})),
            OPERATOR,
        )
    said = "".join(capsys.readouterr())
    assert "accounts.open_session" in said
    for secret in ("Camille", "Dupont", household.adult.email, sign_in.token_hash, "Louane"):
        assert secret not in said


async def test_the_application_may_do_what_it_does_and_no_more(accounts: AtWork) -> None:
    assert NOBODY.kind == "visitor"
    for statement in (
        "delete from person", "update person set id = gen_random_uuid()",
        "delete from guardianship", "update session set person = gen_random_uuid()",
        "select set_clock_offset('1 day')", "create table intruder (id int)",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await accounts.running.pool.execute(statement)
