"""Agents of town halls: who they are, how they sign in, and the households they may look at."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.accounts.events import HouseholdReason, HouseholdState
from contracts.accounts.households import HouseholdView
from contracts.accounts.people import (
    Adult,
    EmailAddress,
    Name,
    Origin,
    Password,
    TokenHash,
)
from contracts.accounts.refusals import (
    CodeRefused,
    CredentialsRefused,
    LinkOver,
    PasswordTooWeak,
    TooManyTries,
)
from contracts.accounts.sessions import Devices, NewSession
from contracts.act import Acts, ShowActs
from contracts.operation import CallerKind, Done, Operation
from contracts.refusal import NotFound
from contracts.values import AgentId, AuthorityId, BeneficiaryId, HouseholdId, StaffRole, Value

STAFF: frozenset[CallerKind] = frozenset({"staff"})
ADMINISTRATOR: frozenset[StaffRole] = frozenset({"administrator"})
FAMILIES_READERS: frozenset[StaffRole] = frozenset({"administrator", "clerk", "regisseur"})
"""Who may look at the families of an authority."""
NAMES_READERS: frozenset[StaffRole] = frozenset(
    {"administrator", "clerk", "kitchen", "attendance", "reader"}
)
"""Who may read the names of those who eat there, and nothing else of their families."""


class HeldRole(Value):
    """A role that an agent holds in an authority; the agglomeration is one (`AGGLOMERATION`)."""

    authority: AuthorityId
    role: StaffRole


class InviteAgent(Value):
    """Opens an agent's account, or finds the one that this address has, and sends its link."""

    agent: AgentId
    letter: UUID
    email: EmailAddress
    first_name: Name
    last_name: Name
    authority: AuthorityId | None = None
    """In whose record of acts it stands: one that the inviter administers."""


class Agent(Value):
    """An agent as colleagues see them."""

    agent: AgentId
    email: EmailAddress
    first_name: Name
    last_name: Name
    enrolled: bool
    """Whether they chose a password and a second factor."""


class FindAgents(Value):
    """Asks for the names of agents."""

    agents: Annotated[tuple[AgentId, ...], Field(min_length=1, max_length=500)]


class Agents(Value):
    """Those of these agents that exist."""

    agents: tuple[Agent, ...]


class BeginEnrolment(Value):
    """Asks for the second factor's secret, to be shown once beside a new password."""

    secret_hash: TokenHash


class Enrolment(Value):
    """What an authenticator application needs. The same until the enrolment is finished."""

    agent: AgentId
    first_name: Name
    email: EmailAddress
    totp_secret: str
    """Base32, as people type it."""
    totp_uri: str
    """`otpauth://`, as a QR code carries it."""


class FinishEnrolment(Value):
    """Sets the password and the second factor, proved by a code, and signs in."""

    secret_hash: TokenHash
    password: Password
    code: Annotated[str, Field(max_length=20)]
    open: NewSession


class AgentSession(Value):
    """Which agent is signed in, with which roles, until when if nothing is done."""

    session: UUID
    agent: AgentId
    first_name: str
    last_name: str
    email: EmailAddress
    roles: tuple[HeldRole, ...]
    expires: datetime


class Enrolled(Value):
    """The new session, and the recovery codes: shown once, each good for one sign-in."""

    session: AgentSession
    recovery_codes: tuple[str, ...]


class OpenAgentSession(NewSession):
    """Signs an agent in: address, password, and a code of the authenticator or a recovery code."""

    email: Annotated[str, Field(max_length=254)]
    password: Password
    code: Annotated[str, Field(max_length=20)]
    origin: Origin | None = None


class ByAgentToken(Value):
    """Finds an agent's session by the hash of its token."""

    token_hash: TokenHash


class ShowAgentDevices(Value):
    """Asks for the devices on which the agent is signed in."""


class CloseAgentDevice(Value):
    """Signs the agent out on one device."""

    session: UUID


class RenewRecoveryCodes(Value):
    """Draws new recovery codes against the password; the old ones are worth nothing more."""

    renewal: UUID
    password: Password


