"""Services and régies: what families see, opening one in five steps, changing one."""

from datetime import date

import pytest

from contracts.refusal import Unavailable
from contracts.subscriptions import RegulationImmutable
from contracts.values import AGGLOMERATION, RegieId
from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.counter import HOSTILE, REGIE, at_the_counter
from tests.subscriptions.console.neighbours import CANTEEN, COUBON, Script, an_id

OPEN = "/console/services/ouvrir"
CHANGE = f"/console/services/{CANTEEN}/modifier"


@pytest.fixture
def script() -> Script:
    """Nadia administers Coubon."""
    return at_the_counter("administrator")[0]


async def step(browser: Browser, page: Page, **typed: str) -> Page:
    """Press a button of a step after typing some fields: forms of the steps go by GET."""
    path = OPEN if OPEN in page.forms else CHANGE
    fields = [(k, v) for k, v in page.forms[path] if k not in typed]
    query = [f"{k}={v}" for k, v in [*fields, *typed.items()]]
    return await browser.get(f"{path}?{'&'.join(query)}")


async def at_prices(browser: Browser) -> Page:
    """The third step, with what the first two suggest."""
    page = await step(browser, await browser.get(OPEN), aller="2")
    return await step(browser, page, aller="3")


async def opened(browser: Browser) -> Page:
    """The preview of a canteen that only got its two prices."""
    page = await at_prices(browser)
    page = await prices(browser, page, ("Résidents", "3,80"), ("Hors commune", "4,90"))
    page = await step(browser, page, aller="5")
    return await step(browser, page, aller="6")


async def prices(browser: Browser, page: Page, *rows: tuple[str, str], to: str = "4") -> Page:
    """Type the rows of the prices and go on."""
    kept = [(k, v) for k, v in page.forms[OPEN] if k not in ("entree", "prix", "categorie")]
    typed = [("entree", label) for label, _ in rows] + [("prix", price) for _, price in rows]
    query = "&".join(f"{k}={v}" for k, v in [*kept, *typed, ("aller", to)])
    return await browser.get(f"{OPEN}?{query}")


async def test_the_page_says_what_families_see_of_each_service(nadia: Browser):
    page = await nadia.get("/console/services")
    assert page.faults == []
    assert "Restaurant scolaire" in page.text
    assert "Régie de Coubon" in page.text
    assert "pour un repas du lundi 7 décembre : jusqu’au jeudi 3 décembre à 10 h 00" in page.plain
    assert f'href="/console/services/{CANTEEN}/modifier"' in page.text
    assert "Polignac" not in page.text


async def test_who_does_not_administer_sees_services_and_opens_none(visit: Enter):
    browser = await visit(at_the_counter("reader")[0])
    await sign_in(browser)
    page = await browser.get("/console/services")
    assert page.status == 200
    assert "modifier" not in page.text
    assert OPEN not in page.text
    assert (await browser.get(OPEN)).status == 404
    assert (await browser.get(CHANGE)).status == 404


async def test_a_canteen_opens_with_two_prices_and_nothing_else_typed(
    nadia: Browser, script: Script
):
    page = await opened(nadia)
    assert page.faults == []
    assert "Voici ce que les familles verront" in page.text
    assert "Cantine de Coubon" in page.text
    assert "Résidents : 3,80 €." in page.plain
    done = await nadia.send(page, OPEN)
    (asked,) = script.of("subscriptions.publish_regulation")
    made = asked.regulation
    assert (done.status, made.version, made.authority, made.regie) == (303, 1, COUBON, REGIE)
    assert [(p.category, p.label, p.cents) for p in made.prices] == [
        ("residents", "Résidents", 380), ("hors-commune", "Hors commune", 490),
    ]  # fmt: skip
    assert made.weekdays == {1, 2, 4, 5}
    assert made.closed[0].first == date(2026, 10, 17)
    assert made.book.rule.weekday == 4
    after = await nadia.get(done.location.partition("#")[0])
    assert "« Cantine de Coubon » est ouvert" in after.plain
    assert script.of("subscriptions.describe_regie") == []


