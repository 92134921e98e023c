"""The workbook part of a package: its sheets by name, a new first sheet, and what must not be
handed on.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree

from pipelines.deliver.marking.package import REL, CannotMark, Package, dump, q

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_EMPTY_STYLES = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts'
    b' count="1"><font/></fonts><fills count="2"><fill><patternFill'
    b' patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders'
    b' count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs'
    b' count="1"><xf xfId="0"/></cellXfs></styleSheet>'
)
_SELECTED = re.compile(rb'\stabSelected="(?:1|true)"')
_AFTER_NAMES = {
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
}


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet of the workbook: its name and its part."""

    name: str
    part: str


class WorkbookPart:
    """``workbook.xml`` and its relations."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = package.relations("").of_type("officeDocument")
        if not main:
            raise CannotMark("文件中没有工作簿")
        self.part = package.relations("").target(main[0])
        self.root = package.xml(self.part)
        if self.root.tag != q("workbook"):
            raise CannotMark("文件不是通常的工作簿格式")
        self.relations = package.relations(self.part)
        package.declare(self.part, BOOK_TYPE)

    @property
    def sheets(self) -> list[SheetRef]:
        """The worksheets, in order."""
        found = []
        for node in self._sheets():
            relation = self.relations.by_id(node.get(f"{{{REL}}}id", ""))
            if relation is not None and relation.get("Type", "").endswith("/worksheet"):
                part = self.relations.target(relation)
                if part in self.package.parts:
                    found.append(SheetRef(node.get("name", ""), part))
        return found

    def _sheets(self) -> etree._Element:
        node = self.root.find(q("sheets"))
        if node is None:
            raise CannotMark("文件中没有工作表")
        return node

    @property
    def styles_part(self) -> str:
        """The styles of the workbook; empty ones are made where there are none."""
        relation = self.relations.of_type("styles")
        if relation and (part := self.relations.target(relation[0])) in self.package.parts:
            return part
        part = self.package.free_name("xl/styles{}.xml")
        self.package.parts[part] = _EMPTY_STYLES
        self.package.declare(part, _STYLES_TYPE)
        self.relations.add("styles", part)
        return part

    def free_sheet_name(self, wanted: str) -> str:
        """A sheet name of at most 31 characters that is not taken."""
        taken = {n.get("name", "").casefold() for n in self._sheets()}
        wanted = re.sub(r"[\[\]:*?/\\]", "_", wanted).strip("'") or "工作表"
        names = [wanted[:31], *(f"{wanted[: 31 - len(f'({i})')]}({i})" for i in range(2, 1000))]
        return next(n for n in names if n.casefold() not in taken)

    def add_sheet(self, name: str, data: bytes, *, first: bool = False) -> SheetRef:
        """A new sheet, at the end or before all others."""
        part = self.package.free_name("xl/worksheets/sheet_m{}.xml")
        self.package.parts[part] = data
        self.package.declare(part, SHEET_TYPE)
        sheets = self._sheets()
        number = max([0, *(int(n.get("sheetId", "0")) for n in sheets)]) + 1
        node = etree.Element(q("sheet"), name=name, sheetId=str(number))
        node.set(f"{{{REL}}}id", self.relations.add("worksheet", part))
        sheets.insert(0 if first else len(sheets), node)
        if first:
            self._shift_names()
        return SheetRef(name, part)

    def _shift_names(self) -> None:
        for name in self.root.iter(q("definedName")):
            if name.get("localSheetId") is not None:
                name.set("localSheetId", str(int(name.get("localSheetId", "0")) + 1))

    def define(self, name: str, value: str, sheet: int) -> None:
        """A name local to a sheet (by position)."""
        node = self.root.find(q("definedNames"))
        if node is None:
            node = etree.Element(q("definedNames"))
            names = [etree.QName(n).localname if isinstance(n.tag, str) else "" for n in self.root]
            place = next((i for i, n in enumerate(names) if n in _AFTER_NAMES), len(names))
            self.root.insert(place, node)
        child = etree.SubElement(node, q("definedName"), name=name, localSheetId=str(sheet))
        if name == "_xlnm._FilterDatabase":
            child.set("hidden", "1")
        child.text = value

    def unhide(self, names: Collection[str]) -> list[str]:
        """Show the hidden sheets among ``names``, so that a link can lead there; returns those that
        were hidden.
        """
        shown = []
        for node in self._sheets():
            if node.get("name") in names and node.get("state", "visible") != "visible":
                del node.attrib["state"]
                shown.append(node.get("name", ""))
        return shown

    def show_first(self) -> None:
        """Open on the first sheet, alone selected."""
        for view in self.root.iter(q("workbookView")):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        for sheet in self.sheets:
            data = self.package.parts[sheet.part]
            if _SELECTED.search(data, 0, 20000):
                self.package.parts[sheet.part] = _SELECTED.sub(b"", data, count=1)

    def save(self) -> None:
        self.relations.save()
        self.package.parts[self.part] = dump(self.root)
