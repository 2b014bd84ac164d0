"""Accounts at work, with a household that can sign in."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from contracts.accounts import (
    REGISTER_HOUSEHOLD,
    Adult,
    Beneficiary,
    OpenSession,
    RegisterHousehold,
)
from services.accounts.app import SERVICE
from tests.accounts.at_work import OPERATOR, AtWork, at_work
from tests.databases import Templates

PASSWORD = "neuf chats gris"


@pytest.fixture(scope="module")
async def _running(templates: Templates) -> AsyncIterator[AtWork]:
    async with at_work(templates, SERVICE) as accounts:
        yield accounts


@pytest.fixture
async def accounts(_running: AtWork) -> AtWork:
    """The service, its clock set right."""
    return await _running.anew()


def a_household(**changes: object) -> RegisterHousehold:
    """A household that no other test knows."""
    adult = Adult(
        person=uuid4(), first_name="Camille", last_name="Dupont", email=f"{uuid4().hex}@exemple.fr"
    )
    louane = Beneficiary(
        beneficiary=uuid4(), first_name="Louane", last_name="Dupont", birth_date="2018-05-10",
        filiation="mere",
    )  # fmt: skip
    given = {
        "household": uuid4(), "adult": adult, "password": PASSWORD, "beneficiaries": (louane,)
    }  # fmt: skip
    return RegisterHousehold(**{**given, **changes})


@pytest.fixture
async def household(accounts: AtWork) -> RegisterHousehold:
    """A registered household."""
    registered = a_household()
    await accounts.call(REGISTER_HOUSEHOLD, registered, OPERATOR)
    return registered


def a_sign_in(household: RegisterHousehold, **changes: object) -> OpenSession:
    """What the gateway sends when somebody signs in."""
    given = {
        "session": uuid4(), "token_hash": uuid4().hex * 2, "email": household.adult.email,
        "password": PASSWORD,
    }  # fmt: skip
    return OpenSession(**{**given, **changes})
