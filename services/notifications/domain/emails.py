"""E-mails: one for each event, tried until it is no use."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

Template = Literal[
    "order_confirmed", "order_released", "booking_cancelled", "access_open", "request_received",
    "request_refused", "credits_loaded", "account_waiting", "account_validated",
    "account_refused", "letter",
]  # fmt: skip
"""What an e-mail says. Those of one family, of which the newest version counts, begin with the same
word. What a `letter` says is accounts' to know."""

GATHERED: frozenset[Template] = frozenset({"access_open", "request_received", "request_refused"})
"""What a town hall or a family does to several rights at once is told in one letter…"""

GATHERED_WITHIN = timedelta(seconds=2)
"""…for which so long is waited: their events need not come in together."""

State = Literal["queued", "sent", "failed", "superseded"]

FIRST_DELAY = timedelta(seconds=5)
DELAY_MAX = timedelta(minutes=30)
OUTAGE_DELAY_MAX = timedelta(seconds=15)
"""How long an e-mail that is not at fault waits at most."""

GIVE_UP_AFTER = timedelta(days=3)
OUTAGE = "outage"
NO_READER = "no_recipient"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. `failure` is a word for the operator, never an address."""

    emails: tuple[UUID, ...]
    state: State
    reached: tuple[UUID, ...]
    refused: tuple[UUID, ...]
    next_attempt: datetime
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """What a household is told about one version of something, or a letter of accounts.

    It knows ids, days, cents and public names. `reached` are the recipients whose message was
    handed over, `refused` those whose never will be: only the others are tried again. `taken` is
    the instant of this attempt, `along` the e-mails that leave in the same letter.
    """

    id: UUID
    template: Template
    subject: UUID
    version: int
    data: dict[str, Any]
    queued: datetime
    taken: datetime
    household: UUID | None = None
    letter: UUID | None = None
    attempts: int = 0
    reached: tuple[UUID, ...] = ()
    refused: tuple[UUID, ...] = ()
    along: tuple[UUID, ...] = ()

    @property
    def is_gathered(self) -> bool:
        """Whether others of its kind go in the same letter."""
        return self.template in GATHERED

    @property
    def due(self) -> datetime:
        """When it is first tried."""
        return self.queued + GATHERED_WITHIN if self.is_gathered else self.queued

    def message_id(self, recipient: UUID, domain: str) -> str:
        """The same for the same event and recipient, so that a second copy can be told as one."""
        return f"<{uuid5(self.id, str(recipient))}@{domain}>"

    def awaits(self, recipient: UUID) -> bool:
        """Whether this recipient is still to be written to."""
        return recipient not in self.reached and recipient not in self.refused

    def reaching(self, recipient: UUID) -> "Email":
        """The e-mail once this recipient's message was handed over."""
        return replace(self, reached=(*self.reached, recipient))

    def refusing(self, recipient: UUID) -> "Email":
        """The e-mail once this recipient's message was refused for good."""
        return replace(self, refused=(*self.refused, recipient))

    def ended(self, failure: str) -> Outcome:
        """Nothing is left to do: sent if anybody was reached, else failed, and why."""
        return self._outcome("sent" if self.reached else "failed", self.taken, failure)

    def postponed(self, failure: str, luck: float) -> Outcome:
        """Not now: twice as long each time, and not with all the others (`luck` is in [0, 1))."""
        if self.taken - self.queued > GIVE_UP_AFTER:
            return self.ended(failure)
        longest = OUTAGE_DELAY_MAX if failure == OUTAGE else DELAY_MAX
        delay = min(longest, FIRST_DELAY * 2 ** min(max(self.attempts - 1, 0), 20))
        return self._outcome("queued", self.taken + delay * (0.5 + luck), failure)

    def without_reader(self, luck: float) -> Outcome:
        """Nobody to write to: a household may prove an address yet, a letter of accounts ends."""
        return self.postponed(NO_READER, luck) if self.household else self.ended(NO_READER)

    def _outcome(self, state: State, next_attempt: datetime, failure: str) -> Outcome:
        emails = (self.id, *self.along)
        return Outcome(emails, state, self.reached, self.refused, next_attempt, failure)


def gathered(emails: Iterable[Email]) -> list[Email]:
    """One letter for what a household is told in the same words of the same instant.

    The instant is the one at which the first of them was queued and the others joined it, so that
    a second attempt gathers the same e-mails, under the same Message-ID.
    """
    bundles: dict[object, list[Email]] = {}
    for email in emails:
        told = (email.template, email.household, email.queued, email.reached, email.refused)
        bundles.setdefault(told if email.is_gathered else email.id, []).append(email)
    return [_bundled(sorted(bundle, key=_by_id)) for bundle in bundles.values()]


def _bundled(bundle: list[Email]) -> Email:
    first, *others = bundle
    if not others:
        return first
    items = [item for email in bundle for item in email.data["items"]]
    return replace(first, along=tuple(email.id for email in others), data={"items": items})


def _by_id(email: Email) -> UUID:
    return email.id
