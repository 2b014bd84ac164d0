"""Requests are answered one by one, or several after a preview; accounts at the agglomeration."""

import pytest

from contracts.accounts import AlreadyJudged
from contracts.refusal import SameIdOtherContent, Unavailable
from contracts.subscriptions import RequestsJudged
from contracts.values import AGGLOMERATION, HouseholdId, RequestId
from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.neighbours import (
    COUBON,
    DUPONT,
    POLIGNAC,
    Script,
    a_request,
    a_script,
    a_sheet,
    an_access,
    an_id,
)

LOUANES, THEOS = a_request(1).request, a_request(9).request
ONE = f"/console/demandes/{LOUANES}?foyer={DUPONT}"
BOTH = f"/console/demandes?demande={THEOS}&demande={LOUANES}"
ACCEPT, REFUSE = "/console/demandes/accepter", "/console/demandes/refuser"
JUDGE = "subscriptions.judge_requests"


@pytest.fixture(autouse=True)
def access(script: Script) -> None:
    """Louane holds « Adulte » and asks for « Enfant commune »."""
    script.access[DUPONT] = (
        an_access("pending", LOUANES),
        an_access("open", RequestId(an_id("held")), category="adulte", category_label="Adulte"),
    )


async def test_a_request_is_shown_with_all_that_helps_to_answer(
    nadia: Browser, script: Script
) -> None:
    sheet = script.sheets[DUPONT]
    script.sheets[DUPONT] = sheet.model_copy(
        update={"state": "waiting", "unproved": sheet.household.adults}
    )
    page = await nadia.get(ONE)
    assert page.status == 200
    assert page.faults == []
    for said in ("Louane Dupont", "Enfant commune", "3,80 €", "1er mars 2018",
                 "adresse non confirmée", "Compte en attente",
                 "« Adulte » n’est plus valable à partir d’aujourd’hui.",
                 "jusqu’au 2 juillet 2027", "Le compte de la famille est validé"):  # fmt: skip
        assert said in page.plain, said


async def test_accepting_one_goes_home_and_says_so(nadia: Browser, script: Script) -> None:
    page = await nadia.get(ONE)
    judgement = page.field(ACCEPT, "judgement")
    page = await nadia.send(page, ACCEPT)
    assert page.location == "/console/?fait=accepte&n=1"
    (asked,) = script.of(JUDGE)
    assert (str(asked.judgement), asked.requests, asked.verdict, asked.reason) == (
        judgement, (LOUANES,), "approved", None,
    )  # fmt: skip
    assert "1 demande acceptée. La famille est prévenue" in (await nadia.get(page.location)).plain


async def test_refusing_wants_a_reason_of_the_list_and_keeps_what_was_typed(
    nadia: Browser, script: Script
) -> None:
    page = await nadia.send(await nadia.get(ONE), REFUSE, reason="", explanation="Voyez <l’école>")
    assert page.status == 422
    assert page.faults == []
    assert page.plain.count("Choisissez le motif qui sera dit à la famille.") == 2
    assert "Voyez &lt;l’école&gt;" in page.text
    assert script.of(JUDGE) == []
    page = await nadia.send(page, REFUSE, reason="proof_missing", explanation="Voyez l’école")
    assert page.location == "/console/?fait=refuse&n=1"
    (asked,) = script.of(JUDGE)
    assert (asked.verdict, asked.reason, asked.explanation) == (
        "refused", "proof_missing", "Voyez l’école",
    )  # fmt: skip


async def test_a_reason_that_is_not_in_the_list_is_none(nadia: Browser, script: Script) -> None:
    page = await nadia.send(await nadia.get(ONE), REFUSE, reason="unemployed")
    assert page.status == 422
    page = await nadia.send(page, REFUSE, reason="full", explanation="x" * 501)
    assert page.status == 422
    assert "500 signes au plus" in page.plain
    assert script.of(JUDGE) == []


async def test_several_are_seen_before_they_are_answered(nadia: Browser, script: Script) -> None:
    page = await nadia.get(BOTH)
    assert page.faults == []
    assert "Accepter 2 demandes" in page.plain
    assert "« Adulte » n’est plus valable." in page.plain
    assert script.of(JUDGE) == []
    page = await nadia.send(page, ACCEPT)
    assert page.location == "/console/?fait=accepte&n=2"
    assert set(script.of(JUDGE)[0].requests) == {LOUANES, THEOS}


async def test_nothing_ticked_and_two_authorities_are_said(visit: Enter) -> None:
    script = a_script("administrator", at=AGGLOMERATION)
    script.pending.append(a_request(2, authority=POLIGNAC, authority_label="Polignac"))
    browser = await visit(script)
    await sign_in(browser)
    page = await browser.get("/console/demandes")
    assert page.status == 422
    assert "Cochez au moins une demande" in page.plain
    page = await browser.get(f"{BOTH}&demande={a_request(2).request}")
    assert page.status == 422
    assert page.faults == []
    assert "une collectivité à la fois" in page.plain
    assert ACCEPT not in page.forms


