"""What the bench puts into the databases, and reads there: as their owners, outside the product."""

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from chassis.queries import named_queries
from deploy.bench.crowd import CART_VERSION, Household, dates_of
from deploy.local.failure import Failure
from deploy.local.stack import Stack
from deploy.local.town_hall import Canteen, TownHall

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

SQL = named_queries(__package__, "seed.sql")
TOP_UP_CENTS = 90_000_000
PATIENCE_SECONDS = 120.0
AT_ONCE = 4
BALLAST_ORDERS = 2_500
"""Orders of 40 meals that stand in the tables from the beginning."""


class Databases:
    """The owners' connections to the portal's databases, and the administrator's."""

    def __init__(self, stack: Stack):
        self._stack = stack
        self._open: dict[str, Connection] = {}

    async def of(self, service: str) -> Connection:
        """The connection to a service's database; `postgres` is the administrator's."""
        known = self._open.get(service)
        if known is None or known.is_closed():
            urls = self._stack.databases
            url = urls[service].owner if service in urls else self._stack.servers.postgres_url
            known = self._open[service] = await asyncpg.connect(url)
        return known

    async def inside(self, service: str) -> Connection:
        """A new connection of the administrator to a service's database."""
        name = urlsplit(self._stack.databases[service].owner).path.removeprefix("/")
        return await asyncpg.connect(self._stack.servers.postgres_url, database=name)

    async def close(self) -> None:
        """Close all of them."""
        for connection in self._open.values():
            await connection.close()
        self._open.clear()


class Seed:
    """The town of the bench: canteens by the product's own operations, families by SQL."""

    def __init__(self, stack: Stack, databases: Databases, families: Sequence[Household]):
        self._stack = stack
        self._databases = databases
        self._families = families
        self._dates: list[date] = []

    async def plant(self, canteens: Sequence[Canteen]) -> None:
        """Open the canteens and let the families in."""
        gate = asyncio.Semaphore(AT_ONCE)
        async with TownHall(self._stack) as town_hall:

            async def open_one(canteen: Canteen) -> None:
                async with gate:
                    await town_hall.open_canteen(canteen)

            await asyncio.gather(*(open_one(canteen) for canteen in canteens))
        await self._until_open(canteens)
        await self._add_people()
        await self._add_wallets()

    async def _until_open(self, canteens: Sequence[Canteen]) -> None:
        booking = await self._databases.of("booking")
        payments = await self._databases.of("payments")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await booking.fetchval(SQL.open_days) < len(canteens) or await payments.fetchval(
            SQL.known_regies
        ) < len(canteens):
            if time.monotonic() > deadline:
                raise Failure("Les cantines du banc d'essai ne s'ouvrent pas : lisez les journaux.")
            await asyncio.sleep(0.2)
        rows = await booking.fetch(SQL.served_days, canteens[0].service)
        self._dates = dates_of([row["day"] for row in rows])
        await booking.execute(SQL.add_ballast, BALLAST_ORDERS, self._dates)

    async def _add_people(self) -> None:
        accounts, booking = (
            await self._databases.of("accounts"),
            await self._databases.of("booking"),
        )
        families = self._families
        await accounts.execute(
            SQL.add_people, [f.household for f in families], [f.person for f in families],
            [hashlib.sha256(f.token.encode()).digest() for f in families],
        )  # fmt: skip
        children = self._children()
        await accounts.execute(SQL.add_children, *_columns(children, "household", "child"))
        await booking.execute(
            SQL.add_entitlements, *_columns(children, "household", "child", "authority", "service")
        )

    async def _add_wallets(self) -> None:
        payments = await self._databases.of("payments")
        async with payments.transaction():
            await payments.execute(
                SQL.open_wallets, [f.household for f in self._families],
                [f.canteen.regie for f in self._families],
            )  # fmt: skip
            await payments.execute(SQL.take_cash, TOP_UP_CENTS)

    def _children(self) -> list[dict[str, UUID]]:
        return [
            {
                "household": f.household, "child": child, "regie": f.canteen.regie,
                "authority": f.canteen.authority, "service": f.canteen.service,
            }
            for f in self._families
            for child in f.children
        ]  # fmt: skip

    async def fill_carts(self, families: Sequence[Household]) -> None:
        """Forget all orders and e-mails, and give these families a full cart each."""
        booking = await self._databases.of("booking")
        letters = await self._databases.of("notifications")
        await letters.execute(SQL.forget_emails)
        async with booking.transaction():
            await booking.execute(SQL.forget_orders)
            await booking.execute(SQL.forget_order_heads)
            await booking.execute(SQL.free_seats)
            await booking.execute(
                SQL.open_carts, [f.household for f in families],
                [f.canteen.regie for f in families], CART_VERSION,
            )  # fmt: skip
            wanted = {f.household for f in families}
            children = [c for c in self._children() if c["household"] in wanted]
            await booking.execute(
                SQL.fill_carts, *_columns(children, "household", "regie", "child", "service"),
                self._dates,
            )  # fmt: skip
        for tables in ("cart, cart_line, serving_day, booking, meal_order", "answer, outbox"):
            await booking.execute(f"vacuum (analyze) {tables}")
        payments = await self._databases.of("payments")
        await payments.execute("vacuum (analyze) wallet, payment_order, entry, posting, outbox")
        await (await self._databases.of("postgres")).execute("checkpoint")


def _columns(rows: Sequence[Mapping[str, Any]], *names: str) -> list[list[Any]]:
    return [[row[name] for row in rows] for name in names]
