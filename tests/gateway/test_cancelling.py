"""Cancelling a booking in two taps, with the credit that is shown before and after."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts import booking
from contracts.accounts import HouseholdView
from contracts.booking import OrderState
from contracts.refusal import SameIdOtherContent, Unavailable
from tests.gateway.booked import (
    CAMILLE,
    ORDER,
    THURSDAY,
    a_booking,
    a_statement,
    an_order_of,
    at_the_garderie,
    booked,
)
from tests.gateway.neighbours import COUBON, LOUANE, THEO, Script, a_household
from tests.gateway.reading import Browser

CANCEL = f"/annuler/{ORDER}/1"


async def test_a_booking_is_cancelled_in_two_taps_from_the_first_page(
    claire: Browser, script: Script
) -> None:
    script.bookings = [a_booking(LOUANE, date(2026, 12, 3))]
    an_order_of(script)
    home = await claire.get("/")
    assert f'href="{CANCEL}"' in home.text
    assert 'Annuler<span class="sr">' in home.text
    assert "Louane, Restaurant scolaire de Coubon, jeudi 3 décembre" in home.plain
    page = await claire.get(CANCEL)
    assert page.status == 200
    assert page.faults == []
    assert "Louane Dupont" in page.plain
    assert "Jeudi 3 décembre 2026" in page.plain
    assert "+3,80 €" in page.plain
    assert "sur vos crédits de Coubon" in page.plain
    assert "Annulation possible jusqu’au jeudi 26 novembre à 10 h 00" in page.plain
    assert page.text.count(">Annuler ce repas<") == 1
    sent = await claire.send(page, CANCEL)
    asked = script.of("booking.cancel_bookings")[0]
    assert (asked.order, asked.lines, asked.expected_credit_cents) == (ORDER, (1,), 380)
    assert sent.status == 303
    assert sent.location == f"/annulations/{asked.cancellation}"
    assert str(asked.cancellation) == page.field(CANCEL, "cancellation")


async def cancelled(claire: Browser, script: Script, state: OrderState = "confirmed") -> UUID:
    """A cancellation that was just asked."""
    booked(script, state=state)
    sent = await claire.send(await claire.get(CANCEL), CANCEL)
    return UUID(sent.location.rpartition("/")[2])


async def test_the_credit_is_shown_on_its_way_and_then_as_come(
    claire: Browser, script: Script
) -> None:
    cancellation = await cancelled(claire, script)
    page = await claire.get(f"/annulations/{cancellation}")
    assert page.faults == []
    assert "Repas annulé" in page.plain
    assert "+3,80 € en cours" in page.plain
    assert 'http-equiv="refresh"' in page.text
    assert "hx-get" in page.text
    script.movements[COUBON] = a_statement(("bookings_cancelled", 380), more=cancellation)
    page = await claire.get(f"/annulations/{cancellation}")
    assert page.faults == []
    assert "+3,80 € sur vos crédits de Coubon" in page.plain
    assert 'http-equiv="refresh"' not in page.text
    assert "hx-get" not in page.text


async def test_an_old_cancellation_is_not_said_to_be_on_its_way_for_ever(
    claire: Browser, script: Script
) -> None:
    cancellation = await cancelled(claire, script)
    since = [("cash_top_up", 100)] * 250
    script.movements[COUBON] = a_statement(*since, ("bookings_cancelled", 380), more=cancellation)
    page = await claire.get(f"/annulations/{cancellation}")
    assert "+3,80 € sur vos crédits de Coubon" in page.plain
    assert "en cours" not in page.plain


async def test_without_payments_the_credit_is_said_to_be_on_its_way(
    claire: Browser, script: Script
) -> None:
    cancellation = await cancelled(claire, script)
    script.raises["payments.list_movements"] = Unavailable()
    page = await claire.get(f"/annulations/{cancellation}")
    assert page.status == 200
    assert "+3,80 € en cours" in page.plain


async def test_a_meal_of_an_unpaid_order_is_cancelled_without_a_debit(
    claire: Browser, script: Script
) -> None:
    booked(script, state="held")
    page = await claire.get(CANCEL)
    assert page.faults == []
    assert "rien n’est débité pour le moment" in page.plain
    assert "+3,80 €" not in page.plain
    sent = await claire.send(page, CANCEL)
    page = await claire.get(sent.location)
    assert page.faults == []
    assert "Rien n’est débité pour le moment" in page.plain
    assert "dès que le paiement de la commande est connu" in page.plain
    assert "hx-get" in page.text
    assert script.of("payments.list_movements") == []


@pytest.mark.parametrize(
    ("state", "cents", "said"),
    [
        ("cancelled", 380, "Rien n’a été débité"),
        ("released", 380, "Rien n’a été débité"),
        ("confirmed", 0, "Rien n’avait été débité"),
    ],
)
async def test_a_cancellation_that_gives_nothing_back_waits_for_nothing(
    claire: Browser, script: Script, state: OrderState, cents: int, said: str
) -> None:
    cancellation = await cancelled(claire, script)
    view = script.cancellations[cancellation]
    script.cancellations[cancellation] = view.model_copy(
        update={"order_state": state, "credit_cents": cents}
    )
    page = await claire.get(f"/annulations/{cancellation}")
    assert page.faults == []
    assert said in page.plain
    assert "hx-get" not in page.text


async def test_another_adult_reads_who_cancelled(claire: Browser, script: Script) -> None:
    with_two: HouseholdView = script.household
    script.household = with_two.model_copy(update={"adults": (*with_two.adults, CAMILLE)})
    cancellation = await cancelled(claire, script)
    view = script.cancellations[cancellation]
    script.cancellations[cancellation] = view.model_copy(update={"cancelled_by": CAMILLE.person})
    assert "Annulé par Camille." in (await claire.get(f"/annulations/{cancellation}")).plain


async def test_too_late_is_said_and_leaves_no_button(claire: Browser, script: Script) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    script.raises["booking.cancel_bookings"] = booking.TooLateToCancel(lines=(1,))
    script.bookings = [a_booking(LOUANE, THURSDAY, cancel_until=None)]
    again = await claire.send(page, CANCEL)
    assert again.status == 409
    assert again.faults == []
    assert "data-focus" in again.text
    assert "Il est trop tard pour annuler. Rien n’a été modifié." in again.plain
    assert "prévenez directement la mairie" in again.plain
    assert CANCEL not in again.forms


async def test_a_page_opened_too_late_says_so(claire: Browser, script: Script) -> None:
    script.bookings = [a_booking(LOUANE, THURSDAY, cancel_until=None)]
    an_order_of(script)
    page = await claire.get(CANCEL)
    assert page.faults == []
    assert "Il est trop tard pour annuler ce repas" in page.plain
    assert CANCEL not in page.forms


async def test_a_changed_credit_shows_both_amounts_and_one_button(
    claire: Browser, script: Script
) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    script.bookings[0] = a_booking(LOUANE, THURSDAY, credit_cents=190)
    script.raises["booking.cancel_bookings"] = booking.CreditChanged(
        credit_cents=190, shown_cents=380
    )
    again = await claire.send(page, CANCEL)
    assert again.status == 409
    assert again.faults == []
    assert "1,90 € au lieu de 3,80 €" in again.plain
    assert again.text.count(">Annuler ce repas<") == 1
    assert again.field(CANCEL, "credit") == "190"
    assert again.field(CANCEL, "cancellation") != page.field(CANCEL, "cancellation")
    script.raises.clear()
    assert (await claire.send(again, CANCEL)).status == 303


async def test_a_meal_cancelled_elsewhere_is_said_to_be_cancelled(
    claire: Browser, script: Script
) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    order = script.orders[ORDER]
    gone = tuple(m.model_copy(update={"live": False, "cancel_until": None}) for m in order.meals)
    script.orders[ORDER] = order.model_copy(update={"meals": gone})
    script.bookings = []
    script.raises["booking.cancel_bookings"] = booking.CreditChanged(
        credit_cents=0, shown_cents=380
    )
    again = await claire.send(page, CANCEL)
    assert again.status == 409
    assert again.faults == []
    assert "Cette réservation n’existe plus." in again.plain
    assert CANCEL not in again.forms


async def test_a_page_of_a_meal_that_is_no_longer_booked_says_so(
    claire: Browser, script: Script
) -> None:
    booked(script)
    script.orders[ORDER] = script.orders[ORDER].model_copy(update={"state": "released"})
    script.bookings = []
    page = await claire.get(CANCEL)
    assert page.faults == []
    assert "Ce repas n’est plus réservé" in page.plain
    assert CANCEL not in page.forms


async def test_the_same_id_with_other_content_draws_the_page_again(
    claire: Browser, script: Script
) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    script.raises["booking.cancel_bookings"] = SameIdOtherContent()
    again = await claire.send(page, CANCEL)
    assert again.status == 422
    assert again.field(CANCEL, "cancellation") != page.field(CANCEL, "cancellation")


async def test_when_booking_is_away_the_same_cancellation_is_sent_again(
    claire: Browser, script: Script
) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    script.raises["booking.cancel_bookings"] = Unavailable()
    again = await claire.send(page, CANCEL)
    assert again.status == 503
    assert again.faults == []
    assert again.field(CANCEL, "cancellation") == page.field(CANCEL, "cancellation")
    script.raises.clear()
    assert (await claire.send(again, CANCEL)).status == 303


@pytest.mark.parametrize(
    "path",
    [f"/annuler/{ORDER}/9", f"/annuler/{ORDER}/x", "/annuler/x/1", f"/annuler/{uuid4()}/1",
     f"/annulations/{uuid4()}", "/annulations/x"],
)  # fmt: skip
async def test_what_is_not_there_has_a_page(claire: Browser, script: Script, path: str) -> None:
    booked(script)
    page = await claire.get(path)
    assert page.status == 404
    assert page.faults == []


async def test_a_form_that_is_not_ours_is_not_understood(claire: Browser, script: Script) -> None:
    booked(script)
    page = await claire.get(CANCEL)
    for changed in ({"credit": "x"}, {"credit": "-1"}, {"cancellation": "x"}):
        assert (await claire.send(page, CANCEL, **changed)).status == 422
    assert script.of("booking.cancel_bookings") == []


async def test_a_morning_at_the_garderie_is_told_from_the_evening(
    claire: Browser, script: Script
) -> None:
    script.bookings = [
        at_the_garderie(LOUANE, THURSDAY, "matin", 1), at_the_garderie(LOUANE, THURSDAY, "soir", 2)
    ]  # fmt: skip
    an_order_of(script)
    assert "Garderie, matin" in (await claire.get(CANCEL)).plain
    evening = await claire.get(f"/annuler/{ORDER}/2")
    assert evening.faults == []
    assert "Garderie, soir" in evening.plain
    assert "Annuler cette réservation" in evening.plain


async def test_the_calendar_leads_to_cancelling_one_s_own_booking(
    claire: Browser, script: Script
) -> None:
    cell = booking.Cell(
        day=THURSDAY, session="midi", state="booked", cents=380, order=ORDER, line=1,
        cancel_until=a_booking(LOUANE, THURSDAY).cancel_until,
    )  # fmt: skip
    script.cells[(LOUANE, THURSDAY)] = cell
    script.cells[(THEO, THURSDAY)] = cell.model_copy(update={"cancel_until": None})
    page = await claire.get("/calendrier?mois=2026-12")
    assert page.faults == []
    assert page.text.count("/annuler/") == 1
    assert 'Annuler<span class="sr"> : Louane, jeudi 3 décembre</span>' in page.plain


async def test_an_order_leads_to_cancelling_each_of_its_meals(
    claire: Browser, script: Script
) -> None:
    booked(script)
    page = await claire.get(f"/commandes/{ORDER}")
    assert page.faults == []
    assert f'href="/annuler/{ORDER}/1"' in page.text
    assert f'href="/annuler/{ORDER}/2"' in page.text
    script.bookings = [a_booking(LOUANE, THURSDAY, cancel_until=None)]
    an_order_of(script)
    assert "/annuler/" not in (await claire.get(f"/commandes/{ORDER}")).text


async def test_a_hostile_name_is_text_and_nothing_else(claire: Browser, script: Script) -> None:
    script.household = a_household(("<script>alert(1)</script>", "\" onload='x"), ("T", "D"))
    cancellation = await cancelled(claire, script)
    for path in ("/", f"/annulations/{cancellation}", "/mon-compte/reservations?mois=2026-12"):
        page = await claire.get(path)
        assert page.faults == []
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in (await claire.get(f"/annulations/{cancellation}")).text
