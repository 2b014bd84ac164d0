"""What day it is on pages: booking's clock, which a demonstration shifts."""

import asyncio
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.auth import VISITOR
from chassis.client import Clients
from contracts.booking import GET_CLOCK, Clock, ShowClock
from contracts.refusal import Refusal

ASK_EVERY_SECONDS = 60.0
PATIENCE_SECONDS = 0.3
"""No page waits longer for it."""


ZONE = ZoneInfo("Europe/Paris")


def local(instant: datetime) -> datetime:
    """An instant as the portal's own clocks say it."""
    return instant.astimezone(ZONE)


class TownClock:
    """Booking's clock as it was last told, asked for at most once a minute, by one at a time."""

    def __init__(self, clients: Clients):
        self._clients = clients
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.told: Clock | None = None

    async def look(self) -> None:
        """Ask again if a minute has passed; go on without an answer after a moment."""
        if self._asking is None and time.monotonic() - self._asked_at >= ASK_EVERY_SECONDS:
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)

    async def _ask(self) -> None:
        try:
            self.told = await self._clients.call(GET_CLOCK, ShowClock(), VISITOR)
        except Refusal:
            pass  # away: what was told before still holds, and another minute passes
        finally:
            self._asking = None

    def today(self) -> date:
        """The portal's day; the machine's own as long as booking was never heard."""
        return self.told.now.date() if self.told else datetime.now().astimezone().date()

    async def stop(self) -> None:
        """Ask nothing any more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})
