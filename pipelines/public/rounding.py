"""舍位平衡: figures rounded to the last printed digit so that every parent is still the sum of its
parts.

Every printed figure is written as a sum of the smallest items behind it. Rounding the items (each
up or down, never further) and adding them up again makes all printed sums agree, whatever is a part
of what. Which way each item goes is chosen so that all printed sums come as near as possible to
their exact amounts, the large ones first, and none is a whole digit off. What is zero stays zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

UNIT = 10_000  # 分 in the last printed digit, 0.01 万元
ROUNDS = 12  # passes over all items; a pass in which nothing moves is the last one
MANY = 1_500  # items above which the search is cut short
SMALL = 2**20  # pairs of figure and item: some megabytes
MOST_PAIRED = 600  # items up to which pairs of moves are tried
LARGEST = 10**15  # 分; sums of larger amounts could leave 64 bits

Terms = Mapping[int, int]
Numbers = Sequence[int] | np.ndarray


@dataclass(frozen=True, slots=True)
class Makeup:
    """Which items each figure is the sum of: entries of a sparse matrix, each pair of figure and
    item once.
    """

    figures: int
    figure: np.ndarray
    item: np.ndarray
    sign: np.ndarray

    @classmethod
    def of(cls, figures: int, figure: Numbers, item: Numbers, sign: Numbers) -> Makeup:
        """From entries that may repeat: they are added up."""
        rows, columns = np.asarray(figure, dtype=np.int64), np.asarray(item, dtype=np.int64)
        width = int(columns.max()) + 1 if len(columns) else 1
        pairs, signs = _added_up(rows * width + columns, sign, figures * width)
        kept = signs != 0
        return cls(figures, pairs[kept] // width, pairs[kept] % width, signs[kept])

    @classmethod
    def of_terms(cls, terms: Sequence[Terms]) -> Makeup:
        """From the items of every figure: item → sign."""
        entries = [
            (figure, item, sign)
            for figure, parts in enumerate(terms)
            for item, sign in parts.items()
        ]
        figure, item, sign = zip(*entries, strict=True) if entries else ((), (), ())
        return cls.of(len(terms), figure, item, sign)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Every figure from the values of the items."""
        total = np.zeros(self.figures, dtype=np.int64)
        np.add.at(total, self.figure, self.sign * values[self.item])
        return total

    def terms(self) -> list[dict[int, int]]:
        """The items of every figure: item → sign."""
        found: list[dict[int, int]] = [{} for _ in range(self.figures)]
        for figure, item, sign in zip(
            self.figure.tolist(), self.item.tolist(), self.sign.tolist(), strict=True
        ):
            found[figure][item] = sign
        return found


