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
        self._new: list[tuple[int, ...]] = []
        self._room = np.empty((1024, width), dtype=np.int64)
        self._used = 0

    def __len__(self) -> int:
        return self._used + len(self._new)

    def add(self, *row: int) -> None:
        self._new.append(row)

    @property
    def rows(self) -> np.ndarray:
        """All rows so far. What is there is moved only when the room has to be doubled."""
        if self._new:
            used = len(self)
            if used > len(self._room):
                more = np.empty((2 * used, self._room.shape[1]), dtype=np.int64)
                more[: self._used] = self._room[: self._used]
                self._room = more
            self._room[self._used : used] = self._new
            self._used, self._new = used, []
        return self._room[: self._used]
