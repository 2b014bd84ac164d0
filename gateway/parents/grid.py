"""The calendar as it is drawn: a small table per week, a row per day, a column per child."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from chassis.ui import french
from contracts.booking import Cell, ServiceMonth
from contracts.values import BeneficiaryId
from gateway.parents.names import Names
from gateway.parents.words import CELLS, session_name

TICKABLE = frozenset({"bookable", "in_cart"})
OPEN_OR_MISSED = frozenset({"bookable", "in_cart", "late"})


@dataclass(slots=True)
class Box:
    """One child's day: a box to tick if `value`, otherwise the word for its state."""

    kind: str
    word: str
    label: str = ""
    value: str = ""
    ticked: bool = False
    price: str = ""
    cents: int = 0
    note: str = ""


@dataclass(slots=True)
class Row:
    """One day, or several days closed for the same reason."""

    day: date
    last: date
    session: str
    boxes: list[Box]
    closed: str = ""


@dataclass(slots=True)
class Week:
    """Monday to Sunday, with the deadline if all its days share one."""

    first: date
    last: date
    rows: list[Row]
    deadline: str = ""
    closed: str = ""
    """Said instead of the table, where there is nothing to choose and nothing booked."""
    missed: bool = False
    """Closed because it is too late; otherwise because nothing is served."""


@dataclass(slots=True)
class Sheet:
    """A service's month."""

    month: ServiceMonth
    columns: list[str]
    weeks: list[Week]
    ticked: int
    ticked_cents: int


def box_value(beneficiary: BeneficiaryId, cell: Cell) -> str:
    """What a ticked box sends."""
    return f"{beneficiary}|{cell.day.isoformat()}|{cell.session}"


def sheet(month: ServiceMonth, names: Names, typed: Collection[str] | None = None) -> Sheet:
    """Draw a service's month. `typed`: the boxes that were ticked in a form to show again."""
    children = sorted(month.beneficiaries, key=lambda b: names.order(b.beneficiary))
    days: dict[tuple[date, str], dict[BeneficiaryId, Cell]] = {}
    for child in children:
        for cell in child.cells:
            days.setdefault((cell.day, cell.session), {})[child.beneficiary] = cell
    several = len({session for _, session in days}) > 1
    ids = [child.beneficiary for child in children]
    weeks: list[Week] = []
    for _, keys in groupby(sorted(days), key=lambda key: key[0].isocalendar()[:2]):
        rows = [(key, [days[key].get(i) for i in ids]) for key in keys]
        week = _week(rows, ids, names, typed, several=several)
        if weeks and _continues(weeks[-1], week):
            weeks[-1].last, weeks[-1].closed = week.last, week.closed
        elif week.rows:
            weeks.append(week)
    boxes = [b for week in weeks for row in week.rows for b in row.boxes if b.ticked]
    return Sheet(
        month, [names.first(i) for i in ids], weeks, len(boxes), sum(b.cents for b in boxes)
    )


def _continues(before: Week, week: Week) -> bool:
    """Whether two weeks without choice can be said in one sentence."""
    if before.missed and week.missed:
        return True
    return bool(week.closed) and before.closed == week.closed


Cells = list[tuple[tuple[date, str], list[Cell | None]]]


def _week(
    days: Cells, ids: list[BeneficiaryId], names: Names,
    typed: Collection[str] | None, *, several: bool,
) -> Week:  # fmt: skip
    cells = [cell for _, row in days for cell in row if cell]
    until = {c.deadline for c in cells if c.state in TICKABLE}
    since = {c.deadline for c in cells if c.state == "late"}
    shared = next(iter(until or since), None) if len(until or since) == 1 else None
    rows: list[Row] = []
    for (day, session), row in days:
        closed = _closed(row)
        if closed is not None:
            _add_closed(rows, day, closed)
            continue
        boxes = [
            _box(cell, names.first(i), i, typed, shared) if cell else Box("none", "–")
            for i, cell in zip(ids, row, strict=True)
        ]
        rows.append(Row(day, day, session_name(session) if several else "", boxes))
    week = Week(days[0][0][0], days[-1][0][0], rows)
    if rows and all(row.closed for row in rows):
        reasons = french.listing(dict.fromkeys(row.closed for row in rows))
        week.closed = f"Fermé{french.NBSP}: {reasons}"
    elif cells and since and all(cell.state in ("late", "closed") for cell in cells):
        latest = max((moment for moment in since if moment), default=None)
        when = f" depuis le {french.instant(latest)}" if latest else ""
        week.closed, week.missed = f"Réservations closes{when}", True
    elif shared and until:
        week.deadline = f"À réserver avant le {french.instant(shared)}"
    elif shared:
        week.deadline = f"Réservations closes depuis le {french.instant(shared)}"
    return week


def _closed(row: list[Cell | None]) -> str | None:
    """The reason that a day is closed for everyone; empty for a day that never serves."""
    reasons = {cell.reason if cell.state == "closed" else None for cell in row if cell}
    if len(reasons) != 1:
        return None
    return reasons.pop()


def _add_closed(rows: list[Row], day: date, reason: str) -> None:
    """A closed day, joined to the one before where the reason is the same."""
    if not reason:
        return
    if rows and rows[-1].closed == reason and day - rows[-1].last <= timedelta(days=1):
        rows[-1].last = day
    else:
        rows.append(Row(day, day, "", [], reason))


def _box(
    cell: Cell, name: str, beneficiary: BeneficiaryId,
    typed: Collection[str] | None, shared: datetime | None,
) -> Box:  # fmt: skip
    price = french.money(cell.cents) if cell.cents is not None else ""
    note = ""
    if cell.deadline and cell.deadline != shared and cell.state in OPEN_OR_MISSED:
        before = "depuis" if cell.state == "late" else "avant"
        note = f"{before} {french.instant_in_brief(cell.deadline)}"
    if cell.state not in TICKABLE:
        if cell.state in ("closed", "not_entitled"):
            note, price = cell.reason, ""
        elif cell.state in ("late", "full"):
            price = ""
        return Box(cell.state, CELLS[cell.state], price=price, note=note)
    value = box_value(beneficiary, cell)
    ticked = cell.state == "in_cart" if typed is None else value in typed
    word = CELLS["in_cart"] if cell.state == "in_cart" else ""
    label = f"{name}, {french.day_of_year(cell.day)}"
    return Box(cell.state, word, label, value, ticked, price, cell.cents or 0, note)
