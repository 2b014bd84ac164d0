"""One visit of a page: which agent comes, what they may ask, the page they get."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

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
from contracts.accounts import AgentSession
from contracts.operation import Operation
from contracts.refusal import Refusal, Unavailable, Unsigned
from contracts.subscriptions import GET_TOWN_HALL, ShowTownHall, TownHall
from services.subscriptions.config import SubscriptionsSettings
from services.subscriptions.console.sessions import Opened, Sessions
from services.subscriptions.console.town import NO_TOWN, Town, town_of

Req = TypeVar("Req", bound=BaseModel)
Res = TypeVar("Res", bound=BaseModel)
HOME = "/console/"
SIGN_IN = "/console/connexion"
PATIENCE_SECONDS = 2.0
"""How long a page waits for what it can do without."""


@dataclass(frozen=True)
class Site:
    """What all visits share."""

    settings: SubscriptionsSettings
    kit: ui.Kit
    clients: Clients
    sessions: Sessions
    cookies: Cookies
    towns: Memory[Caller, TownHall]
    clock: TownClock
    origins: Origins


SITE = web.AppKey("console", Site)


@dataclass(frozen=True)
class Visit:
    """One request of a browser."""

    site: Site
    request: web.Request
    token: str
    """The cookie's token that forms derive their proof from."""
    session: AgentSession | None
    town: Town = NO_TOWN

    @property
    def signed_in(self) -> AgentSession:
        """The session. Raises Unsigned."""
        if self.session is None:
            raise Unsigned()
        return self.session

    @property
    def caller(self) -> Caller:
        """The agent with their roles. Raises Unsigned."""
        session = self.signed_in
        roles = frozenset((held.role, held.authority) for held in session.roles)
        return Caller(kind="staff", actor=session.agent, roles=roles)

    @property
    def origin(self) -> str:
        """Where the browser comes from, as accounts counts it."""
        return self.site.origins.of(self.request)

    @property
    def device(self) -> str:
        """What the browser says it is, in a few words."""
        return label_of(self.request.headers.get("User-Agent", ""))

    async def ask(self, operation: Operation[Req, Res], request: Req) -> Res:
        """Ask a service in the agent's name. Raises its refusals, or Unavailable."""
        return await self.site.clients.call(operation, request, self.caller)

    async def ask_as_visitor(self, operation: Operation[Req, Res], request: Req) -> Res:
        """Ask in nobody's name, whoever is signed in: a link says whose it is."""
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

    def url(self, path: str, **query: object) -> str:
        """An address of the console that is about the same authority as this page."""
        chosen = self.town.chosen if len(self.town.places) > 1 else None
        about = {"commune": chosen.authority} if chosen else {}
        given = urlencode({**about, **query}, doseq=True)
        return f"{path}?{given}" if given else path

    def page(
        self, template: str, *, refusal: Refusal | None = None, status: int = 0, **content: Any
    ) -> web.Response:
        """A page for this agent; after a refusal, with its status and how long to wait."""
        html = self.site.kit.render(
            template, session=self.session, csrf=partial(form_token, self.token), town=self.town,
            path=self.request.path, clock=self.site.clock.told, url=self.url, refusal=refusal,
            **{"errors": {}} | content,
        )  # fmt: skip
        wrong = 422 if content.get("errors") else 200
        response = ui.answer(self.request, html, status or (refusal.status if refusal else wrong))
        seconds = getattr(refusal.details, "retry_seconds", None) if refusal else None
        if seconds is not None:
            response.headers["Retry-After"] = str(seconds)
        return self._with_cookies(response)

    def go(self, address: str) -> web.Response:
        """Go on to another page of this site, by GET."""
        return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})

    async def become(self, opened: Opened, session: AgentSession | None = None) -> "Visit":
        """Who was just signed in; the session that the browser came with closes."""
        await self.leave()
        return replace(self, token=opened.token, session=session, town=NO_TOWN)

    def give(self, response: web.Response, opened: Opened) -> web.Response:
        """The answer that brings the browser its new cookie."""
        cookies = self.site.cookies
        cookies.set(response, cookies.session, opened.token)
        cookies.clear(response, cookies.visitor)
        return response

    async def leave(self) -> None:
        """Close the session that the browser came with, if any."""
        if self.session is not None:
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


def for_signed_in(show: Show, *, anew: bool = False) -> Screen:
    """A screen of every agent, with a role or without; `anew`: it counts what changed just now."""

    async def screen(request: web.Request) -> web.Response:
        visit = await arrive(request)
        if visit.session is None:
            return sign_in_first(visit)
        return await show(await in_town(visit, anew=anew))

    return screen


def for_agent(show: Show, *, anew: bool = False) -> Screen:
    """A screen of agents who hold a role somewhere; the others are told what to do."""

    async def only_with_a_role(visit: Visit) -> web.Response:
        if not visit.signed_in.roles:
            return visit.page("no_role.html")
        return await show(visit)

    return for_signed_in(only_with_a_role, anew=anew)


async def in_town(visit: Visit, *, anew: bool = False) -> Visit:
    """The same visit with the agent's authorities, remembered for half a minute.

    Raises NotFound when the address names an authority that is none of theirs.
    """
    caller = visit.caller
    if not caller.roles:
        return visit
    known = None if anew else visit.site.towns.get(caller)
    if known is None:
        known = await visit.ask(GET_TOWN_HALL, ShowTownHall())
        visit.site.towns.keep(caller, known)
    return replace(visit, town=town_of(known, caller, visit.request.query.get("commune", "")))


def sign_in_first(visit: Visit) -> web.Response:
    """Send to the sign-in page, and back to this one afterwards."""
    back = visit.request.path_qs if visit.request.method == "GET" else HOME
    response = visit.go(SIGN_IN if back == HOME else f"{SIGN_IN}?next={quote(back)}")
    cookies = visit.site.cookies
    if visit.request.cookies.get(cookies.session):
        cookies.clear(response, cookies.session)
    return response
