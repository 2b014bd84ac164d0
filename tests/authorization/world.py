"""Four services at work, a family with everything, and those who must not see it."""

import importlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args
from uuid import UUID, uuid4, uuid5

import aiohttp
from pydantic import BaseModel

from chassis.auth import Caller, Signer
from contracts.accounts import (
    INVITE_ADULT,
    OPEN_SESSION,
    REGISTER_HOUSEHOLD,
    Adult,
    Beneficiary,
    InviteAdult,
    OpenSession,
    RegisterHousehold,
)
from contracts.booking import (
    CANCEL_BOOKINGS,
    CHANGE_CART,
    GET_CART,
    PLACE_ORDER,
    CancelBookings,
    ChangeCart,
    MealKey,
    PlaceOrder,
    ShowCart,
    order_of,
)
from contracts.operation import OPERATIONS, Operation
from contracts.payments import TAKE_CASH, TakeCash
from contracts.subscriptions import (
    ASK_ACCESS,
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    PUBLISH_REGULATION,
    AskAccess,
    DescribeAuthority,
    DescribeRegie,
    PublishRegulation,
    RegieChanged,
    RegulationPublished,
    Wish,
)
from contracts.values import StaffRole
from tests.accounts.at_work import OPERATOR, PRIVATE_KEYS, SIGNS, AtWork, at_work
from tests.databases import Templates
from tests.town import (
    AUTHORITY,
    CANTEEN,
    REGIE,
    REGISSEUR,
    TOWN,
    Family,
    a_regulation,
    entitlements,
)

SERVICES = ("accounts", "subscriptions", "booking", "payments")
DAY = date(2027, 6, 3)
ELSEWHERE = uuid5(TOWN, "another authority")
ROLES: tuple[StaffRole, ...] = get_args(StaffRole)
PASSWORD = "une-phrase-de-passe-solide"


@dataclass
class World:
    """Where each service answers, and who is who."""

    services: dict[str, AtWork]
    dupont: Family
    martin: Family
    waiting: Family
    order: UUID
    cancellation: UUID
    session: UUID
    invitation: UUID
    request: UUID
    top_up: UUID

    def secrets(self) -> list[str]:
        """Ids that nobody but the Duponts and their town hall may see."""
        mine = (self.dupont.household, self.dupont.louane, self.dupont.theo, self.order)
        return [str(secret) for secret in (*mine, self.request, self.top_up)]

    def callers(self) -> dict[str, Caller | None]:
        """Everyone who may knock at a door."""
        return {
            "anonymous": None,
            "visitor": Caller("visitor", uuid4()),
            "waiting household": replace(self.waiting.caller, kind="applicant"),
            "this household": self.dupont.caller,
            "other household": self.martin.caller,
            "staff without a role": Caller("staff", uuid4()),
            "staff of the authority": REGISSEUR,
            "service": Caller("service", uuid4()),
            "operator": OPERATOR,
        }

    async def knock(
        self, operation: Operation[Any, Any], request: BaseModel, caller: Caller | None
    ) -> tuple[int, str]:
        """Status and text of the answer, over HTTP, with the caller's own token."""
        path = operation.path.format(
            **{name: getattr(request, name) for name in operation.path_fields}
        )
        rest = request.model_dump(
            mode="json", exclude=set(operation.path_fields), exclude_none=True
        )
        headers = {"Content-Type": "application/json"}
        if caller is not None:
            token = Signer(PRIVATE_KEYS[SIGNS[caller.kind]]).token(caller)
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps(rest) if operation.has_body else None
        query = {} if operation.has_body else {k: str(v) for k, v in rest.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                operation.method, self.services[operation.service].url + path, data=body,
                params=query, headers=headers,
            ) as answer,
        ):  # fmt: skip
            return answer.status, await answer.text()

    async def digest(self, *, of_duponts: bool = False) -> str:
        """Everything that stands in the four databases, but for what only the clock changes.

        `of_duponts`: only the rows that name the Dupont household, its adult or its order.
        """
        ids = (self.dupont.household, self.dupont.caller.actor, self.order)
        only = f" where t::text ~ '{'|'.join(map(str, ids))}'" if of_duponts else ""
        parts = []
        for name, service in self.services.items():
            tables = await service.owner.fetch(
                "select tablename from pg_tables where schemaname = 'public' and tablename not in"
                " ('answer', 'schema_migrations', 'outbox', 'inbox', 'throttle') order by 1"
            )
            for table in tables:
                rows = await service.owner.fetchval(
                    f"select md5(coalesce(string_agg(t::text, '|' order by t::text), ''))"
                    f' from "{table["tablename"]}" t{only}'
                )
                parts.append(f"{name}.{table['tablename']} {rows}")
        return "\n".join(parts)