async def test_a_double_click_publishes_the_same_service_again(nadia: Browser, script: Script):
    page = await opened(nadia)
    await nadia.send(page, OPEN)
    again = await nadia.send(page, OPEN)
    first, second = script.of("subscriptions.publish_regulation")
    assert (first, again.status) == (second, 303)


async def test_back_keeps_everything_that_was_typed(nadia: Browser):
    page = await step(nadia, await nadia.get(OPEN), aller="2")
    page = await step(nadia, page, nom="Garderie du Pont", places="6", aller="3")
    page = await prices(nadia, page, ("Résidents", "trois euros"), to="2")
    assert 'value="Garderie du Pont"' in page.text
    page = await step(nadia, page, aller="3")
    assert 'value="trois euros"' in page.text


async def test_a_price_that_is_not_understood_is_said_beside_its_field(nadia: Browser):
    page = await at_prices(nadia)
    page = await prices(nadia, page, ("Résidents", "trois"), ("", "4,90"))
    assert (page.status, page.faults) == (422, [])
    assert 'href="#prix-0"' in page.text
    assert 'href="#entree-1"' in page.text
    assert 'value="trois"' in page.text


async def test_a_price_of_hundreds_of_euros_is_asked_again(nadia: Browser):
    page = await at_prices(nadia)
    page = await prices(nadia, page, ("Résidents", "380"))
    assert "Vérifiez ce prix : 380,00 € par repas." in page.plain


async def test_rows_are_added_and_taken_away_without_losing_the_others(nadia: Browser):
    page = await at_prices(nadia)
    page = await step(nadia, page, ajouter="entree")
    assert page.forms[OPEN].count(("entree", "")) == 1
    page = await step(nadia, page, retirer="entree.0")
    assert [v for k, v in page.forms[OPEN] if k == "entree"] == ["Hors commune", ""]


async def test_a_deadline_after_the_service_is_refused(nadia: Browser):
    page = await at_prices(nadia)
    page = await prices(nadia, page, ("Résidents", "3,80"), to="5")
    page = await step(nadia, page, reserver_semaines="0", aller="6")
    assert 'href="#reserver-jour"' in page.text
    assert "tomberait après le service" in page.text


async def test_a_new_regie_is_created_before_the_service(nadia: Browser, script: Script):
    page = await step(nadia, await nadia.get(OPEN), regie=f"nouvelle.{COUBON}", aller="2")
    assert 'href="#nom-regie"' in page.text
    page = await step(nadia, page, nom_regie="Régie du soir", aller="2")
    page = await step(nadia, page, aller="3")
    page = await prices(nadia, page, ("Résidents", "3,80"), to="6")
    assert "qui sera créée" in page.text
    await nadia.send(page, OPEN)
    (regie,) = script.of("subscriptions.describe_regie")
    (asked,) = script.of("subscriptions.publish_regulation")
    assert (regie.label, regie.authority) == ("Régie du soir", COUBON)
    assert asked.regulation.regie == regie.regie


async def test_another_authority_s_regie_cannot_be_chosen(nadia: Browser, script: Script):
    foreign = RegieId(an_id("régie Polignac"))
    page = await step(nadia, await nadia.get(OPEN), regie=str(foreign), aller="2")
    assert 'href="#regie"' in page.text
    assert script.of("subscriptions.publish_regulation") == []


async def test_the_agglomeration_chooses_among_all_regies(visit: Enter):
    browser = await visit(at_the_counter("administrator", at=AGGLOMERATION)[0])
    await sign_in(browser)
    page = await browser.get(OPEN)
    assert page.faults == []
    assert "Régie de Coubon" in page.text
    assert "Régie de Polignac" in page.text


