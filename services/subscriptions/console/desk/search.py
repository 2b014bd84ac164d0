"""Looking for a family. What was typed stays here for an hour: no name goes into an address."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.forms import Form
from chassis.ui.memory import Memory
from chassis.ui.typed import TypedDay
from contracts.accounts import (
    FAMILIES_READERS,
    SEARCH_HOUSEHOLDS,
    HouseholdsFound,
    HouseholdSheet,
    SearchHouseholds,
)
from contracts.refusal import Malformed, NotFound
from contracts.values import AuthorityId
from services.subscriptions.console.families import adults_of
from services.subscriptions.console.town import Place
from services.subscriptions.console.visit import Visit
from services.subscriptions.console.words import HOUSEHOLDS

PATH = "/console/familles"
TEXT_MAX = 100
KEPT_SECONDS = 3600.0
KEPT = 2_000
PAGE = 25


@dataclass(frozen=True)
class Search:
    """What an agent looks for."""

    text: str = ""
    born: TypedDay = field(default_factory=TypedDay)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: all families are listed."""
        return not self.text and self.born == TypedDay()

    def faults(self, today: date) -> dict[str, str]:
        """What is wrong, by the id of the field."""
        errors = {}
        if len(self.text) > TEXT_MAX:
            errors["q"] = f"C’est trop long : {TEXT_MAX} signes au plus."
        if fault := self.born.fault(today):
            errors["naissance"] = fault
        return errors


SEARCHES: "web.AppKey[Memory[tuple[UUID, UUID], Search]]" = web.AppKey("searches", Memory)
"""What agents looked for in the last hour, by agent and a number that is drawn."""


@dataclass(frozen=True)
class Found:
    """A family in the list."""

    sheet: HouseholdSheet
    adults: str
    eaters: str
    word: str


def places_of(visit: Visit) -> list[Place]:
    """The authorities whose families the agent may look for. Raises NotFound without any."""
    places = visit.town.where(FAMILIES_READERS)
    if not places:
        raise NotFound()
    return sorted(places, key=lambda place: not place.is_town)


async def look(visit: Visit) -> web.Response:
    """Keep what was typed, and go to the list that it finds."""
    form = await visit.form()
    place = _place(visit, form.text("commune"))
    search = _typed(form)
    errors = search.faults(visit.site.clock.today())
    if errors:
        return visit.page(
            "families.html", errors=errors, search=search, place=place, places=places_of(visit),
            found=None, lost=False, older="", first_page=True,
        )  # fmt: skip
    about = {"commune": place.authority} if len(places_of(visit)) > 1 else {}
    if search.is_empty:
        return visit.go(_address(**about))
    number = uuid4()
    visit.request.app[SEARCHES].keep((visit.signed_in.agent, number), search)
    return visit.go(_address(**about, recherche=number))


def _address(**query: object) -> str:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{PATH}?{given}" if given else PATH


def _typed(form: Form) -> Search:
    return Search(" ".join(form.text("q").split()), TypedDay.of(form, "naissance"))


def _place(visit: Visit, wanted: str) -> Place:
    """The authority that is named, or the first one."""
    places = places_of(visit)
    if not wanted:
        return places[0]
    for place in places:
        if str(place.authority) == wanted:
            return place
    raise NotFound()


async def show(visit: Visit) -> web.Response:
    """The families of an authority by name: those that a search finds, or all."""
    query = visit.request.query
    place = _place(visit, query.get("commune", ""))
    search = _kept(visit, query.get("recherche", ""))
    page = None if search is None else await _find(visit, place, search, query.get("apres", ""))
    return visit.page(
        "families.html", search=search or Search(), place=place, places=places_of(visit),
        found=[_found(sheet) for sheet in page.sheets] if page else None, lost=search is None,
        older=_older(visit, page), first_page="apres" not in query,
    )  # fmt: skip


def _kept(visit: Visit, number: str) -> Search | None:
    """What was typed; None when it was too long ago, or by somebody else."""
    if not number:
        return Search()
    try:
        return visit.request.app[SEARCHES].get((visit.signed_in.agent, UUID(number)))
    except ValueError as error:
        raise NotFound() from error


async def _find(visit: Visit, place: Place, search: Search, after: str) -> HouseholdsFound:
    asked = SearchHouseholds(
        authority=AuthorityId(place.authority), text=search.text, born=search.born.value,
        after=after[:300], limit=PAGE,
    )  # fmt: skip
    try:
        return await visit.ask(SEARCH_HOUSEHOLDS, asked)
    except Malformed as error:  # a cursor that was made up
        raise NotFound() from error


def _older(visit: Visit, page: HouseholdsFound | None) -> str:
    """The address of the next page; empty on the last one."""
    if page is None or not page.after:
        return ""
    query = {name: text for name, text in visit.request.query.items() if name != "apres"}
    return _address(**query, apres=page.after)


def _found(sheet: HouseholdSheet) -> Found:
    return Found(
        sheet, ", ".join(f"{a.first_name} {a.last_name}" for a in adults_of(sheet)),
        ", ".join(f"{b.first_name} {b.last_name}" for b in sheet.household.beneficiaries),
        "" if sheet.state == "validated" else HOUSEHOLDS[sheet.state],
    )  # fmt: skip
