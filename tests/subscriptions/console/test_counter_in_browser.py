"""Opening a service, booking for a family and taking its money, in a real Chromium."""

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.subscriptions.console.counter import FILE, REGIE, Counter, at_the_counter
from tests.subscriptions.console.neighbours import CANTEEN, Script, console_with
from tests.subscriptions.console.screenshots import enter
from tests.subscriptions.console.test_in_browser import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
OPEN = "/console/services/ouvrir"


@pytest.fixture
def at_work() -> tuple[Script, Counter]:
    """Nadia administers Coubon."""
    return at_the_counter("administrator")


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A browser for the module."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture(params=["with scripts", "without scripts"])
async def page(
    request: pytest.FixtureRequest, chromium: Browser, at_work: tuple[Script, Counter]
) -> AsyncIterator[Page]:
    """Nadia's small screen; what its console complains of fails the test."""
    async with console_with(at_work[0], base="http://127.0.0.1") as server:
        context = await chromium.new_context(
            base_url=str(server.make_url("/")), locale="fr-FR", reduced_motion="reduce",
            java_script_enabled=request.param == "with scripts",
            viewport={"width": 360, "height": 740},
        )  # fmt: skip
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await enter(page)
        yield page
        await context.close()
        assert complaints == []


async def test_a_canteen_is_opened_by_keyboard_and_back_keeps_everything(
    page: Page, at_work: tuple[Script, Counter]
) -> None:
    await page.goto(OPEN)
    await page.keyboard.press("Tab")
    await page.focus("[name=regie]:checked")
    await page.keyboard.press("Enter")
    await page.focus("#nom")
    await page.keyboard.press("End")
    await page.keyboard.type(" et de Volhac")
    await page.keyboard.press("Enter")
    for place, price in (("#prix-0", "3,80"), ("#prix-1", "4,90")):
        await page.focus(place)
        await page.keyboard.type(price)
    await page.keyboard.press("Enter")
    await expect(page.locator(".progress [aria-current]")).to_contain_text("Le calendrier")
    await page.go_back()
    await page.go_back()
    await page.go_forward()
    await page.go_forward()
    await page.focus("#debut")
    await page.locator("main button:visible:not(.sr)", has_text="Continuer").press("Enter")
    await page.locator("main button", has_text="Voir ce que").press("Enter")
    await expect(page.locator("h2")).to_have_text("Voici ce que les familles verront")
    await page.locator("main button", has_text="Publier").press("Enter")
    await expect(page.locator("[role=status]")).to_contain_text("Cantine de Coubon et de Volhac")
    (asked,) = at_work[0].of("subscriptions.publish_regulation")
    assert [price.cents for price in asked.regulation.prices] == [380, 490]


async def test_a_family_books_and_pays_at_the_desk(
    page: Page, at_work: tuple[Script, Counter]
) -> None:
    await page.goto(f"{FILE}/reserver?mois=2026-12")
    await page.locator("[name=repas]").first.focus()
    await page.keyboard.press("Space")
    await page.locator("main button", has_text="Voir le total").press("Enter")
    await page.locator("main button", has_text="Réserver, 3,80").press("Enter")
    await expect(page.locator("[role=status]")).to_contain_text("réservé et payé")
    await page.goto(f"{FILE}/encaisser")
    await page.fill("#montant", "20")
    await page.keyboard.press("Enter")
    await page.locator("main button", has_text="Encaisser 20").press("Enter")
    await expect(page.locator("h1")).to_have_text("Reçu n°\u00a012")
    script = at_work[0]
    assert [m.day.day for m in script.of("booking.change_cart")[0].meals] == [7]
    assert script.of("payments.take_cash")[0].cents == 2_000


@pytest.mark.parametrize("page", ["with scripts"], indirect=True)
async def test_pages_pass_axe_and_fit_a_telephone(page: Page) -> None:
    for path in (
        "/console/services", OPEN, f"/console/services/{CANTEEN}/modifier", "/console/familles",
        FILE, f"{FILE}/reserver?mois=2026-12", f"{FILE}/panier", f"{FILE}/encaisser",
        f"/console/regie/{REGIE}", "/console/cuisine", f"/console/cuisine/{CANTEEN}/midi",
    ):  # fmt: skip
        await page.goto(path)
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found = await Axe().run(page)
        assert (path, wide, found.response["violations"]) == (path, False, [])


async def test_a_receipt_and_a_list_print_without_what_belongs_to_the_screen(page: Page) -> None:
    await page.goto(f"/console/cuisine/{CANTEEN}/midi?jour=2026-12-10")
    await expect(page.locator("th.print-only")).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(page.locator("th.print-only")).to_be_visible()
    await expect(page.locator(".menu")).to_be_hidden()
    await expect(page.locator("tbody tr")).to_have_count(2)