async def test_the_slower_of_two_clerks_is_told_whose_request_was_handled(
    nadia: Browser, script: Script
) -> None:
    page = await nadia.get(BOTH)
    first = page.field(REFUSE, "judgement")
    script.pending = [one for one in script.pending if one.request != THEOS]
    page = await nadia.send(page, REFUSE, reason="full", explanation="Au complet")
    assert page.status == 409
    assert page.faults == []
    assert "Traitée par quelqu’un d’autre, ou retirée par la famille : Théo Martin." in page.plain
    assert "Rien n’a été modifié" in page.plain
    assert page.field(REFUSE, "reason") == "full"
    assert "Au complet" in page.text
    assert page.field(REFUSE, "judgement") != first
    page = await nadia.send(page, REFUSE)
    assert page.location == "/console/?fait=refuse&n=1"
    assert script.of(JUDGE)[-1].requests == (LOUANES,)


async def test_a_request_that_was_handled_meanwhile_says_how(
    nadia: Browser, script: Script
) -> None:
    page = await nadia.get(ONE)
    script.access[DUPONT] = (an_access("refused", LOUANES, reason="full", explanation="Complet."),)
    script.raises[JUDGE] = RequestsJudged(requests=(LOUANES,))
    page = await nadia.send(page, ACCEPT)
    assert page.status == 409
    assert page.faults == []
    assert "Cette demande est traitée : Refusé." in page.plain
    assert "il n’y a plus de place dans ce service. Complet." in page.plain
    assert ACCEPT not in page.forms


async def test_a_lost_reply_is_sent_again_under_the_same_id(nadia: Browser, script: Script) -> None:
    page = await nadia.get(BOTH)
    judgement = page.field(ACCEPT, "judgement")
    script.raises[JUDGE] = Unavailable()
    page = await nadia.send(page, ACCEPT)
    assert page.status == 503
    assert page.faults == []
    assert page.field(ACCEPT, "judgement") == judgement


async def test_a_page_that_was_used_gets_a_new_id(nadia: Browser, script: Script) -> None:
    page = await nadia.get(BOTH)
    judgement = page.field(ACCEPT, "judgement")
    script.raises[JUDGE] = SameIdOtherContent()
    page = await nadia.send(page, ACCEPT)
    assert "Cette page a déjà servi" in page.plain
    assert page.field(ACCEPT, "judgement") != judgement


async def test_requests_that_wait_no_more_are_counted(nadia: Browser, script: Script) -> None:
    script.pending = script.pending[1:]
    page = await nadia.get(BOTH)
    assert page.status == 200
    assert "1 demande n’attend plus" in page.plain


async def test_a_request_of_a_family_that_is_not_theirs_is_not_there(nadia: Browser) -> None:
    for path in (f"/console/demandes/{THEOS}?foyer={DUPONT}", f"/console/demandes/{LOUANES}",
                 f"/console/demandes/{LOUANES}?foyer={an_id('other')}"):  # fmt: skip
        assert (await nadia.get(path)).status == 404
    assert (await nadia.get("/console/demandes?demande=x")).status == 422


# -- accounts -----------------------------------------------------------------------------------

PETIT = HouseholdId(an_id("petit"))
ACCOUNT = f"/console/comptes/{PETIT}"


async def at_the_agglomeration(visit: Enter) -> tuple[Browser, Script, Page]:
    """An account waits, and is looked at."""
    script = a_script("administrator", at=AGGLOMERATION)
    script.waiting = [a_sheet(PETIT, "Petit", state="waiting")]
    browser = await visit(script)
    await sign_in(browser)
    return browser, script, await browser.get(ACCOUNT)


async def test_an_account_is_validated_at_the_agglomeration(visit: Enter) -> None:
    browser, script, page = await at_the_agglomeration(visit)
    assert page.faults == []
    assert "Claire Petit" in page.plain
    assert "Théo Petit, 1er mars 2018, mère" in page.plain
    page = await browser.send(page, f"{ACCOUNT}/valider")
    assert page.location == "/console/?fait=valide"
    (asked,) = script.of("accounts.judge_household")
    assert (asked.household, asked.verdict) == (PETIT, "validated")
    assert "1 compte validé." in (await browser.get(page.location)).plain


async def test_an_account_is_refused_with_a_reason(visit: Enter) -> None:
    browser, script, page = await at_the_agglomeration(visit)
    page = await browser.send(page, f"{ACCOUNT}/refuser", reason="")
    assert page.status == 422
    assert page.faults == []
    page = await browser.send(page, f"{ACCOUNT}/refuser", reason="duplicate")
    assert page.location == "/console/?fait=compte-refuse"
    assert script.of("accounts.judge_household")[0].reason == "duplicate"


async def test_an_account_that_was_judged_first_by_another_says_so(visit: Enter) -> None:
    browser, script, page = await at_the_agglomeration(visit)
    script.raises["accounts.judge_household"] = AlreadyJudged()
    script.waiting, script.sheets[PETIT] = [], a_sheet(PETIT, "Petit")
    page = await browser.send(page, f"{ACCOUNT}/refuser", reason="duplicate")
    assert page.status == 409
    assert "Ce compte est déjà validé." in page.plain
    assert "Compte validé" in page.plain
    assert page.faults == []


async def test_no_other_account_is_there(visit: Enter) -> None:
    browser, _, _ = await at_the_agglomeration(visit)
    assert (await browser.get(f"/console/comptes/{COUBON}")).status == 404
