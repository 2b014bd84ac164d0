"""Every operation × everyone who may knock: what the contract declares, and nothing more.

`REQUESTS` asks each operation for the Dupont family's own things. An operation that is not there
fails the build. Whoever the contract does not name is turned away before anything is read; another
household gets no word of the Duponts, and changes nothing of theirs.
"""

from collections.abc import AsyncIterator, Callable
from datetime import date
from uuid import uuid4

import pytest
from pydantic import BaseModel

from chassis.auth import Caller
from contracts import accounts, booking, payments, subscriptions
from contracts.act import ShowActs
from contracts.operation import OPERATIONS
from tests.authorization.world import (
    DAY,
    ELSEWHERE,
    PASSWORD,
    ROLES,
    World,
    a_world,
    an_agent,
    operations,
)
from tests.databases import Templates
from tests.town import AUTHORITY, CANTEEN, REGIE, a_regulation

OF_THE_AGGLOMERATION = {"accounts.list_waiting", "accounts.judge_household"}
"""What only agents of the agglomeration are answered."""
Request = Callable[[World], BaseModel]
CHECKOUT = uuid4()


def a_session() -> accounts.NewSession:
    """A session that nobody has opened yet."""
    return accounts.NewSession(session=uuid4(), token_hash=uuid4().hex * 2)


