"""« Ouvrir un service » as it was typed: five steps of one form.

Every field goes with every page, so that nothing is kept here between two of them.
"""

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from uuid import uuid4

from chassis.ui.forms import Form
from contracts.regulation import Regulation
from contracts.values import RegieId, ServiceId
from services.subscriptions.console.opening.rows import (
    ROWS_MAX,
    Fields,
    TypedClosure,
    TypedDeadline,
    TypedEntry,
    number_of,
    typed_cents,
)
from services.subscriptions.domain.calendars import SCHOOL_YEAR


def _all(form: Form, name: str) -> list[str]:
    return [" ".join(text.split()) for text in form.all(name)[:ROWS_MAX]]


@dataclass(frozen=True)
class TypedService:
    """The whole form. `service` and `new_regie` are drawn with its first page.

    `version` is the one that was shown to who changes a service, 0 to who opens one.
    """

    service: ServiceId = field(default_factory=lambda: ServiceId(uuid4()))
    new_regie: RegieId = field(default_factory=lambda: RegieId(uuid4()))
    version: int = 0
    regie: str = ""
    regie_label: str = ""
    name: str = ""
    sessions: tuple[str, ...] = ("midi",)
    weekdays: tuple[str, ...] = ("1", "2", "4", "5")
    places: str = "100"
    entries: tuple[TypedEntry, ...] = (TypedEntry("Résidents"), TypedEntry("Hors commune"))
    zone: str = "A"
    first: str = SCHOOL_YEAR.first.isoformat()
    last: str = SCHOOL_YEAR.last.isoformat()
    closures: tuple[TypedClosure, ...] = ()
    book: TypedDeadline = field(default_factory=TypedDeadline)
    cancel: TypedDeadline = field(default_factory=TypedDeadline)

    @classmethod
    def of(cls, form: Form) -> "TypedService":
        """What a page of the form sent."""
        entries = zip_longest(
            *(_all(form, n) for n in ("entree", "prix", "categorie")), fillvalue=""
        )
        closures = zip_longest(
            *(_all(form, name) for name in ("ferme_du", "ferme_au", "ferme_motif")), fillvalue=""
        )
        return cls(
            service=ServiceId(form.id("service")), new_regie=RegieId(form.id("nouvelle_regie")),
            version=number_of(form.text("version"), 10**6) or 0,
            regie=form.text("regie"), regie_label=" ".join(form.text("nom_regie").split()),
            name=" ".join(form.text("nom").split()),
            sessions=tuple(dict.fromkeys(form.all("seance"))),
            weekdays=tuple(dict.fromkeys(form.all("jour"))), places=form.text("places").strip(),
            entries=tuple(TypedEntry(*row) for row in entries), zone=form.text("zone"),
            first=form.text("debut").strip(), last=form.text("fin").strip(),
            closures=tuple(TypedClosure(*row) for row in closures),
            book=TypedDeadline.of(form, "reserver"), cancel=TypedDeadline.of(form, "annuler"),
        )  # fmt: skip

    @classmethod
    def changing(cls, regulation: Regulation) -> "TypedService":
        """The form of a service that is open, as its règlement stands."""
        zone = SCHOOL_YEAR.zone_of(regulation.closed)
        known = SCHOOL_YEAR.closed[zone] if zone else ()
        return cls(
            service=regulation.service, version=regulation.version, regie=str(regulation.regie),
            name=regulation.service_name,
            sessions=regulation.sessions, weekdays=tuple(map(str, sorted(regulation.weekdays))),
            places=str(regulation.capacity), zone=zone or "",
            entries=tuple(
                TypedEntry(price.label, typed_cents(price.cents), price.category)
                for price in regulation.prices
            ),
            first=regulation.valid_from.isoformat(), last=regulation.valid_until.isoformat(),
            closures=tuple(
                TypedClosure(period.first.isoformat(), period.last.isoformat(), period.reason)
                for period in regulation.closed
                if period not in known
            ),
            book=TypedDeadline.ruled(regulation.book),
            cancel=TypedDeadline.ruled(regulation.cancel),
        )  # fmt: skip

    def tidied(self) -> "TypedService":
        """Without its empty rows."""
        return replace(
            self, entries=tuple(e for e in self.entries if not e.is_empty),
            closures=tuple(c for c in self.closures if not c.is_empty),
        )  # fmt: skip

    def without_row(self, what: str) -> "TypedService":
        """Without one row, named « entree.2 » or « fermeture.0 »; itself for anything else."""
        kind, _, place = what.partition(".")
        number = number_of(place, ROWS_MAX)
        if kind == "entree":
            kept = tuple(e for n, e in enumerate(self.entries) if n != number)
            return replace(self, entries=kept)
        if kind == "fermeture":
            return replace(
                self, closures=tuple(c for n, c in enumerate(self.closures) if n != number)
            )
        return self

    def fields(self) -> list[Fields]:
        """The fields of each of the five steps, and those of none first."""
        rows = [
            (("entree", e.label), ("prix", e.price), ("categorie", e.category))
            for e in self.entries
        ]
        closures = [
            (("ferme_du", c.first), ("ferme_au", c.last), ("ferme_motif", c.reason))
            for c in self.closures
        ]
        return [
            [
                ("service", str(self.service)), ("version", str(self.version)),
                ("nouvelle_regie", str(self.new_regie)),
            ],
            [("regie", self.regie), ("nom_regie", self.regie_label)],
            [
                ("nom", self.name), ("places", self.places),
                *(("seance", session) for session in self.sessions),
                *(("jour", day) for day in self.weekdays),
            ],
            [pair for row in rows for pair in row],
            [
                ("zone", self.zone), ("debut", self.first), ("fin", self.last),
                *(pair for row in closures for pair in row),
            ],
            [*self.book.fields("reserver"), *self.cancel.fields("annuler")],
        ]  # fmt: skip
