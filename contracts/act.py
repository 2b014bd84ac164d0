"""An act: what an agent of a town hall did, kept for ever by the service that did it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.values import AgentId, AuthorityId, Value

Facts = dict[str, str | int | bool | list[str] | None]
"""What stood there before or after: ids, labels, days, cents, states; never a person's name."""


class ShowActs(Value):
    """Asks what the agents of an authority did here, newest first."""

    authority: AuthorityId
    before: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Act(Value):
    """One act: who, when, what, on what, before and after, why."""

    act: int
    at: datetime
    agent: AgentId
    what: str
    """The operation's name."""
    subject: UUID
    before: Facts
    after: Facts
    personal: Facts
    """Values about people that stood beside it; empty once they were erased."""
    why: str


class Acts(Value):
    """A page of acts, newest first."""

    acts: tuple[Act, ...]
    more: bool
