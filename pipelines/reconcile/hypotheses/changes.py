"""Cells of a family and what they should hold, in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Changes:
    """Cells and what they should hold, 分. ``blank``: nothing; ``half``: half the last digit that
    is then known.
    """

    uy: np.ndarray
    key: np.ndarray
    amt: np.ndarray
    half: np.ndarray
    blank: np.ndarray

    def __len__(self) -> int:
        return len(self.uy)

    @classmethod
    def of(
        cls,
        uy: np.ndarray | int,
        key: np.ndarray,
        amt: np.ndarray,
        blank: np.ndarray | None = None,
        half: int = 0,
    ) -> Changes:
        size = len(key)
        return cls(
            np.full(size, uy) if np.isscalar(uy) else np.asarray(uy),
            np.asarray(key, np.uint64),
            np.asarray(amt, np.int64),
            np.full(size, half, np.int64),
            np.zeros(size, bool) if blank is None else np.asarray(blank, bool),
        )

    @classmethod
    def to(cls, uy: int, keys: np.ndarray, held: np.ndarray, amt: np.ndarray) -> Changes:
        """The cells of one unit and year that do not hold yet what they should; nought is blank."""
        other = amt != held
        return cls.of(uy, keys[other], amt[other], amt[other] == 0)

    def applied(self, keys: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """What cells that hold ``amounts`` hold then, 分; all of one unit and year."""
        amt = np.where(self.blank, 0, self.amt).tolist()
        then = dict(zip(self.key.tolist(), amt, strict=True))
        pairs = zip(keys.tolist(), amounts.tolist(), strict=True)
        return np.array([then.get(key, now) for key, now in pairs], np.int64)

    @classmethod
    def none(cls) -> Changes:
        return cls.of(0, np.zeros(0, np.uint64), np.zeros(0, np.int64))

    @classmethod
    def joined(cls, parts: list[Changes]) -> Changes:
        if not parts:
            return cls.none()
        names = ("uy", "key", "amt", "half", "blank")
        return cls(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))
