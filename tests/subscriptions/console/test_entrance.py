"""Agents come in with two factors, by a link the first time, and go out."""

import pytest

from chassis.ui.cookies import hash_of
from contracts.accounts import LinkOver, TooManyTries
from contracts.refusal import NotFound, Refusal, Unavailable
from tests.gateway.reading import Browser, Page
from tests.subscriptions.console.conftest import SIGN_IN, Enter, sign_in
from tests.subscriptions.console.neighbours import (
    CODE,
    CODES,
    COUBON,
    PASSWORD,
    SECRET,
    Script,
    a_script,
)

LINK, FORGOTTEN = f"/console/lien/{SECRET}", "/console/mot-de-passe-oublie"
KEY = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"


async def test_the_bare_path_leads_home_and_home_to_signing_in(browser: Browser) -> None:
    assert (await browser.get("/console")).location == "/console/"
    assert (await browser.get("/console/")).location == SIGN_IN
    assert (await browser.get("/console/equipe?commune=x")).location == (
        f"{SIGN_IN}?next=/console/equipe%3Fcommune%3Dx"
    )


async def test_an_agent_signs_in_with_a_password_and_a_code(
    browser: Browser, script: Script
) -> None:
    page = await browser.get(f"{SIGN_IN}?next=/console/equipe")
    assert page.faults == []
    typed = {"email": "nadia@mairie.example.fr", "password": PASSWORD, "code": CODE}
    page = await browser.send(page, SIGN_IN, **typed)
    assert page.location == "/console/equipe"
    (asked,) = script.of("accounts.open_agent_session")
    assert asked.token_hash == hash_of(browser.cookies["__Host-agent"])
    assert asked.origin
    assert not asked.keep


async def test_the_cookie_is_the_console_s_own_and_never_sent_from_elsewhere(
    browser: Browser,
) -> None:
    page = await sign_in(browser)
    (cookie,) = [line for line in page.set_cookies if line.startswith("__Host-agent=")]
    for attribute in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
        assert attribute in cookie
    assert "Max-Age" not in cookie
    assert set(browser.cookies) == {"__Host-agent"}


async def test_a_wrong_code_does_not_say_what_is_wrong_and_keeps_the_address(
    browser: Browser,
) -> None:
    page = await sign_in(browser, code="000000")
    assert page.status == 403
    assert page.faults == []
    assert "le mot de passe ou le code ne correspond pas" in page.plain
    assert page.field(SIGN_IN, "email") == "nadia@mairie.example.fr"
    assert PASSWORD not in page.text
    assert "000000" not in page.text


async def test_empty_fields_are_said_beside_them(browser: Browser, script: Script) -> None:
    page = await browser.send(await browser.get(SIGN_IN), SIGN_IN)
    assert page.status == 422
    assert page.faults == []
    assert page.plain.count("Indiquez le code à 6 chiffres") == 2
    assert script.of("accounts.open_agent_session") == []


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (TooManyTries(retry_seconds=90), 429, "2 minutes"),
        (Unavailable(), 503, "Rien n’a été perdu"),
    ],
)
async def test_a_door_that_stays_shut_says_why(
    browser: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.raises["accounts.open_agent_session"] = refusal
    page = await sign_in(browser)
    assert page.status == status
    assert said in page.plain
    assert ("Retry-After" in page.headers) == (status == 429)


@pytest.mark.parametrize("way_out", ["//evil.example", "https://evil.example/", "/calendrier"])
async def test_signing_in_leads_nowhere_but_into_the_console(
    browser: Browser, way_out: str
) -> None:
    page = await browser.get(f"{SIGN_IN}?next={way_out}")
    assert page.field(SIGN_IN, "next") == "/console/"


async def test_signing_out_is_immediate(nadia: Browser, script: Script) -> None:
    page = await nadia.send(await nadia.get("/console/"), "/console/deconnexion")
    assert page.location == SIGN_IN
    assert script.sessions == {}
    assert "__Host-agent" not in nadia.cookies


async def test_a_session_is_asked_for_once_in_half_a_minute(nadia: Browser, script: Script) -> None:
    await nadia.get("/console/")
    await nadia.get("/console/compte")
    assert script.of("accounts.get_agent_session") == []


async def test_a_session_that_is_over_leads_to_signing_in(browser: Browser) -> None:
    browser.cookies["__Host-agent"] = "forgotten by everybody"
    page = await browser.get("/console/")
    assert page.location == SIGN_IN
    assert "__Host-agent" not in browser.cookies


async def test_services_are_asked_in_the_agent_s_name_with_their_roles(
    nadia: Browser, script: Script
) -> None:
    await nadia.get("/console/")
    callers = {name: caller for name, _, caller in script.asked}
    assert callers["accounts.open_agent_session"].kind == "visitor"
    assert callers["subscriptions.list_pending"].kind == "staff"
    assert callers["subscriptions.list_pending"].roles == {("administrator", COUBON)}


async def test_an_agent_without_a_role_is_told_whom_to_ask(visit: Enter) -> None:
    script = a_script()
    browser = await visit(script)
    await sign_in(browser)
    for path in ("/console/", "/console/equipe", "/console/actes"):
        page = await browser.get(path)
        assert page.status == 200
        assert page.faults == []
        assert "Aucun rôle pour l’instant" in page.plain
        assert "nadia@mairie.example.fr" in page.plain
    assert (await browser.get("/console/compte")).status == 200
    assert script.of("subscriptions.get_town_hall") == []


# -- forms of others ----------------------------------------------------------------------------

UNSAFE = [
    "/console/connexion", "/console/deconnexion", FORGOTTEN, LINK, "/console/compte/codes",
    "/console/compte/appareils/fermer", "/console/demandes/accepter", "/console/demandes/refuser",
    f"/console/comptes/{COUBON}/valider", "/console/equipe/inviter", f"/console/equipe/{COUBON}",
]  # fmt: skip


@pytest.mark.parametrize("path", UNSAFE)
async def test_a_form_without_its_proof_or_of_a_foreign_page_changes_nothing(
    nadia: Browser, script: Script, path: str
) -> None:
    await nadia.get("/console/")
    asked = len(script.asked)
    bare = await nadia.post(path)
    assert bare.status == 403
    assert "Ce formulaire n’est plus valable" in bare.plain
    assert bare.faults == []
    proof = dict((await nadia.get("/console/compte")).forms["/console/deconnexion"])["csrf"]
    asked = len(script.asked)
    for headers in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "same-site"}):
        page = await nadia.post(path, [("csrf", proof)], **headers)
        assert page.status == 403
    assert len(script.asked) == asked


