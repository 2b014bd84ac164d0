"""HTTP door: hand over to a command or a read, answer."""

from chassis import acts
from chassis.auth import Caller, let_in
from chassis.database import Transaction
from contracts.act import Acts, ShowActs
from contracts.payments import (
    GET_RECEIPT,
    LIST_ACTS,
    LIST_TAKINGS,
    TAKE_CASH,
    Movements,
    Receipt,
    ReceiptView,
    ShowMovements,
    ShowReceipt,
    ShowTakings,
    ShowWallets,
    TakeCash,
    Takings,
    Wallets,
)
from contracts.refusal import NotFound
from contracts.values import HouseholdId
from services.payments import commands, reads


async def get_wallets(tx: Transaction, _asked: ShowWallets, caller: Caller) -> Wallets:
    """The household's credits."""
    return await reads.wallets(tx, HouseholdId(caller.own_household))


async def list_movements(tx: Transaction, asked: ShowMovements, caller: Caller) -> Movements:
    """How the household's credits came and went."""
    return await reads.movements(tx, asked, HouseholdId(caller.own_household))


async def take_cash(tx: Transaction, asked: TakeCash, caller: Caller) -> Receipt:
    """Money at the desk; only an agent of the régie's authority. Raises NotFound.

    Who acts for a household takes no money for another one.
    """
    authority = await reads.authority_of_regie(tx, asked.regie)
    if authority is None or caller.household not in (None, asked.household):
        raise NotFound()
    let_in(caller, TAKE_CASH, authority)
    return await commands.take_cash(tx, asked, authority, caller)


async def get_receipt(tx: Transaction, asked: ShowReceipt, caller: Caller) -> ReceiptView:
    """A receipt of the agent's authority. Raises NotFound."""
    authority, found = await reads.receipt(tx, asked.top_up)
    let_in(caller, GET_RECEIPT, authority)
    return found


async def list_takings(tx: Transaction, asked: ShowTakings, caller: Caller) -> Takings:
    """A day at the desk of a régie of the agent's authority. Raises NotFound."""
    authority, found = await reads.takings(tx, asked)
    let_in(caller, LIST_TAKINGS, authority)
    return found


async def list_acts(tx: Transaction, asked: ShowActs, caller: Caller) -> Acts:
    """What agents of an authority did here. Raises NotFound."""
    let_in(caller, LIST_ACTS, asked.authority)
    return await acts.list_acts(tx, asked)
