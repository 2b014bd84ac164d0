"""The other pages: first page, orders, errors; every one is sound."""

from uuid import uuid4

import pytest

from contracts.booking import OrderState
from contracts.refusal import Unavailable
from contracts.values import OrderId
from tests.gateway.neighbours import Script, an_order
from tests.gateway.reading import Browser


async def test_the_first_page_shows_the_five_steps_to_a_visitor(browser: Browser) -> None:
    page = await browser.get("/")
    assert page.faults == []
    assert page.text.count("<li>") == 5
    assert 'href="/connexion"' in page.text


async def test_the_first_page_shows_a_family_its_credits(claire: Browser) -> None:
    page = await claire.get("/")
    assert page.faults == []
    assert "Bonjour Claire" in page.text
    assert "20,00 €" in page.plain


async def test_the_first_page_says_what_is_away(claire: Browser, script: Script) -> None:
    script.raises["payments.get_wallets"] = Unavailable()
    script.raises["booking.get_cart"] = Unavailable()
    page = await claire.get("/")
    assert page.status == 200
    assert "Vos crédits ne peuvent pas être affichés" in page.plain
    assert "Le panier ne répond pas" in page.plain


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("confirmed", "", "Tout est réservé et payé."),
        ("held", "", "Vos places sont gardées."),
        ("released", "credits_short", "Places rendues : crédits insuffisants"),
        ("released", "no_card", "Places rendues : paiement non reçu"),
        ("cancelled", "", "Les repas de cette commande ne sont pas réservés."),
    ],
)
async def test_an_order_says_where_it_stands(
    claire: Browser, script: Script, state: OrderState, reason: str, said: str
) -> None:
    order = OrderId(uuid4())
    script.orders[order] = an_order(order, state, reason)
    page = await claire.get(f"/commandes/{order}")
    assert page.status == 200
    assert page.faults == []
    assert said in page.plain
    assert "jeudi 3 et vendredi 4 décembre 2026" in page.plain
    assert ('http-equiv="refresh"' in page.text) == (state == "held")
    assert ("hx-get" in page.text) == (state == "held")


async def test_waiting_for_an_order_is_asked_of_booking(claire: Browser, script: Script) -> None:
    order = OrderId(uuid4())
    script.orders[order] = an_order(order, "held")
    await claire.get(f"/commandes/{order}")
    assert script.of("booking.get_order")[0].wait_seconds == 2


@pytest.mark.parametrize("path", ["/commandes/x", f"/commandes/{uuid4()}", "/commandes", "/a/b"])
async def test_what_is_not_there_has_a_page(claire: Browser, path: str) -> None:
    page = await claire.get(path)
    assert page.status == 404
    assert page.faults == []
    assert "Cette page est introuvable" in page.text


async def test_a_wrong_method_has_a_page(claire: Browser) -> None:
    page = await claire.get("/deconnexion")
    assert page.status == 405
    assert page.headers["Allow"] == "POST"
    assert page.faults == []


async def test_when_booking_is_away_the_page_says_that_nothing_is_lost(
    claire: Browser, script: Script
) -> None:
    script.raises["booking.get_calendar"] = Unavailable()
    page = await claire.get("/calendrier")
    assert page.status == 503
    assert page.faults == []
    assert "Rien n’a été perdu" in page.plain
    assert page.headers["X-Request-ID"] in page.text


async def test_pages_are_compressed_for_who_can_read_that(claire: Browser) -> None:
    small = await claire.get("/calendrier?mois=2026-12", Accept_Encoding="gzip")
    large = await claire.get("/calendrier?mois=2026-12", Accept_Encoding="identity")
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in large.headers
    assert int(small.headers["Content-Length"]) < int(large.headers["Content-Length"]) / 3


async def test_the_services_get_the_trace_of_the_request(claire: Browser, script: Script) -> None:
    page = await claire.get("/panier", X_Request_ID="abcdef0123456789")
    assert page.headers["X-Request-ID"] == "abcdef0123456789"
    page = await claire.get("/panier", X_Request_ID="<b>")
    assert page.headers["X-Request-ID"] != "<b>"


async def test_services_are_asked_in_the_family_s_name(claire: Browser, script: Script) -> None:
    await claire.get("/panier")
    kinds = {name: caller.kind for name, _, caller in script.asked}
    assert kinds["accounts.open_session"] == "visitor"
    assert kinds["booking.get_cart"] == "family"
