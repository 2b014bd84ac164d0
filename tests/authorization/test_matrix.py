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

from contracts import accounts, booking, payments, subscriptions
from contracts.operation import OPERATIONS
from tests.authorization.world import DAY, PASSWORD, World, a_world, operations
from tests.databases import Templates
from tests.town import AUTHORITY, CANTEEN, REGIE, a_regulation

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


@pytest.mark.parametrize("name", STAFF_OPERATIONS)
async def test_an_agent_without_a_role_there_finds_nothing(world: World, name: str):
    before = await world.digest()
    agent = world.callers()["staff without a role"]
    status, _ = await world.knock(OPERATIONS[name], REQUESTS[name](world), agent)
    assert status == 404
    assert await world.digest() == before


async def test_the_matrix_can_fail_for_the_family_itself_is_answered(world: World):
    status, text = await world.knock(
        OPERATIONS["accounts.get_household"],
        REQUESTS["accounts.get_household"](world),
        world.dupont.caller,
    )
    assert status == 200
    assert "Louane" in text
