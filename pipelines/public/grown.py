"""Rows of numbers that are added one by one and read as arrays, and runs of such rows."""

from __future__ import annotations

import numpy as np


def reached(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The places of runs that begin at ``starts`` and are ``counts`` long, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


class Grown:
    """Rows of numbers that are added one by one and read as an array."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._new: list[tuple[int, ...]] = []
        self._old = np.empty((0, width), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._old) + len(self._new)

    def add(self, *row: int) -> None:
        self._new.append(row)

    @property
    def rows(self) -> np.ndarray:
        if self._new:
            self._old = np.concatenate([self._old, np.array(self._new, dtype=np.int64)])
            self._new = []
        return self._old
