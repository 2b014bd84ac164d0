"""`python -m tests.gateway.screenshots FOLDER`: every page, small and large, and what axe says."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright

from chassis import log
from contracts import booking
from contracts.refusal import Unavailable
from contracts.values import OrderId
from tests.gateway.entrance_screens import ENTRANCE_SCREENS, anew, sign_in
from tests.gateway.family_screens import FAMILY_SCREENS
from tests.gateway.neighbours import (
    CANTEEN,
    LOUANE,
    THEO,
    Script,
    a_cart,
    a_meal,
    a_script,
    an_order,
    deadline,
    gateway_with,
)

SIZES = {"360": (360, 740), "1280": (1280, 900)}
Do = Callable[[Page, Script], Awaitable[None]]
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


def _mixed(script: Script) -> None:
    def cell(day: date, state: booking.CellState, reason: str = "") -> booking.Cell:
        return booking.Cell(
            day=day, session="midi", state=state, cents=380, reason=reason, deadline=deadline(day)
        )

    script.cells = {
        (LOUANE, date(2026, 12, 1)): cell(date(2026, 12, 1), "booked"),
        (THEO, date(2026, 12, 1)): cell(date(2026, 12, 1), "held"),
        (LOUANE, THURSDAY): cell(THURSDAY, "in_cart"),
        (THEO, THURSDAY): cell(THURSDAY, "in_cart"),
        (LOUANE, date(2026, 12, 7)): cell(date(2026, 12, 7), "full"),
        (THEO, date(2026, 12, 10)): cell(date(2026, 12, 10), "closed", "sortie scolaire"),
        (THEO, date(2026, 12, 11)): cell(date(2026, 12, 11), "not_entitled"),
    }
    meals = [a_meal(who, day) for who in (LOUANE, THEO) for day in (THURSDAY, FRIDAY)]
    script.cart = a_cart(*meals)


async def _calendar_refused(page: Page, script: Script) -> None:
    refused = (
        booking.RefusedMeal(
            beneficiary=LOUANE, service=CANTEEN, day=THURSDAY, session="midi", state="late",
            deadline=deadline(THURSDAY), article="article 4",
        ),
        booking.RefusedMeal(
            beneficiary=THEO, service=CANTEEN, day=FRIDAY, session="midi", state="full"
        ),
    )  # fmt: skip
    await page.goto("/calendrier?mois=2026-12")
    script.raises["booking.change_cart"] = booking.MealsRefused(meals=refused)
    await page.click("text=Ajouter au panier")


async def _price_changed(page: Page, script: Script) -> None:
    await page.goto("/panier")
    meals = tuple(
        booking.PricedMeal(
            beneficiary=meal.beneficiary, service=meal.service, day=meal.day,
            session=meal.session, cents=410 if meal.beneficiary == LOUANE else meal.cents,
        )
        for meal in script.cart.regies[0].meals
    )  # fmt: skip
    script.raises["booking.place_order"] = booking.PriceChanged(
        cart_version=8, cents=1580, shown_cents=1520, meals=meals
    )
    await page.click("text=Confirmer et payer")


async def _cart_short(page: Page, script: Script) -> None:
    late = a_meal(THEO, date(2026, 12, 10), state="late")
    away = a_meal(THEO, date(2026, 12, 8), service_name="Restaurant d’Aiguilhe", cents=425)
    script.cart = a_cart(*(a_meal(LOUANE, THURSDAY) for _ in range(6)), late, more=(away,))
    await page.goto("/panier")


async def _unavailable(page: Page, script: Script) -> None:
    await page.goto("/panier")
    script.raises["booking.place_order"] = Unavailable()
    await page.click("text=Confirmer et payer")


async def _names_missing(page: Page, script: Script) -> None:
    script.raises["accounts.get_household"] = Unavailable()
    script.raises["payments.get_wallets"] = Unavailable()
    await page.goto("/calendrier?mois=2026-12")


def _at(path: str) -> Do:
    async def go(page: Page, _script: Script) -> None:
        await page.goto(path)

    return go


def _order(state: booking.OrderState, reason: str = "") -> Do:
    async def go(page: Page, script: Script) -> None:
        order = OrderId(uuid4())
        script.orders[order] = an_order(order, state, reason)
        await page.goto(f"/commandes/{order}")

    return go


async def _wrong_password(page: Page, _script: Script) -> None:
    await page.goto("/connexion")
    await page.fill("[name=email]", "claire@example.fr")
    await page.fill("[name=password]", "autre")
    await page.click("text=Se connecter")


SIGNED_OUT: dict[str, Do] = {
    "welcome": _at("/"),
    "sign-in": _at("/connexion"),
    "sign-in-wrong": _wrong_password,
    "not-found": _at("/ailleurs"),
    **ENTRANCE_SCREENS,
}
SIGNED_IN: dict[str, Do] = {
    "home": _at("/"),
    "calendar": _at("/calendrier?mois=2026-12"),
    "calendar-refused": _calendar_refused,
    "calendar-missing": _names_missing,
    "cart": _at("/panier"),
    "cart-price-changed": _price_changed,
    "cart-short": _cart_short,
    "cart-unavailable": _unavailable,
    "order-confirmed": _order("confirmed"),
    "order-held": _order("held"),
    "order-released": _order("released", "credits_short"),
    **FAMILY_SCREENS,
}


async def _take(page: Page, script: Script, name: str, do: Do, folder: Path) -> None:
    script.raises.clear()
    _mixed(script)
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    await do(page, script)
    await page.wait_for_timeout(150)
    await page.screenshot(path=folder / f"{name}.png", full_page=True)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = await Axe().run(page)
    told = [f"{v['id']}: {v['nodes'][0]['html'][:140]}" for v in found.response["violations"]]
    console = [e for e in errors if "the server responded with a status" not in e]
    sys.stdout.write(f"{name}: {'TOO WIDE ' if wide else ''}{told or 'axe ok'} {console or ''}\n")


async def main(folder: Path, only: str = "") -> None:
    """Take them all."""
    names = [("Louane", "Dupont"), ("Théo", "Dupont")]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                script = a_script(*names)
                async with gateway_with(script, base="http://127.0.0.1") as server:
                    context = await browser.new_context(
                        base_url=str(server.make_url("/")), locale="fr-FR",
                        viewport={"width": width, "height": height},
                        reduced_motion="reduce",
                        color_scheme="dark" if scheme == "dark" else "light",
                    )  # fmt: skip
                    tail = f"{size}{'-dark' if scheme == 'dark' else ''}"
                    page = await context.new_page()
                    for name, do in SIGNED_OUT.items():
                        if only in name:
                            await _take(page, script, f"{name}-{tail}", do, folder)
                    anew(script)
                    await sign_in(page)
                    for name, do in SIGNED_IN.items():
                        if only in name:
                            page = await context.new_page()
                            await _take(page, script, f"{name}-{tail}", do, folder)
                            await page.close()
                    await context.close()
        await browser.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    log.configure("error", "console")
    asyncio.run(main(target, *sys.argv[2:3]))
