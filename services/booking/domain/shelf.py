"""The shelf of règlements: published versions never change, so each is read once a process."""

from collections.abc import Iterable
from typing import Any

from contracts.regulation import Regulation
from contracts.values import ServiceId

Key = tuple[ServiceId, int]
KEPT_MAX = 5_000
"""Versions kept in memory at most; beyond, those that nobody asked for longest are put away."""


class Shelf(dict[Key, Regulation]):
    """Published règlements by service and version."""

    def missing(self, keys: Iterable[Key]) -> list[Key]:
        """Which of these are not here yet; those that are here stay longest."""
        wanted = set(keys)
        for key in wanted & self.keys():
            self[key] = self.pop(key)
        return [key for key in wanted if key not in self]

    def put(self, documents: Iterable[dict[str, Any]]) -> None:
        """Take in documents as they were published."""
        for document in documents:
            regulation = Regulation.model_validate(document)
            self[regulation.service, regulation.version] = regulation
        while len(self) > KEPT_MAX:
            del self[next(iter(self))]


SHELF = Shelf()
"""One for the process: immutable documents need no owner."""
