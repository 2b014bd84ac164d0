"""A running portal as its users meet it: families, the desk, the pages, the e-mails."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4, uuid5

from playwright.async_api import Page

from chassis.auth import Caller
from contracts.accounts import (
    GET_SESSION,
    JUDGE_HOUSEHOLD,
    ByToken,
    HouseholdReason,
    JudgeHousehold,
    SessionView,
)
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
from contracts.refusal import NotFound
from contracts.subscriptions import AccessReason
from contracts.values import HouseholdId
from deploy.local.letters import Letter, all_letters, hash_of, letters_to, link_path
from deploy.local.stack import Stack
from deploy.local.town_hall import VISITOR, Canteen, Desk, Family, TownHall

PASSWORD = "merci-la-cantine-2026"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


@dataclass(frozen=True)
class AtTheDesk:
    """A household that came by the pages: its id is all that tests know of it."""

    household: HouseholdId


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

    async def letters_to(self, family: Family, count: int = 1, about: str = "") -> list[Letter]:
        """The e-mails that arrived for the family about something, once there are so many."""
        return await self.letters_at(family.email, count, about)

    async def letters_at(self, address: str, count: int = 1, about: str = "") -> list[Letter]:
        """The e-mails that arrived at an address, newest first, once there are so many."""
        return await letters_to(self.stack.url("mailbox"), address, count, about)

    async def one_letter(self, address: str, about: str) -> Letter:
        """The only e-mail about something at an address."""
        letters = await self.letters_at(address, 1, about)
        arrived = [letter["subject"] for letter in await self.letters_at(address)]
        assert len(letters) == 1, f"{len(letters)} about « {about} » of {arrived}"
        return letters[0]

    async def letters_now(self, address: str, about: str = "") -> list[Letter]:
        """The e-mails about something that have arrived at an address so far."""
        everything = await all_letters(self.stack.url("mailbox"))
        return [
            letter
            for letter in everything
            if address in letter["recipients"] and about.lower() in letter["subject"].lower()
        ]

    async def link_at(self, address: str, about: str = "", count: int = 1) -> str:
        """Where the link of the newest of so many e-mails about something leads: « /lien/… »."""
        letters = await self.letters_at(address, count, about)
        assert len(letters) >= count, f"{len(letters)} letters about « {about} »"
        return link_path(letters[0])

    async def household_in(self, page: Page) -> HouseholdId:
        """The household of whoever is signed in in a window, by its cookie."""
        return (await self._session_of(page)).household

    async def is_signed_in(self, page: Page) -> bool:
        """Whether the session of a window lives on: gateways remember for half a minute."""
        try:
            await self._session_of(page)
        except NotFound:
            return False
        return True

    async def _session_of(self, page: Page) -> SessionView:
        cookies = await page.context.cookies(self.address)
        token = next(c["value"] for c in cookies if c["name"].endswith("session"))
        asked = ByToken(token_hash=hash_of(token))
        return await self.town_hall.door.call(GET_SESSION, asked, VISITOR)

    async def approve_requests(self, household: HouseholdId) -> None:
        """Each commune approves what the household asked of it; booking has heard of it."""
        somebody = Caller("applicant", uuid5(household, "somebody"), household)
        await self.town_hall.approve_pending(somebody)
        await self.town_hall.until_open(somebody)

    async def refuse_requests(
        self, household: HouseholdId, reason: AccessReason, explanation: str = ""
    ) -> None:
        """The communes refuse what the household asked of them."""
        somebody = Caller("applicant", uuid5(household, "somebody"), household)
        for access in await self.town_hall.access_of(somebody):
            if access.state == "pending" and access.request:
                await self.town_hall.judge_requests(
                    [access.request], "refused", reason=reason, explanation=explanation,
                    clerk_of=access.authority,
                )  # fmt: skip

    async def refuse_account(self, household: HouseholdId, reason: HouseholdReason) -> None:
        """The agglomeration refuses an account."""
        asked = JudgeHousehold(household=household, verdict="refused", reason=reason)
        operator = Caller("operator", uuid5(household, "operator"))
        await self.town_hall.clients.call(JUDGE_HOUSEHOLD, asked, operator)

    async def takes_cash(self, household: HouseholdId, desk: Desk, cents: int) -> None:
        """The household pays at a commune's desk."""
        await self.town_hall.take_cash(AtTheDesk(household), desk, cents)

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