PROFILE = accounts.Profile(first_name="Camille", last_name="Dupont")
REQUESTS: dict[str, Request] = {
    "accounts.open_session": lambda w: accounts.OpenSession(
        session=uuid4(), token_hash=uuid4().hex * 2, password=PASSWORD,
        email=f"{w.dupont.household}@famille.example",
    ),
    "accounts.get_session": lambda w: accounts.ByToken(token_hash=uuid4().hex * 2),
    "accounts.close_session": lambda w: accounts.ByToken(token_hash=uuid4().hex * 2),
    "accounts.get_household": lambda w: accounts.ByHousehold(household=w.dupont.household),
    "accounts.register_household": lambda w: accounts.RegisterHousehold(
        household=w.dupont.household,
        adult=accounts.Adult(person=w.dupont.caller.actor, first_name="Camille",
                             last_name="Dupont",
                             email=f"{w.dupont.household}@famille.example"),
    ),
    "accounts.find_recipients": lambda w: accounts.FindRecipients(
        households=(w.dupont.household,)
    ),
    "accounts.register": lambda w: accounts.Register(
        registration=uuid4(), open=a_session(), profile=PROFILE, email="nouveau@famille.example",
        password=PASSWORD, terms_version=accounts.TERMS_VERSION,
    ),
    "accounts.change_password": lambda w: accounts.ChangePassword(
        person=w.dupont.caller.actor, session=w.session, current=PASSWORD,
        password="une-autre-phrase-solide-42",
    ),
    "accounts.list_devices": lambda w: accounts.ShowDevices(),
    "accounts.close_device": lambda w: accounts.CloseDevice(session=w.session),
    "accounts.close_other_devices": lambda w: accounts.CloseOtherDevices(current=uuid4()),
    "accounts.get_own_file": lambda w: accounts.ShowOwnFile(),
    "accounts.change_profile": lambda w: accounts.ChangeProfile(
        person=w.dupont.caller.actor, profile=PROFILE
    ),
    "accounts.change_email": lambda w: accounts.ChangeEmail(
        letter=uuid4(), email="ailleurs@famille.example", password=PASSWORD
    ),
    "accounts.prove_again": lambda w: accounts.ProveAgain(letter=uuid4()),
    "accounts.save_beneficiary": lambda w: accounts.SaveBeneficiary(
        beneficiary=w.dupont.louane, first_name="Louane", last_name="Dupont", filiation="mere"
    ),
    "accounts.invite_adult": lambda w: accounts.InviteAdult(
        invitation=uuid4(), email="autre@famille.example"
    ),
    "accounts.cancel_invitation": lambda w: accounts.ByInvitation(invitation=w.invitation),
    "accounts.judge_household": lambda w: accounts.JudgeHousehold(
        household=w.waiting.household, verdict="validated"
    ),
    "accounts.ask_password_link": lambda w: accounts.AskPasswordLink(
        letter=uuid4(), email=f"{w.dupont.household}@famille.example"
    ),
    "accounts.get_link": lambda w: accounts.BySecret(secret_hash=uuid4().hex * 2),
    "accounts.set_password": lambda w: accounts.SetPassword(
        secret_hash=uuid4().hex * 2, password=PASSWORD, open=a_session()
    ),
    "accounts.prove_address": lambda w: accounts.ProveAddress(secret_hash=uuid4().hex * 2),
    "accounts.accept_invitation": lambda w: accounts.AcceptInvitation(
        secret_hash=uuid4().hex * 2, person=uuid4(), profile=PROFILE, password=PASSWORD,
        terms_version=accounts.TERMS_VERSION, open=a_session(),
    ),
    "accounts.write_letters": lambda w: accounts.WriteLetters(letters=(w.invitation,)),
    "accounts.invite_agent": lambda w: accounts.InviteAgent(
        agent=uuid4(), letter=uuid4(), email="agent@mairie.example", first_name="Alix",
        last_name="Martin", authority=AUTHORITY,
    ),
    "accounts.find_agents": lambda w: accounts.FindAgents(agents=(uuid4(),)),
    "accounts.begin_enrolment": lambda w: accounts.BeginEnrolment(secret_hash=uuid4().hex * 2),
    "accounts.finish_enrolment": lambda w: accounts.FinishEnrolment(
        secret_hash=uuid4().hex * 2, password=PASSWORD, code="123456", open=a_session()
    ),
    "accounts.open_agent_session": lambda w: accounts.OpenAgentSession(
        session=uuid4(), token_hash=uuid4().hex * 2, email="agent@mairie.example",
        password=PASSWORD, code="123456",
    ),
    "accounts.get_agent_session": lambda w: accounts.ByAgentToken(token_hash=uuid4().hex * 2),
    "accounts.close_agent_session": lambda w: accounts.ByAgentToken(token_hash=uuid4().hex * 2),
    "accounts.list_agent_devices": lambda w: accounts.ShowAgentDevices(),
    "accounts.close_agent_device": lambda w: accounts.CloseAgentDevice(session=uuid4()),
    "accounts.renew_recovery_codes": lambda w: accounts.RenewRecoveryCodes(
        renewal=uuid4(), password=PASSWORD
    ),
    "accounts.ask_agent_link": lambda w: accounts.AskAgentLink(
        letter=uuid4(), email="agent@mairie.example"
    ),
    "accounts.describe_households": lambda w: accounts.DescribeHouseholds(
        households=(w.dupont.household,)
    ),
    "accounts.name_beneficiaries": lambda w: accounts.NameBeneficiaries(
        households=(w.dupont.household,)
    ),
    "accounts.search_households": lambda w: accounts.SearchHouseholds(
        authority=AUTHORITY, text="Dupont"
    ),
    "accounts.list_waiting": lambda w: accounts.ListWaiting(),
    "accounts.list_acts": lambda w: ShowActs(authority=AUTHORITY),
    "subscriptions.set_roles": lambda w: subscriptions.SetRoles(
        agent=w.martin.household, authority=AUTHORITY, roles=frozenset({"reader"}), seen_version=0
    ),
    "subscriptions.list_roles": lambda w: subscriptions.ShowRoles(authority=AUTHORITY),
    "subscriptions.get_town_hall": lambda w: subscriptions.ShowTownHall(),
    "subscriptions.list_pending": lambda w: subscriptions.ShowPending(),
    "subscriptions.get_household_access": lambda w: subscriptions.ShowHouseholdAccess(
        household=w.dupont.household
    ),
    "subscriptions.list_acts": lambda w: ShowActs(authority=AUTHORITY),
    "subscriptions.list_offers": lambda w: subscriptions.ShowOffers(),
    "subscriptions.ask_access": lambda w: subscriptions.AskAccess(
        batch=uuid4(),
        wishes=(subscriptions.Wish(beneficiary=uuid4(), service=CANTEEN, category="residents"),),
    ),
    "subscriptions.list_access": lambda w: subscriptions.ShowAccess(),
    "subscriptions.withdraw_request": lambda w: subscriptions.WithdrawRequest(request=w.request),
    "subscriptions.judge_requests": lambda w: subscriptions.JudgeRequests(
        judgement=uuid4(), requests=(w.request,), verdict="approved"
    ),
    "subscriptions.describe_authority": lambda w: subscriptions.DescribeAuthority(
        authority=AUTHORITY, label="Aiguilhe"
    ),
    "subscriptions.describe_regie": lambda w: subscriptions.DescribeRegie(
        regie=REGIE, authority=AUTHORITY, label="Régie d’Aiguilhe"
    ),
    "subscriptions.publish_regulation": lambda w: subscriptions.PublishRegulation(
        service=CANTEEN, version=1, regulation=a_regulation()
    ),
    "subscriptions.grant_entitlement": lambda w: subscriptions.GrantEntitlement(
        entitlement=uuid4(), household=w.dupont.household, beneficiary=w.dupont.louane,
        service=CANTEEN, category="residents", valid_from=date(2026, 9, 1),
        valid_until=date(2027, 8, 31),
    ),
    "booking.get_calendar": lambda w: booking.ShowCalendar(day=DAY),
    "booking.change_cart": lambda w: booking.ChangeCart(
        change=uuid4(), service=CANTEEN, first=DAY, last=DAY,
        meals=(booking.MealKey(beneficiary=w.dupont.theo, service=CANTEEN, day=DAY,
                               session="midi"),),
    ),
    "booking.get_cart": lambda w: booking.ShowCart(),
    "booking.place_order": lambda w: booking.PlaceOrder(
        order=booking.order_of(CHECKOUT, REGIE), checkout=CHECKOUT, regie=REGIE, means="credits",
        expected_cents=380, cart_version=1,
    ),
    "booking.get_order": lambda w: booking.ShowOrder(order=w.order),
    "booking.cancel_bookings": lambda w: booking.CancelBookings(
        cancellation=uuid4(), order=w.order, lines=(1,), expected_credit_cents=380
    ),
    "booking.get_clock": lambda w: booking.ShowClock(),
    "booking.get_cancellation": lambda w: booking.ShowCancellation(cancellation=w.cancellation),
    "booking.list_orders": lambda w: booking.ShowOrders(before=w.order),
    "booking.list_bookings": lambda w: booking.ShowBookings(first=DAY, last=DAY),
    "booking.retire_beneficiary": lambda w: booking.RetireBeneficiary(
        beneficiary=w.dupont.louane
    ),
    "booking.count_meals": lambda w: booking.CountMeals(authority=AUTHORITY, day=DAY),
    "booking.list_eaters": lambda w: booking.ListEaters(
        service=CANTEEN, day=DAY, session="midi"
    ),
    "booking.list_acts": lambda w: ShowActs(authority=AUTHORITY),
    "payments.get_receipt": lambda w: payments.ShowReceipt(top_up=w.top_up),
    "payments.list_takings": lambda w: payments.ShowTakings(regie=REGIE),
    "payments.list_acts": lambda w: ShowActs(authority=AUTHORITY),
    "payments.list_movements": lambda w: payments.ShowMovements(regie=REGIE),
    "payments.get_wallets": lambda w: payments.ShowWallets(),
    "payments.take_cash": lambda w: payments.TakeCash(
        top_up=uuid4(), household=w.dupont.household, regie=REGIE, cents=500
    ),
}  # fmt: skip
KINDS = {
    "visitor": "visitor", "waiting household": "applicant", "this household": "family",
    "other household": "family", "staff without a role": "staff",
    "staff of the authority": "staff", "service": "service", "operator": "operator",
}  # fmt: skip
STRANGERS = ("waiting household", "other household")
OF_ONES_OWN = {
    "accounts.change_email", "accounts.invite_adult", "booking.retire_beneficiary",
    "subscriptions.ask_access",
}  # fmt: skip
"""Writes that a stranger may do in their own name: nothing of the Duponts' changes by them."""


