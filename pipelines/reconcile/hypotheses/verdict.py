"""Whether formulas fail, over arrays of sums: the same judgement as the kernel's SQL, for sums
that a change has moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

LEFT, RIGHT, SLACK = range(3)


@dataclass
class Sums:
    """By instance and side: signed ``total`` (the right side negative), ``width`` of rounding,
    ``filled`` cells; ``bad`` by instance.
    """

    total: np.ndarray
    width: np.ndarray
    filled: np.ndarray
    bad: np.ndarray

    def at(self, codes: np.ndarray, wanted: np.ndarray) -> Sums:
        """The sums of these instances; noughts for those in which nothing stands yet."""
        if not len(codes):
            nothing = np.zeros((len(wanted), 3), np.int64)
            return Sums(nothing, nothing, nothing, np.zeros(len(wanted), bool))
        place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        known = codes[place] == wanted
        sides = known[:, None]
        return Sums(
            np.where(sides, self.total[place], 0),
            np.where(sides, self.width[place], 0),
            np.where(sides, self.filled[place], 0),
            known & self.bad[place],
        )

    def moved(self, total: np.ndarray, width: np.ndarray, filled: np.ndarray) -> Sums:
        return Sums(self.total + total, self.width + width, self.filled + filled, self.bad)


def fails(sums: Sums, kinds: np.ndarray, checks: Mapping[str, np.ndarray]) -> np.ndarray:
    """``kinds``: the number of the check of each instance."""
    rich = checks["rich"][kinds].astype(bool)
    plain = _plain(sums, kinds, checks)
    if not rich.any():
        return plain
    return np.where(rich, _rich(sums, checks["cmp"][kinds]), plain)


def _plain(sums: Sums, kinds: np.ndarray, checks: Mapping[str, np.ndarray]) -> np.ndarray:
    d = sums.total[:, LEFT] + sums.total[:, RIGHT]
    w = sums.width[:, LEFT] + sums.width[:, RIGHT]
    left, right = sums.filled[:, LEFT] > 0, sums.filled[:, RIGHT] > 0
    total = checks["total"][kinds]
    evaluated = (
        ~sums.bad
        & (left | right)
        & (left | ~checks["need_left"][kinds].astype(bool))
        & (right | ~checks["need_right"][kinds].astype(bool))
        & ((d != 0) | ((left | (total != -1)) & (right | (total != 1))))
    )
    above, below = checks["above"][kinds].astype(bool), checks["below"][kinds].astype(bool)
    return evaluated & (((d > w) & above) | ((d < -w) & below))


def _rich(sums: Sums, cmp: np.ndarray) -> np.ndarray:
    left, right = sums.total[:, LEFT], -sums.total[:, RIGHT]
    slack = sums.total[:, SLACK]
    wl, wr = sums.width[:, LEFT], sums.width[:, RIGHT] + sums.width[:, SLACK]
    implied = (left - wl > 0) & (right + wr <= 0)
    both = implied | ((right - wr > 0) & (left + wl <= 0))
    d, w = left - right, wl + wr
    outside = (d > np.maximum(slack, 0) + w) | (d < np.minimum(slack, 0) - w)
    found = np.select([cmp == ">", cmp == "⇒", cmp == "⇔"], [left <= 0, implied, both], outside)
    return ~sums.bad & (sums.filled[:, :2].sum(1) > 0) & found
