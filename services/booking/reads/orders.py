"""Orders of a household: one, its state alone, or a page of them."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from contracts.booking import OrderMealView, Orders, OrderState, OrderView, ShowOrders
from contracts.refusal import NotFound
from contracts.values import HouseholdId, OrderId
from services.booking.domain.rules import cancellable_until
from services.booking.reads.rows import SQL, fill_shelf_for, meal_of, regulation_of


async def state_of(tx: Transaction, order: OrderId, household: HouseholdId) -> OrderState:
    """The state of the household's order. Raises NotFound."""
    state: OrderState | None = await tx.fetchval(SQL.state_of_order, order, household)
    if state is None:
        raise NotFound()
    return state


async def order(tx: Transaction, order: OrderId, household: HouseholdId) -> OrderView:
    """The household's order with its lines. Raises NotFound."""
    row = await tx.fetchrow(SQL.own_order, order, household)
    if row is None:
        raise NotFound()
    return (await _views(tx, [row]))[0]


async def orders(tx: Transaction, asked: ShowOrders, household: HouseholdId) -> Orders:
    """A page of the household's orders, newest first. Raises NotFound."""
    placed = None
    if asked.before is not None:
        before = await tx.fetchrow(SQL.own_order, asked.before, household)
        if before is None:
            raise NotFound()
        placed = before["placed"]
    rows = await tx.fetch(SQL.own_orders, household, placed, asked.before, asked.limit + 1)
    return Orders(orders=tuple(await _views(tx, rows[: asked.limit])), more=len(rows) > asked.limit)


async def _views(tx: Transaction, rows: Sequence[Any]) -> list[OrderView]:
    lines_of: dict[OrderId, list[Any]] = {row["id"]: [] for row in rows}
    if rows:
        lines = await tx.fetch(SQL.lines_shown, list(lines_of))
        await fill_shelf_for(tx, lines)
        for line in lines:
            lines_of[line["order_id"]].append(line)
    return [_view(row, lines_of[row["id"]]) for row in rows]


def _view(row: Any, lines: Sequence[Any]) -> OrderView:
    regulation = regulation_of(lines[0])
    return OrderView.model_construct(
        order=row["id"], state=row["state"], reason=row["reason"], regie=row["regie"],
        authority_name=regulation.authority_name, cents=row["cents"],
        placed=row["placed"].astimezone(ZoneInfo(regulation.zone)), placed_by=row["placed_by"],
        at_the_desk=row["at_the_desk"],
        meals=tuple(
            OrderMealView.model_construct(
                **meal_of(line), live=line["state"] == "live",
                cancel_until=cancellable_until(
                    line["cancel_until"], regulation_of(line).zone, line["now"]
                ),
            )
            for line in lines
        ),
    )  # fmt: skip
