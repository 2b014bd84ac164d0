"""The calendar: what it says, what its form sends, and what it does when something is missing."""

from datetime import date
from uuid import UUID

from contracts import booking
from contracts.refusal import SameIdOtherContent, Unavailable
from tests.gateway.neighbours import (
    CANTEEN,
    LOUANE,
    THEO,
    Script,
    a_cart,
    a_household,
    a_meal,
    deadline,
)
from tests.gateway.reading import Browser

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
FORM = f"/panier/{CANTEEN}"
MONTH = "/calendrier?mois=2026-12"


def a_cell(day: date, state: booking.CellState, **changed: object) -> booking.Cell:
    """A day of the canteen."""
    given: dict[str, object] = {"cents": 380, "deadline": deadline(day)} | changed
    return booking.Cell.model_validate({"day": day, "session": "midi", "state": state} | given)


async def test_each_day_says_child_date_price_and_deadline_in_words(claire: Browser) -> None:
    page = await claire.get(MONTH)
    assert page.status == 200
    assert page.faults == []
    assert "Calendrier de décembre 2026" in page.plain
    assert "Louane, jeudi 3 décembre, </span>3,80 €" in page.plain
    assert "À réserver avant le jeudi 26 novembre à 10 h 00" in page.plain
    assert "Du 21 au 31 décembre" in page.plain


