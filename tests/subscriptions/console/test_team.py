"""« Équipe »: who may do what, inviting, changing roles, and what comes in between."""

import pytest

from contracts.accounts import TooManyTries
from contracts.refusal import Refusal, Unavailable
from contracts.subscriptions import AgentRoles, LastAdministrator
from contracts.values import AGGLOMERATION
from tests.gateway.reading import Browser
from tests.subscriptions.console.conftest import Enter, sign_in
from tests.subscriptions.console.neighbours import (
    BRUNO,
    COUBON,
    NADIA,
    POLIGNAC,
    Script,
    a_script,
    an_agent,
)

TEAM, INVITE = "/console/equipe", "/console/equipe/inviter"
MEMBER = f"{TEAM}/{BRUNO}"
SET, ASK = "subscriptions.set_roles", "accounts.invite_agent"
NEW = {"first_name": "Zoé", "last_name": "Faure", "email": "zoe@mairie.example.fr"}
FORM = f"{INVITE}?commune={COUBON}"
MEMBER_FORM = f"{MEMBER}?commune={COUBON}"


async def test_the_team_is_listed_with_roles_and_who_has_not_come_yet(nadia: Browser) -> None:
    page = await nadia.get(TEAM)
    assert page.faults == []
    assert "Nadia Benali" in page.plain
    assert "Administrateur" in page.plain
    assert page.plain.count("pas encore venu") == 1


async def test_names_of_the_team_are_text_and_may_be_missing(
    nadia: Browser, script: Script
) -> None:
    script.agents[BRUNO] = an_agent(BRUNO, "<script>", "alert(1)")
    page = await nadia.get(TEAM)
    assert page.faults == []
    assert "&lt;script&gt;" in page.text
    script.raises["accounts.find_agents"] = Unavailable()
    page = await nadia.get(TEAM)
    assert page.status == 200
    assert "Les noms ne répondent pas" in page.plain


async def test_roles_are_ticks_with_what_each_lets_do(nadia: Browser, script: Script) -> None:
    page = await nadia.get(MEMBER)
    assert page.faults == []
    assert "Encaisse espèces et chèques" in page.plain
    form = next(iter(f for f in page.forms if f.startswith(MEMBER) and "renvoyer" not in f))
    assert ("role", "kitchen") in page.forms[form]
    assert page.field(form, "seen") == "2"
    drawn = [(name, value) for name, value in page.forms[form] if name != "why"]
    fields = [*drawn, ("role", "regisseur"), ("why", "Remplacement")]
    page = await nadia.post(form, fields)
    assert page.location == f"{TEAM}?fait=roles"
    (asked,) = script.of(SET)
    assert asked.roles == {"kitchen", "regisseur"}
    assert (asked.authority, asked.seen_version, asked.why) == (COUBON, 2, "Remplacement")
    assert "Les rôles sont changés." in (await nadia.get(page.location)).plain


async def test_roles_that_moved_meanwhile_are_shown_and_the_ticks_kept(
    nadia: Browser, script: Script
) -> None:
    page = await nadia.get(MEMBER)
    form = f"{MEMBER}?commune={COUBON}"
    script.held[(COUBON, BRUNO)] = AgentRoles(agent=BRUNO, roles=("reader",), version=5)
    page = await nadia.post(form, [*page.forms[form], ("role", "regisseur")])
    assert page.status == 409
    assert page.faults == []
    assert "viennent d’être modifiés" in page.plain
    assert "Rôles à présent : <strong>Consultation</strong>" in page.plain
    assert ("role", "regisseur") in page.forms[form]
    assert ("role", "reader") not in page.forms[form]
    assert page.field(form, "seen") == "5"
    assert script.held[(COUBON, BRUNO)].version == 5


async def test_the_last_administrator_stays(nadia: Browser, script: Script) -> None:
    script.raises[SET] = LastAdministrator()
    path = f"{TEAM}/{NADIA}"
    page = await nadia.get(path)
    assert "C’est vous." in page.plain
    form = f"{path}?commune={COUBON}"
    page = await nadia.post(form, [(k, v) for k, v in page.forms[form] if k != "role"])
    assert page.status == 409
    assert "dernier administrateur" in page.plain
    assert page.faults == []