@pytest.fixture(scope="module")
async def world(templates: Templates) -> AsyncIterator[World]:
    async with a_world(templates) as made:
        yield made


def test_every_operation_stands_in_the_matrix():
    assert sorted(REQUESTS) == operations()


@pytest.mark.parametrize("name", operations())
async def test_nobody_asks_without_a_token(world: World, name: str):
    status, text = await world.knock(OPERATIONS[name], REQUESTS[name](world), None)
    assert (status, '"request.unsigned"' in text) == (401, True)


@pytest.mark.parametrize("who", KINDS)
@pytest.mark.parametrize("name", operations())
async def test_only_those_whom_the_contract_names_come_in(world: World, name: str, who: str):
    operation = OPERATIONS[name]
    if KINDS[who] in operation.callers:
        return
    before = await world.digest()
    status, text = await world.knock(operation, REQUESTS[name](world), world.callers()[who])
    assert (status, '"request.not_allowed"' in text) == (403, True)
    assert await world.digest() == before


FAMILY_OPERATIONS = [name for name in operations() if "family" in OPERATIONS[name].callers]


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", FAMILY_OPERATIONS)
async def test_another_household_learns_and_changes_nothing_of_the_duponts(
    world: World, name: str, who: str
):
    request = REQUESTS[name](world)
    own = name in OF_ONES_OWN
    before = await world.digest(of_duponts=own)
    status, text = await world.knock(OPERATIONS[name], request, world.callers()[who])
    assert status < 500
    asked = request.model_dump_json()
    for secret in (world.dupont.household, world.dupont.louane, world.dupont.theo, world.order):
        assert str(secret) not in text or str(secret) in asked, f"{name} tells {secret}"
    assert "Louane" not in text
    assert await world.digest(of_duponts=own) == before


