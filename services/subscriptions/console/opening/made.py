"""What « Ouvrir un service » makes: the faults of each step, and the règlement without any."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from pydantic import ValidationError

from chassis.ui import french
from chassis.ui.typed import written
from contracts.refusal import Malformed
from contracts.regulation import CategoryPrice, ClosedPeriod, Regulation
from contracts.values import RegieId
from services.subscriptions.console.opening.rows import (
    CENTS_TYPED_MAX,
    LABEL_MAX,
    NEW,
    SLUG,
    TypedClosure,
    TypedEntry,
    cents_of,
    day_of,
    number_of,
)
from services.subscriptions.console.opening.typed import TypedService
from services.subscriptions.console.town import Place
from services.subscriptions.domain.calendars import SCHOOL_YEAR, serving_days

PLACES_MAX = 100_000
PERIOD_DAYS_MAX = 800
SESSION_LENGTH_MAX = 20
Faults = dict[str, str]
"""What is wrong, by the id of its field, in the order of the page."""
Found = Iterator[tuple[str, str]]


def authority_of(typed: TypedService, towns: Sequence[Place]) -> Place | None:
    """The authority of the chosen régie, whether it exists or will be created; None: neither."""
    for town in towns:
        regies = {str(regie.regie) for regie in town.regies}
        if typed.regie in regies or typed.regie == f"{NEW}{town.authority}":
            return town
    return None


def regie_of(typed: TypedService) -> RegieId:
    """The régie that receives the money; the drawn id of one that will be created."""
    return typed.new_regie if creates_regie(typed) else RegieId(UUID(typed.regie))


def creates_regie(typed: TypedService) -> bool:
    """Whether publishing creates a régie first."""
    return typed.regie.startswith(NEW)


def faults_of(typed: TypedService, step: int, towns: Sequence[Place]) -> Faults:
    """What is wrong in a step; steps count from 1."""
    found = (
        lambda: _regie(typed, towns),
        lambda: _service(typed),
        lambda: _entries(typed.entries),
        lambda: _calendar(typed),
        lambda: _deadlines(typed),
    )[step - 1]()
    faults: Faults = {}
    for field, text in found:
        faults.setdefault(field, text)
    return faults


def _label(text: str, missing: str) -> str:
    if not text:
        return missing
    if len(text) > LABEL_MAX:
        return f"C’est trop long : {LABEL_MAX} signes au plus."
    return "" if written(text) else "Ce texte contient un signe qui ne peut pas être enregistré."


def _regie(typed: TypedService, towns: Sequence[Place]) -> Found:
    if authority_of(typed, towns) is None:
        yield "regie", "Choisissez la régie qui reçoit l’argent."
    elif creates_regie(typed) and (
        fault := _label(typed.regie_label, "Donnez un nom à la nouvelle régie.")
    ):
        yield "nom-regie", fault


def _service(typed: TypedService) -> Found:
    if fault := _label(typed.name, "Donnez un nom au service, comme « Cantine de Coubon »."):
        yield "nom", fault
    known = all(
        s.isascii() and s.replace("_", "a").isalpha() and s.islower()
        and len(s) <= SESSION_LENGTH_MAX
        for s in typed.sessions
    )  # fmt: skip
    if not typed.sessions or not known:
        yield "seance", "Choisissez au moins un moment de la journée."
    if not typed.weekdays or not served(typed):
        yield "jour", "Choisissez au moins un jour de la semaine."
    if not number_of(typed.places, PLACES_MAX):
        yield "places", "Indiquez un nombre de places, au moins 1."


def served(typed: TypedService) -> frozenset[int]:
    """The weekdays that are served, without anything else that was sent."""
    return frozenset(n for day in typed.weekdays if (n := number_of(day, 7)))


def _entries(entries: Sequence[TypedEntry]) -> Found:
    if all(entry.is_empty for entry in entries):
        yield "entree-0", "Indiquez au moins une entrée et son prix."
    labels: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.is_empty:
            continue
        if fault := _label(entry.label, "Donnez un nom à cette entrée, comme « Résidents »."):
            yield f"entree-{place}", fault
        elif entry.label.casefold() in labels:
            yield f"entree-{place}", f"« {entry.label} » est déjà dans la liste."
        labels.add(entry.label.casefold())
        if fault := _price_fault(entry):
            yield f"prix-{place}", fault


def _price_fault(entry: TypedEntry) -> str:
    cents = cents_of(entry.price)
    if cents is None:
        return "Indiquez un prix en euros, comme 3,80."
    if cents > CENTS_TYPED_MAX:
        return f"Vérifiez ce prix : {french.money(cents)} par repas."
    return ""


def _calendar(typed: TypedService) -> Found:
    if typed.zone not in ("", *SCHOOL_YEAR.closed):
        yield "zone", "Choisissez une zone, ou « sans vacances »."
    first, last = day_of(typed.first), day_of(typed.last)
    if first is None:
        yield "debut", "Indiquez un jour qui existe, comme 01/09/2026."
    if last is None:
        yield "fin", "Indiquez un jour qui existe, comme 02/07/2027."
    if first and last:
        if last < first:
            yield "fin", "Le dernier jour vient après le premier."
        elif (last - first).days > PERIOD_DAYS_MAX:
            yield "fin", "Deux années scolaires au plus."
    for place, closure in enumerate(typed.closures):
        if not closure.is_empty:
            yield from _closure_faults(closure, place)


def _closure_faults(closure: TypedClosure, place: int) -> Found:
    first, last = day_of(closure.first), day_of(closure.last or closure.first)
    if first is None:
        yield f"ferme-du-{place}", "Indiquez le premier jour fermé, comme 24/12/2026."
    elif last is None or last < first:
        yield f"ferme-au-{place}", "Indiquez un dernier jour qui ne vient pas avant le premier."
    if fault := _label(closure.reason, "Dites aux familles pourquoi, comme « sortie scolaire »."):
        yield f"ferme-motif-{place}", fault


def _deadlines(typed: TypedService) -> Found:
    yield from typed.book.faults("reserver", served(typed))
    yield from typed.cancel.faults("annuler", served(typed))


# -- the règlement --------------------------------------------------------------------------------


def regulation_of(typed: TypedService, town: Place, shown: Regulation | None) -> Regulation:
    """The règlement that the form makes, the next version of the one that was shown if any.

    Raises Malformed where a step has something wrong.
    """
    try:
        return _regulation(typed, town, shown)
    except ValidationError as error:  # a field that our own pages never send
        raise Malformed() from error


def _regulation(typed: TypedService, town: Place, shown: Regulation | None) -> Regulation:
    first, last = day_of(typed.first), day_of(typed.last)
    if first is None or last is None:
        raise Malformed()
    return Regulation(
        service=typed.service, authority=town.authority, regie=regie_of(typed),
        version=typed.version + 1,
        authority_name=town.label, service_name=typed.name, valid_from=first, valid_until=last,
        zone=shown.zone if shown else "Europe/Paris", weekdays=served(typed),
        sessions=typed.sessions, closed=_closed(typed, first, last),
        book=typed.book.deadline(), cancel=typed.cancel.deadline(),
        prices=_prices(typed.entries), capacity=number_of(typed.places, PLACES_MAX) or 0,
    )  # fmt: skip


def never_serves(regulation: Regulation) -> bool:
    """Whether no day of its period is served at all."""
    return next(serving_days(regulation, regulation.valid_from), None) is None


def _closed(typed: TypedService, first: date, last: date) -> tuple[ClosedPeriod, ...]:
    """The zone's holidays within the period, and the commune's own closures, first day first."""
    zone = [
        period
        for name, periods in SCHOOL_YEAR.closed.items()
        if name == typed.zone
        for period in periods
        if first <= period.last and period.first <= last
    ]
    own = [made for closure in typed.closures if (made := _closure(closure))]
    return tuple(sorted((*zone, *own), key=lambda period: (period.first, period.last)))


def _closure(closure: TypedClosure) -> ClosedPeriod | None:
    first, last = day_of(closure.first), day_of(closure.last or closure.first)
    if first is None or last is None:
        return None
    return ClosedPeriod(first=first, last=last, reason=closure.reason)


def _prices(entries: Sequence[TypedEntry]) -> tuple[CategoryPrice, ...]:
    """The entries in their order; those that are new get a name of their own."""
    taken = {entry.category for entry in entries if not entry.is_empty}
    prices = []
    for entry in entries:
        if entry.is_empty:
            continue
        category = entry.category or _category(entry.label, taken)
        taken.add(category)
        cents = cents_of(entry.price)
        if cents is None:
            raise Malformed()
        prices.append(CategoryPrice(category=category, label=entry.label, cents=cents))
    return tuple(prices)


def _category(label: str, taken: set[str]) -> str:
    """A name for rights and prices that nobody sees: no accents, no spaces, not taken."""
    bare = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = SLUG.sub("-", bare).strip("-")[:36] or "entree"
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
