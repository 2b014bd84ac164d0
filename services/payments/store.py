"""Ledger, wallets and orders in PostgreSQL, many at a time. The SQL is in queries.sql."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from chassis.database import Transaction
from chassis.queries import named_queries
from contracts.booking import OrderCancelled, OrderHeld
from contracts.payments import DeskMeans, Receipt, TakeCash
from contracts.refusal import SameIdOtherContent
from contracts.subscriptions import RegieChanged
from contracts.values import OrderId, RegieId
from services.payments.domain import (
    PAYABLE,
    AccountId,
    AccountKey,
    Entry,
    KnownOrder,
    OrderState,
    Wallet,
    WalletKey,
    wallet_of,
)

SQL = named_queries(__package__)
SAME = ("household", "regie", "cents", "means", "reference")
"""What a top-up that is sent again has in common with the first."""


async def save_regies(tx: Transaction, changes: Sequence[RegieChanged]) -> None:
    """Keep the newest state of each régie."""
    newest = {c.regie: c for c in sorted(changes, key=lambda c: c.version)}
    rows = [(c.regie, c.authority, c.label, c.version) for c in newest.values()]
    await tx.execute(SQL.save_regies, *map(list, zip(*rows, strict=True)))


# -- accounts and wallets -----------------------------------------------------------------------


async def accounts(tx: Transaction, wanted: Iterable[AccountKey]) -> dict[AccountKey, AccountId]:
    """The accounts of these names, opened if need be."""
    keys = list(dict.fromkeys(wanted))
    found = await _find_accounts(tx, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        await tx.execute(SQL.open_accounts, *_account_columns(missing))
        found |= await _find_accounts(tx, missing)
    return found


async def _find_accounts(
    tx: Transaction, keys: Sequence[AccountKey]
) -> dict[AccountKey, AccountId]:
    rows = await tx.fetch(SQL.find_accounts, *_account_columns(keys))
    return {AccountKey(r["regie"], r["kind"], r["household"]): r["id"] for r in rows}


def _account_columns(keys: Sequence[AccountKey]) -> list[list[object]]:
    return [
        [key.regie for key in keys],
        [key.kind for key in keys],
        [key.household for key in keys],
    ]


async def lock_wallets(tx: Transaction, keys: Iterable[WalletKey]) -> dict[WalletKey, Wallet]:
    """Wallets, opened if need be, locked in one order until commit."""
    wanted = list(dict.fromkeys(keys))
    rows = await _lock(tx, wanted)
    if len(rows) < len(wanted):
        await accounts(tx, [wallet_of(household, regie) for household, regie in wanted])
        rows = await _lock(tx, wanted)
    return {
        (r["household"], r["regie"]): Wallet(r["account"], r["balance"], r["reserved"])
        for r in rows
    }


async def _lock(tx: Transaction, keys: Sequence[WalletKey]) -> "list[asyncpg.Record]":
    return await tx.fetch(SQL.lock_wallets, [h for h, _ in keys], [r for _, r in keys])


async def change_reservations(tx: Transaction, changes: Iterable[tuple[AccountId, int]]) -> None:
    """Reserve cents in wallets, or give back what was reserved (negative)."""
    summed: dict[AccountId, int] = {}
    for account, cents in changes:
        summed[account] = summed.get(account, 0) + cents
    moving = {account: cents for account, cents in summed.items() if cents}
    if moving:
        await tx.execute(SQL.change_reservations, list(moving), list(moving.values()))


# -- ledger -------------------------------------------------------------------------------------


async def post(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Write entries with their postings. A reason that already moved money fails the whole."""
    if not entries:
        return
    ids = await accounts(tx, [account for entry in entries for account in entry.postings])
    postings = [
        (entry.key, ids[account], cents)
        for entry in entries
        for account, cents in entry.postings.items()
    ]
    await tx.execute(
        SQL.post, [e.regie for e in entries], [e.key for e in entries],
        [e.kind for e in entries], [e.order for e in entries], [e.reverses for e in entries],
        *map(list, zip(*postings, strict=True)),
    )  # fmt: skip


