"""`python -m tests.subscriptions.console.counter_screenshots FOLDER [PART OF A NAME]`, with axe.

The pages of services, families, the desk and the kitchen, at two sizes.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.async_api import Page, async_playwright

from chassis import log
from contracts.booking import MealsRefused, PriceChanged, RefusedMeal
from contracts.refusal import Unavailable
from contracts.subscriptions import RegulationImmutable
from contracts.values import AGGLOMERATION, RequestId
from tests.subscriptions.console.counter import (
    FILE,
    ORDER,
    REGIE,
    THURSDAY,
    Counter,
    a_booking,
    a_cart,
    a_count,
    at_the_counter,
    with_a_hostile_name,
)
from tests.subscriptions.console.neighbours import (
    CANTEEN,
    DUPONT,
    EVENING,
    LOUANE,
    Script,
    an_access,
    an_id,
)
from tests.subscriptions.console.screenshots import SIZES, Do, at, then, walk

OPEN = "/console/services/ouvrir"
CHANGE = f"/console/services/{CANTEEN}/modifier"
Make = Callable[[], tuple[Script, Counter]]


def on(first: Do, *presses: tuple[dict[str, str], str]) -> Do:
    """Fill in fields and press, page after page."""

    async def go(page: Page, script: Script) -> None:
        await first(page, script)
        for typed, button in presses:
            for place, value in typed.items():
                await page.fill(place, value)
            await page.click(f"main button:visible:not(.sr):has-text('{button}')")

    return go


PRICES = {"#prix-0": "3,80", "#prix-1": "4,90"}
NEXT: tuple[dict[str, str], str] = ({}, "Continuer")
PREVIEW = on(at(OPEN), NEXT, NEXT, (PRICES, "Continuer"), NEXT, ({}, "Voir ce que"))
REFUSED = MealsRefused(meals=(RefusedMeal(
    beneficiary=LOUANE, service=CANTEEN, day=THURSDAY, session="midi", state="full",
),))  # fmt: skip


def refused(first: Do, button: str, name: str, error: Exception) -> Do:
    """Press a button that is answered by a no."""
    return then(first, press=button, **{name: error})


CHEQUE = then(
    at(f"{FILE}/encaisser"), ("#montant", "38,50"), ("[value=cheque]", "tick"),
    ("#numero", "0012345"), press="Vérifier",
)  # fmt: skip
SCREENS: dict[str, Do] = {
    "services": at("/console/services"),
    "open-1": at(OPEN),
    "open-2": on(at(OPEN), NEXT),
    "open-3": on(at(OPEN), NEXT, NEXT),
    "open-3-wrong": on(at(OPEN), NEXT, NEXT, ({"#prix-0": "trois", "#prix-1": "490"}, "Continuer")),
    "open-4": on(at(OPEN), NEXT, NEXT, (PRICES, "Continuer"), ({}, "Ajouter une fermeture")),
    "open-4-wrong": on(
        at(OPEN), NEXT, NEXT, (PRICES, "Continuer"), ({}, "Ajouter une fermeture"),
        ({"#ferme-motif-0": "sortie"}, "Continuer"),
    ),
    "open-5": on(at(OPEN), NEXT, NEXT, (PRICES, "Continuer"), NEXT),
    "open-6": PREVIEW,
    "open-6-refused": refused(
        PREVIEW, "Publier", "subscriptions__publish_regulation", RegulationImmutable()
    ),
    "opened": then(PREVIEW, press="Publier"),
    "change": at(CHANGE),
    "families": at("/console/familles"),
    "families-wrong": then(
        at("/console/familles"), ("#q", "dupont"), ("#naissance", "31"), press="Chercher"
    ),
    "family": at(FILE),
    "family-away": at(
        FILE, payments__get_wallets=Unavailable(), booking__list_bookings=Unavailable()
    ),
    "booking": at(f"{FILE}/reserver?mois=2026-12"),
    "booking-refused": refused(
        at(f"{FILE}/reserver?mois=2026-12"), "Voir le total", "booking__change_cart", REFUSED
    ),
    "cart": at(f"{FILE}/panier"),
    "cart-moved": refused(
        at(f"{FILE}/panier"), "Réserver", "booking__place_order",
        PriceChanged(cart_version=5, cents=390, shown_cents=380, meals=()),
    ),
    "order": at(f"{FILE}/commandes/{ORDER}"),
    "cancelling": at(f"{FILE}/annuler/{ORDER}?ligne=1"),
    "cancelled": then(at(f"{FILE}/annuler/{ORDER}?ligne=1"), press="Annuler et"),
    "till": at(f"{FILE}/encaisser"),
    "till-wrong": then(at(f"{FILE}/encaisser"), ("#montant", "vingt"), press="Vérifier"),
    "till-check": CHEQUE,
    "receipt": then(CHEQUE, press="Encaisser"),
    "takings": at(f"/console/regie/{REGIE}"),
    "kitchen": at("/console/cuisine?jour=2026-12-10"),
    "eaters": at(f"/console/cuisine/{CANTEEN}/midi?jour=2026-12-10"),
}  # fmt: skip


def rich() -> tuple[Script, Counter]:
    """An administrator of Coubon, on a day with much to see."""
    script, counter = at_the_counter("administrator")
    script.access[DUPONT] = (
        an_access("open", RequestId(an_id("held"))),
        an_access("pending", RequestId(an_id("asked")), category="adulte", category_label="Adulte"),
    )
    counter.counts = (
        a_count(), a_count(held=0).model_copy(update={
            "service": EVENING, "service_name": "Garderie", "session": "soir"}),
        a_count(closed="pas de garderie le mercredi").model_copy(update={
            "service": EVENING, "service_name": "Garderie", "session": "matin"}),
    )  # fmt: skip
    counter.cart = a_cart(date(2026, 12, 7), THURSDAY, date(2026, 12, 11))
    counter.states = {
        date(2026, 12, 8): "booked", date(2026, 12, 14): "full", date(2026, 12, 15): "held",
        **{date(2026, 12, n): "closed" for n in range(19, 32)},
    }  # fmt: skip
    counter.bookings = [
        a_booking(1),
        a_booking(2, day=date(2026, 12, 11)),
        a_booking(3, day=date(2026, 12, 1), cancel_until=None, credit_cents=0, state="held"),
    ]
    return script, counter


def short() -> tuple[Script, Counter]:
    """The same, without credits."""
    script, counter = rich()
    counter.credits = 100
    return script, counter


def hostile() -> tuple[Script, Counter]:
    """A family with a name that should not break anything."""
    script, counter = rich()
    with_a_hostile_name(script)
    return script, counter


def everywhere() -> tuple[Script, Counter]:
    """An administrator of the agglomeration."""
    return at_the_counter("administrator", at=AGGLOMERATION)


OTHERS: list[tuple[Make, dict[str, Do]]] = [
    (short, {"cart-short": at(f"{FILE}/panier")}),
    (hostile, {
        "family-hostile": at(FILE), "cart-hostile": at(f"{FILE}/panier"),
        "families-hostile": at("/console/familles"),
        "eaters-hostile": at(f"/console/cuisine/{CANTEEN}/midi"),
    }),
    (everywhere, {
        "services-all": at("/console/services"), "open-1-all": at(OPEN),
        "families-all": at("/console/familles"), "regies-all": at("/console/regie"),
        "kitchen-all": at("/console/cuisine"), "till-all": at(f"{FILE}/encaisser"),
    }),
]  # fmt: skip


async def main(folder: Path, only: str = "") -> None:
    """Take them all."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for size in SIZES:
            for dark in (False, True) if not only else (False,):
                tail = f"{size}{'-dark' if dark else ''}"
                for make, screens in ((rich, SCREENS), *OTHERS):
                    wanted = {name: do for name, do in screens.items() if only in name}
                    if wanted:
                        await walk(
                            browser, make()[0], tail, wanted, folder, signed_in=True, dark=dark
                        )
        await browser.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    log.configure("critical", "console")
    asyncio.run(main(target, *sys.argv[2:3]))
