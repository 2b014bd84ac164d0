"""`make faults`: kill everything in turn while families order, then check every promise.

    python -m tests.faults [--seconds 120] [--seed N] [--families 40] [--no-controls]

Prints the seed, the faults, what was promised, and the sentences that are false; exits 1 if any
is, or if a negative control stays green.
"""

import argparse
import asyncio
import os
import random
import secrets
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy import SERVICES
from deploy.local.demo import MONDAY
from deploy.local.places import LOCAL
from deploy.local.servers import Servers
from deploy.local.stack import Stack
from deploy.local.town_hall import Canteen, TownHall
from tests.faults.blows import Blow, Blows
from tests.faults.invariants import Checker
from tests.faults.load import Customer, Promises, families, order_meals

FAULTS_MIN, ORDERS_MIN = 20, 1_000
PAUSE_SECONDS = 2.0
CONTROL_SECONDS = 20.0
CONTROLS = {
    "twice": ("everything is told twice", True),
    "inbox": ("everything is told twice, and no inbox", False),
    "confirm": ("marked sent before the confirm", False),
}
"""Sabotage → what it is, and whether the promises must still hold under it."""


@dataclass
class Outcome:
    """What a run did and found."""

    promises: Promises = field(default_factory=Promises)
    struck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    quiet_after: float = 0.0
    seconds: float = 0.0


class Run:
    """One stack, one crowd of families, one series of blows."""

    def __init__(self, servers: Servers, chance: random.Random, crowd: int, sabotage: str = ""):
        self.chance = chance
        self.canteen = Canteen("Aiguilhe", capacity=60)
        self.crowd = families(crowd)
        self.outcome = Outcome()
        name = f"f{secrets.token_hex(3)}_"
        modules = {service: f"tests.faults.sabotaged {sabotage} {service}" for service in SERVICES}
        self.stack = Stack(
            servers, LOCAL / f"faults-{name.strip('_')}", name, MONDAY,
            modules=modules if sabotage else None,
        )  # fmt: skip

    async def go(self, seconds: float, blows: Sequence[Blow], *, at_least: bool) -> Outcome:
        """Order and strike for so long; then stop, wait, and check."""
        started = time.monotonic()
        await self.stack.start()
        try:
            async with TownHall(self.stack) as town_hall:
                await self._open(town_hall)
                await self._order_under_fire(town_hall, seconds, blows, at_least=at_least)
                checker = Checker(self.stack, self.outcome.promises, self.outcome.struck)
                self.outcome.wrong += await checker.check()
                self.outcome.quiet_after = checker.quiet_after
        finally:
            await self.stack.remove()
        if not self.outcome.wrong:
            shutil.rmtree(self.stack.folder, ignore_errors=True)
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    async def _open(self, town_hall: TownHall) -> None:
        await town_hall.open_canteen(self.canteen)
        for family in self.crowd:
            await town_hall.welcome(family, self.canteen)
        await town_hall.until_bookable(self.crowd[-3:], self.canteen)

    async def _order_under_fire(
        self, town_hall: TownHall, seconds: float, blows: Sequence[Blow], *, at_least: bool
    ) -> None:
        stop, address = asyncio.Event(), self.stack.url("gateway")
        customers = [
            Customer(family, self.canteen, town_hall, address, self.outcome.promises, self.chance)
            for family in self.crowd
        ]
        living = asyncio.create_task(order_meals(customers, stop, PAUSE_SECONDS))
        try:
            await self._strike(living, seconds, blows, at_least=at_least)
        finally:
            stop.set()
        self.outcome.wrong += [f"a family met {error!r}" for error in await living]

    async def _strike(
        self, living: "asyncio.Task[list[BaseException]]", seconds: float,
        blows: Sequence[Blow], *, at_least: bool,
    ) -> None:  # fmt: skip
        until = time.monotonic() + seconds
        waiting: list[Blow] = []
        while not living.done():
            enough = not at_least or (
                len(self.outcome.struck) >= FAULTS_MIN
                and len(self.outcome.promises.orders) >= ORDERS_MIN
            )
            if time.monotonic() > until and (enough or time.monotonic() > until + seconds):
                return
            waiting = waiting or self.chance.sample(list(blows), len(blows))
            blow = waiting.pop()
            print(f"  {time.strftime('%H:%M:%S')} {blow.name}", flush=True)
            await blow.strike()
            self.outcome.struck.append(blow.name)
            await asyncio.sleep(0.5 + self.chance.random() * 1.5)


def report(outcome: Outcome, what: str) -> None:
    """Print what was done and what is false."""
    p = outcome.promises
    print(
        f"{what}: {len(outcome.struck)} faults in {outcome.seconds:.0f} s; promised "
        f"{len(p.orders)} orders, {len(p.receipts)} receipts, {len(p.cancellations)} "
        f"cancellations; {p.refused} refusals, {p.retries} retries with the same id, slowest "
        f"answer {p.slowest:.1f} s; quiet {outcome.quiet_after:.1f} s after the load"
    )
    for sentence in outcome.wrong:
        print(f"  FALSE {sentence}")


async def main(seconds: float, seed: int, crowd: int, *, controls: bool) -> int:
    """The run, then the controls; 0 when all is as it must be."""
    for name in ("POSTGRES_URL", "AMQP_URL", "RABBITMQ_MANAGEMENT_URL"):
        os.environ.pop(name, None)  # what is killed must be ours alone
    print(f"faults: seed {seed}, {crowd} families, {seconds:.0f} s")
    folder = LOCAL / f"faults-servers-{secrets.token_hex(3)}"
    servers = await asyncio.to_thread(Servers.start, folder)
    failed = 0
    try:
        run = Run(servers, random.Random(seed), crowd)  # noqa: S311
        outcome = await run.go(seconds, Blows(run.stack, run.chance).all(), at_least=True)
        report(outcome, "all protections on")
        failed += bool(outcome.wrong) or len(outcome.struck) < FAULTS_MIN
        for sabotage, (what, holds) in CONTROLS.items() if controls else ():
            outcome = await control(servers, seed, sabotage)
            report(outcome, f"control, {what}")
            as_expected = holds == (not outcome.wrong)
            print("  as expected" if as_expected else "  NOT AS EXPECTED")
            failed += not as_expected
    finally:
        await asyncio.to_thread(servers.remove)
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"faults: {'all promises kept' if not failed else f'{failed} run(s) failed'}, seed {seed}"
    )
    return 1 if failed else 0


async def control(servers: Servers, seed: int, sabotage: str) -> Outcome:
    """A short run with a protection taken away and only the broker struck."""
    run = Run(servers, random.Random(seed), 15, sabotage)  # noqa: S311
    blows = [b for b in Blows(run.stack, run.chance).all(freeze=False) if "rabbitmq" in b.name]
    return await run.go(CONTROL_SECONDS, blows, at_least=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--families", type=int, default=40)
    parser.add_argument("--no-controls", action="store_true")
    given = parser.parse_args()
    sys.exit(
        asyncio.run(main(given.seconds, given.seed, given.families, controls=not given.no_controls))
    )
