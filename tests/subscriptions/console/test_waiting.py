"""« Ce qui vous attend »: oldest first, with ages, names, and the authority that is looked at."""

import pytest

from contracts.refusal import Unavailable
from contracts.values import AGGLOMERATION, HouseholdId, StaffRole
from tests.gateway.reading import Browser
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.neighbours import (
    COUBON,
    DUPONT,
    POLIGNAC,
    Script,
    a_request,
    a_script,
    a_sheet,
    an_id,
)

HOSTILE = '<img src=x onerror="alert(1)">'


async def test_requests_wait_oldest_first_with_their_age(nadia: Browser) -> None:
    page = await nadia.get("/console/")
    assert page.status == 200
    assert page.faults == []
    assert page.text.index("Théo Martin") < page.text.index("Louane Dupont")
    assert "depuis 9 jours" in page.plain
    assert "hier" in page.plain
    assert "A déjà Adulte" in page.plain


async def test_names_are_asked_for_all_rows_at_once(nadia: Browser, script: Script) -> None:
    script.pending += [a_request(20 + n) for n in range(40)]
    await nadia.get("/console/")
    (asked,) = script.of("accounts.describe_households")
    assert len(asked.households) == 2


async def test_nothing_waits_is_said(nadia: Browser, script: Script) -> None:
    script.pending = []
    page = await nadia.get("/console/")
    assert "Tout est traité" in page.plain
    assert page.faults == []
    assert script.of("accounts.describe_households") == []


async def test_without_accounts_the_page_says_so_and_still_works(
    nadia: Browser, script: Script
) -> None:
    script.raises["accounts.describe_households"] = Unavailable()
    page = await nadia.get("/console/")
    assert page.status == 200
    assert page.faults == []
    assert "Les noms ne répondent pas" in page.plain
    assert page.plain.count("Nom indisponible") >= 2


async def test_names_are_text_whatever_they_contain(nadia: Browser, script: Script) -> None:
    script.sheets[DUPONT] = a_sheet(DUPONT, HOSTILE)
    page = await nadia.get("/console/")
    assert page.faults == []
    assert HOSTILE not in page.text
    assert "&lt;img src=x" in page.text


async def test_more_than_a_page_is_turned(nadia: Browser, script: Script) -> None:
    script.pending = [a_request(n) for n in range(60, 0, -1)]
    page = await nadia.get("/console/")
    assert page.text.count('name="demande"') == 50
    assert f"apres={a_request(11).request}" in page.text
    page = await nadia.get(f"/console/?apres={a_request(11).request}")
    assert page.text.count('name="demande"') == 10
    assert "Les plus anciennes" in page.plain


@pytest.mark.parametrize("role", ["kitchen", "attendance", "reader", "regisseur"])
async def test_who_answers_no_request_is_asked_for_none(visit: Enter, role: StaffRole) -> None:
    script = a_script(role)
    browser = await visit(script)
    await sign_in(browser)
    page = await browser.get("/console/")
    assert page.status == 200
    assert page.faults == []
    assert script.of("subscriptions.list_pending") == []
    assert "/console/equipe" not in page.text


async def in_two_towns(visit: Enter) -> tuple[Browser, Script]:
    """Nadia answers requests at Coubon and at Polignac."""
    script = a_script("clerk")
    script.roles[POLIGNAC] = ("administrator",)
    script.pending.append(a_request(2, authority=POLIGNAC, authority_label="Polignac"))
    browser = await visit(script)
    await sign_in(browser)
    return browser, script


async def test_an_agent_of_several_authorities_chooses_one_by_the_address(visit: Enter) -> None:
    browser, script = await in_two_towns(visit)
    page = await browser.get("/console/")
    assert page.faults == []
    assert "Coubon (2)" in page.plain
    assert "Polignac (1)" in page.plain
    page = await browser.get(f"/console/?commune={POLIGNAC}")
    assert page.faults == []
    assert "Théo Martin" not in page.text
    assert script.of("subscriptions.list_pending")[-1].authority == POLIGNAC
    assert f"/console/equipe?commune={POLIGNAC}" in page.text


async def test_a_foreign_authority_in_the_address_does_not_exist(nadia: Browser) -> None:
    for commune in (str(POLIGNAC), str(an_id("nowhere")), "x", str(AGGLOMERATION)):
        for path in ("/console/", "/console/equipe", "/console/actes"):
            page = await nadia.get(f"{path}?commune={commune}")
            assert page.status == 404
            assert "Polignac" not in page.text


async def test_accounts_that_asked_nobody_wait_at_the_agglomeration_alone(visit: Enter) -> None:
    script = a_script("administrator", at=AGGLOMERATION)
    petit = HouseholdId(an_id("petit"))
    script.waiting = [a_sheet(petit, "Petit", state="waiting")]
    browser = await visit(script)
    await sign_in(browser)
    page = await browser.get("/console/")
    assert page.faults == []
    assert "Comptes à valider" in page.plain
    assert f"/console/comptes/{petit}" in page.text
    page = await browser.get(f"/console/?commune={COUBON}")
    assert "Comptes à valider" not in page.plain
    page = await browser.get(f"/console/?commune={AGGLOMERATION}")
    assert "Demandes d’accès" not in page.plain
    assert "Comptes à valider" in page.plain


async def test_a_clerk_of_a_commune_is_shown_no_account(nadia: Browser, script: Script) -> None:
    page = await nadia.get("/console/")
    assert "Comptes à valider" not in page.plain
    assert script.of("accounts.list_waiting") == []
