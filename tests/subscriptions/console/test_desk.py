"""Acting for a family: booking, confirming, cancelling, by the same rules and in the same words."""

from datetime import date
from uuid import UUID

import pytest

from contracts.booking import (
    CartEmpty,
    CreditChanged,
    MealsRefused,
    PriceChanged,
    RefusedMeal,
    TooLateToCancel,
    order_of,
)
from contracts.refusal import NotFound, SameIdOtherContent, Unavailable
from contracts.values import CheckoutId
from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.counter import (
    FILE,
    ORDER,
    REGIE,
    THURSDAY,
    Counter,
    a_booking,
    a_cart,
    at_noon,
    at_the_counter,
)
from tests.subscriptions.console.neighbours import CANTEEN, DUPONT, LOUANE, Script

BOOK, CART, CONFIRM = f"{FILE}/reserver", f"{FILE}/panier", f"{FILE}/confirmer"
CANCEL = f"{FILE}/annuler/{ORDER}"
BOX = f"{LOUANE}|{THURSDAY}|midi"


@pytest.fixture
def at_work() -> tuple[Script, Counter]:
    """Nadia is a clerk of Coubon, in front of the Duponts."""
    return at_the_counter("clerk")


@pytest.fixture
def script(at_work: tuple[Script, Counter]) -> Script:
    """What the neighbours were asked."""
    return at_work[0]


@pytest.fixture
def counter(at_work: tuple[Script, Counter]) -> Counter:
    """What the neighbours answer."""
    return at_work[1]


async def december(browser: Browser) -> Page:
    """The days of December."""
    return await browser.get(f"{BOOK}?mois=2026-12")


async def ticked(browser: Browser) -> Page:
    """A Thursday ticked and sent."""
    page = await december(browser)
    return await browser.post(BOOK, [*page.forms[BOOK], ("repas", BOX)])


async def test_the_days_of_a_month_stand_with_a_box_for_each_child(
    nadia: Browser, counter: Counter
):
    counter.states[date(2026, 12, 11)] = "booked"
    counter.states[date(2026, 12, 24)] = "closed"
    page = await december(nadia)
    assert page.faults == []
    assert "Vous agissez pour la famille Dupont" in page.text
    assert f'value="{BOX}"' in page.text
    assert "Réservé" in page.text
    assert "Fermé : vacances de Noël" in page.plain
    assert "Trop tard depuis le" in page.plain
    assert "mois=2026-11" in page.text
    assert "mois=2027-01" in page.text


async def test_what_is_ticked_goes_into_the_family_s_cart_in_the_agent_s_name(
    nadia: Browser, script: Script
):
    sent = await ticked(nadia)
    assert (sent.status, sent.location) == (303, CART)
    (asked,) = script.of("booking.change_cart")
    (meal,) = asked.meals
    assert (meal.beneficiary, meal.service, meal.day) == (LOUANE, CANTEEN, THURSDAY)
    assert (asked.first, asked.last) == (date(2026, 12, 1), date(2026, 12, 31))
    caller = next(c for name, _, c in script.asked if name == "booking.change_cart")
    assert (caller.kind, caller.household) == ("staff", DUPONT)


async def test_a_refused_day_is_named_with_its_reason_and_the_boxes_stay(
    nadia: Browser, script: Script
):
    refused = RefusedMeal(
        beneficiary=LOUANE, service=CANTEEN, day=THURSDAY, session="midi", state="late",
        deadline=at_noon(date(2026, 12, 3)), article="article 4",
    )  # fmt: skip
    script.raises["booking.change_cart"] = MealsRefused(meals=(refused,))
    page = await ticked(nadia)
    assert (page.status, page.faults) == (409, [])
    assert "Louane, jeudi 10 décembre : trop tard, c’était jusqu’au jeudi 3 décembre" in page.plain
    assert ("repas", BOX) in page.forms[BOOK]


async def test_a_service_that_is_away_keeps_what_was_ticked(nadia: Browser, script: Script):
    script.raises["booking.change_cart"] = Unavailable()
    page = await ticked(nadia)
    assert (page.status, page.faults) == (503, [])
    assert ("repas", BOX) in page.forms[BOOK]


async def test_a_form_that_is_not_ours_is_refused(nadia: Browser, script: Script):
    page = await december(nadia)
    sent = await nadia.post(BOOK, [*page.forms[BOOK], ("repas", "x|y")])
    assert sent.status == 422
    assert script.of("booking.change_cart") == []


async def test_a_month_that_does_not_exist_is_the_current_one(nadia: Browser):
    page = await nadia.get(f"{BOOK}?mois=2026-13")
    assert "novembre 2026" in page.text
    assert (await nadia.get(f"{BOOK}?mois=0001-01")).status == 404
    assert (await nadia.get(f"{BOOK}?service=x")).status == 404


