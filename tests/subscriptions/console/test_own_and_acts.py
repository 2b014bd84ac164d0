"""The agent's own account, and the record of what colleagues did."""

from datetime import UTC, datetime

import pytest

from contracts.accounts import Device, TooManyTries
from contracts.act import Acts
from contracts.refusal import Unavailable
from services.subscriptions.console.acts import merged, next_cursors
from services.subscriptions.console.deeds import DEEDS, facts_in_words, sentence
from tests.gateway.reading import Browser
from tests.subscriptions.console.neighbours import (
    CODES,
    COUBON,
    PASSWORD,
    Script,
    an_act,
    an_id,
)

ACCOUNT, ACTS = "/console/compte", "/console/actes"


def a_device(name: str) -> Device:
    """A device that was used this morning."""
    seen = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
    return Device(session=an_id(name), label=name, opened=seen, seen=seen, keep=False)


async def test_own_roles_and_devices_are_shown(nadia: Browser, script: Script) -> None:
    script.devices = (a_device("Edge sur Windows"),)
    page = await nadia.get(ACCOUNT)
    assert page.faults == []
    assert "Edge sur Windows" in page.plain
    assert "jeudi 26 novembre à 8 h 30" in page.plain
    assert "Coubon" in page.plain
    page = await nadia.send(page, f"{ACCOUNT}/appareils/fermer")
    assert page.location == f"{ACCOUNT}?fait=appareil"
    assert script.of("accounts.close_agent_device")[0].session == script.devices[0].session


async def test_closing_this_device_is_signing_out(nadia: Browser, script: Script) -> None:
    script.devices = (a_device("Edge sur Windows"),)
    own = next(iter(script.sessions.values())).session
    page = await nadia.get(ACCOUNT)
    page = await nadia.send(page, f"{ACCOUNT}/appareils/fermer", session=str(own))
    assert page.location == "/console/connexion"
    assert "__Host-agent" not in nadia.cookies


async def test_devices_that_do_not_answer_leave_the_rest(nadia: Browser, script: Script) -> None:
    script.raises["accounts.list_agent_devices"] = Unavailable()
    page = await nadia.get(ACCOUNT)
    assert page.status == 200
    assert page.faults == []
    assert "La liste ne répond pas" in page.plain


async def test_new_codes_are_shown_once_against_the_password(
    nadia: Browser, script: Script
) -> None:
    form = f"{ACCOUNT}/codes"
    page = await nadia.send(await nadia.get(ACCOUNT), form, password="autre")
    assert page.status == 422
    assert page.plain.count("Ce n’est pas votre mot de passe.") == 2
    assert page.faults == []
    page = await nadia.send(page, form, password=PASSWORD)
    assert page.status == 200
    assert page.faults == []
    assert page.headers["Cache-Control"] == "no-store"
    assert all(code in page.text for code in CODES)
    script.raises["accounts.renew_recovery_codes"] = TooManyTries(retry_seconds=60)
    page = await nadia.send(await nadia.get(ACCOUNT), form, password=PASSWORD)
    assert page.status == 429


async def test_acts_of_all_services_are_one_list_newest_first(
    nadia: Browser, script: Script
) -> None:
    script.acts = {
        "subscriptions": [an_act(5, "subscriptions.judge_requests", after={"state": "approved"})],
        "payments": [an_act(9, "payments.take_cash", after={"cents": 4000, "means": "cheque"})],
        "accounts": [an_act(7, "accounts.invite_agent", personal={"email": "<b>@example.fr"})],
    }
    page = await nadia.get(ACTS)
    assert page.faults == []
    order = ["a encaissé de l’argent", "a invité une personne", "a accepté une demande"]
    places = [page.plain.index(said) for said in order]
    assert places == sorted(places)
    assert "Bruno Roche" in page.plain
    assert "Montant : 40,00 €" in page.plain
    assert "&lt;b&gt;@example.fr" in page.text


async def test_a_service_that_does_not_answer_is_named(nadia: Browser, script: Script) -> None:
    script.acts = {"accounts": [an_act(1, "accounts.invite_agent")]}
    script.raises["payments.list_acts"] = Unavailable()
    page = await nadia.get(ACTS)
    assert page.status == 200
    assert page.faults == []
    assert "Les actes sur la régie ne répondent pas" in page.plain
    assert "a invité" in page.plain


async def test_every_act_is_shown_once_from_page_to_page(nadia: Browser, script: Script) -> None:
    script.acts = {
        "accounts": [an_act(n, "accounts.invite_agent", why=f"({n})") for n in range(1, 91, 2)],
        "booking": [an_act(n, "booking.place_order", why=f"({n})") for n in range(2, 91, 2)],
    }
    seen, path = "", ACTS
    for _ in range(2):
        page = await nadia.get(path)
        assert page.faults == []
        seen += page.text
        path = (page.text.partition(f'href="{ACTS}?commune={COUBON}&amp;avant=')[2]).partition('"')[
            0
        ]
        path = f"{ACTS}?avant={path.replace('&amp;', '&')}"
    assert [seen.count(f"({n})") for n in range(1, 91)] == [1] * 90


def test_the_last_page_has_no_next() -> None:
    told = {"accounts": Acts(acts=(an_act(1, "accounts.invite_agent"),), more=False)}
    assert next_cursors({}, told, merged(told)) == {}
    told["accounts"] = told["accounts"].model_copy(update={"more": True})
    assert next_cursors({"booking": 4}, told, merged(told)) == {"booking": 4, "accounts": 1}


@pytest.mark.parametrize("cursor", ["x:1", "accounts:x", "accounts:0", "accounts:-1", "accounts"])
async def test_an_invented_cursor_is_not_there(nadia: Browser, cursor: str) -> None:
    assert (await nadia.get(f"{ACTS}?avant={cursor}")).status == 404


def test_acts_are_told_in_french_with_what_changed() -> None:
    act = an_act(
        1, "subscriptions.set_roles", before={"roles": ["kitchen"]}, after={"roles": ["clerk"]}
    )
    assert facts_in_words(act) == [("Rôles", "Cuisine → Agent d’accueil")]
    assert sentence(an_act(2, "accounts.judge_household", after={"state": "refused"})) == (
        "a refusé un compte"
    )
    assert sentence(an_act(3, "something.new")) == "a fait un acte"
    assert facts_in_words(an_act(4, "x.y", after={"valid_from": "soon", "cents": "many"})) == [
        ("Montant", "many"), ("À partir du", "soon"),
    ]  # fmt: skip
    assert all(said[0] == "a" and not said.endswith(".") for said in DEEDS.values())
