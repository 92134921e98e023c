"""Notes on cells: the comments part and the legacy drawing that shows them, added to what a sheet
already has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from pipelines.deliver.marking.package import MAIN, REL, Package, Relations, dump, q
from pipelines.xlsx.book import clean

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
AUTHOR = "财决"
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap'
    ' v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600"'
    ' o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path'
    ' gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202"'
    ' style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:{wide}pt;height:{high}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1"'
    ' o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path'
    ' o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{c1}, 15, {r1}, 2, {c2}, 15, {r2}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)

Cell = tuple[int, int]
_AFTER_LEGACY = {
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
}


def add_comments(
    package: Package, part: str, root: etree._Element, notes: Mapping[str, tuple[Cell, str]]
) -> None:
    """Add notes to the sheet ``part`` whose tree is ``root``: address → ((row, column) from zero,
    text).
    """
    if not notes:
        return
    relations = package.relations(part)
    fresh = _write_texts(package, relations, {ref: text for ref, (_, text) in notes.items()})
    _write_shapes(package, relations, root, [notes[ref] for ref in fresh])


def _write_texts(package: Package, relations: Relations, notes: Mapping[str, str]) -> list[str]:
    """The comments part; returns the addresses that had no comment before."""
    existing = relations.of_type("comments")
    if existing and relations.target(existing[0]) in package.parts:
        name = relations.target(existing[0])
        root = package.xml(name)
    else:
        name = package.free_name("xl/comments_m{}.xml")
        root = etree.Element(q("comments"), nsmap={None: MAIN})
        relations.add("comments", name)
        package.declare(name, COMMENTS_TYPE)
    author = _author(root)
    entries = root.find(q("commentList"))
    if entries is None:
        entries = etree.SubElement(root, q("commentList"))
    known = {node.get("ref"): node for node in entries}
    for ref, text in notes.items():
        if ref in known:
            _append_run(known[ref], f"\n{text}")
        else:
            node = etree.SubElement(entries, q("comment"), ref=ref, authorId=str(author))
            etree.SubElement(node, q("text"))
            _append_run(node, text)
    package.parts[name] = dump(root)
    return [ref for ref in notes if ref not in known]


def _author(root: etree._Element) -> int:
    authors = root.find(q("authors"))
    if authors is None:
        authors = etree.Element(q("authors"))
        root.insert(0, authors)
    names = [node.text for node in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, q("author")).text = AUTHOR
        names.append(AUTHOR)
    return names.index(AUTHOR)


def _append_run(comment: etree._Element, text: str) -> None:
    holder = comment.find(q("text"))
    if holder is None:
        holder = etree.SubElement(comment, q("text"))
    run = etree.SubElement(holder, q("r"))
    style = etree.SubElement(run, q("rPr"))
    etree.SubElement(style, q("sz"), val="9")
    etree.SubElement(style, q("rFont"), val="宋体")
    node = etree.SubElement(run, q("t"))
    node.text = clean(text)
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _write_shapes(
    package: Package, relations: Relations, root: etree._Element, notes: list[tuple[Cell, str]]
) -> None:
    legacy = root.find(q("legacyDrawing"))
    relation = relations.by_id(legacy.get(f"{{{REL}}}id", "")) if legacy is not None else None
    name = relations.target(relation) if relation is not None else ""
    if not name or name not in package.parts:
        name = package.free_name("xl/drawings/vmlDrawing_m{}.vml")
        package.parts[name] = (_HEAD + "</xml>").encode()
        package.declare_extension("vml", VML_TYPE)
        if legacy is None:
            legacy = etree.Element(q("legacyDrawing"))
            root.insert(_place(root), legacy)
        legacy.set(f"{{{REL}}}id", relations.add("vmlDrawing", name))
    package.parts[name] = _with_shapes(package.parts[name], notes)


def _place(root: etree._Element) -> int:
    found = False
    for i, node in enumerate(root):
        found = found or node.tag == q("sheetData")
        if found and isinstance(node.tag, str) and etree.QName(node).localname in _AFTER_LEGACY:
            return i
    return len(root)


def _with_shapes(drawing: bytes, notes: list[tuple[Cell, str]]) -> bytes:
    start = max([1024, *(int(n) for n in _SHAPE_ID.findall(drawing) if len(n) < 9)]) + 1
    shapes = "".join(_shape(start + i, *note) for i, note in enumerate(notes))
    head, end, tail = drawing.rpartition(b"</")
    return head + _named(drawing, shapes).encode() + end + tail


def _named(drawing: bytes, shapes: str) -> str:
    """The shapes with their own namespaces, whatever the prefixes of the drawing they go into."""
    spaces = (
        ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    )
    known = (
        b'xmlns:v="urn:schemas-microsoft-com:vml"' in drawing
        and b'xmlns:x="urn:schemas-microsoft-com:office:excel"' in drawing
    )
    return shapes if known else shapes.replace("<v:shape ", f"<v:shape{spaces} ")


def _shape(number: int, cell: Cell, text: str) -> str:
    lines = sum(1 + len(line) // 24 for line in text.splitlines())
    row, column = cell
    high = min(max(lines + 1, 4), 24)
    return _SHAPE.format(
        number=number,
        wide=260,
        high=high * 14,
        row=row,
        column=column,
        c1=min(column + 1, 16379),
        c2=min(column + 5, 16383),
        r1=max(row - 1, 0),
        r2=max(row - 1, 0) + high,
    )
