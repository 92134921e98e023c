"""A workbook made once and filled many times.

All unit workbooks have the same sheets, formats, page set-up and charts; only cells and series
differ. XlsxWriter makes one of them with every part in it, the template; each unit's workbook takes
its parts and puts in its own cells. This is several times faster than making each from nothing, and
shows the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pipelines.xlsx.book import Book, clean
from pipelines.xlsx.package import Part, deflated, zipped
from pipelines.xlsx.plain_sheet import letters

_SHEET_DATA = re.compile(r"<sheetData>.*</sheetData>|<sheetData/>", re.S)
_DIMENSION = re.compile(r"<dimension [^>]*/>")
_SERIES = re.compile(r"<c:ser>.*</c:ser>", re.S)
_FILTER = re.compile(r'(<autoFilter ref=")[^"]*')
_BREAKS = re.compile(r"<colBreaks .*</colBreaks>", re.S)
_ROW_BREAKS = re.compile(r"<rowBreaks .*</rowBreaks>", re.S)
_MERGED = re.compile(r"<mergeCells .*</mergeCells>", re.S)
_MINIMUM = '<c:min val="0"/>'


@lru_cache(maxsize=65536)
def _inline(text: str) -> str:
    shown = escape(clean(text))
    space = ' xml:space="preserve"' if text != text.strip(" \n\t") else ""
    return f' t="inlineStr"><is><t{space}>{shown}</t></is></c>'


@lru_cache(maxsize=32768)
def _string(row: int, column: int, style: int, text: str) -> str:
    """A cell with text; labels stand at the same place in most workbooks."""
    return f'<c r="{letters(column)}{row + 1}" s="{style}"{_inline(text)}'


@lru_cache(maxsize=32768)
def _blank(row: int, column: int, style: int) -> str:
    return f'<c r="{letters(column)}{row + 1}" s="{style}"/>'


@lru_cache(maxsize=8192)
def _heads(row: int, column: int, count: int, style: int) -> tuple[str, ...]:
    """How the cells of a row begin, from ``column`` on."""
    return tuple(f'<c r="{letters(i)}{row + 1}" s="{style}"' for i in range(column, column + count))


@lru_cache(maxsize=65536)
def _inlines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_inline(text) for text in texts)


Lines = dict[int, dict[int, str]]  # by row and column


class Cells:
    """The cells of a sheet, rendered as they are written; what the template already has is not
    repeated.
    """

    def __init__(
        self, name: str, stamps: dict[Hashable, tuple[Any, Lines, dict[int, float]]]
    ) -> None:
        self.name = name
        self.filter = ""
        self.breaks: Sequence[int] | None = None
        self.row_breaks: Sequence[int] | None = None
        self.merged: list[str] = []
        self._stamps = stamps
        self._lines: Lines = defaultdict(dict)
        self._whole: dict[int, str] = {}
        self._heights: dict[int, float] = {}

    def write_string(self, row: int, column: int, text: str, style: int) -> None:
        self._lines[row][column] = _string(row, column, style, text)

    def write_number(self, row: int, column: int, number: Any, style: int) -> None:
        self._lines[row][column] = (
            f'<c r="{letters(column)}{row + 1}" s="{style}"><v>{number:.16G}</v></c>'
        )

    def write_line(
        self, row: int, texts: tuple[str, ...], text: int, numbers: Sequence[float], number: int
    ) -> None:
        """A whole row: texts from the first column on, then numbers."""
        heads, money = (
            _heads(row, 0, len(texts), text),
            _heads(row, len(texts), len(numbers), number),
        )
        words = "".join(map(add, heads, _inlines(texts)))
        figures = "".join([f"{h}><v>{n!r}</v></c>" for h, n in zip(money, numbers, strict=True)])
        self._whole[row] = f'<row r="{row + 1}">{words}{figures}</row>'

    def write_amounts(
        self, row: int, column: int, amounts: Sequence[int | None], style: int
    ) -> None:
        """Hundredths side by side from ``column`` on; None is a blank cell."""
        heads = _heads(row, column, len(amounts), style)
        cells = [
            h + "/>" if a is None else f"{h}><v>{a / 100!r}</v></c>"
            for h, a in zip(heads, amounts, strict=True)
        ]
        self._lines[row][column] = "".join(cells)

    def write_blank(self, row: int, column: int, _: None, style: int) -> None:
        self._lines[row][column] = _blank(row, column, style)

    def set_row(self, row: int, height: float) -> None:
        self._heights[row] = height

    def recall(self, name: Hashable) -> Any:
        """Put in the rows remembered under this name; returns what was remembered with them, or
        None.
        """
        if name not in self._stamps:
            return None
        about, lines, heights = self._stamps[name]
        self._lines.update({row: line.copy() for row, line in lines.items()})
        self._heights.update(heights)
        return about

    def remember(self, name: Hashable, about: Any, first_row: int) -> None:
        """Remember the rows from ``first_row`` on, which are the same in every workbook."""
        lines = {row: line.copy() for row, line in self._lines.items() if row >= first_row}
        self._stamps[name] = (
            about,
            lines,
            {row: h for row, h in self._heights.items() if row >= first_row},
        )

    def autofilter(self, first_row: int, first: int, last_row: int, last: int) -> None:
        self.filter = f"{letters(first)}{first_row + 1}:{letters(last)}{last_row + 1}"

    def set_v_pagebreaks(self, columns: Sequence[int]) -> None:
        self.breaks = columns

    def set_h_pagebreaks(self, rows: Sequence[int]) -> None:
        self.row_breaks = rows

    def merge_range(
        self, first_row: int, first: int, last_row: int, last: int, _: str, style: int
    ) -> None:
        self.merged.append(f"{letters(first)}{first_row + 1}:{letters(last)}{last_row + 1}")
        for row in range(first_row, last_row + 1):
            for column in range(first, last + 1):
                self.write_blank(row, column, None, style)

    def set_column(self, *_: Any) -> None:
        """The template has the widths."""

    def freeze_panes(self, *_: Any) -> None:
        """The template has the panes."""

    def repeat_rows(self, *_: Any) -> None:
        """The template has the repeated rows."""

    def repeat_columns(self, *_: Any) -> None:
        """The template has the repeated columns."""

    def xml(self) -> str:
        rows = self._whole.copy()
        for row in {*self._lines, *self._heights}:
            line = self._lines.get(row) or {}
            height = (
                f' ht="{self._heights[row]:g}" customHeight="1"' if row in self._heights else ""
            )
            rows[row] = (
                f'<row r="{row + 1}"{height}>{"".join([line[c] for c in sorted(line)])}</row>'
            )
        return f"<sheetData>{''.join([rows[row] for row in sorted(rows)])}</sheetData>"


@dataclass(slots=True)
class Template:
    """The parts of the model workbook: sheets by name as (part, before and after the cells), charts
    likewise.
    """

    parts: dict[str, bytes]
    formats: dict[tuple, int]
    sheets: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    charts: list[tuple[str, str, str]] = field(default_factory=list)
    stamps: dict[Hashable, tuple[Any, Lines, dict[int, float]]] = field(default_factory=dict)
    packed: dict[str, Part] = field(default_factory=dict)

    @classmethod
    def make(cls, fill: Callable[[Book], None], run_id: str, title: str) -> Template:
        """Fill a model workbook and take it apart."""
        buffer = io.BytesIO()
        book = Book(buffer, run_id, title)
        fill(book)
        formats = {key: style._get_xf_index() for key, style in book.formats.items()}
        names = [sheet.get_name() for sheet in book.file.worksheets()]
        book.file.close()
        with zipfile.ZipFile(buffer) as bundle:
            parts = {name: bundle.read(name) for name in bundle.namelist()}
        template = cls(parts, formats)
        for number, name in enumerate(names, 1):
            template._open_sheet(name, f"xl/worksheets/sheet{number}.xml")
        for number in range(1, sum(n.startswith("xl/charts/chart") for n in parts) + 1):
            template._open_chart(f"xl/charts/chart{number}.xml")
        template._drop_shared_strings()
        template.packed = {name: deflated(data) for name, data in template.parts.items()}
        return template

    def _drop_shared_strings(self) -> None:
        """The texts of the model; those of a workbook stand in its cells."""
        del self.parts["xl/sharedStrings.xml"]
        for part, mark in (
            ("[Content_Types].xml", "Override"),
            ("xl/_rels/workbook.xml.rels", "Relationship"),
        ):
            self.parts[part] = re.sub(
                rb"<%b [^>]*sharedStrings\.xml\"[^>]*/>" % mark.encode(), b"", self.parts[part]
            )

    def _open_sheet(self, name: str, part: str) -> None:
        head, tail = _SHEET_DATA.split(
            _DIMENSION.sub("", self.parts.pop(part).decode()), maxsplit=1
        )
        self.sheets[name] = (part, head, _MERGED.sub("", tail))

    def _open_chart(self, part: str) -> None:
        head, tail = _SERIES.split(self.parts.pop(part).decode(), maxsplit=1)
        self.charts.append((part, head, tail))


class FilledBook(Book):
    """A workbook written into a template.

    Sheets must come as in the model, each with formats the model has.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self._cells: list[Cells] = []
        self._series: dict[int, tuple[str, bool]] = {}
        self._charts = 0

    def format(self, kind: str, **more: Any) -> Any:
        return self.template.formats[(kind, *sorted(more.items())) if more else (kind,)]

    def sheet(
        self, name: str, *, charts: bool = False, pages: tuple[int, int] = (1, 0), scale: int = 0
    ) -> Any:
        del charts, pages, scale
        self._cells.append(Cells(name, self.template.stamps))
        return self._cells[-1]

    def chart(self, sheet: Any, row: int, column: int, chart: Any) -> None:
        """Place the next chart of the model, with its own series; None leaves it out."""
        del sheet, row, column
        if chart is not None:
            self._series[self._charts] = (chart.series(), chart.below_zero)
        self._charts += 1

    def _link(self, sheet: Any, row: int, column: int, link: Any) -> None:
        sheet.write_string(row, column, link.text, self.format("link"))

    def save(self, path: Path) -> None:
        """Write the file; the same cells always give the same bytes."""
        parts = dict(self.template.parts)
        for cells in self._cells:
            part, head, tail = self.template.sheets[cells.name]
            tail = _FILTER.sub(rf"\g<1>{cells.filter}", tail) if cells.filter else tail
            tail = (
                _BREAKS.sub(_breaks("col", cells.breaks, 1048575), tail)
                if cells.breaks is not None
                else tail
            )
            tail = (
                _ROW_BREAKS.sub(_breaks("row", cells.row_breaks, 16383), tail)
                if cells.row_breaks is not None
                else tail
            )
            tail = _with_merged(tail, cells.merged) if cells.merged else tail
            parts[part] = f"{head}{cells.xml()}{tail}".encode()
        self._set_filters(parts)
        self._set_charts(parts)
        shared = self.template.parts
        packed = {
            name: self.template.packed[name] if shared.get(name) is data else deflated(data)
            for name, data in parts.items()
        }
        path.write_bytes(zipped(packed))

    def _set_filters(self, parts: dict[str, bytes]) -> None:
        """The hidden names of the filtered ranges, which Excel expects to agree with the sheets."""
        text = parts["xl/workbook.xml"].decode()
        for cells in self._cells:
            if cells.filter:
                first, last = cells.filter.split(":")
                area = f"{_fixed(first)}:{_fixed(last)}"
                text = re.sub(
                    rf"(_FilterDatabase\"[^>]*>'?{cells.name}'?!)[^<]*", rf"\g<1>{area}", text
                )
        parts["xl/workbook.xml"] = text.encode()

    def _set_charts(self, parts: dict[str, bytes]) -> None:
        for number, (part, head, tail) in enumerate(self.template.charts):
            if number in self._series:
                series, below_zero = self._series[number]
                tail = tail.replace(_MINIMUM, "") if below_zero else tail
                parts[part] = f"{head}{series}{tail}".encode()
            else:
                _leave_out(parts, part)


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


def _leave_out(parts: dict[str, bytes], chart: str) -> None:
    """Take a chart that was not drawn out of its drawing, the relations and the list of parts."""
    name = chart.rsplit("/", 1)[-1]
    for rels in [n for n in parts if n.startswith("xl/drawings/_rels/")]:
        text = parts[rels].decode()
        found = re.search(rf'<Relationship Id="(\w+)"[^>]*/{re.escape(name)}"/>', text)
        if found:
            parts[rels] = text.replace(found.group(), "").encode()
            drawing = rels.replace("_rels/", "").removesuffix(".rels")
            mark = re.escape(f'r:id="{found.group(1)}"')
            anchor = (
                rf"<xdr:twoCellAnchor(?:(?!</xdr:twoCellAnchor>).)*{mark}.*?</xdr:twoCellAnchor>"
            )
            parts[drawing] = re.sub(
                anchor, "", parts[drawing].decode(), count=1, flags=re.S
            ).encode()
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = re.sub(
        rf'<Override PartName="/{re.escape(chart)}"[^>]*/>', "", types
    ).encode()
