"""A browser without a screen: keeps cookies, reads forms, sends them as a person would."""

import asyncio
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser

import aiohttp

PATIENCE_SECONDS = 90.0


@dataclass
class Page:
    """An answer: its status, where it stands, its text, and the fields of its forms."""

    status: int
    path: str
    text: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first value of a field. Fails when the page does not have it."""
        return self.fields[name][0]


class _Fields(HTMLParser):
    """Collects the values of inputs by name, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("input", "button") and given.get("name"):
            self.found.setdefault(str(given["name"]), []).append(given.get("value") or "")


class Browser:
    """One person's browser. A write is sent again, unchanged, until it is answered."""

    def __init__(self, address: str):
        self._address = address
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=10)
        )
        self.retries = 0
        self.slowest = 0.0

    async def close(self) -> None:
        """Close the window."""
        await self._session.close()

    async def get(self, path: str) -> Page:
        """Open a page, again and again while the portal is away."""
        return await self._ask("GET", path, None)

    async def send(self, path: str, fields: list[tuple[str, str]]) -> Page:
        """Send a form and follow where it leads; the same form until there is an answer."""
        return await self._ask("POST", path, fields)

    async def _ask(self, method: str, path: str, fields: list[tuple[str, str]] | None) -> Page:
        started = time.monotonic()
        while True:
            try:
                page = await self._once(method, path, fields)
                if page.status < 500:
                    self.slowest = max(self.slowest, time.monotonic() - started)
                    return page
            except (aiohttp.ClientError, TimeoutError, ConnectionError):
                pass
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise TimeoutError(f"{method} {path} had no answer for {PATIENCE_SECONDS:.0f} s")
            self.retries += 1
            await asyncio.sleep(0.3)

    async def _once(self, method: str, path: str, fields: list[tuple[str, str]] | None) -> Page:
        headers = {"Origin": self._address} if method == "POST" else {}
        async with self._session.request(
            method,
            self._address + path,
            data=aiohttp.FormData(fields) if fields is not None else None,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            text = await answer.text()
            if answer.status == 303:
                return Page(303, answer.headers["Location"], text)
        reader = _Fields()
        reader.feed(text)
        return Page(answer.status, path, text, reader.found)

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in and stay so; where a crowd shares one address, wait as the page asks."""
        for _ in range(30):
            form = await self.get("/connexion")
            page = await self.send(
                "/connexion",
                [("csrf", form.one("csrf")), ("email", email), ("password", password),
                 ("keep", "oui")],
            )  # fmt: skip
            if page.status == 303:
                return
            if page.status != 429:
                break
            await asyncio.sleep(3)
        raise AssertionError(f"sign-in answered {page.status}")
