"""What screens ask of payments: SQL to answer."""

from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.payments import Movement, Movements, ShowMovements, Wallet, Wallets
from contracts.refusal import NotFound
from contracts.values import AuthorityId, HouseholdId, RegieId

SQL = named_queries(__package__)
ZONE = ZoneInfo("Europe/Paris")
"""The clocks by which a movement is dated."""


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
