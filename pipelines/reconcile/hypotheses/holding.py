"""What a unit and year holds, in arrays: a hypothesis asks for hundreds of cells at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np


class Amount(NamedTuple):
    """A cell: 分, half its last digit (分), and how often it is filled."""

    amt: int
    half: int
    times: int


@dataclass(frozen=True, eq=False)
class Holding(Mapping[int, Amount]):
    """By sorted ``key`` the amounts (分), half their last digits, and how often they are filled.

    One cell is looked up as in a dict, many through ``has`` and ``at``.
    """

    key: np.ndarray
    amt: np.ndarray
    half: np.ndarray
    times: np.ndarray

    @classmethod
    def of(cls, key: np.ndarray, rows: np.ndarray) -> Holding:
        """``rows``: keys × (amount, half, times), in any order."""
        order = np.argsort(key)
        rows = np.asarray(rows, np.int64).reshape(-1, 3)[order]
        return cls(np.asarray(key, np.uint64)[order], *rows.T)

    def has(self, keys: np.ndarray) -> np.ndarray:
        """Which of the keys are filled; the shape of ``keys``."""
        if not len(self.key):
            return np.zeros(np.shape(keys), bool)
        return self.key[self._place(keys)] == keys

    def at(self, keys: np.ndarray) -> np.ndarray:
        """Keys × (amount, half, times), noughts for those that are not filled."""
        if not len(self.key):
            return np.zeros((*np.shape(keys), 3), np.int64)
        place = self._place(keys)
        cells = np.stack([self.amt[place], self.half[place], self.times[place]], -1)
        return np.where((self.key[place] == keys)[..., None], cells, 0)

    def amounts(self, keys: np.ndarray) -> np.ndarray:
        """The amounts alone (分), nought where nothing stands."""
        if not len(self.key):
            return np.zeros(np.shape(keys), np.int64)
        place = self._place(keys)
        return np.where(self.key[place] == keys, self.amt[place], 0)

    def _place(self, keys: np.ndarray) -> np.ndarray:
        return np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)

    @cached_property
    def _by_key(self) -> dict[int, Amount]:
        columns = (self.key, self.amt, self.half, self.times)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {key: Amount(*rest) for key, *rest in rows}

    def __getitem__(self, key: int) -> Amount:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[int]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self.key)


NOTHING = Holding.of(np.zeros(0, np.uint64), np.zeros((0, 3), np.int64))
EMPTY = Amount(0, 0, 0)  # a cell in which nothing stands
