"""A running portal as its users meet it: families, the desk, the pages, the e-mails."""

import asyncio
import re
import time
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import aiohttp
from playwright.async_api import Page

from contracts.booking import (
    CHANGE_CART,
    GET_CART,
    PLACE_ORDER,
    ChangeCart,
    MealKey,
    PlaceOrder,
    ShowCart,
    order_of,
)
from contracts.payments import GET_WALLETS, ShowWallets
from deploy.local.stack import Stack
from deploy.local.town_hall import Canteen, Family, TownHall

PASSWORD = "merci-la-cantine-2026"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


class Portal:
    """What a journey asks of the portal besides clicking."""

    def __init__(self, stack: Stack, town_hall: TownHall):
        self.stack = stack
        self.town_hall = town_hall
        self._communes = 0

    @property
    def address(self) -> str:
        """Where families go."""
        return self.stack.url("gateway")

    async def a_canteen(self, **given: Any) -> Canteen:
        """A commune of its own with an open canteen."""
        self._communes += 1
        canteen = Canteen(f"Aiguilhe {self._communes}", **given)
        await self.town_hall.open_canteen(canteen)
        return canteen

    async def a_family(
        self, canteen: Canteen, *, cents: int = 0, last_name: str = "Dupont",
        children: tuple[str, ...] = ("Louane", "Théo"),
    ) -> Family:  # fmt: skip
        """A household that may book, with credits loaded at the desk."""
        born = (date(2018, 5, 10), date(2013, 7, 12), date(2020, 2, 1))
        family = Family(
            f"{last_name.lower()}.{uuid4().hex[:8]}@famille.example", PASSWORD, "Camille",
            last_name, tuple(zip(children, born, strict=False)),
        )  # fmt: skip
        await self.town_hall.welcome(family, canteen)
        await self.town_hall.until_bookable([family], canteen)
        if cents:
            await self.town_hall.take_cash(family, canteen, cents)
        return family

    async def books_elsewhere(self, family: Family, canteen: Canteen, *days: date) -> None:
        """The family orders for all its children from another device."""
        await self.chooses_elsewhere(family, canteen, *days)
        cart = await self.town_hall.clients.call(GET_CART, ShowCart(), family.caller)
        checkout = uuid4()
        await self.town_hall.clients.call(
            PLACE_ORDER,
            PlaceOrder(
                order=order_of(checkout, canteen.regie), checkout=checkout, regie=canteen.regie,
                means="credits", expected_cents=cart.cents, cart_version=cart.regies[0].version,
            ),
            family.caller,
        )  # fmt: skip

    async def chooses_elsewhere(self, family: Family, canteen: Canteen, *days: date) -> None:
        """The family fills its cart for December from another device."""
        await self.town_hall.clients.call(
            CHANGE_CART,
            ChangeCart(
                change=uuid4(), service=canteen.service, first=date(2026, 12, 1),
                last=date(2026, 12, 31),
                meals=tuple(
                    MealKey(beneficiary=family.child(name), service=canteen.service, day=day,
                            session="midi")
                    for day in days
                    for name, _ in family.children
                ),
            ),
            family.caller,
        )  # fmt: skip

    async def balance(self, family: Family) -> int:
        """The family's credits, in cents."""
        wallets = await self.town_hall.clients.call(GET_WALLETS, ShowWallets(), family.caller)
        return wallets.wallets[0].balance_cents if wallets.wallets else 0

    async def letters_to(self, family: Family, count: int = 1) -> list[dict[str, Any]]:
        """The e-mails that arrived for the family, once there are so many."""
        until = time.monotonic() + 20
        while True:
            address = f"{self.stack.url('mailbox')}/messages.json"
            async with aiohttp.ClientSession() as session, session.get(address) as answer:
                letters = await answer.json()
            own = [letter for letter in letters if family.email in letter["recipients"]]
            if len(own) >= count or time.monotonic() > until:
                return own
            await asyncio.sleep(0.2)

    async def clock_shows(self, moment: datetime) -> None:
        """Move the clock of every service."""
        await self.stack.set_clock(moment)


async def sign_in(page: Page, family: Family) -> None:
    """Through the button at the top right."""
    await page.goto("/")
    await page.get_by_role("banner").get_by_role("link", name="Connexion").click()
    await page.get_by_label("Adresse e-mail").fill(family.email)
    await page.get_by_label("Mot de passe").fill(family.password)
    await page.get_by_role("button", name="Se connecter").click()
    await page.get_by_role("heading", level=1).wait_for()


async def tick(page: Page, family: Family, *days: date) -> None:
    """Tick these days of December for every child, as one does with a thumb."""
    await page.goto("/calendrier?mois=2026-12")
    for day in days:
        for name, _ in family.children:
            value = f"{family.child(name)}|{day.isoformat()}|midi"
            await page.locator(f"input[name=repas][value='{value}']").check()


async def fill_cart(page: Page, family: Family, *days: date) -> None:
    """Tick and put in the cart."""
    await tick(page, family, *days)
    await page.get_by_role("button", name="Ajouter au panier").click()
    await page.wait_for_url("**/panier")


def confirm_button(page: Page) -> Any:
    """The one button that orders."""
    return page.get_by_role("button", name=re.compile("^Confirmer"))


async def text_of(page: Page) -> str:
    """What a person reads in the page, with ordinary spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", await page.inner_text("main"))
