"""A town hall comes in by its first administrator, answers a family, and takes on a colleague."""

import re
from uuid import uuid4

import pyotp
from playwright.async_api import Page, expect

from contracts.booking import GET_CLOCK, ShowClock
from contracts.subscriptions import ASK_ACCESS, AskAccess, Wish
from deploy.first_administrator import appoint
from deploy.local.communes import Canteen
from deploy.local.town_hall import VISITOR
from tests.journeys.conftest import OpenPage
from tests.journeys.portal import Portal, text_of

PASSWORD = "girafe tambour violet 42"


async def enrol(portal: Portal, page: Page, path: str) -> list[str]:
    """Choose a password, type the code of an authenticator; the recovery codes."""
    await page.goto(path)
    key = await page.locator(".secret").inner_text()
    await page.fill("#password", PASSWORD)
    now = (await portal.town_hall.door.call(GET_CLOCK, ShowClock(), VISITOR)).now
    await page.fill("#code", pyotp.TOTP(re.sub(r"\s", "", key)).at(now))
    await page.get_by_role("button", name="Ouvrir mon accès").click()
    await expect(page.locator("h1")).to_have_text("Vos codes de secours")
    return await page.locator(".codes code").all_inner_texts()


async def asks(portal: Portal, canteen: Canteen) -> None:
    """A family of another commune asks for an entry here."""
    family = await portal.a_family(await portal.a_canteen(), last_name="Roussel")
    wish = Wish(
        beneficiary=family.child("Louane"), service=canteen.service,
        category=canteen.regulation().prices[0].category,
    )  # fmt: skip
    asked = AskAccess(batch=uuid4(), wishes=(wish,))
    await portal.town_hall.clients.call(ASK_ACCESS, asked, family.caller)


async def answer_louane(page: Page) -> None:
    """Open what waits, and accept it."""
    for _ in range(40):  # accounts hears of the request a moment later
        if await page.get_by_role("link", name="Louane Roussel").count():
            break
        await page.wait_for_timeout(250)
        await page.reload()
    await page.get_by_role("link", name="Louane Roussel").click()
    assert "Camille Roussel" in await text_of(page)
    await page.get_by_role("button", name="Accepter").click()
    assert "1 demande acceptée." in await text_of(page)
    assert "Tout est traité" in await text_of(page)


async def invite_a_cook(page: Page, email: str) -> None:
    """Take on Bruno."""
    await page.get_by_role("link", name="Équipe").click()
    await page.get_by_role("link", name="Inviter quelqu’un").click()
    for field, typed in (("first_name", "Bruno"), ("last_name", "Roche"), ("email", email)):
        await page.fill(f"#{field}", typed)
    await page.get_by_label("Cuisine").check()
    await page.get_by_role("button", name="Inviter").click()
    assert "Bruno Roche pas encore venu" in await text_of(page)


async def sign_in(page: Page, email: str, code: str) -> None:
    """Fill in the door's form."""
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.fill("#code", code)
    await page.get_by_role("button", name="Se connecter").click()


async def test_the_first_administrator_answers_a_family_and_takes_on_a_colleague(
    portal: Portal, window: OpenPage
) -> None:
    canteen = await portal.a_canteen()
    await asks(portal, canteen)
    email, colleague = (f"{who}.{uuid4().hex[:8]}@mairie.example" for who in ("nadia", "bruno"))
    await appoint(portal.town_hall.clients, email, "Nadia", "Benali", str(canteen.authority))
    page, cook = await window(), await window()
    codes = await enrol(portal, page, await portal.link_at(email))
    await page.get_by_role("link", name="continuer").click()
    await expect(page.locator("h1")).to_have_text("Ce qui vous attend")
    await answer_louane(page)

    await invite_a_cook(page, colleague)
    await page.get_by_role("link", name="Actes").click()
    acts = await text_of(page)
    for said in ("Nadia Benali a accepté une demande", "a invité une personne", "Cuisine"):
        assert said in acts, acts
    await enrol(portal, cook, await portal.link_at(colleague))
    await cook.goto("/console/")
    assert "Demandes d’accès" not in await text_of(cook)
    assert await cook.get_by_role("link", name="Équipe").count() == 0

    await page.get_by_role("button", name="Déconnexion").click()
    await sign_in(page, email, codes[0])
    await page.get_by_role("button", name="Déconnexion").click()
    await sign_in(page, email, codes[0])
    assert "ne correspond pas" in await text_of(page), "a recovery code is good once"
