"""A service with one protection taken away: shows that the faults would find its absence.

The product has no flag for this; the module is run in the service's place by the harness.
"""

import asyncio
import importlib
import sys
from contextlib import suppress
from typing import Any

import chassis.inbox
import chassis.relay
from chassis.broker import Broker
from chassis.service import run as start

REMEMBER_NOTHING = "select unnest($1::uuid[]) as id, app_now() as now"


ECHOES: set["asyncio.Task[None]"] = set()


async def publish_twice(
    self: Broker, name: str, event_id: str, body: bytes, trace: str, once: Any = Broker.publish
) -> None:
    """Say everything again a second later, as a relay does that died before the mark."""

    async def echo() -> None:
        with suppress(Exception):
            await asyncio.sleep(1)
            await once(self, name, event_id, body, trace)

    await once(self, name, event_id, body, trace)
    task = asyncio.create_task(echo())
    ECHOES.add(task)
    task.add_done_callback(ECHOES.discard)


async def mark_before_confirm(self: chassis.relay.Relay, connection: Any) -> int:
    """Believe that what was given to the broker has arrived, whether it was there or not."""
    rows = await connection.fetch(chassis.relay.UNSENT, chassis.relay.BATCH)
    await connection.execute(chassis.relay.SENT, [row["seq"] for row in rows])
    for row in rows:
        with suppress(Exception):
            async with asyncio.timeout(0.2):
                await self._broker.publish(
                    row["name"], str(row["id"]), row["body"].encode(), row["trace"]
                )
    return len(rows)


def sabotage(kind: str) -> None:
    """Take a protection away."""
    if kind in ("twice", "inbox"):
        Broker.publish = publish_twice  # type: ignore[method-assign]
    if kind == "inbox":
        chassis.inbox.REMEMBER = REMEMBER_NOTHING
    if kind == "confirm":
        chassis.relay.Relay.relay_once = mark_before_confirm  # type: ignore[method-assign]


def run(service: str) -> None:
    """Start the service as its own `__main__` would."""
    start(importlib.import_module(f"services.{service}.app").SERVICE)


if __name__ == "__main__":
    _, kind, service = sys.argv
    sys.argv = sys.argv[:1]
    sabotage(kind)
    run(service)
