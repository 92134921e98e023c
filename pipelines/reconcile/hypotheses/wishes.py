"""What failing equalities wish single cells of a unit and year to hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Wishes(Mapping[int, set[int]]):
    """By key of a cell, filled or blank: the amounts (分) that would settle a failing equality."""

    by_key: dict[int, set[int]]

    @cached_property
    def keys_wished(self) -> np.ndarray:
        """Sorted: few cells are wished otherwise, so that most are left aside by looking here."""
        return np.sort(np.fromiter(self.by_key, np.uint64, len(self.by_key)))

    def about(self, keys: np.ndarray) -> np.ndarray:
        """Which of the keys are wished something."""
        if not len(self.by_key):
            return np.zeros(keys.shape, bool)
        place = np.minimum(np.searchsorted(self.keys_wished, keys), len(self.keys_wished) - 1)
        return self.keys_wished[place] == keys

    def places(self, keys: np.ndarray) -> Iterator[tuple[tuple[int, int], set[int]]]:
        """Row and column of the keys that are wished something, row by row, and what."""
        for row, column in np.argwhere(self.about(keys)).tolist():
            yield (row, column), self.by_key[int(keys[row, column])]

    def __getitem__(self, key: int) -> set[int]:
        return self.by_key[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)
