"""`make bench`: the figures of docs/performance.md, measured on this machine.

    python -m deploy.bench [--quick] [--rounds N] [--families N] [--profile] [--write]

Exits 1 when a figure that could be judged misses what it must reach.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from deploy.bench import rounds
from deploy.bench.crowd import canteens_of, crowd_of
from deploy.bench.figures import Measure, table
from deploy.bench.machine import shape
from deploy.bench.pgbench import Yardstick
from deploy.bench.portal import Portal
from deploy.bench.profile import profiles_under_load
from deploy.bench.report import write
from deploy.bench.rounds import FULL, QUICK, Size
from deploy.bench.seed import Databases, Seed
from deploy.local.demo import MONDAY
from deploy.local.failure import Failure
from deploy.local.places import LOCAL, exclusive
from deploy.local.postgres import Postgres
from deploy.local.processes import Terminated, end, leftovers
from deploy.local.servers import Servers
from deploy.local.stack import Stack

FOLDER = LOCAL / "bench"


def say(line: str) -> None:
    """Tell how far we are."""
    print(line, flush=True)


async def measured(
    servers: Servers, size: Size, *, profile: bool
) -> tuple[list[Measure], dict[str, list[str]]]:
    """Start the portal, measure everything, and remove it."""
    stack = Stack(servers, FOLDER / "stack", "bench_", MONDAY)
    databases = Databases(stack)
    canteens = canteens_of(size.canteens)
    families = crowd_of(size.families, canteens)
    seed = Seed(stack, databases, families)
    try:
        await stack.start()
        await seed.plant(canteens)
        yardstick = Yardstick(servers.postgres_url)
        await yardstick.prepare()
        portal = Portal(stack, databases, seed, families)
        say(f"{size.families} families at {size.canteens} canteens; {size.rounds} round(s)")
        found = await rounds.throughput(portal, yardstick, size, say)
        measures = rounds.throughput_measures(found)
        measures += await rounds.lone_orders(portal, size, say)
        measures += rounds.memory(portal)
        profiles = await profiles_under_load(portal, FOLDER) if profile else {}
        measures += await rounds.start_times(portal, servers, size, say)
        return measures, profiles
    finally:
        await databases.close()
        await stack.remove()


def bench(size: Size, *, profile: bool, page: bool) -> int:
    """Measure between two servers of our own; 1 when a figure fails."""
    for name in ("POSTGRES_URL", "AMQP_URL", "RABBITMQ_MANAGEMENT_URL"):
        os.environ.pop(name, None)  # somebody else's servers have other settings and other guests
    with exclusive(FOLDER, "Le banc d'essai tourne déjà : attendez qu'il finisse."):
        _sweep()
        servers = Servers.start(FOLDER)
        try:
            measures, profiles = asyncio.run(measured(servers, size, profile=profile))
        finally:
            servers.remove()
            _sweep()
    print(f"\n{shape()}\n\n{table(measures)}")
    for name, lines in profiles.items():
        print("\n".join([f"\n{name}:", *(f"  {line}" for line in lines)]))
    if page:
        print(f"\n{write(measures, profiles, size)}")
    return 1 if any(measure.verdict == "FAILED" for measure in measures) else 0


def _sweep() -> None:
    """Delete what this run, or one that was killed, leaves; the lock stays."""
    for part in ("stack", "rabbitmq", "postgresql"):
        end(leftovers(FOLDER / part), signal.SIGKILL, 5)
    Postgres(FOLDER / "postgresql").remove()
    for path in FOLDER.iterdir():
        if path.name != "lock":
            shutil.rmtree(path, ignore_errors=True)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def main(arguments: Sequence[str]) -> int:
    """Read what is wanted and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round")
    parser.add_argument("--rounds", type=int, help="how many rounds (5)")
    parser.add_argument("--families", type=int, help="how many checkouts a series has (2000)")
    parser.add_argument("--profile", action="store_true", help="watch the processes with py-spy")
    parser.add_argument("--write", action="store_true", help="rewrite docs/performance.md")
    given = parser.parse_args(arguments)
    size = QUICK if given.quick else FULL
    size = replace(
        size, rounds=given.rounds or size.rounds, families=given.families or size.families
    )
    signal.signal(signal.SIGTERM, _stop)
    try:
        return bench(size, profile=given.profile, page=given.write)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
