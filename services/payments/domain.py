"""The decisions of payments, pure: how an order is settled, and what moves in the ledger.

Amounts of the ledger are credit-positive: what a household holds is positive in its wallet, and
what came in by cash or cheque is negative in the régie's account of that. An entry sums to zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NewType
from uuid import UUID

from contracts.booking import OrderHeld
from contracts.payments import DeskMeans, OrderUnpaid
from contracts.values import HouseholdId, OrderId, RegieId

OrderState = Literal["payable", "paid", "unpaid", "closed"]
AccountKind = Literal["wallet", "cash", "cheques", "revenue"]
AccountId = NewType("AccountId", int)
WalletKey = tuple[HouseholdId, RegieId]

TILLS: Mapping[DeskMeans, AccountKind] = {"cash": "cash", "cheque": "cheques"}
"""The account of a régie that money given at the desk comes through."""

PAYABLE = timedelta(minutes=30)
"""How long an order waits for its money after payments heard of it (architecture, Checkout 3)."""

BANK_MINIMUM_CENTS = 100
"""PayFiP takes no card payment below 1,00 € (domain.md Y2)."""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Names an account: of a régie, of a kind, and for a wallet of a household."""

    regie: RegieId
    kind: AccountKind
    household: HouseholdId | None = None


@dataclass(slots=True)
class Wallet:
    """Credits of a household in a régie, locked. What is reserved waits for an order's rest."""

    account: AccountId
    balance: int
    reserved: int

    @property
    def available(self) -> int:
        """What may still be spent or reserved, in cents."""
        return self.balance - self.reserved


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement with its reason. `key` says why, so that the reason moves money once."""

    key: str
    kind: str
    regie: RegieId
    postings: Mapping[AccountKey, int] = field(default_factory=dict)
    order: OrderId | None = None
    reverses: int | None = None

    def __post_init__(self) -> None:
        """An entry moves something, and what it takes it gives."""
        assert sum(self.postings.values()) == 0, "an entry sums to zero"
        assert len(self.postings) > 1, "an entry moves between accounts"
        assert all(account.regie == self.regie for account in self.postings), "one régie"


def moved(cents: int, *, source: AccountKey, destination: AccountKey) -> dict[AccountKey, int]:
    """The two postings that move an amount."""
    return {source: -cents, destination: cents}


def wallet_of(household: HouseholdId, regie: RegieId) -> AccountKey:
    """The account of a household's credits in a régie."""
    return AccountKey(regie, "wallet", household)


def order_paid(order: OrderHeld) -> Entry:
    """The price of an order goes from the wallet to the régie's revenue."""
    return Entry(
        key=f"order:{order.order}:paid",
        kind="order_paid",
        regie=order.regie,
        order=order.order,
        postings=moved(
            order.cents,
            source=wallet_of(order.household, order.regie),
            destination=AccountKey(order.regie, "revenue"),
        ),
    )


def given_back(
    key: str,
    kind: str,
    order: "KnownOrder",
    cents: int,
    *,
    reverses: int | None = None,
) -> Entry:
    """Cents of a paid order go back to the wallet they came from."""
    return Entry(
        key=key, kind=kind, regie=order.regie, order=order.id, reverses=reverses,
        postings=moved(
            cents,
            source=AccountKey(order.regie, "revenue"),
            destination=wallet_of(order.household, order.regie),
        ),
    )  # fmt: skip


def top_up(
    reason: UUID, household: HouseholdId, regie: RegieId, cents: int, means: DeskMeans
) -> Entry:
    """Cash or a cheque given at the desk becomes credits."""
    return Entry(
        key=f"{means}:{reason}", kind=f"{means}_top_up", regie=regie,
        postings=moved(
            cents, source=AccountKey(regie, TILLS[means]), destination=wallet_of(household, regie)
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order as payments knows it, locked."""

    id: OrderId
    household: HouseholdId
    regie: RegieId
    cents: int
    state: OrderState
    reserved: int
    credited: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of an order when payments hears of it."""

    order: OrderHeld
    state: OrderState
    reserve: int = 0


def settle(order: OrderHeld, available: int) -> Settlement:
    """Paid from the wallet, or payable with the wallet's part reserved, or unpaid at once.

    A free order is paid; `card` never touches the wallet; a rest below the bank's minimum
    leaves so much in the wallet that the card pays the minimum (domain.md case 10).
    """
    if order.cents == 0:
        return Settlement(order, "paid")
    if order.means == "card":
        return Settlement(order, "payable")
    if available >= order.cents:
        return Settlement(order, "paid")
    if order.means == "credits":
        return Settlement(order, "unpaid")
    reserve = max(0, min(available, order.cents - BANK_MINIMUM_CENTS))
    return Settlement(order, "payable", reserve)


def settle_all(
    orders: Sequence[OrderHeld], wallets: Mapping[WalletKey, Wallet]
) -> list[Settlement]:
    """Settle orders one after the other, each with what those before it have left."""
    available = {key: wallet.available for key, wallet in wallets.items()}
    settlements = []
    for order in orders:
        key = (order.household, order.regie)
        settlement = settle(order, available.get(key, 0))
        spent = order.cents if settlement.state == "paid" else settlement.reserve
        available[key] = available.get(key, 0) - spent
        settlements.append(settlement)
    return settlements


def not_paid(order: OrderHeld) -> OrderUnpaid:
    """What is told when credits are too short for an order that wanted nothing else."""
    return OrderUnpaid(
        order=order.order, household=order.household, regie=order.regie, reason="credits_short"
    )
