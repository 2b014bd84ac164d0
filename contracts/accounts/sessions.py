"""Registering, signing in, passwords and devices."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from contracts.accounts.people import (
    HOUSEHOLD,
    DeviceLabel,
    EmailAddress,
    Origin,
    Password,
    Profile,
    Standing,
    TokenHash,
)
from contracts.accounts.refusals import CredentialsRefused, PasswordTooWeak, TooManyTries
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import HouseholdId, PersonId, Value


def household_of(registration: PersonId) -> HouseholdId:
    """The household that a registration makes: the same however often it is sent."""
    return HouseholdId(uuid5(registration, "household"))


class NewSession(Value):
    """A session to open: the gateway drew its id and token, and sends only the token's hash."""

    session: UUID
    token_hash: TokenHash
    keep: bool = False
    device: DeviceLabel = ""


class OpenSession(NewSession):
    """Sign in with what the person typed."""

    email: Annotated[str, Field(max_length=254)]
    password: Password
    origin: Origin | None = None


class Register(Value):
    """A new account: the first adult of a new household, signed in at once; its address is to be
    proved by a link."""

    registration: PersonId
    open: NewSession
    profile: Profile
    email: EmailAddress
    password: Password
    terms_version: Annotated[str, Field(min_length=1, max_length=20)]
    origin: Origin | None = None


class SessionView(Value):
    """Who is signed in, where their account stands, and until when."""

    session: UUID
    person: PersonId
    household: HouseholdId
    first_name: str
    last_name: str
    standing: Standing
    expires: datetime


class ByToken(Value):
    """Finds a session by the hash of its token."""

    token_hash: TokenHash


class ChangePassword(Value):
    """Another password, against the current one. Other devices are signed out."""

    person: PersonId
    session: UUID
    """The session that stays open."""
    current: Password
    password: Password


class ShowDevices(Value):
    """Asks for the devices on which the person is signed in."""


class Device(Value):
    """A device on which the person is signed in."""

    session: UUID
    label: DeviceLabel
    opened: datetime
    seen: datetime
    keep: bool


class Devices(Value):
    """The person's devices, last used first."""

    devices: tuple[Device, ...]


class CloseDevice(Value):
    """Signs the person out on one device."""

    session: UUID


class CloseOtherDevices(Value):
    """Signs the person out everywhere but in one session."""

    current: UUID


OPEN_SESSION = Operation(
    name="accounts.open_session", method="PUT", path="/sessions/{session}",
    request=OpenSession, response=SessionView, callers=frozenset({"visitor"}),
    summary="Sign in. Idempotent by the token's hash; a password is never stored with an answer.",
    refusals=(CredentialsRefused, TooManyTries),
)  # fmt: skip
REGISTER = Operation(
    name="accounts.register", method="PUT", path="/registrations/{registration}",
    request=Register, response=SessionView, callers=frozenset({"visitor"}),
    summary="Open an account and sign in; the same answer whether the address is known or not. "
    "Idempotent by the registration's id and password.",
    refusals=(PasswordTooWeak, CredentialsRefused, TooManyTries),
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
CHANGE_PASSWORD = Operation(
    name="accounts.change_password", method="PUT", path="/people/{person}/password",
    request=ChangePassword, response=Done, callers=HOUSEHOLD,
    summary="Change one's password against the current one; other devices are signed out. "
    "Idempotent by its content; never stored.",
    refusals=(NotFound, CredentialsRefused, PasswordTooWeak, TooManyTries),
)  # fmt: skip
LIST_DEVICES = Operation(
    name="accounts.list_devices", method="GET", path="/devices",
    request=ShowDevices, response=Devices, callers=HOUSEHOLD,
    summary="The devices on which the person is signed in, last used first.",
)  # fmt: skip
CLOSE_DEVICE = Operation(
    name="accounts.close_device", method="DELETE", path="/devices/{session}",
    request=CloseDevice, response=Done, callers=HOUSEHOLD,
    summary="Sign out on one of one's devices. One that is signed out already is signed out.",
)  # fmt: skip
CLOSE_OTHER_DEVICES = Operation(
    name="accounts.close_other_devices", method="DELETE", path="/devices",
    request=CloseOtherDevices, response=Done, callers=HOUSEHOLD,
    summary="Sign out on all of one's devices but this one.",
)  # fmt: skip