class RecoveryCodes(Value):
    """Recovery codes, shown once."""

    recovery_codes: tuple[str, ...]


class AskAgentLink(Value):
    """An agent forgot their password: asks for a link, whether the address is known or not."""

    letter: UUID
    email: Annotated[str, Field(max_length=254)]
    origin: Origin | None = None


# -- households, as an authority's agents see them ------------------------------------------


class DescribeHouseholds(Value):
    """Asks for the files of households; those of other authorities do not exist."""

    households: Annotated[tuple[HouseholdId, ...], Field(min_length=1, max_length=500)]


class HouseholdSheet(Value):
    """A household as an agent sees it."""

    household: HouseholdView
    unproved: tuple[Adult, ...] = ()
    """Adults whose address is not proved."""
    state: HouseholdState
    reason: HouseholdReason | None = None
    since: datetime
    """When it registered."""


class HouseholdSheets(Value):
    """The households that exist for this agent."""

    sheets: tuple[HouseholdSheet, ...]


class NameBeneficiaries(Value):
    """Asks for the names of those who eat, of these households; for lists of a day."""

    households: Annotated[tuple[HouseholdId, ...], Field(min_length=1, max_length=500)]


class NamedBeneficiary(Value):
    """The name of one who eats, or ate, in a household."""

    household: HouseholdId
    beneficiary: BeneficiaryId
    first_name: str
    last_name: str


class NamedBeneficiaries(Value):
    """Names in the households that exist for this agent."""

    beneficiaries: tuple[NamedBeneficiary, ...]


class SearchHouseholds(Value):
    """Looks for families of an authority by any name, address or birth date in them.

    Accents, case, hyphens and the order of words do not count. Pages go by name.
    """

    authority: AuthorityId
    text: Annotated[str, Field(max_length=100)] = ""
    born: date | None = None
    after: Annotated[str, Field(max_length=300)] = ""
    """The cursor of the page before."""
    limit: Annotated[int, Field(ge=1, le=100)] = 25


class HouseholdsFound(Value):
    """A page of families by name."""

    sheets: tuple[HouseholdSheet, ...]
    after: str = ""
    """The cursor of the next page; empty on the last one."""