async def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    for path in ("/console/", SIGN_IN, "/console/nulle-part", LINK):
        page = await browser.get(path)
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_what_is_not_there_has_a_page(nadia: Browser) -> None:
    for path in (
        "/console/ailleurs",
        "/console/demandes/x",
        "/console/comptes/x",
        "/console/?apres=x",
    ):
        page = await nadia.get(path)
        assert page.status == 404
        assert page.faults == []
    page = await nadia.get("/console/deconnexion")
    assert page.status == 405
    assert page.headers["Allow"] == "POST"


# -- links --------------------------------------------------------------------------------------


async def enrol(browser: Browser, **typed: str) -> Page:
    """Fill in the page behind the link."""
    page = await browser.get(LINK)
    return await browser.send(page, LINK, **({"password": PASSWORD, "code": CODE} | typed))


async def test_an_invited_agent_sees_the_secret_as_text_and_as_a_picture(browser: Browser) -> None:
    page = await browser.get(LINK)
    assert page.faults == []
    assert KEY in page.plain
    assert f'src="{LINK}/qr.svg"' in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin"
    picture = await browser.get(f"{LINK}/qr.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert "<svg" in picture.text
    assert "style=" not in picture.text


async def test_enrolling_signs_in_and_shows_the_recovery_codes_once(
    browser: Browser, script: Script
) -> None:
    page = await enrol(browser)
    assert page.status == 200
    assert page.faults == []
    assert page.headers["Cache-Control"] == "no-store"
    for code in CODES:
        assert code in page.text
    (asked,) = script.of("accounts.finish_enrolment")
    assert asked.open.token_hash == hash_of(browser.cookies["__Host-agent"])
    assert asked.secret_hash == hash_of(SECRET)
    home = await browser.get("/console/")
    assert home.status == 200
    assert CODES[0] not in home.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "court"}, "Ce mot de passe est trop court"),
        ({"password": ""}, "Choisissez un mot de passe"),
        ({"code": "999999"}, "Ce code ne correspond pas"),
        ({"code": ""}, "Indiquez le code à 6 chiffres"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_the_link_stays(
    browser: Browser, typed: dict[str, str], said: str
) -> None:
    page = await enrol(browser, **typed)
    assert page.status == 422
    assert page.faults == []
    assert page.plain.count(said) == 2
    assert KEY in page.plain
    assert "__Host-agent" not in browser.cookies


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (LinkOver(why="used"), 410, "Ce lien a déjà servi"),
        (LinkOver(why="expired"), 410, "Ce lien n’est plus valable"),
        (NotFound(), 404, "Ce lien n’est pas reconnu"),
    ],
)
async def test_a_link_that_is_over_tells_how_to_get_another(
    browser: Browser, script: Script, refusal: Refusal, status: int, said: str
) -> None:
    script.link = refusal
    page = await browser.get(LINK)
    assert page.status == status
    assert said in page.plain
    assert page.faults == []
    assert (await browser.get(f"{LINK}/qr.svg")).status == status


async def test_a_forgotten_password_has_the_same_answer_for_everybody(
    browser: Browser, script: Script
) -> None:
    page = await browser.get(FORGOTTEN)
    assert page.faults == []
    letter = page.field(FORGOTTEN, "letter")
    page = await browser.send(page, FORGOTTEN, email="qui@example.fr")
    assert page.location == f"{FORGOTTEN}/envoye"
    assert str(script.of("accounts.ask_agent_link")[0].letter) == letter
    assert (await browser.get(page.location)).faults == []
    page = await browser.send(await browser.get(FORGOTTEN), FORGOTTEN, email="qui")
    assert page.status == 422