async def test_the_cart_shows_the_total_and_what_will_be_left(nadia: Browser):
    page = await nadia.get(CART)
    assert page.faults == []
    assert "Réserver, 3,80 € sur ses crédits" in page.plain
    assert "16,20 €" in page.plain
    assert "jeudi 10 décembre" in page.plain


async def test_confirming_places_the_order_on_credits_and_leads_to_it(
    nadia: Browser, script: Script
):
    page = await nadia.get(CART)
    sent = await nadia.send(page, CONFIRM)
    (asked,) = script.of("booking.place_order")
    checkout = CheckoutId(UUID(page.field(CONFIRM, "checkout")))
    assert (asked.means, asked.expected_cents, asked.cart_version) == ("credits", 380, 4)
    assert asked.order == order_of(checkout, REGIE)
    assert sent.location == f"{FILE}/commandes/{asked.order}"
    order = await nadia.get(sent.location)
    assert order.faults == []
    assert "C’est réservé et payé" in order.text


async def test_a_double_click_leads_to_the_one_order(nadia: Browser, script: Script):
    page = await nadia.get(CART)
    script.raises["booking.place_order"] = CartEmpty()
    sent = await nadia.send(page, CONFIRM)
    assert sent.status == 303
    script.raises["booking.get_order"] = NotFound()
    refused = await nadia.send(page, CONFIRM)
    assert (refused.status, refused.faults) == (409, [])


async def test_a_price_that_moved_is_shown_before_anything_is_debited(
    nadia: Browser, script: Script
):
    script.raises["booking.place_order"] = PriceChanged(
        cart_version=5, cents=390, shown_cents=380, meals=()
    )
    page = await nadia.send(await nadia.get(CART), CONFIRM)
    assert (page.status, page.faults) == (409, [])
    assert "Total : 3,90 € au lieu de 3,80 €." in page.plain
    assert CONFIRM in page.forms


async def test_short_credits_are_said_and_not_confirmed(nadia: Browser, counter: Counter):
    counter.credits = 100
    page = await nadia.get(CART)
    assert page.faults == []
    assert "Il manque" in page.text
    assert "2,80 €" in page.plain
    assert CONFIRM not in page.forms


async def test_a_meal_that_can_no_longer_be_had_stops_the_cart(nadia: Browser, counter: Counter):
    counter.cart = a_cart(THURSDAY, available=False)
    page = await nadia.get(CART)
    assert page.faults == []
    assert "Complet" in page.text
    assert CONFIRM not in page.forms


async def test_an_empty_cart_is_said_to_be_empty(nadia: Browser, counter: Counter):
    counter.cart = a_cart()
    page = await nadia.get(CART)
    assert (page.status, page.faults) == (200, [])
    assert "Le panier de cette famille est vide." in page.text


async def test_an_order_that_waits_for_its_money_says_so_and_looks_again(
    nadia: Browser, counter: Counter
):
    counter.state = "held"
    page = await nadia.get(f"{FILE}/commandes/{ORDER}")
    assert page.faults == []
    assert "En attente de paiement" in page.text
    assert 'http-equiv="refresh"' in page.text


async def test_cancelling_shows_the_credit_of_what_is_ticked_first(nadia: Browser, script: Script):
    page = await nadia.get(f"{CANCEL}?ligne=1&ligne=2")
    assert page.faults == []
    assert "+7,60 €" in page.plain
    sent = await nadia.send(page, CANCEL)
    (asked,) = script.of("booking.cancel_bookings")
    assert (asked.lines, asked.expected_credit_cents) == ((1, 2), 760)
    done = await nadia.get(sent.location)
    assert done.faults == []
    assert "C’est annulé" in done.text


async def test_nothing_ticked_has_nothing_to_cancel(nadia: Browser):
    page = await nadia.get(CANCEL)
    assert page.faults == []
    assert "Annuler et recréditer" not in page.text
    assert (await nadia.get(f"{CANCEL}?ligne=x")).status == 422


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (TooLateToCancel(lines=(1,)), "Il est trop tard pour annuler."),
        (CreditChanged(credit_cents=300, shown_cents=380), "3,00 € au lieu de 3,80 €"),
        (SameIdOtherContent(), ""),
        (Unavailable(), ""),
    ],
)
async def test_a_refused_cancellation_says_why_and_cancels_nothing(
    nadia: Browser, script: Script, refusal: Exception, said: str
):
    page = await nadia.get(f"{CANCEL}?ligne=1")
    script.raises["booking.cancel_bookings"] = refusal
    again = await nadia.send(page, CANCEL)
    assert (again.status >= 400, again.faults) == (True, [])
    assert said in again.plain


async def test_what_cannot_be_cancelled_any_more_has_no_box(nadia: Browser, counter: Counter):
    counter.bookings = [a_booking(1, cancel_until=None, credit_cents=0)]
    page = await nadia.get(CANCEL)
    assert page.faults == []
    assert "Rien ne peut être annulé" in page.text
