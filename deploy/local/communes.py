"""Communes, what they serve and their règlements, for demonstrations, tests and the bench."""

import unicodedata
from dataclasses import dataclass
from datetime import time
from uuid import UUID, uuid5

from contracts.regulation import (
    CategoryPrice,
    Deadline,
    IsoWeekday,
    Regulation,
    WeekdayOfWeek,
)
from contracts.values import AuthorityId, RegieId, ServiceId
from services.subscriptions.domain.calendars import SCHOOL_YEAR

NAMESPACE = UUID("6c2d5f6e-52c1-5a35-9a4b-2f1d2cc0a001")
ZONE_A_2026_27 = SCHOOL_YEAR.closed["A"]
"""Zone A: school holidays, public holidays and the bridge of 2026-27."""
SCHOOL_DAYS: frozenset[IsoWeekday] = frozenset({1, 2, 4, 5})
THURSDAY_BEFORE = Deadline(
    rule=WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)), article="article 4"
)
"""Until the Thursday of the week before, at 10:00."""


@dataclass(frozen=True)
class Entry:
    """A situation that a family may choose, and its price."""

    label: str
    cents: int

    @property
    def category(self) -> str:
        """Its name in the règlement: no accents, no spaces."""
        bare = unicodedata.normalize("NFKD", self.label).encode("ascii", "ignore").decode()
        return bare.lower().replace(" ", "-")


@dataclass(frozen=True)
class Commune:
    """An organising body with its régie; ids follow from its name."""

    name: str
    label: str

    @property
    def authority(self) -> AuthorityId:
        """The commune."""
        return AuthorityId(uuid5(NAMESPACE, f"authority {self.name}"))

    @property
    def regie(self) -> RegieId:
        """Its public cash office."""
        return RegieId(uuid5(NAMESPACE, f"regie {self.name}"))

    @property
    def regie_label(self) -> str:
        """The public name of its cash office."""
        return f"Régie {self.of_it}"

    @property
    def of_it(self) -> str:
        """« d’Aiguilhe », « de Coubon »."""
        return f"d’{self.name}" if self.name[0] in "AEIOUYÉH" else f"de {self.name}"


@dataclass(frozen=True)
class Service:
    """A canteen or a garderie of a commune, with what its règlement says."""

    town: Commune
    entries: tuple[Entry, ...]
    kind: str = "Cantine"
    weekdays: frozenset[IsoWeekday] = SCHOOL_DAYS
    sessions: tuple[str, ...] = ("midi",)
    book: Deadline = THURSDAY_BEFORE
    cancel: Deadline = THURSDAY_BEFORE
    capacity: int = 100
    version: int = 1

    @property
    def authority(self) -> AuthorityId:
        """The commune."""
        return self.town.authority

    @property
    def regie(self) -> RegieId:
        """The commune's public cash office."""
        return self.town.regie

    @property
    def service(self) -> ServiceId:
        """The service."""
        kind = "canteen" if self.kind == "Cantine" else self.kind.lower()
        return ServiceId(uuid5(NAMESPACE, f"{kind} {self.town.name}"))

    @property
    def label(self) -> str:
        """« Cantine d’Aiguilhe »."""
        return f"{self.kind} {self.town.of_it}"

    def entry(self, label: str) -> Entry:
        """One of its entries, by the words that families read."""
        return next(entry for entry in self.entries if entry.label == label)

    def regulation(self) -> Regulation:
        """The règlement of the school year 2026-27."""
        return Regulation(
            service=self.service, authority=self.authority, regie=self.regie,
            version=self.version, authority_name=self.town.label, service_name=self.label,
            valid_from=SCHOOL_YEAR.first, valid_until=SCHOOL_YEAR.last, weekdays=self.weekdays,
            sessions=self.sessions, closed=ZONE_A_2026_27, book=self.book, cancel=self.cancel,
            capacity=self.capacity,
            prices=tuple(
                CategoryPrice(category=entry.category, label=entry.label, cents=entry.cents)
                for entry in self.entries
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class Canteen:
    """A commune with one canteen at one price, as tests and the bench open them."""

    commune: str
    capacity: int = 100
    cents: int = 380
    version: int = 1

    @property
    def as_service(self) -> Service:
        """The canteen as any other service."""
        return Service(
            Commune(self.commune, self.commune), (Entry("Résidents", self.cents),),
            capacity=self.capacity, version=self.version,
        )  # fmt: skip

    @property
    def authority(self) -> AuthorityId:
        """The commune."""
        return self.as_service.authority

    @property
    def regie(self) -> RegieId:
        """Its public cash office."""
        return self.as_service.regie

    @property
    def service(self) -> ServiceId:
        """Its canteen."""
        return self.as_service.service

    def regulation(self) -> Regulation:
        """Monday, Tuesday, Thursday, Friday; until the Thursday before at 10:00."""
        return self.as_service.regulation()
