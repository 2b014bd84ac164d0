"""How often something may be tried: a burst, then one more each time a while has passed.

Nobody is locked out: whatever others try, a try comes back as time goes by.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.accounts.domain.people import email_key


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tries at once, and one more each time `period` has passed."""

    burst: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class Try:
    """One try under a key: a word and a value, of which only a hash is kept."""

    word: str
    value: str
    rate: Rate

    @property
    def key(self) -> bytes:
        """What the tries of one kind and one value have in common."""
        return hashlib.sha256(f"{self.word}\n{self.value}".encode()).digest()


PAIR = Rate(10, timedelta(seconds=30))
ORIGIN = Rate(60, timedelta(seconds=3))
ADDRESS = Rate(100, timedelta(seconds=10))
SELF = Rate(10, timedelta(seconds=30))
LETTERS_TO = Rate(3, timedelta(minutes=15))
LETTERS_FROM = Rate(20, timedelta(minutes=1))
REGISTRATIONS_FROM = Rate(20, timedelta(minutes=1))
PROOFS = Rate(2, timedelta(minutes=1))
INVITATIONS = Rate(5, timedelta(minutes=10))
AGENT_ADDRESS = Rate(30, timedelta(seconds=30))
AGENT_INVITATIONS = Rate(30, timedelta(minutes=1))


def pair(email: str, origin: str | None) -> list[Try]:
    """The tries of one origin for one address: a success forgets them."""
    return _from(origin, "pair", PAIR, email_key(email))


def sign_in(email: str, origin: str | None) -> list[Try]:
    """A password typed for an address, whether anybody has it or not."""
    return [
        *pair(email, origin),
        *_from(origin, "origin", ORIGIN),
        Try("address", email_key(email), ADDRESS),
    ]


def own_password(person: UUID) -> list[Try]:
    """The current password typed once more by somebody who is signed in."""
    return [Try("self", str(person), SELF)]


def registration(origin: str | None) -> list[Try]:
    """A new account."""
    return _from(origin, "registration", REGISTRATIONS_FROM)


def registered(person: UUID) -> list[Try]:
    """A registration sent again: its password is tried."""
    return [Try("registered", str(person), SELF)]


def password_link(origin: str | None) -> list[Try]:
    """A password link asked for from somewhere."""
    return _from(origin, "letters_from", LETTERS_FROM)


def password_link_to(email: str) -> list[Try]:
    """A password link asked for an address."""
    return [Try("letters_to", email_key(email), LETTERS_TO)]


def proof(person: UUID) -> list[Try]:
    """Another letter to prove one's address."""
    return [Try("proof", str(person), PROOFS)]


def invitation(household: UUID) -> list[Try]:
    """Another letter that invites somebody into a household."""
    return [Try("invitation", str(household), INVITATIONS)]


def unasked_to(email: str) -> list[Try]:
    """A letter to an address that somebody says is theirs, or that is invited."""
    return [Try("unasked_to", email_key(email), LETTERS_TO)]


# -- agents, whose tries are not families' --------------------------------------------------------


def agent_pair(email: str, origin: str | None) -> list[Try]:
    """The tries of one origin for one agent's address: a success forgets them."""
    return _from(origin, "agent_pair", PAIR, email_key(email))


def agent_sign_in(email: str, origin: str | None) -> list[Try]:
    """A password and a code typed for an address: few enough that no code is ever guessed."""
    return [
        *agent_pair(email, origin),
        *_from(origin, "agent_origin", ORIGIN),
        Try("agent_address", email_key(email), AGENT_ADDRESS),
    ]


def own_agent_password(agent: UUID) -> list[Try]:
    """An agent's current password typed once more."""
    return [Try("agent_self", str(agent), SELF)]


def enrolment(letter: UUID) -> list[Try]:
    """A code typed to prove a new second factor."""
    return [Try("enrolment", str(letter), SELF)]


def agent_link(origin: str | None) -> list[Try]:
    """An agent's link asked for from somewhere."""
    return _from(origin, "agent_letters_from", LETTERS_FROM)


def agent_link_to(email: str) -> list[Try]:
    """An agent's link asked for an address."""
    return [Try("agent_letters_to", email_key(email), LETTERS_TO)]


def agent_invitation(inviter: UUID, email: str) -> list[Try]:
    """A letter that invites an agent."""
    return [
        Try("agent_inviter", str(inviter), AGENT_INVITATIONS),
        Try("agent_invited", email_key(email), LETTERS_TO),
    ]


def _from(origin: str | None, word: str, rate: Rate, value: str = "") -> list[Try]:
    return [] if origin is None else [Try(word, f"{origin} {value}", rate)]


def keys(tries: Iterable[Try]) -> list[bytes]:
    """The keys of some tries."""
    return [each.key for each in tries]
