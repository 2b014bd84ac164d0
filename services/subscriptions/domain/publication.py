"""What may be published, and what is told of it: régies, services, règlements."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import RegieChanged, RegulationImmutable, RegulationPublished
from contracts.values import AuthorityId, RegieId, ServiceId

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
