"""One worksheet: find a cell by its address, make it where it is missing, paint it."""

from __future__ import annotations

import re
from bisect import bisect_left

from lxml import etree

from pipelines.deliver.marking.package import CannotMark, Package, dump, q
from pipelines.extract.text import address

_ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$")
MOST_COLUMNS, MOST_LINES = 16384, 1048576


def position(address: str) -> tuple[int, int] | None:
    """``C5`` → (4, 2); None for what is no cell address of a sheet."""
    match = _ADDRESS.match(address)
    if not match:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = column * 26 + ord(letter) - 64
    row = int(match.group(2))
    return (row - 1, column - 1) if column <= MOST_COLUMNS and row <= MOST_LINES else None


class SheetPart:
    """A worksheet part open for editing; call ``save`` when done."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.root = package.xml(part)
        data = self.root.find(q("sheetData"))
        if self.root.tag != q("worksheet") or data is None:
            raise CannotMark("工作表不是通常的格式")
        self.data = data
        self._rows: dict[int, etree._Element] = {}
        self._numbers: list[int] = []
        self._columns: dict[int, dict[int, etree._Element]] = {}
        self._areas: list[tuple[tuple[int, int], tuple[int, int]]] | None = None
        self._index_rows()

    def _index_rows(self) -> None:
        at = -1
        for node in self.data:
            if node.tag == q("row"):
                at = int(node.get("r", at + 2)) - 1
                self._rows.setdefault(at, node)
        self._numbers = sorted(self._rows)

    def shown_at(self, place: tuple[int, int]) -> tuple[int, int]:
        """Where a cell is to be seen: one that a merged area covers, at the first cell of that
        area.
        """
        row, column = place
        for (top, left), (bottom, right) in self._merged():
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return place

    def _merged(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        if self._areas is None:
            refs = [node.get("ref", "").partition(":") for node in self.root.iter(q("mergeCell"))]
            areas = [(position(first), position(last)) for first, _, last in refs]
            self._areas = [(first, last) for first, last in areas if first and last]
        return self._areas

    def row(self, number: int) -> etree._Element:
        """The row (from zero), made in its place where it is missing."""
        if number not in self._rows:
            node = etree.Element(q("row"), r=str(number + 1))
            place = bisect_left(self._numbers, number)
            if place < len(self._numbers):
                self._rows[self._numbers[place]].addprevious(node)
            else:
                self.data.append(node)
            self._numbers.insert(place, number)
            self._rows[number] = node
        return self._rows[number]

    def cell(self, number: int, column: int) -> etree._Element:
        """The cell (from zero), made in its place where it is missing."""
        cells = self._cells(number)
        if column not in cells:
            node = etree.Element(q("c"), r=address(number, column))
            style = self._inherited(number, column)
            if style:
                node.set("s", style)
            after = [c for c in cells if c > column]
            if after:
                cells[min(after)].addprevious(node)
            else:
                self.row(number).append(node)
            self.row(number).attrib.pop("spans", None)
            cells[column] = node
        cells[column].set("r", address(number, column))
        return cells[column]

    def _cells(self, number: int) -> dict[int, etree._Element]:
        if number not in self._columns:
            at = -1
            found: dict[int, etree._Element] = {}
            for node in self.row(number):
                if node.tag == q("c"):
                    here = position(node.get("r", ""))
                    at = here[1] if here else at + 1
                    found.setdefault(at, node)
            self._columns[number] = found
        return self._columns[number]

    def _inherited(self, number: int, column: int) -> str:
        """The format a cell that is not there is shown in: its row's, else its column's."""
        row = self.row(number)
        if row.get("customFormat") in ("1", "true") and row.get("s"):
            return row.get("s", "")
        for node in self.root.iter(q("col")):
            if int(node.get("min", "1")) <= column + 1 <= int(node.get("max", "0")):
                return node.get("style", "")
        return ""

    def save(self) -> None:
        self.package.parts[self.part] = dump(self.root)
