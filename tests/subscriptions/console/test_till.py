"""The régie's desk: money is credited once, with a receipt, and a day's takings add up."""

import pytest

from contracts.refusal import SameIdOtherContent, Unavailable
from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.counter import FILE, REGIE, Counter, at_the_counter
from tests.subscriptions.console.neighbours import DUPONT, Script, an_id

TILL, TAKE = f"{FILE}/encaisser", f"{FILE}/encaisser/confirmer"


@pytest.fixture
def at_work() -> tuple[Script, Counter]:
    """Nadia is the cashier of Coubon."""
    return at_the_counter("regisseur")


@pytest.fixture
def script(at_work: tuple[Script, Counter]) -> Script:
    """What the neighbours were asked."""
    return at_work[0]


async def checked(browser: Browser, **typed: str) -> Page:
    """The page before money is taken."""
    given = {"montant": "38,50", "moyen": "cash"} | typed
    return await browser.send(await browser.get(TILL), TILL, **given)


async def test_money_is_shown_before_it_is_taken(nadia: Browser, script: Script):
    page = await checked(nadia, moyen="cheque", numero="0012345")
    assert (page.status, page.faults) == (200, [])
    assert "38,50 €" in page.plain
    assert "Chèque n° 0012345" in page.plain
    assert script.of("payments.take_cash") == []


async def test_a_double_click_credits_the_family_once(nadia: Browser, script: Script):
    page = await checked(nadia)
    first = await nadia.send(page, TAKE)
    second = await nadia.send(page, TAKE)
    assert first.location == second.location
    asked, again = script.of("payments.take_cash")
    assert (asked.household, asked.regie, asked.cents) == (DUPONT, REGIE, 3850)
    assert asked == again


async def test_the_receipt_has_its_number_its_family_and_its_agent(nadia: Browser):
    sent = await nadia.send(await checked(nadia, moyen="cheque", numero="77"), TAKE)
    page = await nadia.get(sent.location)
    assert page.faults == []
    for said in (
        "Reçu n° 12", "Régie de Coubon", "38,50 €", "Claire Dupont", "Nadia Benali",
        "26 novembre 2026 à 10 h 00", "Chèque n° 77",
    ):  # fmt: skip
        assert said in page.plain, said


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"montant": ""}, "montant"), ({"montant": "0"}, "montant"),
        ({"montant": "vingt"}, "montant"), ({"montant": "2000000"}, "montant"),
        ({"moyen": "cheque"}, "numero"), ({"moyen": "or"}, "moyen"),
        ({"regie": str(an_id("elsewhere"))}, "regie"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_beside_its_field_and_kept(
    nadia: Browser, script: Script, typed: dict[str, str], field: str
):
    page = await checked(nadia, **typed)
    assert page.status == 422
    assert f'href="#{field}"' in page.text
    if "montant" in typed:
        assert f'value="{typed["montant"]}"' in page.text
    assert script.of("payments.take_cash") == []


async def test_correcting_goes_back_with_what_was_typed(nadia: Browser):
    page = await checked(nadia)
    form = await nadia.send(page, TILL, corriger="oui")
    assert (form.status, form.faults) == (200, [])
    assert 'value="38,50"' in form.text
    assert form.field(TILL, "top_up") == page.field(TAKE, "top_up")


async def test_a_page_that_served_already_takes_nothing_again(nadia: Browser, script: Script):
    page = await checked(nadia)
    script.raises["payments.take_cash"] = SameIdOtherContent()
    used = await nadia.send(page, TAKE)
    assert (used.status, used.faults) == (422, [])
    assert TAKE not in used.forms
    script.raises["payments.take_cash"] = Unavailable()
    away = await nadia.send(page, TAKE)
    assert (away.status, away.faults) == (503, [])
    assert TAKE in away.forms


async def test_a_day_s_takings_add_up_by_means(nadia: Browser):
    await nadia.send(await checked(nadia), TAKE)
    await nadia.send(await checked(nadia, montant="20", moyen="cheque", numero="9"), TAKE)
    assert (await nadia.get("/console/regie")).location == f"/console/regie/{REGIE}"
    page = await nadia.get(f"/console/regie/{REGIE}?jour=2026-11-26")
    assert page.faults == []
    for said in ("58,50 €", "Espèces (1 reçu)", "Chèque (1 reçu)", "n° 13", "Claire Dupont"):
        assert said in page.plain, said
    assert "jour=2026-11-25" in page.text
    assert (await nadia.get(f"/console/regie/{REGIE}?jour=hier")).status == 404


async def test_a_clerk_takes_no_money(visit: Enter):
    browser = await visit(at_the_counter("clerk")[0])
    await sign_in(browser)
    assert (await browser.get(TILL)).status == 404
    assert (await browser.get("/console/regie")).status == 404