async def test_what_is_in_the_cart_is_ticked_and_sent(claire: Browser, script: Script) -> None:
    script.cells[(LOUANE, THURSDAY)] = a_cell(THURSDAY, "in_cart")
    script.cart = a_cart(a_meal(LOUANE, THURSDAY))
    page = await claire.get(MONTH)
    sent = await claire.send(page, FORM)
    assert sent.location == "/panier"
    change = script.of("booking.change_cart")[0]
    assert (change.first, change.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert [(m.beneficiary, m.day, m.session) for m in change.meals] == [(LOUANE, THURSDAY, "midi")]
    assert change.change == UUID(page.field(FORM, "change"))


async def test_adding_and_going_on_leads_to_the_next_month(claire: Browser) -> None:
    page = await claire.get(MONTH)
    sent = await claire.send(page, FORM, suite="2027-01")
    assert sent.location == "/calendrier?mois=2027-01&ajout=oui"


async def test_states_are_said_in_words(claire: Browser, script: Script) -> None:
    states: list[tuple[booking.CellState, str]] = [
        ("booked", "Réservé"), ("held", "En attente"), ("full", "Complet"), ("late", "Trop tard"),
        ("not_entitled", "Pas d’accès"), ("closed", "Fermé"),
    ]  # fmt: skip
    for state, word in states:
        script.cells = {(LOUANE, THURSDAY): a_cell(THURSDAY, state)}
        page = await claire.get(MONTH)
        assert f'<span class="word">{word}</span>' in page.text
        assert f"{LOUANE}|2026-12-03|midi" not in page.text


async def test_refused_meals_are_explained_and_the_other_ticks_kept(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MONTH)
    refused = (
        booking.RefusedMeal(
            beneficiary=LOUANE, service=CANTEEN, day=THURSDAY, session="midi", state="late",
            deadline=deadline(THURSDAY), article="article 4",
        ),
        booking.RefusedMeal(
            beneficiary=THEO, service=CANTEEN, day=FRIDAY, session="midi", state="full"
        ),
    )  # fmt: skip
    script.raises["booking.change_cart"] = booking.MealsRefused(meals=refused)
    kept = f"{THEO}|2026-12-07|midi"
    again = await claire.send(page, FORM, repas=kept)
    assert again.status == 409
    assert again.faults == []
    assert (
        "Louane, jeudi 3 décembre : trop tard : c’était jusqu’au jeudi 26 novembre à 10 h 00 "
        "(article 4)." in again.plain
    )
    assert "Théo, vendredi 4 décembre : complet." in again.plain
    assert ("repas", kept) in again.forms[FORM]
    assert again.field(FORM, "change") != page.field(FORM, "change")


async def test_a_page_taken_from_the_past_keeps_its_ticks_and_asks_again(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MONTH)
    script.raises["booking.change_cart"] = SameIdOtherContent()
    again = await claire.send(page, FORM, repas=f"{THEO}|2026-12-07|midi")
    assert again.status == 422
    assert ("repas", f"{THEO}|2026-12-07|midi") in again.forms[FORM]


async def test_when_booking_is_away_the_same_form_can_be_sent_again(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MONTH)
    script.raises["booking.change_cart"] = Unavailable()
    kept = f"{THEO}|2026-12-07|midi"
    again = await claire.send(page, FORM, repas=kept)
    assert again.status == 503
    assert "Rien n’a été perdu" in again.plain
    assert again.faults == []
    script.raises.clear()
    assert (await claire.send(again, FORM)).status == 303
    change = script.of("booking.change_cart")[-1]
    assert str(change.change) == page.field(FORM, "change")
    assert [m.beneficiary for m in change.meals] == [THEO]


async def test_without_names_and_credits_the_page_still_works_and_says_so(
    claire: Browser, script: Script
) -> None:
    script.raises["accounts.get_household"] = Unavailable()
    script.raises["payments.get_wallets"] = Unavailable()
    page = await claire.get(MONTH)
    assert page.status == 200
    assert page.faults == []
    assert "ne pouvons pas afficher les prénoms et vos crédits" in page.plain
    assert "Enfant 1" in page.text
    assert "Enfant 2" in page.text


async def test_a_hostile_name_is_text_and_nothing_else(claire: Browser, script: Script) -> None:
    hostile = "<script>alert(1)</script>\" onload='x"
    script.household = a_household((hostile, "Dupont"), ("{{ 7*7 }}", "D"))
    script.cart = a_cart(a_meal(LOUANE, THURSDAY), a_meal(THEO, THURSDAY))
    for path in (MONTH, "/panier"):
        page = await claire.get(path)
        assert page.faults == []
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "{{ 7*7 }}" in page.text


async def test_weeks_that_are_over_are_said_in_one_sentence(claire: Browser) -> None:
    page = await claire.get("/calendrier?mois=2026-11")
    assert page.faults == []
    assert "Du 2 au 27 novembre" in page.plain
    assert "Réservations closes depuis le jeudi 19 novembre à 10 h 00" in page.plain
    assert "Semaine du 30 novembre" in page.plain
    assert "Trop tard" not in page.text


async def test_a_week_that_is_over_still_shows_what_was_booked(
    claire: Browser, script: Script
) -> None:
    day = date(2026, 11, 5)
    script.cells[(LOUANE, day)] = a_cell(day, "booked")
    page = await claire.get("/calendrier?mois=2026-11")
    assert "Semaine du 2 novembre" in page.plain
    assert "Réservations closes depuis le jeudi 29 octobre à 10 h 00" in page.plain
    assert "Réservé" in page.text
    assert "Trop tard" in page.text


async def test_a_month_that_is_no_month_shows_the_current_one(
    claire: Browser, script: Script
) -> None:
    for text in ("2026-13", "hier", "2026-12-01", "%00"):
        assert (await claire.get(f"/calendrier?mois={text}")).status == 200
    assert {r.day for r in script.of("booking.get_calendar")} == {None}


async def test_a_form_that_is_not_ours_is_not_understood(claire: Browser) -> None:
    page = await claire.get(MONTH)
    for value in ("x", "a|b|c", f"{LOUANE}|2026-12-03|midi|x", f"{LOUANE}|2026-12-32|midi"):
        assert (await claire.send(page, FORM, repas=value)).status == 422


async def test_two_children_with_one_first_name_are_told_apart(
    claire: Browser, script: Script
) -> None:
    script.household = a_household(("Zoé", "Dupont"), ("Zoé", "Martin"))
    page = await claire.get(MONTH)
    assert "Zoé Dupont" in page.text
    assert "Zoé Martin" in page.text
