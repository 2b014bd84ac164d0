"""How many plates a day, for the kitchen; who eats, for the school. Both are made to be printed."""

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from contracts.accounts import NAME_BENEFICIARIES, NameBeneficiaries
from contracts.booking import (
    COUNT_MEALS,
    KITCHEN,
    LIST_EATERS,
    CountMeals,
    Eater,
    ListEaters,
    SessionCount,
)
from contracts.refusal import NotFound
from contracts.values import BeneficiaryId, HouseholdId, ServiceId
from services.subscriptions.console.families import ASKED_AT_ONCE, NO_NAME
from services.subscriptions.console.plain import clock, moment
from services.subscriptions.console.town import Place
from services.subscriptions.console.visit import Visit

PATH = "/console/cuisine"


@dataclass(frozen=True)
class Count:
    """The plates of one service in one part of the day."""

    count: SessionCount
    moment: str
    href: str
    """Where the named list is."""

    @property
    def plates(self) -> int:
        """Held ones wait for their money; they eat."""
        return self.count.confirmed + self.count.held


@dataclass(frozen=True)
class Plate:
    """One who eats."""

    last_name: str
    first_name: str
    entry: str
    held: bool


async def show(visit: Visit) -> web.Response:
    """The counts of a day: the total of each service first, then its entries."""
    places = [place for place in visit.town.where(KITCHEN) if place.is_town]
    place = _place(visit, places)
    asked = _on_day(visit, CountMeals(authority=place.authority))
    count = await visit.ask(COUNT_MEALS, asked)
    return visit.page(
        "kitchen.html", day=count.day, at=clock(count.at.time()), place=place, places=places,
        counts=[
            Count(one, moment(one.session), visit.url(
                f"{PATH}/{one.service}/{one.session}", jour=count.day
            ))
            for one in count.sessions
            if not (one.closed and not one.confirmed and not one.held)
        ],
        closed=[
            (one, moment(one.session)) for one in count.sessions
            if one.closed and not one.confirmed and not one.held
        ],
        before=count.day - timedelta(days=1), after=count.day + timedelta(days=1),
        today=visit.site.clock.today(),
    )  # fmt: skip


def _place(visit: Visit, places: Sequence[Place]) -> Place:
    """The authority that the address names, or the first one. Raises NotFound without any."""
    chosen = visit.town.chosen
    able = [place for place in places if chosen is None or place == chosen]
    if not able:
        raise NotFound()
    return able[0]


def _on_day(visit: Visit, asked: CountMeals) -> CountMeals:
    """The day that is asked for. Raises NotFound for one that does not exist."""
    text = visit.request.query.get("jour", "")
    if not text:
        return asked
    try:
        return CountMeals(authority=asked.authority, day=date.fromisoformat(text))
    except (ValueError, ValidationError) as error:
        raise NotFound() from error


async def show_list(visit: Visit) -> web.Response:
    """Who eats in a service on a day, by name."""
    if not visit.town.where(KITCHEN):
        raise NotFound()
    found = await visit.ask(LIST_EATERS, _list_asked(visit))
    names = await _names(visit, found.eaters)
    regulation = visit.town.regulation(found.service)
    labels = {p.category: p.label for p in regulation.prices} if regulation else {}
    plates = [_plate(eater, names, labels) for eater in found.eaters]
    return visit.page(
        "eaters.html", found=found, moment=moment(found.session), at=clock(found.at.time()),
        plates=sorted(plates, key=_in_a_list), held=sum(plate.held for plate in plates),
        named=bool(names) or not plates, back=visit.url(PATH, jour=found.day),
        before=found.day - timedelta(days=1), after=found.day + timedelta(days=1),
    )  # fmt: skip


def _list_asked(visit: Visit) -> ListEaters:
    match, text = visit.request.match_info, visit.request.query.get("jour", "")
    try:
        day = date.fromisoformat(text) if text else visit.site.clock.today()
        service = ServiceId(UUID(match["service"]))
        return ListEaters(service=service, day=day, session=match["session"])
    except (ValueError, ValidationError) as error:
        raise NotFound() from error


async def _names(
    visit: Visit, eaters: Sequence[Eater]
) -> dict[tuple[HouseholdId, BeneficiaryId], tuple[str, str]]:
    """Last and first names, some hundred households at once; none when accounts is away."""
    households = list(dict.fromkeys(eater.household for eater in eaters))
    answers = await asyncio.gather(*(
        visit.ask_if_there(
            NAME_BENEFICIARIES,
            NameBeneficiaries(households=tuple(households[n : n + ASKED_AT_ONCE])),
        )
        for n in range(0, len(households), ASKED_AT_ONCE)
    ))  # fmt: skip
    return {
        (one.household, one.beneficiary): (one.last_name, one.first_name)
        for answer in answers
        if answer
        for one in answer.beneficiaries
    }


def _plate(
    eater: Eater, names: dict[tuple[HouseholdId, BeneficiaryId], tuple[str, str]],
    labels: dict[str, str],
) -> Plate:  # fmt: skip
    last, first = names.get((eater.household, eater.beneficiary), (NO_NAME, ""))
    return Plate(last, first, labels.get(eater.category, eater.category), eater.held)


def _in_a_list(plate: Plate) -> tuple[str, str]:
    """Where a name stands in a French list: accents and capitals do not count."""

    def bare(text: str) -> str:
        letters = unicodedata.normalize("NFD", text)
        return "".join(c for c in letters if not unicodedata.combining(c)).casefold()

    return bare(plate.last_name), bare(plate.first_name)
