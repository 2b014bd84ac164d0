"""What accounts can be asked: people, sign-in, sessions, households and their beneficiaries."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.operation import Done, Operation
from contracts.refusal import NotFound, Refusal
from contracts.values import BeneficiaryId, HouseholdId, PersonId, Value

TokenHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a session token. The token itself never leaves the browser and the gateway."""

Name = Annotated[str, Field(min_length=1, max_length=100)]
EmailAddress = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Filiation = Literal[
    "pere", "mere", "tuteur", "grand_parent", "assistant_familial", "moi_meme", "autre"
]


class CredentialsRefused(Refusal, code="accounts.credentials_refused", status=403):
    """The address and the password do not belong together; it is not said which is wrong."""

    sentence = "L’adresse e-mail ou le mot de passe ne correspond pas. Vérifiez-les puis réessayez."


class OpenSession(Value):
    """Sign in: the gateway drew a token and sends its hash with what the person typed."""

    session: UUID
    token_hash: TokenHash
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1024)]
    keep: bool = False


class SessionView(Value):
    """Who is signed in, and until when."""

    session: UUID
    person: PersonId
    household: HouseholdId
    first_name: str
    expires: datetime


class ByToken(Value):
    """Finds a session by the hash of its token."""

    token_hash: TokenHash


class ByHousehold(Value):
    """Finds a household."""

    household: HouseholdId


class Adult(Value):
    """A member of the household who signs in."""

    person: PersonId
    first_name: Name
    last_name: Name
    email: EmailAddress


class Beneficiary(Value):
    """Who eats: a child, most often."""

    beneficiary: BeneficiaryId
    first_name: Name
    last_name: Name
    birth_date: date | None = None
    filiation: Filiation = "autre"


class HouseholdView(Value):
    """A household: the adults who act for it and those who eat, eldest first."""

    household: HouseholdId
    adults: tuple[Adult, ...]
    beneficiaries: tuple[Beneficiary, ...]


class RegisterHousehold(Value):
    """A household taken over from elsewhere, already validated, with its first adult."""

    household: HouseholdId
    adult: Adult
    password: Annotated[str, Field(min_length=12, max_length=1024)] | None = None
    beneficiaries: tuple[Beneficiary, ...] = ()


class FindRecipients(Value):
    """Asks for the names and addresses of many households at once."""

    households: Annotated[tuple[HouseholdId, ...], Field(min_length=1, max_length=500)]


class Recipients(Value):
    """The households that exist, in no order."""

    households: tuple[HouseholdView, ...]


OPEN_SESSION = Operation(
    name="accounts.open_session", method="PUT", path="/sessions/{session}",
    request=OpenSession, response=SessionView, callers=frozenset({"visitor"}),
    summary="Sign in. Idempotent by the token's hash; a password is never stored with an answer.",
    refusals=(CredentialsRefused,),
)  # fmt: skip
GET_SESSION = Operation(
    name="accounts.get_session", method="GET", path="/sessions/{token_hash}",
    request=ByToken, response=SessionView, callers=frozenset({"visitor"}),
    summary="Who holds this session; using one that was kept makes it last.",
    refusals=(NotFound,),
)  # fmt: skip
CLOSE_SESSION = Operation(
    name="accounts.close_session", method="DELETE", path="/sessions/{token_hash}",
    request=ByToken, response=Done, callers=frozenset({"visitor"}),
    summary="Sign out. A session that is already closed is closed.",
)  # fmt: skip
GET_HOUSEHOLD = Operation(
    name="accounts.get_household", method="GET", path="/households/{household}",
    request=ByHousehold, response=HouseholdView, callers=frozenset({"family"}),
    summary="The signed-in person's own household.", refusals=(NotFound,),
)  # fmt: skip
REGISTER_HOUSEHOLD = Operation(
    name="accounts.register_household", method="PUT", path="/households/{household}",
    request=RegisterHousehold, response=Done, callers=frozenset({"operator"}),
    summary="Take over a household from elsewhere. Idempotent by its id; never stored.",
)  # fmt: skip
FIND_RECIPIENTS = Operation(
    name="accounts.find_recipients", method="POST", path="/recipients",
    request=FindRecipients, response=Recipients, callers=frozenset({"service"}),
    summary="Names and addresses of many households, for those who write to them. Reads only.",
)  # fmt: skip
