"""What the rule book says of every figure met so far, in arrays by the figure's number
(``places.numbered``): the sums that it should be, and what it counts into.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.public import places
from pipelines.public.grown import Grown
from pipelines.public.keys import TOTAL, Key
from schemas.relations import total_columns, total_recipes, totals

NAMED, DOWN, ACROSS = 0, 1, 2  # the parts of a sum: named outright, or beneath it on an axis
LEVELS = 3  # codes have at most nine digits, so three codes above them (项, 款, 类)
ABOVE = 2 + 2 * LEVELS


@dataclass(slots=True)
class FigureList:
    """Figures by the row they have here."""

    met: places.Known = field(default_factory=places.Known)
    # of a figure: its form; where its sums begin and how many they are; likewise its neighbours
    figures: Grown = field(default_factory=lambda: Grown(5))
    # of a figure on each axis: its code; for every level above, the nearest first, that code and
    # the figure there; the figure of the total; −1 where there is none
    above: tuple[Grown, Grown] = field(default_factory=lambda: (Grown(ABOVE), Grown(ABOVE)))
    # of a sum: how its parts are found; the figure beneath which, or where its parts begin; how
    # many; whether it must have parts
    sums: Grown = field(default_factory=lambda: Grown(4))
    parts: Grown = field(default_factory=lambda: Grown(2))  # figure, sign
    neighbours: Grown = field(default_factory=lambda: Grown(1))
    forms: dict[str, int] = field(default_factory=dict)
    codes: dict[tuple[str, str, int, str], int] = field(default_factory=dict)

    def learn(self, numbers: np.ndarray) -> None:
        """Take in the figures that are new."""
        for key in self.met.new(numbers):
            sums, neighbours = len(self.sums), len(self.neighbours)
            for place in _near(key):
                self.neighbours.add(places.number(place))
            self._sums(key)
            for axis in (0, 1):
                self.above[axis].add(*self._levels(key, axis))
            self.figures.add(
                self.forms.setdefault(key[0], len(self.forms)),
                sums,
                len(self.sums) - sums,
                neighbours,
                len(self.neighbours) - neighbours,
            )

    def _sums(self, key: Key) -> None:
        must = must_have_parts(key)
        for recipe in total_recipes(key):
            if recipe.literal:
                self.sums.add(NAMED, len(self.parts), len(recipe.literal), must)
                for part, sign in recipe.literal:
                    self.parts.add(places.number(part), sign)
            elif recipe.below is not None:
                self.sums.add((DOWN, ACROSS)[recipe.below[0]], places.number(key), 0, must)
            else:
                whole = (key[0], recipe.block, TOTAL, key[3])
                self.sums.add(DOWN, places.number(whole), 0, must)

    def _levels(self, key: Key, axis: int) -> list[int]:
        code = key[2 + axis]
        if not code.isdigit():
            return [-1] * ABOVE
        found = [self._code(key, axis, code)]
        for upper in (code[:length] for length in range(len(code) - 2, 2, -2)[:LEVELS]):
            found += [self._code(key, axis, upper), places.number(_put(key, axis, upper))]
        nothing = [-1] * (1 + 2 * LEVELS - len(found))
        return [*found, *nothing, places.number(_put(key, axis, TOTAL))]

    def _code(self, key: Key, axis: int, code: str) -> int:
        return self.codes.setdefault((key[0], key[1], axis, code), len(self.codes))


def must_have_parts(key: Key) -> bool:
    """本年收入合计 and 本年支出合计 of a table with blocks: nothing but parts can make them up."""
    form, block, row, column = key
    is_total = (block, row) in totals(form) and row in ("本年收入合计", "本年支出合计")
    return is_total and column in ("金额", TOTAL)


def _near(key: Key) -> list[Key]:
    """Totals that may be blank though this figure, one of their parts, is not."""
    form, _, row, column = key
    if totals(form):
        return [(form, block, total, column) for block, total in totals(form)]
    rows = [TOTAL, *(row[:n] for n in (3, 5) if row.isdigit() and len(row) > n)]
    wholes = [*total_columns(form), *([column[:3]] if column.isdigit() else [])]
    return [(form, "", r, column) for r in rows] + [(form, "", row, whole) for whole in wholes]


def _put(key: Key, axis: int, code: str) -> Key:
    form, block, row, column = key
    return (form, block, row, code) if axis else (form, block, code, column)
