"""One visit of a page: who comes, what they may ask the neighbours, the page they get."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from chassis import ui
from chassis.auth import VISITOR, Caller
from chassis.client import Clients
from chassis.clock import TownClock
from chassis.ui.cookies import Cookies, new_token
from chassis.ui.devices import label_of
from chassis.ui.forms import Form
from chassis.ui.memory import Memory
from chassis.ui.origin import Origins
from chassis.ui.protection import form_token
from contracts.accounts import SessionView
from contracts.operation import CallerKind, Operation
from contracts.refusal import Unavailable, Unsigned
from gateway.config import GatewaySettings
from gateway.sessions import Opened, Sessions

Req = TypeVar("Req", bound=BaseModel)
Res = TypeVar("Res", bound=BaseModel)
PATIENCE_SECONDS = 2.0
"""How long a page waits for what it can do without."""
FOLLOW_UP = "/mon-compte/suivi"
"""Where an account that is not validated is told what it waits for."""


@dataclass(frozen=True)
class Site:
    """What all visits share."""

    settings: GatewaySettings
    kit: ui.Kit
    clients: Clients
    sessions: Sessions
    cookies: Cookies
    names: "Memory[UUID, Any]"
    clock: TownClock
    origins: Origins


SITE = web.AppKey("site", Site)


@dataclass(frozen=True)
class Visit:
    """One request of a browser."""

    site: Site
    request: web.Request
    token: str
    """The cookie's token that forms derive their proof from."""
    session: SessionView | None

    @property
    def caller(self) -> Caller:
        """The signed-in household, as far as it has come. Raises Unsigned."""
        session = self.signed_in
        kind: CallerKind = "family" if session.standing == "validated" else "applicant"
        return Caller(kind=kind, actor=session.person, household=session.household)

    @property
    def signed_in(self) -> SessionView:
        """The session. Raises Unsigned."""
        if self.session is None:
            raise Unsigned()
        return self.session

    @property
    def origin(self) -> str:
        """Where the browser comes from, as accounts counts it."""
        return self.site.origins.of(self.request)

    @property
    def device(self) -> str:
        """What the browser says it is, in a few words."""
        return label_of(self.request.headers.get("User-Agent", ""))

    async def ask(self, operation: Operation[Req, Res], request: Req) -> Res:
        """Ask a service in the family's name. Raises its refusals, or Unavailable."""
        return await self.site.clients.call(operation, request, self.caller)

    async def ask_as_visitor(self, operation: Operation[Req, Res], request: Req) -> Res:
        """Ask in nobody's name, whoever is signed in: a link or a registration says who it is."""
        return await self.site.clients.call(operation, request, VISITOR)

    async def ask_if_there(self, operation: Operation[Req, Res], request: Req) -> Res | None:
        """Ask for what the page can do without: None when the service does not answer soon."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.ask(operation, request)
        except (Unavailable, TimeoutError):
            return None

    async def form(self) -> Form:
        """What was typed."""
        return Form(await self.request.post())

    def page(self, template: str, *, status: int = 200, **content: Any) -> web.Response:
        """A page for this visitor, with the proof that its forms need."""
        html = self.site.kit.render(
            template, session=self.session, csrf=partial(form_token, self.token),
            path=self.request.path, clock=self.site.clock.told, **content,
        )  # fmt: skip
        return self._with_cookies(ui.answer(self.request, html, status))

    def go(self, path: str) -> web.Response:
        """Go on to another page of this site, by GET."""
        return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})

    async def enter(self, opened: Opened, path: str) -> web.Response:
        """Go on as whoever was just signed in; the session that the browser came with closes."""
        await self.leave()
        response = self.go(path)
        cookies = self.site.cookies
        cookies.set(response, cookies.session, opened.token, keep=opened.asked.keep)
        cookies.clear(response, cookies.visitor)
        return response

    async def leave(self) -> None:
        """Close the session that the browser came with, if any."""
        if self.session is not None:
            self.site.names.drop(self.session.household)
            with suppress(Unavailable):
                await self.site.sessions.close(self.token)

    def _with_cookies(self, response: web.Response) -> web.Response:
        cookies = self.site.cookies
        if self.session is None:
            if self.request.cookies.get(cookies.session):
                cookies.clear(response, cookies.session)
            if self.request.cookies.get(cookies.visitor) != self.token:
                cookies.set(response, cookies.visitor, self.token)
        return response


Show = Callable[[Visit], Awaitable[web.Response]]
Screen = Callable[[web.Request], Awaitable[web.Response]]


async def arrive(request: web.Request) -> Visit:
    """Find out who comes. Raises Unavailable when accounts does not answer for a session."""
    site = request.app[SITE]
    token = request.cookies.get(site.cookies.session, "")
    session = await site.sessions.of(token) if token else None
    await site.clock.look()
    if session is None:
        token = request.cookies.get(site.cookies.visitor) or new_token()
    return Visit(site, request, token, session)


def for_all(show: Show) -> Screen:
    """A screen that anyone may see."""

    async def screen(request: web.Request) -> web.Response:
        return await show(await arrive(request))

    return screen


def for_household(show: Show) -> Screen:
    """A screen of everyone who is signed in, validated or not."""

    async def screen(request: web.Request) -> web.Response:
        visit = await arrive(request)
        if visit.session is None:
            return sign_in_first(visit)
        return await show(visit)

    return screen


def for_family(show: Show) -> Screen:
    """A screen of a validated family; who still waits is led to what is waited for."""

    async def only_validated(visit: Visit) -> web.Response:
        if visit.signed_in.standing != "validated":
            return visit.go(FOLLOW_UP)
        return await show(visit)

    return for_household(only_validated)


def sign_in_first(visit: Visit) -> web.Response:
    """Send to the sign-in page, and back to this one afterwards."""
    back = visit.request.path_qs if visit.request.method == "GET" else "/"
    response = visit.go("/connexion" if back == "/" else f"/connexion?next={quote(back)}")
    visit.site.cookies.clear(response, visit.site.cookies.session)
    return response
