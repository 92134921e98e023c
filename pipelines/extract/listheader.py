"""The header of a list table: where it stands, which columns hold codes and names, and which
amounts.

Exporters lay thousands of sheets out alike: a header that was understood once is known again by its
cells and merged ranges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipelines.extract import header as heads
from pipelines.extract import layoutfaults
from pipelines.extract.columns import Match, amount_matches, header_words
from pipelines.extract.grid import Grid, plain
from pipelines.extract.learned.labels import Labels, labels_in
from pipelines.extract.learned.way import is_long
from pipelines.extract.reading import AmountColumn, Fault, NoTable, layout_digest
from pipelines.extract.rows import CODE_HEADS, ITEM_HEADS, NAME_HEADS, split_leading_code, total_key
from pipelines.extract.sheetparts import is_printed
from pipelines.extract.text import address, squash
from pipelines.extract.words import is_clerks, is_owner, word
from pipelines.intake.workbook import Sheet
from schemas.library import Form, code_list

_CODES = CODE_HEADS | {"类", "款", "项"}
_LABEL_WORDS = CODE_HEADS | NAME_HEADS | ITEM_HEADS | {"栏次"}
# Layouts remembered for each form. A province has a dozen exporters, each of which leaves some
# choices to those who use it; the one met last is looked at first.
_KEPT = 64

Merged = list[tuple[int, int, int, int]]


@dataclass(slots=True)
class ListHeader:
    """A header understood: zero-based columns of codes and names, amount columns by key, faults of
    the layout. ``beside`` are columns that people added for themselves, ``owners`` those that say
    whose a row is. ``labels`` are the rows learned under such; None where the header alone did not
    tell.
    """

    rows: heads.Header
    cells: list[list[tuple[int, object]]]
    merged: Merged
    texts: frozenset[str]
    code_columns: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    beside: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    last_label: int = 0
    keys: dict[int, str] = field(default_factory=dict)
    columns: list[AmountColumn] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    layout: str = ""
    labels: Labels | None = None
    printed: bool = False

    @property
    def last_amount(self) -> int:
        """The last column of amounts."""
        return self.columns[-1].column

    def stands_in(self, grid: Grid) -> bool:
        top, first = self.rows.top, self.rows.first
        if self.printed != is_printed(grid.sheet):
            return False
        return (
            grid.rows[top:first] == self.cells
            and merged_above(grid.sheet, top, first) == self.merged
        )


def merged_above(sheet: Sheet, top: int, first: int) -> Merged:
    """The merged ranges that reach into a header."""
    return [m for m in sheet.merged if m[0] < first and m[2] >= top]


_KNOWN: dict[int, tuple[Form, list[ListHeader]]] = {}


def list_header(grid: Grid, form: Form) -> ListHeader:
    """The header of a list table. Raises ``NoTable``."""
    known = _KNOWN.setdefault(id(form), (form, []))[1]
    finder = _Finder(grid, form)
    if is_long():
        return finder.find()
    for place, header in enumerate(known):
        if finder.stands(header):
            known.insert(0, known.pop(place))
            return header
    made = finder.find()
    if finder.by_header_alone:
        unnamed = [*made.beside, *made.owners]
        made.labels = labels_in(made.code_columns, made.names, unnamed, made.last_label)
        known.insert(0, made)
        del known[_KEPT:]
    return made


@cache
def _codes(kind: str) -> frozenset[str]:
    return frozenset(code_list(kind).items)


def is_item(cells: list[tuple[int, object]], form: Form) -> bool:
    """Whether a row starts with a known code or with 合计, and holds something besides."""
    codes = _codes(form.codes or "functional")
    for _, value in cells[:5]:
        text = plain(value)
        if text.isdigit() and len(text) in (3, 5, 7) and text in codes:
            return True
        if total_key(text) and not _is_header_total(cells, header_words(form)):
            return True
        if split_leading_code(text)[0] in codes:
            return True
    return False


def _is_header_total(cells: list[tuple[int, object]], words: frozenset[str]) -> bool:
    """合计 as a column header: among other words of the header; amounts (numbers with decimals)
    make it an item.
    """
    if any(type(v) is float and not v.is_integer() for _, v in cells):
        return False
    texts = [squash(v) for _, v in cells if type(v) is str]
    return any(_is_of_header(t, words) for t in texts if not total_key(t))


def _is_of_header(text: str, words: frozenset[str]) -> bool:
    return text in words or text in _LABEL_WORDS or word(text) in words


class _Finder:
    """Understands the header of one sheet; ``by_header_alone`` tells that the rows below had no say
    in it.
    """

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form
        self.words = header_words(form)
        self.codes = _codes(form.codes or "functional")
        self.top = heads.header_top(grid, self.words)
        self.by_header_alone = True

    def find(self) -> ListHeader:
        rows = heads.find_header(self.grid, self.top, self.looks_like_item)
        if rows is None:
            raise NoTable("找不到表头")
        top, first = rows.top, rows.first
        self.grid.resolve_merged(top, first - 1)
        texts = heads.header_texts(self.grid, rows)
        self.header = ListHeader(
            rows, self.grid.rows[top:first], merged_above(self.grid.sheet, top, first), texts
        )
        if any(m[0] < top for m in self.header.merged):
            self.by_header_alone = False  # what shows over a column stands above the header
        self.header.printed = is_printed(self.grid.sheet)
        self._find_label_columns()
        self._note_columns(self._amount_columns())
        self.header.layout = layout_digest(self.form.form, self.header.columns)
        return self.header

    def stands(self, header: ListHeader) -> bool:
        """Whether a known header stands in the sheet and would be found there: no row above it
        speaks like one, and the row below is an item.
        """
        first = header.rows.first
        return (
            header.rows.top == self.top
            and first < self.grid.height
            and header.stands_in(self.grid)
            and not heads.is_column_numbers(self.grid.rows[first])
            and self.looks_like_item(first)
        )

    def looks_like_item(self, row: int) -> bool:
        return is_item(self.grid.rows[row], self.form)

    def _find_label_columns(self) -> None:
        codes, names = self._by_header()
        codes |= self._spanned(codes, names)
        if not codes or not names:
            self.by_header_alone = False
            codes, names = self._by_content(codes, names)
        self.header.names = sorted(names)
        last = max(names) if names else max(codes, default=0)
        codes = {c for c in codes if c <= last}
        self.header.code_columns = sorted(codes)
        self.header.last_label = max([last, *codes])

    def _spanned(self, codes: set[int], names: set[int]) -> set[int]:
        """Columns under a merged header of codes."""
        spans = [(c0, c1) for _, c0, _, c1 in self.header.merged if c0 in codes]
        return {c for c0, c1 in spans for c in range(c0, c1 + 1) if c not in names}

    def _by_header(self) -> tuple[set[int], set[int]]:
        """The columns of codes and of names that the header calls so; those of clerks and of owners
        are noted.
        """
        codes: set[int] = set()
        names: set[int] = set()
        for r in range(self.header.rows.top, self.header.rows.first):
            for c, value in self.grid.rows[r]:
                text = squash(value) if type(value) is str else ""
                if text in _CODES:
                    codes.add(c)
                elif text in NAME_HEADS:
                    names.add(c)
                else:
                    self._note_beside(c, text)
        return codes, names

    def _note_beside(self, column: int, text: str) -> None:
        if not text:
            return
        if is_clerks(text):
            self.header.beside.append(column)
        elif is_owner(text) and not self.form.published:
            self.header.owners.append(column)

    def _first_with_codes(self, rows: Iterable[Sequence[tuple[int, object]]]) -> set[int]:
        """The first column, among the first three cells of rows, in which codes stand."""
        holds_code = {c for row in rows for c, v in row[:3] if plain(v) in self.codes}
        return set(sorted(holds_code)[:1])

    def _by_content(self, codes: set[int], names: set[int]) -> tuple[set[int], set[int]]:
        """Label columns told by what stands in them below, where the header does not say."""
        below = self.grid.rows[self.header.rows.first : self.header.rows.first + 60]
        codes = codes or self._first_with_codes(below)
        if names:
            return codes, names
        texts = _columns_of_names(below, max(codes, default=-1))
        if not texts:
            return codes, set()
        first = min(texts)
        return {c for c in codes if c < first} or codes, {first}

    def _amount_columns(self) -> list[Match]:
        last = self.header.last_label
        used = [c for row in self.header.cells for c, _ in row] + [
            m[3] for m in self.header.merged if m[3] < 16384
        ]
        columns = range(last + 1, max(used, default=last) + 1)
        matches = amount_matches(
            self.grid, columns, self.header.rows.rows, self.form.read_columns, self.form.wide
        )
        return self._without_blank_halves(matches)

    def _without_blank_halves(self, matches: list[Match]) -> list[Match]:
        """Without the empty columns under a head that is merged over several, as web pages have
        them.
        """
        halves = [m for m in matches if self._is_under_merged_head(m.column)]
        if not halves:
            return matches
        self.by_header_alone = False
        filled = {c for row in self.grid.rows[self.header.rows.first :] for c, _ in row}
        return [m for m in matches if m not in halves or m.column in filled]

    def _is_under_merged_head(self, column: int) -> bool:
        """Whether all words over a column stand in merged cells that began further left."""
        headed = False
        for r in self.header.rows.rows:
            if self.grid.header_text(r, column):
                headed = True
                if self.grid.source(r, column)[1] >= column:
                    return False
        return headed

    def _note_columns(self, matches: list[Match]) -> None:
        seen: dict[str, int] = {}
        for match in matches:
            if match.key is None and is_clerks(match.label):
                self.header.beside.append(match.column)
            elif match.key is None:
                self._unknown_column(match)
            elif match.key in seen:
                self._repeated_column(match, seen[match.key])
            else:
                seen[match.key] = match.column
                self.header.keys[match.column] = match.key
                self.header.columns.append(AmountColumn("", match.key, match.label, match.column))
        if not self.header.keys:
            raise NoTable("表头中没有认得的金额栏")
        self._missing_columns(seen)

    def _unknown_column(self, match: Match) -> None:
        cell = address(max(self.header.rows.rows), match.column)
        fault = layoutfaults.unknown_column(self.form, match.column, match.label, cell)
        self.header.faults.append(fault)

    def _repeated_column(self, match: Match, first: int) -> None:
        cell = address(max(self.header.rows.rows), match.column)
        fault = layoutfaults.repeated_column(self.form, match.column, first, match.label, cell)
        self.header.faults.append(fault)

    def _missing_columns(self, seen: dict[str, int]) -> None:
        if self.form.wide:
            return
        missing = [c.key for c in self.form.columns if c.key not in seen and not c.optional]
        if missing:
            row = max(self.header.rows.rows, default=self.header.rows.top)
            cell = address(row, self.header.last_label + 1)
            self.header.faults.append(layoutfaults.missing_columns(self.form, missing, cell))


def _columns_of_names(rows: Iterable[Sequence[tuple[int, object]]], behind: int) -> set[int]:
    """The columns behind one of codes in which any name stands."""
    return {c for row in rows for c, v in row if c > behind and _is_name(v)}


def _is_name(value: object) -> bool:
    return type(value) is str and not plain(value).isdigit()
