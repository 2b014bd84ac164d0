"""« Ce qui vous attend »: requests and accounts that wait, oldest first, with their age."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web

from chassis.ui import french
from contracts.accounts import LIST_WAITING, HouseholdSheets, ListWaiting
from contracts.refusal import NotFound
from contracts.subscriptions import LIST_PENDING, PendingRequest, PendingRequests, ShowPending
from contracts.values import AGGLOMERATION, AuthorityId, RequestId
from services.subscriptions.console.families import Families, families_of
from services.subscriptions.console.town import JUDGES, Place
from services.subscriptions.console.visit import Visit
from services.subscriptions.console.words import age

PAGE = 50
OLD_DAYS = 5
"""From this age on, what waits is pointed at."""
DONE = {
    "accepte": ("demande acceptée", "demandes acceptées"),
    "refuse": ("demande refusée", "demandes refusées"),
    "valide": ("compte validé", "comptes validés"),
    "compte-refuse": ("compte refusé", "comptes refusés"),
}


@dataclass(frozen=True)
class Waiting:
    """A request that waits, in words."""

    asked: PendingRequest
    eater: str
    family: str
    age: str
    old: bool


async def show(visit: Visit) -> web.Response:
    """What waits in the authority that the address names, or in all of the agent's."""
    chosen = visit.town.chosen
    towns = [place for place in visit.town.where(JUDGES) if place.is_town]
    looks_at_towns = bool(towns) and (chosen is None or chosen in towns)
    after = _after(visit.request.query.get("apres", ""))
    pending, accounts = await asyncio.gather(
        _pending(visit, chosen.authority if chosen else None, after) if looks_at_towns else _none(),
        _accounts(visit, chosen),
    )
    rows = pending.requests if pending else ()
    families = await families_of(visit, (one.household for one in rows))
    return visit.page(
        "home.html", pending=pending, rows=_in_words(pending, families), families=families,
        older=rows[-1].request if len(rows) == PAGE else None, first_page=after is None,
        accounts=accounts, ages=_ages(visit, accounts), towns=towns, done=_done(visit),
    )  # fmt: skip


async def _pending(
    visit: Visit, authority: AuthorityId | None, after: RequestId | None
) -> PendingRequests:
    return await visit.ask(LIST_PENDING, ShowPending(authority=authority, after=after, limit=PAGE))


async def _none() -> None:
    return None


async def _accounts(visit: Visit, chosen: Place | None) -> HouseholdSheets | None:
    """Accounts that asked nobody, for those who look after them; None for everybody else."""
    places = [place for place in visit.town.where(JUDGES) if not place.is_town]
    if not places or (chosen is not None and chosen.authority != AGGLOMERATION):
        return None
    answer = await visit.ask_if_there(LIST_WAITING, ListWaiting(limit=PAGE))
    return answer or HouseholdSheets(sheets=())


def _in_words(pending: PendingRequests | None, families: Families) -> list[Waiting]:
    if pending is None:
        return []
    return [
        Waiting(
            one, families.eater(one.household, one.beneficiary), families.adults(one.household),
            age(one.asked, pending.now), (pending.now - one.asked).days >= OLD_DAYS,
        )
        for one in pending.requests
    ]  # fmt: skip


def _ages(visit: Visit, accounts: HouseholdSheets | None) -> dict[UUID, str]:
    told = visit.site.clock.told
    now = told.now if told else datetime.now().astimezone()
    sheets = accounts.sheets if accounts else ()
    return {sheet.household.household: age(sheet.since, now) for sheet in sheets}


def _after(text: str) -> RequestId | None:
    try:
        return RequestId(UUID(text)) if text else None
    except ValueError as error:
        raise NotFound() from error


def _done(visit: Visit) -> str:
    """« 3 demandes acceptées. La famille est prévenue par e-mail. »"""
    words = DONE.get(visit.request.query.get("fait", ""))
    number = visit.request.query.get("n", "1")
    if words is None or not (number.isascii() and number.isdigit() and len(number) < 4):
        return ""
    told = "Les familles sont prévenues" if int(number) > 1 else "La famille est prévenue"
    return f"{french.count(int(number), *words)}. {told} par e-mail."
