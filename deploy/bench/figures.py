"""Targets, medians and verdicts: the pure part of the bench."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BUSY = 0.30
"""Above this share of the machine used by others, nothing is judged."""
Verdict = Literal["aim", "must", "FAILED", "noisy", "—"]


@dataclass(frozen=True)
class Target:
    """A figure of the list of targets: what it must reach, and what it should."""

    name: str
    what: str
    must: float
    aim: float
    unit: str = ""
    at_least: bool = True
    timed: bool = True
    """Whether a busy machine falsifies it: it does not change what is exact, or a weight."""

    def judge(self, measured: float) -> Verdict:
        """Whether a measured value reaches the aim, the must, or neither."""
        for bound, verdict in ((self.aim, "aim"), (self.must, "must")):
            if (measured >= bound) if self.at_least else (measured <= bound):
                return "aim" if verdict == "aim" else "must"
        return "FAILED"

    def bound(self, value: float) -> str:
        """A bound as it is printed."""
        return f"{'≥' if self.at_least else '≤'} {show(value)} {self.unit}".strip()


@dataclass(frozen=True)
class Measure:
    """What was measured of a target, round by round, beside whatever else the machine did."""

    target: Target
    values: tuple[float, ...]
    others: float
    note: str = ""

    @property
    def median(self) -> float:
        """The value that is judged."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> Verdict:
        """`noisy` when others used too much of the machine for a judgement."""
        if self.target.timed and self.others > BUSY:
            return "noisy"
        return self.target.judge(self.median)

    def cells(self) -> tuple[str, ...]:
        """The measure as a row of the table."""
        low, high = min(self.values), max(self.values)
        spread = f" ({show(low)} to {show(high)})" if len(self.values) > 1 else ""
        return (
            self.target.name, self.target.what, self.target.bound(self.target.must),
            self.target.bound(self.target.aim),
            f"{show(self.median)} {self.target.unit}".strip() + spread,
            f"{self.others:.0%}", self.verdict,
        )  # fmt: skip


HEADINGS = ("figure", "what", "must", "aim", "measured: median (range)", "others", "verdict")


def table(measures: Sequence[Measure]) -> str:
    """A Markdown table, aligned so that it reads well in a terminal."""
    rows = [HEADINGS, *(measure.cells() for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, _line(tuple("-" * width for width in widths), widths))
    notes = [f"{m.target.name}: {m.note}" for m in measures if m.note]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)]).rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def show(value: float) -> str:
    """A number with as many digits as mean something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lie (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return ordered[rank - 1]


def ratios(ones: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """Round by round, one over the other: what a busy moment slows, it slows in both."""
    return tuple(one / other for one, other in zip(ones, others, strict=True))


G1 = Target("G1", "checkouts accepted through the gateway / pgbench", 0.15, 0.25)
G1B = Target("G1b", "checkouts confirmed, mail queued / pgbench", 0.06, 0.12)
G13 = Target(
    "G13", "orders sent 16 times at once that were not exactly once", 0, 0, "", False, False
)
G14_P50 = Target("G14", "told → consumed at 20 orders/s, p50", 50, 10, "ms", False)
G14_P99 = Target("G14", "told → consumed at 20 orders/s, p99", 250, 50, "ms", False)
G14_PAGE_P50 = Target("G14", "confirm → page says « Confirmée » at 5/s, p50", 300, 100, "ms", False)
G14_PAGE_P99 = Target(
    "G14", "confirm → page says « Confirmée » at 5/s, p99", 1_000, 300, "ms", False
)
G16 = Target("G16", "checkouts/s with the relay on, payments frozen / relay off", 0.85, 0.95)
G16_ALL = Target("G16", "checkouts/s with relay and all readers on / relay off", 0.85, 0.95)
G17 = Target("G17", "checkouts/s through the gateway / straight to booking", 0.65, 0.75)
G18_ONE = Target("G18", "PSS of the largest Python process after load", 90, 70, "MB", False, False)
G18_ALL = Target("G18", "PSS of all Python processes after load", 600, 400, "MB", False, False)
G19_WARM = Target("G19", "services ready, servers already up", 10, 5, "s", False)
G19_COLD = Target("G19", "whole stack from cold, data kept", 40, 20, "s", False)
