"""« Mes services »: rows, offers, asking and withdrawing; what an account waits for."""

import re
from uuid import uuid4

import pytest

from contracts.accounts import HouseholdReason, Standing, TooManyTries
from contracts.refusal import Refusal, SameIdOtherContent, Unavailable
from contracts.subscriptions import AccessState, AlreadyAsked, RequestsJudged
from tests.gateway.entrance import an_access, an_offer
from tests.gateway.neighbours import LOUANE, THEO, Script
from tests.gateway.reading import Browser

MINE = "/mon-compte/services"
STATUS = "/mon-compte/suivi"
COUBON = an_offer().authorities[0]
CANTEEN = COUBON.services[0].service
FORM = f"{MINE}?commune={COUBON.authority}"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("pending", "En attente"),
        ("opening", "Activation en cours"),
        ("open", "Validé"),
        ("refused", "Refusé"),
        ("ended", "Terminé"),
    ],
)
async def test_a_row_says_where_a_request_stands(
    claire: Browser, script: Script, state: AccessState, word: str
) -> None:
    refused = {"reason": "proof_missing", "explanation": "Il manque l’attestation."}
    script.access = (an_access(LOUANE, state, **(refused if state == "refused" else {})),)
    page = await claire.get(MINE)
    assert page.faults == []
    assert "Mairie Coubon / Adulte" in page.plain
    assert word in page.plain
    assert ("un justificatif manque" in page.plain) == (state == "refused")
    assert ("Il manque l’attestation." in page.plain) == (state == "refused")
    assert ("services/retirer" in page.text) == (state == "pending")


async def test_a_request_that_was_withdrawn_is_not_shown(claire: Browser, script: Script) -> None:
    script.access = (an_access(LOUANE, "withdrawn"),)
    assert "Aucune demande pour le moment." in (await claire.get(MINE)).plain


async def test_a_commune_is_chosen_first_then_entries_for_persons(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(MINE)
    assert "Enfant commune" not in page.text
    page = await claire.get(FORM)
    assert page.faults == []
    assert "Enfant commune" in page.text
    assert "4,20 €" in page.plain
    ticked = [f"{who}|{CANTEEN}|c1" for who in (LOUANE, THEO)]
    fields = [(k, v) for k, v in page.forms[MINE] if k != "demande"]
    page = await claire.post(MINE, [*fields, *(("demande", value) for value in ticked)])
    assert page.location == f"{MINE}?fait=demande"
    wishes = script.of("subscriptions.ask_access")[0].wishes
    assert [(w.beneficiary, w.category) for w in wishes] == [(LOUANE, "c1"), (THEO, "c1")]
    assert "Votre demande est envoyée" in (await claire.get(page.location)).plain


async def test_for_oneself_one_is_first_put_on_the_list_once(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(FORM)
    assert "Moi-même (Claire Dupont)" in page.plain
    await claire.send(page, MINE, demande=f"moi|{CANTEEN}|c0")
    mine = script.of("accounts.save_beneficiary")[0]
    assert (mine.first_name, mine.filiation) == ("Claire", "moi_meme")
    assert script.of("subscriptions.ask_access")[0].wishes[0].beneficiary == mine.beneficiary
    await claire.send(page, MINE, demande=f"moi|{CANTEEN}|c0")
    assert len(script.of("accounts.save_beneficiary")) == 1
    assert "Moi-même (" not in (await claire.get(FORM)).plain


async def test_an_entry_that_is_held_or_asked_for_is_not_offered_again(
    claire: Browser, script: Script
) -> None:
    script.access = (an_access(LOUANE, "pending"), an_access(LOUANE, "ended", category="c1"))
    page = await claire.get(FORM)
    offered = {v for v in page.text.split('"') if str(CANTEEN) in v}
    assert f"{LOUANE}|{CANTEEN}|c0" not in offered
    assert f"{THEO}|{CANTEEN}|c0" in offered
    assert f"{LOUANE}|{CANTEEN}|c1" in offered
    assert "Louane Dupont : En attente" in page.plain


async def test_nothing_ticked_is_said(claire: Browser, script: Script) -> None:
    page = await claire.send(await claire.get(FORM), MINE)
    assert page.status == 422
    assert page.plain.count("Cochez au moins une personne") == 2
    assert page.faults == []
    assert script.of("subscriptions.ask_access") == []


async def test_too_much_at_once_is_said(claire: Browser) -> None:
    page = await claire.get(FORM)
    fields = [*page.forms[MINE], *(("demande", f"{LOUANE}|{CANTEEN}|c{n}") for n in range(51))]
    page = await claire.post(MINE, fields)
    assert page.status == 422
    assert "Cochez 50 cases au plus" in page.plain


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (AlreadyAsked(beneficiary=LOUANE, service=CANTEEN), "Il s’agit de Louane Dupont."),
        (SameIdOtherContent(), "Une demande est déjà partie de cette page."),
    ],
)
async def test_a_refused_request_is_shown_with_what_was_ticked_and_a_new_id(
    claire: Browser, script: Script, refusal: Refusal, said: str
) -> None:
    page = await claire.get(FORM)
    script.raises["subscriptions.ask_access"] = refusal
    value = f"{LOUANE}|{CANTEEN}|c1"
    again = await claire.send(page, MINE, demande=value)
    assert again.status == refusal.status
    assert again.faults == []
    assert said in again.plain
    assert again.field(MINE, "demande") == value
    assert again.field(MINE, "batch") != page.field(MINE, "batch")


