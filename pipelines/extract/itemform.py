"""A table of one row laid out downwards, as some regions print the “三公” table: an item a line,
预算数 and 决算数 beside it.

Each amount keeps the key that it has in the row: line 公务接待费 under 决算数 is
``决算数/公务接待费``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipelines.extract import header as heads
from pipelines.extract.columns import printed_over
from pipelines.extract.grid import Grid, plain, without_repeats
from pipelines.extract.reading import AmountColumn, NoTable, TableReading
from pipelines.extract.rows import ITEM_HEADS, Line
from pipelines.extract.text import visible
from pipelines.extract.words import word
from schemas.library import Column, Form, Row

FEWEST_ITEMS = 3  # fewer lines could stand in any table


class ItemsReader:
    """Reads such a table; ``form.rows`` are its items, ``form.columns`` its amount columns, the
    preferred one first where a sheet has several for the same."""

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form
        self.names = {word(name): row for row in form.rows for name in row.names}
        self.ranks = {word(n): i for row in form.rows for i, n in enumerate(row.names)}

    def read(self) -> TableReading:
        """Raises ``NoTable``."""
        self.label = self._label_column()
        self.lines = self._find_lines()
        if len(self.lines) < FEWEST_ITEMS:
            raise NoTable("找不到项目")
        first = min(r for r in range(self.grid.height) if self._item(r))
        rows = self._header_rows(first)
        self.grid.resolve_merged(rows[0], first - 1)
        self.table = TableReading(top=rows[0], first=first)
        self.table.structural_rows.update(range(first))
        self._amount_columns(rows)
        self._read_rows(first)
        return self.table

    def _label_column(self) -> int:
        counts = Counter(
            c for row in self.grid.rows for c, v in row if type(v) is str and word(v) in self.names
        )
        if not counts:
            raise NoTable("找不到项目栏")
        return max(counts, key=lambda c: (counts[c], -c))

    def _find_lines(self) -> dict[int, Row]:
        """The line of each item: the one with its likeliest name, of several alike the first."""
        best: dict[str, tuple[int, int]] = {}
        for r in range(self.grid.height):
            if row := self._item(r):
                rank = self.ranks[word(str(self.grid.value(r, self.label)))]
                best[row.key] = min(best.get(row.key, (rank, r)), (rank, r))
        return {r: row for _, r in best.values() if (row := self._item(r))}

    def _item(self, r: int) -> Row | None:
        value = self.grid.value(r, self.label)
        return self.names.get(word(value)) if type(value) is str else None

    def _header_rows(self, first: int) -> list[int]:
        """From the row that says 项目 down to the first item, without 栏次."""
        for top in range(first - 1, -1, -1):
            if any(word(plain(v)) in ITEM_HEADS for _, v in self.grid.rows[top]):
                rows = range(top, first)
                return [r for r in rows if not heads.is_column_numbers(self.grid.rows[r], True)]
        raise NoTable("找不到表头")

    def _amount_columns(self, rows: list[int]) -> None:
        """``leads``: the key of each amount column."""
        over = self._words_over(rows)
        self.leads: dict[int, str] = {}
        for column in self.form.columns:
            found = _column_under(over, column)
            if found is None or found in self.leads:
                raise NoTable("表头中没有认得的金额栏")
            self.leads[found] = column.key
            self._describe(found, column.key, printed_over(self.grid, found, rows))
        self.table.structural_columns.update(c for c, texts in over.items() if "行次" in texts)

    def _words_over(self, rows: list[int]) -> dict[int, list[str]]:
        """The header words over each column behind the labels."""
        used = sorted({c for row in self.grid.rows[rows[0] :] for c, _ in row if c > self.label})
        return {c: [word(self.grid.header_text(r, c)) for r in rows] for c in used}

    def _describe(self, column: int, lead: str, label: str) -> None:
        for row in self.form.rows:
            key = f"{lead}/{row.key}"
            self.table.columns.append(AmountColumn("", key, label, column, row.key))

    def _read_rows(self, first: int) -> None:
        """Lines of items; numbers of other lines (vehicles, meetings) belong to other tables."""
        for r in range(first, self.grid.height):
            cells = without_repeats(dict(self.grid.rows[r]))
            row = self.lines.get(r)
            if row is None:
                self._other(r, cells)
                continue
            label = visible(str(cells[self.label]))
            line = Line(r, "", self.form.row or "合计", label, column=self.label, panel=row.key)
            self.table.lines.append(line)
            amounts = [(c, cells[c], f"{k}/{row.key}") for c, k in self.leads.items() if c in cells]
            self.table.items.append((line, amounts))
            self._leave(r, [c for c in cells if c not in self.leads])

    def _other(self, r: int, cells: dict[int, object]) -> None:
        if heads.is_footer(self.grid.rows[r]):
            self.table.structural_rows.add(r)
            texts = [visible(v) for v in cells.values() if type(v) is str]
            self.table.notes.append(" ".join(texts)[:500])
        else:
            self._leave(r, list(cells))

    def _leave(self, r: int, columns: list[int]) -> None:
        self.table.reasons.update({(r, c): "不属于本表的项目或栏目" for c in columns})


def _column_under(over: Mapping[int, list[str]], column: Column) -> int | None:
    """The sheet column over which one of the column's names stands, the best name first."""
    for name in map(word, column.names):
        for sheet_column, texts in over.items():
            if name in texts:
                return sheet_column
    return None
