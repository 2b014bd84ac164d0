"""The household's orders and bookings, and the first page of a family."""

import time
from datetime import date, datetime
from uuid import uuid4

import pytest

from contracts import booking
from contracts.refusal import Unavailable
from gateway.parents.names import Names
from tests.gateway.booked import (
    CAMILLE,
    a_booking,
    at_the_garderie,
    many_orders,
)
from tests.gateway.neighbours import LOUANE, PARIS, THEO, Script, a_household
from tests.gateway.reading import Browser

ORDERS = "/mon-compte/commandes"
BOOKINGS = "/mon-compte/reservations"


def two_adults(script: Script) -> None:
    """Claire and Camille act for one household."""
    script.household = script.household.model_copy(
        update={"adults": (*script.household.adults, CAMILLE)}
    )


async def test_orders_are_listed_with_their_state_total_and_who_placed_them(
    claire: Browser, script: Script
) -> None:
    two_adults(script)
    script.history = many_orders(2)
    page = await claire.get(ORDERS)
    assert page.status == 200
    assert page.faults == []
    assert "20 novembre 2026" in page.plain
    assert "Confirmée" in page.plain
    assert "4 produits" in page.plain
    assert "15,20 €" in page.plain
    assert "par Camille" in page.plain
    assert "par Claire" in page.plain
    assert f"/commandes/{script.history[0].order}" in page.text
    assert "Plus anciennes" not in page.text


async def test_one_adult_is_not_told_who_acts(claire: Browser, script: Script) -> None:
    script.history = many_orders(1)
    assert "par C" not in (await claire.get(ORDERS)).plain


async def test_twenty_orders_a_page_and_the_older_ones_behind_a_link(
    claire: Browser, script: Script
) -> None:
    script.history = many_orders(25)
    page = await claire.get(ORDERS)
    older = f"{ORDERS}?avant={script.history[19].order}"
    assert page.text.count('<tr role="row">') == 21
    assert older in page.text
    page = await claire.get(older)
    assert page.faults == []
    assert page.text.count('<tr role="row">') == 6
    assert "Plus anciennes" not in page.text
    assert "Les plus récentes" in page.text


async def test_cancelled_meals_are_not_counted_in_the_total(
    claire: Browser, script: Script
) -> None:
    order = many_orders(1)[0]
    gone = order.meals[0].model_copy(update={"live": False})
    script.history = [order.model_copy(update={"meals": (gone, *order.meals[1:])})]
    page = await claire.get(ORDERS)
    assert "3 produits" in page.plain
    assert "1 annulé" in page.plain
    assert "11,40 €" in page.plain


async def test_no_order_yet_leads_to_the_calendar(claire: Browser) -> None:
    page = await claire.get(ORDERS)
    assert page.faults == []
    assert "Vous n’avez pas encore passé de commande." in page.plain


@pytest.mark.parametrize("text", ["x", str(uuid4())])
async def test_an_unknown_place_in_the_history_is_not_found(claire: Browser, text: str) -> None:
    assert (await claire.get(f"{ORDERS}?avant={text}")).status == 404


async def test_past_orders_still_name_who_left_the_list(claire: Browser, script: Script) -> None:
    order = many_orders(1)[0]
    script.orders[order.order] = order
    left, stays = script.household.beneficiaries
    script.household = script.household.model_copy(
        update={"beneficiaries": (stays,), "former": (left,)}
    )
    page = await claire.get(f"/commandes/{order.order}")
    assert "Louane Dupont" in page.plain
    assert "Enfant 1" not in page.plain


async def test_an_order_says_who_placed_it(claire: Browser, script: Script) -> None:
    two_adults(script)
    order = many_orders(1)[0]
    script.orders[order.order] = order
    assert "par Camille." in (await claire.get(f"/commandes/{order.order}")).plain


async def test_what_the_town_hall_did_says_so_to_a_single_parent_too(
    claire: Browser, script: Script
) -> None:
    order = many_orders(1)[0].model_copy(update={"placed_by": None, "at_the_desk": True})
    script.orders[order.order] = order
    assert "par votre mairie." in (await claire.get(f"/commandes/{order.order}")).plain


