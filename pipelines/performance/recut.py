"""What the performance forms know about the width of a header, for cutting flattened rows again."""

from __future__ import annotations

from functools import lru_cache

from pipelines.performance.grid import GridCell, Spot
from pipelines.performance.header import idle_top, recognise
from pipelines.performance.projecthead import one_row
from pipelines.performance.segments import project_head
from pipelines.tables.flattened.spans import header_spans

NOWHERE = Spot("", "")


class FormHeaders:
    """The headers of the forms JX01 … JX18, as ``pipelines.tables.flattened.headers.Headers``
    asks for them.
    """

    def width(self, rows: list[list[str]]) -> int:
        """The number of columns of a header made of these rows; 0 where no form has such
        a header.
        """
        return _width(tuple(map(tuple, rows)))

    def begins(self, row: list[str]) -> bool:
        """Whether a row begins a project table."""
        return project_head(row)

    def goes_on(self, row: list[str], rest: list[str]) -> bool:
        """Whether two pieces are one row of the head of a project table."""
        return one_row(row, rest)


# The same rows are asked for again and again, alone and with the rows around them, and the forms of
# a pack repeat their headers; so many are those of a few packs.
@lru_cache(maxsize=4096)
def _width(rows: tuple[tuple[str, ...], ...]) -> int:
    width = max(len(r) for r in rows)
    if len(rows) > 1 and len(rows[-1]) != width:
        return 0
    lowest = list(rows[-1])
    placed = [_placed(list(row), lowest, number) for number, row in enumerate(rows)]
    found = recognise(placed)
    return width if found and not idle_top(found, placed) else 0


def _placed(words: list[str], lowest: list[str], number: int) -> list[GridCell]:
    spans = [1] * len(words) if len(words) == len(lowest) else header_spans(words, lowest)
    cells, column = [], 0
    for text, columns in zip(words, spans, strict=True):
        cells.append(GridCell(text, number, column, NOWHERE, columns=columns))
        column += columns
    return cells
