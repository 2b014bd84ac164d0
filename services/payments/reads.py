"""What screens ask of payments: SQL to answer."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.payments import (
    DeskMeans,
    MeansTotal,
    Movement,
    Movements,
    ReceiptView,
    ShowMovements,
    ShowTakings,
    Takings,
    Wallet,
    Wallets,
)
from contracts.refusal import NotFound
from contracts.values import AuthorityId, HouseholdId, RegieId

SQL = named_queries(__package__)
ZONE = ZoneInfo("Europe/Paris")
"""The clocks by which a movement is dated, and a day at the desk begins and ends."""
MEANS: tuple[DeskMeans, ...] = ("cash", "cheque")


async def wallets(tx: Transaction, household: HouseholdId) -> Wallets:
    """The household's credits, régie by régie."""
    rows = await tx.fetch(SQL.wallets_of_household, household)
    return Wallets(
        wallets=tuple(
            Wallet(
                regie=row["regie"], label=row["label"], balance_cents=row["balance"],
                reserved_cents=row["reserved"], available_cents=row["balance"] - row["reserved"],
            )
            for row in rows
        )
    )  # fmt: skip


async def movements(tx: Transaction, asked: ShowMovements, household: HouseholdId) -> Movements:
    """A page of the movements of the household's credits in a régie. Raises NotFound."""
    rows = await tx.fetch(
        SQL.movements, household, asked.regie, asked.before, asked.limit + 1, asked.cancellation
    )
    if not rows:
        raise NotFound()
    moved = [row for row in rows if row["entry"] is not None]
    return Movements(
        regie=asked.regie, label=rows[0]["label"], balance_cents=rows[0]["balance"],
        movements=tuple(_movement(row) for row in moved[: asked.limit]),
        more=len(moved) > asked.limit,
    )  # fmt: skip


def _movement(row: Any) -> Movement:
    return Movement(
        movement=row["entry"], made=row["made"].astimezone(ZONE), kind=row["kind"],
        cents=row["cents"], balance_cents=row["after"], order=row["order_id"],
        cancellation=row["cancellation"], receipt=row["receipt"],
    )  # fmt: skip


async def authority_of_regie(tx: Transaction, regie: RegieId) -> AuthorityId | None:
    """To which authority a régie belongs."""
    authority: AuthorityId | None = await tx.fetchval(SQL.authority_of_regie, regie)
    return authority


async def receipt(tx: Transaction, top_up: UUID) -> tuple[AuthorityId, ReceiptView]:
    """A receipt and the authority of its régie. Raises NotFound."""
    row = await tx.fetchrow(SQL.receipt, top_up)
    if row is None:
        raise NotFound()
    return row["authority"], _receipt(row, row["label"])


async def takings(tx: Transaction, asked: ShowTakings) -> tuple[AuthorityId, Takings]:
    """A day's takings of a régie's desk, and the régie's authority. Raises NotFound."""
    regie = await tx.fetchrow(SQL.regie, asked.regie, ZONE.key)
    if regie is None:
        raise NotFound()
    day = asked.day or regie["today"]
    rows = await tx.fetch(SQL.takings, asked.regie, day, ZONE.key)
    by_means = [(means, [row["cents"] for row in rows if row["means"] == means]) for means in MEANS]
    return regie["authority"], Takings(
        regie=asked.regie, label=regie["label"], day=day,
        receipts=tuple(_receipt(row, regie["label"]) for row in rows),
        totals=tuple(
            MeansTotal(means=means, count=len(cents), cents=sum(cents))
            for means, cents in by_means
        ),
    )  # fmt: skip


def _receipt(row: Any, label: str) -> ReceiptView:
    return ReceiptView(
        top_up=row["top_up"], regie=row["regie"], number=row["number"], cents=row["cents"],
        means=row["means"], label=label, household=row["household"], reference=row["reference"],
        taken=row["taken"].astimezone(ZONE), taken_by=row["taken_by"],
    )  # fmt: skip
