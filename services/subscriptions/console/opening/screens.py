"""The pages of « Ouvrir un service » and of changing one: five steps, a preview, done.

Steps go on by GET and carry the whole form: back, reload and a bookmark keep everything, and
nothing is changed before « Publier ».
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from chassis.ui.forms import Form
from contracts.refusal import NotFound, Refusal, Unavailable
from contracts.regulation import Regulation
from contracts.subscriptions import (
    DESCRIBE_REGIE,
    PUBLISH_REGULATION,
    DescribeRegie,
    PublishRegulation,
    RegulationImmutable,
    UnknownRegie,
)
from contracts.values import ServiceId
from services.subscriptions.console.opening.made import (
    Faults,
    authority_of,
    creates_regie,
    faults_of,
    never_serves,
    regulation_of,
)
from services.subscriptions.console.opening.rows import (
    NEW,
    ROWS_MAX,
    TypedClosure,
    TypedEntry,
    number_of,
)
from services.subscriptions.console.opening.typed import TypedService
from services.subscriptions.console.plain import (
    SESSIONS,
    WEEKDAYS,
    WEEKS_BEFORE,
    differences,
    moment,
    said_to_families,
)
from services.subscriptions.console.town import ADMINISTRATORS, Place
from services.subscriptions.console.visit import Visit

OPEN = "/console/services/ouvrir"
STEPS = ("La régie", "Le service", "Les tarifs", "Le calendrier", "Les délais")
PREVIEW = len(STEPS) + 1
NEVER = "Avec ces jours et ces fermetures, le service n’ouvrirait jamais. Vérifiez les dates."
STEP_OF = {
    "Jours": 2, "Période": 4, "Fermetures": 4, "Réserver": 5, "Annuler": 5, "Tarifs": 3,
    "Places": 2,
}  # fmt: skip
"""Where each subject of the preview is typed."""


ZONES = (
    (
        "A", "Zone A",
        "Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers",
    ),
    (
        "B", "Zone B", "Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, "
        "Orléans-Tours, Reims, Rennes, Strasbourg",
    ),
    ("C", "Zone C", "Créteil, Montpellier, Paris, Toulouse, Versailles"),
    ("", "Aucune", "Le service reste ouvert pendant les vacances et les jours fériés"),
)  # fmt: skip
"""The zones of school holidays, with their académies."""


@dataclass(frozen=True)
class Opening:
    """One page of the form: what was typed, for whom, and the service that stands already."""

    visit: Visit
    places: tuple[Place, ...]
    typed: TypedService
    shown: Regulation | None

    def go_to(self, step: int) -> str:
        """The address of a step with everything that was typed."""
        fields = [pair for group in self.typed.fields() for pair in group]
        return f"{self.visit.request.path}?{urlencode([*fields, ('etape', str(step))])}"

    def first_fault(self, before: int) -> tuple[int, Faults] | None:
        """The first of the steps before one in which something is wrong."""
        for step in range(1, min(before, PREVIEW)):
            faults = faults_of(self.typed, step, self.places)
            if faults:
                return step, faults
        return None


async def show(visit: Visit) -> web.Response:
    """The step that was asked for, or the first one before it in which something is wrong."""
    opening = _opening(visit, Form(visit.request.query))
    asked = visit.request.query
    step = _step(asked.get("etape", ""))
    if "ajouter" in asked or "retirer" in asked:
        typed = _with_rows(opening.typed, asked.get("ajouter", ""), asked.get("retirer", ""))
        return _draw_step(replace(opening, typed=typed), step, {})
    # who changes a service begins by seeing it, with a way to each of its parts
    first = PREVIEW if opening.shown and "service" not in asked else step
    target = _step(asked["aller"]) if "aller" in asked else first
    if target != step:
        opening = replace(opening, typed=opening.typed.tidied())
    wrong = opening.first_fault(target) if target > 1 else None
    if wrong:
        return _draw_step(opening, *wrong)
    return _draw_step(opening, target, {}) if target < PREVIEW else _draw_preview(opening)


async def publish(visit: Visit) -> web.Response:
    """Create the régie if it is new, then publish; sent again, nothing happens twice."""
    opening = _opening(visit, await visit.form())
    wrong = opening.first_fault(PREVIEW)
    if wrong:
        return _draw_step(opening, *wrong)
    regulation = _made(opening)
    if never_serves(regulation):
        return _draw_step(opening, 4, {"debut": NEVER})
    try:
        await _publish(visit, opening.typed, regulation)
    except (RegulationImmutable, UnknownRegie, Unavailable) as refusal:
        visit.site.towns.drop(visit.caller)
        return _draw_preview(opening, refusal)
    visit.site.towns.drop(visit.caller)
    return visit.go(f"/console/services?publie={regulation.service}#service-{regulation.service}")


async def _publish(visit: Visit, typed: TypedService, regulation: Regulation) -> None:
    if creates_regie(typed):
        await visit.ask(
            DESCRIBE_REGIE,
            DescribeRegie(
                regie=regulation.regie, authority=regulation.authority, label=typed.regie_label
            ),
        )
    await visit.ask(
        PUBLISH_REGULATION,
        PublishRegulation(
            service=regulation.service, version=regulation.version, regulation=regulation
        ),
    )


def _opening(visit: Visit, form: Form) -> Opening:
    """Where one stands. Raises NotFound to who administers no town, or not this service's."""
    places = tuple(place for place in visit.town.where(ADMINISTRATORS) if place.is_town)
    shown = _service_in_path(visit, places)
    if not places:
        raise NotFound()
    if not form.text("service"):
        typed = TypedService.changing(shown) if shown else TypedService(regie=_only(places))
        return Opening(visit, places, typed, shown)
    typed = TypedService.of(form)
    if shown:  # carts and credits hang on the régie: a service keeps its own
        typed = replace(typed, service=shown.service, regie=str(shown.regie))
    else:
        typed = replace(typed, version=0)
    return Opening(visit, places, typed, shown)


