"""Aggregates in and out of PostgreSQL, many at a time. The SQL is in queries.sql."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.booking import (
    EntitlementOpened,
    MealKey,
    MealsRefused,
    PlaceOrder,
    RefusedMeal,
)
from contracts.regulation import Regulation
from contracts.subscriptions import EntitlementChanged
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    HouseholdId,
    OrderId,
    PersonId,
    RegieId,
    ServiceId,
)
from services.booking.domain.orders import Line, Order
from services.booking.domain.rights import TOLD_MAX
from services.booking.domain.rules import (
    ZONE,
    MealFacts,
    deadline_of,
    school_year,
    serving_days,
)
from services.booking.domain.shelf import SHELF, Key

SQL = named_queries(__package__)
Seat = tuple[ServiceId, date, str]


# -- règlements and entitlements ----------------------------------------------------------------


async def lock_services(tx: Transaction, services: Iterable[ServiceId]) -> None:
    """Règlements and rights of these services come one after the other until commit."""
    await tx.execute(SQL.lock_services, list(services))


async def adopt(tx: Transaction, regulation: Regulation) -> bool:
    """Keep a published version; say whether it is now the one that counts."""
    document = regulation.model_dump(mode="json")
    await tx.execute(
        SQL.keep_regulation, regulation.service, regulation.version, regulation.authority, document
    )
    newest = await tx.fetchval(
        SQL.adopt_regulation, regulation.service, regulation.authority, regulation.regie,
        regulation.version,
    )  # fmt: skip
    return newest is not None


async def publish(tx: Transaction, regulation: Regulation) -> None:
    """Open the règlement's days and fix their deadlines, the whole period in three statements."""
    days = serving_days(regulation)
    years = [school_year(day) for day in days]
    await tx.execute(
        SQL.publish_serving_days, regulation.authority, regulation.service, regulation.version,
        regulation.capacity, days, years, list(regulation.sessions),
    )  # fmt: skip
    await tx.execute(
        SQL.withdraw_serving_days, regulation.service, regulation.valid_from,
        regulation.valid_until, days, list(regulation.sessions),
    )  # fmt: skip
    fixed = [
        (day, year, action, deadline_of(regulation, action, day))
        for action in ("book", "cancel")
        for day, year in zip(days, years, strict=True)
    ]
    if fixed:
        await tx.execute(
            SQL.publish_deadlines, regulation.authority, regulation.service,
            *map(list, zip(*fixed, strict=True)),
        )  # fmt: skip


async def save_entitlements(tx: Transaction, changes: Sequence[EntitlementChanged]) -> None:
    """Keep the newest state of each entitlement."""
    newest: dict[UUID, EntitlementChanged] = {}
    for change in changes:
        known = newest.get(change.entitlement)
        if known is None or known.version < change.version:
            newest[change.entitlement] = change
    rows = [
        (
            c.entitlement, c.household, c.beneficiary, c.authority, c.service, c.category,
            c.valid_from, c.valid_until, c.state == "active", c.version,
        )
        for c in newest.values()
    ]  # fmt: skip
    await tx.execute(SQL.save_entitlements, *map(list, zip(*rows, strict=True)))


async def open_entitlements(
    tx: Transaction, services: Iterable[ServiceId]
) -> list[EntitlementOpened]:
    """Rights of these services that can be used from now on, each told once."""
    rows = await tx.fetch(SQL.open_entitlements, list(services))
    return [EntitlementOpened(**dict(row)) for row in rows]


async def fill_shelf(tx: Transaction, keys: Iterable[Key]) -> None:
    """Make sure that these versions of règlements are on the shelf."""
    missing = SHELF.missing(keys)
    if missing:
        services, versions = map(list, zip(*missing, strict=True))
        rows = await tx.fetch(SQL.regulations, services, versions)
        SHELF.put(row["document"] for row in rows)


# -- beneficiaries who leave --------------------------------------------------------------------


async def open_carts(tx: Transaction, household: HouseholdId, beneficiary: BeneficiaryId) -> None:
    """Lock the household's carts until commit, made wherever this beneficiary may eat."""
    await tx.execute(SQL.open_carts, household, beneficiary)


async def bookings_ahead(
    tx: Transaction, household: HouseholdId, beneficiary: BeneficiaryId
) -> list[MealKey]:
    """The first live bookings of this beneficiary from today on."""
    rows = await tx.fetch(SQL.bookings_ahead, household, beneficiary, ZONE, TOLD_MAX)
    return [MealKey.model_construct(**dict(row)) for row in rows]


async def add_retired(
    tx: Transaction, household: HouseholdId, beneficiary: BeneficiaryId, retired_by: PersonId
) -> bool:
    """Take a beneficiary out of the household's carts, for ever; say whether it was there."""
    await tx.execute(SQL.take_out_of_carts, household, beneficiary)
    added = await tx.fetchval(SQL.add_retired, household, beneficiary, retired_by)
    return added is not None


# -- carts --------------------------------------------------------------------------------------


