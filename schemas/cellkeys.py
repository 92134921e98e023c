"""From the cells of formulas to keys (form, block, row, column) and back: what a cell's words stand
for where it means a key, and which keys it means once they are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from schemas.library import forms
from schemas.notation import Cell, Selector, pattern

Key = tuple[str, str, str, str]
Bindings = dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """A cell with what the rows and columns that it means look like."""

    cell: Cell
    rows: re.Pattern[str]
    columns: re.Pattern[str]

    @classmethod
    def of(cls, cell: Cell, words: Mapping[str, str]) -> Meaning:
        """``words``: the pattern of each word that the cell may hold."""
        return cls(cell, pattern(cell.row, dict(words)), pattern(cell.col, dict(words)))

    def across(self, column: str) -> Bindings | None:
        """What the words of the cell's column stand for where it means this one, else None."""
        found = self.columns.fullmatch(column)
        return found.groupdict() if found else None

    def down(self, block: str, row: str) -> Bindings | None:
        """What the words of the cell's row stand for where it means this one, else None."""
        found = self.rows.fullmatch(f"{block}/{row}" if block else row)
        return found.groupdict() if found else None


def keys_of(cell: Cell, bindings: Bindings) -> list[Key]:
    """The keys a cell means once its words are bound."""
    blocked, form = _block_names(cell.form), cell.form
    columns = _spelled(cell.col, bindings)
    lines = [_in_block(line, blocked) for line in _spelled(cell.row, bindings)]
    return [(form, block, row, column) for block, row in lines for column in columns]


def _in_block(line: str, blocked: frozenset[str]) -> tuple[str, str]:
    """The block and the row of a line; most forms have no blocks."""
    if blocked:
        block, slash, row = line.partition("/")
        if slash and block in blocked:
            return block, row
    return "", line


@cache
def _block_names(form: str) -> frozenset[str]:
    return frozenset(block.id for block in forms()[form].blocks)


def _spelled(selector: Selector, bindings: Bindings) -> Sequence[str]:
    if len(selector.parts) == 1:  # most: a word or a few names
        (part,) = selector.parts
        return (bindings[part.word],) if part.word else part.names
    choices = [(bindings[p.word],) if p.word else p.names for p in selector.parts]
    return ["/".join(names) for names in product(*choices)]
