"""Reading an .xlsx or .xlsm: every part is checked here, and only a small package rebuilt from
those parts is read.

The rebuilt package holds the worksheets, shared strings and styles and nothing else (no macros,
links, pictures), under names of our own, so the reader sees exactly the bytes that were checked.
"""

from __future__ import annotations

import io
import posixpath
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pipelines.intake import sheetxml
from pipelines.intake.archive import Package, printable
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.pageheads import page_lines
from pipelines.intake.partxml import plain
from pipelines.intake.refusal import Refused
from pipelines.intake.scaledcells import scaled_cells, scaling_styles
from pipelines.intake.sharedstrings import without_odd_strings
from pipelines.intake.workbook import Sheet
from pipelines.intake.xmltext import quoteattr
from pipelines.zipped import STORED, stored, zipped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_VISIBILITY = {"hidden": "hidden", "veryhidden": "veryhidden"}


@dataclass(slots=True)
class Part:
    """A worksheet on its way: its XML in plain form and the cells the reader would show
    as blank.
    """

    name: str
    number: int
    visibility: str
    xml: bytes
    special: list[sheetxml.Cell]


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship: ``type`` is the last word of its type, ``target`` the part's full name."""

    type: str
    target: str


def read_xlsx(data: bytes, limits: Limits = LIMITS) -> tuple[list[Sheet], tuple[str, ...]]:
    """The worksheets and the notes (macro, external_links). Raises Refused."""
    package = Package(data, limits)
    book_name = _main_part(package)
    book = _tree(package, book_name)
    links = _relations(package, book_name)
    parts = [
        p
        for p in (
            _part(package, links, e, n, limits) for n, e in enumerate(_entries(book, limits), 1)
        )
        if p
    ]
    shared = {kind: _shared(package, links, kind) for kind in ("sharedStrings", "styles")}
    return _read(parts, shared, _date1904(book), limits), _notes(package, links)


def _main_part(package: Package) -> str:
    for link in _relations(package, "").values():
        if link.type == "officeDocument":
            return link.target
    found = package.find("xl/workbook.xml")
    if found is None:
        raise Refused(
            "压缩包内没有工作簿内容（缺少 xl/workbook.xml），不是有效的 Excel 文件；请重新导出。"
        )
    return found


def _relations(package: Package, part: str) -> dict[str, Link]:
    folder, name = posixpath.split(part)
    rels = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if rels is None:
        return {}
    found = {}
    for element in _tree(package, rels):
        target = unquote(element.get("Target", "")).replace("\\", "/")
        external = element.get("TargetMode", "").lower() == "external"
        full = (
            "" if external else posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        )
        found[element.get("Id", "")] = Link(element.get("Type", "").rsplit("/", 1)[-1], full)
    return found


def _tree(package: Package, name: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(plain(package.read(name), name))
    except (ElementTree.ParseError, ValueError) as error:
        raise Refused(
            f"部件 {printable(name)} 的 XML 有语法错误，文件已损坏；请重新导出。", repr(error)
        ) from error


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _entries(book: ElementTree.Element, limits: Limits) -> list[ElementTree.Element]:
    """The <sheet> entries in the workbook's order."""
    found = [
        s
        for group in book
        if _local(group.tag) == "sheets"
        for s in group
        if _local(s.tag) == "sheet"
    ]
    if len(found) > limits.sheets:
        raise Refused(
            f"工作簿有 {len(found)} 个工作表，超过 {limits.sheets} 个的上限，未读取；"
            "请分成几个文件提交。"
        )
    names = [s.get("name", "") for s in found]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise Refused(f"有两个工作表都叫“{printable(twice)}”，无法区分；请改名后重新提交。")
    return found


def _date1904(book: ElementTree.Element) -> bool:
    flags = [e.get("date1904", "0") for e in book if _local(e.tag) == "workbookPr"]
    return bool(flags) and flags[0].lower() in ("1", "true", "on")


def _part(
    package: Package,
    links: dict[str, Link],
    entry: ElementTree.Element,
    number: int,
    limits: Limits,
) -> Part | None:
    """None for chart, dialog and macro sheets: they have no cells."""
    name = entry.get("name", "")
    link = links.get(next((v for k, v in entry.attrib.items() if _local(k) == "id"), ""))
    if link is None or not package.find(link.target):
        raise Refused(f"工作表“{printable(name)}”的内容在文件中缺失，文件已损坏；请重新导出。")
    if link.type != "worksheet":
        return None
    xml = sheetxml.whole(plain(package.read(link.target), link.target), printable(name))
    xml = without_odd_strings(xml)
    special = (
        sheetxml.bounded(sheetxml.walk(xml), printable(name), limits)
        if sheetxml.suspicions(xml)
        else []
    )
    return Part(
        name, number, _VISIBILITY.get(entry.get("state", "").lower(), "visible"), xml, special
    )


def _shared(package: Package, links: dict[str, Link], kind: str) -> bytes | None:
    target = next((link.target for link in links.values() if link.type == kind), None)
    return plain(package.read(target), target) if target and package.find(target) else None


def _notes(package: Package, links: dict[str, Link]) -> tuple[str, ...]:
    names = [name.casefold() for name in package]
    types = {link.type.casefold() for link in links.values()}
    notes = []
    if any(n.endswith(("vbaproject.bin", ".vbaproject")) or "/macrosheets/" in n for n in names):
        notes.append("macro")
    if (
        "externallink" in types
        or "connections" in types
        or any("/externallinks/" in n for n in names)
    ):
        notes.append("external_links")
    return tuple(notes)


def _read(
    parts: list[Part], shared: dict[str, bytes | None], date1904: bool, limits: Limits
) -> list[Sheet]:
    package = _rebuilt(parts, shared, date1904)
    sheets, area = [], 0
    styles = scaling_styles(shared["styles"])
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(package)) as book:
            for index, part in enumerate(parts):
                found = _found(book, index, part, shared, date1904)
                area = judge_area(found, printable(part.name), area, limits)
                sheet = _sheet(found, part)
                sheet.shown = scaled_cells(part.xml, styles) if styles else {}
                sheet.above = page_lines(part.xml)
                sheets.append(sheet)
    except CalamineError as error:
        raise Refused(
            "工作簿内容无法读取，文件已损坏；请用 Excel 打开检查后重新导出。", repr(error)
        ) from error
    return sheets