async def paid_entries(tx: Transaction, orders: Sequence[OrderId]) -> dict[OrderId, int]:
    """The entry that paid each order."""
    rows = await tx.fetch(SQL.paid_entries, orders)
    return {row["order_id"]: row["id"] for row in rows}


# -- orders -------------------------------------------------------------------------------------


async def add_orders(tx: Transaction, held: Sequence[OrderHeld], now: datetime) -> set[OrderId]:
    """Remember orders heard of for the first time; say which they are."""
    rows = await tx.fetch(
        SQL.add_orders, [o.order for o in held], [o.household for o in held],
        [o.authority for o in held], [o.regie for o in held], [o.means for o in held],
        [o.cents for o in held], now,
    )  # fmt: skip
    return {row["id"] for row in rows}


async def save_orders(tx: Transaction, orders: Sequence[tuple[OrderId, OrderState, int]]) -> None:
    """Write what became of orders: state and reservation."""
    if orders:
        await tx.execute(SQL.save_orders, *map(list, zip(*orders, strict=True)))


async def close_orders(
    tx: Transaction, cancelled: Sequence[OrderCancelled], now: datetime
) -> list[KnownOrder]:
    """Lock orders that must never be charged, known or not; as they were until now."""
    first = {c.order: c for c in cancelled}.values()
    rows = await tx.fetch(
        SQL.close_orders, [c.order for c in first], [c.household for c in first],
        [c.authority for c in first], [c.regie for c in first], [c.cents for c in first], now,
    )  # fmt: skip
    return [KnownOrder(**dict(row)) for row in rows]


async def lock_orders(tx: Transaction, ids: Sequence[OrderId]) -> dict[OrderId, KnownOrder]:
    """Known orders, locked in one order until commit."""
    rows = await tx.fetch(SQL.lock_orders, list(dict.fromkeys(ids)))
    return {row["id"]: KnownOrder(**dict(row)) for row in rows}


async def lock_overdue_orders(tx: Transaction) -> list[KnownOrder]:
    """Some of the orders that waited too long for their money, locked."""
    rows = await tx.fetch(SQL.lock_overdue_orders, PAYABLE)
    return [KnownOrder(**dict(row)) for row in rows]


async def credit_orders(tx: Transaction, credits_: Sequence[tuple[OrderId, int]]) -> None:
    """Count what was given back of orders; the database refuses more than was paid."""
    summed: dict[OrderId, int] = {}
    for order, cents in credits_:
        summed[order] = summed.get(order, 0) + cents
    await tx.execute(SQL.credit_orders, list(summed), list(summed.values()))


# -- receipts -----------------------------------------------------------------------------------


async def find_receipt(tx: Transaction, asked: TakeCash) -> Receipt | None:
    """The receipt of a top-up that was already taken; twins wait for each other here.

    Raises SameIdOtherContent when it was taken for somebody else, another amount, another cheque.
    """
    await tx.execute(SQL.lock_top_up, str(asked.top_up))
    row = await tx.fetchrow(SQL.find_receipt, asked.top_up)
    if row is None:
        return None
    if any(row[field] != getattr(asked, field) for field in SAME):
        raise SameIdOtherContent()
    return Receipt(
        top_up=row["top_up"], regie=row["regie"], number=row["number"], cents=row["cents"],
        means=row["means"],
    )  # fmt: skip


async def add_receipt(tx: Transaction, receipt: Receipt, asked: TakeCash, taken_by: UUID) -> None:
    """Write a numbered receipt."""
    await tx.execute(
        SQL.add_receipt, receipt.regie, receipt.means, receipt.number, receipt.top_up,
        asked.household, receipt.cents, taken_by, asked.reference,
    )  # fmt: skip


async def label_of_regie(tx: Transaction, regie: RegieId) -> str:
    """The public name of a régie."""
    label: str = await tx.fetchval(SQL.label_of_regie, regie)
    return label


async def next_number(tx: Transaction, regie: RegieId, means: DeskMeans) -> int:
    """The next number of a régie's receipts for this means."""
    number: int = await tx.fetchval(SQL.next_number, regie, means)
    return number
