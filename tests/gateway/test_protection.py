"""No foreign page acts in a family's name; no answer leaves without its headers."""

import pytest

from gateway.protection import CSP, form_token, form_token_fits, local_path
from tests.gateway.neighbours import Script
from tests.gateway.reading import Browser

UNSAFE = ["/connexion", "/deconnexion", "/panier/retirer", "/panier/confirmer",
          "/panier/00000000-0000-4000-8000-000000000001"]  # fmt: skip


@pytest.mark.parametrize("path", UNSAFE)
async def test_a_form_without_its_proof_is_refused(claire: Browser, path: str) -> None:
    page = await claire.post(path)
    assert page.status == 403
    assert "Ce formulaire n’est plus valable" in page.plain


@pytest.mark.parametrize("path", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
     {"Sec_Fetch_Site": "same-site"}],
)  # fmt: skip
async def test_a_form_of_a_foreign_page_is_refused_even_with_a_proof(
    claire: Browser, script: Script, path: str, headers: dict[str, str]
) -> None:
    proof = form_token(claire.cookies["__Host-session"])
    asked = len(script.asked)
    page = await claire.post(path, [("csrf", proof)], **headers)
    assert page.status == 403
    assert len(script.asked) == asked


async def test_a_proof_of_another_session_is_refused(claire: Browser) -> None:
    page = await claire.post("/deconnexion", [("csrf", form_token("somebody else"))])
    assert page.status == 403
    assert "__Host-session" in claire.cookies


async def test_our_own_origin_is_let_in(claire: Browser) -> None:
    proof = form_token(claire.cookies["__Host-session"])
    page = await claire.post("/deconnexion", [("csrf", proof)], Origin="https://cantine.example.fr")
    assert page.status == 303


def test_two_proofs_of_one_session_look_different_and_both_fit() -> None:
    one, other = form_token("t" * 43), form_token("t" * 43)
    assert one != other
    assert form_token_fits(one, "t" * 43)
    assert form_token_fits(other, "t" * 43)
    assert not form_token_fits(one[:-4] + "AAA=", "t" * 43)
    assert not form_token_fits("é", "t" * 43)


@pytest.mark.parametrize("path", ["/", "/connexion", "/nulle-part", "/calendrier"])
async def test_every_answer_carries_the_security_headers(browser: Browser, path: str) -> None:
    page = await browser.get(path)
    assert page.headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_body_that_is_too_large_is_refused_with_a_page(claire: Browser) -> None:
    page = await claire.post("/panier/confirmer", [("csrf", "x" * 300_000)])
    assert page.status == 413
    assert page.faults == []


async def test_a_body_that_is_not_a_form_is_refused(claire: Browser) -> None:
    page = await claire.post("/panier/confirmer", [("a", "b")], Content_Type="application/json")
    assert page.status == 422


async def test_no_answer_shows_its_inside_when_we_have_a_bug(
    claire: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def secret_base(*_: object) -> None:
        raise ZeroDivisionError("Secret base")

    monkeypatch.setattr("gateway.parents.calendar.sheet", secret_base)
    page = await claire.get("/calendrier")
    assert page.status == 500
    assert page.faults == []
    assert "Un problème est survenu de notre côté" in page.text
    assert "Traceback" not in page.text
    assert "Secret" not in page.text


async def test_a_bug_of_a_service_is_not_shown_either(claire: Browser, script: Script) -> None:
    script.raises["booking.get_calendar"] = ZeroDivisionError("secret inside")
    page = await claire.get("/calendrier")
    assert page.status == 503
    assert "secret" not in page.text


@pytest.mark.parametrize(
    "value",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/a\\b", "javascript:alert(1)",
     "/a\nb", "", "calendrier", "/ b"],
)  # fmt: skip
def test_a_way_out_of_the_site_is_dropped(value: str) -> None:
    assert local_path(value) == "/"


def test_a_local_path_is_kept() -> None:
    assert local_path("/calendrier?mois=2026-12") == "/calendrier?mois=2026-12"
