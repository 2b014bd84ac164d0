"""Coming in with a real Chromium, with scripts and without, on the narrowest screen."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.gateway.entrance import an_offer
from tests.gateway.entrance_screens import ENTRANCE_SCREENS
from tests.gateway.neighbours import PASSWORD, Script, gateway_with

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A browser for the module."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture(params=["with scripts", "without scripts"])
async def page(
    chromium: Browser, script: Script, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """Somebody who has never been here."""
    async with gateway_with(script, base="http://127.0.0.1") as server:
        context = await chromium.new_context(
            base_url=str(server.make_url("/")), locale="fr-FR", reduced_motion="reduce",
            java_script_enabled=request.param == "with scripts",
            viewport={"width": 320, "height": 640},
        )  # fmt: skip
        yield await context.new_page()
        await context.close()


async def test_an_account_is_opened_from_the_first_page_to_the_last_step(
    page: Page, script: Script
) -> None:
    await page.goto("/")
    await page.fill("#email", "claire@example.fr")
    await page.click("text=Créer votre compte")
    await expect(page.locator("#email")).to_have_value("claire@example.fr")
    await page.fill("#first_name", "Claire")
    await page.fill("#last_name", "Dupont")
    await page.fill("#password", PASSWORD)
    await page.check("#terms")
    await page.click("text=Enregistrer et continuer")
    await expect(page.locator(".progress")).to_contain_text("Étape 2 sur 3")
    await page.fill("#first_name", "Louane")
    await page.fill("#birth", "10")
    await page.select_option("#birth-mois", label="mai")
    await page.fill("#birth-annee", "2018")
    await page.select_option("#filiation", label="Mère")
    await page.click("text=Ajouter cette personne")
    await expect(page.locator("table")).to_contain_text("10 mai 2018")
    await page.click("text=Continuer")
    await page.click(f"text={an_offer().authorities[0].label}")
    await page.check("text=Louane Dupont")
    await page.click("text=Envoyer la demande")
    await expect(page.locator("main")).to_contain_text("Votre demande est envoyée")
    await page.click("text=Terminer")
    await expect(page.locator("h1")).to_have_text("Bonjour Claire")
    assert [w.category for w in script.of("subscriptions.ask_access")[0].wishes] == ["c0"]


async def test_a_company_is_asked_about_once_it_is_ticked(page: Page) -> None:
    await page.goto("/creer-un-compte")
    await expect(page.locator("#siret")).to_be_hidden()
    await page.check("#company")
    await expect(page.locator("#siret")).to_be_visible()


@pytest.mark.parametrize("page", ["with scripts"], indirect=True)
async def test_the_errors_take_the_focus_and_lead_to_their_fields(page: Page) -> None:
    await page.goto("/creer-un-compte")
    await page.fill("#birth", "31")
    await page.click("text=Enregistrer et continuer")
    await expect(page.locator(".notice.stop")).to_be_focused()
    await page.click("text=Indiquez le jour, le mois")
    await expect(page.locator("#birth")).to_be_focused()


@pytest.mark.parametrize("page", ["with scripts"], indirect=True)
async def test_a_password_can_be_looked_at_while_it_is_typed(page: Page) -> None:
    await page.goto("/connexion")
    await page.fill("#password", PASSWORD)
    await page.click("text=Afficher")
    await expect(page.locator("#password")).to_have_attribute("type", "text")
    await page.click("text=Afficher")
    await expect(page.locator("#password")).to_have_attribute("type", "password")


@pytest.mark.parametrize("page", ["with scripts"], indirect=True)
async def test_no_screen_of_coming_in_is_wider_than_the_smallest_phone(
    page: Page, script: Script
) -> None:
    wide = []
    for name, show in ENTRANCE_SCREENS.items():
        script.raises.clear()
        await show(page, script)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
    assert wide == []
