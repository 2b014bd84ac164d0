"""HTTP doors of households."""

from chassis.auth import Caller, let_in
from chassis.database import Transaction, transaction
from chassis.web import Door
from contracts.accounts import (
    JUDGE_HOUSEHOLD,
    ByHousehold,
    ByInvitation,
    ChangeProfile,
    FindRecipients,
    HouseholdView,
    InviteAdult,
    JudgeHousehold,
    OwnFile,
    Recipients,
    RegisterHousehold,
    SaveBeneficiary,
    ShowOwnFile,
)
from contracts.operation import Done
from contracts.refusal import NotFound
from contracts.values import AGGLOMERATION, HouseholdId, PersonId
from services.accounts import commands, reads
from services.accounts.clients import Outside


def _household(caller: Caller) -> HouseholdId:
    return HouseholdId(caller.own_household)


async def get_household(tx: Transaction, request: ByHousehold, caller: Caller) -> HouseholdView:
    """The caller's own household; any other does not exist for them."""
    if request.household != _household(caller):
        raise NotFound()
    households = await reads.households.show_households(tx, [request.household])
    if not households:
        raise NotFound()
    return households[0]


async def get_own_file(tx: Transaction, _request: ShowOwnFile, caller: Caller) -> OwnFile:
    """The caller's own file."""
    return await reads.households.show_file(tx, caller.actor, _household(caller))


async def change_profile(tx: Transaction, request: ChangeProfile, caller: Caller) -> Done:
    """Say something else of oneself; nobody else exists here."""
    if request.person != caller.actor:
        raise NotFound()
    await commands.households.change_profile(tx, request)
    return Done()


async def save_beneficiary(tx: Transaction, request: SaveBeneficiary, caller: Caller) -> Done:
    """Add somebody who eats, or correct them."""
    await commands.households.save_beneficiary(
        tx, request, _household(caller), PersonId(caller.actor)
    )
    return Done()


async def invite_adult(tx: Transaction, request: InviteAdult, caller: Caller) -> Done:
    """Invite another adult."""
    await commands.households.invite_adult(tx, request, _household(caller), PersonId(caller.actor))
    return Done()


async def cancel_invitation(tx: Transaction, request: ByInvitation, caller: Caller) -> Done:
    """Take back an invitation."""
    await commands.households.cancel_invitation(tx, request, _household(caller))
    return Done()


async def judge_household(tx: Transaction, request: JudgeHousehold, caller: Caller) -> Done:
    """Validate or refuse an account: the agglomeration's own agents, or an operator."""
    let_in(caller, JUDGE_HOUSEHOLD, AGGLOMERATION)
    await commands.households.judge_household(tx, request, caller)
    return Done()


async def register_household(door: Door, request: RegisterHousehold) -> Done:
    """Take over a household."""
    outside: Outside = door.resources
    hashed = await outside.passwords.hash(request.password) if request.password else None
    async with transaction(door.pool) as tx:
        await commands.households.register_household(tx, request, hashed)
    return Done()


async def find_recipients(tx: Transaction, request: FindRecipients, _caller: Caller) -> Recipients:
    """Names and addresses of many households at once."""
    households = await reads.households.show_households(tx, request.households)
    return Recipients(households=tuple(households))
