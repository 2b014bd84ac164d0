"""The calendar as it is drawn: a small table per week, a row per day, a column per child."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from chassis.ui import french
from contracts.booking import Cell, ServiceMonth
from contracts.values import BeneficiaryId
from gateway.parents.names import Names
from gateway.parents.words import CELLS, session_name

TICKABLE = frozenset({"bookable", "in_cart"})
SHUT = frozenset({"late", "closed", "not_entitled"})
NOT_COVERED = "Votre accès à ce service ne couvre pas ces jours-là."
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
    cancel: str = ""
    """Where this booking is cancelled, while it can be."""


@dataclass(slots=True)
class Ticker:
    """A button that ticks one child's boxes of a week or a month at once, in one session."""

    value: str
    """What the button sends: `first..last|beneficiary|session`."""
    name: str
    session: str
    all_ticked: bool


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
    tickers: list[tuple[str, list[Ticker | None]]] = field(default_factory=list)
    """For each session that has boxes, its name and a button for each child who has several."""


@dataclass(slots=True)
class Sheet:
    """A service's month."""

    month: ServiceMonth
    columns: list[str]
    weeks: list[Week]
    ticked: int
    ticked_cents: int
    tickers: list[Ticker]
    """For the whole month."""

    @property
    def noon(self) -> bool:
        """Whether meals are served, rather than children looked after."""
        return any(c.session == "midi" for b in self.month.beneficiaries for c in b.cells)


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
    firsts = [names.first(i) for i in ids]
    drawn = [row for week in weeks for row in week.rows]
    whole = [ticker for _, those in tickers(drawn, firsts) for ticker in those if ticker]
    for week in weeks:
        week.tickers = tickers(week.rows, firsts)
    return Sheet(month, firsts, weeks, len(boxes), sum(b.cents for b in boxes), whole)


def tickers(rows: list[Row], firsts: list[str]) -> list[tuple[str, list[Ticker | None]]]:
    """By session, a button for each child who has several boxes in these rows."""
    boxes: dict[str, list[list[Box]]] = {}
    for row in rows:
        for column, box in enumerate(row.boxes):
            if box.value:
                columns = boxes.setdefault(row.session, [[] for _ in firsts])
                columns[column].append(box)
    span = f"{rows[0].day}..{rows[-1].last}" if rows else ""
    found: list[tuple[str, list[Ticker | None]]] = []
    for session, columns in boxes.items():
        named = zip(columns, firsts, strict=True)
        found.append((session, [_ticker(span, those, session, name) for those, name in named]))
    return [(session, buttons) for session, buttons in found if any(buttons)]


def _ticker(span: str, boxes: list[Box], session: str, name: str) -> Ticker | None:
    if len(boxes) < 2:
        return None
    beneficiary, _, own = boxes[0].value.split("|")
    return Ticker(
        value=f"{span}|{beneficiary}|{own}", name=name, session=session,
        all_ticked=all(box.ticked for box in boxes),
    )  # fmt: skip


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
    _, _, shared = _moments(cells)

    def box(cell: Cell | None, beneficiary: BeneficiaryId) -> Box:
        if cell is None:
            return Box("none", "–")
        return _box(cell, names.first(beneficiary), beneficiary, typed, shared)

    rows: list[Row] = []
    for day, sessions in groupby(days, key=lambda one: one[0][0]):
        of_day = [(session, row, _closed(row)) for (_, session), row in sessions]
        reasons = {reason for _, _, reason in of_day}
        if len(reasons) == 1 and None not in reasons:
            _add_closed(rows, day, reasons.pop() or "")
            continue
        for session, row, closed in of_day:
            said = session_name(session) if several else ""
            if closed != "":
                boxes = [] if closed else [box(*pair) for pair in zip(row, ids, strict=True)]
                rows.append(Row(day, day, said, boxes, closed or ""))
    return _said_of(Week(days[0][0][0], days[-1][0][0], rows), cells)


Moments = set[datetime | None]


def _moments(cells: list[Cell]) -> tuple[Moments, Moments, datetime | None]:
    """Until when, since when, and the one moment that all share, if it is one."""
    until: Moments = {c.deadline for c in cells if c.state in TICKABLE}
    since: Moments = {c.deadline for c in cells if c.state == "late"}
    shared = next(iter(until or since)) if len(until or since) == 1 else None
    return until, since, shared


def _said_of(week: Week, cells: list[Cell]) -> Week:
    """The week with the sentence that holds for all its days."""
    until, since, shared = _moments(cells)
    if week.rows and all(row.closed for row in week.rows):
        reasons = french.listing(dict.fromkeys(row.closed for row in week.rows))
        week.closed = f"Fermé{french.NBSP}: {reasons}"
    elif since and all(cell.state in SHUT for cell in cells):
        latest = max((moment for moment in since if moment), default=None)
        when = f" depuis le {french.instant(latest)}" if latest else ""
        week.closed, week.missed = f"Réservations closes{when}", True
    elif week.rows and all(cell.state in SHUT for cell in cells):
        week.closed = NOT_COVERED
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
    """A day closed in all its sessions, joined to the one before where the reason is the same."""
    if not reason:
        return
    before = rows[-1] if rows else None
    near = before and not before.session and day - before.last <= timedelta(days=1)
    if before and near and before.closed == reason:
        before.last = day
    else:
        rows.append(Row(day, day, "", [], reason))


def _box(
    cell: Cell, name: str, beneficiary: BeneficiaryId,
    typed: Collection[str] | None, shared: datetime | None,
) -> Box:  # fmt: skip
    price = french.money(cell.cents) if cell.cents is not None else ""
    label = f"{name}, {french.day_of_year(cell.day)}"
    cancellable = cell.order and cell.line and cell.cancel_until
    cancel = f"/annuler/{cell.order}/{cell.line}" if cancellable else ""
    note = ""
    if cell.deadline and cell.deadline != shared and cell.state in OPEN_OR_MISSED:
        before = "depuis" if cell.state == "late" else "avant"
        note = f"{before} {french.instant_in_brief(cell.deadline)}"
    if cell.state not in TICKABLE:
        if cell.state in ("closed", "not_entitled"):
            note, price = cell.reason, ""
        elif cell.state in ("late", "full"):
            price = ""
        elif not cell.order:
            note = "par un autre foyer"
        return Box(cell.state, CELLS[cell.state], label, price=price, note=note, cancel=cancel)
    value = box_value(beneficiary, cell)
    ticked = cell.state == "in_cart" if typed is None else value in typed
    word = CELLS["in_cart"] if cell.state == "in_cart" else ""
    return Box(cell.state, word, label, value, ticked, price, cell.cents or 0, note)
