"""Waiting until what was accepted is confirmed, paid and announced."""

import asyncio
import time
from dataclasses import dataclass

from deploy.bench.seed import PATIENCE_SECONDS, SQL, Databases
from deploy.local.failure import Failure

LOOK_SECONDS = 0.05
TELLERS = ("booking", "payments")


@dataclass(frozen=True)
class Quiet:
    """Sees in the databases how far orders have come."""

    databases: Databases

    async def until_announced(self, orders: int) -> float:
        """Wait for an e-mail row for each order; the instant (monotonic) of the last."""
        letters = await self.databases.of("notifications")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await letters.fetchval(SQL.queued_emails) < orders:
            if time.monotonic() > deadline:
                raise Failure(f"Commandes non confirmées après {PATIENCE_SECONDS:.0f} s.")
            await asyncio.sleep(LOOK_SECONDS)
        ended = time.monotonic()
        booking = await self.databases.of("booking")
        states = {r["state"]: r["orders"] for r in await booking.fetch(SQL.orders_by_state)}
        if states != {"confirmed": orders}:
            raise Failure(f"{orders} commandes confirmées étaient attendues, pas {states}.")
        await self.until_all_sent()
        return ended

    async def until_all_sent(self) -> None:
        """Wait until no event waits for the broker."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for service in TELLERS:
            database = await self.databases.of(service)
            while await database.fetchval(SQL.unsent_events):
                if time.monotonic() > deadline:
                    raise Failure("Des événements ne partent pas : lisez les journaux.")
                await asyncio.sleep(LOOK_SECONDS)