async def test_an_outage_keeps_the_request_under_its_id(claire: Browser, script: Script) -> None:
    page = await claire.get(FORM)
    script.raises["subscriptions.ask_access"] = Unavailable()
    again = await claire.send(page, MINE, demande=f"{LOUANE}|{CANTEEN}|c1")
    assert again.status == 503
    assert again.field(MINE, "batch") == page.field(MINE, "batch")
    assert again.field(MINE, "demande") == f"{LOUANE}|{CANTEEN}|c1"


@pytest.mark.parametrize("value", ["x", "a|b|c", f"{LOUANE}|{CANTEEN}|", f"moi|{CANTEEN}"])
async def test_what_the_page_did_not_offer_is_refused(claire: Browser, value: str) -> None:
    page = await claire.send(await claire.get(FORM), MINE, demande=value)
    assert page.status == 422
    assert page.faults == []


@pytest.mark.parametrize("value", ["moi|x|x", f"moi|{CANTEEN}|gratuit", f"moi|{uuid4()}|c0"])
async def test_nobody_is_put_on_the_list_for_what_nobody_offers(
    claire: Browser, script: Script, value: str
) -> None:
    page = await claire.send(await claire.get(FORM), MINE, demande=value)
    assert page.status in (404, 422)
    assert page.faults == []
    assert script.of("accounts.save_beneficiary") == []


async def test_nothing_is_asked_for_somebody_elses_child(claire: Browser, script: Script) -> None:
    page = await claire.get(FORM)
    page = await claire.send(page, MINE, demande=f"{uuid4()}|{CANTEEN}|c1")
    assert page.status == 404
    assert page.faults == []
    assert script.of("subscriptions.ask_access") == []


async def test_a_request_is_withdrawn_unless_somebody_was_faster(
    claire: Browser, script: Script
) -> None:
    script.access = (an_access(LOUANE, "pending"),)
    page = await claire.get(MINE)
    gone = await claire.send(page, f"{MINE}/retirer")
    assert gone.location == f"{MINE}?fait=retrait"
    assert script.of("subscriptions.withdraw_request")[0].request == script.access[0].request
    script.raises["subscriptions.withdraw_request"] = RequestsJudged()
    page = await claire.send(page, f"{MINE}/retirer")
    assert page.status == 409
    assert "vient d’être traitée ou retirée" in page.plain
    assert page.faults == []


async def test_without_the_offers_the_rows_are_still_shown(claire: Browser, script: Script) -> None:
    script.access = (an_access(LOUANE, "open"),)
    script.raises["subscriptions.list_offers"] = Unavailable()
    page = await claire.get(FORM)
    assert page.status == 200
    assert "Validé" in page.plain
    assert "ne peuvent pas être affichés pour le moment" in page.plain


