"""Which public tables have a figure that is not the sum of its parts: all tables of a unit at once,
in arrays. Which figure it is, and by how much, ``sums.py`` then finds in these tables alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pipelines.public import places
from pipelines.public.figurelist import ACROSS, DOWN, LEVELS, NAMED, FigureList
from pipelines.public.figures import Figures
from pipelines.public.grown import reached


@cache
def _known() -> FigureList:
    return FigureList()


def uneven_forms(figures: Figures) -> set[str]:
    """The forms of which some total differs from its parts as printed (0.01 万元).

    ``figures`` are those that are not zero. A form that is not named has no such total.
    """
    numbers = figures.numbers
    if not len(numbers):
        return set()
    known = _known()
    known.learn(numbers)
    asked = np.unique(np.concatenate([numbers, _neighbours(known, numbers)]))
    known.learn(asked)
    wrong = _wrong(known, asked, _Held(known, numbers, figures.printed))
    names = list(known.forms)
    return {names[form] for form in np.unique(known.figures.rows[known.met.at[wrong], 0]).tolist()}


def _neighbours(known: FigureList, numbers: np.ndarray) -> np.ndarray:
    rows = known.figures.rows[known.met.at[numbers]]
    return known.neighbours.rows[reached(rows[:, 3], rows[:, 4]), 0]


class _Held:
    """The figures of a unit by number, and what the figures right beneath each add up to."""

    def __init__(self, known: FigureList, numbers: np.ndarray, amounts: np.ndarray) -> None:
        self.amount = np.zeros(places.known(), dtype=np.int64)
        self.there = np.zeros(places.known(), dtype=bool)
        self.amount[numbers], self.there[numbers] = amounts, True
        at = known.met.at[numbers]
        self.beneath = {
            way: self._added(known.above[axis].rows[at], len(known.codes), amounts)
            for axis, way in enumerate((DOWN, ACROSS))
        }

    def _added(
        self, above: np.ndarray, codes: int, amounts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """By figure: the sum of those whose nearest code above, of the codes that are there, is its
        own; and whether there are any.
        """
        coded = above[:, 0] >= 0
        above, amounts = above[coded], amounts[coded]
        used = np.zeros(codes + 1, dtype=bool)  # the last place is that of −1
        used[above[:, 0]] = True
        whole = above[:, -1]
        for level in range(
            2 * LEVELS - 1, 0, -2
        ):  # the nearest code last: it is the one that counts
            whole = np.where(used[above[:, level]], above[:, level + 1], whole)
        sums, any_there = np.zeros_like(self.amount), np.zeros_like(self.there)
        np.add.at(sums, whole, amounts)
        any_there[whole] = True
        return sums, any_there

    def named(self, parts: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For runs of (figure, sign): their sums, and whether any of the figures is there."""
        owner = np.repeat(np.arange(len(counts)), counts)
        sums, any_there = np.zeros(len(counts), dtype=np.int64), np.zeros(len(counts), dtype=bool)
        np.add.at(sums, owner, parts[:, 1] * self.amount[parts[:, 0]])
        any_there[owner[self.there[parts[:, 0]]]] = True
        return sums, any_there


def _wrong(known: FigureList, asked: np.ndarray, figures: _Held) -> np.ndarray:
    """Those of the figures asked for that differ from one of their sums."""
    rows = known.figures.rows[known.met.at[asked]]
    sums = known.sums.rows[reached(rows[:, 1], rows[:, 2])]
    figure = np.repeat(asked, rows[:, 2])
    wrong = [
        _differ(figures, figure[chosen], sums[chosen], *figures.beneath[way])
        for way in (DOWN, ACROSS)
        if (chosen := sums[:, 0] == way).any()
    ]
    named = sums[:, 0] == NAMED
    begin, count = sums[named, 1], sums[named, 2]
    found = figures.named(known.parts.rows[reached(begin, count)], count)
    wrong.append(_unequal(figures, figure[named], sums[named, 3], *found))
    return np.concatenate(wrong)


def _differ(
    figures: _Held, figure: np.ndarray, sums: np.ndarray, found: np.ndarray, there: np.ndarray
) -> np.ndarray:
    return _unequal(figures, figure, sums[:, 3], found[sums[:, 1]], there[sums[:, 1]])


def _unequal(
    figures: _Held, figure: np.ndarray, must: np.ndarray, found: np.ndarray, there: np.ndarray
) -> np.ndarray:
    counted = there | (must > 0)
    return figure[counted & (figures.amount[figure] != found)]
