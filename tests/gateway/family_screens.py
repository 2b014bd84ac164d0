"""The pages of a signed-in family in their states, for `tests.gateway.screenshots`."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from playwright.async_api import Page

from contracts import accounts, booking, payments, subscriptions
from contracts.refusal import Unavailable
from contracts.values import AuthorityId, ServiceId
from tests.gateway.booked import (
    CAMILLE,
    ORDER,
    THURSDAY,
    a_booking,
    a_garderie,
    a_statement,
    an_order_of,
    at_the_garderie,
    booked,
    many_orders,
    own_file,
)
from tests.gateway.neighbours import AIGUILHE, COUBON, LOUANE, PARIS, THEO, Script, an_id

Do = Callable[[Page, Script], Awaitable[None]]
TWELVE = an_id("cancellation")


def a_full_account(script: Script) -> None:
    """A family in the middle of the year, of two adults and two communes."""
    adults = (script.household.adults[0], CAMILLE)
    script.household = script.household.model_copy(update={"adults": adults})
    script.bookings = [
        a_booking(LOUANE, date(2026, 11, 24), 1, cancel_until=None),
        a_booking(THEO, date(2026, 11, 24), 2, cancel_until=None),
        *(a_booking(LOUANE, date(2026, 12, day), day) for day in (1, 3, 4, 7, 8, 14)),
        *(a_booking(THEO, date(2026, 12, day), 20 + day, state="held") for day in (3, 4)),
        at_the_garderie(LOUANE, THURSDAY, "matin", 41),
        at_the_garderie(LOUANE, THURSDAY, "soir", 42),
    ]
    an_order_of(script)
    script.history = many_orders(25)
    for place, state in ((1, "held"), (2, "released"), (3, "cancelled")):
        script.history[place] = script.history[place].model_copy(update={"state": state})
    script.movements[COUBON] = a_statement(
        ("bookings_cancelled", 380), ("order_paid", -1520), ("order_reversed", 760),
        ("order_paid", -760), ("cash_top_up", 3000), more=TWELVE,
    )  # fmt: skip
    script.wallets = (
        payments.Wallet(regie=AIGUILHE, label="Aiguilhe", balance_cents=900, reserved_cents=380,
                        available_cents=520),
        payments.Wallet(regie=COUBON, label="Coubon", balance_cents=1860, reserved_cents=0,
                        available_cents=1860),
    )  # fmt: skip
    script.own = own_file(script)
    at = datetime(2026, 11, 20, tzinfo=PARIS)
    script.devices = (
        accounts.Device(session=an_id("one"), label="Firefox", opened=at, seen=at, keep=True),
    )
    script.access = tuple(
        subscriptions.Access(
            beneficiary=LOUANE, authority=AuthorityId(an_id("a")), service=ServiceId(an_id("s")),
            category="enfant", authority_label="Mairie Coubon", service_label="Cantine",
            category_label="Enfant commune", state=state,
        )
        for state in ("open", "open", "pending")
    )  # fmt: skip


def an_empty_account(script: Script) -> None:
    """A family whose account was validated this morning."""
    script.bookings, script.history, script.wallets, script.access = [], [], (), ()
    script.cart, script.movements = booking.Cart(regies=(), cents=0), {}


def _full(path: str) -> Do:
    async def go(page: Page, script: Script) -> None:
        a_full_account(script)
        await page.goto(path)

    return go


def _empty(path: str) -> Do:
    async def go(page: Page, script: Script) -> None:
        an_empty_account(script)
        await page.goto(path)

    return go


async def _nobody_answers(page: Page, script: Script) -> None:
    a_full_account(script)
    for name in ("booking.list_bookings", "booking.get_cart", "payments.get_wallets"):
        script.raises[name] = Unavailable()
    await page.goto("/")


async def _garderie(page: Page, script: Script) -> None:
    script.more_services = (a_garderie((date(2026, 12, 8), "soir")),)
    script.cells[(LOUANE, date(2026, 12, 1))] = booking.Cell(
        day=date(2026, 12, 1), session="midi", state="booked", cents=380, order=ORDER, line=1,
        cancel_until=datetime(2026, 11, 26, 10, tzinfo=PARIS),
    )  # fmt: skip
    await page.goto("/calendrier?mois=2026-12")
    await page.click("text=de la semaine du 7 décembre, Louane, matin")
    script.more_services = ()


async def _credit_changed(page: Page, script: Script) -> None:
    booked(script)
    await page.goto(f"/annuler/{ORDER}/1")
    script.bookings[0] = a_booking(LOUANE, THURSDAY, credit_cents=190)
    script.raises["booking.cancel_bookings"] = booking.CreditChanged(
        credit_cents=190, shown_cents=380
    )
    await page.get_by_role("button", name="Annuler ce repas").click()


async def _too_late(page: Page, script: Script) -> None:
    booked(script)
    await page.goto(f"/annuler/{ORDER}/1")
    script.bookings[0] = a_booking(LOUANE, THURSDAY, cancel_until=None)
    script.raises["booking.cancel_bookings"] = booking.TooLateToCancel(lines=(1,))
    await page.get_by_role("button", name="Annuler ce repas").click()


def _cancelled(state: booking.OrderState, *, credited: bool = False) -> Do:
    async def go(page: Page, script: Script) -> None:
        booked(script, state=state)
        script.movements = {}
        await page.goto(f"/annuler/{ORDER}/1")
        await page.get_by_role("button", name="Annuler ce repas").click()
        await page.wait_for_url("**/annulations/*")
        if credited:
            asked = script.of("booking.cancel_bookings")[-1].cancellation
            script.movements[COUBON] = a_statement(("bookings_cancelled", 380), more=asked)
            await page.reload()

    return go


def _cancelling(state: booking.OrderState) -> Do:
    async def go(page: Page, script: Script) -> None:
        booked(script, state=state)
        await page.goto(f"/annuler/{ORDER}/1")

    return go


async def _own_wrong(page: Page, script: Script) -> None:
    script.own = own_file(script)
    await page.goto("/mon-compte/informations")
    await page.fill("[name=first_name]", "")
    await page.fill("[name=birth_year]", "2099")
    await page.click("text=Enregistrer")


FAMILY_SCREENS: dict[str, Do] = {
    "family-home": _full("/"),
    "family-home-empty": _empty("/"),
    "family-home-away": _nobody_answers,
    "family-calendar-garderie": _garderie,
    "family-account": _full("/mon-compte"),
    "family-account-empty": _empty("/mon-compte"),
    "family-bookings": _full("/mon-compte/reservations?mois=2026-12"),
    "family-bookings-empty": _empty("/mon-compte/reservations?mois=2027-02"),
    "family-orders": _full("/mon-compte/commandes"),
    "family-orders-empty": _empty("/mon-compte/commandes"),
    "family-order": _full(f"/commandes/{ORDER}"),
    "family-credits": _full("/mon-compte/credits"),
    "family-credits-empty": _empty("/mon-compte/credits"),
    "family-movements": _full(f"/mon-compte/credits/{COUBON}"),
    "family-own": _full("/mon-compte/informations"),
    "family-own-wrong": _own_wrong,
    "family-cancel": _cancelling("confirmed"),
    "family-cancel-held": _cancelling("held"),
    "family-cancel-changed": _credit_changed,
    "family-cancel-late": _too_late,
    "family-cancelled": _cancelled("confirmed"),
    "family-cancelled-credited": _cancelled("confirmed", credited=True),
    "family-cancelled-held": _cancelled("held"),
}
