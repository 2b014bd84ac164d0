"""What a process remembers for a short while."""

import time
from collections import OrderedDict
from typing import Generic, TypeVar

REMEMBERED_SECONDS = 30.0
"""A session that was closed elsewhere may live this much longer here."""
REMEMBERED = 20_000
K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """The most recent values, for a short while, never more than `size`."""

    def __init__(self, seconds: float = REMEMBERED_SECONDS, size: int = REMEMBERED):
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, if it is known and fresh."""
        found = self._kept.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1]

    def keep(self, key: K, value: V) -> None:
        """Remember a value; the oldest one leaves when there are too many."""
        self._kept[key] = (time.monotonic() + self._seconds, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a value."""
        self._kept.pop(key, None)
