"""The town hall's console, handed through: its pages are subscriptions', its door is ours."""

from collections.abc import AsyncIterator, Iterable
from http.cookies import CookieError, SimpleCookie

import aiohttp
import structlog
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from contracts.refusal import Unavailable
from gateway.visit import SITE

PATH = "/console"
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=2)
COOKIES = frozenset(
    {"agent", "agent-visitor", "__Host-agent", "__Host-agent-visitor"}
)  # the family's own never get there, and what comes from there never becomes a family's
ASKED = (
    "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "HX-Request", "Origin",
    "Sec-Fetch-Site", "User-Agent",
)  # fmt: skip
ANSWERED = (
    "Allow", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language",
    "Content-Type", "Location", "Referrer-Policy", "Retry-After", "Vary",
)  # fmt: skip
"""What passes; the security headers are put on every answer by us."""


class Passage:
    """Hands requests of browsers to the console, and its answers back."""

    def __init__(self, address: str):
        self._address = URL(address)
        self._session: aiohttp.ClientSession | None = None

    def routes(self) -> list[web.RouteDef]:
        """Everything under the console's path."""
        return [web.route("*", path, self.hand_through) for path in (PATH, PATH + "/{tail:.*}")]

    async def hand_through(self, request: web.Request) -> web.StreamResponse:
        """Ask the console what the browser asked us. Raises Unavailable."""
        body = await request.read()
        asked = request.rel_url
        where = URL.build(
            scheme=self._address.scheme, authority=self._address.authority, encoded=True,
            path=asked.raw_path, query_string=asked.raw_query_string,
        )  # fmt: skip
        try:
            async with self._opened().request(
                request.method, where, headers=_asked(request), data=body or None,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                return _answered(answer, await answer.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable() from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=TIMEOUT, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )  # fmt: skip
        return self._session

    async def life(self, _app: web.Application) -> AsyncIterator[None]:
        """Close the connections with the application."""
        yield
        if self._session is not None:
            await self._session.close()


def _asked(request: web.Request) -> CIMultiDict[str]:
    headers = CIMultiDict(
        (name, value) for name in ASKED for value in request.headers.getall(name, [])
    )
    headers["Host"] = request.host
    headers["X-Forwarded-For"] = request.app[SITE].origins.address_of(request)
    headers["X-Request-ID"] = str(structlog.contextvars.get_contextvars().get("trace", ""))
    own = "; ".join(f"{k}={v}" for k, v in request.cookies.items() if k in COOKIES)
    if own:
        headers["Cookie"] = own
    return headers


def _answered(answer: aiohttp.ClientResponse, body: bytes) -> web.Response:
    headers = CIMultiDict(
        (name, value) for name in ANSWERED for value in answer.headers.getall(name, [])
    )
    for line in _own(answer.headers.getall("Set-Cookie", [])):
        headers.add("Set-Cookie", line)
    return web.Response(status=answer.status, headers=headers, body=body)


def _own(lines: Iterable[str]) -> list[str]:
    found = []
    for line in lines:
        try:
            if SimpleCookie(line).keys() <= COOKIES:
                found.append(line)
        except CookieError:
            continue
    return found
