"""A workbook filled into a template: its own cells and series among parts that are deflated
already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from pipelines.xlsx.book import Book
from pipelines.xlsx.cells import Cells
from pipelines.xlsx.template import Frame, Template, ending
from pipelines.zipped import Part, Piece, deflated, joined, piece, zipped

_FILTER = re.compile(r'(<autoFilter ref=")[^"]*')
_BREAKS = re.compile(r"<colBreaks .*</colBreaks>", re.S)
_ROW_BREAKS = re.compile(r"<rowBreaks .*</rowBreaks>", re.S)
_PLAIN = {"title", "heading", "plain", "note", "header", "text", "wrap", "center"}
_MINIMUM = '<c:min val="0"/>'


class FilledBook(Book):
    """A workbook written into a template.

    Sheets must come as in the model, each with formats the model has.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self._made = template.made
        self._cells: list[Cells] = []
        self._series: dict[int, tuple[str, bool]] = {}
        self._charts = 0

    def format(self, kind: str, **more: Any) -> Any:
        return self.template.formats[(kind, *sorted(more.items())) if more else (kind,)]

    def numbered(self, kind: str, **more: Any) -> Any:
        """As any format: the model has numbered them."""
        return self.format(kind, **more)

    def sheet(
        self, name: str, *, charts: bool = False, pages: tuple[int, int] = (1, 0), scale: int = 0
    ) -> Any:
        del charts, pages, scale
        self._cells.append(Cells(name, self.template.stamps))
        return self._cells[-1]

    def sheet_like(self, above: Cells) -> Cells:
        """A sheet with the rows above the foot of another workbook's, whose template numbers the
        formats of these rows alike.
        """
        self._cells.append(Cells(above.name, self.template.stamps, above))
        return self._cells[-1]

    def chart(self, sheet: Any, row: int, column: int, chart: Any) -> None:
        """Place the next chart of the model, with its own series; None leaves it out."""
        del sheet, row, column
        if chart is not None:
            self._series[self._charts] = (chart.series(), chart.below_zero)
        self._charts += 1

    def cell(
        self, sheet: Any, row: int, column: int, value: Any, kind: str = "text", **more: Any
    ) -> None:
        """As in any book; plain words and amounts, which are most, by the shortest way."""
        if value.__class__ is str and value and kind in _PLAIN:
            sheet.write_string(row, column, value, self.format(kind, **more))
        elif value.__class__ is float:
            sheet.write_number(row, column, value, self.format(kind, **more))
        else:
            super().cell(sheet, row, column, value, kind, **more)

    def _link(self, sheet: Any, row: int, column: int, link: Any) -> None:
        sheet.write_string(row, column, link.text, self.format("link"))

    def content(self) -> bytes:
        """The file; the same cells always give the same bytes."""
        return zipped(self._packed())

    def _packed(self) -> dict[str, Part]:
        packed = dict(self.template.packed)
        for cells in self._cells:
            frame = self.template.sheets[cells.name]
            packed[frame.part] = joined(list(_sheet(frame, cells)))
        left_out = []
        for number, frame in enumerate(self.template.charts):
            if number in self._series:
                packed[frame.part] = joined(_chart(frame, *self._series[number]))
            else:
                left_out.append(frame.part)
        return {**packed, **self.template.without(left_out), **self._filters()}

    def _filters(self) -> dict[str, Part]:
        """The hidden names of the filtered ranges, which Excel expects to agree with the sheets."""
        name = "xl/workbook.xml"
        before = text = self.template.parts[name].decode()
        for cells in self._cells:
            if cells.filter:
                first, last = cells.filter.split(":")
                area = f"{_fixed(first)}:{_fixed(last)}"
                text = re.sub(
                    rf"(_FilterDatabase\"[^>]*>'?{cells.name}'?!)[^<]*", rf"\g<1>{area}", text
                )
        return {} if text == before else {name: deflated(text.encode())}


def _sheet(frame: Frame, cells: Cells) -> Iterator[Piece]:
    yield frame.before
    yield cells.body()
    yield _foot(cells.beneath() + b"</sheetData>")
    tail = _set_up(frame.after, cells)
    yield frame.packed_after if tail == frame.after else ending(tail)


@lru_cache(maxsize=4096)
def _foot(rows: bytes) -> Piece:
    """The notes of most tables are the same words in one of a few rows."""
    return piece(rows)


def _set_up(tail: str, cells: Cells) -> str:
    """What of a sheet's page depends on its rows and columns."""
    if cells.filter:
        tail = _FILTER.sub(rf"\g<1>{cells.filter}", tail)
    if cells.breaks is not None:
        tail = _BREAKS.sub(_breaks("col", cells.breaks, 1048575), tail)
    if cells.row_breaks is not None:
        tail = _ROW_BREAKS.sub(_breaks("row", cells.row_breaks, 16383), tail)
    return _with_merged(tail, cells.merged) if cells.merged else tail


def _chart(frame: Frame, series: str, below_zero: bool) -> list[Piece]:
    floored = below_zero and _MINIMUM in frame.after
    after = ending(frame.after.replace(_MINIMUM, "")) if floored else frame.packed_after
    return [frame.before, piece(series.encode()), after]


def _breaks(kind: str, places: Sequence[int], last: int) -> str:
    marks = "".join(f'<brk id="{place}" max="{last}" man="1"/>' for place in places)
    count = len(places)
    return (
        f'<{kind}Breaks count="{count}" manualBreakCount="{count}">{marks}</{kind}Breaks>'
        if places
        else ""
    )


def _with_merged(tail: str, areas: Sequence[str]) -> str:
    """Merged cells stand right after the cells and the filter."""
    marks = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    found = re.match(r"<autoFilter [^>]*(?:/>|>.*?</autoFilter>)", tail, re.S)
    at = found.end() if found else 0
    return f'{tail[:at]}<mergeCells count="{len(areas)}">{marks}</mergeCells>{tail[at:]}'


def _fixed(address: str) -> str:
    match = re.fullmatch(r"([A-Z]+)(\d+)", address)
    assert match
    return f"${match.group(1)}${match.group(2)}"
