"""原值: every printed figure with its exact amount, and by how much balancing moved it from its own
rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from pipelines.public import places
from pipelines.public.figures import Published
from pipelines.public.grown import Grown
from pipelines.public.keys import TOTAL, Key
from pipelines.public.rounding import nearest_all
from pipelines.xlsx.book import Book, Column
from pipelines.xlsx.lines import Lines, Phrases
from schemas.library import forms

NAME = "原值"
COLUMNS = (
    Column("表", width=11),
    Column("部分", width=16),
    Column("行", width=40),
    Column("栏", width=40),
    Column("原值（元）", "money", 20),
    Column("公布数（万元）", "money", 18),
    Column("舍位调整（万元）", "money", 16),
)


def write_exact(book: Book, data: Published) -> None:
    """The figures by table, and there by row, the total of a table or row first."""
    sheet: Any = book.sheet(NAME)
    book.header(sheet, 0, COLUMNS)
    text, money = book.format("text"), book.format("money")
    last = sheet.write_lines(1, _lines(data), text, money) - 1
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)
    sheet.repeat_rows(0)


def _lines(data: Published) -> Lines:
    """Table, block, row and column of a figure; the figure in 元, as printed in 万元, and by how
    much balancing moved it.
    """
    listed = _listed()
    lines = listed.of(data.figures().numbers)
    order = np.argsort(listed.ranks()[lines])
    exact, printed = data.figures().exact[order], data.figures().printed[order]
    return Lines(listed.phrases, lines[order], (exact, printed, printed - nearest_all(exact)))


class Ranked:
    """Words by number, and where each stands among all of them."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._ranks = np.empty(0, dtype=np.int64)

    def number(self, word: Any) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def ranks(self) -> np.ndarray:
        if len(self._ranks) < len(self._numbers):
            self._ranks = np.empty(len(self._numbers), dtype=np.int64)
            self._ranks[[self._numbers[w] for w in sorted(self._numbers)]] = range(len(self._ranks))
        return self._ranks


@dataclass(slots=True)
class Listed:
    """The lines of all figures met so far: the words of each, and its table with block, its row
    and its column, by which lines are put in order.
    """

    phrases: Phrases = field(default_factory=Phrases)
    met: places.Known = field(default_factory=places.Known)
    parts: tuple[Ranked, Ranked, Ranked] = field(
        default_factory=lambda: (Ranked(), Ranked(), Ranked())
    )
    places: Grown = field(default_factory=lambda: Grown(3))

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """The lines of these figures; new ones are taken in."""
        for key in self.met.new(numbers):
            self._add(key)
        return self.met.at[numbers]

    def _add(self, key: Key) -> None:
        form, block, row, column = key
        self.phrases.texts.append((forms()[form].number, block, row, column))
        words = ((form, block), (row != TOTAL, row), column)
        self.places.add(*(p.number(w) for p, w in zip(self.parts, words, strict=True)))

    def ranks(self) -> np.ndarray:
        """Where each line stands among all."""
        tables, rows, columns = (part.ranks() for part in self.parts)
        table, row, column = self.places.rows.T
        return (tables[table] * len(rows) + rows[row]) * len(columns) + columns[column]


@cache
def _listed() -> Listed:
    return Listed()
