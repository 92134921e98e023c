"""OpenDocument texts (.odt): paragraphs, headings, tables, text boxes, notes, heads and feet,
comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipelines.intake.archive import Package
from pipelines.intake.partxml import plain
from pipelines.intake.refusal import Refused
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.gridplace import MOST_COLUMNS, MOST_ROWS
from pipelines.tables.writer import OpenTable, Writer

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE, _DRAW, _STYLE = (
    f"{_OASIS}{name}:1.0}}" for name in ("office", "text", "table", "drawing", "style")
)
PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
TABLE, ROW = f"{_TABLE}table", f"{_TABLE}table-row"
CELL, COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
NOTE, COMMENT, BOX = f"{_TEXT}note", f"{_OFFICE}annotation", f"{_DRAW}text-box"
_DELETED = f"{_TEXT}tracked-changes"
_SPACES = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_RUNNING = tuple(f"{_STYLE}{n}" for n in ("header", "footer", "header-first", "footer-first"))
_DAMAGED = "OpenDocument 文档（.odt）已损坏；请用 WPS 或 LibreOffice 打开并另存为 .docx 后重新提交"
_LOCKED = "OpenDocument 文档（.odt）已加密，无法读取；请取消密码后重新提交"


def read_odt(data: bytes) -> Document:
    """An OpenDocument text. Raises :class:`DocumentError`."""
    try:
        package = Package(data)
        if b"encryption-data" in _part(package, "META-INF/manifest.xml"):
            raise DocumentError(_LOCKED)
        content = _tree(package, "content.xml")
        styles = _tree(package, "styles.xml") if package.find("styles.xml") else None
    except Refused as refused:
        raise DocumentError(refused.reason.rstrip("。"), refused.detail) from refused
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise DocumentError(_DAMAGED, "no text in it")
    reader = _Reader()
    reader.blocks(body)
    reader.apart(styles)
    return reader.document(content)


def _part(package: Package, name: str) -> bytes:
    return package.read(name) if package.find(name) else b""


def _tree(package: Package, name: str) -> Any:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(plain(package.read(name), name), parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(_DAMAGED, repr(error)) from error


class _Reader:
    """The walk over a document; what stands beside the body is kept for its end."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.beside: list[tuple[str, str]] = []
        self.boxes = 0

    def blocks(self, root: Any, kind: str = "paragraph") -> None:
        for child in root:
            if child.tag in PARAGRAPHS:
                self._paragraph(child, kind)
            elif child.tag == TABLE:
                self._table(child, kind)
            elif isinstance(child.tag, str) and child.tag not in (_DELETED, NOTE, COMMENT):
                self.blocks(child, kind)

    def _paragraph(self, element: Any, kind: str) -> None:
        text = "".join(_words(element))
        level = 0
        if element.tag == f"{_TEXT}h" and kind == "paragraph" and text.strip():
            told = element.get(f"{_TEXT}outline-level") or "1"
            level = min(9, int(told)) if told.isdigit() else 1
        self.writer.line(text, "heading" if level else kind, level)
        for inner in element.iter(BOX, NOTE, COMMENT):
            if _paragraph_of(inner) is element:
                self._beside(inner)

    def _beside(self, inner: Any) -> None:
        if inner.tag == BOX:
            self.boxes += 1
            self.blocks(inner, "note")
            return
        kind = "note" if inner.tag == NOTE else "comment"
        for paragraph in inner.iter(*PARAGRAPHS):
            self.beside.append((kind, "".join(_words(paragraph)).strip()))

    def _table(self, element: Any, kind: str) -> None:
        table, row = self.writer.open_table(), 0
        for line in _own(element, (ROW,)):
            column = 0
            for cell in _own(line, (CELL, COVERED)):
                column += self._cell(table, cell, row, column, kind)
            row += min(_count(line, "number-rows-repeated"), MOST_ROWS)

    def _cell(self, table: OpenTable, cell: Any, row: int, column: int, kind: str) -> int:
        """Reads a cell; gives how many columns it and its repeats take."""
        repeats = min(_count(cell, "number-columns-repeated"), MOST_COLUMNS)
        if cell.tag == COVERED:
            return repeats
        down = min(_count(cell, "number-rows-spanned"), MOST_ROWS)
        across = min(_count(cell, "number-columns-spanned"), MOST_COLUMNS)
        for repeat in range(repeats):
            self.writer.open_cell(table, row, column + repeat, down, across)
            self.blocks(cell, kind)
            self.writer.close_cell()
        return repeats

    def apart(self, styles: Any) -> None:
        """Heads and feet of pages."""
        for root in styles.iter(*_RUNNING) if styles is not None else ():
            for paragraph in root.iter(*PARAGRAPHS):
                self.beside.append(("running", "".join(_words(paragraph)).strip()))

    def document(self, content: Any) -> Document:
        """The whole document; the root of its content tells what was changed in it."""
        self._write_beside()
        self._tell(content)
        return self.writer.document()

    def _write_beside(self) -> None:
        """Notes, then heads, feet and comments, behind the body."""
        for wanted in ("note", "running", "comment"):
            for kind, text in self.beside:
                if kind == wanted and text:
                    self.writer.line(text, kind)

    def _tell(self, content: Any) -> None:
        """Notes of what the text does not show: changes, boxes, comments."""
        deleted = sum(1 for _ in content.iter(f"{_TEXT}deletion"))
        inserted = sum(1 for _ in content.iter(f"{_TEXT}insertion"))
        if inserted or deleted:
            self.writer.notes.append(
                f"含有未接受的修订（增 {inserted} 处、删 {deleted} 处），按全部接受后的文字读取"
            )
        if self.boxes:
            self.writer.notes.append(f"读取了 {self.boxes} 个文本框中的文字")
        comments = sum(kind == "comment" for kind, _ in self.beside)
        if comments:
            self.writer.notes.append(f"含有 {comments} 段批注，未作为正文核对")


def _words(element: Any) -> Iterator[str]:
    """What a paragraph says, without the notes, comments and boxes anchored in it."""
    yield element.text or ""
    for child in element:
        if child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag == f"{_TEXT}s":
            yield _spaces(child)
        elif isinstance(child.tag, str) and child.tag not in (NOTE, COMMENT, BOX):
            yield from _words(child)
        yield child.tail or ""


def _spaces(element: Any) -> str:
    """The spaces that an element stands for: one where it gives no likely number of them."""
    told = element.get(f"{_TEXT}c") or "1"
    return " " * (int(told) if told.isdigit() and len(told) < 4 else 1)


def _paragraph_of(inner: Any) -> Any:
    """The paragraph that something is anchored in."""
    return next((a for a in inner.iterancestors() if a.tag in PARAGRAPHS), None)


def _own(root: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """Rows of a table, or cells of a row, through groups; not those of a table inside."""
    for child in root:
        if child.tag in tags:
            yield child
        elif isinstance(child.tag, str) and child.tag not in (TABLE, CELL, COVERED):
            yield from _own(child, tags)


def _count(node: Any, name: str) -> int:
    told = node.get(f"{_TABLE}{name}") or "1"
    return max(1, int(told)) if told.isdigit() and len(told) < 9 else 1
