"""How often something was tried, in and out of PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.database import Transaction
from chassis.queries import named_queries
from services.accounts.domain.throttle import Try, keys

SQL = named_queries("services.accounts")


async def take_tries(tx: Transaction, tries: Sequence[Try]) -> timedelta | None:
    """One try under each key, or under none: then the wait until all of them allow one."""
    if not tries:
        return None
    wait: timedelta | None = await tx.fetchval(
        SQL.take_tries, keys(tries), [each.rate.period for each in tries],
        [each.rate.burst for each in tries],
    )  # fmt: skip
    return wait


async def forget_tries(tx: Transaction, tries: Sequence[Try]) -> None:
    """What was tried under these keys is forgotten."""
    await tx.execute(SQL.forget_tries, keys(tries))


async def forget_old_tries(tx: Transaction) -> None:
    """Tries that count for nothing any more are forgotten."""
    await tx.execute(SQL.forget_old_tries)
