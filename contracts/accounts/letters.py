"""Letters to one person: notices, and links to prove, to enter or to join, each used once.

A link's secret is drawn when its letter is written; accounts keeps only its hash. Each writing
draws another secret, and all of them open the one link, once.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.accounts.people import (
    HOUSEHOLD,
    EmailAddress,
    Origin,
    Password,
    Profile,
    TokenHash,
)
from contracts.accounts.refusals import (
    AddressTaken,
    CredentialsRefused,
    HouseholdFull,
    LinkOver,
    PasswordTooWeak,
    TooManyTries,
)
from contracts.accounts.sessions import NewSession, SessionView
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.values import PersonId, Value

Purpose = Literal["proof", "password", "new_address", "invitation", "agent"]
"""What a link does: prove the address of a new account, set a password (which proves the address
too), prove an address that replaces another, join a household, enter as an agent."""

Kind = Literal[
    "proof", "account_exists", "password", "new_address", "invitation", "invitation_useless",
    "address_changed", "new_device", "password_changed", "agent_invitation", "agent_password",
]  # fmt: skip
"""Which letter is written. `account_exists` goes to who registers with an address that has an
account already, and carries a password link; `invitation_useless` to an invited person who has an
account elsewhere; `address_changed` to the old address and to the new one."""


class AskPasswordLink(Value):
    """« Mot de passe oublié ? »: asks for a link, whether the address is known or not."""

    letter: UUID
    email: Annotated[str, Field(max_length=254)]
    origin: Origin | None = None


class BySecret(Value):
    """Finds a link by the hash of its secret."""

    secret_hash: TokenHash


class LinkView(Value):
    """What a link will do, for whom. Only who received the letter can ask."""

    purpose: Purpose
    person: PersonId | None = None
    """Whose link it is; nobody's yet for an invitation."""
    email: EmailAddress
    first_name: str = ""
    inviter: str = ""
    """Who invites, by first and last name."""


class SetPassword(Value):
    """Sets a password by a link, and signs in. All other devices are signed out."""

    secret_hash: TokenHash
    password: Password
    open: NewSession


class ProveAddress(Value):
    """Proves an address by its link: by the person themselves, signed in or with the password."""

    secret_hash: TokenHash
    password: Password | None = None
    origin: Origin | None = None


class AcceptInvitation(Value):
    """Joins the household that invited, and signs in."""

    secret_hash: TokenHash
    person: PersonId
    profile: Profile
    password: Password
    terms_version: Annotated[str, Field(min_length=1, max_length=20)]
    open: NewSession


class WriteLetters(Value):
    """Asks what to write in many letters at once; each asking draws new secrets."""

    letters: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]


class Letter(Value):
    """One message to one address."""

    letter: UUID
    kind: Kind
    email: EmailAddress
    first_name: str = ""
    secret: str | None = None
    """The secret of the link, for the letter alone."""
    minutes: int | None = None
    """How long the link lives, from now on."""
    inviter: str = ""
    device: str = ""
    at: datetime | None = None
    """When the thing happened that the letter is about, on the town's own clocks."""
    next_email: str = ""
    """The new address, in the letter to the old one: the first letters only."""


class Letters(Value):
    """The messages to write: none for a letter to nobody, two for a changed address."""

    letters: tuple[Letter, ...]


ASK_PASSWORD_LINK = Operation(
    name="accounts.ask_password_link", method="PUT", path="/password-letters/{letter}",
    request=AskPasswordLink, response=Done, callers=frozenset({"visitor"}),
    summary="Ask for a password link: the same answer and time whether the address is known. "
    "Idempotent by the letter's id.",
    refusals=(TooManyTries,),
)  # fmt: skip
GET_LINK = Operation(
    name="accounts.get_link", method="GET", path="/links/{secret_hash}",
    request=BySecret, response=LinkView, callers=HOUSEHOLD | {"visitor"},
    summary="What a link will do; looking at it does not use it.", refusals=(NotFound, LinkOver),
)  # fmt: skip
SET_PASSWORD = Operation(
    name="accounts.set_password", method="PUT", path="/links/{secret_hash}/password",
    request=SetPassword, response=SessionView, callers=frozenset({"visitor"}),
    summary="Set a password by its link and sign in. Idempotent by the link; never stored.",
    refusals=(NotFound, LinkOver, PasswordTooWeak, AddressTaken, CredentialsRefused),
)  # fmt: skip
PROVE_ADDRESS = Operation(
    name="accounts.prove_address", method="PUT", path="/links/{secret_hash}/proof",
    request=ProveAddress, response=Done, callers=HOUSEHOLD | {"visitor"},
    summary="Prove an address by its link. Idempotent by the link; never stored.",
    refusals=(NotFound, LinkOver, CredentialsRefused, AddressTaken, TooManyTries),
)  # fmt: skip
ACCEPT_INVITATION = Operation(
    name="accounts.accept_invitation", method="PUT", path="/links/{secret_hash}/adult",
    request=AcceptInvitation, response=SessionView, callers=frozenset({"visitor"}),
    summary="Join the household that invited, and sign in. Idempotent by the link; never stored.",
    refusals=(NotFound, LinkOver, PasswordTooWeak, AddressTaken, HouseholdFull, CredentialsRefused),
)  # fmt: skip
WRITE_LETTERS = Operation(
    name="accounts.write_letters", method="POST", path="/letters",
    request=WriteLetters, response=Letters, callers=frozenset({"service"}),
    summary="To whom and with which link letters are written; each asking draws new secrets.",
)  # fmt: skip