STAFF_OPERATIONS = [name for name in operations() if "staff" in OPERATIONS[name].callers]
OF_AN_AGENTS_OWN = {
    "accounts.find_agents", "accounts.list_agent_devices", "accounts.close_agent_device",
    "accounts.renew_recovery_codes",
}  # fmt: skip
"""What an agent asks in their own name, whatever their roles."""
ALLOWED = [
    (name, role) for name in STAFF_OPERATIONS for role in ROLES if role in OPERATIONS[name].roles
]
NOT_ALLOWED = [
    (name, role)
    for name in STAFF_OPERATIONS
    for role in ROLES
    if role not in OPERATIONS[name].roles and name not in OF_AN_AGENTS_OWN
]


async def _learns_and_changes_nothing(world: World, name: str, agent: Caller) -> None:
    request = REQUESTS[name](world)
    before = await world.digest()
    status, text = await world.knock(OPERATIONS[name], request, agent)
    assert status < 500
    asked = request.model_dump_json()
    for secret in (*world.secrets(), "Louane", "Théo", "Camille", "Aiguilhe"):
        assert secret not in text or secret in asked, f"{name} tells {secret}"
    assert await world.digest() == before


@pytest.mark.parametrize("name", STAFF_OPERATIONS)
async def test_an_agent_without_a_role_finds_nothing(world: World, name: str):
    if name not in OF_AN_AGENTS_OWN:
        await _learns_and_changes_nothing(world, name, an_agent(world))


@pytest.mark.parametrize(("name", "role"), NOT_ALLOWED, ids=" as ".join)
async def test_a_role_that_is_not_named_finds_nothing(world: World, name: str, role: str):
    await _learns_and_changes_nothing(world, name, an_agent(world, (role, AUTHORITY)))


@pytest.mark.parametrize(("name", "role"), ALLOWED, ids=" as ".join)
async def test_an_agent_of_another_authority_finds_nothing(world: World, name: str, role: str):
    await _learns_and_changes_nothing(world, name, an_agent(world, (role, ELSEWHERE)))


@pytest.mark.parametrize(("name", "role"), ALLOWED, ids=" as ".join)
async def test_an_agent_with_a_named_role_is_answered(world: World, name: str, role: str):
    if name in OF_THE_AGGLOMERATION:
        return
    request = REQUESTS[name](world)
    status, text = await world.knock(OPERATIONS[name], request, an_agent(world, (role, AUTHORITY)))
    assert status < 300 or '"request.not_found"' not in text, (status, text)


async def test_the_matrix_can_fail_for_the_family_itself_is_answered(world: World):
    status, text = await world.knock(
        OPERATIONS["accounts.get_household"],
        REQUESTS["accounts.get_household"](world),
        world.dupont.caller,
    )
    assert status == 200
    assert "Louane" in text
