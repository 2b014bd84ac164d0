"""Loads the demonstration by living through its Mondays, with the services' own operations.

Every id follows from a name: a loading that was interrupted goes on where it was, and one that
came to its end is not begun again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid5

from chassis.auth import Caller
from contracts.accounts import GET_OWN_FILE, INVITE_ADULT, InviteAdult, OwnFile, ShowOwnFile
from contracts.booking import (
    CANCEL_BOOKINGS,
    CHANGE_CART,
    GET_CART,
    GET_ORDER,
    PLACE_ORDER,
    CancelBookings,
    ChangeCart,
    OrderView,
    PlaceOrder,
    ShowCart,
    ShowOrder,
)
from contracts.refusal import NotFound
from contracts.subscriptions import WITHDRAW_REQUEST, WithdrawRequest
from contracts.values import OrderId, RequestId
from deploy.local.demo.agents import let_in
from deploy.local.demo.communes import COMMUNES, SERVICES
from deploy.local.demo.days import MONDAYS
from deploy.local.demo.established import BENALI, DUPONT, ESTABLISHED, FAURE, MOREAU
from deploy.local.demo.newcomers import LAST, LEROY, MERCIER, NEWCOMERS
from deploy.local.demo.stories import PASSWORD, Ask, Household, Meals, Order
from deploy.local.families import Family
from deploy.local.letters import newest_links
from deploy.local.stack import Stack
from deploy.local.town_hall import TownHall, until_known

AT_ONCE = 6
Thing = TypeVar("Thing")


async def load(stack: Stack) -> list[str]:
    """Load the demonstration unless it stands; lines that say who signs in."""
    async with TownHall(stack) as town_hall:
        loading = Loading(stack, town_hall)
        if not await loading.is_done():
            await loading.run()
        agents = await let_in(stack, town_hall)
    return [*sign_ins(), "", *agents]


def sign_ins() -> list[str]:
    """Who to sign in as, to see what."""
    shown: tuple[tuple[Family, str], ...] = (
        (DUPONT, "réserve à Aiguilhe et à Coubon"),
        (MERCIER, "attend la mairie"),
        (LEROY, "compte refusé"),
        (MOREAU, "mère de Lina, séparée"),
        (BENALI, "père de Lina, un autre foyer"),
    )
    return [
        f"Familles de démonstration, mot de passe « {PASSWORD} » :",
        *(
            f"  {family.email:<26} {family.first_name} {family.last_name} : {why}"
            for family, why in shown
        ),
        f"  {FAURE.email:<26} sans mot de passe : « Mot de passe oublié ? »",
    ]


class Loading:
    """One loading of the demonstration into a running portal."""

    def __init__(self, stack: Stack, town_hall: TownHall):
        self._stack = stack
        self._town_hall = town_hall
        self._mailbox = stack.url("mailbox")
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def is_done(self) -> bool:
        """Whether the last household is there already."""
        return await self._file_of(LAST) is not None

    async def run(self) -> None:
        """Open the communes, then live through the Mondays."""
        await self._stack.set_clock(MONDAYS[0])
        await self._each(COMMUNES, self._town_hall.open_commune)
        await self._each(SERVICES, self._town_hall.publish)
        for monday in MONDAYS:
            await self._stack.set_clock(monday)
            await self._live(monday)
        await self._each([h for h in ESTABLISHED if h.cart], self._fill_cart)
        await self._come(LAST)

    async def _live(self, monday: datetime) -> None:
        """What all households do on a Monday: each step of all of them before the next."""
        known = [h for h in (*ESTABLISHED, *NEWCOMERS) if h.came <= monday]
        new = [household for household in known if household.came == monday]
        await self._each(new, self._come)
        await self._open_letters(new)
        await self._each([h for h in new if h.judged], self._judge)
        for verdict in ("withdrawn", "approved", "refused", None):
            asks = [
                (household, [a for a in household.asks if (a.on, a.verdict) == (monday, verdict)])
                for household in known
            ]
            await self._each([(h, asked) for h, asked in asks if asked], self._ask)
        await self._each([h.applicant for h in known if h.asks], self._town_hall.until_open)
        await self._each(known, partial(self._pay, monday))
        await self._each(known, partial(self._order, monday))

    async def _each(
        self, things: Sequence[Thing], act: Callable[[Thing], Awaitable[object]]
    ) -> None:
        async def gated(thing: Thing) -> None:
            async with self._gate:
                await act(thing)

        async with asyncio.TaskGroup() as group:
            for thing in things:
                group.create_task(gated(thing))

    # -- coming ------------------------------------------------------------------------------

    async def _come(self, household: Household) -> None:
        if household.by == "taken over":
            await self._town_hall.take_over(household)
        else:
            if await self._file_of(household) is None:
                await self._town_hall.register(household)
            await self._town_hall.save_beneficiaries(household)
        if household.invited:
            await self._invite(household, household.invited)
        if household.other:
            await self._invite(household, household.other.email)

    async def _invite(self, household: Household, email: str) -> None:
        asked = InviteAdult(invitation=household.id_of(f"invitation {email}"), email=email)
        await self._town_hall.clients.call(INVITE_ADULT, asked, household.applicant)

    async def _open_letters(self, households: Sequence[Household]) -> None:
        """Those who are to prove their address use the link; the invited adults join."""
        proving = [
            h for h in households if h.by == "registering" and h.proved and await self._waits(h)
        ]
        joining = [h.other for h in households if h.other and await self._lacks(h, h.other)]
        addresses = [family.email for family in (*proving, *joining)]
        if not addresses:
            return
        links = await newest_links(self._mailbox, addresses)

        async def prove(household: Household) -> None:
            await self._town_hall.prove_address(household, links[household.email])

        async def join(adult: Family) -> None:
            await self._town_hall.join(adult, links[adult.email])

        await self._each(proving, prove)
        await self._each(joining, join)

    async def _waits(self, household: Household) -> bool:
        file = await self._file_of(household)
        return file is not None and file.standing == "address_unproved"

    async def _lacks(self, household: Household, adult: Family) -> bool:
        file = await self._file_of(household)
        return file is not None and adult.person not in {a.person for a in file.household.adults}

    async def _file_of(self, family: Family) -> OwnFile | None:
        try:
            return await self._town_hall.clients.call(GET_OWN_FILE, ShowOwnFile(), family.applicant)
        except NotFound:
            return None

    async def _judge(self, household: Household) -> None:
        await self._town_hall.judge_household(household, "refused", household.judged)

    # -- asking ------------------------------------------------------------------------------

    async def _ask(self, asking: tuple[Household, list[Ask]]) -> None:
        """A household asks; the clerks of the communes answer, or nobody does yet."""
        household, asks = asking
        batch = household.id_of(f"{asks[0].verdict} requests of {asks[0].on:%m-%d}")
        requests = await self._town_hall.ask_access(
            household, [household.wish(a) for a in asks], batch
        )
        for authority, reason in {(a.service.authority, a.reason): None for a in asks}:
            same = [
                (request, ask)
                for request, ask in zip(requests, asks, strict=True)
                if (ask.service.authority, ask.reason) == (authority, reason)
            ]
            await self._answer(household, [request for request, _ in same], same[0][1])

    async def _answer(self, household: Household, requests: Sequence[RequestId], ask: Ask) -> None:
        """What becomes of the requests of one commune that have one fate."""
        if ask.verdict == "withdrawn":
            for request in requests:
                await self._town_hall.clients.call(
                    WITHDRAW_REQUEST, WithdrawRequest(request=request), household.applicant
                )
        elif ask.verdict is not None:
            await self._town_hall.judge_requests(
                requests, ask.verdict, reason=ask.reason, explanation=ask.explanation,
                judgement=uuid5(requests[0], "judgement"), clerk_of=ask.service.authority,
            )  # fmt: skip

    # -- paying and booking ------------------------------------------------------------------

    async def _pay(self, monday: datetime, household: Household) -> None:
        for number, cash in enumerate(household.cash):
            if cash.on == monday:
                top_up = household.id_of(f"cash {number}")
                await self._town_hall.take_cash(household, cash.commune, cash.cents, top_up)

    async def _order(self, monday: datetime, household: Household) -> None:
        for order in household.orders:
            if order.on == monday:
                await self._place(household, order)

    async def _place(self, household: Household, order: Order) -> None:
        """Choose, confirm, wait for the money; then cancel what is to be cancelled."""
        caller = _caller(household, order)
        placed = household.order_id(order)
        if await self._order_of(placed, caller) is None:
            await self._choose(household, order.meals, household.id_of(f"choice of {placed}"))
            cart = await self._town_hall.clients.call(GET_CART, ShowCart(), caller)
            part = next(p for p in cart.regies if p.regie == order.meals.service.regie)
            asked = PlaceOrder(
                order=placed, checkout=household.checkout(order), regie=part.regie,
                means="credits", expected_cents=part.cents, cart_version=part.version,
            )  # fmt: skip
            await self._town_hall.clients.call(PLACE_ORDER, asked, caller)
        view = await until_known(partial(self._settled, placed, caller))
        if order.cancelled:
            await self._cancel(view, order.cancelled, caller)

    async def _choose(self, household: Household, meals: Meals, change: UUID) -> None:
        asked = ChangeCart(
            change=change, service=meals.service.service, first=min(meals.days),
            last=max(meals.days), meals=household.keys(meals),
        )  # fmt: skip
        await self._town_hall.clients.call(CHANGE_CART, asked, household.caller)

    async def _fill_cart(self, household: Household) -> None:
        for number, meals in enumerate(household.cart):
            await self._choose(household, meals, household.id_of(f"cart {number}"))

    async def _order_of(self, order: OrderId, caller: Caller) -> OrderView | None:
        try:
            asked = ShowOrder(order=order, wait_seconds=2)
            return await self._town_hall.clients.call(GET_ORDER, asked, caller)
        except NotFound:
            return None

    async def _settled(self, order: OrderId, caller: Caller) -> OrderView:
        view = await self._order_of(order, caller)
        if view is None or view.state == "held":
            raise NotFound()
        return view

    async def _cancel(self, order: OrderView, lines: tuple[int, ...], caller: Caller) -> None:
        asked = CancelBookings(
            cancellation=uuid5(order.order, "cancellation"), order=order.order, lines=lines,
            expected_credit_cents=sum(m.cents for m in order.meals if m.line in lines),
        )  # fmt: skip
        await self._town_hall.clients.call(CANCEL_BOOKINGS, asked, caller)


def _caller(household: Household, order: Order) -> Caller:
    if order.by_the_other and household.other:
        return Caller("family", household.other.person, household.household)
    return household.caller