class ListWaiting(Value):
    """Asks for the accounts that wait at the agglomeration: those that asked nobody anything."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


INVITE_AGENT = Operation(
    name="accounts.invite_agent", method="PUT", path="/agents/{agent}",
    request=InviteAgent, response=Agent, callers=STAFF | {"operator"}, roles=ADMINISTRATOR,
    summary="Open an agent's account and send its link, or find the one that the address has. "
    "Idempotent by the letter's id.",
    refusals=(NotFound, TooManyTries),
)  # fmt: skip
FIND_AGENTS = Operation(
    name="accounts.find_agents", method="POST", path="/agents",
    request=FindAgents, response=Agents, callers=STAFF | {"operator"},
    summary="Names of agents, for screens that show who did what. Reads only.",
)  # fmt: skip
BEGIN_ENROLMENT = Operation(
    name="accounts.begin_enrolment", method="PUT", path="/links/{secret_hash}/enrolment",
    request=BeginEnrolment, response=Enrolment, callers=frozenset({"visitor"}),
    summary="The second factor's secret of an agent's link. Idempotent by the link; never stored.",
    refusals=(NotFound, LinkOver),
)  # fmt: skip
FINISH_ENROLMENT = Operation(
    name="accounts.finish_enrolment", method="PUT", path="/links/{secret_hash}/agent",
    request=FinishEnrolment, response=Enrolled, callers=frozenset({"visitor"}),
    summary="Set an agent's password and second factor and sign in. Idempotent by the link; never "
    "stored.",
    refusals=(NotFound, LinkOver, PasswordTooWeak, CodeRefused, TooManyTries),
)  # fmt: skip
OPEN_AGENT_SESSION = Operation(
    name="accounts.open_agent_session", method="PUT", path="/agent-sessions/{session}",
    request=OpenAgentSession, response=AgentSession, callers=frozenset({"visitor"}),
    summary="Sign an agent in with a second factor. Idempotent by the token's hash; never stored.",
    refusals=(CredentialsRefused, TooManyTries),
)  # fmt: skip
GET_AGENT_SESSION = Operation(
    name="accounts.get_agent_session", method="GET", path="/agent-sessions/{token_hash}",
    request=ByAgentToken, response=AgentSession, callers=frozenset({"visitor"}),
    summary="Which agent holds this session; using it makes it last half an hour, twelve at most.",
    refusals=(NotFound,),
)  # fmt: skip
CLOSE_AGENT_SESSION = Operation(
    name="accounts.close_agent_session", method="DELETE", path="/agent-sessions/{token_hash}",
    request=ByAgentToken, response=Done, callers=frozenset({"visitor"}),
    summary="Sign an agent out. A session that is already closed is closed.",
)  # fmt: skip
LIST_AGENT_DEVICES = Operation(
    name="accounts.list_agent_devices", method="GET", path="/agent-devices",
    request=ShowAgentDevices, response=Devices, callers=STAFF,
    summary="The devices on which the agent is signed in, last used first.",
)  # fmt: skip
CLOSE_AGENT_DEVICE = Operation(
    name="accounts.close_agent_device", method="DELETE", path="/agent-devices/{session}",
    request=CloseAgentDevice, response=Done, callers=STAFF,
    summary="Sign out on one of one's devices. One that is signed out already is signed out.",
)  # fmt: skip
RENEW_RECOVERY_CODES = Operation(
    name="accounts.renew_recovery_codes", method="PUT", path="/recovery-codes/{renewal}",
    request=RenewRecoveryCodes, response=RecoveryCodes, callers=STAFF,
    summary="Draw new recovery codes against the password. Idempotent by nothing but the last one "
    "counting; never stored.",
    refusals=(CredentialsRefused, TooManyTries),
)  # fmt: skip
ASK_AGENT_LINK = Operation(
    name="accounts.ask_agent_link", method="PUT", path="/agent-letters/{letter}",
    request=AskAgentLink, response=Done, callers=frozenset({"visitor"}),
    summary="Ask for an agent's link: the same answer and time whether the address is known. "
    "Idempotent by the letter's id.",
    refusals=(TooManyTries,),
)  # fmt: skip
DESCRIBE_HOUSEHOLDS = Operation(
    name="accounts.describe_households", method="POST", path="/households",
    request=DescribeHouseholds, response=HouseholdSheets, callers=STAFF, roles=FAMILIES_READERS,
    summary="The files of households of the agent's authorities. Reads only.",
)  # fmt: skip
NAME_BENEFICIARIES = Operation(
    name="accounts.name_beneficiaries", method="POST", path="/beneficiary-names",
    request=NameBeneficiaries, response=NamedBeneficiaries, callers=STAFF, roles=NAMES_READERS,
    summary="Names of those who eat in households of the agent's authorities. Reads only.",
)  # fmt: skip
SEARCH_HOUSEHOLDS = Operation(
    name="accounts.search_households", method="GET", path="/authorities/{authority}/households",
    request=SearchHouseholds, response=HouseholdsFound, callers=STAFF, roles=FAMILIES_READERS,
    summary="Families of one's authority by name, a page at a time.", refusals=(NotFound,),
)  # fmt: skip
LIST_WAITING = Operation(
    name="accounts.list_waiting", method="GET", path="/waiting-households",
    request=ListWaiting, response=HouseholdSheets, callers=STAFF,
    roles=frozenset({"administrator", "clerk"}),
    summary="Accounts that wait at the agglomeration, oldest first.", refusals=(NotFound,),
)  # fmt: skip
LIST_ACTS = Operation(
    name="accounts.list_acts", method="GET", path="/authorities/{authority}/acts",
    request=ShowActs, response=Acts, callers=STAFF, roles=ADMINISTRATOR,
    summary="What agents of one's authority did here, newest first.", refusals=(NotFound,),
)  # fmt: skip
