"""XML Spreadsheet 2003 (SpreadsheetML): what many systems write under an ``.xls`` name.

The XML is read once, row by row, without entities or network; a document type is refused before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.containers.bounds import judge_grid
from pipelines.containers.xmlwalk import walk
from pipelines.intake.archive import printable
from pipelines.intake.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from pipelines.intake.partxml import plain
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.intake.xlsx import reach

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_SS = f"{{{NAMESPACE}}}"
_WORKSHEET, _ROW, _CELL, _DATA = (f"{_SS}{name}" for name in ("Worksheet", "Row", "Cell", "Data"))
_TABLE, _VISIBLE = f"{_SS}Table", f"{_EXCEL}Visible"
_VISIBILITY = {"sheethidden": "hidden", "sheetveryhidden": "veryhidden"}
_DAMAGED = (
    "XML 电子表格的内容有语法错误，文件已损坏或没有传完；请用 Excel 另存为 .xlsx 后重新提交。"
)


def read_xml_sheets(data: bytes, limits: Limits) -> tuple[list[Sheet], tuple[str, ...]]:
    """The worksheets; no notes. Raises Refused."""
    xml = plain(data, "XML 电子表格")
    reader = _Reader(limits)
    walk(xml, reader.take, _DAMAGED)
    if not reader.sheets:
        raise Refused("XML 电子表格中没有工作表；请由系统重新导出。")
    return [open_sheet.sheet(n) for n, open_sheet in enumerate(reader.sheets, 1)], ()


@dataclass(slots=True)
class _OpenSheet:
    """A worksheet being read; ``row`` and ``column`` are where the next cell goes."""

    name: str
    visibility: str = "visible"
    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    special: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    row: int = -1
    column: int = -1
    width: int = 0

    def sheet(self, number: int) -> Sheet:
        height = max(self.rows, default=-1) + 1
        cells: list[list[object]] = [[""] * self.width for _ in range(height)]
        for r, row in self.rows.items():
            for c, value in row.items():
                cells[r][c] = value
        reach(cells, self.special)
        return Sheet(self.name, number, self.visibility, cells, self.merged, self.special)


class _Reader:
    """Takes the parser's events; elements that were read are let go at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[_OpenSheet] = []
        self.area = 0

    def take(self, event: str, node: Any) -> None:
        if event == "start":
            self._start(node)
        elif node.tag == _CELL and self.sheets:
            self._cell(node)
        elif node.tag == _VISIBLE and self.sheets:
            told = (node.text or "").strip().lower()
            self.sheets[-1].visibility = _VISIBILITY.get(told, "visible")
        elif node.tag in (_ROW, _WORKSHEET) and self.sheets:
            self._let_go(node)

    def _start(self, node: Any) -> None:
        if node.tag == _WORKSHEET:
            name = node.get(f"{_SS}Name") or f"Sheet{len(self.sheets) + 1}"
            self.sheets.append(_OpenSheet(name))
            if len(self.sheets) > self.limits.sheets:
                raise Refused(f"工作表超过 {self.limits.sheets} 个，未读取；请分成几个文件提交。")
        elif node.tag == _ROW and self.sheets:
            sheet = self.sheets[-1]
            sheet.row = _index(node, sheet.row, EXCEL_ROWS)
            sheet.column = -1

    def _let_go(self, node: Any) -> None:
        if node.tag == _WORKSHEET:
            sheet = self.sheets[-1]
            height = max(sheet.rows, default=-1) + 1
            self.area = judge_grid(
                printable(sheet.name), height, sheet.width, self.area, self.limits
            )
        else:
            self.sheets[-1].row += _number(node, "Span")
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]

    def _cell(self, node: Any) -> None:
        sheet = self.sheets[-1]
        row, column = max(0, sheet.row), _index(node, sheet.column, EXCEL_COLUMNS)
        across, down = _number(node, "MergeAcross"), _number(node, "MergeDown")
        sheet.column = column + across
        if across or down:
            sheet.merged.append((row, column, row + down, column + across))
        value = self._value(sheet, (row, column), node)
        if value == "":
            return
        sheet.rows.setdefault(row, {})[column] = value
        sheet.width = max(sheet.width, column + 1)
        judge_grid(printable(sheet.name), row + 1, sheet.width, self.area, self.limits)

    def _value(self, sheet: _OpenSheet, place: tuple[int, int], node: Any) -> object:
        data, formula = node.find(_DATA), node.get(f"{_SS}Formula")
        text = "" if data is None else "".join(data.itertext())
        kind = "" if data is None else data.get(f"{_SS}Type") or "String"
        if kind == "Error":
            sheet.special[place] = ("error", text or "#N/A")
        elif formula and kind != "String" and not text.strip():  # without data it is uncached, too
            sheet.special[place] = ("uncached", formula)
        if place in sheet.special:
            judge_grid(printable(sheet.name), place[0] + 1, place[1] + 1, self.area, self.limits)
            return ""
        return _typed(kind, text)


def _typed(kind: str, text: str) -> object:
    """Numbers as numbers; one that is none stays as its words, so that it is told."""
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "Boolean":
        return text.strip() in ("1", "true")
    return text


def _index(node: Any, before: int, most: int) -> int:
    """Where an element stands: at its own index (from 1), else behind the one before."""
    given = node.get(f"{_SS}Index") or ""
    if given.isdigit() and 0 < int(given) <= most:
        return int(given) - 1
    if before + 1 >= most:
        raise Refused(_DAMAGED, "more rows or columns than a sheet has")
    return before + 1


def _number(node: Any, name: str) -> int:
    given = node.get(f"{_SS}{name}") or "0"
    return min(int(given), EXCEL_ROWS) if given.isdigit() and len(given) < 8 else 0
