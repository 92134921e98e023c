"""Sheets of a second submitted workbook, brought into the marked copy of the first with their looks
and values.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipelines.deliver.marking.formulas import make_still
from pipelines.deliver.marking.package import MAIN, Package, dump, q
from pipelines.deliver.marking.styles import Styles
from pipelines.deliver.marking.workbook import SheetRef, WorkbookPart

_KEPT = {
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetProtection",
    "mergeCells",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
}


class Donor:
    """A package whose sheets are brought over: its strings and its cell formats as the receiving
    one knows them.
    """

    def __init__(self, package: Package, workbook: WorkbookPart, styles: Styles) -> None:
        self.package, self.workbook, self.styles = package, workbook, styles
        self.own = package.xml(workbook.styles_part)
        self.strings = self._shared_strings()
        self._formats: dict[int, int] = {}

    def _shared_strings(self) -> list[etree._Element]:
        relation = self.workbook.relations.of_type("sharedStrings")
        part = self.workbook.relations.target(relation[0]) if relation else ""
        return self.package.xml(part).findall(q("si")) if part in self.package.parts else []

    def cell_format(self, index: int) -> int:
        """The receiving package's index of a cell format of this one."""
        if index not in self._formats:
            formats = self.own.find(q("cellXfs"))
            if formats is None or index >= len(formats):
                self._formats[index] = 0
            else:
                self._formats[index] = self._bring(formats[index])
        return self._formats[index]

    def _bring(self, source: etree._Element) -> int:
        node = deepcopy(source)
        node.set("xfId", "0")
        for name, section in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            options = self.own.find(q(section))
            at = int(node.get(name, "0"))
            known = options is not None and at < len(options)
            node.set(name, str(self.styles.append(section, deepcopy(options[at])) if known else 0))  # type: ignore[index]
        number = int(node.get("numFmtId", "0"))
        if number >= 164:
            node.set("numFmtId", str(self._number_format(number)))
        for flag in (
            "applyFont",
            "applyFill",
            "applyBorder",
            "applyNumberFormat",
            "applyAlignment",
        ):
            node.set(flag, "1")
        return self.styles.append("cellXfs", node)

    def _number_format(self, number: int) -> int:
        formats = self.own.find(q("numFmts"))
        for node in formats if formats is not None else ():
            if node.get("numFmtId") == str(number):
                return self.styles.number_format(node.get("formatCode", "General"))
        return 0

    def sheet(self, source: SheetRef) -> bytes:
        """A sheet of this package, ready for the receiving one: values for formulas,
        text in place.
        """
        root = self.package.xml(source.part)
        fresh = etree.Element(q("worksheet"), nsmap={None: MAIN})
        for node in root:
            if (
                isinstance(node.tag, str)
                and node.tag.startswith(f"{{{MAIN}}}")
                and etree.QName(node).localname in _KEPT
            ):
                fresh.append(deepcopy(node))
        make_still(fresh)
        for node in fresh.iter(q("c"), q("row"), q("col")):
            self._restyle(node)
        for setup in fresh.iter(q("pageSetup")):
            for name in [n for n in setup.attrib if n.endswith("}id")]:
                del setup.attrib[name]
        return dump(fresh)

    def _restyle(self, node: etree._Element) -> None:
        name = "style" if node.tag == q("col") else "s"
        if node.get(name) is not None:
            node.set(name, str(self.cell_format(int(node.get(name)))))
        if node.tag != q("c"):
            return
        if node.get("t") == "s":
            self._inline(node)

    def _inline(self, cell: etree._Element) -> None:
        value = cell.find(q("v"))
        if value is None:
            return
        cell.remove(value)
        cell.set("t", "inlineStr")
        text = etree.SubElement(cell, q("is"))
        at = int(value.text or "0")
        for node in self.strings[at] if at < len(self.strings) else ():
            text.append(deepcopy(node))