async def place_of(tx: Transaction, service: ServiceId) -> tuple[AuthorityId, RegieId] | None:
    """To which authority the service belongs, and to which régie its meals are paid."""
    found = await tx.fetchrow(SQL.service_place, service)
    return (found["authority"], found["regie"]) if found else None


async def authorities_of_regie(tx: Transaction, regie: RegieId) -> set[AuthorityId]:
    """The authorities whose services are paid to a régie."""
    return {r["authority"] for r in await tx.fetch(SQL.authorities_of_regie, regie)}


async def authorities_of_household(tx: Transaction, household: HouseholdId) -> set[AuthorityId]:
    """The authorities where a household holds or held a right."""
    return {r["authority"] for r in await tx.fetch(SQL.authorities_of_household, household)}


async def open_cart(tx: Transaction, household: HouseholdId, regie: RegieId) -> int:
    """The cart's version, made if need be, locked until commit."""
    version: int = await tx.fetchval(SQL.open_cart, household, regie)
    return version


async def lock_cart(tx: Transaction, household: HouseholdId, regie: RegieId) -> int | None:
    """The cart's version, locked until commit; None when there never was one."""
    version: int | None = await tx.fetchval(SQL.lock_cart, household, regie)
    return version


async def lock_carts(tx: Transaction, orders: Iterable[Order]) -> None:
    """Lock the carts that orders came from: nobody leaves a household's list until commit."""
    carts = {(order.household, order.regie) for order in orders}
    if carts:
        await tx.fetch(SQL.lock_carts, *map(list, zip(*carts, strict=True)))


async def chosen_meals(
    tx: Transaction, household: HouseholdId, service: ServiceId, first: date, last: date
) -> set[MealKey]:
    """What the cart already holds of a service and a range of days."""
    rows = await tx.fetch(SQL.chosen_meals, household, service, first, last)
    return {MealKey.model_construct(**dict(row)) for row in rows}


async def facts_of(
    tx: Transaction, household: HouseholdId, meals: Sequence[MealKey]
) -> tuple[list[MealFacts], datetime | None]:
    """What the rules need to know of these meals, and the instant that decides."""
    rows = await tx.fetch(
        SQL.facts_of_meals, household, [m.beneficiary for m in meals],
        [m.service for m in meals], [m.day for m in meals], [m.session for m in meals],
    )  # fmt: skip
    return await _facts(tx, rows)


async def facts_of_cart(
    tx: Transaction, household: HouseholdId, regie: RegieId
) -> tuple[list[MealFacts], datetime | None]:
    """The same of the meals of a régie's cart."""
    return await _facts(tx, await tx.fetch(SQL.cart_facts, household, regie))


async def _facts(
    tx: Transaction, rows: Sequence["asyncpg.Record"]
) -> tuple[list[MealFacts], datetime | None]:
    await fill_shelf(
        tx, {(r["service"], r["regulation_version"]) for r in rows if r["regulation_version"]}
    )
    facts = [
        MealFacts(
            r["beneficiary"], r["service"], r["day"], r["session"], r["category"],
            r["regulation_version"], r["capacity"], r["taken"], r["book_until"], r["live_in"],
        )
        for r in rows
    ]  # fmt: skip
    return facts, rows[0]["now"] if rows else None


async def replace_meals(
    tx: Transaction, household: HouseholdId, regie: RegieId, service: ServiceId,
    first: date, last: date, meals: Sequence[MealKey],
) -> int:  # fmt: skip
    """Make the cart hold exactly these meals of a service and a range of days; its version."""
    version: int = await tx.fetchval(
        SQL.replace_meals, household, regie, service, first, last,
        [m.beneficiary for m in meals], [m.day for m in meals], [m.session for m in meals],
    )  # fmt: skip
    return version


# -- seats --------------------------------------------------------------------------------------


async def take_seats(tx: Transaction, seats: Iterable[Seat]) -> set[Seat]:
    """Take one seat for each mention; the days that have no room for all of theirs."""
    counted = Counter(seats)
    taken = await tx.fetch(SQL.take_seats, *_columns(counted))
    return counted.keys() - {(r["service"], r["day"], r["session"]) for r in taken}


async def lock_days(tx: Transaction, orders: Iterable[Order]) -> None:
    """Lock all days of released orders at once, before their seats are taken order by order."""
    seats = {seat_of(x) for order in orders for x in order.lines if x.state == "released"}
    if seats:
        await tx.fetch(SQL.lock_days, *map(list, zip(*seats, strict=True)))


async def give_back_seats(tx: Transaction, seats: Iterable[Seat]) -> None:
    """Give back one seat for each mention."""
    counted = Counter(seats)
    if counted:
        await tx.execute(SQL.give_back_seats, *_columns(counted))


def _columns(counted: "Counter[Seat]") -> list[list[object]]:
    rows = [(*seat, count) for seat, count in counted.items()]
    return [list(column) for column in zip(*rows, strict=True)]


# -- orders -------------------------------------------------------------------------------------


