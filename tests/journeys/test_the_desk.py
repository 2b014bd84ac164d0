"""A town hall opens a service, finds a family, takes its money, books, cancels, and counts."""

from uuid import uuid4

from playwright.async_api import Page, expect

from deploy.first_administrator import appoint
from tests.journeys.conftest import OpenPage
from tests.journeys.portal import Portal, text_of
from tests.journeys.test_a_town_hall import enrol


async def press(page: Page, label: str) -> None:
    """A visible button."""
    await page.locator("main button:visible:not(.sr)", has_text=label).click()


async def opens_a_service(page: Page) -> None:
    """A garderie with one price, everything else as it is suggested."""
    await page.get_by_role("link", name="Services").click()
    await page.get_by_role("link", name="Ouvrir un service").click()
    await press(page, "Continuer")
    await page.fill("#nom", "Garderie du Pont")
    await page.get_by_label("À midi").uncheck()
    await page.get_by_label("Le soir").check()
    await press(page, "Continuer")
    await page.fill("#entree-0", "Tous")
    await page.fill("#prix-0", "1,80")
    await page.fill("#entree-1", "")
    await press(page, "Continuer")
    await press(page, "Continuer")
    await press(page, "Voir ce que")
    assert "Les lundis, mardis, jeudis et vendredis, le soir." in await text_of(page)
    await press(page, "Publier")
    assert "« Garderie du Pont » est ouvert" in await text_of(page)


async def finds(page: Page, typed: str, name: str) -> None:
    """Look for a family until accounts has heard whose it is."""
    await page.get_by_role("link", name="Familles").click()
    for _ in range(40):
        await page.fill("#q", typed)
        await press(page, "Chercher")
        if await page.get_by_role("link", name=name).count():
            break
        await page.wait_for_timeout(250)
    await page.get_by_role("link", name=name).click()


async def takes_cash(page: Page, last_name: str) -> None:
    """Twenty euros, with a receipt that says who took them."""
    await finds(page, last_name.replace("â", "a").replace("-", " ").lower(), last_name)
    await page.get_by_role("link", name="Encaisser").click()
    await page.fill("#montant", "20")
    await press(page, "Vérifier")
    await press(page, "Encaisser 20")
    assert "20,00 €" in await text_of(page)
    assert "Nadia Benali" in await text_of(page)
    await page.get_by_role("link", name="Revenir à la famille").click()


async def books_two_meals(page: Page) -> str:
    """In December, as the family would; the day of the second one."""
    await page.get_by_role("link", name="Réserver", exact=True).click()
    await page.get_by_role("link", name="décembre 2026").click()
    boxes = page.locator("[name=repas]")
    day = (await boxes.nth(2).get_attribute("value") or "").split("|")[1]
    for place in (0, 2):
        await boxes.nth(place).check()
    await press(page, "Voir le total")
    assert "12,40 €" in await text_of(page), "what is left of twenty euros"
    await press(page, "Réserver, 7,60")
    await expect(page.locator("main")).to_contain_text("C’est réservé et payé", timeout=15_000)
    return day


async def cancels_one(page: Page) -> None:
    """Against the credit that was shown."""
    await page.get_by_role("link", name="Annuler des réservations").click()
    await page.locator("[name=ligne]").first.check()
    await press(page, "Voir ce qui sera recrédité")
    await press(page, "Annuler et recréditer")
    assert "3,80 € reviennent" in await text_of(page)


async def test_a_town_hall_serves_a_family_at_its_desk(portal: Portal, window: OpenPage) -> None:
    canteen = await portal.a_canteen()
    last_name = f"Delâge-{uuid4().hex[:6].upper()}"
    await portal.a_family(canteen, last_name=last_name)
    email = f"nadia.{uuid4().hex[:8]}@mairie.example"
    await appoint(portal.town_hall.clients, email, "Nadia", "Benali", str(canteen.authority))
    page = await window()
    await enrol(portal, page, await portal.link_at(email))
    await page.get_by_role("link", name="continuer").click()
    await opens_a_service(page)
    await takes_cash(page, last_name)
    day = await books_two_meals(page)
    await cancels_one(page)
    await page.goto(f"/console/cuisine?jour={day}")
    assert "1 à servir" in (await text_of(page)).replace("\n", " ")
    await page.get_by_role("link", name="Liste nominative").first.click()
    assert last_name in await text_of(page)
    await page.get_by_role("link", name="Régie", exact=True).click()
    assert "Espèces (1 reçu)" in await text_of(page)
    await page.get_by_role("link", name="Actes").click()
    acts = await text_of(page)
    assert "Garderie du Pont" in acts, acts
