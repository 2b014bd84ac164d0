"""An agent of a town hall: what signs them in, and how long that lasts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.accounts import Agent, NewSession
from contracts.values import AgentId

IDLE = timedelta(minutes=30)
"""A session ends so long after its last use…"""

AT_MOST = timedelta(hours=12)
"""…and so long after it was opened, used or not."""

NOTED_AFTER = timedelta(minutes=1)
"""A use is written down at most so often."""


@dataclass(frozen=True, slots=True)
class KnownAgent:
    """An agent, locked until commit."""

    id: AgentId
    first_name: str
    last_name: str
    email: str
    enrolled: bool
    now: datetime

    @property
    def seen(self) -> Agent:
        """As colleagues see them."""
        return Agent(
            agent=self.id, email=self.email, first_name=self.first_name,
            last_name=self.last_name, enrolled=self.enrolled,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgentCredentials:
    """What an agent's sign-in is judged by; the second factor's secret is sealed."""

    agent: AgentId
    password_hash: str
    password_set: datetime | None
    totp_secret: bytes


NOBODY = AgentCredentials(AgentId(UUID(int=0)), "", None, b"")
"""Who has no row: everything is asked for them as well, and nothing found."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """An agent on a device. The token is known by its hash only."""

    token_hash: bytes
    id: UUID
    agent: AgentId
    created: datetime
    last_seen: datetime
    expires: datetime
    device: str

    @classmethod
    def opened(cls, request: NewSession, agent: AgentId, now: datetime) -> "AgentSession":
        """A new session of this agent; it is never kept."""
        return cls(
            token_hash=bytes.fromhex(request.token_hash), id=request.session, agent=agent,
            created=now, last_seen=now, expires=now + IDLE, device=request.device,
        )  # fmt: skip

    def is_the_one(self, other: "AgentSession") -> bool:
        """Whether both are one session of one agent, opened twice."""
        return (self.token_hash, self.id, self.agent) == (
            other.token_hash, other.id, other.agent,
        )  # fmt: skip

    def used(self, now: datetime) -> "AgentSession":
        """The session after a use, unless that was noted just now or comes too late."""
        if now >= self.expires or now < self.last_seen + NOTED_AFTER:
            return self
        return replace(self, last_seen=now, expires=min(now + IDLE, self.created + AT_MOST))
