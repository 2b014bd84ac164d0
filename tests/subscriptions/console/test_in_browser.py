"""What a real Chromium sees of the console, with scripts and without, by keyboard alone."""

import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.subscriptions.console.neighbours import CODE, PASSWORD, SECRET, Script, console_with

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
    request: pytest.FixtureRequest, chromium: Browser, script: Script
) -> AsyncIterator[Page]:
    """A page on a small screen; what its console complains of fails the test."""
    async with console_with(script, base="http://127.0.0.1") as server:
        context = await chromium.new_context(
            base_url=str(server.make_url("/")), locale="fr-FR", reduced_motion="reduce",
            java_script_enabled=request.param == "with scripts",
            viewport={"width": 360, "height": 740},
        )  # fmt: skip
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await context.close()
        assert complaints == []


async def enter(page: Page) -> None:
    """Sign in, keyboard only."""
    await page.goto("/console/")
    await page.focus("#email")
    for typed in ("nadia@mairie.example.fr", PASSWORD):
        await page.keyboard.type(typed)
        await page.keyboard.press("Tab")
    await page.focus("#code")
    await page.keyboard.type(CODE)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Ce qui vous attend")


async def test_requests_are_answered_by_keyboard_with_and_without_scripts(
    page: Page, script: Script
) -> None:
    await enter(page)
    boxes = page.locator("[name=demande]")
    for place in range(2):
        await boxes.nth(place).focus()
        await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Demandes choisies")
    await page.locator("text=Accepter 2").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[role=status]")).to_contain_text("demandes acceptées")
    assert script.pending == []


async def test_the_second_factor_s_picture_is_drawn(page: Page) -> None:
    await page.goto(f"/console/lien/{SECRET}")
    picture = page.locator(".scan img")
    await expect(picture).to_be_visible()
    box = await picture.bounding_box()
    assert box is not None
    assert box["width"] == box["height"] >= 200
    await page.fill("#password", PASSWORD)
    await page.fill("#code", CODE)
    await page.click("text=Ouvrir mon accès")
    await expect(page.locator("h1")).to_have_text("Vos codes de secours")


@pytest.mark.parametrize("page", ["with scripts"], indirect=True)
@pytest.mark.parametrize("path", ["/console/", "/console/equipe", "/console/actes"])
async def test_pages_fit_a_phone_and_axe_finds_nothing(page: Page, path: str) -> None:
    await enter(page)
    await page.goto(path)
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
