"""Small real neighbours: the chassis's own web applications, answering operations with a script.

They prove how pages look and what forms send, never what services promise.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestClient, TestServer
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel

from chassis.auth import Caller, Verifier
from chassis.web import Door, application, behind_door
from contracts import accounts, booking, payments
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    CheckoutId,
    HouseholdId,
    OrderId,
    PersonId,
    RegieId,
    ServiceId,
)
from gateway.app import create_app
from gateway.config import GatewaySettings
from tests.gateway.entrance import Newcomer, an_own_file, let_in
from tests.gateway.family import answers

SPACE = UUID("6a3c43a8-1111-4111-8111-000000000000")
PASSWORD = "une phrase de passe"


def an_id(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(SPACE, name)


HOUSEHOLD = HouseholdId(an_id("dupont"))
LOUANE, THEO = BeneficiaryId(an_id("louane")), BeneficiaryId(an_id("théo"))
COUBON, AIGUILHE = RegieId(an_id("coubon")), RegieId(an_id("aiguilhe"))
CANTEEN, EVENING = ServiceId(an_id("cantine")), ServiceId(an_id("garderie"))
AUTHORITY = AuthorityId(an_id("mairie"))
TODAY = date(2026, 11, 23)

PARIS = ZoneInfo("Europe/Paris")


def deadline(day: date) -> datetime:
    """The Thursday before the meal's week, at 10 in Paris."""
    monday = day - timedelta(days=day.weekday())
    return datetime(monday.year, monday.month, monday.day, 10, tzinfo=PARIS) - timedelta(days=4)


@dataclass(kw_only=True)
class Script(Newcomer):
    """What the neighbours answer, and what they were asked."""

    household: accounts.HouseholdView
    cells: dict[tuple[BeneficiaryId, date], booking.Cell] = field(default_factory=dict)
    cart: booking.Cart = field(default_factory=lambda: booking.Cart(regies=(), cents=0))
    orders: dict[OrderId, booking.OrderView] = field(default_factory=dict)
    wallets: tuple[payments.Wallet, ...] = ()
    raises: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, BaseModel, Caller]] = field(default_factory=list)

    def of(self, name: str) -> list[Any]:
        """The requests that one operation got."""
        return [request for asked, request, _ in self.asked if asked == name]


def a_household(*names: tuple[str, str]) -> accounts.HouseholdView:
    """Claire Dupont and those who eat."""
    ids = [LOUANE, THEO, *(BeneficiaryId(an_id(f"child {n}")) for n in range(9))]
    claire = accounts.Adult(
        person=PersonId(an_id("claire")), first_name="Claire", last_name="Dupont",
        email="claire@example.fr",
    )  # fmt: skip
    eaters = tuple(
        accounts.Beneficiary(beneficiary=i, first_name=first, last_name=last)
        for i, (first, last) in zip(ids, names, strict=False)
    )
    return accounts.HouseholdView(household=HOUSEHOLD, adults=(claire,), beneficiaries=eaters)


def a_script(*names: tuple[str, str]) -> Script:
    """A household with twenty euros at Coubon."""
    household = a_household(*(names or (("Louane", "Dupont"), ("Théo", "Dupont"))))
    wallet = payments.Wallet(
        regie=COUBON, label="Coubon", balance_cents=2000, reserved_cents=0, available_cents=2000
    )
    return Script(household=household, wallets=(wallet,), own=an_own_file(household))


