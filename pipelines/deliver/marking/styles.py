"""The styles of a package: variants of its own cell formats with a fill, and a few new ones for the
list sheet.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipelines.deliver.marking.package import CannotMark, Package, dump, q

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")


class Styles:
    """``styles.xml`` of a package, appended to; call ``save`` when done."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.root = package.xml(part)
        if self.root.tag != q("styleSheet"):
            raise CannotMark("文件的样式不是通常的格式")
        self._painted: dict[tuple[int, str, str], int] = {}
        self._added: dict[bytes, int] = {}

    def section(self, name: str) -> etree._Element:
        """A child of the style sheet, made in its right place where it is missing."""
        node = self.root.find(q(name))
        if node is None:
            node = etree.Element(q(name))
            later = set(_ORDER[_ORDER.index(name) + 1 :])
            place = next(
                (i for i, n in enumerate(self.root) if etree.QName(n).localname in later), None
            )
            self.root.insert(len(self.root) if place is None else place, node)
        return node

    def append(self, name: str, node: etree._Element) -> int:
        """Add a font, fill, border or cell format; the same one again gives the same index."""
        key = name.encode() + etree.tostring(node)
        if key not in self._added:
            section = self.section(name)
            section.append(node)
            self._added[key] = len(section) - 1
            section.set("count", str(len(section)))
        return self._added[key]

    def font(self, **marks: str) -> int:
        """A font of the list sheet: ``bold`` and ``color`` (RRGGBB), ``underline``."""
        node = etree.Element(q("font"))
        if "bold" in marks:
            etree.SubElement(node, q("b"))
        if "underline" in marks:
            etree.SubElement(node, q("u"))
        etree.SubElement(node, q("sz"), val=marks.get("size", "10"))
        etree.SubElement(node, q("color"), rgb=f"FF{marks.get('color', '000000')}")
        etree.SubElement(node, q("name"), val="微软雅黑")
        return self.append("fonts", node)

    def fill(self, color: str) -> int:
        node = etree.Element(q("fill"))
        pattern = etree.SubElement(node, q("patternFill"), patternType="solid")
        etree.SubElement(pattern, q("fgColor"), rgb=f"FF{color}")
        etree.SubElement(pattern, q("bgColor"), indexed="64")
        return self.append("fills", node)

    def border(self, style: str, color: str) -> int:
        node = etree.Element(q("border"))
        for side in ("left", "right", "top", "bottom"):
            edge = etree.SubElement(node, q(side), style=style)
            etree.SubElement(edge, q("color"), rgb=f"FF{color}")
        etree.SubElement(node, q("diagonal"))
        return self.append("borders", node)

    def number_format(self, code: str) -> int:
        section = self.section("numFmts")
        for node in section:
            if node.get("formatCode") == code:
                return int(node.get("numFmtId", "0"))
        number = max([163, *(int(n.get("numFmtId", "0")) for n in section)]) + 1
        etree.SubElement(section, q("numFmt"), numFmtId=str(number), formatCode=code)
        section.set("count", str(len(section)))
        return number

    def cell_format(
        self, *, font: int = 0, fill: int = 0, border: int = 0, number: int = 0, **align: str
    ) -> int:
        node = etree.Element(
            q("xf"),
            numFmtId=str(number),
            fontId=str(font),
            fillId=str(fill),
            borderId=str(border),
            xfId="0",
            applyNumberFormat="1",
            applyFont="1",
            applyFill="1",
            applyBorder="1",
            applyAlignment="1",
        )
        etree.SubElement(node, q("alignment"), vertical=align.pop("vertical", "top"), **align)
        return self.append("cellXfs", node)

    def painted(self, base: int, color: str, edge: str = "") -> int:
        """The cell format ``base`` with another fill, and with an ``edge`` of that colour where one
        is given.
        """
        key = (base, color, edge)
        if key not in self._painted:
            formats = self.section("cellXfs")
            known = base < len(formats)
            node = (
                deepcopy(formats[base])
                if known
                else etree.Element(q("xf"), numFmtId="0", fontId="0", borderId="0")
            )
            node.set("fillId", str(self.fill(color)))
            node.set("applyFill", "1")
            if edge:
                node.set("borderId", str(self.border("medium", edge)))
                node.set("applyBorder", "1")
            self._painted[key] = self.append("cellXfs", node)
        return self._painted[key]

    def save(self) -> None:
        self.package.parts[self.part] = dump(self.root)
