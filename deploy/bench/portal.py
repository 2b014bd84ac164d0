"""The portal under load: one series of checkouts by each of its doors."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from chassis.auth import Signer
from chassis.relay import LOCK
from chassis.ui.protection import form_token
from deploy import SERVICES
from deploy.bench.crowd import Checkout, Household, Request, look_in
from deploy.bench.machine import Costs, Share
from deploy.bench.quiet import Quiet
from deploy.bench.seed import Databases, Seed
from deploy.bench.shots import Shot, fire
from deploy.local.stack import Stack

CUT = """
select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
 where l.locktype = 'advisory' and l.objid = $1::bigint::oid and d.datname = current_database()
   and l.granted and l.pid <> $2
"""
SEEN = 303
ACCEPTED = 202


@dataclass(frozen=True)
class Series:
    """A series of checkouts: accepted per second, confirmed per second, use by others."""

    shot: Shot
    confirmed_per_second: float
    others: float
    cpu: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds of CPU of each group of processes per checkout, confirmation included."""

    @property
    def per_second(self) -> float:
        """Checkouts accepted per second."""
        return self.shot.per_second


@dataclass
class Portal:
    """A stack with its families, ready to be asked."""

    stack: Stack
    databases: Databases
    seed: Seed
    families: Sequence[Household]

    def __post_init__(self) -> None:
        self.quiet = Quiet(self.databases)
        self._signer = Signer(self.stack.keys.private("gateway"))

    def by_browser(self, checkout: Checkout) -> Request:
        """A confirmation as a browser sends it."""
        return checkout.by_browser(self.stack.url("gateway"), form_token(checkout.family.token))

    def straight(self, checkout: Checkout) -> Request:
        """The same as the gateway asks booking."""
        return checkout.straight(self.stack.url("booking"), self._signer)

    async def ready(self, families: Sequence[Household]) -> list[Checkout]:
        """Full carts, sessions that the gateway knows, and a checkout each."""
        await self.seed.fill_carts(families)
        gateway = self.stack.url("gateway")
        seen = await fire(gateway, [look_in(family, gateway) for family in families])
        seen.must_all_be(SEEN)
        return [Checkout.new(family) for family in families]

    async def through_gateway(self) -> Series:
        """Everybody confirms by browser; ends when everything is announced."""
        checkouts = await self.ready(self.families)
        requests = [self.by_browser(checkout) for checkout in checkouts]
        share, costs = Share(), Costs(self._groups())
        shot = (await fire(self.stack.url("gateway"), requests)).must_all_be(SEEN)
        ended = await self.quiet.until_announced(len(requests))
        return Series(
            shot, len(requests) / (ended - shot.began), share.of_others(),
            costs.milliseconds_each(len(requests)),
        )  # fmt: skip

    def _groups(self) -> dict[str, Callable[[], list[int]]]:
        """Who works for a checkout: each process of the portal, the servers, the load itself."""
        servers = self.stack.servers
        groups: dict[str, Callable[[], list[int]]] = {
            name: partial(self._pid, name) for name in (*SERVICES, "gateway", "mailbox")
        }
        if servers.postgres:
            groups["postgresql"] = servers.postgres.pids
        if servers.rabbit:
            groups["rabbitmq"] = servers.rabbit.pids
        return groups | {"bench": lambda: [os.getpid()]}

    def _pid(self, name: str) -> list[int]:
        pid = self.stack.pid(name)
        return [] if pid is None else [pid]

    async def straight_to_booking(self) -> Series:
        """Everybody's order goes to booking without the gateway."""
        checkouts = await self.ready(self.families)
        requests = [self.straight(checkout) for checkout in checkouts]
        share = Share()
        shot = (await fire(self.stack.url("booking"), requests)).must_all_be(ACCEPTED)
        ended = await self.quiet.until_announced(len(requests))
        return Series(shot, len(requests) / (ended - shot.began), share.of_others())

    async def without_relay(self) -> Series:
        """Everybody confirms by browser while booking's relay is held back."""
        checkouts = await self.ready(self.families)
        requests = [self.by_browser(checkout) for checkout in checkouts]
        async with self._relay_held():
            share = Share()
            shot = (await fire(self.stack.url("gateway"), requests)).must_all_be(SEEN)
            others = share.of_others()
        await self.quiet.until_announced(len(requests))
        return Series(shot, 0.0, others)

    async def relay_alone(self) -> Series:
        """Everybody confirms by browser, the relay relays, and nobody reads what it brings."""
        checkouts = await self.ready(self.families)
        requests = [self.by_browser(checkout) for checkout in checkouts]
        self.stack.pause("payments")
        try:
            share = Share()
            shot = (await fire(self.stack.url("gateway"), requests)).must_all_be(SEEN)
            others = share.of_others()
        finally:
            self.stack.resume("payments")
        await self.quiet.until_announced(len(requests))
        return Series(shot, 0.0, others)

    @asynccontextmanager
    async def _relay_held(self) -> AsyncIterator[None]:
        """Stand in front of booking's relay at its own lock."""
        booking = await self.databases.of("booking")
        administrator = await self.databases.inside("booking")
        waiting = asyncio.create_task(booking.execute("select pg_advisory_lock($1)", LOCK))
        try:
            async with asyncio.timeout(20):
                while not waiting.done():
                    await administrator.execute(CUT, LOCK, booking.get_server_pid())
                    await asyncio.sleep(0.1)
                await waiting
            yield
        finally:
            waiting.cancel()
            await booking.execute("select pg_advisory_unlock_all()")
            await administrator.close()
