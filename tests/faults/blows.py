"""The blows: kill -9, freezes and cut sessions, each followed by what an operator would do."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from deploy import SERVICES
from deploy.local.stack import Stack

FREEZE_SECONDS = 10.0
CUT = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like $1"


@dataclass(frozen=True)
class Blow:
    """One kind of fault; `strike` returns when what was hit lives again."""

    name: str
    strike: Callable[[], Awaitable[None]]


class Blows:
    """What may happen to a stack whose servers we have started ourselves."""

    def __init__(self, stack: Stack, chance: random.Random):
        self._stack = stack
        self._chance = chance

    def all(self, *, freeze: bool = True) -> list[Blow]:
        """One of each kind."""
        blows = [Blow(f"kill -9 {name}", self._killer(name)) for name in (*SERVICES, "gateway")]
        blows += [
            Blow("kill -9 rabbitmq", self._kill_broker),
            Blow("kill -9 postgresql", self._kill_database),
            Blow("relays cut", self._cutter("%-relay")),
            Blow("sessions of booking cut", self._cutter("booking%")),
            Blow("sessions of payments cut", self._cutter("payments%")),
        ]
        if freeze:
            blows += [
                Blow(f"{name} frozen {FREEZE_SECONDS:.0f} s", self._freezer(name))
                for name in ("booking", "payments", "notifications", "gateway")
            ]
            blows += [
                Blow(f"rabbitmq frozen {FREEZE_SECONDS:.0f} s", self._freeze_broker),
                Blow(f"postgresql frozen {FREEZE_SECONDS:.0f} s", self._freeze_database),
            ]
        return blows

    def _killer(self, name: str) -> Callable[[], Awaitable[None]]:
        async def strike() -> None:
            await self._stack.kill(name)
            await asyncio.sleep(self._chance.random())
            await self._stack.start(name)

        return strike

    def _freezer(self, name: str) -> Callable[[], Awaitable[None]]:
        async def strike() -> None:
            self._stack.pause(name)
            await asyncio.sleep(FREEZE_SECONDS)
            self._stack.resume(name)

        return strike

    def _cutter(self, pattern: str) -> Callable[[], Awaitable[None]]:
        async def strike() -> None:
            connection = await asyncpg.connect(self._stack.servers.postgres_url)
            try:
                await connection.execute(CUT.replace("$1", f"'{pattern}'"))
            finally:
                await connection.close()

        return strike

    async def _kill_broker(self) -> None:
        rabbit = self._stack.servers.rabbit
        assert rabbit is not None, "faults need servers of our own"
        await asyncio.to_thread(rabbit.kill)
        await asyncio.sleep(self._chance.random() * 2)
        await asyncio.to_thread(rabbit.start)

    async def _kill_database(self) -> None:
        postgres = self._stack.servers.postgres
        assert postgres is not None, "faults need servers of our own"
        await asyncio.to_thread(postgres.kill)
        await asyncio.sleep(self._chance.random() * 2)
        await asyncio.to_thread(postgres.start)

    async def _freeze_broker(self) -> None:
        rabbit = self._stack.servers.rabbit
        assert rabbit is not None, "faults need servers of our own"
        rabbit.pause()
        await asyncio.sleep(FREEZE_SECONDS)
        rabbit.resume()

    async def _freeze_database(self) -> None:
        postgres = self._stack.servers.postgres
        assert postgres is not None, "faults need servers of our own"
        postgres.pause()
        await asyncio.sleep(FREEZE_SECONDS)
        postgres.resume()