async def test_somebody_is_invited_and_given_roles(nadia: Browser, script: Script) -> None:
    page = await nadia.get(INVITE)
    assert page.faults == []
    agent, letter = page.field(FORM, "agent"), page.field(FORM, "letter")
    page = await nadia.send(page, FORM, **NEW, role="clerk")
    assert page.location == f"{TEAM}?fait=invite"
    (invited,), (given,) = script.of(ASK), script.of(SET)
    assert (str(invited.agent), str(invited.letter), invited.authority) == (agent, letter, COUBON)
    assert (str(given.agent), given.roles, given.seen_version) == (agent, {"clerk"}, 0)
    assert "Zoé Faure" in (await nadia.get(page.location)).plain


async def test_an_invitation_that_lacks_something_keeps_the_rest(
    nadia: Browser, script: Script
) -> None:
    page = await nadia.send(await nadia.get(INVITE), FORM, first_name="Zoé", email="zoe")
    assert page.status == 422
    assert page.faults == []
    for said in ("Indiquez le nom.", "Indiquez une adresse e-mail", "Cochez au moins un rôle."):
        assert page.plain.count(said) == 2
    assert page.field(FORM, "first_name") == "Zoé"
    assert script.of(ASK) == []


async def test_who_is_there_already_is_shown_with_their_roles(
    nadia: Browser, script: Script
) -> None:
    known = NEW | {"email": "bruno@mairie.example.fr"}
    page = await nadia.send(await nadia.get(INVITE), FORM, **known, role="clerk")
    assert page.location == f"{MEMBER}?fait=deja"
    assert script.held[(COUBON, BRUNO)].roles == ("kitchen",)
    page = await nadia.get(page.location)
    assert "fait déjà partie de l’équipe" in page.plain


@pytest.mark.parametrize("refusal", [TooManyTries(retry_seconds=60), Unavailable()])
async def test_an_invitation_that_could_not_leave_is_kept(
    nadia: Browser, script: Script, refusal: Refusal
) -> None:
    page = await nadia.get(INVITE)
    letter = page.field(FORM, "letter")
    script.raises[ASK] = refusal
    page = await nadia.send(page, FORM, **NEW, role="clerk")
    assert page.status == refusal.status
    assert page.faults == []
    assert page.field(FORM, "letter") == letter
    assert ("role", "clerk") in page.forms[FORM]


async def test_who_has_not_come_gets_another_link(nadia: Browser, script: Script) -> None:
    again = f"{MEMBER}/renvoyer?commune={COUBON}"
    page = await nadia.send(await nadia.get(MEMBER), again)
    assert page.location == f"{MEMBER}?fait=renvoi"
    (asked,) = script.of(ASK)
    assert (asked.agent, asked.email) == (BRUNO, "bruno@mairie.example.fr")
    assert "nouveau lien" in (await nadia.get(page.location)).plain


async def test_who_administers_nothing_has_no_team_page(visit: Enter) -> None:
    browser = await visit(a_script("clerk"))
    await sign_in(browser)
    for path in (TEAM, INVITE, MEMBER, "/console/actes"):
        assert (await browser.get(path)).status == 404
    assert TEAM not in (await browser.get("/console/")).text


async def test_the_agglomeration_s_administrator_keeps_every_team(visit: Enter) -> None:
    script = a_script("administrator", at=AGGLOMERATION)
    browser = await visit(script)
    await sign_in(browser)
    page = await browser.get(TEAM)
    assert page.faults == []
    assert "Agglomération" in page.plain
    page = await browser.get(f"{INVITE}?commune={POLIGNAC}")
    form = f"{INVITE}?commune={POLIGNAC}"
    page = await browser.send(page, form, **NEW, role="administrator")
    assert page.location == f"{TEAM}?commune={POLIGNAC}&fait=invite"
    assert script.of(SET)[0].authority == POLIGNAC
