"""A dict that forgets, for what can be made again."""

from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(dict[K, V], Generic[K, V]):
    """At most so many entries; what was put in first goes first."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        while len(self) > self._most:
            self.pop(next(iter(self)), None)

    def take(self, more: Mapping[K, V]) -> None:
        for key, value in more.items():
            self[key] = value
