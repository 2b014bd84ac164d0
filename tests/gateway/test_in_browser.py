"""What a real Chromium sees: the scripts' conveniences, waiting without scripts, narrow screens."""

import shutil
from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from contracts.values import OrderId
from tests.gateway.booked import (
    ORDER,
    a_booking,
    a_garderie,
    a_statement,
    an_order_of,
    many_orders,
    own_file,
)
from tests.gateway.neighbours import (
    CANTEEN,
    COUBON,
    EVENING,
    LOUANE,
    PASSWORD,
    THEO,
    Script,
    a_cart,
    a_household,
    a_meal,
    an_order,
    gateway_with,
)

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
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param == "with scripts")


@pytest.fixture
async def page(chromium: Browser, script: Script, scripts: bool) -> AsyncIterator[Page]:
    """Claire's page, signed in by her own typing; what its console complains of fails the test."""
    async with gateway_with(script, base="http://127.0.0.1") as server:
        context = await chromium.new_context(
            base_url=str(server.make_url("/")), java_script_enabled=scripts, locale="fr-FR",
            reduced_motion="reduce", viewport={"width": 320, "height": 640},
        )  # fmt: skip
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto("/calendrier?mois=2026-12")
        await page.fill("[name=email]", "claire@example.fr")
        await page.fill("[name=password]", PASSWORD)
        await page.click("text=Se connecter")
        await expect(page.locator("h1")).to_have_text("Calendrier de décembre 2026")
        yield page
        await context.close()
        assert complaints == []


async def test_a_family_books_with_and_without_scripts(page: Page, script: Script) -> None:
    await page.check(f"[value='{LOUANE}|2026-12-07|midi']")
    await page.check(f"[value='{THEO}|2026-12-07|midi']")
    script.cart = a_cart(a_meal(LOUANE, date(2026, 12, 7)), a_meal(THEO, date(2026, 12, 7)))
    await page.click("text=Ajouter au panier")
    await expect(page.locator("h1")).to_have_text("Votre panier")
    assert {m.beneficiary for m in script.of("booking.change_cart")[0].meals} == {LOUANE, THEO}
    await page.click("text=Confirmer et payer")
    await expect(page.locator("#etat")).to_contain_text("En cours de confirmation")
    for order in script.orders:
        script.orders[order] = an_order(order, "confirmed")
    await expect(page.locator("#etat")).to_contain_text("réservé et payé", timeout=8_000)


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_the_total_follows_the_ticks_and_a_month_is_ticked_at_once(
    page: Page, scripts: bool
) -> None:
    total = page.locator("[data-total]")
    await expect(total).to_have_text("0 repas, 0,00 €")
    await page.check(f"[value='{LOUANE}|2026-12-07|midi']")
    await expect(total).to_have_text("1 repas, 3,80 €")
    await page.click("text=Tout le mois pour Louane")
    await expect(total).to_have_text("11 repas, 41,80 €")
    await page.click("text=Tout le mois pour Louane")
    await expect(total).to_have_text("0 repas, 0,00 €")


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_one_press_adds_what_was_ticked_in_every_service(
    page: Page, script: Script, scripts: bool
) -> None:
    script.more_services = (a_garderie(),)
    await page.reload()
    await page.check(f"[value='{THEO}|2026-12-07|midi']")
    await page.check(f"[value='{LOUANE}|2026-12-08|soir']")
    await page.locator("text=Ajouter au panier").last.click()
    await expect(page.locator("h1")).to_have_text("Votre panier")
    asked = {change.service: change.meals for change in script.of("booking.change_cart")}
    assert {service: [m.beneficiary for m in meals] for service, meals in asked.items()} == {
        CANTEEN: [THEO], EVENING: [LOUANE]
    }  # fmt: skip


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_arrows_go_from_day_to_day_and_from_child_to_child(page: Page, scripts: bool) -> None:
    await page.focus(f"[value='{LOUANE}|2026-12-04|midi']")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    focused = await page.evaluate("document.activeElement.value")
    assert focused == f"{THEO}|2026-12-07|midi"


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_nothing_is_wider_than_a_small_screen(
    page: Page, script: Script, scripts: bool
) -> None:
    order = OrderId(uuid4())
    script.orders[order] = an_order(order, "released", "credits_short")
    names = ["Louane", "Maximilien-Alexandre", "Zoé", "Anne-Charlotte", "Théophile"]
    script.household = a_household(*((name, "de La Rochefoucauld") for name in names))
    script.cart = a_cart(*(a_meal(LOUANE, date(2026, 12, day)) for day in range(1, 19)))
    script.more_services = (a_garderie(),)
    a_full_account(script)
    paths = ("/", "/calendrier?mois=2026-12", "/panier", f"/commandes/{order}", *FAMILY_PAGES)
    for path in paths:
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_what_is_touched_is_large_enough(page: Page, script: Script, scripts: bool) -> None:
    script.more_services = (a_garderie(),)
    a_full_account(script)
    for path in ("/", "/calendrier?mois=2026-12", *FAMILY_PAGES):
        await page.goto(path)
        small = await page.evaluate(
            """() => [...document.querySelectorAll("main :is(a, button, label:has(input), summary), header :is(a, button)")]
                .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
                .filter(([, r]) => r.height > 1 && (r.height < 44 || r.width < 44))
                .map(([text, r]) => `${text}: ${r.width} x ${r.height}`)"""  # noqa: E501
        )
        assert small == [], path


