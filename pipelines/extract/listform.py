"""List tables: one item per row, codes and names at the left, amounts under a header of several
rows.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.extract import header as heads
from pipelines.extract.amounts import is_plain
from pipelines.extract.grid import Grid, plain, without_repeats
from pipelines.extract.listheader import ListHeader, list_header
from pipelines.extract.namedcodes import name_codes
from pipelines.extract.owners import several_owners
from pipelines.extract.reading import Known, TableReading
from pipelines.extract.rows import CodeReader, Keys, Line, split_leading_code, total_key
from pipelines.extract.text import label_key, squash, visible
from schemas.library import Form

# What people write before the sum of some items.
SUBTOTAL = "小计"


class ListReader:
    """Reads one list table of a form from a grid."""

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form

    def read(self) -> TableReading:
        """Raises ``NoTable``."""
        return self._read(list_header(self.grid, self.form))

    def read_under(self, header: ListHeader) -> TableReading:
        """The items of a page without a head of its own, under that of the page before."""
        rows = replace(header.rows, top=0, first=0)
        return self._read(replace(header, rows=rows, faults=[]))

    def _read(self, header: ListHeader) -> TableReading:
        self.header, rows = header, header.rows
        self.table = TableReading(
            top=rows.top, first=rows.first, columns=self.header.columns, layout=self.header.layout
        )
        self.table.faults += self.header.faults
        self.table.structural_rows.update(range(rows.first))
        self._read_rows()
        name_codes(self.table, self.form.codes or "functional")
        if self.header.owners:
            items = [line.row for line in self.table.lines]
            self.table.mixed = several_owners(self.grid, self._owners(), items)
        return self.table

    def _read_rows(self) -> None:
        texts = self.header.texts
        reader, keys = CodeReader(self.header.code_columns), Keys()
        self.under: str | None = None
        self.last_amount = max(self.header.keys)
        self.table.structural_columns.update(
            self.header.code_columns, self.header.beside, self._owners()
        )
        for r in range(self.header.rows.first, self.grid.height):
            cells = self.grid.rows[r]
            if not cells or self._read_known(r, cells, reader):
                continue
            if heads.is_footer(cells):
                self.table.structural_rows.add(r)
                self.table.notes.append(
                    " ".join(visible(str(v)) for _, v in cells if type(v) is str)[:500]
                )
            elif self._is_page_furniture(r, texts) or self._is_subtotal(cells):
                self.table.structural_rows.add(r)
            else:
                self._read_row(r, without_repeats(dict(cells)), reader, keys)

    def _is_aside(self, column: int) -> bool:
        """Whether a column is right of the amounts, or one that people added for themselves."""
        return column > self.last_amount or column in self.header.beside

    def _owners(self) -> list[int]:
        """The columns left of the amounts that say whose a row is, or of which year."""
        return [c for c in self.header.owners if c not in self.header.keys]

    def _read_known(self, r: int, cells: list[tuple[int, object]], reader: CodeReader) -> bool:
        """A row with labels read before; its amounts are numbers and dashes: it is neither a
        note nor a header.
        """
        labels, columns = self.header.labels, self.header.keys
        known = labels.rows.get(self._labels(r)) if labels else None
        if known is None:
            return False
        amounts = [(c, v, columns[c]) for c, v in cells if c in columns]
        kinds = {v.__class__ for _, v, _ in amounts}
        if float not in kinds:
            return False
        if len(kinds) > 1 and not all(is_plain(v) for _, v, _ in amounts):
            return False
        line = known.at(r)
        if line.code:
            self.under = line.code
        if known.context:
            reader.context = known.context
        self.table.lines.append(line)
        self.table.items.append((line, amounts))
        if known.numbers is not None and len(cells) == known.filled + len(amounts):
            self.table.known[r] = Known(len(amounts), known.numbers)
        return True

    def _is_page_furniture(self, r: int, texts: frozenset[str]) -> bool:
        """A header or caption that a page repeats, or the sums it carries over."""
        cells = self.grid.rows[r]
        return (
            heads.is_clerks_line(cells)
            or heads.repeats_header(self.grid, r, texts, self._is_aside)
            or self._is_caption(cells)
        )

    def _is_subtotal(self, cells: list[tuple[int, object]]) -> bool:
        """A 小计 that someone put among the items, as a list of items has none of its own; where no
        合计 stands above it, it may be that.
        """
        left = {squash(str(v)) for c, v in cells if c <= self.header.last_label}
        return (
            self.form.codes == "functional"
            and left == {SUBTOTAL}
            and any(line.key == "合计" for line in self.table.lines)
        )

    def _labels(self, r: int) -> tuple[object, ...]:
        """The cells of the label columns, as they are."""
        return tuple(self.grid.sheet.cells[r][: self.header.last_label + 1])

    def _is_caption(self, cells: list[tuple[int, object]]) -> bool:
        """A title, 表号 or 编制单位 line of a continuation page."""
        if any(type(v) is not str for _, v in cells):
            return False
        text = squash("".join(str(v) for _, v in cells))
        return bool("编制单位" in text or "金额单位" in text or text in self._captions())

    def _captions(self) -> set[str]:
        if not hasattr(self, "_caption_texts"):
            self._caption_texts = {
                squash("".join(v for _, v in row if type(v) is str))
                for row in self.grid.rows[: self.header.rows.top]
                if row
            } | {squash(self.form.title), squash(self.form.number)}
        return self._caption_texts

    def _read_row(self, r: int, cells: dict[int, object], reader: CodeReader, keys: Keys) -> None:
        line = self._line(r, cells, reader, keys)
        columns = self.header.keys
        amounts = [c for c in cells if c in columns]
        if line is None:
            for c in cells:
                if c > self.header.last_label:
                    self.table.reasons[(r, c)] = "所在行没有科目编码和名称"
            return
        named = bool(line.code) or line.key == "合计"
        if not named and not amounts:
            self.table.notes.append(line.label[:500])
            self.table.structural_rows.add(r)
            return
        self.table.lines.append(line)
        self.table.items.append((line, [(c, cells[c], columns[c]) for c in amounts]))
        if self.header.labels and named:
            self.header.labels.learn(self._labels(r), cells, line)

    def _line(
        self, r: int, cells: dict[int, object], reader: CodeReader, keys: Keys
    ) -> Line | None:
        code = reader.code(cells)
        label, column = self._label(cells)
        code_column = reader.at
        if not code and label:
            code, rest = split_leading_code(label)
            label, code_column = (visible(rest), column) if code else (label, None)
        if code:
            self.under = code
            return Line(r, "", code, label or code, code, column=column, code_column=code_column)
        if not label:
            return None
        total = total_key(label)
        key = total or keys.unique("", label_key(label), self.under)
        return Line(r, "", key, label, column=column)

    def _label(self, cells: dict[int, object]) -> tuple[str, int | None]:
        """The name as printed: in the name column, else any text left of the amounts; of what
        stands beside the items only a total's.
        """
        others = {*self.header.beside, *self.header.owners}
        for c in (*self.header.names, *range(self.header.last_label + 1)):
            value = cells.get(c)
            if c in others and not (type(value) is str and total_key(value)):
                continue
            if type(value) is str and value.strip() and not plain(value).isdigit():
                return visible(value), c
        return "", next((c for c in self.header.code_columns if c in cells), None)
