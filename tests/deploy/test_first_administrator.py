"""A command appoints the first administrator, as often as one likes, and says what is next."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from chassis.client import Clients
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    LIST_ROLES,
    SET_ROLES,
    AgentRoles,
    DescribeAuthority,
    RolesChanged,
    SetRoles,
    ShowRoles,
)
from contracts.values import AGGLOMERATION
from deploy import first_administrator
from deploy.first_administrator import UnknownAuthority, appoint
from services.accounts.app import SERVICE as ACCOUNTS
from services.subscriptions.app import SERVICE as SUBSCRIPTIONS
from tests.accounts.at_work import OPERATOR, PRIVATE_KEYS, AtWork, at_work
from tests.databases import Templates

WHO = ("Nadia.Roux@mairie.example", "Nadia", "Roux")


class Operator:
    """The command line beside two running services."""

    def __init__(self, accounts: AtWork, subscriptions: AtWork, clients: Clients):
        self.accounts, self.subscriptions, self.clients = accounts, subscriptions, clients

    async def roles(self, authority: UUID = AGGLOMERATION) -> list[AgentRoles]:
        """Who holds what there."""
        asked = ShowRoles.model_validate({"authority": authority})
        return list((await self.subscriptions.call(LIST_ROLES, asked, OPERATOR)).agents)


@pytest.fixture(scope="module")
async def operator(templates: Templates) -> AsyncIterator[Operator]:
    """Accounts and subscriptions at work, and the operator's key."""
    async with at_work(templates, ACCOUNTS) as accounts, at_work(templates, SUBSCRIPTIONS) as subs:
        clients = Clients(
            {"accounts": accounts.url, "subscriptions": subs.url},
            first_administrator.Signer(PRIVATE_KEYS["operator"]),
        )
        yield Operator(accounts, subs, clients)
        await clients.close()


async def test_somebody_becomes_the_agglomerations_administrator_and_twice_is_once(
    operator: Operator,
) -> None:
    agent, is_new = await appoint(operator.clients, *WHO)
    assert (agent.enrolled, is_new) == (False, True)
    again = await appoint(operator.clients, WHO[0].lower(), *WHO[1:])
    assert again == (agent, False)
    assert await operator.roles() == [
        AgentRoles(agent=agent.agent, roles=("administrator",), version=1)
    ]
    told = [name for name, _ in await operator.subscriptions.told()]
    assert told.count(RolesChanged.name) == 1
    letters = [name for name, _ in await operator.accounts.told()]
    assert letters.count("accounts.letter_wanted.v1") == 1


async def test_a_commune_is_found_by_its_name_as_people_type_it_and_other_roles_stay(
    operator: Operator,
) -> None:
    town = uuid4()
    named = DescribeAuthority.model_validate({"authority": town, "label": "Saint-Éloi-la-Côte"})
    await operator.subscriptions.call(DESCRIBE_AUTHORITY, named, OPERATOR)
    agent, _ = await appoint(operator.clients, *WHO, "saint eloi la cote")
    held = SetRoles.model_validate(
        {"agent": agent.agent, "authority": town, "roles": ["clerk"], "seen_version": 1}
    )
    await operator.subscriptions.call(SET_ROLES, held, OPERATOR)
    await appoint(operator.clients, *WHO, str(town))
    (roles,) = await operator.roles(town)
    assert (roles.roles, roles.version) == (("administrator", "clerk"), 3)


async def test_a_name_that_no_authority_has_appoints_nobody(operator: Operator) -> None:
    with pytest.raises(UnknownAuthority, match="Vatan"):
        await appoint(operator.clients, "paul@mairie.example", "Paul", "Faure", "Vatan")
    assert len(await operator.accounts.owner.fetch("select from agent where email ~ 'paul'")) == 0


def test_the_command_says_what_is_missing_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ACCOUNTS_URL", "ACCOUNTS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert first_administrator.main(list(WHO)) == 1
    assert "ACCOUNTS_URL" in capsys.readouterr().err
