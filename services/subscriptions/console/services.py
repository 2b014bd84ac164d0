"""The authorities' services and régies, with what families see of each."""

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from contracts.payments import CASH
from contracts.subscriptions import TownRegie, TownService
from services.subscriptions.console.plain import Said, said_to_families
from services.subscriptions.console.town import ADMINISTRATORS, Place
from services.subscriptions.console.visit import Visit


@dataclass(frozen=True)
class Shown:
    """A service with what families see of it."""

    service: TownService
    regie: str
    said: list[Said]
    open: bool
    """Whether it is unfolded: the one that was just published, or the only one."""


async def show(visit: Visit) -> web.Response:
    """Every authority of the agent, or the one that the address names."""
    chosen = visit.town.chosen
    places = [p for p in visit.town.places if p.is_town and (chosen is None or p == chosen)]
    published = _published(visit)
    count = sum(len(place.services) for place in places)
    return visit.page(
        "services.html",
        published=next((s for p in places for s in p.services if s.service == published), None),
        places=[
            (place, _services(visit, place, published, count), _administers(place), _cashes(place))
            for place in places
        ],
        may_open=any(_administers(place) for place in visit.town.places if place.is_town),
    )  # fmt: skip


def _published(visit: Visit) -> UUID | None:
    """The service that was published a moment ago, to say so."""
    try:
        return UUID(visit.request.query.get("publie", ""))
    except ValueError:
        return None


def _services(visit: Visit, place: Place, published: UUID | None, count: int) -> list[Shown]:
    regies = {regie.regie: regie.label for regie in place.regies}
    today = visit.site.clock.today()
    return [
        Shown(
            service, regies.get(service.regulation.regie, ""),
            said_to_families(service.regulation, today),
            count == 1 or service.service == published,
        )
        for service in place.services
    ]  # fmt: skip


def _administers(place: Place) -> bool:
    return bool(place.roles & ADMINISTRATORS)


def _cashes(place: Place) -> tuple[TownRegie, ...]:
    """The régies whose takings the agent may look at."""
    return place.regies if place.roles & CASH else ()
