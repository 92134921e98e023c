"""Rows of a list, known again by the cells of their label columns.

The key of most rows depends on nothing else: a whole code, or 合计. Rows whose key depends on the
rows above (parts of a code, labels under a code), notes and repeated headers are not learned. What
the columns of amounts are has no say: lists whose labels stand in the same columns share their
rows, of whatever form and under whatever header, but for columns among the labels that are of
clerks or owners.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.extract.account import numbers_in
from pipelines.extract.grid import is_blank, may_name
from pipelines.extract.header import never_numbers
from pipelines.extract.rows import CodeReader, Line

# Of the code lists' 1,800 items one region's units use some hundreds, each in a writing or two:
# enough for what comes again, and a megabyte at most.
MOST_ROWS = 2048
MOST_PLACES = 32  # ways in which label columns stand: with or without a blank column, split codes
LEAST_NUMBER = 100  # of codes kept as numbers; below it 1 and True would be the same key

Cells = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A row's line without its place, and the parts of its code that rows below may go on with.

    ``filled``: how many of its label cells hold anything, ``numbers``: how many of these are
    numbers; None where one is that is no code. ``names``: whether one may name a table.
    """

    line: Line
    context: list[str]
    filled: int
    numbers: int | None
    names: bool

    def at(self, row: int) -> Line:
        return Line(row, *self.line[1:])


@dataclass(slots=True)
class Labels:
    """The rows learned in lists whose labels stand alike; ``code_columns`` are zero-based."""

    code_columns: tuple[int, ...]
    rows: dict[Cells, Known] = field(default_factory=dict)

    def learn(self, labels: Cells, cells: Mapping[int, object], line: Line) -> None:
        """``labels``: the cells of the label columns as they are; ``cells``: those that count."""
        if not all(type(v) is str or _is_code_number(v) for v in labels):
            return
        if not never_numbers([(c, v) for c, v in cells.items() if c < len(labels)]):
            return
        reader = CodeReader(list(self.code_columns))
        if _is_put_together(reader.code(dict(cells)), line):
            return
        if len(self.rows) >= MOST_ROWS:
            self.rows.clear()
        filled = [(c, v) for c, v in enumerate(labels) if not is_blank(v)]
        names = any(map(may_name, labels))
        codes = self._codes_among(filled)
        self.rows[labels] = Known(line, reader.context, len(filled), codes, names)

    def _codes_among(self, labels: list[tuple[int, object]]) -> int | None:
        """How many label cells are numbers, if all of these are codes."""
        numbers = numbers_in(labels)
        return len(numbers) if set(numbers) <= set(self.code_columns) else None


def _is_code_number(cell: object) -> bool:
    return type(cell) is float and cell >= LEAST_NUMBER


Columns = tuple[int, ...]
_KNOWN: dict[tuple[Columns, Columns, Columns, int], Labels] = {}


def labels_in(
    codes: Sequence[int], names: Sequence[int], unnamed: Iterable[int], last: int
) -> Labels:
    """The rows learned so far where codes and names stand in these columns (zero-based), ``last``
    being the last column of labels, and what stands in the ``unnamed`` ones names no item.
    """
    place = (tuple(codes), tuple(names), tuple(sorted({c for c in unnamed if c <= last})), last)
    if place not in _KNOWN and len(_KNOWN) >= MOST_PLACES:
        _KNOWN.clear()
    return _KNOWN.setdefault(place, Labels(place[0]))


def _is_put_together(code: str | None, line: Line) -> bool:
    """Whether the row's own code is not all of the line's: the rest stands in a row above."""
    return bool(code) and (len(code or "") < 3 or code != line.code)
