"""A workbook made once and filled many times.

All unit workbooks have the same sheets, formats, page set-up and charts; only cells and series
differ. XlsxWriter makes one of them with every part in it, the template; each unit's workbook
(``filled.py``) takes its parts and puts in its own cells. This is several times faster than making
each from nothing, and shows the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pipelines.xlsx.book import Book
from pipelines.xlsx.cells import Stamps
from pipelines.zipped import Part, Piece, deflated, piece

_SHEET_DATA = re.compile(r"<sheetData>.*</sheetData>|<sheetData/>", re.S)
_DIMENSION = re.compile(r"<dimension [^>]*/>")
_SERIES = re.compile(r"<c:ser>.*</c:ser>", re.S)
_MERGED = re.compile(r"<mergeCells .*</mergeCells>", re.S)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before and after the cells of a sheet, or the series of a chart; deflated, too,
    as most workbooks leave it as it is.
    """

    part: str
    before: Piece
    after: str
    packed_after: Piece

    @classmethod
    def of(cls, part: str, before: str, after: str) -> Frame:
        return cls(part, piece(before.encode()), after, ending(after))


def ending(text: str) -> Piece:
    """The last piece of a part."""
    return piece(text.encode(), last=True)


@dataclass(slots=True)
class Template:
    """The parts of the model workbook, as they are and deflated: sheets by name and charts are
    frames, what is in them is each workbook's own.
    """

    parts: dict[str, bytes]
    formats: dict[tuple, int]
    sheets: dict[str, Frame] = field(default_factory=dict)
    charts: list[Frame] = field(default_factory=list)
    stamps: Stamps = field(default_factory=dict)
    packed: dict[str, Part] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)  # of the formats, which all have
    # by the charts that are left out: the parts that then read otherwise
    _without: dict[tuple[str, ...], dict[str, Part]] = field(default_factory=dict)

    @classmethod
    def make(cls, fill: Callable[[Book], object], run_id: str, title: str) -> Template:
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

    def without(self, charts: Iterable[str]) -> dict[str, Part]:
        """The parts that name charts, without those that are left out."""
        left_out = tuple(charts)
        if left_out not in self._without:
            parts = dict(self.parts)
            for chart in left_out:
                _leave_out(parts, chart)
            self._without[left_out] = {
                name: deflated(data) for name, data in parts.items() if data != self.parts[name]
            }
        return self._without[left_out]

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
        text = _DIMENSION.sub("", self.parts.pop(part).decode())
        head, tail = _SHEET_DATA.split(text, maxsplit=1)
        self.sheets[name] = Frame.of(part, head, _MERGED.sub("", tail))

    def _open_chart(self, part: str) -> None:
        head, tail = _SERIES.split(self.parts.pop(part).decode(), maxsplit=1)
        self.charts.append(Frame.of(part, head, tail))


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
