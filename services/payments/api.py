"""HTTP door: hand over to a command or a read, answer."""

from chassis.auth import Caller
from chassis.database import Transaction
from contracts.payments import (
    TAKE_CASH,
    Movements,
    Receipt,
    ShowMovements,
    ShowWallets,
    TakeCash,
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
    """Cash at the desk; only an agent of the régie's authority. Raises NotFound."""
    authority = await reads.authority_of_regie(tx, asked.regie)
    if authority is None or not caller.holds(TAKE_CASH.roles, authority):
        raise NotFound()
    return await commands.take_cash(tx, asked, caller.actor)
