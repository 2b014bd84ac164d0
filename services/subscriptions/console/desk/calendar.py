"""Booking for a family: the days of a month, one column for each child, one service at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import ValidationError

from chassis.ui import french
from chassis.ui.forms import Form
from contracts.booking import (
    CHANGE_CART,
    GET_CALENDAR,
    BeneficiaryMonth,
    Calendar,
    Cell,
    ChangeCart,
    MealKey,
    MealsRefused,
    ServiceMonth,
    ShowCalendar,
)
from contracts.refusal import Malformed, NotFound, Refusal, SameIdOtherContent, Unavailable
from contracts.values import BeneficiaryId, ServiceId
from services.subscriptions.console.desk.acting import Acting
from services.subscriptions.console.desk.meals import CELLS, on_day, refused_meals

TICKABLE = frozenset({"bookable", "in_cart"})
USED = "Cette page a déjà servi : vérifiez ce qui est coché, puis recommencez si besoin."


@dataclass(frozen=True)
class Box:
    """One child's day: a box to tick, or why there is none."""

    who: str
    value: str
    ticked: bool
    cents: int
    word: str
    state: str


@dataclass(frozen=True)
class Row:
    """A day, or a part of it, for all children."""

    day: date
    name: str
    boxes: list[Box | None]
    closed: str


def month_named(text: str) -> date | None:
    """« 2026-12 » → its first day; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2026-12") else None
    except ValueError:
        return None


async def show(acting: Acting) -> web.Response:
    """A month of the service that the address names, or of the first one."""
    query = acting.visit.request.query
    return await _draw(acting, month_named(query.get("mois", "")), query.get("service", ""))


async def choose(acting: Acting) -> web.Response:
    """Put exactly the ticked days in the family's cart, as the family would."""
    form = await acting.visit.form()
    change = _change(form)
    try:
        await acting.ask(CHANGE_CART, change)
    except (MealsRefused, SameIdOtherContent, Unavailable) as refusal:
        return await _draw(acting, change.first, str(change.service), refusal, form.all("repas"))
    return acting.go("panier")


def _change(form: Form) -> ChangeCart:
    """What the form asks for. Raises Malformed: our own pages never send that."""
    try:
        service = ServiceId(form.id("service"))
        return ChangeCart(
            change=form.id("change"), service=service,
            first=date.fromisoformat(form.text("first")),
            last=date.fromisoformat(form.text("last")),
            meals=tuple(_meal(service, value) for value in form.all("repas")),
        )  # fmt: skip
    except (ValueError, ValidationError) as error:
        raise Malformed() from error


def _meal(service: ServiceId, value: str) -> MealKey:
    beneficiary, day, session = value.split("|")
    return MealKey.model_validate(
        {"beneficiary": beneficiary, "service": service, "day": day, "session": session}
    )


async def _draw(
    acting: Acting, day: date | None, service: str, refusal: Refusal | None = None,
    typed: Collection[str] | None = None,
) -> web.Response:  # fmt: skip
    try:
        month = await acting.ask(GET_CALENDAR, ShowCalendar(day=day))
    except ValidationError as error:
        raise NotFound() from error
    chosen = _chosen(month, service)
    return acting.page(
        "desk_booking.html", refusal=refusal, month=month, chosen=chosen, change=uuid4(),
        rows=_rows(chosen, acting, typed) if chosen else [],
        children=[acting.first(b.beneficiary) for b in chosen.beneficiaries] if chosen else [],
        reasons=refused_meals(refusal, acting),
        used=USED if isinstance(refusal, SameIdOtherContent) else "",
        before=(month.first - timedelta(days=1)).replace(day=1),
        after=month.last + timedelta(days=1),
    )  # fmt: skip


def _chosen(month: Calendar, service: str) -> ServiceMonth | None:
    """The named service, or the first one. Raises NotFound for one that the family has not."""
    if not service:
        return month.services[0] if month.services else None
    try:
        wanted = UUID(service)
    except ValueError as error:
        raise NotFound() from error
    found = (s for s in month.services if s.service == wanted)
    # a right may be over before or after this month
    return next(found, None)


def _rows(service: ServiceMonth, acting: Acting, typed: Collection[str] | None) -> list[Row]:
    cells = {
        (cell.day, cell.session, child.beneficiary): cell
        for child in service.beneficiaries
        for cell in child.cells
    }
    moments = sorted({(day, session) for day, session, _ in cells})
    order = {session: place for place, session in enumerate(_sessions(service))}
    moments.sort(key=lambda moment: (moment[0], order[moment[1]]))
    return [
        _row(
            day, session, [(b, cells.get((day, session, b.beneficiary))) for b in
            service.beneficiaries], acting, typed,
        )
        for day, session in moments
    ]  # fmt: skip


def _sessions(service: ServiceMonth) -> list[str]:
    """The parts of the day as booking lists them."""
    cells = (cell for child in service.beneficiaries for cell in child.cells)
    return list(dict.fromkeys(cell.session for cell in cells))


def _row(
    day: date, session: str, cells: list[tuple[BeneficiaryMonth, Cell | None]], acting: Acting,
    typed: Collection[str] | None,
) -> Row:  # fmt: skip
    closed = {cell.reason for _, cell in cells if cell and cell.state == "closed"}
    all_closed = all(cell is None or cell.state == "closed" for _, cell in cells)
    return Row(
        day, on_day(day, session),
        [_box(b.beneficiary, cell, acting, typed) if cell else None for b, cell in cells],
        (" ".join(sorted(closed)) or CELLS["closed"]) if all_closed else "",
    )  # fmt: skip


def _box(child: BeneficiaryId, cell: Cell, acting: Acting, typed: Collection[str] | None) -> Box:
    value = f"{child}|{cell.day.isoformat()}|{cell.session}"
    ticked = value in typed if typed is not None else cell.state == "in_cart"
    word = CELLS[cell.state]
    if cell.state == "late" and cell.deadline:
        word += f" depuis le {french.instant(cell.deadline)}"
    tickable = cell.state in TICKABLE
    return Box(
        acting.first(child), value if tickable else "", ticked and tickable, cell.cents or 0, word,
        cell.state,
    )  # fmt: skip
