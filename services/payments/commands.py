"""What payments can be asked to do. Each command: load, decide, save, tell."""

from collections.abc import Sequence
from datetime import datetime

from chassis import acts, outbox
from chassis.auth import Caller
from chassis.database import Transaction
from contracts.booking import BookingsCancelled, OrderCancelled, OrderHeld
from contracts.event import Event
from contracts.payments import (
    TAKE_CASH,
    CreditsLoaded,
    OrderPaid,
    OrderUnpaid,
    Receipt,
    TakeCash,
)
from contracts.subscriptions import RegieChanged
from contracts.values import AuthorityId
from services.payments import store
from services.payments.domain import (
    KnownOrder,
    Settlement,
    Wallet,
    WalletKey,
    given_back,
    not_paid,
    order_paid,
    settle_all,
    top_up,
)


class NeverPaid(Exception):
    """Meals were cancelled of an order whose money is not here: a person must look."""


async def follow_regies(tx: Transaction, changes: Sequence[RegieChanged]) -> None:
    """Remember the public cash offices."""
    await store.save_regies(tx, changes)


async def hear_orders(tx: Transaction, held: Sequence[OrderHeld], now: datetime) -> None:
    """Settle orders that booking holds: paid from the wallet, payable, or unpaid.

    An order known already, or closed before it was heard of, is left as it is.
    """
    new = await store.add_orders(tx, held, now)
    orders = [order for order in held if order.order in new]
    if not orders:
        return
    wallets = await store.lock_wallets(tx, [(o.household, o.regie) for o in orders])
    settlements = settle_all(orders, wallets)
    paid = [s.order for s in settlements if s.state == "paid"]
    await store.post(tx, [order_paid(order) for order in paid if order.cents])
    await store.change_reservations(
        tx, [(wallets[s.order.household, s.order.regie].account, s.reserve) for s in settlements]
    )
    await store.save_orders(tx, [(s.order.order, s.state, s.reserve) for s in settlements])
    await outbox.append(tx, [event for s in settlements for event in _told(s)])


def _told(settlement: Settlement) -> list[Event]:
    order = settlement.order
    if settlement.state == "paid":
        return [
            OrderPaid(
                order=order.order, household=order.household, regie=order.regie, cents=order.cents
            )
        ]
    return [not_paid(order)] if settlement.state == "unpaid" else []


async def close_orders(tx: Transaction, cancelled: Sequence[OrderCancelled], now: datetime) -> None:
    """Orders given up: reservations are released, payments reversed; never charged afterwards.

    An order not heard of yet is closed in advance: the tombstone.
    """
    orders = await store.close_orders(tx, cancelled, now)
    open_orders = [order for order in orders if order.state != "closed"]
    if not open_orders:
        return
    wallets = await _wallets_of(tx, open_orders)
    await _release_reservations(tx, open_orders, wallets)
    paid = [order for order in open_orders if order.state == "paid" and order.cents]
    entries = await store.paid_entries(tx, [order.id for order in paid])
    await store.post(
        tx,
        [
            given_back(
                f"order:{order.id}:reversed", "order_reversed", order,
                order.cents - order.credited, reverses=entries[order.id],
            )
            for order in paid
            if order.cents > order.credited
        ],
    )  # fmt: skip
    await store.save_orders(tx, [(order.id, "closed", 0) for order in open_orders])


async def _wallets_of(tx: Transaction, orders: Sequence[KnownOrder]) -> dict[WalletKey, Wallet]:
    return await store.lock_wallets(tx, [(o.household, o.regie) for o in orders])


async def _release_reservations(
    tx: Transaction, orders: Sequence[KnownOrder], wallets: dict[WalletKey, Wallet]
) -> None:
    await store.change_reservations(
        tx, [(wallets[o.household, o.regie].account, -o.reserved) for o in orders]
    )


async def credit_cancelled_bookings(
    tx: Transaction, cancelled: Sequence[BookingsCancelled]
) -> None:
    """Give back the cents of cancelled meals, once per cancellation. Raises NeverPaid."""
    orders = await store.lock_orders(tx, [event.order for event in cancelled])
    credits_ = [(event, sum(meal.credit_cents for meal in event.meals)) for event in cancelled]
    moving = [(event, cents) for event, cents in credits_ if cents]
    if any(event.order not in orders or orders[event.order].state != "paid" for event, _ in moving):
        raise NeverPaid()
    if not moving:
        return
    await _wallets_of(tx, [orders[event.order] for event, _ in moving])
    await store.credit_orders(tx, [(event.order, cents) for event, cents in moving])
    await store.post(
        tx,
        [
            given_back(
                f"cancellation:{event.cancellation}", "bookings_cancelled",
                orders[event.order], cents,
            )
            for event, cents in moving
        ],
    )  # fmt: skip


async def time_out_orders(tx: Transaction) -> int:
    """Give up waiting for the money of orders that are payable for too long; how many."""
    orders = await store.lock_overdue_orders(tx)
    if not orders:
        return 0
    wallets = await _wallets_of(tx, orders)
    await _release_reservations(tx, orders, wallets)
    await store.save_orders(tx, [(order.id, "unpaid", 0) for order in orders])
    told = [
        OrderUnpaid(order=o.id, household=o.household, regie=o.regie, reason="no_card")
        for o in orders
    ]
    await outbox.append(tx, told)
    return len(orders)


async def take_cash(
    tx: Transaction, asked: TakeCash, authority: AuthorityId, caller: Caller
) -> Receipt:
    """Credit a household against cash or a cheque, with the next number of its series; told once.

    Money taken before, by whomever, has its receipt.
    """
    known = await store.find_receipt(tx, asked)
    if known is not None:
        return known
    entry = top_up(asked.top_up, asked.household, asked.regie, asked.cents, asked.means)
    await store.post(tx, [entry])
    number = await store.next_number(tx, asked.regie, asked.means)
    receipt = Receipt(
        top_up=asked.top_up, regie=asked.regie, number=number, cents=asked.cents,
        means=asked.means,
    )  # fmt: skip
    await store.add_receipt(tx, receipt, asked, caller.actor)
    loaded = CreditsLoaded(
        top_up=asked.top_up, household=asked.household, regie=asked.regie,
        label=await store.label_of_regie(tx, asked.regie), cents=asked.cents, means=asked.means,
        number=number,
    )  # fmt: skip
    await outbox.append(tx, [loaded])
    await acts.record(
        tx, caller, authority, TAKE_CASH, asked.top_up,
        after={"household": asked.household, "regie": asked.regie, "cents": asked.cents,
               "means": asked.means, "number": number},
    )  # fmt: skip
    return receipt
