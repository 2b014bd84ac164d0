"""The authorities that an agent works for, which one a page is about, and the menu."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from chassis.auth import Caller
from contracts.accounts import FAMILIES_READERS
from contracts.booking import KITCHEN
from contracts.payments import CASH
from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import EVERY_ROLE, TownHall, TownRegie, TownService
from contracts.values import AGGLOMERATION, AuthorityId, Cents, ServiceId, StaffRole

JUDGES: frozenset[StaffRole] = frozenset({"administrator", "clerk"})
"""Who answers families' requests."""
ADMINISTRATORS: frozenset[StaffRole] = frozenset({"administrator"})
OF_ALL = "Agglomération"


@dataclass(frozen=True)
class Entry:
    """A line of the menu, for those who hold one of the roles somewhere."""

    href: str
    label: str
    roles: frozenset[StaffRole]


MENU = (
    Entry("/console/", "Ce qui vous attend", JUDGES),
    Entry("/console/familles", "Familles", FAMILIES_READERS),
    Entry("/console/regie", "Régie", CASH),
    Entry("/console/cuisine", "Cuisine", KITCHEN),
    Entry("/console/services", "Services", EVERY_ROLE),
    Entry("/console/equipe", "Équipe", ADMINISTRATORS),
    Entry("/console/actes", "Actes", ADMINISTRATORS),
)
"""What the console is made of, in the order of the menu."""


@dataclass(frozen=True)
class Place:
    """An authority with the roles that the agent holds in it."""

    authority: AuthorityId
    label: str
    roles: frozenset[StaffRole]
    pending: int = 0
    regies: tuple[TownRegie, ...] = ()
    services: tuple[TownService, ...] = ()

    @property
    def is_town(self) -> bool:
        """Whether it organises services; the agglomeration does not."""
        return self.authority != AGGLOMERATION


@dataclass(frozen=True)
class Town:
    """The agent's authorities, by name, and the one that the address of the page names."""

    places: tuple[Place, ...] = ()
    chosen: Place | None = None

    def where(self, roles: Collection[StaffRole]) -> list[Place]:
        """The authorities in which the agent holds one of these roles."""
        return [place for place in self.places if place.roles & set(roles)]

    def one(self, roles: Collection[StaffRole]) -> Place:
        """The authority that a page of these roles is about: the chosen one, or the first.

        Raises NotFound to those who hold no such role there.
        """
        able = self.where(roles)
        if self.chosen is not None:
            able = [place for place in able if place == self.chosen]
        if not able:
            raise NotFound()
        return able[0]

    def menu(self, entries: Iterable[Entry] = MENU) -> list[Entry]:
        """What the agent may open."""
        return [entry for entry in entries if self.where(entry.roles)]

    def regulation(self, service: ServiceId) -> Regulation | None:
        """The newest published règlement of a service of theirs."""
        known = (s for place in self.places for s in place.services if s.service == service)
        return next((s.regulation for s in known), None)

    def price(self, service: ServiceId, category: str) -> Cents | None:
        """What an entry costs now."""
        regulation = self.regulation(service)
        prices = regulation.prices if regulation else ()
        return next((price.cents for price in prices if price.category == category), None)


NO_TOWN = Town()
"""Nobody's, or not looked at."""


def town_of(hall: TownHall, caller: Caller, wanted: str) -> Town:
    """The agent's authorities; the agglomeration comes first where the agent works for it.

    Raises NotFound for a wanted authority that is none of theirs.
    """
    places = [
        Place(
            one.authority, one.label, _roles(caller, one.authority), one.pending, one.regies,
            one.services,
        )
        for one in hall.authorities
        if one.authority != AGGLOMERATION
    ]  # fmt: skip
    own = _roles(caller, AGGLOMERATION)
    if own:
        places.insert(0, Place(AGGLOMERATION, OF_ALL, own))
    return Town(tuple(places), _chosen(places, wanted))


def _roles(caller: Caller, authority: UUID) -> frozenset[StaffRole]:
    return frozenset(role for role in EVERY_ROLE if caller.holds({role}, authority))


def _chosen(places: list[Place], wanted: str) -> Place | None:
    if not wanted:
        return places[0] if len(places) == 1 else None
    for place in places:
        if str(place.authority) == wanted:
            return place
    raise NotFound()
