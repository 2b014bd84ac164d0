"""What a letter says to whom, and what its link still does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from contracts.accounts import Kind, Letter, LinkOver, Purpose
from contracts.refusal import NotFound
from contracts.values import AgentId, HouseholdId, PersonId

PARIS = ZoneInfo("Europe/Paris")

LIVES: dict[Kind, timedelta] = {
    "proof": timedelta(days=3),
    "account_exists": timedelta(minutes=30),
    "password": timedelta(minutes=30),
    "new_address": timedelta(minutes=30),
    "invitation": timedelta(days=7),
    "agent_invitation": timedelta(days=7),
    "agent_password": timedelta(minutes=30),
}
"""How long the link of a letter lives from its first writing on; other letters have none."""

Stored = Literal[
    "proof", "password", "new_address", "invitation", "address_changed", "new_device",
    "password_changed",
]  # fmt: skip
"""Why a letter was asked for. What is written is decided when it is written."""

ToAgent = Literal["agent_invitation", "agent_password"]
"""Letters to agents of town halls."""


def made_of(cause: UUID, what: str) -> UUID:
    """The id of a letter that follows from something: the same however often that is done."""
    return uuid5(cause, what)


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be written."""

    id: UUID
    kind: Stored | ToAgent
    person: UUID | None
    email: str
    household: UUID | None = None
    next_email: str = ""
    device: str = ""
    agent: UUID | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a link does, and what has become of it."""

    letter: UUID
    purpose: Purpose
    person: PersonId | None
    """Whose it is; of an invitation, who invites."""
    household: HouseholdId | None
    email: str
    expires: datetime
    used: datetime | None
    used_by: UUID | None
    cancelled: datetime | None
    stale: bool
    """The address is no longer the person's, or not asked for; who invites proved none."""
    now: datetime
    agent: AgentId | None = None
    """Whose it is, if it is an agent's."""

    def must_be(self, *purposes: Purpose) -> None:
        """The link does one of these. Raises NotFound."""
        if self.purpose not in purposes:
            raise NotFound()

    def must_be_open(self) -> None:
        """The link can still be used. Raises LinkOver."""
        if self.used is not None:
            raise LinkOver(why="used")
        if self.cancelled is not None or self.stale:
            raise LinkOver(why="cancelled")
        if self.expires <= self.now:
            raise LinkOver(why="expired")

    def was_used_by(self, who: UUID) -> bool:
        """Whether this person or session is the one that used it."""
        return self.used is not None and self.used_by == who


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that was asked for and is still to the purpose, with whom it concerns today."""

    letter: UUID
    kind: Stored
    email: str
    next_email: str
    device: str
    asked: datetime
    person: PersonId | None
    """Whose letter it is; who invites; for a password, who has the address."""
    first_name: str
    last_name: str
    proved: bool
    """Whether that person's own address is proved."""
    stale: bool
    """As a link's: the address is not what it was when the letter was asked for."""
    owner: PersonId | None
    """Who else proved the address that the letter goes to."""
    owner_first_name: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a letter; its link is the letter's own, or another letter's."""

    letter: UUID
    kind: Kind
    email: str
    first_name: str = ""
    link_of: UUID | None = None
    link_person: PersonId | None = None
    link_agent: AgentId | None = None
    inviter: str = ""
    device: str = ""
    at: datetime | None = None
    next_email: str = ""

    @property
    def lives(self) -> timedelta:
        """How long its link lives."""
        return LIVES[self.kind]

    def written(self, secret: str | None, minutes: int | None) -> Letter:
        """What is handed over for sending."""
        return Letter(
            letter=self.letter, kind=self.kind, email=self.email, first_name=self.first_name,
            secret=secret, minutes=minutes, inviter=self.inviter, device=self.device,
            at=self.at, next_email=self.next_email,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedForAgent:
    """A letter to an agent that was asked for, with who has the address today."""

    letter: UUID
    kind: ToAgent
    email: str
    agent: AgentId
    first_name: str

    @property
    def message(self) -> Message:
        """What is written for it."""
        return Message(
            self.letter, self.kind, self.email, self.first_name,
            link_of=self.letter, link_agent=self.agent,
        )  # fmt: skip


def messages(asked: Asked) -> list[Message]:
    """What is written for a letter: nothing when it concerns nobody any more."""
    if asked.person is None or asked.stale:
        return []
    match asked.kind:
        case "proof":
            return [] if asked.proved else [_proof(asked)]
        case "invitation":
            return [_invitation(asked)]
        case "password" | "new_address":
            return [_link(asked, asked.kind)]
        case "address_changed":
            return _address_changed(asked)
        case "new_device" | "password_changed":
            return [_notice(asked, asked.kind, asked.email)]


def _link(asked: Asked, kind: Literal["proof", "password", "new_address"]) -> Message:
    return Message(
        asked.letter, kind, asked.email, asked.first_name,
        link_of=asked.letter, link_person=asked.person,
    )  # fmt: skip


def _proof(asked: Asked) -> Message:
    if asked.owner is None:
        return _link(asked, "proof")
    return Message(
        asked.letter, "account_exists", asked.email, asked.owner_first_name,
        link_of=made_of(asked.letter, "account_exists"), link_person=asked.owner,
    )  # fmt: skip


def _invitation(asked: Asked) -> Message:
    inviter = f"{asked.first_name} {asked.last_name}"
    if asked.owner is not None:
        return Message(
            asked.letter, "invitation_useless", asked.email, asked.owner_first_name,
            inviter=inviter,
        )  # fmt: skip
    return Message(
        asked.letter, "invitation", asked.email,
        link_of=asked.letter, link_person=asked.person, inviter=inviter,
    )  # fmt: skip


def _notice(
    asked: Asked, kind: Literal["address_changed", "new_device", "password_changed"], email: str
) -> Message:
    return Message(
        asked.letter, kind, email, asked.first_name,
        device=asked.device, at=asked.asked.astimezone(PARIS),
    )  # fmt: skip


def _address_changed(asked: Asked) -> list[Message]:
    told_to_the_old = Message(
        asked.letter, "address_changed", asked.email, asked.first_name,
        at=asked.asked.astimezone(PARIS), next_email=first_letters(asked.next_email),
    )  # fmt: skip
    return [told_to_the_old, _notice(asked, "address_changed", asked.next_email)]


def first_letters(address: str) -> str:
    """Enough of an address for its owner to know it, and for nobody else."""
    return "@".join(part[: max(1, min(2, len(part) - 1))] + "…" for part in address.split("@"))
