"""No foreign page acts in a family's name; no answer leaves without its headers."""

import re
from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from chassis.ui.origin import Origins, network_of
from chassis.ui.protection import CSP, form_token, form_token_fits, local_path
from gateway.app import ENTRANCE, FILE, SCREENS
from gateway.parents import links
from tests.gateway.neighbours import Script
from tests.gateway.reading import Browser

SOMETHING = "00000000-0000-4000-8000-000000000001"
UNSAFE = sorted(
    re.sub(r"\{\w+\}", SOMETHING, route.path.replace(links.PATH, "/lien/0123456789-0123456789"))
    for route in [*ENTRANCE, *FILE, *SCREENS]
    if route.method != "GET"
)
"""Every form that the gateway accepts."""


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


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "hex", "nonsense"])
async def test_a_form_in_another_writing_is_refused(claire: Browser, charset: str) -> None:
    proof = form_token(claire.cookies["__Host-session"])
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    page = await claire.post("/deconnexion", [("csrf", proof)], Content_Type=kind)
    assert page.status == 422
    assert page.faults == []
    assert "__Host-session" in claire.cookies


async def test_bytes_that_are_no_text_are_refused(claire: Browser) -> None:
    page = await claire.post("/deconnexion", raw=b"csrf=\xff\xfe")
    assert page.status == 422
    assert page.faults == []


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


def asked_by(remote: str, *forwarded: str) -> web.Request:
    """A request from an address, through some proxies."""
    headers = CIMultiDict(("X-Forwarded-For", line) for line in forwarded)
    transport = Mock()
    transport.get_extra_info.return_value = (remote, 1)
    return make_mocked_request("POST", "/connexion", headers, transport=transport)


def test_an_origin_counts_an_address_and_tells_nothing_of_it() -> None:
    origins, others = Origins("a key", 0), Origins("another key", 0)
    here, there = origins.of(asked_by("192.0.2.1")), origins.of(asked_by("192.0.2.2"))
    assert here != there
    assert here == origins.of(asked_by("192.0.2.1"))
    assert here != others.of(asked_by("192.0.2.1"))
    assert re.fullmatch(r"[0-9a-f]{64}", here)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, ["203.0.113.9"], "192.0.2.1"),
        (1, ["10.9.9.9, 203.0.113.9"], "203.0.113.9"),
        (1, ["10.9.9.9", "203.0.113.9"], "203.0.113.9"),
        (2, ["10.9.9.9, 203.0.113.9, 198.51.100.7"], "203.0.113.9"),
        (2, ["203.0.113.9"], "192.0.2.1"),
        (1, [], "192.0.2.1"),
    ],
)
def test_only_what_our_own_proxies_add_is_believed(
    proxies: int, forwarded: list[str], counted: str
) -> None:
    origin = Origins("a key", proxies).of(asked_by("192.0.2.1", *forwarded))
    assert origin == Origins("a key", 0).of(asked_by(counted))


def test_a_household_s_own_network_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::1")
    assert network_of("2001:db8:1:2::5") != network_of("2001:db8:1:3::5")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("<b>") == "unknown"