def _added_up(pairs: np.ndarray, sign: Numbers, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The sums of the signs of every pair, by pair; a small table of all pairs (below ``size``) is
    quicker than sorting them.
    """
    signs = np.asarray(sign, dtype=np.int64)
    if size <= SMALL:
        sums = np.bincount(pairs, weights=signs, minlength=size).astype(np.int64)
        found = np.flatnonzero(sums)
        return found, sums[found]
    found, where = np.unique(pairs, return_inverse=True)
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, where, signs)
    return found, sums


def nearest(amount: int) -> int:
    """To the nearest digit, halves away from zero; in digits."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) + UNIT // 2) // UNIT)


def nearest_all(amounts: np.ndarray) -> np.ndarray:
    """The same for many amounts."""
    return np.where(amounts < 0, -1, 1) * ((np.abs(amounts) + UNIT // 2) // UNIT)


def balanced(items: Sequence[int], amounts: Numbers, makeup: Makeup) -> np.ndarray:
    """Every figure in digits (0.01 万元).

    ``items`` and ``amounts`` (of the figures): exact, in 分.
    """
    exact = np.array(items, dtype=np.int64)
    return makeup.sums(_Rounding(exact, np.array(amounts, dtype=np.int64), makeup).solve())


class _Rounding:
    """Items rounded up or down so that the figures they make up come near their exact amounts."""

    def __init__(self, items: np.ndarray, amounts: np.ndarray, makeup: Makeup) -> None:
        self.makeup = makeup
        self.low = items // UNIT
        self.value = np.sign(items) * ((np.abs(items) + UNIT // 2) // UNIT)
        self.movable = np.flatnonzero(items % UNIT)
        self.signs = self._signs(len(items))
        self.chosen = _distinct(self.signs, amounts)
        self.signs = self.signs[self.chosen]
        self.exact = amounts[self.chosen] / UNIT

    def _signs(self, items: int) -> np.ndarray:
        """Figures by movable items."""
        place = np.full(items, -1, dtype=np.int64)
        place[self.movable] = np.arange(len(self.movable))
        column = place[self.makeup.item]
        moves = column >= 0
        signs = np.zeros((self.makeup.figures, len(self.movable)), dtype=np.float32)
        signs[self.makeup.figure[moves], column[moves]] = self.makeup.sign[moves]
        return signs

    def solve(self) -> np.ndarray:
        """Moves of one or two items until none helps; figures a digit off weigh more each time.

        The best is kept.
        """
        if not len(self.movable) or not len(self.chosen):
            return self.value
        sizes = np.bincount(self.makeup.figure, minlength=self.makeup.figures)[self.chosen]
        weight = np.maximum(sizes, 1).astype(np.float32)
        fewest, kept = len(self.chosen) + 1, self.value
        for _ in range(ROUNDS if len(self.movable) <= MANY else 3):
            self._descend(weight)
            printed = self.makeup.sums(self.value)[self.chosen]
            far = np.flatnonzero(np.abs(printed - self.exact) >= 1 - 1e-9)
            if len(far) < fewest:
                fewest, kept = len(far), self.value.copy()
            if not fewest:
                break
            weight[far] *= 3
        return kept

    def _descend(self, weight: np.ndarray) -> None:
        """Make the move that brings the figures nearest (in weighted squares), again and again."""
        value = self.value[self.movable]
        missing = (self.makeup.sums(self.value)[self.chosen] - self.exact).astype(np.float32)
        heavy = (self.signs * weight[:, None]).T
        together = heavy @ self.signs
        pull = heavy @ missing
        own = together.diagonal().copy()
        step = np.where(value > self.low[self.movable], -1, 1).astype(np.float32)
        for _ in range(8 * len(step)):
            gain = -2 * step * pull - own
            best = int(gain.argmax())
            moves = [best] if gain[best] > 1e-4 * own[best] else _best_pair(gain, step, together)
            if not moves:
                break
            for move in moves:
                pull += step[move] * together[move]
                value[move] += int(step[move])
                step[move] = -step[move]
        self.value[self.movable] = value


def _distinct(signs: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """The first of every kind of figure: the same sum printed in several places counts once."""
    kind = np.dtype((np.void, signs.dtype.itemsize * signs.shape[1]))
    rows = signs.view(kind)[:, 0] if signs.shape[1] else np.zeros(len(signs), dtype="V1")
    backwards = zip(amounts[::-1].tolist(), rows[::-1].tolist(), strict=True)
    last = len(amounts) - 1
    seen = {figure: last - number for number, figure in enumerate(backwards)}
    return np.sort(np.fromiter(seen.values(), dtype=np.int64, count=len(seen)))


def _best_pair(gain: np.ndarray, step: np.ndarray, together: np.ndarray) -> list[int]:
    """The two moves that save most when made together; none where no two save anything."""
    if len(step) > MOST_PAIRED:
        return []
    saved = (gain[:, None] + gain) - (2 * step[:, None] * step) * together
    np.fill_diagonal(saved, -np.inf)
    first, second = divmod(int(saved.argmax()), len(step))
    return [first, second] if saved[first, second] > 1e-4 * together[first, first] else []
