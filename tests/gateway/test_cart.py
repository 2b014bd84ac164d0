"""The cart and its confirmation."""

import re
from datetime import date
from uuid import uuid4

from contracts import booking
from contracts.refusal import SameIdOtherContent, Unavailable
from contracts.values import BeneficiaryId
from tests.gateway.neighbours import (
    AIGUILHE,
    CANTEEN,
    COUBON,
    LOUANE,
    THEO,
    Script,
    a_cart,
    a_meal,
    an_order,
    checkout_order,
    deadline,
)
from tests.gateway.reading import Browser

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
CONFIRM = "/panier/confirmer"


def the_guide_s_cart() -> booking.Cart:
    """Two children, two dates, 15,20 €."""
    return a_cart(*(a_meal(w, d) for w in (LOUANE, THEO) for d in (THURSDAY, FRIDAY)))


async def test_the_cart_reads_like_the_guide_s(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    assert page.faults == []
    assert "Bénéficiaire : Louane Dupont" in page.plain
    assert "Dates : jeudi 3 et vendredi 4 décembre 2026" in page.plain
    assert "Total produits TTC" in page.plain
    assert "Choisissez votre moyen de paiement (4 produits)" in page.plain
    assert "20,00 €</span> disponibles, il restera" in page.plain
    assert "4,80 €" in page.plain


async def test_the_cart_has_every_column_of_the_guide(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    titles = ["Produit", "Description", "Disponibilité", "Prix unitaire", "Quantité", "Total"]
    assert re.findall(r'columnheader"[^>]*>([^<]+)<', page.text) == titles
    for title, value in (("Disponibilité", "Disponible"), ("Prix unitaire", "3,80 €"),
                         ("Quantité", "2"), ("Total", "7,60 €")):  # fmt: skip
        found = re.findall(rf'data-title="{title}">(?:<[^>]+>)?([^<]+)<', page.plain)
        assert found == [value, value]
    assert '<span class="grand">TOTAL</span> <span class="amount">15,20 €' in page.plain


async def test_a_cart_over_two_communes_is_paid_regie_by_regie_on_one_page(
    claire: Browser, script: Script
) -> None:
    away = a_meal(THEO, THURSDAY, service_name="Cantine", cents=425)
    script.cart = a_cart(a_meal(LOUANE, THURSDAY), a_meal(LOUANE, FRIDAY), more=(away,))
    page = await claire.get("/panier")
    assert page.faults == []
    assert "Total produits TTC, Coubon</th>" in page.plain
    assert "Total produits TTC, Aiguilhe</th>" in page.plain
    assert "7,60 €" in page.plain
    assert '<span class="amount">11,85 €' in page.plain
    assert "Choisissez votre moyen de paiement (3 produits)" in page.plain
    assert re.search("Coubon : .*20,00 €</span> disponibles, il restera .*12,40 €", page.plain)
    assert re.search("Aiguilhe : .*0,00 €</span> disponibles, .*il manque .*4,25 €", page.plain)


async def test_mornings_and_evenings_of_the_garderie_are_two_products(
    claire: Browser, script: Script
) -> None:
    evening = {"service_name": "Garderie", "session": "soir", "cents": 150}
    script.cart = a_cart(a_meal(LOUANE, THURSDAY), a_meal(LOUANE, THURSDAY, **evening))
    page = await claire.get("/panier")
    assert "Garderie, soir</th>" in page.plain
    assert ">Restaurant scolaire de Coubon</th>" in page.plain


async def test_an_empty_cart_leads_to_the_calendar(claire: Browser) -> None:
    page = await claire.get("/panier")
    assert page.faults == []
    assert "Votre panier est vide." in page.text
    assert CONFIRM not in page.forms


async def test_confirming_sends_what_was_shown(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    checkout = page.field(CONFIRM, "checkout")
    sent = await claire.send(page, CONFIRM)
    order = checkout_order(checkout)
    assert sent.location == f"/commandes/{order}"
    asked = script.of("booking.place_order")[0]
    assert (asked.order, asked.regie, asked.means) == (order, COUBON, "credits")
    assert (asked.expected_cents, asked.cart_version) == (1520, 7)


async def test_one_button_confirms_every_regie_in_order(claire: Browser, script: Script) -> None:
    script.cart = a_cart(a_meal(LOUANE, THURSDAY), more=(a_meal(THEO, THURSDAY),))
    page = await claire.get("/panier")
    checkout = page.field(CONFIRM, "checkout")
    sent = await claire.send(page, CONFIRM)
    ids = [checkout_order(checkout, regie) for regie in (COUBON, AIGUILHE)]
    assert sent.location == f"/commandes?commande={ids[0]}&commande={ids[1]}"
    summary = await claire.get(sent.location)
    assert summary.status == 200
    assert summary.faults == []
    assert "Vos commandes" in summary.text


def a_priced_meal(who: BeneficiaryId, day: date, cents: int) -> booking.PricedMeal:
    return booking.PricedMeal(
        beneficiary=who, service=CANTEEN, day=day, session="midi", cents=cents
    )


async def test_a_changed_price_is_shown_with_one_button_to_go_on(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    meals = (  # as the cart is now: Louane dearer and on Friday as before, Théo on another day
        a_priced_meal(LOUANE, THURSDAY, 410),
        a_priced_meal(LOUANE, FRIDAY, 380),
        a_priced_meal(THEO, THURSDAY, 380),
        a_priced_meal(THEO, date(2026, 12, 7), 380),
    )
    script.raises["booking.place_order"] = booking.PriceChanged(
        cart_version=8, cents=1550, shown_cents=1520, meals=meals
    )
    again = await claire.send(page, CONFIRM)
    assert again.status == 409
    assert again.faults == []
    assert "Rien n’a été débité." in again.plain
    assert "Louane, jeudi 3 décembre : 4,10 € au lieu de 3,80 €." in again.plain
    assert "Théo, lundi 7 décembre : ajouté à votre panier, 3,80 €." in again.plain
    assert "Théo, vendredi 4 décembre : n’est plus dans votre panier" in again.plain
    assert "Louane, vendredi 4 décembre :" not in again.plain
    assert "Théo, jeudi 3 décembre :" not in again.plain
    assert "Total : 15,50 € au lieu de 15,20 €." in again.plain
    assert "Confirmer avec ces nouveaux montants" in again.plain
    assert again.field(CONFIRM, "checkout") != page.field(CONFIRM, "checkout")


async def test_refused_meals_say_who_when_and_why(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    refused = booking.RefusedMeal(
        beneficiary=LOUANE, service=CANTEEN, day=THURSDAY, session="midi", state="late",
        deadline=deadline(THURSDAY),
    )  # fmt: skip
    script.raises["booking.place_order"] = booking.MealsRefused(meals=(refused,))
    again = await claire.send(page, CONFIRM)
    assert again.status == 409
    assert (
        "Louane, jeudi 3 décembre : trop tard : c’était jusqu’au jeudi 26 novembre à 10 h 00."
        in again.plain
    )


async def test_confirming_again_after_back_leads_to_the_order(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    order = checkout_order(page.field(CONFIRM, "checkout"))
    script.orders[order] = an_order(order, "confirmed")
    script.raises["booking.place_order"] = booking.CartEmpty()
    assert (await claire.send(page, CONFIRM)).location == f"/commandes/{order}"


async def test_a_cart_emptied_elsewhere_says_so(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    script.cart = booking.Cart(regies=(), cents=0)
    script.raises["booking.place_order"] = booking.CartEmpty()
    again = await claire.send(page, CONFIRM)
    assert again.status == 409
    assert "Votre panier est vide. Si vous venez de le valider" in again.plain


async def test_the_same_checkout_with_other_content_shows_the_way_to_the_order(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    script.raises["booking.place_order"] = SameIdOtherContent()
    again = await claire.send(page, CONFIRM)
    assert again.status == 422
    assert again.faults == []
    assert f"/commandes/{checkout_order(page.field(CONFIRM, 'checkout'))}" in again.text


async def test_when_booking_is_away_the_same_checkout_is_sent_again(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    script.raises["booking.place_order"] = Unavailable()
    again = await claire.send(page, CONFIRM)
    assert again.status == 503
    assert again.field(CONFIRM, "checkout") == page.field(CONFIRM, "checkout")
    script.raises.clear()
    assert (await claire.send(again, CONFIRM)).status == 303


async def test_credits_that_are_short_are_announced_and_not_refused(
    claire: Browser, script: Script
) -> None:
    script.cart = a_cart(a_meal(LOUANE, THURSDAY, cents=2660))
    page = await claire.get("/panier")
    assert "il manque" in page.plain
    assert "6,60 €" in page.plain
    assert (await claire.send(page, CONFIRM)).status == 303


async def test_meals_no_longer_available_can_be_taken_out_at_once(
    claire: Browser, script: Script
) -> None:
    late = a_meal(THEO, FRIDAY, state="late")
    script.cart = a_cart(a_meal(LOUANE, FRIDAY), late)
    page = await claire.get("/panier")
    assert page.faults == []
    assert "Trop tard : c’était jusqu’au jeudi 26 novembre à 10 h 00" in page.plain
    assert "Retirer les repas indisponibles" in page.text
    value = f"{CANTEEN}|{THEO}|2026-12-04|midi"
    proof = page.field("/panier/retirer", "csrf")
    fields = [("csrf", proof), ("change", str(uuid4())), ("retirer", value)]
    assert (await claire.post("/panier/retirer", fields)).location == "/panier"
    change = script.of("booking.change_cart")[0]
    assert (change.first, change.last) == (FRIDAY, FRIDAY)
    assert [m.beneficiary for m in change.meals] == [LOUANE]


async def test_days_that_are_not_in_the_cart_stretch_no_change(
    claire: Browser, script: Script
) -> None:
    script.cart = a_cart(a_meal(LOUANE, FRIDAY))
    proof = (await claire.get("/panier")).field("/panier/retirer", "csrf")
    taken = [f"{CANTEEN}|{LOUANE}|{day}|midi" for day in ("0001-01-01", "2026-12-04", "9999-12-31")]
    fields = [("csrf", proof), ("change", str(uuid4())), *(("retirer", value) for value in taken)]
    assert (await claire.post("/panier/retirer", fields)).location == "/panier"
    change = script.of("booking.change_cart")[0]
    assert (change.first, change.last, change.meals) == (FRIDAY, FRIDAY, ())


async def test_the_same_part_many_times_is_one_order(claire: Browser, script: Script) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    again = [("part", page.field(CONFIRM, "part"))] * 500
    await claire.post(CONFIRM, [*page.forms[CONFIRM], *again])
    assert len(script.of("booking.place_order")) == 1


async def test_a_price_that_nobody_showed_is_not_understood(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    page = await claire.get("/panier")
    script.raises["booking.place_order"] = booking.PriceChanged(
        cart_version=8, cents=1550, shown_cents=1520, meals=()
    )
    for cents in ("9" * 40, "-1", "NaN"):
        seen = f"{COUBON}|{cents}|{CANTEEN}|{LOUANE}|midi|2026-12-03"
        again = await claire.send(page, CONFIRM, vu=seen)
        assert again.status == 422
        assert again.faults == []


async def test_without_names_and_credits_the_cart_can_still_be_confirmed(
    claire: Browser, script: Script
) -> None:
    script.cart = the_guide_s_cart()
    script.raises["accounts.get_household"] = Unavailable()
    script.raises["payments.get_wallets"] = Unavailable()
    page = await claire.get("/panier")
    assert page.faults == []
    assert "solde non affiché pour le moment" in page.plain
    assert (await claire.send(page, CONFIRM)).status == 303
