"""Tables of panels side by side (Z01, Z01_1, F03, G01, G04): fixed rows, told by their labels,
never by position.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import filterfalse, pairwise

from pipelines.extract import header as heads
from pipelines.extract import layoutfaults
from pipelines.extract.columns import amount_matches
from pipelines.extract.grid import Grid, plain, without_repeats
from pipelines.extract.learned import panels
from pipelines.extract.panelwords import Names, words_of
from pipelines.extract.reading import AmountColumn, Fault, NoTable, TableReading
from pipelines.extract.rows import ITEM_HEADS, Keys, Line
from pipelines.extract.text import address, is_count_label, label_key, letter, squash, visible
from pipelines.extract.words import is_clerks, word
from schemas.library import Block, Column, Form, Row

TAIL = "支出"
_HEADER_WORDS = ("行次", "栏次", "收入", "支出")
_HEADER_MARKS = re.compile("行次|栏次|项[ 　]?目|表|编制单位|收入")


@dataclass(slots=True)
class Panel:
    """One panel: the sheet column of its labels, its 行次 column, and its amount columns by key."""

    blocks: list[Block]
    label: int
    end: int
    line: int | None = None
    keys: dict[int, str] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    block: Block | None = None
    under: str | None = None
    used: set[str] = field(default_factory=set)

    def lookup(self, label: str, number: int | None) -> tuple[Block, Row] | None:
        """The described row of a label: one that stands under the last line, or has that 行次, or
        stands alone.
        """
        found = [
            (b, r) for b, r in self.names.get(word(label), ()) if f"{b.id}/{r.key}" not in self.used
        ]
        return max(found, key=lambda item: self._fit(item[1], number), default=None)

    def _fit(self, row: Row, number: int | None) -> int:
        if row.under and row.under == self.under:
            return 3
        if number is not None and number == row.line:
            return 2
        return 0 if row.under else 1


class PanelReader:
    """Reads one table of panels of a form from a grid."""

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form
        self.words = words_of(form)

    def read(self) -> TableReading:
        """Raises ``NoTable``."""
        return panels.read_known(self.grid, self.form) or self._read_and_learn()

    def _read_and_learn(self) -> TableReading:
        self.table = TableReading()
        self.by_header_alone = True
        self.places: dict[int, list[panels.Placed]] = {}
        self.lacking: dict[tuple[str, ...], tuple[Panel, str]] = {}
        self.taken: dict[tuple[str, str, str], tuple[int, int]] = {}
        self.panels = self._find_panels()
        self.first = self._first_row()
        header_rows = self._header_rows()
        self.table.top, self.table.first = (header_rows or [self.first])[0], self.first
        self.table.structural_rows.update(range(self.first))
        for panel in self.panels:
            self._find_columns(panel, header_rows)
        if not any(p.keys for p in self.panels):
            raise NoTable("表头中没有认得的金额栏")
        self._tell_missing()
        self._read_rows()
        if header_rows and self.by_header_alone:
            self._learn()
        return self.table

    def _learn(self) -> None:
        columns = frozenset(c for p in self.panels for c in p.keys)
        sheet = panels.Learner(self.grid, self.table, columns, self.places)
        bare = {r for r in range(self.first, self.grid.height) if self._may_repeat_header(r)}
        sheet.learn(self.form, self._heard(), bare)

    def _heard(self) -> frozenset[str]:
        """The keys of texts that have a say wherever they stand: labels and words of the header."""
        return self.words.heads.union(*self.words.names, ITEM_HEADS, _HEADER_WORDS)

    def _label_column(self, counted: Counter[int], left: int) -> int | None:
        """The column, right of ``left``, in which most labels of a panel stand."""
        found, column = max(((n, -c) for c, n in counted.items() if c > left), default=(0, 0))
        return -column if found >= 2 or (found and self._headed(-column)) else None

    def _counted(self) -> Iterator[Counter[int]]:
        """For each panel, how many of its labels stand in each column; labels of the panels before
        it do not count.
        """
        before: set[str] = set()
        for known in self.words.names:
            own = known.keys() - before
            before |= known.keys()
            yield Counter(
                c for row in self.grid.rows for c, v in row if type(v) is str and word(v) in own
            )

    def _find_panels(self) -> list[Panel]:
        """Label columns, by what stands in them: each panel's column is the one most of its labels
        stand in.
        """
        panels, left = [], -1
        words = self.words.names
        for ids, known, count in zip(self.form.panels, words, self._counted(), strict=True):
            label = self._label_column(count, left)
            if label is not None:
                left = label
                panels.append(Panel([self.form.block(b) for b in ids], left, 0, names=known))
        if len(panels) < min(2, max(1, len(self.form.panels))):
            raise NoTable("找不到项目栏")
        width = max((row[-1][0] for row in self.grid.rows if row), default=0)
        for panel, following in zip(panels, [*panels[1:], None], strict=True):
            panel.end = following.label - 1 if following else width
        return panels

    def _headed(self, column: int) -> bool:
        """Whether a column has 项目 above it: then a single item below is enough."""
        texts = (dict(row).get(column) for row in self.grid.rows)
        return any(type(v) is str and label_key(v) in ITEM_HEADS for v in texts)

    def _first_row(self) -> int:
        for r, row in enumerate(self.grid.rows):
            cells = dict(row)
            for panel in self.panels:
                value = cells.get(panel.label)
                if type(value) is str and word(value) in panel.names:
                    return r
        raise NoTable("找不到项目")

    def _header_rows(self) -> list[int]:
        """Rows above the first item, from the first that speaks of 项目, 行次 or an amount column;
        without 栏次 rows.
        """
        top = self.first
        for r in range(self.first - 1, -1, -1):
            if self._has_numbers(r):
                continue
            texts = [squash(v) for _, v in self.grid.rows[r] if type(v) is str]
            if any(map(self._is_of_header, texts)):
                top = r
            elif texts:
                break
        filled = [r for r in range(top, self.first) if self.grid.rows[r]]
        self.grid.resolve_merged(top, self.first - 1)
        return list(filterfalse(self._has_numbers, filled))

    def _has_numbers(self, r: int) -> bool:
        return heads.is_column_numbers(self.grid.rows[r], below_head=True)

    def _is_of_header(self, text: str) -> bool:
        return text in ITEM_HEADS or text in _HEADER_WORDS or word(text) in self.words.heads

    def _find_columns(self, panel: Panel, rows: list[int]) -> None:
        """The 行次 column and the amount columns between this panel's labels and the
        next panel's.
        """
        between = range(panel.label + 1, panel.end + 1)
        columns = [c for c in between if not self._same_merge(panel.label, c, rows)]
        panel.line = self._line_column(columns, rows)
        amounts = [c for c in columns if c != panel.line]
        if panel.line is not None:
            self.table.structural_columns.add(panel.line)
        described = panel.blocks[-1].columns if rows else ()
        for match in amount_matches(self.grid, amounts, rows, described, False):
            if match.key is None:
                self._unknown(match.column, match.label, rows)
            else:
                panel.keys[match.column] = match.key
                self._describe(panel, match.key, match.label, match.column)
        self._note_missing(panel, rows, described)

    def _describe(self, panel: Panel, key: str, label: str, column: int) -> None:
        for block in panel.blocks:
            self.table.columns.append(
                AmountColumn(block.name, key, label, column, letter(panel.label))
            )

    def _note_missing(self, panel: Panel, rows: list[int], described: Iterable[Column]) -> None:
        missing = [c.key for c in described if c.key not in panel.keys.values() and not c.optional]
        if missing and panel.keys:
            cell = address(rows[-1] if rows else 0, panel.label)
            self.lacking.setdefault(tuple(missing), (panel, cell))

    def _same_merge(self, label: int, column: int, rows: list[int]) -> bool:
        """Whether a column lies under the panel's own merged 项目 header."""
        last = rows[-1] if rows else -1
        return self.grid._merged.get((last, column), (0, -1))[1] == label

    def _line_column(self, columns: list[int], rows: list[int]) -> int | None:
        """The 行次 column by its header, else by what stands in it."""
        for c in columns:
            if any(self.grid.header_text(r, c) == "行次" for r in rows):
                return c
        self.by_header_alone = False
        return next(filter(self._counts_lines, columns), None)

    def _counts_lines(self, c: int) -> bool:
        """Whether a column holds nothing but small numbers that rise."""
        values = [t for r in range(self.first, self.grid.height) if (t := self.grid.text(r, c))]
        numbers = [int(v) for v in values if v.isdigit() and len(v) <= 3]
        rising = all(b > a for a, b in pairwise(numbers))
        return len(numbers) >= 3 and rising and len(numbers) == len(values)

    def _unknown(self, column: int, label: str, rows: list[int]) -> None:
        if is_clerks(label):
            self.table.structural_columns.add(column)
        elif any(dict(row).get(column) for row in self.grid.rows[self.first :]):
            cell = address(rows[-1] if rows else 0, column)
            self.table.faults.append(layoutfaults.unknown_column(self.form, column, label, cell))

    def _tell_missing(self) -> None:
        """Once for what several panels lack alike, at the first of them."""
        for keys, (panel, cell) in self.lacking.items():
            block = panel.blocks[0].id
            fault = layoutfaults.missing_columns(self.form, keys, cell, block)
            self.table.faults.append(fault)

    def _read_rows(self) -> None:
        keys = Keys()
        for r in range(self.first, self.grid.height):
            cells = dict(self.grid.rows[r])
            if not cells:
                continue
            if heads.is_footer(self.grid.rows[r]) and not self._has_amounts(cells):
                self.table.structural_rows.add(r)
                self.table.notes.append(
                    " ".join(visible(str(v)) for v in cells.values() if type(v) is str)[:500]
                )
            elif heads.is_clerks_line(self.grid.rows[r]) or self._repeats_header(r, cells):
                self.table.structural_rows.add(r)
            else:
                self._read_row(r, cells, keys)

    def _has_amounts(self, cells: dict[int, object]) -> bool:
        return any(
            c in p.keys and type(v) in (int, float) for p in self.panels for c, v in cells.items()
        )

    def _may_repeat_header(self, r: int) -> bool:
        """Whether a row has words of a header and no item: then its amounts tell."""
        cells = dict(self.grid.rows[r])
        if not any(v.__class__ is str and _HEADER_MARKS.search(v) for v in cells.values()):  # type: ignore[arg-type]
            return False
        return not any(word(self._label(cells, p)) in p.names for p in self.panels)

    def _is_caption(self, text: str) -> bool:
        titles = (squash(self.form.title), squash(self.form.number))
        return "编制单位：" in text or text in titles

    def _repeats_header(self, r: int, cells: dict[int, object]) -> bool:
        if not self._may_repeat_header(r):
            return False
        if heads.is_column_numbers(list(cells.items())):
            return True
        texts = [squash(v) for v in cells.values() if type(v) is str]
        if any(map(self._is_caption, texts)):
            return True
        words = {"行次", "收入", "支出"} | ITEM_HEADS
        numbers = any(type(v) in (int, float) for v in cells.values())
        return not numbers and sum(t in words for t in texts) >= 2

    def _read_row(self, r: int, cells: dict[int, object], keys: Keys) -> None:
        cells = without_repeats(cells)
        done: set[int] = set()
        for index, panel in enumerate(self.panels):
            line = self._line(r, cells, panel, keys)
            if line is None:
                continue
            owners = [panel]
            if line.block == TAIL:
                owners += [p for p in self.panels[index + 1 :] if not self._label(cells, p)]
            self._take(r, cells, line, owners, done)
        for panel in self.panels:
            for c in panel.keys:
                if c in cells and c not in done:
                    self.table.reasons[(r, c)] = "所在行没有项目名称"

    def _take(
        self, r: int, cells: dict[int, object], line: Line, owners: list[Panel], done: set[int]
    ) -> None:
        """The amounts of a line: in its own panel, or, where its label spans the middle panel, in
        the next one's.
        """
        keyed: dict[str, int] = {}
        places = [place for panel in reversed(owners) for place in panel.keys.items()]
        for c, key in places:
            if c in cells and c not in done and key not in keyed:
                keyed[key] = c
        at = letter((owners[-1] if len(owners) > 1 else owners[0]).label)
        line = line._replace(panel=at)
        self.table.lines.append(line)
        self.places.setdefault(r, []).append((line, places))
        done.update(keyed.values())
        fresh = [(c, cells[c], key) for key, c in keyed.items() if self._is_first(line, key, r, c)]
        self.table.items.append((line, fresh))

    def _is_first(self, line: Line, key: str, row: int, column: int) -> bool:
        """Whether the item has no amount elsewhere in the table yet; a second one is left out, a
        different one a fault.
        """
        place = (line.block, line.key, key)
        first = self.taken.setdefault(place, (row, column))
        if first == (row, column):
            return True
        self.table.reasons[(row, column)] = f"同一项目已在 {address(*first)} 取数"
        if self.grid.text(*first) != self.grid.text(row, column):
            self.table.faults.append(
                Fault(
                    "S-REPEAT",
                    f"{self.form.form}[{'/'.join(place)}]",
                    f"“{line.label}”在表中列示两次，{address(*first)} 与 {address(row, column)}"
                    " 不一致，只取前者。请核对。",
                    (address(*first), address(row, column)),
                )
            )
        return False

    def _label(self, cells: dict[int, object], panel: Panel) -> str:
        value = cells.get(panel.label)
        return visible(value) if type(value) is str and not plain(value).isdigit() else ""

    def _line(self, r: int, cells: dict[int, object], panel: Panel, keys: Keys) -> Line | None:
        label = self._label(cells, panel)
        if not label:
            return None
        number = plain(cells[panel.line]) if panel.line in cells else ""
        number_value = int(number) if number.isdigit() and len(number) <= 4 else None
        found = panel.lookup(label, number_value)
        if found is None:
            return self._unknown_line(r, label, number_value, panel, keys)
        block, row = found
        panel.used.add(f"{block.id}/{row.key}")
        panel.block = block
        if not row.under:
            panel.under = row.key
        code = row.key if row.key.isdigit() else None
        keys.unique(block.name, row.key, None)
        return Line(
            r,
            block.name,
            row.key,
            label,
            code,
            number_value,
            panel.label,
            row.count or is_count_label(label),
            number_column=panel.line,
        )

    def _unknown_line(
        self, r: int, label: str, number: int | None, panel: Panel, keys: Keys
    ) -> Line | None:
        """A line that the description does not know keeps its label as key, in the block it stands
        in.
        """
        key = label_key(label)
        block = panel.block.name if panel.block else panel.blocks[0].name
        key = keys.unique(block, key, panel.under)
        return Line(
            r,
            block,
            key,
            label,
            None,
            number,
            panel.label,
            is_count_label(label),
            number_column=panel.line,
        )
