"""The calendar: what it says, what its form sends, and what it does when something is missing."""

import re
from datetime import date, datetime
from uuid import UUID

from contracts import booking
from contracts.refusal import SameIdOtherContent, Unavailable
from contracts.values import BeneficiaryId
from tests.gateway.booked import a_garderie
from tests.gateway.neighbours import (
    CANTEEN,
    EVENING,
    LOUANE,
    PARIS,
    THEO,
    Script,
    a_cart,
    a_household,
    a_meal,
    deadline,
)
from tests.gateway.reading import Browser, Page

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


async def test_weeks_before_the_access_began_are_one_sentence(
    claire: Browser, script: Script
) -> None:
    days = [date(2026, 12, day) for day in (1, 3, 4, 7, 8, 10, 11)]
    script.cells = {
        (who, day): a_cell(day, "not_entitled") for who in (LOUANE, THEO) for day in days
    }
    page = await claire.get(MONTH)
    assert "Du 1er au 11 décembre</strong><br>Votre accès à ce service ne" in page.plain
    assert "Pas d’accès" not in page.plain
    assert "Semaine du 14 décembre" in page.plain


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
    for text in ("2026-13", "hier", "2026-12-01", "%00", "20٢٦-12"):
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


TICK = "/calendrier/cocher"


def ticked(page: Page, form: str = FORM) -> set[str]:
    """The boxes that a page's form has ticked."""
    return {value for name, value in page.forms[form] if name == "repas"}


def days_of(who: BeneficiaryId, *days: int, session: str = "midi") -> set[str]:
    """Boxes of December."""
    return {f"{who}|2026-12-{day:02}|{session}" for day in days}


async def send_ticks(
    browser: Browser, page: Page, button: str, boxes: set[str], form: str = FORM
) -> Page:
    """Press a button that ticks many, with some boxes ticked by hand, as without scripts."""
    fields = [(k, v) for k, v in page.forms[form] if k not in ("repas", "cocher")]
    return await browser.post(
        TICK, [*fields, ("cocher", button), *(("repas", box) for box in sorted(boxes))]
    )


def buttons(page: Page) -> list[str]:
    """What the buttons that tick many send."""
    return re.findall(r'name="cocher" value="([^"]+)"', page.text)


async def test_a_whole_week_is_ticked_in_one_click_without_scripts(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MONTH)
    week = f"2026-12-07..2026-12-11|{LOUANE}|midi"
    assert week in buttons(page)
    assert 'Tous les jours<span class="sr"> de la semaine du 7 décembre, Louane' in page.plain
    by_hand = days_of(THEO, 3) | days_of(LOUANE, 8)
    again = await send_ticks(claire, page, week, by_hand)
    assert again.status == 200
    assert again.faults == []
    assert ticked(again) == by_hand | days_of(LOUANE, 7, 8, 10, 11)
    assert '<span data-count>5</span> repas, <strong class="number" data-cents>19,00' in again.plain
    assert script.of("booking.change_cart") == []
    pressed = re.findall(r'value="([^"]+)" aria-pressed="true"', again.text)
    assert pressed == [week]
    back = await send_ticks(claire, again, week, ticked(again))
    assert ticked(back) == days_of(THEO, 3)


async def test_a_whole_month_is_ticked_in_one_click_without_scripts(
    claire: Browser, script: Script
) -> None:
    script.cells[(LOUANE, THURSDAY)] = a_cell(THURSDAY, "full")
    page = await claire.get(MONTH)
    month = next(b for b in buttons(page) if str(LOUANE) in b)
    assert month.startswith("2026-12-01..2026-12-2")
    again = await send_ticks(claire, page, month, set())
    assert len(ticked(again)) == 10
    assert days_of(LOUANE, 3).isdisjoint(ticked(again))
    sent = await claire.send(again, FORM)
    assert sent.location == "/panier"
    assert len(script.of("booking.change_cart")[0].meals) == 10


async def test_the_garderie_has_mornings_and_evenings_of_the_same_day(
    claire: Browser, script: Script
) -> None:
    script.more_services = (a_garderie((date(2026, 12, 8), "soir")),)
    page = await claire.get(MONTH)
    assert page.faults == []
    assert "Louane, jeudi 3 décembre, matin" in page.plain
    assert "Louane, jeudi 3 décembre, soir" in page.plain
    assert re.search(r"mardi <b>8</b><br><span class=\"small\">soir</span></th>\s*"
                     r"<td class=\"closed\" colspan=\"2\">Fermé : sortie", page.plain)  # fmt: skip
    form = f"/panier/{EVENING}"
    evenings = f"2026-12-07..2026-12-11|{THEO}|soir"
    assert evenings in buttons(page)
    again = await send_ticks(claire, page, evenings, days_of(THEO, 3, session="matin"), form)
    assert again.faults == []
    both = days_of(THEO, 3, session="matin") | days_of(THEO, 7, 10, 11, session="soir")
    assert ticked(again, form) == both
    await claire.send(again, form)
    change = script.of("booking.change_cart")[0]
    assert {(m.day.day, m.session) for m in change.meals} == {
        (3, "matin"), (7, "soir"), (10, "soir"), (11, "soir")
    }  # fmt: skip