async def test_a_month_of_bookings_by_week_and_day(claire: Browser, script: Script) -> None:
    script.bookings = [
        a_booking(THEO, date(2026, 12, 3), 2),
        a_booking(LOUANE, date(2026, 12, 3), 1),
        at_the_garderie(LOUANE, date(2026, 12, 3), "matin", 3),
        at_the_garderie(LOUANE, date(2026, 12, 3), "soir", 4),
        a_booking(LOUANE, date(2026, 12, 8), 5, state="held", authority_name="Aiguilhe"),
        a_booking(LOUANE, date(2027, 1, 7), 6),
    ]
    page = await claire.get(f"{BOOKINGS}?mois=2026-12")
    assert page.faults == []
    assert "Mes réservations de décembre 2026" in page.plain
    assert "Semaine du 30 novembre" in page.plain
    assert "Semaine du 7 décembre" in page.plain
    assert "Jeudi 3 décembre" in page.plain
    told = ("Garderie, matin", "Restaurant scolaire", "Garderie, soir", "Mardi 8 décembre")
    places = [page.plain.index(text) for text in told]
    assert places == sorted(places)
    assert page.plain.index("<strong>Louane") < page.plain.index("<strong>Théo")
    assert "En attente" in page.plain
    assert "(Aiguilhe)" in page.plain
    assert "(Coubon)" not in page.plain.split("Semaine du 7")[0].split("Restaurant")[1]
    assert "Annulation possible jusqu’au jeudi 26 novembre à 10 h 00" in page.plain
    assert page.text.count("/annuler/") == 5
    assert "mois=2026-11" in page.text
    assert "mois=2027-01" in page.text
    asked = script.of("booking.list_bookings")[-1]
    assert (asked.first, asked.last) == (date(2026, 12, 1), date(2026, 12, 31))


async def test_what_can_no_longer_be_cancelled_says_so_until_it_is_past(
    claire: Browser, script: Script
) -> None:
    script.bookings = [
        a_booking(LOUANE, date(2026, 11, 5), 1, cancel_until=None),
        a_booking(LOUANE, date(2026, 11, 24), 2, cancel_until=None),
    ]
    page = await claire.get(f"{BOOKINGS}?mois=2026-11")
    assert page.plain.count("Il est trop tard pour annuler") == 1
    assert "/annuler/" not in page.text


async def test_a_month_without_bookings_says_so(claire: Browser, script: Script) -> None:
    page = await claire.get(BOOKINGS)
    assert page.faults == []
    assert "Rien n’est réservé en novembre 2026." in page.plain
    assert script.of("booking.list_bookings")[0].first == date(2026, 11, 1)


async def test_without_names_the_bookings_are_still_listed(claire: Browser, script: Script) -> None:
    script.bookings = [a_booking(LOUANE, date(2026, 12, 3))]
    script.raises["accounts.get_household"] = Unavailable()
    page = await claire.get(f"{BOOKINGS}?mois=2026-12")
    assert page.faults == []
    assert "Enfant 1" in page.plain


async def test_the_first_page_shows_the_next_meals_first(claire: Browser, script: Script) -> None:
    days = [date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)]
    script.bookings = [a_booking(LOUANE, day, n) for n, day in enumerate(days, 1)]
    script.bookings.append(a_booking(THEO, date(2026, 12, 3), 9))
    script.bookings.append(a_booking(THEO, date(2026, 12, 7), 10))
    page = await claire.get("/")
    assert page.faults == []
    text = page.plain
    assert text.index("Prochains repas") < text.index("Votre panier")
    assert "Demain, mardi 24 novembre" in text
    assert text.index("Voir la suite (1 jour)") < text.index("Jeudi 3 décembre")
    assert "Lundi 7 décembre" not in text
    asked = script.of("booking.list_bookings")[0]
    assert (asked.first, asked.last) == (date(2026, 11, 23), date(2026, 12, 6))


async def test_the_first_page_without_meals_leads_to_the_calendar(claire: Browser) -> None:
    page = await claire.get("/")
    assert page.faults == []
    assert "Aucun repas n’est réservé pour les deux semaines à venir." in page.plain


async def test_the_first_page_does_without_bookings(claire: Browser, script: Script) -> None:
    script.raises["booking.list_bookings"] = Unavailable()
    page = await claire.get("/")
    assert page.status == 200
    assert page.faults == []
    assert "Vos réservations ne peuvent pas être affichées pour le moment." in page.plain


async def test_a_demonstration_says_which_day_it_is_there(browser: Browser, script: Script) -> None:
    script.clock = booking.Clock(now=datetime(2026, 11, 16, 8, tzinfo=PARIS), shifted=True)
    for path in ("/", "/nulle-part"):
        page = await browser.get(path)
        assert page.faults == []
        assert "nous sommes le lundi 16 novembre 2026. Rien n’est réel ici." in page.plain
    assert len(script.of("booking.get_clock")) == 1


async def test_a_portal_on_time_has_no_banner_and_a_silent_clock_stops_no_page(
    browser: Browser, script: Script
) -> None:
    assert "Démonstration" not in (await browser.get("/")).text
    script.raises["booking.get_clock"] = Unavailable()
    assert (await browser.get("/")).status == 200


async def test_a_slow_clock_delays_no_page(browser: Browser, script: Script) -> None:
    script.slow["booking.get_clock"] = 3.0
    started = time.monotonic()
    assert (await browser.get("/")).status == 200
    assert time.monotonic() - started < 1.5


def test_two_adults_with_one_first_name_are_told_apart() -> None:
    household = a_household(("Louane", "Dupont"))
    twin = CAMILLE.model_copy(update={"first_name": "Claire"})
    names = Names(household.model_copy(update={"adults": (*household.adults, twin)}))
    assert names.adult(twin.person) == "Claire Martin"
    assert names.adult(household.adults[0].person) == "Claire Dupont"
    assert names.adult(None) == ""
