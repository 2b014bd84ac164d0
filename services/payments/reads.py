"""What screens ask of payments: SQL to answer."""

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.payments import Wallet, Wallets
from contracts.values import AuthorityId, HouseholdId, RegieId

SQL = named_queries(__package__)


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


async def authority_of_regie(tx: Transaction, regie: RegieId) -> AuthorityId | None:
    """To which authority a régie belongs."""
    authority: AuthorityId | None = await tx.fetchval(SQL.authority_of_regie, regie)
    return authority
