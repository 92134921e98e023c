"""Sheets of lists, known again by what stands above their items and by the labels of these.

Where all of that was met before, nothing of the sheet is analysed: what it is, where its header
stands and what its columns are follow from the sheet that was read first, and its amounts are taken
as they lie. A sheet of which anything else is new goes the long way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from pipelines.extract import header as heads
from pipelines.extract.account import numbers_in
from pipelines.extract.amounts import is_plain
from pipelines.extract.caption import caption
from pipelines.extract.columns import header_words
from pipelines.extract.grid import Grid, filled, may_name
from pipelines.extract.learned.labels import Known, Labels
from pipelines.extract.learned.way import is_long
from pipelines.extract.listform import ListReader, text_of_note
from pipelines.extract.listheader import ListHeader, is_item, list_header, merged_above
from pipelines.extract.reading import Flat, TableReading
from pipelines.extract.recognise import TOP, WIDE, Evidence, Recogniser
from pipelines.extract.regions import names_one_table
from pipelines.extract.rows import Line
from pipelines.extract.sheetreading import SheetReading
from pipelines.intake.workbook import Sheet
from schemas.library import Form

# Layouts remembered for a sheet's name; the one met last is looked at first. A dozen exporters
# leave a choice or two; more cost as much to look through as they spare.
KEPT = 24
MOST_NAMES = 512  # a dozen exporters name some twenty tables each

Row = list[object]
Cell = tuple[int, object]


@dataclass(frozen=True, slots=True)
class KnownSheet:
    """A list that was read, without its items: what its sheet shows of its form (``evidence``,
    ``published``: the family of its workbook), the rows above its header (``above``), of those with
    captions, which may say something else, what names a table (``names``), its header as it stands
    (``head``), and the ``lines`` that its pages repeat.
    """

    form: Form
    evidence: Evidence
    published: bool | None
    header: ListHeader
    labels: Labels
    above: list[Row]
    names: Mapping[int, list[Cell]]
    head: list[Row]
    lines: tuple[str, ...]

    def stands_in(self, sheet: Sheet) -> bool:
        """Whether a sheet shows the same above its items, but for its captions."""
        rows, cells = self.header.rows, sheet.cells
        return (
            cells[rows.top : rows.first] == self.head
            and len(cells) > rows.first
            and sheet.above == self.lines
            and all(
                row == known
                or (r in self.names and names_beside_captions(row, self.form) == self.names[r])
                for r, (row, known) in enumerate(zip(cells, self.above, strict=False))
            )
            and merged_above(sheet, rows.top, rows.first) == self.header.merged
        )

    def read(self, sheet: Sheet, recogniser: Recogniser) -> SheetReading | None:
        """The sheet, or None where anything of it is new."""
        rows = self.header.rows
        below = filled(sheet.cells[rows.first])
        if heads.is_column_numbers(below, below_head=True) or not is_item(below, self.form):
            return None
        top = Grid(sheet, list(map(filled, sheet.cells[: rows.first])))
        items = _Items(self, top, recogniser)
        if not items.read():
            return None
        numbers = items.numbers + sum(len(numbers_in(cells)) for cells in top.rows)
        table = self._table(items, numbers)
        return SheetReading(Grid.later(sheet), self.form, caption(top, rows.top), table)

    def _table(self, items: _Items, numbers: int) -> TableReading:
        header = self.header
        table = TableReading(
            lines=items.lines,
            columns=header.columns,
            structural_rows={*range(header.rows.first), *items.beside},
            structural_columns={*header.code_columns, *header.beside},
            notes=items.notes,
            top=header.rows.top,
            first=header.rows.first,
            layout=header.layout,
        )
        table.lay_flat(Flat(header.keys, items.counts, items.columns, items.values, numbers))
        return table


class _Items:
    """The items of a sheet, if every row is an item by its labels alone, stands beside the items
    (a note, a header repeated), or is blank.

    ``top``: the rows above them. ``numbers``: how many numbers are no amounts.
    """

    def __init__(self, known: KnownSheet, top: Grid, recogniser: Recogniser) -> None:
        self.known, self.recogniser = known, recogniser
        self.reader = ListReader(top, known.form)
        self.reader.header = known.header
        self.cells, self.width = top.sheet.cells, known.header.last_label + 1
        self.lines: list[Line] = []
        self.counts: list[int] = []
        self.columns: list[int] = []
        self.values: list[object] = []
        self.beside: set[int] = set()
        self.notes: list[str] = []
        self.numbers = 0

    def read(self) -> bool:
        header = self.known.header
        return (
            all(self._read_row(r) for r in range(header.rows.first, len(self.cells)))
            and header.keys.keys() >= set(self.columns)
            and all(map(is_plain, self.values))
        )

    def _read_row(self, r: int) -> bool:
        """Take a row; False where it is neither."""
        row = self.cells[r]
        known = self.known.labels.rows.get(tuple(row[: self.width]))
        if known is None or float not in map(type, row[self.width :]):
            cells = filled(row)
            if not cells:
                return True
            if self._stands_beside(r, cells):
                return self._name_none(v for _, v in cells)
            known = self.reader.learned(r, cells)
        return known is not None and self._take_item(row, known.at(r), known)

    def _stands_beside(self, r: int, cells: list[tuple[int, object]]) -> bool:
        """Whether a row is a note, or a header that a page repeats."""
        note = heads.is_footer(cells)
        if not note and not self.reader.is_page_furniture(cells):
            return False
        self.beside.add(r)
        self.numbers += len(numbers_in(cells))
        if note:
            self.notes.append(text_of_note(cells))
        return True

    def _name_none(self, values: Iterable[object]) -> bool:
        return all(self.recogniser.names_none(v) for v in values if may_name(v))

    def _take_item(self, row: Row, line: Line, known: Known) -> bool:
        """An item; False where a label is a number but no code, or names a table."""
        if known.numbers is None or (known.names and not self._name_none(row[: self.width])):
            return False
        amounts = row[self.width :]
        is_filled = [v != "" for v in amounts]
        self.columns += compress(range(self.width, len(row)), is_filled)
        self.values += compress(amounts, is_filled)
        self.counts.append(sum(is_filled))
        self.lines.append(line)
        self.numbers += known.numbers
        # Where amounts are texts all are, mostly: the first tells before the others are taken.
        return len(self.lines) > 1 or all(map(is_plain, self.values))


def names_beside_captions(row: Sequence[object], form: Form) -> list[Cell] | None:
    """The cells that may name a table in a row above a header whose others have no say in what its
    sheet is or where the header stands: captions with the unit, the year, the money unit. None
    where the row is blank, or may be of the header.
    """
    cells = filled(row)
    if not 0 < len(cells) < WIDE or heads.speaks(cells, header_words(form)):
        return None
    return [(c, v) for c, v in cells if may_name(v)]


# By the recogniser, which is held so that its identity stays its own, the sheet's name and width.
_KNOWN: dict[tuple[int, str, int], tuple[Recogniser, list[KnownSheet]]] = {}


def _kept(sheet: Sheet, recogniser: Recogniser) -> list[KnownSheet]:
    """What is known of sheets of that name and width."""
    width = len(sheet.cells[0]) if sheet.cells else 0
    if len(_KNOWN) >= MOST_NAMES:
        _KNOWN.clear()
    return _KNOWN.setdefault((id(recogniser), sheet.name, width), (recogniser, []))[1]


@dataclass(frozen=True, slots=True)
class Met:
    """A sheet that is like a known one, and its reading."""

    known: KnownSheet
    reading: SheetReading


def meet(sheet: Sheet, recogniser: Recogniser) -> Met | None:
    """The reading of a sheet that shows what one showed that was learned; None where anything of it
    is new.
    """
    if is_long() or not _is_ordinary(sheet):
        return None
    known = _kept(sheet, recogniser)
    for place, one in enumerate(known):
        if one.stands_in(sheet):
            known.insert(0, known.pop(place))
            reading = one.read(sheet, recogniser)
            return Met(one, reading) if reading else None
    return None


def _is_ordinary(sheet: Sheet) -> bool:
    """Whether it is a worksheet whose cells hold what they show."""
    printed = sheet.part or sheet.heads or sheet.cut or sheet.unlined or sheet.torn
    return not (printed or sheet.special or sheet.shown or sheet.further)


def learn_sheet(
    reading: SheetReading, evidence: Evidence, published: bool | None, recogniser: Recogniser
) -> None:
    """Keep what was understood of a sheet, if that followed from what stands above its items."""
    if is_long() or not _is_sure(reading, evidence.leaning(published, recogniser.public)):
        return
    if not _is_told_above(reading, recogniser):
        return
    header = list_header(reading.grid, reading.form)
    if header.labels is None or header.owners or header.rows.first != reading.table.first:
        return
    kept = _kept(reading.sheet, recogniser)
    kept.insert(0, _known(reading, evidence, published, header, header.labels))
    del kept[KEPT:]


def _is_sure(reading: SheetReading, leaning: Evidence) -> bool:
    """Whether a sheet was read as the list it says it is, as no other form was likely."""
    form, table, votes = reading.form, reading.table, leaning.votes
    others = [count for name, count in votes.items() if name != form.form]
    return (
        reading.status == "read"
        and form.layout == "list"
        and form.shapes == (form,)
        and votes.get(form.form, 0) > max(others, default=0)
        and not table.faults
        and _is_ordinary(reading.sheet)
    )


def _is_told_above(reading: SheetReading, recogniser: Recogniser) -> bool:
    """Whether nothing below a sheet's header says what it is."""
    grid, first = reading.grid, reading.table.first
    below = (text for row, _, text in grid.naming() if row >= first)
    return (
        first <= grid.start + TOP
        and names_one_table(grid, recogniser)
        and all(map(recogniser.names_none, below))
    )


def _known(
    reading: SheetReading,
    evidence: Evidence,
    published: bool | None,
    header: ListHeader,
    labels: Labels,
) -> KnownSheet:
    cells, rows = reading.sheet.cells, header.rows
    above = [list(row) for row in cells[: rows.top]]
    names = {
        r: found
        for r, row in enumerate(above)
        if (found := names_beside_captions(row, reading.form)) is not None
    }
    head = [list(row) for row in cells[rows.top : rows.first]]
    return KnownSheet(
        reading.form,
        evidence,
        published,
        header,
        labels,
        above,
        names,
        head,
        reading.sheet.above,
    )
