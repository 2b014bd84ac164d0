"""A browser for tests: keeps cookies by hand, reads forms, and checks that a page is sound."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie

import aiohttp
from aiohttp.test_utils import TestServer

from tests.gateway.neighbours import PASSWORD

VOID = frozenset({"input", "meta", "link", "img", "br", "hr", "path", "circle"})
HEADINGS = ("h1", "h2", "h3")


class Reader(HTMLParser):
    """Collects forms, and everything about a page that a careful reader would object to."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.pointed: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[tuple[str, bool]] = []
        self.headings: list[str] = []
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self.titles = 0
        self._open: list[str] = []
        self._form = ""
        self._select = ""
        self._first = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag: its nesting, its attributes, its part in a form."""
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag in HEADINGS:
            self.headings.append(tag)
        self.titles += tag == "title"
        self.faults += [f"<{tag} {a}>" for a in given if a == "style" or a.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"inline <{tag}>")
        if tag == "img" and "alt" not in given:
            self.faults.append("<img> without alt")
        if tag == "form":
            if self._form:
                self.faults.append("a form inside a form")
            self._form = given.get("action") or "?"
            self.forms.setdefault(self._form, [])
        self._identify(given)
        if tag == "input":
            self._input(given)
        self._choice(tag, given)

    def _choice(self, tag: str, given: dict[str, str | None]) -> None:
        """A select sends its selected option, or else its first one."""
        if tag in ("select", "textarea"):
            self.inputs.append((given.get("id") or "", "label" in self._open))
            self._select = given.get("name") or ""
            self._first = True
        elif tag == "option" and (self._first or "selected" in given):
            fields = self.forms.setdefault(self._form, [])
            if not self._first:
                fields[:] = [(n, v) for n, v in fields if n != self._select]
            fields.append((self._select, given.get("value") or ""))
            self._first = False

    def _identify(self, given: dict[str, str | None]) -> None:
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("aria-describedby", "aria-labelledby"):
            self.pointed += (given.get(name) or "").split()
        if given.get("for"):
            self.labelled.add(str(given["for"]))

    def _input(self, given: dict[str, str | None]) -> None:
        kind, name = given.get("type") or "text", given.get("name") or ""
        if kind != "hidden":
            self.inputs.append((given.get("id") or "", "label" in self._open))
        if kind not in ("checkbox", "radio") or "checked" in given:
            self.forms.setdefault(self._form, []).append((name, given.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        """An end tag closes what was opened last."""
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")
        if tag == "form":
            self._form = ""

    def judge(self) -> list[str]:
        """Everything that is wrong with the page."""
        double = {i for i in self.ids if self.ids.count(i) > 1}
        lost = set(self.pointed) - set(self.ids)
        bare = [i for i, inside in self.inputs if not inside and i not in self.labelled]
        return [
            *self.faults,
            *(f"<{tag}> is not closed" for tag in self._open),
            *(f"id {i} stands twice" for i in double),
            *(f"id {i} is pointed at and not there" for i in lost),
            *(f"input {i} has no label" for i in bare),
            *([] if self.headings.count("h1") == 1 else ["not exactly one h1"]),
            *([] if self.headings[:1] == ["h1"] else ["the first heading is not h1"]),
            *([] if self.titles == 1 else ["not exactly one title"]),
        ]


@dataclass
class Page:
    """An answer that was read."""

    status: int
    headers: dict[str, str]
    set_cookies: list[str]
    text: str
    forms: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def location(self) -> str:
        """Where the answer leads."""
        return self.headers.get("Location", "")

    @property
    def plain(self) -> str:
        """The text with ordinary spaces, as a test writes it."""
        return self.text.replace("\xa0", " ").replace("&nbsp;", " ").replace("\u202f", " ")

    def field(self, form: str, name: str) -> str:
        """The first value of a field of a form."""
        return dict(reversed(self.forms[form]))[name]


class Browser:
    """One person's browser in front of a gateway that believes in HTTPS."""

    def __init__(self, server: TestServer, session: aiohttp.ClientSession):
        self._server = server
        self._session = session
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return await self._ask("GET", path, None, headers)

    async def post(
        self, path: str, fields: list[tuple[str, str]] | None = None, raw: bytes = b"",
        **headers: str,
    ) -> Page:  # fmt: skip
        """Send a form, from our own page unless the headers say otherwise; or a raw body."""
        if raw:
            headers.setdefault("Content_Type", "application/x-www-form-urlencoded")
        return await self._ask("POST", path, raw or fields or [], headers)

    async def send(self, page: Page, form: str, **changed: str) -> Page:
        """Send a form of a page as it was drawn, with some fields typed."""
        fields = [(k, v) for k, v in page.forms[form] if k not in changed]
        return await self.post(form, [*fields, *changed.items()])

    async def sign_in(self) -> Page:
        """Become Claire."""
        form = await self.get("/connexion")
        return await self.send(form, "/connexion", email="claire@example.fr", password=PASSWORD)

    async def _ask(
        self, method: str, path: str, fields: list[tuple[str, str]] | bytes | None,
        headers: dict[str, str],
    ) -> Page:  # fmt: skip
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        async with self._session.request(
            method, self._server.make_url(path), headers=sent, allow_redirects=False,
            data=aiohttp.FormData(fields) if isinstance(fields, list) else fields,
        ) as answer:  # fmt: skip
            text = await answer.text()
            set_cookies = answer.headers.getall("Set-Cookie", [])
            for line in set_cookies:
                for name, morsel in SimpleCookie(line).items():
                    self.cookies.pop(name, None)
                    if morsel.value and morsel["max-age"] != "0":
                        self.cookies[name] = morsel.value
            page = Page(answer.status, dict(answer.headers), set_cookies, text)
        if answer.content_type == "text/html" and text:
            reader = Reader()
            reader.feed(text)
            page.forms, page.faults = reader.forms, reader.judge()
        return page
