"""OpenDocument spreadsheets (.ods): values by calamine; names, merges, hidden sheets and what has
no value from the XML.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from pipelines.containers.bounds import judge_grid
from pipelines.containers.xmlwalk import walk
from pipelines.intake.archive import ENCRYPTED, Package, printable
from pipelines.intake.limits import Limits
from pipelines.intake.partxml import plain
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.intake.xlsx import reach

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _STYLE = (f"{_OASIS}{n}:1.0}}" for n in ("table", "office", "style"))
_TEXT = f"{_OASIS}text:1.0}}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_DAMAGED = (
    "OpenDocument 表格（.ods）已损坏；请用 WPS 或 LibreOffice 打开并另存为 .xlsx 后重新提交。"
)
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
_LOCALISED = ("#", "Err:")  # how an error shows: #REF! and the like, or Err:502


@dataclass(slots=True)
class _Outline:
    """What is told of a sheet before its values: the grid it spans, merges, and cells without a
    value.

    ``row`` and ``column`` are where the next cell stands, ``reach`` the columns that the row fills.
    """

    name: str
    style: str
    row: int = 0
    column: int = 0
    reach: int = 0
    height: int = 0
    width: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    special: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


def read_ods(data: bytes, limits: Limits) -> tuple[list[Sheet], tuple[str, ...]]:
    """The sheets and the notes (macro). Raises Refused."""
    package = Package(data, limits)
    manifest = package.find("META-INF/manifest.xml")
    if manifest and b"encryption-data" in package.read(manifest):
        raise Refused(ENCRYPTED)
    content = plain(package.read("content.xml"), "content.xml")
    outlines, hidden = _outlines(content, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_rebuilt(content))) as book:
            sheets = [
                _sheet(book, outline, number, outline.style in hidden)
                for number, outline in enumerate(outlines, 1)
            ]
    except (CalamineError, OSError) as error:
        raise Refused(_DAMAGED, repr(error)) from error
    macro = any(name.casefold().startswith(("basic/", "scripts/")) for name in package)
    return sheets, ("macro",) if macro else ()


def _sheet(book: CalamineWorkbook, outline: _Outline, number: int, hidden: bool) -> Sheet:
    found = book.get_sheet_by_index(number - 1)
    cells: list[list[object]] = found.to_python(skip_empty_area=False)  # type: ignore[assignment]
    for r, c in outline.special:
        if r < len(cells) and c < len(cells[r]):
            cells[r][c] = ""
    reach(cells, outline.special)
    visibility = "hidden" if hidden else "visible"
    return Sheet(outline.name, number, visibility, cells, outline.merged, outline.special)


def _rebuilt(content: bytes) -> bytes:
    """A package of the one part that was checked."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        package.writestr("mimetype", _MIMETYPE)
        package.writestr("META-INF/manifest.xml", _MANIFEST)
        package.writestr("content.xml", content)
    return target.getvalue()


def _outlines(content: bytes, limits: Limits) -> tuple[list[_Outline], set[str]]:
    """The sheets in their order, and the styles of hidden ones. Refuses what spans too much."""
    outlines = _Walk(limits)
    walk(content, outlines.take, _DAMAGED)
    return outlines.found, outlines.hidden


class _Walk:
    """Takes the parser's events; rows that were read are let go at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.found: list[_Outline] = []
        self.hidden: set[str] = set()
        self.area = 0
        self.depth = 0  # tables inside cells are none of ours

    def take(self, event: str, node: Any) -> None:
        if node.tag == f"{_TABLE}table":
            self._table(event, node)
        elif event == "start" or self.depth > 1:
            return
        elif node.tag == f"{_STYLE}style":
            self._style(node)
        elif self.depth and node.tag in _CELLS:
            self._cell(node)
        elif self.depth and node.tag == f"{_TABLE}table-row":
            self._row(node)

    def _table(self, event: str, node: Any) -> None:
        if event == "start":
            self.depth += 1
            if self.depth == 1:
                name = node.get(f"{_TABLE}name") or f"Sheet{len(self.found) + 1}"
                self.found.append(_Outline(name, node.get(f"{_TABLE}style-name") or ""))
                if len(self.found) > self.limits.sheets:
                    raise Refused(
                        f"工作表超过 {self.limits.sheets} 个，未读取；请分成几个文件提交。"
                    )
            return
        self.depth -= 1
        if self.depth == 0:
            sheet = self.found[-1]
            name = printable(sheet.name)
            self.area = judge_grid(name, sheet.height, sheet.width, self.area, self.limits)

    def _style(self, node: Any) -> None:
        properties = node.find(f"{_STYLE}table-properties")
        if properties is not None and properties.get(f"{_TABLE}display") == "false":
            self.hidden.add(node.get(f"{_STYLE}name") or "")

    def _row(self, node: Any) -> None:
        sheet = self.found[-1]
        rows = _count(node, "number-rows-repeated")
        if sheet.reach:  # the row holds something: repeats of it do, too
            sheet.height = sheet.row + rows
            judge_grid(printable(sheet.name), sheet.height, sheet.width, self.area, self.limits)
        sheet.row += rows
        sheet.column = sheet.reach = 0
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]

    def _cell(self, node: Any) -> None:
        sheet = self.found[-1]
        place = (sheet.row, sheet.column)
        repeats = _count(node, "number-columns-repeated")
        across = _count(node, "number-columns-spanned")
        down = _count(node, "number-rows-spanned")
        if across > 1 or down > 1:
            sheet.merged.append((*place, place[0] + down - 1, place[1] + across - 1))
        sheet.column += repeats
        if not _filled(node):
            return
        sheet.reach = sheet.column
        sheet.width = max(sheet.width, sheet.column)
        judge_grid(printable(sheet.name), sheet.row + 1, sheet.width, self.area, self.limits)
        formula = node.get(f"{_TABLE}formula") or ""
        state = _special(node, formula)
        if state:
            if repeats + len(sheet.special) > self.limits.special_cells:
                raise Refused(
                    "出错或未计算的单元格过多，未读取；请用 WPS 或 Excel 打开并重算后另存。"
                )
            sheet.special |= {(place[0], place[1] + i): state for i in range(repeats)}


def _filled(node: Any) -> bool:
    typed = node.get(f"{_OFFICE}value-type") or node.get(f"{_TABLE}formula")
    return bool(typed) or node.find(f"{_TEXT}p") is not None


def _special(node: Any, formula: str) -> tuple[str, str] | None:
    """An error value, or a formula without a result."""
    if not formula:
        return None
    shown = "".join(t for p in node.findall(f"{_TEXT}p") for t in p.itertext()).strip()
    if shown.startswith(_LOCALISED):
        return "error", shown
    calculated = any(node.get(f"{_OFFICE}{n}") for n in ("value", "date-value", "boolean-value"))
    if calculated or shown or node.get(f"{_OFFICE}value-type") == "string":
        return None
    return "uncached", formula.removeprefix("of:")


def _count(node: Any, name: str) -> int:
    given = node.get(f"{_TABLE}{name}") or "1"
    return max(1, int(given)) if given.isdigit() and len(given) < 10 else 1
