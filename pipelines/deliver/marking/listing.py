"""The first sheet of a marked copy: what was found, each line linked to its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from pipelines.deliver.marking.package import MAIN, Package, dump, q
from pipelines.deliver.marking.sheet import address
from pipelines.deliver.marking.styles import Styles
from pipelines.deliver.marking.workbook import SheetRef, WorkbookPart
from pipelines.deliver.words import STATUS
from pipelines.looks import SEVERITY
from pipelines.xlsx.book import MOST_LINKS, clean, lines_of, quoted

NAME = "问题清单"
HEADER_ROW = 4  # below heading, tally and notes
MOST_NAMED = 20  # cells of a side
LONGEST_NAME = 10  # of a sheet, in letters, where it stands before a cell
COLUMNS = (
    ("序号", 6),
    ("级别", 6),
    ("状态", 7),
    ("规则", 11),
    ("规则名称", 12),
    ("问题", 36),
    ("差额（元）", 13),
    ("左边单元格", 13),
    ("右边单元格", 13),
    ("疑似填错", 11),
    ("先改哪里", 24),
    ("原因", 16),
    ("说明人", 8),
    ("有效期", 10),
    ("问题编号", 11),
    ("完整算式", 60),
)
FOLDED = ("完整算式",)  # there, but not shown until the reader opens the outline above it


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a finding, or a passage of a narrative (with its ``quote``): ``sheet`` and ``file``
    as submitted.

    ``own``: it is in a file of the unit and year itself; any other file is named.
    """

    role: str
    file: str
    sheet: str
    cell: str
    amount: Decimal | None = None
    quote: str = ""
    own: bool = True

    def words(self) -> str:
        """``Z01!E5``, after the file where it is another; for a passage its section, span and
        words.
        """
        if self.quote:
            return f"说明《{self.sheet}》{self.cell} 字“{' '.join(self.quote.split())}”"
        return f"{self.elsewhere}{self.sheet}!{self.cell}"

    @property
    def elsewhere(self) -> str:
        """The name of another file, in brackets."""
        return "" if self.own else f"〔{self.file}〕"


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, as the list and the notes show it.

    ``message`` is the short sentence, ``detail`` the whole formula. ``wanted``: of each cell to be
    changed (file, sheet, cell) what is to be done; ``said``: 原因、说明人、有效期 of an
    explanation.
    """

    finding_id: str
    severity: str
    status: str
    rule_id: str
    rule_title: str
    message: str
    difference: Decimal | None
    advice: str
    subject: str = ""
    spots: tuple[Spot, ...] = ()
    wanted: tuple[tuple[tuple[str, str, str], str], ...] = ()
    said: tuple[str, ...] = ("", "", "")
    detail: str = ""


class Looks:
    """The cell formats of the list, added to the package's own styles."""

    def __init__(self, styles: Styles) -> None:
        edge = styles.border("thin", "BFBFBF")
        body = styles.font()
        self.plain = styles.cell_format(font=body, vertical="center", wrapText="1")
        self.title = styles.cell_format(
            font=styles.font(bold="1", size="16"), vertical="center", wrapText="1"
        )
        head = styles.font(bold="1", color="FFFFFF")
        self.header = styles.cell_format(
            font=head,
            fill=styles.fill("1F3864"),
            border=edge,
            vertical="center",
            horizontal="center",
            wrapText="1",
        )
        self.text = styles.cell_format(font=body, border=edge, number=49, wrapText="1")
        self.number = styles.cell_format(font=body, border=edge)
        self.money = styles.cell_format(font=body, border=edge, number=4)
        link = styles.font(underline="1", color="0563C1")
        self.link = styles.cell_format(font=link, border=edge, wrapText="1")
        self.severity = {
            key: styles.cell_format(
                font=styles.font(bold="1", color=look.ink),
                fill=styles.fill(look.fill),
                border=edge,
                horizontal="center",
            )
            for key, look in SEVERITY.items()
        }


