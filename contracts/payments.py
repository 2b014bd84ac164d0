"""What payments can be asked and tells: wallets, cash top-ups, orders paid or not."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.act import Acts, ShowActs
from contracts.event import ProcessEvent
from contracts.operation import CallerKind, Operation
from contracts.refusal import NotFound
from contracts.values import (
    AgentId,
    Cents,
    Day,
    HouseholdId,
    Label,
    OrderId,
    PositiveCents,
    RegieId,
    StaffRole,
    Value,
)

DeskMeans = Literal["cash", "cheque"]
"""How money is given at the desk."""
FOR_FAMILY: frozenset[CallerKind] = frozenset({"family", "staff"})
"""The family itself, or an agent of the régie's authority: their token names the household."""
DESK: frozenset[StaffRole] = frozenset({"administrator", "clerk", "regisseur"})
CASH: frozenset[StaffRole] = frozenset({"administrator", "regisseur"})


class OrderPaid(ProcessEvent, name="payments.order_paid.v1"):
    """An order's money is in the régie's revenue."""

    order: OrderId
    household: HouseholdId
    regie: RegieId
    cents: Cents


class OrderUnpaid(ProcessEvent, name="payments.order_unpaid.v1"):
    """An order's money did not come in time, or credits were short; nothing was charged."""

    order: OrderId
    household: HouseholdId
    regie: RegieId
    reason: Literal["credits_short", "no_card"]


class CreditsLoaded(ProcessEvent, name="payments.credits_loaded.v1"):
    """A household's credits grew against money, with a numbered receipt."""

    top_up: UUID
    household: HouseholdId
    regie: RegieId
    label: Label
    """The régie's public name."""
    cents: PositiveCents
    means: DeskMeans
    number: int


class ShowWallets(Value):
    """Asks for the household's wallets."""


class Wallet(Value):
    """Credits of a household in one régie; only there can they be spent."""

    regie: RegieId
    label: Label
    balance_cents: Cents
    reserved_cents: Cents
    available_cents: Cents


class Wallets(Value):
    """The household's wallets, by the régie's name."""

    wallets: tuple[Wallet, ...]


class ShowMovements(Value):
    """Asks for the movements of the household's credits in a régie, newest first."""

    regie: RegieId
    before: Annotated[int, Field(ge=1, le=2**62)] | None = None
    """Only movements older than this one."""
    cancellation: UUID | None = None
    """Only the movement that this cancellation made, if it came in already."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Movement(Value):
    """Cents that came into a wallet (positive) or left it, and why; the balance after it."""

    movement: int
    made: datetime
    kind: Literal[
        "cash_top_up", "cheque_top_up", "order_paid", "order_reversed", "bookings_cancelled"
    ]
    cents: int
    balance_cents: int
    order: OrderId | None = None
    cancellation: UUID | None = None
    receipt: int | None = None


class Movements(Value):
    """A page of movements, newest first; `more` says that older ones exist."""

    regie: RegieId
    label: Label
    balance_cents: Cents
    movements: tuple[Movement, ...]
    more: bool


class TakeCash(Value):
    """Credits a household against cash or a cheque given at the desk."""

    top_up: UUID
    household: HouseholdId
    regie: RegieId
    cents: PositiveCents
    means: DeskMeans = "cash"
    reference: Annotated[str, Field(max_length=40)] = ""
    """The cheque's number."""


class Receipt(Value):
    """The numbered proof of a takings; numbers of a régie have no gap."""

    top_up: UUID
    regie: RegieId
    number: int
    cents: PositiveCents
    means: DeskMeans = "cash"


class ShowReceipt(Value):
    """Asks for a receipt."""

    top_up: UUID


class ReceiptView(Receipt):
    """A receipt as it is printed."""

    label: Label
    household: HouseholdId
    reference: str
    taken: datetime
    taken_by: AgentId


class ShowTakings(Value):
    """Asks what a régie's desk took on a day; without one, today."""

    regie: RegieId
    day: Day | None = None


class MeansTotal(Value):
    """What came in by one means."""

    means: DeskMeans
    count: int
    cents: Cents


class Takings(Value):
    """A day's takings of a régie's desk: receipts by number, totals by means."""

    regie: RegieId
    label: Label
    day: date
    receipts: tuple[ReceiptView, ...]
    totals: tuple[MeansTotal, ...]


GET_WALLETS = Operation(
    name="payments.get_wallets", method="GET", path="/wallets",
    request=ShowWallets, response=Wallets, callers=FOR_FAMILY, roles=DESK,
    summary="The household's credits, régie by régie.",
)  # fmt: skip
TAKE_CASH = Operation(
    name="payments.take_cash", method="PUT", path="/cash-top-ups/{top_up}",
    request=TakeCash, response=Receipt, callers=frozenset({"staff"}),
    roles=CASH, idempotency_key="top_up",
    summary="Credit a household against cash or a cheque, with a numbered receipt.",
    refusals=(NotFound,),
)  # fmt: skip
LIST_MOVEMENTS = Operation(
    name="payments.list_movements", method="GET", path="/wallets/{regie}/movements",
    request=ShowMovements, response=Movements, callers=FOR_FAMILY, roles=DESK,
    summary="The movements of the household's credits in a régie, newest first.",
    refusals=(NotFound,),
)  # fmt: skip
GET_RECEIPT = Operation(
    name="payments.get_receipt", method="GET", path="/receipts/{top_up}",
    request=ShowReceipt, response=ReceiptView, callers=frozenset({"staff"}), roles=CASH,
    summary="A receipt of one's régie.", refusals=(NotFound,),
)  # fmt: skip
LIST_TAKINGS = Operation(
    name="payments.list_takings", method="GET", path="/regies/{regie}/takings",
    request=ShowTakings, response=Takings, callers=frozenset({"staff"}), roles=CASH,
    summary="A day's takings at the desk of one's régie.", refusals=(NotFound,),
)  # fmt: skip
LIST_ACTS = Operation(
    name="payments.list_acts", method="GET", path="/authorities/{authority}/acts",
    request=ShowActs, response=Acts, callers=frozenset({"staff"}),
    roles=frozenset({"administrator"}),
    summary="What agents of one's authority did here, newest first.", refusals=(NotFound,),
)  # fmt: skip
