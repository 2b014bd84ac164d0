"""HTTP doors: what the path and the body both say must agree; then one command."""

from chassis import acts
from chassis.auth import Caller, let_in
from chassis.database import Transaction
from contracts.act import Acts, ShowActs
from contracts.operation import Done
from contracts.refusal import FieldError, Malformed
from contracts.subscriptions import (
    LIST_ACTS,
    LIST_PENDING,
    LIST_ROLES,
    AccessAsked,
    AccessList,
    AgentRoles,
    AskAccess,
    DescribeAuthority,
    DescribeRegie,
    GrantEntitlement,
    Judged,
    JudgeRequests,
    Offers,
    PendingRequests,
    PublishRegulation,
    RoleList,
    SetRoles,
    ShowAccess,
    ShowHouseholdAccess,
    ShowOffers,
    ShowPending,
    ShowRoles,
    ShowTownHall,
    TownHall,
    WithdrawRequest,
)
from contracts.values import HouseholdId, PersonId
from services.subscriptions import commands, reads
from services.subscriptions.domain.publication import VERSION_MAX


async def describe_authority(tx: Transaction, request: DescribeAuthority, _caller: Caller) -> Done:
    """Create or rename an authority."""
    await commands.describe_authority(tx, request)
    return Done()


async def describe_regie(tx: Transaction, request: DescribeRegie, caller: Caller) -> Done:
    """Create or rename a régie."""
    await commands.describe_regie(tx, request, caller)
    return Done()


async def publish_regulation(tx: Transaction, request: PublishRegulation, caller: Caller) -> Done:
    """Publish a version of a règlement."""
    inside = request.regulation
    errors = [
        FieldError(field=f"regulation.{field}", kind=kind)
        for field, kind, is_wrong in (
            ("service", "differs_from_path", inside.service != request.service),
            ("version", "differs_from_path", inside.version != request.version),
            ("version", "less_than_equal", inside.version > VERSION_MAX),
        )
        if is_wrong
    ]
    if errors:
        raise Malformed(errors=errors)
    await commands.publish_regulation(tx, inside, caller)
    return Done()


async def grant_entitlement(tx: Transaction, request: GrantEntitlement, caller: Caller) -> Done:
    """Give or end an entitlement."""
    await commands.grant_entitlement(tx, request, caller)
    return Done()


async def list_offers(tx: Transaction, _asked: ShowOffers, _caller: Caller) -> Offers:
    """What can be asked for, the same for everybody."""
    return await reads.offers(tx)


async def ask_access(tx: Transaction, asked: AskAccess, caller: Caller) -> AccessAsked:
    """Ask for entries of services."""
    household, person = HouseholdId(caller.own_household), PersonId(caller.actor)
    return await commands.ask_access(tx, asked, household, person)


async def list_access(tx: Transaction, _asked: ShowAccess, caller: Caller) -> AccessList:
    """The household's requests and rights."""
    return await reads.access(tx, HouseholdId(caller.own_household))


async def withdraw_request(tx: Transaction, asked: WithdrawRequest, caller: Caller) -> Done:
    """Take back a request."""
    await commands.withdraw_request(tx, asked.request, HouseholdId(caller.own_household))
    return Done()


async def judge_requests(tx: Transaction, asked: JudgeRequests, caller: Caller) -> Judged:
    """Approve or refuse requests."""
    return await commands.judge_requests(tx, asked, caller)


# -- agents -------------------------------------------------------------------------------------


async def set_roles(tx: Transaction, asked: SetRoles, caller: Caller) -> AgentRoles:
    """Give an agent exactly these roles."""
    return await commands.set_roles(tx, asked, caller)


async def list_roles(tx: Transaction, asked: ShowRoles, caller: Caller) -> RoleList:
    """Who holds which roles in an authority."""
    let_in(caller, LIST_ROLES, asked.authority)
    return await reads.roles(tx, asked.authority)


async def get_town_hall(tx: Transaction, _asked: ShowTownHall, _caller: Caller) -> TownHall:
    """What the agent's authorities are made of."""
    return await reads.town_hall(tx)


async def list_pending(tx: Transaction, asked: ShowPending, caller: Caller) -> PendingRequests:
    """What waits for the agent."""
    if asked.authority is not None:
        let_in(caller, LIST_PENDING, asked.authority)
    return await reads.pending(tx, asked)


async def get_household_access(
    tx: Transaction, asked: ShowHouseholdAccess, _caller: Caller
) -> AccessList:
    """A household's requests and rights in the agent's authorities."""
    return await reads.access(tx, asked.household)


async def list_acts(tx: Transaction, asked: ShowActs, caller: Caller) -> Acts:
    """What agents did in an authority."""
    let_in(caller, LIST_ACTS, asked.authority)
    return await acts.list_acts(tx, asked)