class Listing:
    """Builds the sheet row by row.

    ``place`` maps (file, sheet) to the sheet's name in this workbook.
    """

    def __init__(self, looks: Looks, place: dict[tuple[str, str], str]) -> None:
        self.looks, self.place = looks, place
        self.data = etree.Element(q("sheetData"))
        self.links: list[tuple[str, str]] = []

    def row(self, number: int, cells: Sequence[tuple[int, object, int]], height: float = 0) -> None:
        """One row (from 1) of (column, value, format)."""
        node = etree.SubElement(self.data, q("row"), r=str(number))
        if height:
            node.set("ht", str(height))
            node.set("customHeight", "1")
        for column, value, style in cells:
            self._cell(node, address(number - 1, column), value, style)

    @staticmethod
    def _cell(row: etree._Element, ref: str, value: object, style: int) -> None:
        node = etree.SubElement(row, q("c"), r=ref, s=str(style))
        if isinstance(value, int | Decimal):
            etree.SubElement(node, q("v")).text = str(value)
        elif value not in (None, ""):
            node.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(node, q("is")), q("t"))
            text.text = clean(value)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def entry(self, number: int, index: int, entry: Entry) -> None:
        looks = self.looks
        cells: list[tuple[int, object, int]] = [
            (0, index, looks.number),
            (
                1,
                SEVERITY[entry.severity].word if entry.severity in SEVERITY else entry.severity,
                looks.severity.get(entry.severity, looks.text),
            ),
            (2, STATUS.get(entry.status, entry.status), looks.text),
            (3, entry.rule_id, looks.text),
            (4, entry.rule_title, looks.text),
            (5, entry.message, looks.text),
            (6, entry.difference, looks.money),
        ]
        number_of_row = number
        for column, roles in ((7, ("left", "subject")), (8, ("right",)), (9, ("suspect",))):
            spots = [s for s in entry.spots if s.role in roles]
            cells.append((column, *self._spots(number_of_row, column, spots)))
        last = (entry.advice, *entry.said, entry.finding_id, entry.detail)
        cells += [(number, text, looks.text) for number, text in enumerate(last, 10)]
        lines = max(
            lines_of(str(value), COLUMNS[column][1])
            for column, value, _ in cells
            if isinstance(value, str) and COLUMNS[column][0] not in FOLDED
        )
        self.row(number_of_row, cells, min(14 * lines + 4, 400))

    def _spots(self, number: int, column: int, spots: list[Spot]) -> tuple[str, int]:
        """The names of some cells; the link leads to the first that is in this workbook."""
        shown = _cells(spots[:MOST_NAMED]) + (
            f" 等 {len(spots)} 格" if len(spots) > MOST_NAMED else ""
        )
        here = next((s for s in spots if (s.file, s.sheet) in self.place), None)
        if here is None or len(self.links) >= MOST_LINKS:
            return shown, self.looks.text
        target = f"{quoted(self.place[here.file, here.sheet])}!{here.cell}"
        self.links.append((address(number - 1, column), target))
        return shown, self.looks.link

    def xml(self, last: int, footer: str) -> bytes:
        """The whole worksheet; ``last`` is its last row. The parts stand in the schema's order."""
        root = etree.Element(q("worksheet"), nsmap={None: MAIN})
        _properties(root)
        _view(root)
        _widths(root)
        root.append(self.data)
        right = len(COLUMNS) - 1
        listed = f"A{HEADER_ROW}:{address(max(last, HEADER_ROW + 1) - 1, right)}"
        etree.SubElement(root, q("autoFilter"), ref=listed)
        merged = etree.SubElement(root, q("mergeCells"), count=str(HEADER_ROW - 1))
        for number in range(1, HEADER_ROW):
            across = f"A{number}:{address(number - 1, right)}"
            etree.SubElement(merged, q("mergeCell"), ref=across)
        self._hyperlinks(root)
        _page(root, footer)
        return dump(root)

    def _hyperlinks(self, root: etree._Element) -> None:
        if not self.links:
            return
        links = etree.SubElement(root, q("hyperlinks"))
        for ref, target in self.links:
            etree.SubElement(links, q("hyperlink"), ref=ref, location=target, display=target)


def _cells(spots: Sequence[Spot]) -> str:
    """``Z01!D14、E14``: a sheet is named once, by what its name begins with, so that a link that
    does not wrap can be read.
    """
    words, before = [], None
    for spot in spots:
        if spot.quote:
            words.append(spot.words())
            continue
        here = (spot.file, spot.sheet)
        named = f"{spot.elsewhere}{_short(spot.sheet)}!{spot.cell}"
        words.append(spot.cell if here == before else named)
        before = here
    return "、".join(words)


