"""Who signs in, and how long a session lasts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.accounts import NewSession
from contracts.values import PersonId

KEPT = timedelta(days=30)
"""A session kept on a device lasts that long after its last use…"""

SLIDES_AFTER = timedelta(days=1)
"""…which is written down at most so often."""

NOT_KEPT = timedelta(hours=12)
"""Any other session ends that long after sign-in, used or not."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in is judged by: a person's stored password and when it was set."""

    person: PersonId
    password_hash: str | None
    password_set: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A person on a device. The token is known by its hash only."""

    token_hash: bytes
    id: UUID
    person: PersonId
    created: datetime
    last_seen: datetime
    expires: datetime
    keep: bool
    device: str

    @classmethod
    def opened(cls, request: NewSession, person: PersonId, now: datetime) -> "Session":
        """A new session of this person."""
        return cls(
            token_hash=bytes.fromhex(request.token_hash),
            id=request.session,
            person=person,
            created=now,
            last_seen=now,
            expires=now + (KEPT if request.keep else NOT_KEPT),
            keep=request.keep,
            device=request.device,
        )

    def is_the_one(self, other: "Session") -> bool:
        """Whether both are one session of one person, opened twice."""
        return (self.token_hash, self.id, self.person) == (
            other.token_hash, other.id, other.person,
        )  # fmt: skip

    def used(self, now: datetime) -> "Session":
        """The session after a use: a kept one lasts longer, if that was not noted today."""
        if not self.keep or now >= self.expires or now < self.last_seen + SLIDES_AFTER:
            return self
        return replace(self, last_seen=now, expires=now + KEPT)