async def add_order(
    tx: Transaction, order: Order, placed: PlaceOrder, placed_by: PersonId | None,
    facts: Sequence[MealFacts], now: datetime,
) -> None:  # fmt: skip
    """Write the order and its lines and empty the cart. Raises MealsRefused for a twin meal.

    Placed by nobody of the household: at the desk.
    """
    lines = [
        (n.line, school_year(n.day), n.beneficiary, n.service, n.day, n.session, n.cents,
         f.regulation_version, f.category)
        for n, f in zip(order.lines, facts, strict=True)
    ]  # fmt: skip
    year = min(school_year(line.day) for line in order.lines)
    try:
        await tx.execute(
            SQL.place_order, order.id, order.authority, year, order.household, order.regie,
            placed.means, order.cents, now, placed_by, placed_by is None,
            *map(list, zip(*lines, strict=True)),
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "one_live_booking":
            raise MealsRefused(meals=_twin(order, str(error.detail))) from error
        raise


def _twin(order: Order, detail: str) -> list[RefusedMeal]:
    """The meal that somebody booked at the same moment, read from the constraint's words."""
    return [
        RefusedMeal(
            beneficiary=line.beneficiary, service=line.service, day=line.day,
            session=line.session, state="booked",
        )
        for line in order.lines
        if str(line.beneficiary) in detail and line.day.isoformat() in detail
    ]  # fmt: skip


async def lock_orders(tx: Transaction, ids: Iterable[OrderId]) -> dict[OrderId, Order]:
    """Orders with their lines, locked until commit in one order; those that exist."""
    rows = await tx.fetch(SQL.lock_orders, list(ids))
    return await _orders(tx, rows)


async def lock_own_order(tx: Transaction, order: OrderId, household: HouseholdId) -> Order | None:
    """The household's order with its lines, locked until commit."""
    found = await _orders(tx, await tx.fetch(SQL.lock_own_order, order, household))
    return found.get(order)


async def orders_of_retired(tx: Transaction, orders: Iterable[Order]) -> set[OrderId]:
    """Those of these orders with a meal of somebody who left the household's list."""
    ids = [order.id for order in orders]
    return {row["id"] for row in await tx.fetch(SQL.orders_of_retired, ids)} if ids else set()


async def _orders(tx: Transaction, rows: Sequence["asyncpg.Record"]) -> dict[OrderId, Order]:
    if not rows:
        return {}
    found = await tx.fetch(SQL.lines_of_orders, [row["id"] for row in rows])
    await fill_shelf(tx, {(r["service"], r["regulation_version"]) for r in found})
    lines: dict[OrderId, list[Line]] = {row["id"]: [] for row in rows}
    for r in found:
        lines[r["order_id"]].append(
            Line(
                r["line"], r["beneficiary"], r["service"],
                SHELF[r["service"], r["regulation_version"]].service_name, r["day"],
                r["session"], r["cents"], r["state"], r["cancellation"], r["credit_cents"],
            )
        )  # fmt: skip
    return {row["id"]: Order(**dict(row), lines=tuple(lines[row["id"]])) for row in rows}


async def deadlines(
    tx: Transaction, order: OrderId, action: str
) -> tuple[Mapping[int, datetime], datetime]:
    """Until when each line may be acted upon, and the instant that decides."""
    rows = await tx.fetch(SQL.deadlines_of_order, order, action)
    return {row["line"]: row["until"] for row in rows}, rows[0]["now"]


async def save_states(
    tx: Transaction, orders: Sequence[Order], now: datetime, *, reason: str = ""
) -> None:
    """Write the new states of orders."""
    if orders:
        await tx.execute(
            SQL.save_states, [o.id for o in orders], [o.state for o in orders],
            [o.version for o in orders], [reason] * len(orders), now,
        )  # fmt: skip


async def release_lines(tx: Transaction, orders: Sequence[Order]) -> None:
    """Give back all seats of these orders."""
    await give_back_seats(
        tx, [seat_of(line) for order in orders for line in order.lines if line.state == "live"]
    )
    await tx.execute(SQL.release_lines, [order.id for order in orders])


async def retake_lines(tx: Transaction, order: Order) -> bool:
    """Take the seats of a released order again, all or none; say whether it worked."""
    seats = [seat_of(line) for line in order.lines if line.state == "released"]
    try:
        async with tx.transaction():
            if await take_seats(tx, seats):
                raise MealsRefused(meals=())
            await tx.execute(SQL.retake_lines, order.id)
    except (MealsRefused, asyncpg.UniqueViolationError):
        return False
    return True


async def take_out_lines(
    tx: Transaction, order: Order, cancellation: UUID, cancelled_by: PersonId | None,
    lines: Sequence[Line],
) -> None:  # fmt: skip
    """Take lines out of an order; those that held a seat give it back. By nobody: at the desk."""
    await give_back_seats(tx, [seat_of(line) for line in lines if line.state == "live"])
    numbers = [line.line for line in lines]
    await tx.execute(
        SQL.take_out_lines, order.id, cancellation, numbers, cancelled_by, cancelled_by is None
    )


def seat_of(line: Line) -> Seat:
    """The seat that a line holds when it is live."""
    return line.service, line.day, line.session