async def test_a_service_that_would_never_open_is_not_published(nadia: Browser):
    page = await at_prices(nadia)
    page = await prices(nadia, page, ("Résidents", "3,80"), to="4")
    page = await step(nadia, page, debut="2026-12-20", fin="2026-12-31", aller="6")
    assert "n’ouvrirait jamais" in page.text


async def test_closures_of_the_commune_are_kept_with_the_holidays(nadia: Browser, script: Script):
    page = await at_prices(nadia)
    page = await prices(nadia, page, ("Résidents", "3,80"))
    page = await step(nadia, page, ajouter="fermeture")
    page = await step(nadia, page, ferme_du="24/09/2026", ferme_motif="sortie scolaire", aller="6")
    await nadia.send(page, OPEN)
    (asked,) = script.of("subscriptions.publish_regulation")
    closed = asked.regulation.closed
    assert (closed[0].first, closed[0].last, closed[0].reason) == (
        date(2026, 9, 24), date(2026, 9, 24), "sortie scolaire",
    )  # fmt: skip
    assert closed[1].reason == "vacances de la Toussaint"


async def test_a_hostile_name_is_only_text(nadia: Browser):
    page = await step(nadia, await nadia.get(OPEN), aller="2")
    page = await step(nadia, page, nom="%3Cscript%3Ealert(%22x%22)%3C/script%3E", aller="3")
    page = await prices(nadia, page, ("Résidents", "3,80"), to="6")
    assert page.faults == []
    assert HOSTILE not in page.text


async def test_changing_begins_with_what_families_see_and_nothing_to_publish(nadia: Browser):
    page = await nadia.get(CHANGE)
    assert page.faults == []
    assert "Rien pour l’instant" in page.text
    assert CHANGE not in page.forms


async def test_a_change_is_said_in_french_and_published_as_the_next_version(
    nadia: Browser, script: Script
):
    first = await nadia.get(CHANGE)
    address = next(a for a in first.text.split('"') if a.startswith(CHANGE) and "etape=3" in a)
    page = await nadia.get(address.replace("&amp;", "&"))
    kept = [(k, v) for k, v in page.forms[CHANGE] if k != "prix"]
    typed = [*kept, ("prix", "3,90"), ("prix", "6,50"), ("aller", "6")]
    page = await nadia.get(f"{CHANGE}?{'&'.join(f'{k}={v}' for k, v in typed)}")
    assert "« Enfant commune » : 3,90 € au lieu de 3,80 €." in page.plain
    await nadia.send(page, CHANGE)
    (asked,) = script.of("subscriptions.publish_regulation")
    made = asked.regulation
    assert (made.version, made.service, made.regie) == (2, CANTEEN, REGIE)
    assert [(p.category, p.cents) for p in made.prices] == [("commune", 390), ("adulte", 650)]


async def test_who_published_in_between_wins_and_the_other_is_told(nadia: Browser, script: Script):
    page = await opened(nadia)
    script.raises["subscriptions.publish_regulation"] = RegulationImmutable()
    refused = await nadia.send(page, OPEN)
    assert (refused.status, refused.faults) == (409, [])
    assert "Cette version du règlement est déjà publiée" in refused.text
    script.raises["subscriptions.publish_regulation"] = Unavailable()
    away = await nadia.send(page, OPEN)
    assert (away.status, away.faults) == (503, [])
    assert "Publier" in away.text


async def test_a_version_that_is_no_longer_the_newest_is_not_offered_for_publishing(
    nadia: Browser, script: Script
):
    first = await nadia.get(CHANGE)
    address = next(a for a in first.text.split('"') if a.startswith(CHANGE) and "etape=2" in a)
    page = await nadia.get(address.replace("&amp;", "&").replace("version=1", "version=9"))
    page = await step(nadia, page, places="90", aller="6")
    assert "Quelqu’un d’autre vient de modifier ce service." in page.text
    assert CHANGE not in page.forms