async def test_a_day_closed_in_all_its_sessions_is_said_once(
    claire: Browser, script: Script
) -> None:
    closed = [(date(2026, 12, day), part) for day in (7, 8) for part in ("matin", "soir")]
    script.more_services = (a_garderie(*closed),)
    page = await claire.get(MONTH)
    assert page.faults == []
    assert page.plain.count("Fermé : sortie scolaire") == 1
    assert "lundi <b>7</b><br>au mardi <b>8</b>" in page.plain


async def test_a_refused_evening_is_told_from_a_morning(claire: Browser, script: Script) -> None:
    script.more_services = (a_garderie(),)
    page = await claire.get(MONTH)
    refused = booking.RefusedMeal(
        beneficiary=LOUANE, service=EVENING, day=THURSDAY, session="soir", state="full"
    )
    script.raises["booking.change_cart"] = booking.MealsRefused(meals=(refused,))
    again = await claire.send(page, f"/panier/{EVENING}")
    assert "Louane, jeudi 3 décembre (soir) : complet." in again.plain


async def test_ticking_that_is_not_ours_is_not_understood(claire: Browser) -> None:
    page = await claire.get(MONTH)
    for text in ("", "x", "2026-12-07..x|y|midi", f"2026-12-07|{LOUANE}|midi", "a..b|c|d"):
        assert (await send_ticks(claire, page, text, set())).status == 422
    for first in ("0001-01-01", "1999-12-31", "9999-12-31"):
        fields = [(k, v) for k, v in page.forms[FORM] if k != "first"]
        button = ("cocher", f"2026-12-01..2026-12-31|{LOUANE}|midi")
        for form in (FORM, TICK):
            assert (await claire.post(form, [*fields, ("first", first), button])).status == 422


async def test_when_booking_is_away_the_ticks_can_be_sent_again(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MONTH)
    script.raises["booking.get_calendar"] = Unavailable()
    week = f"2026-12-07..2026-12-11|{LOUANE}|midi"
    again = await send_ticks(claire, page, week, days_of(THEO, 3))
    assert again.status == 503
    assert ("repas", f"{THEO}|2026-12-03|midi") in again.forms[TICK]
    assert ("cocher", week) in again.forms[TICK]


async def test_late_days_say_since_when_among_open_ones(claire: Browser, script: Script) -> None:
    script.cells[(LOUANE, THURSDAY)] = a_cell(
        THURSDAY, "late", deadline=datetime(2026, 11, 20, 9, tzinfo=PARIS)
    )
    page = await claire.get(MONTH)
    assert "depuis ven. 20 nov., 9 h 00" in page.plain


async def test_the_first_visit_of_the_calendar_is_light(claire: Browser, script: Script) -> None:
    script.household = a_household(*((f"Enfant{n}", "Dupont") for n in range(3)))
    script.more_services = (a_garderie(),)
    page = await claire.get(MONTH, Accept_Encoding="gzip")
    weight = int(page.headers["Content-Length"])
    for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        weight += int((await claire.get(url, Accept_Encoding="gzip")).headers["Content-Length"])
    assert weight < 35_000


async def test_meals_come_before_the_garderie_and_each_service_is_one_tap_away(
    claire: Browser, script: Script
) -> None:
    script.more_services = (a_garderie(),)
    page = await claire.get(MONTH)
    assert page.faults == []
    assert page.text.index(f"/panier/{CANTEEN}") < page.text.index(f"/panier/{EVENING}")
    assert re.findall(r'<a href="#(s\d)">', page.text) == ["s1", "s2"]
    counted = re.findall(r"<span data-count>0</span> (\w+),", page.text)
    assert counted == ["repas", "choix"]


async def test_a_booking_of_another_household_says_so(claire: Browser, script: Script) -> None:
    script.cells[(LOUANE, THURSDAY)] = a_cell(THURSDAY, "booked")
    assert "par un autre foyer" in (await claire.get(MONTH)).text
    order = UUID("0190a000-0000-7000-8000-000000000001")
    script.cells[(LOUANE, THURSDAY)] = a_cell(THURSDAY, "booked", order=order, line=1)
    assert "par un autre foyer" not in (await claire.get(MONTH)).text
