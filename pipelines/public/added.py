"""What the parts of a table's totals add up to, printed and exact: every figure is counted into the
figures right above it once, instead of each total looking for its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.public.keys import TOTAL, Key
from pipelines.public.parts import parent_of
from schemas.relations import Recipe

Sums = tuple[int, int]  # printed (0.01 万元) and exact (分)


class Added:
    """The sums of one table: ``exact`` holds its figures in 分, ``printed`` those of all tables; a
    figure that is not there is zero.
    """

    def __init__(self, exact: Mapping[Key, int], printed: Mapping[Key, int]) -> None:
        self.exact, self.printed = exact, printed
        # For each axis: what the codes right beneath a figure's own code add up to.
        self._beneath = (self._count(0), self._count(1))

    def by(self, recipe: Recipe, key: Key) -> Sums | None:
        """What the parts that are not zero add up to; None where there are none."""
        if recipe.literal:
            return self._named(recipe.literal)
        if recipe.below is not None:
            return self._beneath[recipe.below[0]].get(key)
        return self._beneath[0].get((key[0], recipe.block, TOTAL, key[3]))

    def _named(self, parts: Iterable[tuple[Key, int]]) -> Sums | None:
        found = None
        for part, sign in parts:
            if amount := self.exact.get(part):
                shown, real = found or (0, 0)
                found = shown + sign * self.printed.get(part, 0), real + sign * amount
        return found

    def _count(self, axis: int) -> dict[Key, Sums]:
        places = self._codes(axis)
        sums: dict[Key, Sums] = {}
        if not places:
            return sums
        for key, amount in self.exact.items():
            form, block, row, column = key
            above = places.get(block, {}).get(column if axis else row)
            if above and amount:
                whole = (form, block, row, above) if axis else (form, block, above, column)
                shown, real = sums.get(whole, (0, 0))
                sums[whole] = shown + self.printed.get(key, 0), real + amount
        return sums

    def _codes(self, axis: int) -> dict[str, dict[str, str]]:
        """By block the codes of an axis, each with the one right above it, or empty."""
        places: dict[str, dict[str, str]] = {}
        for key in self.exact:
            if key[2 + axis].isdigit():
                places.setdefault(key[1], {})[key[2 + axis]] = ""
        for codes in places.values():
            codes.update({code: parent_of(code, codes.keys()) for code in codes})
        return places
