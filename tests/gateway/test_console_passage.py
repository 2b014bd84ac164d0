"""The gateway hands /console through to subscriptions: nothing of a family gets there or back."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from chassis.ui.protection import CSP
from tests.gateway.neighbours import Script, gateway_with
from tests.gateway.reading import Browser


class Console:
    """What the gateway asked of a console, and what that answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[web.Request, bytes]] = []
        self.answer: dict[str, Any] = {"text": "bonjour", "content_type": "text/html"}
        self.cookies: list[str] = []

    async def serve(self, request: web.Request) -> web.Response:
        """Anything at all."""
        self.asked.append((request, await request.read()))
        response = web.Response(**self.answer)
        for line in self.cookies:
            response.headers.add("Set-Cookie", line)
        return response


@pytest.fixture
async def console() -> AsyncIterator[tuple[Console, str]]:
    """A console and its address."""
    served = Console()
    app = web.Application()
    app.add_routes([web.route("*", "/{tail:.*}", served.serve)])
    async with TestServer(app) as server:
        yield served, str(server.make_url("")).rstrip("/")


@pytest.fixture
async def agent(script: Script, console: tuple[Console, str]) -> AsyncIterator[Browser]:
    """A browser in front of the gateway in front of the console."""
    async with (
        gateway_with(script, subscriptions=console[1]) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Browser(server, session)


async def test_path_query_and_form_are_handed_through_as_they_are(
    agent: Browser, console: tuple[Console, str]
) -> None:
    page = await agent.get("/console/demandes?commune=a%20b&demande=1&demande=2")
    assert (page.status, page.text) == (200, "bonjour")
    request, _ = console[0].asked[-1]
    assert request.raw_path == "/console/demandes?commune=a%20b&demande=1&demande=2"
    await agent.post("/console/connexion", [("email", "é@example.fr")], Sec_Fetch_Site="none")
    request, body = console[0].asked[-1]
    assert request.method == "POST"
    assert request.content_type == "application/x-www-form-urlencoded"
    assert body == b"email=%C3%A9%40example.fr"


async def test_the_console_judges_the_forms_of_its_own_pages(
    agent: Browser, console: tuple[Console, str]
) -> None:
    headers = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
    page = await agent.post("/console/connexion", [("a", "b")], **headers)
    assert page.status == 200
    request, _ = console[0].asked[-1]
    assert request.headers["Origin"] == "https://evil.example"
    assert request.headers["Sec-Fetch-Site"] == "cross-site"
    assert (await agent.post("/consoles", [("a", "b")])).status == 403


async def test_it_hears_who_asks_and_under_which_trace(
    agent: Browser, console: tuple[Console, str]
) -> None:
    page = await agent.get(
        "/console/", User_Agent="Firefox", X_Request_ID="abcdef0123456789",
        X_Forwarded_For="203.0.113.9", Authorization="Bearer x",
    )  # fmt: skip
    request, _ = console[0].asked[-1]
    assert request.headers["User-Agent"] == "Firefox"
    assert request.headers["X-Request-ID"] == page.headers["X-Request-ID"] == "abcdef0123456789"
    assert request.headers.getall("X-Forwarded-For") == ["127.0.0.1"]
    assert "Authorization" not in request.headers


async def test_only_the_agent_s_cookies_pass(agent: Browser, console: tuple[Console, str]) -> None:
    agent.cookies = {
        "__Host-session": "family", "__Host-agent": "agent", "__Host-agent-visitor": "nobody",
        "agent-not": "x",
    }  # fmt: skip
    console[0].cookies = ["__Host-agent=new; Path=/; Secure", "__Host-session=stolen; Path=/"]
    page = await agent.get("/console/")
    request, _ = console[0].asked[-1]
    assert dict(request.cookies) == {"__Host-agent": "agent", "__Host-agent-visitor": "nobody"}
    assert page.set_cookies == ["__Host-agent=new; Path=/; Secure"]


async def test_answers_keep_our_headers_and_lead_where_the_console_leads(
    agent: Browser, console: tuple[Console, str]
) -> None:
    console[0].answer = {
        "status": 303,
        "headers": {"Location": "/console/connexion", "Server": "inside",
                    "Content-Security-Policy": "default-src *", "Referrer-Policy": "strict-origin"},
    }  # fmt: skip
    page = await agent.get("/console")
    assert (page.status, page.location) == (303, "/console/connexion")
    assert page.headers["Content-Security-Policy"] == CSP
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "inside" not in page.headers.get("Server", "")


async def test_a_compressed_answer_stays_compressed(
    agent: Browser, console: tuple[Console, str]
) -> None:
    zipped = gzip.compress(b"bonjour" * 100)
    console[0].answer = {"body": zipped, "headers": {"Content-Encoding": "gzip"}}
    page = await agent.get("/console/", Accept_Encoding="gzip")
    assert page.headers["Content-Encoding"] == "gzip"
    assert page.headers["Content-Length"] == str(len(zipped))
    assert page.text == "bonjour" * 100


async def test_a_console_that_is_away_has_a_page(script: Script) -> None:
    async with (
        gateway_with(script, subscriptions="http://127.0.0.1:9") as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        page = await Browser(server, session).get("/console/")
    assert page.status == 503
    assert page.faults == []
    assert "momentanément indisponible" in page.plain


async def test_a_body_that_is_too_large_never_gets_there(
    agent: Browser, console: tuple[Console, str]
) -> None:
    page = await agent.post("/console/connexion", [("email", "x" * 300_000)])
    assert page.status == 413
    assert console[0].asked == []
