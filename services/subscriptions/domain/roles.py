"""Who does what for an authority: roles that administrators give and take."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import get_args

from contracts.subscriptions import (
    AgentRoles,
    LastAdministrator,
    RolesChanged,
    RolesMoved,
    SetRoles,
)
from contracts.values import AgentId, AuthorityId, StaffRole

ORDER: tuple[StaffRole, ...] = get_args(StaffRole)
"""As screens list them: what may do most comes first."""


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """The roles that an agent holds in an authority; nobody has a version 0 but who is new."""

    agent: AgentId
    authority: AuthorityId
    roles: frozenset[StaffRole] = frozenset()
    version: int = 0

    @property
    def in_order(self) -> tuple[StaffRole, ...]:
        """The roles as they are told and shown."""
        return tuple(role for role in ORDER if role in self.roles)

    @property
    def administers(self) -> bool:
        """Whether this agent is an administrator there."""
        return "administrator" in self.roles

    def becoming(self, asked: SetRoles) -> "HeldRoles":
        """The roles that are asked for; itself when they are held. Raises RolesMoved.

        Whoever asks for what is already so does not care who did it.
        """
        if asked.roles == self.roles and self.version:
            return self
        if asked.seen_version != self.version:
            raise RolesMoved(roles=self.in_order, version=self.version)
        return replace(self, roles=asked.roles, version=self.version + 1)

    def changed(self) -> RolesChanged:
        """The whole set, to be told."""
        return RolesChanged(
            version=self.version, agent=self.agent, authority=self.authority, roles=self.in_order
        )

    def shown(self) -> AgentRoles:
        """The roles as a screen has them, with the version to change them against."""
        return AgentRoles(agent=self.agent, roles=self.in_order, version=self.version)


def must_keep_an_administrator(
    before: HeldRoles, after: HeldRoles, colleagues: Iterable[HeldRoles]
) -> None:
    """The last administrator of an authority stays one. Raises LastAdministrator."""
    leaves = before.administers and not after.administers
    others = (held for held in colleagues if held.agent != before.agent)
    if leaves and not any(other.administers for other in others):
        raise LastAdministrator()
