"""List tables: one item per row, codes and names at the left, amounts under a header of several rows."""

from __future__ import annotations

from pipelines.extract import header as heads
from pipelines.extract.columns import Match, amount_matches, header_words
from pipelines.extract.grid import Grid, plain
from pipelines.extract.reading import AmountColumn, Fault, NoTable, TableReading
from pipelines.extract.rows import (
    CODE_HEADS,
    ITEM_HEADS,
    NAME_HEADS,
    CodeReader,
    Keys,
    Line,
    split_leading_code,
    total_key,
)
from pipelines.extract.text import address, label_key, letter, squash, visible
from schemas.library import Form, code_list

_LABEL_WORDS = CODE_HEADS | NAME_HEADS | ITEM_HEADS | {"栏次"}


class ListReader:
    """Reads one list table of a form from a grid."""

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form
        self.words = header_words(form)
        self.codes = frozenset(code_list(form.codes or "functional").items)

    def read(self) -> TableReading:
        header = heads.find_header(self.grid, self.words, self._looks_like_item)
        if header is None:
            raise NoTable("找不到表头")
        self.header = header
        self.grid.resolve_merged(header.top, header.first - 1)
        self._find_label_columns()
        matches = self._amount_columns()
        self.table = TableReading(top=header.top, first=header.first)
        self.table.structural_rows.update(range(header.first))
        self._note_columns(matches)
        self._read_rows()
        return self.table

    def _looks_like_item(self, row: int) -> bool:
        """A row that starts with a known code or with 合计, and holds something besides."""
        cells = self.grid.rows[row]
        for _, value in cells[:5]:
            text = plain(value)
            if text.isdigit() and len(text) in (3, 5, 7) and text in self.codes:
                return True
            if total_key(text) and not self._is_header_total(row, cells):
                return True
            if split_leading_code(text)[0] in self.codes:
                return True
        return False

    def _is_header_total(self, row: int, cells: list[tuple[int, object]]) -> bool:
        """合计 as a column header: among other words of the header, or with nothing but words beside it."""
        texts = [squash(v) for _, v in cells if type(v) is str]
        others = [t for t in texts if not total_key(t)]
        return any(t in self.words or t in _LABEL_WORDS or label_key(t) in self.words for t in others)

    def _find_label_columns(self) -> None:
        codes, names = set(), set()
        for r in range(self.header.top, self.header.first):
            for c, value in self.grid.rows[r]:
                text = squash(value) if type(value) is str else ""
                if text in ("类", "款", "项") or text in CODE_HEADS:
                    codes.add(c)
                elif text in NAME_HEADS:
                    names.add(c)
        codes, names = self._by_content(codes, names)
        self.names = sorted(names)
        last = max(names) if names else max(codes, default=0)
        codes = {c for c in codes if c <= last}
        self.code_columns = sorted(codes)
        self.last_label = max([last, *codes])

    def _by_content(self, codes: set[int], names: set[int]) -> tuple[set[int], set[int]]:
        """Columns under the labels' merged header, told by what stands in them below."""
        below = self.grid.rows[self.header.first : self.header.first + 60]
        spans = {
            (c0, c1) for r0, c0, _, c1 in self.grid.sheet.merged if self.header.top <= r0 < self.header.first
        }
        for c0, c1 in spans:
            if c0 in codes:
                codes |= {c for c in range(c0, c1 + 1) if c not in names}
        holds_code = {c for row in below for c, v in row[:3] if plain(v) in self.codes}
        left = min(holds_code, default=None)
        if left is not None and not codes:
            codes = {left}
        if not names:
            start = max(codes) + 1 if codes else 0
            texts = [
                c for row in below for c, v in row if type(v) is str and c >= start and not plain(v).isdigit()
            ]
            names = {min(texts)} if texts else set()
            codes = {c for c in codes if not names or c < min(names)} or codes
        return codes, names

    def _amount_columns(self) -> list[Match]:
        used = {c for row in self.grid.rows[self.header.top :] for c, _ in row if c > self.last_label}
        columns = range(self.last_label + 1, max(used, default=self.last_label) + 1)
        return amount_matches(self.grid, columns, self.header.rows, self.form.columns, self.form.wide)

    def _note_columns(self, matches: list[Match]) -> None:
        self.keys: dict[int, str] = {}
        seen: dict[str, int] = {}
        for match in matches:
            if match.key is None:
                self._unknown_column(match)
            elif match.key in seen:
                self._repeated_column(match, seen[match.key])
            else:
                seen[match.key] = match.column
                self.keys[match.column] = match.key
                self.table.columns.append(AmountColumn("", match.key, match.label, match.column))
        if not self.keys:
            raise NoTable("表头中没有认得的金额栏")
        self._missing_columns(seen)

    def _unknown_column(self, match: Match) -> None:
        self.table.faults.append(
            Fault(
                "S-LAYOUT", f"{self.form.form}[+{match.label}]",
                f"版式不符：{letter(match.column)} 列“{match.label}”不在{self.form.title}的栏目中，该列未取数。请核对导出模板。",
                (address(max(self.header.rows), match.column),), "review",
            )
        )  # fmt: skip

    def _repeated_column(self, match: Match, first: int) -> None:
        self.table.faults.append(
            Fault(
                "S-LAYOUT", f"{self.form.form}[2×{match.label}]",
                f"版式不符：{letter(match.column)} 列与 {letter(first)} 列同为“{match.label}”，只取前一列。请删去重复的列后重报。",
                (address(max(self.header.rows), match.column),), "review",
            )
        )  # fmt: skip

    def _missing_columns(self, seen: dict[str, int]) -> None:
        if self.form.wide:
            return
        missing = [c.key for c in self.form.columns if c.key not in seen and not c.optional]
        if missing:
            row = self.header.rows[-1] if self.header.rows else self.header.top
            self.table.faults.append(
                Fault(
                    "S-LAYOUT", f"{self.form.form}[-{missing[0]}]",
                    f"版式不符：{self.form.title}缺少栏目“{'”、“'.join(missing[:6])}”，按零处理。请核对导出模板。",
                    (address(row, self.last_label + 1),), "review",
                )
            )  # fmt: skip

    def _read_rows(self) -> None:
        texts = heads.header_texts(self.grid, self.header)
        reader, keys = CodeReader(self.code_columns), Keys()
        self.under: str | None = None
        skip = set(self.code_columns) | set(self.names)
        self.table.structural_columns.update(self.code_columns)
        for r in range(self.header.first, self.grid.height):
            cells = self.grid.rows[r]
            if not cells:
                continue
            if heads.is_footer(cells):
                self.table.structural_rows.add(r)
                self.table.notes.append(" ".join(visible(str(v)) for _, v in cells if type(v) is str)[:500])
            elif heads.repeats_header(self.grid, r, self.header, texts) or self._is_caption(cells):
                self.table.structural_rows.add(r)
            else:
                self._read_row(r, dict(cells), reader, keys, skip)

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
                for row in self.grid.rows[: self.header.top]
                if row
            } | {squash(self.form.title), squash(self.form.number)}
        return self._caption_texts

    def _read_row(
        self, r: int, cells: dict[int, object], reader: CodeReader, keys: Keys, skip: set[int]
    ) -> None:
        line = self._line(r, cells, reader, keys)
        amounts = [c for c in cells if c in self.keys]
        if line is None:
            for c in cells:
                if c > self.last_label:
                    self.table.reasons[(r, c)] = "所在行没有科目编码和名称"
            return
        if line.code is None and line.key != "合计" and not amounts:
            self.table.notes.append(line.label[:500])
            self.table.structural_rows.add(r)
            return
        self.table.lines.append(line)
        self.table.items.append((line, [(c, cells[c], self.keys[c]) for c in amounts]))

    def _line(self, r: int, cells: dict[int, object], reader: CodeReader, keys: Keys) -> Line | None:
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
        """The name as printed: in the name column, else any text left of the amounts."""
        for c in [*self.names, *sorted(cells)]:
            value = cells.get(c)
            if c <= self.last_label and type(value) is str and value.strip() and not plain(value).isdigit():
                return visible(value), c
        return "", next((c for c in self.code_columns if c in cells), None)
