"""A day's list has the names of those who eat, and nothing else of their families."""

from uuid import UUID

import pytest

from chassis.auth import Caller
from contracts.accounts import (
    NAME_BENEFICIARIES,
    REGISTER_HOUSEHOLD,
    NameBeneficiaries,
    RegisterHousehold,
)
from contracts.values import StaffRole
from tests.accounts.agents import AIGUILHE, BRIVES, EVERYWHERE, entitled, staff
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household
from tests.accounts.families import a_child


async def of(accounts: AtWork, authority: UUID) -> RegisterHousehold:
    """A household with a child, that has a right in this authority."""
    household = a_household(beneficiaries=(a_child("Louane", last_name="Dupont"),))
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.hear(entitled(household.household, authority))
    return household


async def named(accounts: AtWork, caller: Caller, *households: RegisterHousehold) -> list[UUID]:
    """Whose names an agent reads."""
    asked = NameBeneficiaries(households=tuple(each.household for each in households))
    answer = await accounts.call(NAME_BENEFICIARIES, asked, caller)
    return [one.beneficiary for one in answer.beneficiaries]


@pytest.mark.parametrize("role", ["administrator", "clerk", "kitchen", "attendance", "reader"])
async def test_who_may_see_who_eats_reads_names_of_their_own_authority(
    accounts: AtWork, role: StaffRole
) -> None:
    mine, theirs = await of(accounts, AIGUILHE), await of(accounts, BRIVES)
    ours = [child.beneficiary for child in mine.beneficiaries]
    assert await named(accounts, staff(role, AIGUILHE), mine, theirs) == ours


async def test_who_only_takes_money_reads_no_names(accounts: AtWork) -> None:
    mine = await of(accounts, AIGUILHE)
    assert await named(accounts, staff("regisseur", AIGUILHE), mine) == []


async def test_the_agglomeration_reads_names_everywhere(accounts: AtWork) -> None:
    mine, theirs = await of(accounts, AIGUILHE), await of(accounts, BRIVES)
    assert len(await named(accounts, EVERYWHERE, mine, theirs)) == 2


async def test_a_name_comes_with_nothing_else(accounts: AtWork) -> None:
    mine = await of(accounts, AIGUILHE)
    asked = NameBeneficiaries(households=(mine.household,))
    answer = await accounts.call(NAME_BENEFICIARIES, asked, staff("kitchen", AIGUILHE))
    (one,) = answer.beneficiaries
    assert one.model_dump().keys() == {"household", "beneficiary", "first_name", "last_name"}
    assert (one.first_name, one.last_name) == ("Louane", "Dupont")
