"""« Actes »: what agents of an authority did in every service, newest first, in sentences."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from chassis.clock import local
from contracts import accounts, booking, payments, subscriptions
from contracts.act import Act, Acts, ShowActs
from contracts.operation import Operation
from contracts.refusal import NotFound
from contracts.values import AgentId
from services.subscriptions.console.deeds import SERVICES, facts_in_words, sentence
from services.subscriptions.console.team import names_of
from services.subscriptions.console.town import ADMINISTRATORS
from services.subscriptions.console.visit import Visit

PAGE = 50
ASKED: dict[str, Operation[ShowActs, Acts]] = {
    "accounts": accounts.LIST_ACTS,
    "booking": booking.LIST_ACTS,
    "payments": payments.LIST_ACTS,
    "subscriptions": subscriptions.LIST_ACTS,
}
"""Each service keeps the acts that it did; a page of all is merged here."""
CURSOR_MAX = 2**62
Cursors = dict[str, int]


@dataclass(frozen=True)
class Row:
    """One act, in words."""

    at: datetime
    who: str
    did: str
    facts: list[tuple[str, str]]
    why: str


async def show(visit: Visit) -> web.Response:
    """A page of acts, from where the address says on."""
    place = visit.town.one(ADMINISTRATORS)
    before = _cursors(visit.request.query.getall("avant", []))
    answers = await asyncio.gather(*(
        visit.ask_if_there(
            operation,
            ShowActs(authority=place.authority, before=before.get(service), limit=PAGE),
        )
        for service, operation in ASKED.items()
    ))  # fmt: skip
    told = {service: acts for service, acts in zip(ASKED, answers, strict=True) if acts}
    shown = merged(told)
    names = await names_of(visit, (AgentId(act.agent) for _, act in shown)) or {}
    return visit.page(
        "acts.html", place=place, towns=visit.town.where(ADMINISTRATORS),
        rows=[_row(act, names) for _, act in shown], first_page=not before,
        missing=[SERVICES[service] for service in ASKED if service not in told],
        older=[f"{s}:{n}" for s, n in next_cursors(before, told, shown).items()],
    )  # fmt: skip


def merged(told: Mapping[str, Acts]) -> list[tuple[str, Act]]:
    """The newest acts of all services together, a page of them."""
    every = [(service, act) for service, acts in told.items() for act in acts.acts]
    return sorted(every, key=lambda one: (one[1].at, one[0], one[1].act), reverse=True)[:PAGE]


def next_cursors(
    before: Cursors, told: Mapping[str, Acts], shown: list[tuple[str, Act]]
) -> Cursors:
    """From where each service goes on; nothing when no service has anything older."""
    left = sum(len(acts.acts) for acts in told.values()) - len(shown)
    if not left and not any(acts.more for acts in told.values()):
        return {}
    oldest = dict(before)
    for service, act in shown:
        oldest[service] = min(act.act, oldest.get(service, CURSOR_MAX))
    return oldest


def _cursors(texts: list[str]) -> Cursors:
    found = {}
    for text in texts:
        service, _, number = text.partition(":")
        if service not in ASKED or not (number.isascii() and number.isdigit()):
            raise NotFound()
        if not 1 <= int(number[:20]) <= CURSOR_MAX:
            raise NotFound()
        found[service] = int(number[:20])
    return found


def _row(act: Act, names: Mapping[AgentId, accounts.Agent]) -> Row:
    agent = names.get(AgentId(act.agent))
    return Row(
        at=local(act.at),
        who=f"{agent.first_name} {agent.last_name}" if agent else "Un agent",
        did=sentence(act),
        facts=facts_in_words(act),
        why=act.why,
    )
