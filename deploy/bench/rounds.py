"""Rounds: the yardstick and each door of the portal in turn, again and again."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from deploy.bench import figures, single, starts
from deploy.bench.figures import Measure, Target, percentile, ratios
from deploy.bench.machine import Share
from deploy.bench.pgbench import Yardstick
from deploy.bench.portal import Portal, Series
from deploy.local.servers import Servers

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    families: int
    canteens: int
    yardstick_seconds: float
    twins: int
    events: int
    pages: int
    starts: int


FULL = Size(5, 2_000, 50, 8, 20, 400, 150, 3)
QUICK = Size(1, 200, 5, 2, 3, 40, 15, 1)


@dataclass
class Rounds:
    """What each round gave, door by door."""

    yardstick: list[float] = field(default_factory=list)
    doors: dict[str, list[Series]] = field(default_factory=dict)
    others: list[float] = field(default_factory=list)

    def rates(self, door: str) -> list[float]:
        """Checkouts accepted per second by a door."""
        return [series.per_second for series in self.doors[door]]

    def shares(self, *doors: str) -> float:
        """The median share of others while these doors and the yardstick were measured."""
        of_doors = [series.others for door in doors for series in self.doors[door]]
        return statistics.median([*of_doors, *self.others])


async def throughput(portal: Portal, yardstick: Yardstick, size: Size, say: Say) -> Rounds:
    """Yardstick, gateway, straight, relay off, relay alone; then all again."""
    doors: dict[str, Callable[[], Awaitable[Series]]] = {
        "gateway": portal.through_gateway, "straight": portal.straight_to_booking,
        "relay off": portal.without_relay, "relay alone": portal.relay_alone,
    }  # fmt: skip
    found = Rounds(doors={door: [] for door in doors})
    await portal.through_gateway()  # caches, plans and connections of a process that just began
    for number in range(1, size.rounds + 1):
        share = Share()
        found.yardstick.append(await yardstick.per_second(size.yardstick_seconds))
        found.others.append(share.of_others())
        said = [f"pgbench {found.yardstick[-1]:,.0f}/s"]
        for door, measure in doors.items():
            series = await measure()
            found.doors[door].append(series)
            said.append(f"{door} {series.per_second:.0f}/s (others {series.others:.0%})")
        say(f"round {number}: {', '.join(said)}")
    return found


def throughput_measures(found: Rounds) -> list[Measure]:
    """G1, G1b, G16, G17 from the rounds."""
    gateway = found.doors["gateway"]
    confirmed = [series.confirmed_per_second for series in gateway]
    off, alone = found.rates("relay off"), found.rates("relay alone")
    return [
        _of(found, figures.G1, ratios(found.rates("gateway"), found.yardstick), "gateway",
            note=_rates(found)),
        _of(found, figures.G1B, ratios(confirmed, found.yardstick), "gateway",
            note=f"{statistics.median(confirmed):.0f} confirmed/s; CPU each: {costs(gateway)}"),
        _of(found, figures.G16, ratios(alone, off), "relay alone", "relay off"),
        _of(found, figures.G16_ALL, ratios(found.rates("gateway"), off), "gateway", "relay off",
            note="the second row is not the relay: it is payments, booking's confirmation, "
            "notifications and the broker at work on the same cores"),
        _of(found, figures.G17, ratios(found.rates("gateway"), found.rates("straight")),
            "gateway", "straight"),
    ]  # fmt: skip


def costs(series: Sequence[Series]) -> str:
    """Milliseconds of CPU per checkout: medians by process, the dearest first."""
    names = series[0].cpu
    medians = {name: statistics.median([s.cpu[name] for s in series]) for name in names}
    each = ", ".join(f"{name} {value:.2f}" for name, value in medians.items())
    return f"{sum(medians.values()):.1f} ms ({each})"


def _of(
    found: Rounds, target: Target, values: tuple[float, ...], *doors: str, note: str = ""
) -> Measure:
    return Measure(target, values, found.shares(*doors), note)


def _rates(found: Rounds) -> str:
    rates = [f"{door} {statistics.median(found.rates(door)):.0f}/s" for door in found.doors]
    p99 = statistics.median(
        [percentile(series.shot.milliseconds, 0.99) for series in found.doors["gateway"]]
    )
    pgbench = statistics.median(found.yardstick)
    return f"pgbench {pgbench:,.0f}/s, {', '.join(rates)}; gateway p99 {p99:.0f} ms"


async def lone_orders(portal: Portal, size: Size, say: Say) -> list[Measure]:
    """G13 and G14."""
    wrong, others = await single.sent_many_times(portal, size.twins)
    found = [Measure(figures.G13, (float(wrong),), others, f"{size.twins} orders, both doors")]
    say(f"sent many times: {wrong} wrong")
    for targets, measure in (
        ((figures.G14_P50, figures.G14_P99), single.told_to_consumed(portal, size.events)),
        ((figures.G14_PAGE_P50, figures.G14_PAGE_P99), single.confirm_to_page(portal, size.pages)),
    ):
        milliseconds, others = await measure
        for target, share in zip(targets, (0.5, 0.99), strict=True):
            found.append(Measure(target, (percentile(milliseconds, share),), others))
        say(f"{targets[0].what}: {percentile(milliseconds, 0.5):.0f} ms")
    return found


def memory(portal: Portal) -> list[Measure]:
    """G18."""
    found = starts.weights(portal.stack)
    each = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in found.items())
    nobody = 0.0  # a weight does not depend on who else is busy
    return [
        Measure(figures.G18_ONE, (max(found.values()),), nobody, f"MB: {each}"),
        Measure(figures.G18_ALL, (sum(found.values()),), nobody),
    ]


async def start_times(portal: Portal, servers: Servers, size: Size, say: Say) -> list[Measure]:
    """G19."""
    await portal.databases.close()
    warm = [await starts.warm_start(portal.stack) for _ in range(size.starts)]
    cold = [await starts.cold_start(servers, portal.stack) for _ in range(size.starts)]
    say(f"starts: {warm[0][0]:.1f} s, cold {cold[0][0]:.1f} s")
    return [
        Measure(
            target, tuple(seconds for seconds, _ in times),
            statistics.median([others for _, others in times]),
        )
        for target, times in ((figures.G19_WARM, warm), (figures.G19_COLD, cold))
    ]  # fmt: skip
