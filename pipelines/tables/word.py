"""Word (.docx): paragraphs, tables, text boxes, foot- and endnotes, heads and feet, comments;
tracked changes as accepted.

Also the way back: which text nodes a span of the text stands in (``blocks`` and
``paragraph_pieces``), for marked copies.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from pipelines.intake.archive import Package
from pipelines.intake.refusal import Refused
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.gridplace import MOST_COLUMNS
from pipelines.tables.wordloss import with_loss
from pipelines.tables.writer import OpenCell, OpenTable, Writer

TOO_LARGE_INSIDE = 100_000_000  # bytes unpacked: a disclosure with its pictures stays far below
W_P, W_TBL, W_TR, W_TC, W_T = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "t"))
BOX, DELETED = qn("w:txbxContent"), (qn("w:del"), qn("w:moveFrom"))
_PIECES = tuple(qn(f"w:{n}") for n in ("t", "tab", "br", "cr", "noBreakHyphen"))
_TYPES = ("DOCTYPE", "ENTITY")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be")
_NOTES = ("footnotes", "endnotes")
_DOCTYPE = (
    "文件内含有 DTD 或实体声明（可能是恶意构造的文件），未读取；请用 Word 另存为 .docx 后重新提交"
)
OLE = b"\xd0\xcf\x11\xe0"  # how an old .doc begins, and a .docx with a password
_DAMAGED = "Word 文件已损坏、加密或不是 .docx（旧的 .doc 请另存为 .docx），请重新提交"


def open_docx(source: Path | bytes) -> Any:
    """The Word document. Raises :class:`DocumentError`."""
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        _judge(data)
        return docx.Document(io.BytesIO(data))
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        etree.XMLSyntaxError,
    ) as error:
        raise DocumentError(_DAMAGED, repr(error)) from error


def _judge(data: bytes) -> None:
    """Refuses a package that unpacks too large, or whose XML declares a document type."""
    if data.startswith(OLE):
        raise DocumentError(_DAMAGED)
    try:
        package = Package(data)
        if sum(e.file_size for e in package.entries.values()) > TOO_LARGE_INSIDE:
            raise DocumentError("文件解压后过大，不像决算公开说明；请另存后重新提交")
        for name in package:
            if name.lower().endswith((".xml", ".rels")) and _declares_type(package.read(name)):
                raise DocumentError(_DOCTYPE)
    except Refused as refused:
        raise DocumentError(refused.reason.rstrip("。"), refused.detail) from refused


def _declares_type(part: bytes) -> bool:
    return any(f"<!{word}".encode(e) in part for word in _TYPES for e in _ENCODINGS)


def read_word(data: bytes) -> Document:
    """A Word document. Raises :class:`DocumentError`."""
    document = open_docx(data)
    writer = Writer()
    reader = _Reader(writer, _heading_styles(document))
    reader.blocks(document.element.body)
    for name in _NOTES:
        for root in _parts(document, name):
            reader.apart(root, "note")
    for name in ("header", "footer"):
        for root in _parts(document, name):
            reader.apart(root, "running")
    for root in _parts(document, "comments"):
        reader.apart(root, "comment")
    writer.notes += reader.said(document.element.body)
    return with_loss(writer.document(), document)


def _parts(document: Any, name: str) -> Iterator[Any]:
    """The roots of the related parts of a kind, in the order of their names."""
    found = {}
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] == name:
            part = relation.target_part
            found[str(part.partname)] = part
    for partname in sorted(found):
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            yield etree.fromstring(found[partname].blob, parser)
        except etree.XMLSyntaxError:
            continue


def _heading_styles(document: Any) -> dict[str, int]:
    """Outline level (from 1) by style id."""
    levels = {}
    for style in document.styles.element.iter(qn("w:style")):
        outline = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        name = style.find(qn("w:name"))
        named = re.match(r"heading (\d)", (name.get(qn("w:val")) or "") if name is not None else "")
        if outline is not None and (outline.get(qn("w:val")) or "").isdigit():
            levels[style.get(qn("w:styleId"))] = int(outline.get(qn("w:val"))) + 1
        elif named:
            levels[style.get(qn("w:styleId"))] = int(named[1])
    return {k: v for k, v in levels.items() if v <= 9}


class _Reader:
    """The walk over a Word document; counts what a reader of the result should know."""

    def __init__(self, writer: Writer, levels: dict[str, int]) -> None:
        self.writer, self.levels = writer, levels
        self.boxes = 0
        self.aside = {"note": 0, "running": 0, "comment": 0}

    def blocks(self, root: Any, kind: str = "paragraph") -> None:
        for child in _content(root):
            if child.tag == W_P:
                self.paragraph(child, kind)
            else:
                self._table(child, kind)

    def paragraph(self, element: Any, kind: str) -> None:
        text = "".join(t for _, t in paragraph_pieces(element))
        level = self._level(element) if kind == "paragraph" and text.strip() else 0
        self.writer.line(text, "heading" if level else kind, level)
        for box in text_boxes(element):
            self.boxes += 1
            self.blocks(box, "note")

    def _level(self, element: Any) -> int:
        properties = element.find(qn("w:pPr"))
        if properties is None:
            return 0
        own = properties.find(qn("w:outlineLvl"))
        if own is not None and (own.get(qn("w:val")) or "").isdigit():
            level = int(own.get(qn("w:val"))) + 1
            return level if level <= 9 else 0
        style = properties.find(qn("w:pStyle"))
        return self.levels.get(style.get(qn("w:val")), 0) if style is not None else 0

    def _table(self, element: Any, kind: str) -> None:
        table = self.writer.open_table()
        above: dict[int, OpenCell] = {}
        for number, row in enumerate(_own(element, W_TR, W_TBL)):
            column = _skipped(row)
            for cell in _own(row, W_TC, W_TBL):
                column = self._cell(table, cell, number, column, above, kind)

    def _cell(
        self,
        table: OpenTable,
        cell: Any,
        row: int,
        column: int,
        above: dict[int, OpenCell],
        kind: str,
    ) -> int:
        """Reads a cell; gives the column after it.

        A cell that goes on the one above makes that one taller.
        """
        columns, continues = _spans(cell)
        upper = above.get(column)
        if continues and upper is not None and upper.columns == columns:
            upper.rows = row - upper.row + 1
            if not _says(cell):
                for paragraph in _content(cell):
                    self.blocks_of(paragraph, kind)
                return column + columns
        opened = self.writer.open_cell(table, row, column, 1, columns)
        above[column] = opened
        self.blocks(cell, kind)
        self.writer.close_cell()
        return column + columns

    def blocks_of(self, element: Any, kind: str) -> None:
        """One block by itself, as a line of the table that is no cell of its own."""
        if element.tag == W_P:
            text = "".join(t for _, t in paragraph_pieces(element))
            self.writer.line(text, "cell" if kind == "paragraph" else kind)
        else:
            self._table(element, kind)

    def apart(self, root: Any, kind: str) -> None:
        """Lines of a part beside the body: notes, heads and feet, comments.

        Empty ones and separators say nothing.
        """
        for element in root.iter(W_P):
            holder = element.getparent()
            separator = holder.get(qn("w:type")) in ("separator", "continuationSeparator")
            text = "".join(t for _, t in paragraph_pieces(element)).strip()
            if text and not separator and not _in_fallback(element):
                self.aside[kind] += 1
                self.writer.line(text, kind)

    def said(self, body: Any) -> list[str]:
        """What the reader of the result should know."""
        inserted = sum(1 for _ in body.iter(qn("w:ins"), qn("w:moveTo")))
        deleted = sum(1 for _ in body.iter(*DELETED))
        notes = []
        if inserted or deleted:
            notes.append(
                f"含有未接受的修订（增 {inserted} 处、删 {deleted} 处），按全部接受后的文字读取"
            )
        if self.boxes:
            notes.append(f"读取了 {self.boxes} 个文本框中的文字")
        if self.aside["comment"]:
            notes.append(f"含有 {self.aside['comment']} 段批注，未作为正文核对")
        return notes


def _content(root: Any) -> Iterator[Any]:
    """The paragraphs and tables directly below, through content controls and the like; not what was
    deleted.
    """
    for child in root:
        if child.tag in (W_P, W_TBL):
            yield child
        elif isinstance(child.tag, str) and not _passed_over(child.tag):
            yield from _content(child)


def _passed_over(tag: str) -> bool:
    """Deleted content, the older copy of an alternative, and properties hold no blocks of the
    document.
    """
    return tag in DELETED or tag.endswith(("}Fallback", "Pr"))


def _own(root: Any, tag: str, stop: str) -> Iterator[Any]:
    """Rows of a table, or cells of a row: not those of a table inside."""
    for child in root:
        if child.tag == tag:
            if tag != W_TR or child.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
                yield child
        elif child.tag != stop and isinstance(child.tag, str):
            yield from _own(child, tag, stop)


def _skipped(row: Any) -> int:
    before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
    return _number(before, 0) if before is not None else 0


def _spans(cell: Any) -> tuple[int, bool]:
    """(columns it covers, whether it goes on the cell above)."""
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        return 1, False
    span, merge = properties.find(qn("w:gridSpan")), properties.find(qn("w:vMerge"))
    columns = _number(span, 1) if span is not None else 1
    goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
    return max(1, min(columns, MOST_COLUMNS)), goes_on


def _number(element: Any, otherwise: int) -> int:
    value = element.get(qn("w:val")) or ""
    return int(value) if value.isdigit() and len(value) < 5 else otherwise


def _says(cell: Any) -> bool:
    return any((t.text or "").strip() for t in cell.iter(W_T))


def _in_fallback(element: Any) -> bool:
    return any(str(a.tag).endswith("}Fallback") for a in element.iterancestors())


def text_boxes(paragraph: Any) -> Iterator[Any]:
    """The contents of the text boxes anchored in a paragraph; Word stores each twice, the older
    copy is passed over.
    """
    for box in paragraph.iter(BOX):
        outer = next((a for a in box.iterancestors() if a.tag in (BOX, W_P)), None)
        if outer is paragraph and not _in_fallback(box):
            yield box


def paragraph_pieces(element: Any) -> list[tuple[Any, str]]:
    """The text-bearing nodes of a paragraph (text, tab, break) with their text; field codes and
    deletions left out.
    """
    pieces = []
    for node in element.iter(*_PIECES):
        if _foreign(node, element):
            continue
        if node.tag == W_T:
            pieces.append((node, node.text or ""))
        elif node.tag == qn("w:noBreakHyphen"):
            pieces.append((node, "-"))
        elif node.getparent().tag == qn("w:r"):
            pieces.append((node, "\t" if node.tag == qn("w:tab") else "\n"))
    return pieces


def _foreign(node: Any, paragraph: Any) -> bool:
    """Whether a node is of another paragraph (a text box) or deleted."""
    for ancestor in node.iterancestors():
        if ancestor is paragraph:
            return False
        if ancestor.tag in (BOX, W_P, *DELETED):
            return True
    return False


@dataclass(frozen=True, slots=True)
class WordLine:
    """A paragraph of the body and what it says, in the order of the lines of the text."""

    element: Any
    pieces: list[tuple[Any, str]]


def body_lines(document: Any) -> list[WordLine]:
    """The paragraphs behind the lines of :func:`read_word`'s text, those of the body only, in the
    same order.
    """
    found: list[WordLine] = []
    _gather(document.element.body, found)
    return found


def _gather(root: Any, found: list[WordLine]) -> None:
    for child in _content(root):
        if child.tag == W_P:
            found.append(WordLine(child, paragraph_pieces(child)))
            for box in text_boxes(child):
                _gather(box, found)
            continue
        for row in _own(child, W_TR, W_TBL):
            for cell in _own(row, W_TC, W_TBL):
                _gather(cell, found)