def _service_in_path(visit: Visit, places: Sequence[Place]) -> Regulation | None:
    named = visit.request.match_info.get("service")
    if named is None:
        return None
    try:
        wanted = ServiceId(UUID(named))
    except ValueError as error:
        raise NotFound() from error
    for place in places:
        for service in place.services:
            if service.service == wanted:
                return service.regulation
    raise NotFound()


def _only(places: Sequence[Place]) -> str:
    """The régie that goes without saying: the only one of the only authority."""
    regies = [regie for place in places for regie in place.regies]
    if len(places) > 1 or len(regies) > 1:
        return ""
    return str(regies[0].regie) if regies else f"{NEW}{places[0].authority}"


def _step(text: str) -> int:
    return max(1, number_of(text, PREVIEW) or 1)


def _with_rows(typed: TypedService, added: str, removed: str) -> TypedService:
    typed = typed.without_row(removed)
    if added == "entree" and len(typed.entries) < ROWS_MAX:
        return replace(typed, entries=(*typed.entries, TypedEntry()))
    if added == "fermeture" and len(typed.closures) < ROWS_MAX:
        return replace(typed, closures=(*typed.closures, TypedClosure()))
    return typed


def _made(opening: Opening) -> Regulation:
    """The règlement. Raises NotFound where the régie is none of theirs."""
    place = authority_of(opening.typed, opening.places)
    if place is None:
        raise NotFound()
    return regulation_of(opening.typed, place, opening.shown)


# -- pages ----------------------------------------------------------------------------------------


def _draw_step(opening: Opening, step: int, errors: Faults) -> web.Response:
    typed, groups = opening.typed, opening.typed.fields()
    place = authority_of(typed, opening.places)
    kept = [pair for number, group in enumerate(groups) if number != step for pair in group]
    name = typed.name or (f"Cantine de {place.label}" if place and not errors else "")
    sessions = list(dict.fromkeys([*SESSIONS, *typed.sessions]))
    return opening.visit.page(
        "opening.html", errors=errors, opening=opening, step=step, steps=STEPS, kept=kept,
        typed=typed, name=name, place=place, new=NEW,
        entries=typed.entries or (TypedEntry(),), closures=typed.closures,
        sessions=[(session, moment(session)) for session in sessions],
        weekdays=[(str(number), day) for number, day in enumerate(WEEKDAYS, 1)],
        weeks=[(str(number), text) for number, text in enumerate(WEEKS_BEFORE)],
        zones=ZONES, title=_title(opening), shown=opening.shown,
        regie=_regie_label(typed, place), choices=_choices(opening.places),
    )  # fmt: skip


def _draw_preview(opening: Opening, refusal: Refusal | None = None) -> web.Response:
    regulation, shown = _made(opening), opening.shown
    if never_serves(regulation):
        return _draw_step(opening, 4, {"debut": NEVER})
    visit, typed = opening.visit, opening.typed
    place = authority_of(typed, opening.places)
    outdated = shown is not None and (
        shown.version != typed.version or isinstance(refusal, RegulationImmutable)
    )
    return visit.page(
        "opening_preview.html", refusal=refusal, opening=opening, title=_title(opening),
        regulation=regulation, place=place, steps=STEPS,
        regie=_regie_label(typed, place), creates=creates_regie(typed), shown=shown,
        back=opening.go_to(len(STEPS)), rename=opening.go_to(2),
        said=[
            (said, opening.go_to(STEP_OF[said.title]))
            for said in said_to_families(regulation, visit.site.clock.today())
        ],
        fields=[pair for group in typed.fields() for pair in group],
        changes=differences(shown, regulation) if shown else [], outdated=outdated,
        again=visit.request.path,
    )  # fmt: skip


def _regie_label(typed: TypedService, place: Place | None) -> str:
    regies = place.regies if place else ()
    return next((r.label for r in regies if str(r.regie) == typed.regie), typed.regie_label)


def _choices(places: Sequence[Place]) -> list[tuple[str, str, str]]:
    """The régies of all places, and for each place one that would be created."""
    return [
        choice
        for place in places
        for choice in (
            *((str(regie.regie), regie.label, place.label) for regie in place.regies),
            (
                f"{NEW}{place.authority}",
                "Créer une autre régie" if place.regies else "Créer sa régie", place.label,
            ),
        )
    ]  # fmt: skip


def _title(opening: Opening) -> str:
    return f"Modifier « {opening.shown.service_name} »" if opening.shown else "Ouvrir un service"