def a_month(script: Script, day: date) -> booking.Calendar:
    """School on Mondays, Tuesdays, Thursdays and Fridays, until the holidays of Christmas."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def cell(who: BeneficiaryId, on: date) -> booking.Cell:
        known = script.cells.get((who, on))
        if known:
            return known
        if on >= date(2026, 12, 19):
            return booking.Cell(day=on, session="midi", state="closed", reason="vacances de Noël")
        late = deadline(on) <= datetime(2026, 11, 23, 9, tzinfo=UTC)
        return booking.Cell(
            day=on, session="midi", state="late" if late else "bookable", cents=380,
            deadline=deadline(on),
        )  # fmt: skip

    months = tuple(
        booking.BeneficiaryMonth(
            beneficiary=b.beneficiary,
            cells=tuple(cell(b.beneficiary, on) for on in span if on.weekday() in (0, 1, 3, 4)),
        )
        for b in script.household.beneficiaries
    )
    return booking.Calendar(
        first=first, last=last, today=TODAY,
        services=(_service(script, months), *script.more_services),
        cart_count=sum(len(r.meals) for r in script.cart.regies), cart_cents=script.cart.cents,
    )  # fmt: skip


def _service(script: Script, months: tuple[booking.BeneficiaryMonth, ...]) -> booking.ServiceMonth:
    return booking.ServiceMonth(
        service=CANTEEN, authority=AUTHORITY, regie=COUBON,
        service_name="Restaurant scolaire de Coubon", authority_name="Coubon",
        beneficiaries=months,
    )  # fmt: skip


def a_meal(who: BeneficiaryId, day: date, **changed: Any) -> booking.CartMeal:
    """A meal of the cart at Coubon."""
    given: dict[str, Any] = {
        "beneficiary": who, "service": CANTEEN, "day": day, "session": "midi", "cents": 380,
        "service_name": "Restaurant scolaire de Coubon", "state": "bookable",
        "deadline": deadline(day),
    } | changed  # fmt: skip
    return booking.CartMeal(**given)


def a_cart(*meals: booking.CartMeal, more: tuple[booking.CartMeal, ...] = ()) -> booking.Cart:
    """A cart at Coubon, and with `more` at Aiguilhe too."""
    parts = [
        booking.RegieCart(
            regie=regie, authority=AUTHORITY, authority_name=name, version=7,
            cents=sum(m.cents for m in those), meals=those,
        )
        for regie, name, those in ((COUBON, "Coubon", meals), (AIGUILHE, "Aiguilhe", more))
        if those
    ]  # fmt: skip
    return booking.Cart(regies=tuple(parts), cents=sum(p.cents for p in parts))


def an_order(order: OrderId, state: booking.OrderState, reason: str = "") -> booking.OrderView:
    """Two children, two days at Coubon."""
    days = [(who, day) for who in (LOUANE, THEO) for day in (date(2026, 12, 3), date(2026, 12, 4))]
    return booking.OrderView(
        order=order, state=state, reason=reason, regie=COUBON, authority_name="Coubon", cents=1520,
        placed=datetime(2026, 11, 23, 10, 5, tzinfo=PARIS),
        meals=tuple(
            booking.OrderMealView(
                beneficiary=who, service=CANTEEN, day=day, session="midi", cents=380, line=n,
                service_name="Restaurant scolaire de Coubon", live=True,
            )
            for n, (who, day) in enumerate(days, 1)
        ),
    )  # fmt: skip


class Answers:
    """The handlers of the neighbours."""

    def __init__(self, script: Script):
        self.script = script

    def application(self, verifier: Verifier) -> Any:
        """All three neighbours behind one door."""
        handlers: list[tuple[Operation[Any, Any], Any]] = [
            (accounts.OPEN_SESSION, self.open_session),
            (accounts.GET_SESSION, self.get_session),
            (accounts.CLOSE_SESSION, self.close_session),
            (accounts.GET_HOUSEHOLD, lambda _: self.script.household),
            (booking.GET_CALENDAR, lambda r: a_month(self.script, r.day or date(2026, 12, 1))),
            (booking.CHANGE_CART,
             lambda r: booking.CartChanged(change=r.change, cart_version=8)),
            (booking.GET_CART, lambda _: self.script.cart),
            (booking.PLACE_ORDER, self.place_order),
            (booking.GET_ORDER, self.get_order),
            (payments.GET_WALLETS, lambda _: payments.Wallets(wallets=self.script.wallets)),
            *answers(self.script),
            *let_in(self.script),
        ]  # fmt: skip

        def bound(operation: Operation[Any, Any], handler: Any) -> Any:
            async def answer(door: Door, request: Any) -> Any:
                self.script.asked.append((operation.name, request, door.caller))
                await asyncio.sleep(self.script.slow.get(operation.name, 0))
                if operation.name in self.script.raises:
                    raise self.script.raises[operation.name]
                return handler(request)

            return behind_door(operation, answer)

        def door(caller: Caller) -> Door:
            return Door(caller, None, lambda: None, None)  # type: ignore[arg-type]

        return application([bound(o, h) for o, h in handlers], verifier, door)

    def open_session(self, asked: accounts.OpenSession) -> accounts.SessionView:
        """Everyone with the password is Claire."""
        if asked.password != PASSWORD:
            raise accounts.CredentialsRefused()
        return self.script.open(asked, PersonId(an_id("claire")), HOUSEHOLD)

    def get_session(self, asked: accounts.ByToken) -> accounts.SessionView:
        """The session that was opened."""
        try:
            session = self.script.sessions[asked.token_hash]
            return session.model_copy(update={"standing": self.script.standing})
        except KeyError:
            raise NotFound() from None

    def close_session(self, asked: accounts.ByToken) -> Done:
        """Gone."""
        self.script.sessions.pop(asked.token_hash, None)
        return Done()

    def place_order(self, asked: booking.PlaceOrder) -> booking.OrderPlaced:
        """Placed, and held."""
        self.script.orders[asked.order] = an_order(asked.order, "held")
        return booking.OrderPlaced(order=asked.order, cents=asked.expected_cents)

    def get_order(self, asked: booking.ShowOrder) -> booking.OrderView:
        """The order that was placed or scripted."""
        try:
            return self.script.orders[asked.order]
        except KeyError:
            raise NotFound() from None


@asynccontextmanager
async def gateway_with(
    script: Script, *, base: str = "https://cantine.example.fr", port: int = 0,
    subscriptions: str = "", **settings: Any,
) -> AsyncIterator[TestServer]:  # fmt: skip
    """A gateway whose neighbours follow the script."""
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "gateway"})
    public = KeySet([key]).as_dict(private=False)
    async with AsyncExitStack() as stack:
        neighbours = TestServer(Answers(script).application(Verifier(json.dumps(public))))
        await stack.enter_async_context(neighbours)
        address = str(neighbours.make_url("")).rstrip("/")
        configured = GatewaySettings(
            environment="development", token_signing_key=json.dumps(key.as_dict(private=True)),
            accounts_url=address, booking_url=address, payments_url=address,
            subscriptions_url=subscriptions or address, public_base_url=base, **settings,
        )  # fmt: skip
        server = TestServer(create_app(configured), port=port or None)
        await stack.enter_async_context(server)
        yield server


def checkout_order(checkout: str, regie: RegieId = COUBON) -> OrderId:
    """The order that a checkout makes."""
    return booking.order_of(CheckoutId(UUID(checkout)), regie)


Client = TestClient[Any, Any]
