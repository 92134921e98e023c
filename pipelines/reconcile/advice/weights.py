"""What the change of a cell costs in the search for a set: little for what looks like a slip.

All but FOLLOWS lie near 1, so that in small sets fewer cells beat likelier ones.
"""

from __future__ import annotations

from functools import cached_property

from pipelines.reconcile.advice.smallest import Cell
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.plausibility import SLIP, oddity

# A roll-up and a published table follow what they are made from.
FOLLOWS = 0.3
# An amount that a failing formula asks for is likelier wrong than one that none does, and likelier
# still where that amount mistyped is what stands there.
MISTYPED, WISHED, ORDINARY = 0.8, 0.9, 1.0
# A blank cell is right more often than not. Not so in a line that is printed and holds nothing at
# all: its amounts were forgotten.
FORGOTTEN, BARE, LACKING, BLANK = 0.85, 0.95, 0.92, 1.2


class Weights:
    """The costs of the cells of a family."""

    def __init__(self, family: Family) -> None:
        self.family = family

    @cached_property
    def lines(self) -> set[tuple[int, str, str, str]]:
        """The lines that hold an amount: unit and year, form, block, row."""
        keys = self.family.keys
        return {
            (uy, *keys[key][:3])
            for uy, held in self.family.cells.items()
            for key in held.key[held.amt != 0].tolist()
        }

    def of(self, cell: Cell) -> float:
        uy, key = cell
        if uy in self.family.parents or self.family.keys[key][0] in self.family.published:
            return FOLLOWS
        held = self.family.holding(uy).get(key)
        wishes = self.family.wishes(uy).get(key, set())
        if held is None:
            return self._blank(cell, any(wish > 0 for wish in wishes))
        if any(oddity(held.amt, wish) == SLIP for wish in wishes):
            return MISTYPED
        return WISHED if wishes else ORDINARY

    def _blank(self, cell: Cell, wished: bool) -> float:
        uy, key = cell
        if (uy, *self.family.keys[key][:3]) not in self.lines:
            return FORGOTTEN if wished else BARE
        return LACKING if wished else BLANK
