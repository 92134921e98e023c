"""What each figure of a unit's public tables is the sum of, within its own table, as the rule book
says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from pipelines.public.keys import TOTAL, Key
from schemas.relations import Recipe, recipes

Parts = list[tuple[Key, int]]

BLOCK_OF_CODES = "支出功能分类"


class Relations:
    """The relations of the tables whose figures are ``exact`` (amounts in 分); a figure that is not
    there is zero.
    """

    def __init__(self, exact: Mapping[Key, int]) -> None:
        self.exact = exact
        # form and axis → code → the codes right beneath it that the table has
        self._below: dict[tuple[str, int], dict[str, list[str]]] = {}
        self._index()

    def _index(self) -> None:
        codes: dict[tuple[str, int], set[str]] = defaultdict(set)
        for form, block, row, column in self.exact:
            name = block or form
            if row.isdigit():
                codes[name, 0].add(row)
            if column.isdigit():
                codes[name, 1].add(column)
        for table, known in codes.items():
            beneath: dict[str, list[str]] = defaultdict(list)
            for code in sorted(known):
                beneath[parent_of(code, known)].append(code)
            self._below[table] = beneath

    def of(self, key: Key) -> Iterator[Parts]:
        """Every way in which the figure is a sum of others; by rows first."""
        yield from (self._parts(recipe, key) for recipe in recipes(key))

    def holding(self, key: Key) -> Parts | None:
        """The first of them that holds exactly; None where the figure is a smallest one, or does
        not add up.
        """
        amount = self.exact[key]
        for parts in self.of(key):
            if parts and sum(self.exact[part] * sign for part, sign in parts) == amount:
                return parts
        return None

    def is_smallest(self, key: Key) -> bool:
        return not any(parts for parts in self.of(key))

    def _parts(self, recipe: Recipe, key: Key) -> Parts:
        named = recipe.literal or ((part, 1) for part in self._looked_up(recipe, key))
        return [(part, sign) for part, sign in named if self.exact.get(part)]

    def _looked_up(self, recipe: Recipe, key: Key) -> Iterable[Key]:
        form, block, row, column = key
        if recipe.below is None:
            classes = self._beneath(recipe.block, 0, TOTAL)
            return [(form, recipe.block, code, column) for code in classes]
        axis, code = recipe.below
        found = self._beneath(form, axis, code)
        if axis == 0:
            return [(form, block, child, column) for child in found]
        return [(form, block, row, child) for child in found]

    def _beneath(self, table: str, axis: int, code: str) -> list[str]:
        return self._below.get((table, axis), {}).get(code, [])


def parent_of(code: str, known: Collection[str]) -> str:
    """The nearest code above that is there; the total at the top."""
    for length in range(len(code) - 2, 2, -2):
        if code[:length] in known:
            return code[:length]
    return TOTAL
