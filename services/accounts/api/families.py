"""HTTP doors of families, as agents of town halls knock at them."""

from chassis.auth import Caller, let_in
from chassis.database import Transaction
from contracts.accounts import (
    LIST_WAITING,
    SEARCH_HOUSEHOLDS,
    DescribeHouseholds,
    HouseholdsFound,
    HouseholdSheets,
    ListWaiting,
    NameBeneficiaries,
    NamedBeneficiaries,
    SearchHouseholds,
)
from contracts.values import AGGLOMERATION
from services.accounts import reads


async def describe_households(
    tx: Transaction, request: DescribeHouseholds, _caller: Caller
) -> HouseholdSheets:
    """The files of households; those of other authorities do not exist."""
    return HouseholdSheets(sheets=await reads.families.show_sheets(tx, request.households))


async def name_beneficiaries(
    tx: Transaction, request: NameBeneficiaries, _caller: Caller
) -> NamedBeneficiaries:
    """Names for a day's list; other authorities' households do not exist."""
    return await reads.families.name_beneficiaries(tx, request.households)


async def search_households(
    tx: Transaction, request: SearchHouseholds, caller: Caller
) -> HouseholdsFound:
    """Families of an authority that is the agent's."""
    let_in(caller, SEARCH_HOUSEHOLDS, request.authority)
    return await reads.families.search(tx, request)


async def list_waiting(tx: Transaction, request: ListWaiting, caller: Caller) -> HouseholdSheets:
    """Accounts that wait at the agglomeration, for its own agents."""
    let_in(caller, LIST_WAITING, AGGLOMERATION)
    return HouseholdSheets(sheets=await reads.families.show_waiting(tx, request.limit))
