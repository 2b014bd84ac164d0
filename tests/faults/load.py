"""Families who order through the portal, try again with the same ids, and remember promises."""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from contracts.booking import CANCEL_BOOKINGS, CancelBookings
from contracts.refusal import Refusal, Unavailable
from deploy.local.town_hall import ZONE_A_2026_27, Canteen, Family, TownHall
from tests.browser_forms import Browser

PASSWORD = "une-phrase-de-passe-solide"
ORDER = re.compile(r"/commandes/([0-9a-f-]{36})")


@dataclass
class Promises:
    """What the portal has said it did; all of it must still be true at the end."""

    orders: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    """Order → household, cents."""
    receipts: dict[UUID, tuple[UUID, int, int]] = field(default_factory=dict)
    """Top-up → household, cents, receipt number."""
    cancellations: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    """Cancellation → order, credit in cents."""
    refused: int = 0
    retries: int = 0
    slowest: float = 0.0


def families(count: int) -> list[Family]:
    """Households with two children each."""
    return [
        Family(
            f"famille{n}@exemple.test", PASSWORD, "Camille", f"Famille{n}",
            ((f"Ana{n}", date(2017, 3, 1)), (f"Bob{n}", date(2019, 4, 2))),
        )
        for n in range(count)
    ]  # fmt: skip


def meal_days(canteen: Canteen) -> list[date]:
    """The days on which the canteen serves, far enough to be in time."""
    days, day = [], date(2026, 12, 1)
    while day < date(2027, 7, 1):
        closed = any(p.first <= day <= p.last for p in ZONE_A_2026_27)
        if day.isoweekday() in canteen.regulation().weekdays and not closed:
            days.append(day)
        day += timedelta(days=1)
    return days


class Customer:
    """One family at its browser."""

    def __init__(self, family: Family, canteen: Canteen, town_hall: TownHall, address: str,
                 promises: Promises, chance: random.Random):  # fmt: skip
        self._family, self._canteen, self._town_hall = family, canteen, town_hall
        self._browser = Browser(address)
        self._promises = promises
        self._chance = chance
        self._days = meal_days(canteen)
        chance.shuffle(self._days)

    async def live(self, until: asyncio.Event, pause: float) -> None:
        """Load credits, order, sometimes cancel, until the harness says stop."""
        try:
            await self._browser.sign_in(self._family.email, self._family.password)
            await self._load_credits()
            while not until.is_set() and self._days:
                await self._order()
                if self._chance.random() < 0.1:
                    await self._load_credits()
                await asyncio.sleep(pause * (0.5 + self._chance.random()))
        finally:
            self._promises.retries += self._browser.retries
            self._promises.slowest = max(self._promises.slowest, self._browser.slowest)
            await self._browser.close()

    async def _load_credits(self) -> None:
        top_up, cents = uuid4(), self._chance.choice((500, 2000, 5000))
        receipt = await again_and_again(
            lambda: self._town_hall.take_cash(self._family, self._canteen, cents, top_up)
        )
        self._promises.receipts[top_up] = (self._family.household, cents, receipt.number)

    async def _order(self) -> None:
        """Tick one to three days of a month for both children, look at the cart, confirm."""
        day = self._days.pop()
        children = [self._family.child(name) for name, _ in self._family.children]
        chosen = [
            (child, day) for child in self._chance.sample(children, self._chance.choice((1, 2)))
        ]
        first = day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        page = await self._browser.get(f"/calendrier?mois={first:%Y-%m}")
        form = [("csrf", page.one("csrf")), ("change", str(uuid4())),
                ("first", first.isoformat()), ("last", last.isoformat())]  # fmt: skip
        form += [("repas", f"{child}|{on.isoformat()}|midi") for child, on in chosen]
        page = await self._browser.send(f"/panier/{self._canteen.service}", form)
        if page.status != 303:
            self._promises.refused += 1
            return
        await self._confirm()

    async def _confirm(self) -> None:
        page = await self._browser.get("/panier")
        if "part" not in page.fields:
            self._promises.refused += 1
            return
        part = page.one("part")
        form = [("csrf", page.one("csrf")), ("checkout", page.one("checkout")),
                ("part", part), ("moyen", "credits")]  # fmt: skip
        answers = [await self._browser.send("/panier/confirmer", form)]
        if self._chance.random() < 0.2:  # a double click
            answers += await asyncio.gather(
                *(self._browser.send("/panier/confirmer", form) for _ in range(2))
            )
        for answer in answers:
            found = ORDER.search(answer.path) if answer.status == 303 else None
            if found is None:
                self._promises.refused += 1
                continue
            order, cents = UUID(found.group(1)), int(part.split("|")[1])
            self._promises.orders[order] = (self._family.household, cents)
            if self._chance.random() < 0.1:
                await self._cancel(order, cents)

    async def _cancel(self, order: UUID, cents: int) -> None:
        """Take the first meal out again; the portal may have a reason to say no."""
        asked = CancelBookings(
            cancellation=uuid4(), order=order, lines=(1,),
            expected_credit_cents=self._canteen.cents,
        )  # fmt: skip
        try:
            done = await again_and_again(
                lambda: self._town_hall.clients.call(CANCEL_BOOKINGS, asked, self._family.caller)
            )
        except Refusal:
            self._promises.refused += 1
        else:
            self._promises.cancellations[asked.cancellation] = (order, done.credit_cents)


async def again_and_again(ask):
    """Ask with the same id until there is an answer."""
    for _ in range(200):
        try:
            return await ask()
        except Unavailable:
            await asyncio.sleep(0.4)
    raise TimeoutError("no answer for a long while")


async def order_meals(
    customers: Sequence[Customer], stop: asyncio.Event, pause: float
) -> list[BaseException]:
    """Let all families live; what went wrong for them, which must be nothing."""
    ended = await asyncio.gather(
        *(customer.live(stop, pause) for customer in customers), return_exceptions=True
    )
    return [error for error in ended if isinstance(error, BaseException)]