@asynccontextmanager
async def a_world(templates: Templates) -> AsyncIterator[World]:
    """Services, and a Dupont family that has booked and paid in."""
    async with AsyncExitStack() as stack:
        services = {}
        for name in SERVICES:
            app = importlib.import_module(f"services.{name}.app").SERVICE
            services[name] = await stack.enter_async_context(at_work(templates, app))
        world = World(services, Family(), Family(), Family(), *(uuid4() for _ in range(6)))
        await _settle_in(world)
        yield world


async def _settle_in(world: World) -> None:
    booking, payments = world.services["booking"], world.services["payments"]
    regulation = a_regulation()
    await payments.hear(RegieChanged(regie=REGIE, authority=AUTHORITY, label="Régie", version=1))
    await booking.hear(
        RegulationPublished(service=CANTEEN, authority=AUTHORITY, version=1, regulation=regulation)
    )
    for family in (world.dupont, world.martin):
        await booking.hear(*entitlements(family))
    await _register(world, world.dupont, ("Louane", "Théo"))
    await _register(world, world.martin, ("Inès", "Hugo"))
    await _register(world, world.waiting, ("Zoé", "Léo"))
    await _open_town_hall(world)
    await _leave_traces(world)
    await world.services["accounts"].hear(*entitlements(world.dupont))
    await payments.call(
        TAKE_CASH,
        TakeCash(top_up=world.top_up, household=world.dupont.household, regie=REGIE, cents=4000),
        REGISSEUR,
    )
    world.order = await _book(world, world.dupont.louane)
    given_up = await _book(world, world.dupont.theo)
    await booking.call(
        CANCEL_BOOKINGS,
        CancelBookings(
            cancellation=world.cancellation, order=given_up, lines=(1,), expected_credit_cents=380
        ),
        world.dupont.caller,
    )


async def _open_town_hall(world: World) -> None:
    subscriptions = world.services["subscriptions"]
    await subscriptions.call(
        DESCRIBE_AUTHORITY, DescribeAuthority(authority=AUTHORITY, label="Aiguilhe"), OPERATOR
    )
    await subscriptions.call(
        DESCRIBE_REGIE, DescribeRegie(regie=REGIE, authority=AUTHORITY, label="Régie"), OPERATOR
    )
    await subscriptions.call(
        PUBLISH_REGULATION,
        PublishRegulation(service=CANTEEN, version=1, regulation=a_regulation()),
        OPERATOR,
    )


async def _leave_traces(world: World) -> None:
    """A device, an invitation and a request of the Duponts."""
    accounts, dupont = world.services["accounts"], world.dupont
    await accounts.call(
        OPEN_SESSION,
        OpenSession(
            session=world.session, token_hash=uuid4().hex * 2, password=PASSWORD,
            email=f"{dupont.household}@famille.example",
        ),
    )  # fmt: skip
    await accounts.call(
        INVITE_ADULT,
        InviteAdult(invitation=world.invitation, email="alex@famille.example"),
        dupont.caller,
    )
    wish = Wish(beneficiary=dupont.theo, service=CANTEEN, category="residents")
    asked = await world.services["subscriptions"].call(
        ASK_ACCESS, AskAccess(batch=uuid4(), wishes=(wish,)), dupont.caller
    )
    world.request = UUID(str(asked.requests[0]))


async def _register(world: World, family: Family, children: tuple[str, str]) -> None:
    await world.services["accounts"].call(
        REGISTER_HOUSEHOLD,
        RegisterHousehold(
            household=family.household, password=PASSWORD,
            adult=Adult(person=family.caller.actor, first_name="Camille", last_name="Dupont",
                        email=f"{family.household}@famille.example"),
            beneficiaries=tuple(
                Beneficiary(beneficiary=child, first_name=name, last_name="Dupont")
                for child, name in zip((family.louane, family.theo), children, strict=True)
            ),
        ),
        OPERATOR,
    )  # fmt: skip


async def _book(world: World, child: UUID) -> UUID:
    booking, caller = world.services["booking"], world.dupont.caller
    meal = MealKey(beneficiary=child, service=CANTEEN, day=DAY, session="midi")
    change = ChangeCart(
        change=uuid4(), service=CANTEEN, first=DAY.replace(day=1), last=DAY, meals=(meal,)
    )
    await booking.call(CHANGE_CART, change, caller)
    cart = (await booking.call(GET_CART, ShowCart(), caller)).regies[0]
    checkout = uuid4()
    placed = PlaceOrder(
        order=order_of(checkout, REGIE), checkout=checkout, regie=REGIE, means="credits",
        expected_cents=cart.cents, cart_version=cart.version,
    )  # fmt: skip
    return UUID(str((await booking.call(PLACE_ORDER, placed, caller)).order))


def an_agent(world: World, *roles: tuple[str, UUID]) -> Caller:
    """An agent with these roles, who acts for the Duponts where an operation is a family's."""
    return Caller("staff", uuid4(), world.dupont.household, frozenset(roles))


def operations() -> list[str]:
    """Every operation that a contract declares."""
    return sorted(OPERATIONS)
