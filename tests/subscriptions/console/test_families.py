"""Looking for a family, and its file."""

import pytest

from contracts.refusal import NotFound, Unavailable
from contracts.values import AGGLOMERATION, HouseholdId
from tests.gateway.reading import Browser
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.counter import FILE, HOSTILE, at_the_counter, with_a_hostile_name
from tests.subscriptions.console.neighbours import (
    COUBON,
    DUPONT,
    MARTIN,
    Script,
    an_access,
    an_id,
)

SEARCH = "/console/familles"


@pytest.fixture
def script() -> Script:
    """Nadia is a clerk of Coubon."""
    return at_the_counter("clerk")[0]


async def test_families_are_listed_by_name_before_anything_is_typed(nadia: Browser, script: Script):
    page = await nadia.get(SEARCH)
    assert page.faults == []
    assert "Claire Dupont" in page.text
    assert "Louane Dupont" in page.text
    (asked,) = script.of("accounts.search_households")
    assert (asked.authority, asked.text, asked.born) == (COUBON, "", None)


async def test_what_was_typed_is_looked_for_and_stays_out_of_the_address(
    nadia: Browser, script: Script
):
    form = await nadia.get(SEARCH)
    sent = await nadia.send(
        form, SEARCH, q="  dupont  louane ", naissance_day="1", naissance_month="3",
        naissance_year="2018",
    )  # fmt: skip
    assert sent.status == 303
    assert "dupont" not in sent.location.casefold()
    page = await nadia.get(sent.location)
    asked = script.of("accounts.search_households")[-1]
    assert (asked.text, str(asked.born)) == ("dupont louane", "2018-03-01")
    assert 'value="dupont louane"' in page.text


async def test_a_colleague_cannot_open_what_somebody_else_typed(nadia: Browser):
    page = await nadia.get(f"{SEARCH}?recherche={an_id('somebody else')}")
    assert (page.status, page.faults) == (200, [])
    assert "Saisissez-la de nouveau" in page.text
    assert (await nadia.get(f"{SEARCH}?recherche=x")).status == 404


async def test_a_wrong_birth_date_is_said_beside_its_field(nadia: Browser, script: Script):
    form = await nadia.get(SEARCH)
    page = await nadia.send(form, SEARCH, q="dupont", naissance_day="31", naissance_month="2")
    assert (page.status, page.faults) == (422, [])
    assert 'href="#naissance"' in page.text
    assert 'value="dupont"' in page.text
    assert len(script.of("accounts.search_households")) == 1


async def test_the_next_page_carries_the_search(visit: Enter):
    script, counter = at_the_counter("clerk")
    counter.found_after = str(MARTIN)
    browser = await visit(script)
    await sign_in(browser)
    sent = await browser.send(await browser.get(SEARCH), SEARCH, q="")
    page = await browser.get(sent.location)
    assert f"{SEARCH}?apres={MARTIN}" in page.text
    await browser.get(f"{SEARCH}?apres={MARTIN}")
    assert script.of("accounts.search_households")[-1].after == str(MARTIN)


async def test_who_has_no_such_role_finds_no_families(visit: Enter):
    browser = await visit(at_the_counter("kitchen")[0])
    await sign_in(browser)
    assert (await browser.get(SEARCH)).status == 404
    assert (await browser.get(FILE)).status == 404


async def test_the_agglomeration_chooses_the_authority(visit: Enter):
    script, _ = at_the_counter("administrator", at=AGGLOMERATION)
    browser = await visit(script)
    await sign_in(browser)
    form = await browser.get(SEARCH)
    assert form.faults == []
    sent = await browser.send(form, SEARCH, commune=str(COUBON), q="dup")
    assert f"commune={COUBON}" in sent.location


async def test_the_file_shows_the_family_its_bookings_orders_and_credits(
    nadia: Browser, script: Script
):
    page = await nadia.get(FILE)
    assert page.faults == []
    for said in (
        "Famille Dupont", "Louane Dupont, 1er mars 2018", "Compte validé", "Enfant commune",
        "Jeudi 10 décembre", "Espèces au guichet, reçu n° 12", "20,00 €", "au guichet",
    ):  # fmt: skip
        assert said in page.plain, said
    names = {name for name, _, caller in script.asked if caller.household == DUPONT}
    assert names == {
        "booking.list_bookings", "booking.list_orders", "payments.get_wallets",
        "payments.list_movements",
    }  # fmt: skip


async def test_a_family_of_another_authority_does_not_exist(nadia: Browser):
    assert (await nadia.get(f"/console/familles/{HouseholdId(an_id('elsewhere'))}")).status == 404
    assert (await nadia.get("/console/familles/x")).status == 404


async def test_the_file_does_without_what_does_not_answer(nadia: Browser, script: Script):
    for name in ("booking.list_bookings", "booking.list_orders", "payments.get_wallets"):
        script.raises[name] = Unavailable()
    script.raises["subscriptions.get_household_access"] = Unavailable()
    page = await nadia.get(FILE)
    assert (page.status, page.faults) == (200, [])
    assert "Les crédits ne s’affichent pas" in page.plain
    assert "Famille Dupont" in page.text


async def test_a_cashier_sees_credits_and_no_bookings(visit: Enter):
    script, _ = at_the_counter("regisseur")
    browser = await visit(script)
    await sign_in(browser)
    page = await browser.get(FILE)
    assert page.faults == []
    assert "Encaisser" in page.text
    assert "Réservations" not in page.text
    assert script.of("booking.list_bookings") == []
    assert (await browser.get(f"{FILE}/reserver")).status == 404


async def test_a_family_that_payments_does_not_know_has_a_file_all_the_same(
    nadia: Browser, script: Script
):
    script.raises["booking.list_bookings"] = NotFound()
    script.raises["payments.list_movements"] = NotFound()
    page = await nadia.get(FILE)
    assert (page.status, page.faults) == (200, [])


async def test_a_pending_request_leads_to_its_answer(nadia: Browser, script: Script):
    script.access[DUPONT] = (an_access("pending", an_id("asked")),)
    page = await nadia.get(FILE)
    assert f"/console/demandes/{an_id('asked')}?foyer={DUPONT}" in page.text
    assert f"{FILE}/reserver" not in page.text


async def test_a_hostile_name_is_only_text_in_the_file_and_the_list(nadia: Browser, script: Script):
    with_a_hostile_name(script)
    for path in (SEARCH, FILE, f"{FILE}/reserver", f"{FILE}/panier"):
        page = await nadia.get(path)
        assert page.faults == [], path
        assert HOSTILE not in page.text
