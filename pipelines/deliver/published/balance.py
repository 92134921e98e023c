"""舍位平衡: figures rounded to the last printed digit so that every parent is still the sum of its parts.

Every printed figure is written as a sum of the smallest items behind it. Rounding the items (each up or down, never
further) and adding them up again makes all printed sums agree, whatever is a part of what. Which way each item goes is
chosen so that all printed sums come as near as possible to their exact amounts. A figure whose
parts do not add up in the source is rounded by itself: rounding must not hide an error. What is zero stays zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

UNIT = 10_000  # 分 in the last printed digit, 0.01 万元
FAR = 1_000.0  # what a figure a digit off or more weighs against one that is not
ROUNDS = 12
SWEEPS = 20
MOST_PAIRS = 4_000
MOST_DENSE = 1_500

Terms = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: its exact amount in 分 and its items (item number → +1 or -1)."""

    amount: int
    terms: Terms

    def adds_up(self, items: Sequence[int]) -> bool:
        return sum(items[i] * c for i, c in self.terms.items()) == self.amount


def nearest(amount: int) -> int:
    """To the nearest digit, halves away from zero; in digits."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) + UNIT // 2) // UNIT)


def balanced(items: Sequence[int], figures: Sequence[Figure]) -> list[int]:
    """Every figure in digits (0.01 万元). ``items``: exact amounts in 分."""
    sound = [bool(f.terms) and f.adds_up(items) for f in figures]
    chosen = _Rounding(items, [f for f, ok in zip(figures, sound, strict=True) if ok]).solve()
    return [
        sum(chosen[i] * c for i, c in figure.terms.items()) if ok else nearest(figure.amount)
        for figure, ok in zip(figures, sound, strict=True)
    ]


class _Rounding:
    """Items rounded up or down, and the distance of every figure from its exact amount, in digits."""

    def __init__(self, items: Sequence[int], figures: Sequence[Figure]) -> None:
        self.low = [amount // UNIT for amount in items]
        self.loose = [amount % UNIT != 0 for amount in items]
        self.value = [nearest(amount) for amount in items]
        unique = {(f.amount, tuple(sorted(f.terms.items()))): f for f in figures}
        self.figures = [f for f in unique.values() if any(self.loose[i] for i in f.terms)]
        self.movable = [i for i, loose in enumerate(self.loose) if loose]
        self.uses: list[list[tuple[int, int]]] = [[] for _ in items]
        for number, figure in enumerate(self.figures):
            for item, sign in figure.terms.items():
                self.uses[item].append((number, sign))
        self.off: list[float] = []

    def solve(self) -> list[int]:
        """Moves of single items until none helps, figures a digit off or more weighing more each time; then pairs."""
        weight = np.ones(len(self.figures), dtype=np.float32)
        if 0 < len(self.movable) <= MOST_DENSE:
            signs = self._signs()
            for _ in range(ROUNDS):
                self._descend(signs, weight)
                far = self._far()
                if not far:
                    return self.value
                weight[far] *= 3
        self._measure()
        for _ in range(SWEEPS):
            far = self._far()
            if not far or not (self._sweep(far) or self._pairs(far)):
                break
        return self.value

    def _far(self) -> list[int]:
        return [n for n in range(len(self.figures)) if not self._near(n)]

    def _signs(self) -> np.ndarray:
        """Figures by movable items."""
        place = {item: k for k, item in enumerate(self.movable)}
        signs = np.zeros((len(self.figures), len(place)), dtype=np.float32)
        for number, figure in enumerate(self.figures):
            for item, sign in figure.terms.items():
                if item in place:
                    signs[number, place[item]] = sign
        return signs

    def _descend(self, signs: np.ndarray, weight: np.ndarray) -> None:
        """Move the item that brings the figures nearest (in weighted squares), again and again."""
        self._measure()
        heavy = signs * weight[:, None]
        together = heavy.T @ signs
        pull = heavy.T @ np.array(self.off, dtype=np.float32)
        own = together.diagonal().copy()
        step = np.array([self._step(i) for i in self.movable], dtype=np.float32)
        for _ in range(8 * len(step)):
            gain = -2 * step * pull - own
            best = int(gain.argmax())
            if gain[best] <= 1e-4 * own[best]:
                break
            pull += step[best] * together[best]
            self.value[self.movable[best]] += int(step[best])
            step[best] = -step[best]
        self._measure()

    def _measure(self) -> None:
        self.off = [sum(self.value[i] * c for i, c in f.terms.items()) - f.amount / UNIT for f in self.figures]

    @staticmethod
    def _cost(off: float) -> float:
        return off * off + (FAR * (abs(off) + 1) if abs(off) >= 1 - 1e-9 else 0.0)

    def _gain(self, item: int, step: int) -> float:
        """What moving an item saves."""
        return sum(self._cost(self.off[n]) - self._cost(self.off[n] + step * sign) for n, sign in self.uses[item])

    def _step(self, item: int) -> int:
        return 1 if self.value[item] == self.low[item] else -1

    def _move(self, item: int, step: int) -> None:
        self.value[item] += step
        for number, sign in self.uses[item]:
            self.off[number] += step * sign

    def _near(self, number: int) -> bool:
        return abs(self.off[number]) < 1 - 1e-9

    def _sweep(self, far: Sequence[int]) -> bool:
        """Single moves of the items of figures too far off."""
        moved = False
        for item in sorted({i for n in far for i in self.figures[n].terms if self.loose[i]}):
            step = self._step(item)
            if self._gain(item, step) > 1e-9:
                self._move(item, step)
                moved = True
        return moved

    def _pairs(self, far: Sequence[int]) -> bool:
        """For a figure too far off: move one of its items together with another that shares a figure with it."""
        tried, moved = 0, False
        for number in far:
            for first in list(self.figures[number].terms):
                if self._near(number) or tried > MOST_PAIRS:
                    break
                if self.loose[first]:
                    done, tries = self._pair(first)
                    tried += tries
                    moved = moved or done
        return moved

    def _pair(self, first: int) -> tuple[bool, int]:
        step = self._step(first)
        before = self._gain(first, step)
        self._move(first, step)
        partners = {p for n, _ in self.uses[first] if len(self.figures[n].terms) <= 400 for p in self.figures[n].terms}
        tries = 0
        for partner in sorted(partners):
            if partner != first and self.loose[partner]:
                tries += 1
                back = self._step(partner)
                if before + self._gain(partner, back) > 1e-9:
                    self._move(partner, back)
                    return True, tries
        self._move(first, -step)
        return False, tries
