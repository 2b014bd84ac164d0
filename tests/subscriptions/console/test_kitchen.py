"""How many plates for the kitchen, who eats for the school, on the screen and on paper."""

import pytest

from contracts import booking
from contracts.accounts import NAMES_READERS
from contracts.refusal import Unavailable
from tests.gateway.reading import Browser
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.counter import Counter, a_count, at_the_counter
from tests.subscriptions.console.neighbours import CANTEEN, POLIGNAC, Script

KITCHEN = "/console/cuisine"
LIST = f"{KITCHEN}/{CANTEEN}/midi?jour=2026-12-10"


@pytest.fixture
def at_work() -> tuple[Script, Counter]:
    """Nadia cooks at Coubon."""
    return at_the_counter("kitchen")


@pytest.fixture
def script(at_work: tuple[Script, Counter]) -> Script:
    """What the neighbours were asked."""
    return at_work[0]


@pytest.fixture
def counter(at_work: tuple[Script, Counter]) -> Counter:
    """What the neighbours answer."""
    return at_work[1]


async def test_the_total_comes_first_and_what_waits_for_its_money_apart(nadia: Browser):
    page = await nadia.get(f"{KITCHEN}?jour=2026-12-10")
    assert page.faults == []
    total, held = page.plain.index('"many">84<'), page.plain.index("dont 2 en attente de paiement")
    entries = page.plain.index("Enfant commune")
    assert total < held < entries
    assert "À jour à 8 h 57." in page.plain
    assert "jour=2026-12-09" in page.text
    assert "jour=2026-12-11" in page.text


async def test_a_closed_day_says_why(nadia: Browser, counter: Counter):
    counter.counts = (a_count(closed="vacances de Noël"),)
    page = await nadia.get(KITCHEN)
    assert page.faults == []
    assert "Restaurant scolaire, à midi : vacances de Noël." in page.plain


async def test_the_list_is_by_name_with_what_waits_marked(nadia: Browser, script: Script):
    page = await nadia.get(LIST)
    assert page.faults == []
    assert page.plain.index("Dupont Louane") < page.plain.index("Martin Théo")
    assert page.plain.count("en attente de paiement</span>") == 1
    assert "Enfant commune" in page.text
    assert script.of("accounts.describe_households") == []
    (asked,) = script.of("booking.list_eaters")
    assert (asked.service, asked.session, str(asked.day)) == (CANTEEN, "midi", "2026-12-10")


async def test_without_names_the_list_says_so_and_still_counts(nadia: Browser, script: Script):
    script.raises["accounts.name_beneficiaries"] = Unavailable()
    page = await nadia.get(LIST)
    assert (page.status, page.faults) == (200, [])
    assert "Les noms ne répondent pas" in page.text
    assert "2 personnes" in page.plain


async def test_another_authority_s_kitchen_does_not_exist(nadia: Browser):
    assert (await nadia.get(f"{KITCHEN}?commune={POLIGNAC}")).status == 404
    assert (await nadia.get(f"{KITCHEN}?jour=demain")).status == 404
    assert (await nadia.get(f"{KITCHEN}/x/midi")).status == 404
    assert (await nadia.get(f"{KITCHEN}/{CANTEEN}/MIDI")).status == 404


async def test_a_cashier_has_no_kitchen(visit: Enter):
    browser = await visit(at_the_counter("regisseur")[0])
    await sign_in(browser)
    assert (await browser.get(KITCHEN)).status == 404
    assert (await browser.get(LIST)).status == 404


def test_names_are_read_by_exactly_those_who_may_see_who_eats():
    assert NAMES_READERS == booking.KITCHEN
