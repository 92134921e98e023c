"""舍位平衡: figures rounded to the last printed digit so that every parent is still the sum of its parts.

Every printed figure is written as a sum of the smallest items behind it. Rounding the items (each up or down, never
further) and adding them up again makes all printed sums agree, whatever is a part of what. Which way each item goes is
chosen so that all printed sums come as near as possible to their exact amounts, the large ones first, and none is a
whole digit off. What is zero stays zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

UNIT = 10_000  # 分 in the last printed digit, 0.01 万元
POWER = 1.0  # of the number of its items: the weight of a figure, so that large sums come nearest
ROUNDS = 12
MANY = 1_500  # items above which the search is cut short
MOST_PAIRED = 600  # items up to which pairs of moves are tried

Terms = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: its exact amount in 分 and its items (item number → +1 or -1), which add up to it exactly."""

    amount: int
    terms: Terms


def nearest(amount: int) -> int:
    """To the nearest digit, halves away from zero; in digits."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) + UNIT // 2) // UNIT)


def balanced(items: Sequence[int], figures: Sequence[Figure]) -> list[int]:
    """Every figure in digits (0.01 万元). ``items``: exact amounts in 分."""
    chosen = _Rounding(items, figures).solve()
    return [sum([chosen[i] * c for i, c in figure.terms.items()]) for figure in figures]


class _Rounding:
    """Items rounded up or down so that the figures they make up come near their exact amounts."""

    def __init__(self, items: Sequence[int], figures: Sequence[Figure]) -> None:
        self.low = [amount // UNIT for amount in items]
        self.value = [nearest(amount) for amount in items]
        self.movable = [i for i, amount in enumerate(items) if amount % UNIT]
        unique = {(f.amount, tuple(sorted(f.terms.items()))): f for f in figures}
        self.figures = list(unique.values())
        self.exact = np.array([f.amount for f in self.figures], dtype=np.float64) / UNIT

    def solve(self) -> list[int]:
        """Moves of one or two items until none helps; figures a digit off weigh more each time. The best is kept."""
        if not self.movable or not self.figures:
            return self.value
        signs = self._signs()
        weight = np.array([max(1, len(f.terms)) for f in self.figures], dtype=np.float32) ** POWER
        fewest, kept = len(self.figures) + 1, self.value
        for _ in range(ROUNDS if len(self.movable) <= MANY else 3):
            printed = self._descend(signs, weight)
            far = np.flatnonzero(np.abs(printed - self.exact) >= 1 - 1e-9)
            if len(far) < fewest:
                fewest, kept = len(far), list(self.value)
            if not fewest:
                break
            weight[far] *= 3
        return kept

    def _signs(self) -> np.ndarray:
        """Figures by movable items."""
        place = {item: k for k, item in enumerate(self.movable)}
        signs = np.zeros((len(self.figures), len(place)), dtype=np.float32)
        for number, figure in enumerate(self.figures):
            for item, sign in figure.terms.items():
                if item in place:
                    signs[number, place[item]] = sign
        return signs

    def _descend(self, signs: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Make the move that brings the figures nearest (in weighted squares), again and again; returns the figures."""
        value = np.array([self.value[i] for i in self.movable], dtype=np.float64)
        low = np.array([self.low[i] for i in self.movable], dtype=np.float64)
        printed = np.array([sum(self.value[i] * c for i, c in f.terms.items()) for f in self.figures], dtype=np.float64)
        heavy = signs * weight[:, None]
        together = heavy.T @ signs
        pull = heavy.T @ (printed - self.exact).astype(np.float32)
        own = together.diagonal().copy()
        step = np.where(value > low, -1, 1).astype(np.float32)
        for _ in range(8 * len(step)):
            gain = -2 * step * pull - own
            moves = [int(gain.argmax())]
            if gain[moves[0]] <= 1e-4 * own[moves[0]]:
                moves = _best_pair(gain, step, together)
            if not moves:
                break
            for move in moves:
                pull += step[move] * together[move]
                printed += step[move] * signs[:, move]
                self.value[self.movable[move]] += int(step[move])
                step[move] = -step[move]
        return printed


def _best_pair(gain: np.ndarray, step: np.ndarray, together: np.ndarray) -> list[int]:
    """The two moves that save most when made together; none where no two save anything."""
    if len(step) > MOST_PAIRED:
        return []
    saved = gain[:, None] + gain[None, :] - 2 * np.outer(step, step) * together
    np.fill_diagonal(saved, -np.inf)
    first, second = divmod(int(saved.argmax()), len(step))
    return [first, second] if saved[first, second] > 1e-4 * together[first, first] else []
