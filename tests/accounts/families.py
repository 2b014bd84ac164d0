"""Families of the tests of accounts: as they call, as they wait, what they see."""

from typing import Any
from uuid import UUID, uuid4

from chassis.auth import Caller
from contracts.accounts import (
    GET_HOUSEHOLD,
    GET_OWN_FILE,
    REGISTER_HOUSEHOLD,
    Adult,
    Beneficiary,
    ByHousehold,
    HouseholdView,
    OwnFile,
    RegisterHousehold,
    SaveBeneficiary,
    ShowOwnFile,
)
from tests.accounts.at_work import OPERATOR, AtWork
from tests.accounts.conftest import a_household

NOTIFIER = Caller("service", uuid4())


def family(household: RegisterHousehold) -> Caller:
    """The first adult, signed in."""
    return Caller("family", household.adult.person, household.household)


def applicant(household: RegisterHousehold) -> Caller:
    """The first adult, signed in while the account waits."""
    return Caller("applicant", household.adult.person, household.household)


def a_child(first_name: str, birth_date: str | None = None, **changes: object) -> Beneficiary:
    """Somebody who eats."""
    given: dict[str, Any] = {
        "beneficiary": uuid4(), "first_name": first_name, "last_name": "Dupont",
        "birth_date": birth_date, "filiation": "pere",
    }  # fmt: skip
    return Beneficiary(**{**given, **changes})


def saved(child: Beneficiary, **changes: object) -> SaveBeneficiary:
    """What the page sends to add or correct somebody."""
    return SaveBeneficiary(**{**dict(child), **changes})


async def a_second_adult(accounts: AtWork, household: RegisterHousehold) -> Adult:
    """Another adult of the same household, their address proved."""
    other = Adult(
        person=uuid4(), first_name="Sacha", last_name="Dupont", email=f"{uuid4().hex}@exemple.fr"
    )
    again = household.model_copy(update={"adult": other, "password": None, "beneficiaries": ()})
    await accounts.call(REGISTER_HOUSEHOLD, again, OPERATOR)
    return other


async def one_that_waits(accounts: AtWork, *, proved: bool = True) -> RegisterHousehold:
    """A household that registered on its own; its address is proved or not."""
    household = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, household, OPERATOR)
    await accounts.owner.execute(
        "update household set state = 'waiting' where id = $1", household.household
    )
    if not proved:
        await unprove(accounts, household.adult.person)
    return household


async def unprove(accounts: AtWork, person: UUID) -> None:
    """As if this person had not opened their letter yet."""
    await accounts.owner.execute("update person set address_proved = null where id = $1", person)


async def view_of(accounts: AtWork, household: RegisterHousehold) -> HouseholdView:
    """What the household sees of itself."""
    asked = ByHousehold(household=household.household)
    return await accounts.call(GET_HOUSEHOLD, asked, family(household))


async def file_of(accounts: AtWork, household: RegisterHousehold) -> OwnFile:
    """The first adult's own file."""
    return await accounts.call(GET_OWN_FILE, ShowOwnFile(), applicant(household))


async def standing_of(accounts: AtWork, household: RegisterHousehold) -> tuple[str, str | None]:
    """Where the account stands, and why it was refused."""
    file = await file_of(accounts, household)
    return file.standing, file.reason
