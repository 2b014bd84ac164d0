"""Signing in and out."""

import hashlib
import re

import pytest

from contracts.accounts import TooManyTries
from contracts.refusal import Unavailable
from tests.gateway.neighbours import PASSWORD, Script
from tests.gateway.reading import Browser, Page


def session_cookie(page: Page) -> str:
    """The line that gives the session's cookie."""
    return next(line for line in page.set_cookies if line.startswith("__Host-session="))


async def test_the_cookie_is_out_of_reach_of_scripts_and_foreign_sites(browser: Browser) -> None:
    page = await browser.sign_in()
    assert page.status == 303
    parts = {part.strip() for part in session_cookie(page).split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


async def test_staying_signed_in_gives_the_cookie_a_life(browser: Browser) -> None:
    form = await browser.get("/connexion")
    page = await browser.send(
        form, "/connexion", email="claire@example.fr", password=PASSWORD, keep="oui"
    )
    assert "Max-Age=34560000" in session_cookie(page)


async def test_accounts_gets_the_hash_of_the_token_and_never_the_token(
    browser: Browser, script: Script
) -> None:
    await browser.sign_in()
    asked = script.of("accounts.open_session")[0]
    token = browser.cookies["__Host-session"]
    assert asked.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in asked.model_dump_json()


async def test_signing_in_again_gives_a_new_token_and_closes_the_old_session(
    claire: Browser, script: Script
) -> None:
    old = claire.cookies["__Host-session"]
    form = await claire.get("/panier")
    proof = form.field("/deconnexion", "csrf")
    fields = [("csrf", proof), ("email", "claire@example.fr"), ("password", PASSWORD)]
    page = await claire.post("/connexion", fields)
    assert page.status == 303
    assert claire.cookies["__Host-session"] != old
    closed = script.of("accounts.close_session")
    assert [c.token_hash for c in closed] == [hashlib.sha256(old.encode()).hexdigest()]


async def test_a_token_chosen_by_somebody_else_is_never_taken_over(browser: Browser) -> None:
    browser.cookies["__Host-session"] = "chosen-by-somebody-else"
    await browser.sign_in()
    assert browser.cookies["__Host-session"] != "chosen-by-somebody-else"


async def test_wrong_credentials_keep_the_address_and_never_the_password(browser: Browser) -> None:
    form = await browser.get("/connexion")
    page = await browser.send(
        form, "/connexion", email="claire@example.fr", password="faux-mot-de-passe"
    )
    assert page.status == 403
    assert "ne correspond pas" in page.plain
    assert page.field("/connexion", "email") == "claire@example.fr"
    assert "faux-mot-de-passe" not in page.text
    assert page.faults == []


async def test_what_is_missing_is_said_beside_its_field(browser: Browser) -> None:
    form = await browser.get("/connexion")
    page = await browser.send(form, "/connexion", email="claire", password="")
    assert page.status == 422
    assert "Indiquez une adresse e-mail" in page.plain
    assert "Indiquez votre mot de passe" in page.plain
    assert page.faults == []


async def test_too_many_tries_say_how_long_to_wait_and_offer_a_link(
    browser: Browser, script: Script
) -> None:
    script.raises["accounts.open_session"] = TooManyTries(retry_seconds=300)
    form = await browser.get("/connexion")
    page = await browser.send(form, "/connexion", email="a@example.fr", password=PASSWORD)
    assert page.status == 429
    assert page.headers["Retry-After"] == "300"
    assert page.faults == []
    assert "Vous pourrez réessayer dans 5 minutes." in page.plain
    assert 'href="/mot-de-passe-oublie"' in page.text
    assert page.field("/connexion", "email") == "a@example.fr"


async def test_accounts_gets_the_device_and_the_origin_but_no_address(
    browser: Browser, script: Script
) -> None:
    form = await browser.get("/connexion")
    fields = [*form.forms["/connexion"], ("password", PASSWORD)]
    fields = [(k, v) for k, v in fields if (k, v) != ("password", "") and k != "email"]
    await browser.post(
        "/connexion", [*fields, ("email", "claire@example.fr")],
        User_Agent="Mozilla/5.0 (Android 14; Mobile) Firefox/133.0",
    )  # fmt: skip
    asked = script.of("accounts.open_session")[0]
    assert asked.device == "Firefox sur Android"
    assert re.fullmatch(r"[0-9a-f]{64}", asked.origin)
    assert asked.origin != hashlib.sha256(b"127.0.0.1").hexdigest()


async def test_who_waits_is_looked_up_each_time(browser: Browser, script: Script) -> None:
    script.wait("waiting")
    await browser.sign_in()
    for _ in range(2):
        await browser.get("/mon-compte/suivi")
    assert len(script.of("accounts.get_session")) == 2


@pytest.mark.parametrize("link", ["/mot-de-passe-oublie", "/creer-un-compte"])
async def test_the_page_leads_to_a_password_and_to_an_account(browser: Browser, link: str) -> None:
    assert f'href="{link}"' in (await browser.get("/connexion")).text


async def test_when_accounts_is_away_the_form_says_so_and_keeps_the_address(
    browser: Browser, script: Script
) -> None:
    script.raises["accounts.open_session"] = Unavailable()
    form = await browser.get("/connexion")
    page = await browser.send(form, "/connexion", email="a@example.fr", password=PASSWORD)
    assert page.status == 503
    assert "Rien n’a été perdu" in page.plain
    assert page.field("/connexion", "email") == "a@example.fr"


async def test_who_is_not_signed_in_comes_back_to_the_page_afterwards(browser: Browser) -> None:
    page = await browser.get("/calendrier?mois=2026-12")
    assert page.location == "/connexion?next=/calendrier%3Fmois%3D2026-12"
    form = await browser.get(page.location)
    page = await browser.send(form, "/connexion", email="a@example.fr", password=PASSWORD)
    assert page.location == "/calendrier?mois=2026-12"


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_the_way_onward_never_leaves_the_site(browser: Browser, onward: str) -> None:
    form = await browser.get("/connexion")
    page = await browser.send(
        form, "/connexion", email="a@example.fr", password=PASSWORD, next=onward
    )
    assert page.location == "/"


async def test_signing_out_closes_the_session_at_once(claire: Browser, script: Script) -> None:
    page = await claire.get("/panier")
    await claire.send(page, "/deconnexion")
    assert "__Host-session" not in claire.cookies
    assert script.sessions == {}
    assert (await claire.get("/panier")).location == "/connexion?next=/panier"


async def test_a_session_that_accounts_closed_leads_to_the_sign_in_page(
    claire: Browser, script: Script
) -> None:
    claire.cookies["__Host-session"] = "closed-elsewhere"
    page = await claire.get("/panier")
    assert page.location == "/connexion?next=/panier"
    assert "__Host-session" not in claire.cookies


async def test_a_session_is_asked_for_once_in_half_a_minute(
    claire: Browser, script: Script
) -> None:
    for _ in range(3):
        await claire.get("/panier")
    assert script.of("accounts.get_session") == []