@pytest.mark.parametrize(
    "path",
    ["/", "/calendrier", "/panier", "/commandes", "/mon-compte", "/mon-compte/reservations",
     "/mon-compte/credits"],
)  # fmt: skip
async def test_who_waits_is_led_to_what_is_waited_for(
    claire: Browser, script: Script, path: str
) -> None:
    script.wait("waiting")
    claire.cookies["__Host-session"] += "x"
    await claire.sign_in()
    assert (await claire.get(path)).location == STATUS


@pytest.mark.parametrize(
    "path",
    [STATUS, MINE, "/mon-compte/filiations", "/mon-compte/informations", "/mon-compte/appareils",
     "/mon-compte/mot-de-passe", "/mon-compte/adresse-e-mail", "/conditions",
     "/creer-un-compte/filiations", "/creer-un-compte/services"],
)  # fmt: skip
async def test_who_waits_may_fill_in_and_follow(
    browser: Browser, script: Script, path: str
) -> None:
    script.wait("address_unproved")
    await browser.sign_in()
    page = await browser.get(path)
    assert page.status == 200
    assert page.faults == []
    assert 'href="/calendrier"' not in page.text


async def test_a_validation_is_seen_at_once(browser: Browser, script: Script) -> None:
    script.wait("waiting")
    await browser.sign_in()
    assert (await browser.get("/panier")).location == STATUS
    script.wait("validated")
    assert (await browser.get("/panier")).status == 200
    assert (await browser.get(STATUS)).location == "/mon-compte"


@pytest.mark.parametrize(
    ("standing", "state", "said"),
    [
        ("address_unproved", None, "À vous : confirmez votre adresse"),
        ("waiting", None, "À vous : demandez un service"),
        ("waiting", None, "À l’agglomération : valider votre compte"),
        ("waiting", "pending", "À la mairie Coubon : valider votre demande Restaurant scolaire "
         "/ Adulte pour Louane Dupont"),
        ("waiting", "refused", "À vous : demandez un autre service"),
        ("waiting", "opening", "votre compte sera validé dans quelques instants"),
    ],
)  # fmt: skip
async def test_what_is_waited_for_says_for_whose_act(
    browser: Browser, script: Script, standing: Standing, state: AccessState | None, said: str
) -> None:
    script.wait(standing)
    script.access = (an_access(LOUANE, state),) if state else ()
    await browser.sign_in()
    page = await browser.get(STATUS)
    assert page.faults == []
    words = re.sub(r"<[^>]+>", "", page.plain)
    assert said in " ".join(words.split())


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("unknown_family", "la mairie n’a pas pu vérifier votre identité"),
        ("duplicate", "Connectez-vous avec l’autre compte"),
        ("incomplete", "Complétez vos informations"),
        ("outside", "Si votre situation a changé"),
    ],
)
async def test_a_refused_account_is_told_why_and_what_to_do(
    browser: Browser, script: Script, reason: HouseholdReason, said: str
) -> None:
    script.wait("refused", reason=reason)
    await browser.sign_in()
    page = await browser.get(STATUS)
    assert page.faults == []
    assert said in page.plain


async def test_the_proof_is_sent_again(browser: Browser, script: Script) -> None:
    script.wait("address_unproved")
    await browser.sign_in()
    page = await browser.get(STATUS)
    script.raises["accounts.prove_again"] = TooManyTries(retry_seconds=59)
    refused = await browser.send(page, f"{STATUS}/renvoyer")
    assert refused.status == 429
    assert refused.faults == []
    assert "59 secondes" in refused.plain
    script.raises.clear()
    sent = await browser.send(page, f"{STATUS}/renvoyer")
    assert "Un nouvel e-mail vient de partir." in (await browser.get(sent.location)).plain
    letters = script.of("accounts.prove_again")
    assert str(letters[0].letter) == page.field(f"{STATUS}/renvoyer", "letter")
