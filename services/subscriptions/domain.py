"""What may be published and granted, and what is told of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from contracts.refusal import FieldError, Malformed, NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import (
    EntitlementChanged,
    GrantEntitlement,
    RegieChanged,
    RegulationImmutable,
    RegulationPublished,
)
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    EntitlementId,
    HouseholdId,
    RegieId,
    ServiceId,
)

VERSION_MAX = 1_000_000
"""More versions than any town will publish."""


@dataclass(frozen=True, slots=True)
class Regie:
    """A public cash office of an authority."""

    id: RegieId
    authority: AuthorityId
    label: str
    version: int

    def renamed(self, label: str) -> "Regie":
        """The régie under that name; itself when it bears it already."""
        return self if label == self.label else replace(self, label=label, version=self.version + 1)

    def changed(self) -> RegieChanged:
        """Its whole state, to be told."""
        return RegieChanged(
            version=self.version, regie=self.id, authority=self.authority, label=self.label
        )


@dataclass(frozen=True, slots=True)
class Service:
    """What an authority offers: a canteen, a garderie. Its règlement says the rest."""

    id: ServiceId
    authority: AuthorityId
    latest: int
    """The highest published version; 0 before the first."""

    def judge(self, given: Regulation, published: Regulation | None) -> bool:
        """Whether this version is to be published; not, when it stands already, word for word.

        Raises RegulationImmutable for other words or a version older than the latest, NotFound
        for another authority's service.
        """
        if given.authority != self.authority:
            raise NotFound()
        if published is not None and published == given:
            return False
        if given.version <= self.latest:
            raise RegulationImmutable()
        return True


def published(regulation: Regulation) -> RegulationPublished:
    """A règlement's publication, to be told."""
    return RegulationPublished(
        version=regulation.version,
        service=regulation.service,
        authority=regulation.authority,
        regulation=regulation,
    )


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A household's right to book a service for a beneficiary, at a category, between two days."""

    id: EntitlementId
    household: HouseholdId
    beneficiary: BeneficiaryId
    authority: AuthorityId
    service: ServiceId
    category: str
    valid_from: date
    valid_until: date
    state: Literal["active", "ended"]
    version: int

    @classmethod
    def granted(cls, request: GrantEntitlement, authority: AuthorityId) -> "Entitlement":
        """A new entitlement. Raises Malformed when it would end before it begins."""
        if request.valid_until < request.valid_from:
            raise Malformed(errors=[FieldError(field="valid_until", kind="before_valid_from")])
        given = request.model_dump(exclude={"entitlement"})
        return cls(id=request.entitlement, authority=authority, version=1, **given)

    def becoming(self, granted: "Entitlement") -> "Entitlement":
        """What a newer grant makes of it; itself when nothing differs.

        Whose it is, and for what, never changes: that would be another entitlement. Raises
        NotFound then, as for anything that belongs to somebody else.
        """
        if self._subject() != granted._subject():
            raise NotFound()
        same = replace(granted, version=self.version)
        return self if same == self else replace(granted, version=self.version + 1)

    def changed(self) -> EntitlementChanged:
        """Its whole state, to be told."""
        return EntitlementChanged(
            version=self.version,
            entitlement=self.id,
            household=self.household,
            beneficiary=self.beneficiary,
            authority=self.authority,
            service=self.service,
            category=self.category,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            state=self.state,
        )

    def _subject(self) -> tuple[object, ...]:
        return self.household, self.beneficiary, self.authority, self.service