def _found(
    book: CalamineWorkbook, index: int, part: Part, shared: dict[str, bytes | None], date1904: bool
) -> CalamineSheet:
    try:
        return book.get_sheet_by_index(index)
    except CalamineError as error:
        return _second_try(part, shared, date1904, error)


def judge_area(found: CalamineSheet, name: str, area: int, limits: Limits) -> int:
    """The cells read so far with this sheet's, or Refused when either is beyond its limit."""
    bottom, right = found.end or (-1, -1)
    cells = (bottom + 1) * (right + 1)
    if cells > limits.sheet_cells:
        raise Refused(sheetxml.far_away(name, f"{sheetxml.column_letters(right + 1)}{bottom + 1}"))
    if area + cells > limits.workbook_cells:
        raise Refused(
            f"工作簿的单元格超过 {limits.workbook_cells:,} 个，未读取；请分成几个文件提交。"
        )
    return area + cells


def _sheet(found: CalamineSheet, part: Part) -> Sheet:
    cells: list[list[object]] = found.to_python(skip_empty_area=False)  # type: ignore[assignment]
    special = sheetxml.special_cells(part.special)
    reach(cells, special)
    merged = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in found.merged_cell_ranges or []]
    return Sheet(part.name, part.number, part.visibility, cells, merged, special)


def _second_try(
    part: Part, shared: dict[str, bytes | None], date1904: bool, error: CalamineError
) -> CalamineSheet:
    """One bad value must not cost a sheet: the values the reader cannot take become text."""
    xml = sheetxml.mended(part.xml)
    if xml == part.xml:
        raise error
    again = Part(part.name, part.number, part.visibility, xml, part.special)
    with CalamineWorkbook.from_filelike(io.BytesIO(_rebuilt([again], shared, date1904))) as book:
        return book.get_sheet_by_index(0)


def reach(cells: list[list[object]], special: sheetxml.Special) -> None:
    """Widens the grid so that every special cell lies within it."""
    if not special:
        return
    rows = max(r for r, _ in special) + 1
    columns = max(max(c for _, c in special) + 1, len(cells[0]) if cells else 0)
    for row in cells:
        row.extend([""] * (columns - len(row)))
    cells.extend([""] * columns for _ in range(rows - len(cells)))


def _rebuilt(parts: list[Part], shared: dict[str, bytes | None], date1904: bool) -> bytes:
    """A stored (not compressed) package of the checked parts."""
    links = [(f"s{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(len(parts))]
    links += [(kind, kind, f"{kind}.xml") for kind, xml in shared.items() if xml is not None]
    book = _links_xml([("book", "officeDocument", "xl/workbook.xml")])
    package = {
        "_rels/.rels": book.encode(),
        "xl/workbook.xml": _book_xml(len(parts), date1904).encode(),
        "xl/_rels/workbook.xml.rels": _links_xml(links).encode(),
        **{f"xl/{kind}.xml": xml for kind, xml in shared.items() if xml is not None},
        **{f"xl/worksheets/sheet{i}.xml": part.xml for i, part in enumerate(parts)},
    }
    return zipped({name: stored(part) for name, part in package.items()}, STORED)


def _book_xml(count: int, date1904: bool) -> str:
    sheets = "".join(f'<sheet name="s{i}" sheetId="{i + 1}" r:id="s{i}"/>' for i in range(count))
    flag = '<workbookPr date1904="1"/>' if date1904 else ""
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">{flag}<sheets>{sheets}</sheets></workbook>'
    )


def _links_xml(links: list[tuple[str, str, str]]) -> str:
    body = "".join(
        f"<Relationship Id={quoteattr(i)} Type={quoteattr(f'{_LINKS}/{kind}')}"
        f" Target={quoteattr(target)}/>"
        for i, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}">{body}</Relationships>'
