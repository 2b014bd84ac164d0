"""A règlement in plain French: what families will see, and what a new version changes for them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time

from chassis.ui import french
from contracts.regulation import CategoryPrice, ClosedPeriod, Deadline, Regulation, WeekdayOfWeek
from services.subscriptions.domain.calendars import closes_at, serving_days

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SESSIONS = {"midi": "à midi", "matin": "le matin", "soir": "le soir"}
"""When the parts of a day are, within a sentence; one without a name says its own word."""
WEEKS_BEFORE = (
    "de la même semaine", "de la semaine précédente", "deux semaines avant", "trois semaines avant",
    "quatre semaines avant", "cinq semaines avant", "six semaines avant", "sept semaines avant",
    "huit semaines avant",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A subject, and what is said about it."""

    title: str
    sentences: tuple[str, ...]


def clock(at: time) -> str:
    """« 10 h 00 »."""
    return f"{at.hour}{french.NBSP}h{french.NBSP}{at.minute:02}"


def moment(session: str) -> str:
    """« à midi », « le soir »."""
    return SESSIONS.get(session, session.replace("_", " "))


def until(rule: WeekdayOfWeek) -> str:
    """« jusqu’au jeudi de la semaine précédente à 10 h 00 »."""
    day = WEEKDAYS[rule.weekday - 1]
    return f"jusqu’au {day} {WEEKS_BEFORE[rule.weeks_before]} à {clock(rule.at)}"


def example_day(regulation: Regulation, today: date) -> date | None:
    """The next day that can still be booked tomorrow; else the first one that is served at all."""
    days = serving_days(regulation, today)
    later = (day for day in days if _closing(regulation, regulation.book, day) > today)
    return next(later, None) or next(serving_days(regulation, regulation.valid_from), None)


def _closing(regulation: Regulation, deadline: Deadline, day: date) -> date:
    return closes_at(deadline.rule, day, regulation.zone).date()


def said_to_families(regulation: Regulation, today: date) -> list[Said]:
    """What a règlement means for a family, subject by subject."""
    return [
        Said("Jours", (_days(regulation),)),
        Said("Période", (_sentence(_period(regulation)),)),
        Said("Fermetures", _closures(regulation)),
        Said("Réserver", (_deadline(regulation, regulation.book, today),)),
        Said("Annuler", (_deadline(regulation, regulation.cancel, today),)),
        Said("Tarifs", tuple(_price(price) for price in regulation.prices)),
        Said("Places", (_places(regulation),)),
    ]


def _days(regulation: Regulation) -> str:
    days = french.listing(f"{WEEKDAYS[number - 1]}s" for number in sorted(regulation.weekdays))
    sessions = french.listing(moment(session) for session in regulation.sessions)
    return f"Les {days}, {sessions}."


def _period(regulation: Regulation) -> str:
    first, last = regulation.valid_from, regulation.valid_until
    return f"du {french.day_in_full(first)} au {french.day_in_full(last)}"


def _closures(regulation: Regulation) -> tuple[str, ...]:
    said = tuple(_closure(period) for period in regulation.closed)
    return said or ("Aucune fermeture n’est prévue.",)


def _closure(period: ClosedPeriod) -> str:
    when = french.span(period.first, period.last)
    if when.replace(french.NBSP, " ") == f"le {period.reason}":
        return f"Fermé {when}."
    return f"Fermé {when}{french.NBSP}: {period.reason}."


def _deadline(regulation: Regulation, deadline: Deadline, today: date) -> str:
    article = f" ({deadline.article})" if deadline.article else ""
    said = _sentence(until(deadline.rule) + article)
    return said + _example(regulation, deadline, today)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _example(regulation: Regulation, deadline: Deadline, today: date) -> str:
    day = example_day(regulation, today)
    if day is None:
        return ""
    meal = "un repas du" if regulation.sessions == ("midi",) else "le"
    closing = french.instant(closes_at(deadline.rule, day, regulation.zone))
    return f" Par exemple, pour {meal} {french.day_of_year(day)}{french.NBSP}: jusqu’au {closing}."


def _price(price: CategoryPrice) -> str:
    return f"{price.label}{french.NBSP}: {french.money(price.cents)}."


def _places(regulation: Regulation) -> str:
    if regulation.capacity == 0:
        return french.spaced("Aucune place : personne ne peut réserver.")
    places = french.count(regulation.capacity, "place")
    if len(regulation.sessions) > 1:
        return f"{places} à chaque fois{french.NBSP}: {_each(regulation)}."
    return f"{places} par jour."


def _each(regulation: Regulation) -> str:
    return french.listing(moment(session) for session in regulation.sessions)


# -- what a new version changes -------------------------------------------------------------------


def differences(before: Regulation, after: Regulation) -> list[str]:
    """What families will see differently, a sentence for each; nothing when all is the same."""
    return list(_differences(before, after))


def _differences(before: Regulation, after: Regulation) -> Iterator[str]:
    if before.service_name != after.service_name:
        yield f"Le nom devient « {after.service_name} » (c’était « {before.service_name} »)."
    if _period(before) != _period(after):
        yield f"Ouvert {_period(after)} (c’était {_period(before)})."
    yield from _moved(
        (WEEKDAYS[n - 1] for n in sorted(before.weekdays)),
        (WEEKDAYS[n - 1] for n in sorted(after.weekdays)),
        "Service ajouté le {}.", "Plus de service le {}.",
    )  # fmt: skip
    yield from _moved(
        map(moment, before.sessions), map(moment, after.sessions),
        "Service ajouté {}.", "Plus de service {}.",
    )  # fmt: skip
    yield from _moved(
        map(_closing_named, before.closed), map(_closing_named, after.closed),
        "Fermeture ajoutée : {}.", "Fermeture retirée : {}.",
    )  # fmt: skip
    for verb, old, new in (
        ("Réserver", before.book, after.book), ("Annuler", before.cancel, after.cancel),
    ):  # fmt: skip
        if old != new:
            yield f"{verb} : {_ruled(new)} (c’était {_ruled(old)})."
    yield from _prices(before, after)
    if before.capacity != after.capacity:
        yield f"{french.count(after.capacity, 'place')} (c’était {before.capacity})."


def _ruled(deadline: Deadline) -> str:
    return until(deadline.rule) + (f", {deadline.article}" if deadline.article else "")


def _closing_named(period: ClosedPeriod) -> str:
    return f"{french.span(period.first, period.last)}, {period.reason}"


def _moved(before: Iterable[str], after: Iterable[str], came: str, went: str) -> Iterator[str]:
    old, new = list(before), list(after)
    yield from (came.format(thing) for thing in new if thing not in old)
    yield from (went.format(thing) for thing in old if thing not in new)


def _prices(before: Regulation, after: Regulation) -> Iterator[str]:
    old = {price.category: price for price in before.prices}
    new = {price.category: price for price in after.prices}
    for category, price in new.items():
        known = old.get(category)
        if known is None:
            yield f"Nouvelle entrée « {price.label} » à {french.money(price.cents)}."
            continue
        if known.label != price.label:
            yield f"L’entrée « {known.label} » s’appelle maintenant « {price.label} »."
        if known.cents != price.cents:
            now, then = french.money(price.cents), french.money(known.cents)
            yield f"« {price.label} » : {now} au lieu de {then}."
    for category, price in old.items():
        if category not in new:
            yield (
                f"L’entrée « {price.label} » n’existe plus : les familles qui l’ont ne pourront "
                "plus réserver avec elle."
            )
