"""Households: the adults who act for them, those who eat, and where the account stands."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.accounts.events import HouseholdReason
from contracts.accounts.people import (
    HOUSEHOLD,
    Adult,
    Beneficiary,
    EmailAddress,
    Filiation,
    Name,
    Password,
    Profile,
    Standing,
)
from contracts.accounts.refusals import (
    AlreadyJudged,
    CredentialsRefused,
    HouseholdFull,
    TooManyTries,
)
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import BeneficiaryId, HouseholdId, PersonId, Value


class ByHousehold(Value):
    """Finds a household."""

    household: HouseholdId


class HouseholdView(Value):
    """A household: the adults who act for it and those who eat, eldest first."""

    household: HouseholdId
    adults: tuple[Adult, ...]
    """Those whose address is proved: they can be written to."""
    beneficiaries: tuple[Beneficiary, ...]
    former: tuple[Beneficiary, ...] = ()
    """Those who left the list: past orders still name them."""


class Invitation(Value):
    """An adult who was invited into the household and has not come yet."""

    invitation: UUID
    email: EmailAddress
    sent: datetime


class ShowOwnFile(Value):
    """Asks for the signed-in person's own file."""


class OwnFile(Value):
    """Everything that the signed-in person's household said of itself."""

    person: PersonId
    email: EmailAddress
    next_email: EmailAddress | None = None
    """The address that was asked for and is not proved yet."""
    has_password: bool
    profile: Profile
    standing: Standing
    reason: HouseholdReason | None = None
    """Why the account was refused."""
    household: HouseholdView
    unproved: tuple[Adult, ...] = ()
    """Adults of the household whose address is not proved yet."""
    invitations: tuple[Invitation, ...] = ()


class ChangeProfile(Value):
    """Says something else of oneself."""

    person: PersonId
    profile: Profile


class ChangeEmail(Value):
    """Asks for another address, against the password; it counts once its link was used."""

    letter: UUID
    email: EmailAddress
    password: Password


class ProveAgain(Value):
    """Asks for another link to prove one's address."""

    letter: UUID


class SaveBeneficiary(Value):
    """Adds somebody who eats to the household, or corrects them."""

    beneficiary: BeneficiaryId
    first_name: Name
    last_name: Name
    birth_date: date | None = None
    filiation: Filiation


class InviteAdult(Value):
    """Invites another adult into the household, with a sign-in of their own."""

    invitation: UUID
    email: EmailAddress


class ByInvitation(Value):
    """Finds an invitation."""

    invitation: UUID


class JudgeHousehold(Value):
    """Validates or refuses an account that waits."""

    household: HouseholdId
    verdict: Literal["validated", "refused"]
    reason: HouseholdReason | None = None
    """Needed for a refusal."""


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


GET_HOUSEHOLD = Operation(
    name="accounts.get_household", method="GET", path="/households/{household}",
    request=ByHousehold, response=HouseholdView, callers=HOUSEHOLD,
    summary="The signed-in person's own household.", refusals=(NotFound,),
)  # fmt: skip
GET_OWN_FILE = Operation(
    name="accounts.get_own_file", method="GET", path="/file",
    request=ShowOwnFile, response=OwnFile, callers=HOUSEHOLD,
    summary="The signed-in person's own file.", refusals=(NotFound,),
)  # fmt: skip
CHANGE_PROFILE = Operation(
    name="accounts.change_profile", method="PUT", path="/people/{person}/profile",
    request=ChangeProfile, response=Done, callers=HOUSEHOLD,
    summary="Say something else of oneself. Idempotent by its content.", refusals=(NotFound,),
)  # fmt: skip
CHANGE_EMAIL = Operation(
    name="accounts.change_email", method="PUT", path="/email-changes/{letter}",
    request=ChangeEmail, response=Done, callers=HOUSEHOLD,
    summary="Ask for another address, against the password. Idempotent by the letter's id; never "
    "stored.",
    refusals=(CredentialsRefused, TooManyTries),
)  # fmt: skip
PROVE_AGAIN = Operation(
    name="accounts.prove_again", method="PUT", path="/proof-letters/{letter}",
    request=ProveAgain, response=Done, callers=HOUSEHOLD,
    summary="Ask for another link to prove one's address. Idempotent by the letter's id.",
    refusals=(TooManyTries,),
)  # fmt: skip
SAVE_BENEFICIARY = Operation(
    name="accounts.save_beneficiary", method="PUT", path="/beneficiaries/{beneficiary}",
    request=SaveBeneficiary, response=Done, callers=HOUSEHOLD,
    summary="Add somebody who eats to one's household, or correct them. Idempotent by its content.",
    refusals=(NotFound, HouseholdFull),
)  # fmt: skip
INVITE_ADULT = Operation(
    name="accounts.invite_adult", method="PUT", path="/invitations/{invitation}",
    request=InviteAdult, response=Done, callers=HOUSEHOLD,
    summary="Invite another adult into one's household, by e-mail. Idempotent by the invitation.",
    refusals=(NotFound, HouseholdFull, TooManyTries),
)  # fmt: skip
CANCEL_INVITATION = Operation(
    name="accounts.cancel_invitation", method="DELETE", path="/invitations/{invitation}",
    request=ByInvitation, response=Done, callers=HOUSEHOLD,
    summary="Take back an invitation; one that was accepted or taken back stays as it is.",
)  # fmt: skip
JUDGE_HOUSEHOLD = Operation(
    name="accounts.judge_household", method="PUT", path="/households/{household}/standing",
    request=JudgeHousehold, response=Done, callers=frozenset({"staff", "operator"}),
    roles=frozenset({"administrator", "clerk"}),
    summary="Validate or refuse an account that waits at the agglomeration. Idempotent by its "
    "content.",
    refusals=(NotFound, AlreadyJudged),
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