def _short(sheet: str) -> str:
    """A long name of a sheet up to its first space or bracket, or its first signs."""
    if lines_of(sheet, LONGEST_NAME) == 1:
        return sheet
    first = re.split(r"[\s　（(]", sheet.strip(), maxsplit=1)[0]
    return first if first and lines_of(first, LONGEST_NAME) == 1 else f"{sheet[:4]}…"


def add_listing(
    package: Package,
    workbook: WorkbookPart,
    styles: Styles,
    heading: str,
    notes: Sequence[str],
    entries: Sequence[Entry],
    place: dict[tuple[str, str], str],
    run_id: str,
) -> SheetRef:
    """Put the list before all other sheets."""
    listing = Listing(Looks(styles), place)
    looks = listing.looks
    width = sum(w for _, w in COLUMNS)
    for number, (text, style, size) in enumerate(
        (
            (heading, looks.title, 1.6),
            (_tally(entries), looks.plain, 1),
            ("　".join(notes), looks.plain, 1),
        ),
        1,
    ):
        listing.row(
            number, [(0, text, style)], min(10 + 13 * size * lines_of(text, width / size), 400)
        )
    listing.row(HEADER_ROW, [(i, title, looks.header) for i, (title, _) in enumerate(COLUMNS)], 28)
    for i, entry in enumerate(entries, 1):
        listing.entry(HEADER_ROW + i, i, entry)
    last = HEADER_ROW + len(entries)
    footer = f"&L运行 {run_id.replace('&', '&&')}&C第 &P 页 共 &N 页&R&A"
    name = workbook.free_sheet_name(NAME)
    sheet = workbook.add_sheet(name, listing.xml(last, footer), first=True)
    workbook.define("_xlnm.Print_Titles", f"{quoted(name)}!${HEADER_ROW}:${HEADER_ROW}", 0)
    corner = address(max(last, HEADER_ROW + 1) - 1, len(COLUMNS) - 1)
    column = corner.rstrip("0123456789")
    area = f"{quoted(name)}!$A${HEADER_ROW}:${column}${corner[len(column) :]}"
    workbook.define("_xlnm._FilterDatabase", area, 0)
    return sheet


def _tally(entries: Sequence[Entry]) -> str:
    words = []
    for key, look in SEVERITY.items():
        count = sum(e.severity == key for e in entries)
        words.append(f"{look.word} {count} 个")
    return (
        "，".join(words)
        + "。深色粗框的是先要改的单元格，浅色的是等式两侧的其他单元格，都带批注。"
        + "知道原因的，在右边填写原因、说明人、有效期，把本文件放回收件夹即可。"
    )


def _properties(root: etree._Element) -> None:
    properties = etree.SubElement(root, q("sheetPr"))
    etree.SubElement(properties, q("tabColor"), rgb="FFC00000")
    etree.SubElement(properties, q("pageSetUpPr"), fitToPage="1")


def _view(root: etree._Element) -> None:
    """Opened on this sheet, its head staying in sight."""
    views = etree.SubElement(root, q("sheetViews"))
    looks = {"tabSelected": "1", "workbookViewId": "0", "showGridLines": "0"}
    view = etree.SubElement(views, q("sheetView"), looks)
    frozen = {
        "ySplit": str(HEADER_ROW),
        "topLeftCell": f"A{HEADER_ROW + 1}",
        "activePane": "bottomLeft",
        "state": "frozen",
    }
    etree.SubElement(view, q("pane"), frozen)


def _widths(root: etree._Element) -> None:
    widths = etree.SubElement(root, q("cols"))
    for number, (title, width) in enumerate(COLUMNS, 1):
        at = {"min": str(number), "max": str(number), "width": str(width), "customWidth": "1"}
        folded = {"hidden": "1", "outlineLevel": "1"} if title in FOLDED else {}
        etree.SubElement(widths, q("col"), at | folded)


def _page(root: etree._Element, footer: str) -> None:
    """A4 across, as many pages long as it takes."""
    margins = {"left": "0.4", "right": "0.4", "top": "0.5", "bottom": "0.6"}
    etree.SubElement(root, q("pageMargins"), margins | {"header": "0.3", "footer": "0.3"})
    paper = {"paperSize": "9", "orientation": "landscape", "fitToHeight": "0"}
    etree.SubElement(root, q("pageSetup"), paper)
    foot = etree.SubElement(root, q("headerFooter"))
    etree.SubElement(foot, q("oddFooter")).text = footer