def a_full_account(script: Script) -> None:
    """A family in the middle of the year."""
    days = [date(2026, 11, 24), date(2026, 12, 3), date(2026, 12, 4)]
    script.bookings = [a_booking(LOUANE, day, n) for n, day in enumerate(days, 1)]
    an_order_of(script)
    script.history = many_orders(25)
    statement = ("bookings_cancelled", 380), ("order_paid", -1520), ("cash_top_up", 3000)
    script.movements[COUBON] = a_statement(*statement)
    script.own = own_file(script)


FAMILY_PAGES = (
    "/mon-compte", "/mon-compte/reservations?mois=2026-12", "/mon-compte/commandes",
    "/mon-compte/credits", f"/mon-compte/credits/{COUBON}", "/mon-compte/informations",
    f"/commandes/{ORDER}", f"/annuler/{ORDER}/2",
)  # fmt: skip


async def test_a_week_is_ticked_with_and_without_scripts(page: Page, script: Script) -> None:
    await page.check(f"[value='{THEO}|2026-12-03|midi']")
    await page.click("text=de la semaine du 7 décembre, Louane")
    for day in (7, 8, 10, 11):
        await expect(page.locator(f"[value='{LOUANE}|2026-12-{day:02}|midi']")).to_be_checked()
    await expect(page.locator(f"[value='{THEO}|2026-12-03|midi']")).to_be_checked()
    await expect(page.locator("[data-total]")).to_have_text("5 repas, 19,00 €")
    assert script.of("booking.change_cart") == []
    await page.click("text=Ajouter au panier")
    assert len(script.of("booking.change_cart")[0].meals) == 5


async def test_a_meal_is_cancelled_in_two_taps_with_and_without_scripts(
    page: Page, script: Script
) -> None:
    a_full_account(script)
    await page.goto("/")
    await page.get_by_role("link", name="Annuler : Louane").last.click()
    await expect(page.locator("main")).to_contain_text("+3,80 €")
    await page.get_by_role("button", name="Annuler ce repas").click()
    await expect(page.locator("#etat")).to_contain_text("+3,80 € en cours")
    cancellation = script.of("booking.cancel_bookings")[0].cancellation
    script.movements[COUBON] = a_statement(("bookings_cancelled", 380), more=cancellation)
    await expect(page.locator("#etat")).to_contain_text("sur vos crédits de", timeout=8_000)


@pytest.mark.parametrize("scripts", ["with scripts"], indirect=True)
async def test_the_key_enter_in_a_box_adds_to_the_cart_and_ticks_nothing(
    page: Page, script: Script, scripts: bool
) -> None:
    await page.check(f"[value='{LOUANE}|2026-12-07|midi']")
    await page.press(f"[value='{LOUANE}|2026-12-07|midi']", "Enter")
    await expect(page.locator("h1")).to_have_text("Votre panier")
    assert len(script.of("booking.change_cart")[0].meals) == 1
