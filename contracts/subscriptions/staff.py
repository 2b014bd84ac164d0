"""What the town hall's agents ask: their roles, what waits for them, their services, their acts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.act import Acts, ShowActs
from contracts.event import StateEvent
from contracts.operation import CallerKind, Operation
from contracts.refusal import Details, NotFound, Refusal
from contracts.regulation import Category, Regulation
from contracts.subscriptions.access import AccessList
from contracts.values import (
    AgentId,
    AuthorityId,
    BeneficiaryId,
    HouseholdId,
    Label,
    PersonId,
    RegieId,
    RequestId,
    ServiceId,
    StaffRole,
    Value,
    Version,
)

STAFF: frozenset[CallerKind] = frozenset({"staff"})
EVERY_ROLE: frozenset[StaffRole] = frozenset(
    {"administrator", "clerk", "regisseur", "kitchen", "attendance", "reader"}
)


class RolesChanged(StateEvent, name="subscriptions.roles_changed.v1"):
    """The roles that an agent holds in an authority, all of them; none: they left."""

    agent: AgentId
    authority: AuthorityId
    roles: tuple[StaffRole, ...]


class RolesMoved(Refusal, code="subscriptions.roles_moved", status=409):
    """Somebody else changed this agent's roles since they were shown; nothing was changed."""

    sentence = (
        "Les rôles de cette personne viennent d’être modifiés. Vérifiez-les, puis recommencez."
    )

    class Details(Details):
        roles: tuple[StaffRole, ...] = ()
        version: int = 0


class LastAdministrator(Refusal, code="subscriptions.last_administrator", status=409):
    """An authority keeps an administrator."""

    sentence = "C’est le dernier administrateur : nommez-en un autre avant de lui retirer ce rôle."


class SetRoles(Value):
    """Gives an agent exactly these roles in an authority, in place of those that were shown."""

    agent: AgentId
    authority: AuthorityId
    roles: frozenset[StaffRole]
    seen_version: Annotated[int, Field(ge=0)]
    """The version that was shown; 0 for somebody without any."""
    why: Annotated[str, Field(max_length=300)] = ""


class ShowRoles(Value):
    """Asks who holds which roles in an authority."""

    authority: AuthorityId


class AgentRoles(Value):
    """The roles of one agent in the authority."""

    agent: AgentId
    roles: tuple[StaffRole, ...]
    version: Version


class RoleList(Value):
    """Everyone who holds or held a role in the authority."""

    agents: tuple[AgentRoles, ...]


class ShowTownHall(Value):
    """Asks what the agent's authorities are made of."""


class TownService(Value):
    """A service with its newest published règlement."""

    service: ServiceId
    regulation: Regulation


class TownRegie(Value):
    """A public cash office."""

    regie: RegieId
    label: Label


class TownAuthority(Value):
    """An authority in which the agent holds a role."""

    authority: AuthorityId
    label: Label
    regies: tuple[TownRegie, ...]
    services: tuple[TownService, ...]
    pending: int
    """How many requests wait."""


class TownHall(Value):
    """The agent's authorities, by name; all of them for the agglomeration's administrators."""

    authorities: tuple[TownAuthority, ...]


class ShowPending(Value):
    """Asks for the requests that wait in the agent's authorities, oldest first."""

    authority: AuthorityId | None = None
    """Only this one's."""
    after: RequestId | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PendingRequest(Value):
    """A request that waits for an agent."""

    request: RequestId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: Category
    authority_label: Label
    service_label: Label
    category_label: Label
    asked: datetime
    asked_by: PersonId | None = None
    held: Label | None = None
    """The entry that the beneficiary holds in this service already: approving replaces it."""


class PendingRequests(Value):
    """A page of what waits, oldest first, and how much waits in all; `now` gives the ages."""

    requests: tuple[PendingRequest, ...]
    total: int
    now: datetime


class ShowHouseholdAccess(Value):
    """Asks for a household's requests and rights in the agent's authorities."""

    household: HouseholdId


SET_ROLES = Operation(
    name="subscriptions.set_roles", method="PUT", path="/authorities/{authority}/roles/{agent}",
    request=SetRoles, response=AgentRoles, callers=STAFF | {"operator"},
    roles=frozenset({"administrator"}),
    summary="Give an agent exactly these roles in one's authority. Idempotent by its content.",
    refusals=(NotFound, RolesMoved, LastAdministrator),
)  # fmt: skip
LIST_ROLES = Operation(
    name="subscriptions.list_roles", method="GET", path="/authorities/{authority}/roles",
    request=ShowRoles, response=RoleList, callers=STAFF | {"operator"},
    roles=frozenset({"administrator"}),
    summary="Who holds which roles in one's authority.", refusals=(NotFound,),
)  # fmt: skip
GET_TOWN_HALL = Operation(
    name="subscriptions.get_town_hall", method="GET", path="/town-hall",
    request=ShowTownHall, response=TownHall, callers=STAFF, roles=EVERY_ROLE,
    summary="The agent's authorities with their régies, services and what waits.",
)  # fmt: skip
LIST_PENDING = Operation(
    name="subscriptions.list_pending", method="GET", path="/pending-requests",
    request=ShowPending, response=PendingRequests, callers=STAFF,
    roles=frozenset({"administrator", "clerk"}),
    summary="Requests that wait in one's authorities, oldest first, a page at a time.",
    refusals=(NotFound,),
)  # fmt: skip
GET_HOUSEHOLD_ACCESS = Operation(
    name="subscriptions.get_household_access", method="GET", path="/households/{household}/access",
    request=ShowHouseholdAccess, response=AccessList, callers=STAFF,
    roles=frozenset({"administrator", "clerk", "regisseur"}),
    summary="A household's requests and rights in one's authorities.",
)  # fmt: skip
LIST_ACTS = Operation(
    name="subscriptions.list_acts", method="GET", path="/authorities/{authority}/acts",
    request=ShowActs, response=Acts, callers=STAFF, roles=frozenset({"administrator"}),
    summary="What agents did in one's authority, newest first.", refusals=(NotFound,),
)  # fmt: skip
