"""RTF: paragraphs, headings and tables; notes, heads and feet, comments and text boxes behind
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.gridplace import MOST_COLUMNS
from pipelines.tables.rtftext import Piece, Tokens
from pipelines.tables.writer import OpenCell, Writer

NEAR = 30  # twips: edges of columns that differ by less (half a millimetre) are one
STYLES_WITHIN = 200_000  # bytes: the longest lists of styles take some fifty thousand
_STYLE = re.compile(rb"\{\\s(\d{1,4})(?:[^{}]|\{[^{}]*\}){0,2000}?\\outlinelevel(\d)")
_EMPTY = "RTF 文档中没有文字，或内容已损坏；请用 Word 打开并另存为 .docx 后重新提交"


@dataclass(slots=True)
class _Edge:
    """The right edge of a cell, and how the cell is merged: first or next, across and down."""

    at: int
    across: str = ""
    down: str = ""


@dataclass(slots=True)
class _Row:
    cells: list[list[str]] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)
    left: int = 0


def read_rtf(data: bytes) -> Document:
    """An RTF document. Raises :class:`DocumentError`."""
    reader = _Reader(_heading_styles(data))
    tokens = Tokens(data)
    for piece in tokens:
        reader.take(piece)
    document = reader.document(tokens.deleted)
    if not document.text.strip():
        raise DocumentError(_EMPTY)
    return document


def _heading_styles(data: bytes) -> dict[int, int]:
    """Outline level (from 1) by the number of the style."""
    start = data.find(b"{\\stylesheet")
    if start < 0:
        return {}
    styles = data[start : start + STYLES_WITHIN]
    return {int(m[1]): int(m[2]) + 1 for m in _STYLE.finditer(styles) if int(m[2]) < 9}


class _Reader:
    """Takes the pieces in order; the rows of a table are kept until it ends, for its columns."""

    def __init__(self, styles: dict[int, int]) -> None:
        self.styles = styles
        self.writer = Writer()
        self.words: list[str] = []
        self.lines: list[str] = []
        self.rows: list[_Row] = []
        self.row = _Row()
        self.merge = _Edge(0)
        self.level = 0
        self.in_table = False
        self.beside: list[tuple[str, list[str]]] = []

    def take(self, piece: Piece) -> None:
        if piece.aside:
            self._aside(piece)
        elif not piece.word:
            self.words.append(piece.text)
        else:
            self._word(piece.word, piece.number)

    def _aside(self, piece: Piece) -> None:
        if piece.word in ("par", "cell", "row") or not self.beside:
            self.beside.append((piece.aside, []))
        elif piece.text:
            if self.beside[-1][0] != piece.aside:
                self.beside.append((piece.aside, []))
            self.beside[-1][1].append(piece.text)

    def _word(self, word: str, number: int | None) -> None:
        if word in ("par", "sect", "page"):
            self._paragraph()
        elif word in ("cell", "nestcell"):
            self._cell(word == "nestcell")
        elif word == "row":
            self._end_row()
        elif word in ("pard", "intbl", "s", "outlinelevel"):
            self._paragraph_property(word, number or 0)
        else:
            self._row_property(word, number or 0)

    def _paragraph_property(self, word: str, number: int) -> None:
        if word == "pard":
            self.level, self.in_table = 0, False
        elif word == "intbl":
            self.in_table = True
        elif word == "s":
            self.level = self.styles.get(number, 0)
        else:
            self.level = number + 1 if number < 9 else 0

    def _row_property(self, word: str, number: int) -> None:
        if word == "trowd":
            self.row.edges, self.row.left, self.merge = [], 0, _Edge(0)
        elif word == "trleft":
            self.row.left = number
        elif word == "cellx":
            self.row.edges.append(_Edge(number, self.merge.across, self.merge.down))
            self.merge = _Edge(0)
        elif word in ("clmgf", "clmrg"):
            self.merge.across = "first" if word == "clmgf" else "next"
        elif word in ("clvmgf", "clvmrg"):
            self.merge.down = "first" if word == "clvmgf" else "next"

    def _said(self) -> str:
        text, self.words = "".join(self.words), []
        # Characters beyond the first plane are written as two halves.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _paragraph(self) -> None:
        if self.in_table:
            self.lines.append(self._said())
            return
        self._end_table()
        text = self._said()
        for line in text.split("\n"):
            level = self.level if line.strip() else 0
            self.writer.line(line, "heading" if level else "paragraph", level)

    def _cell(self, nested: bool) -> None:
        self.lines.append(self._said())
        if not nested:
            self.row.cells.append(self.lines)
            self.lines = []

    def _end_row(self) -> None:
        if self.row.cells:
            self.rows.append(self.row)
        # Rows often repeat their definition, but need not.
        self.row = _Row([], self.row.edges, self.row.left)

    def _end_table(self) -> None:
        rows, self.rows = self.rows, []
        if rows:
            _write_table(self.writer, rows)

    def document(self, deleted: int) -> Document:
        if self.row.cells:
            self._end_row()
        self.in_table = False
        if self.words:
            self._paragraph()
        self._end_table()
        self._write_beside()
        if deleted:
            self.writer.notes.append(f"含有未接受的修订（删 {deleted} 处），按全部接受后的文字读取")
        comments = sum(kind == "comment" and bool(words) for kind, words in self.beside)
        if comments:
            self.writer.notes.append(f"含有 {comments} 段批注，未作为正文核对")
        return self.writer.document()

    def _write_beside(self) -> None:
        """Notes, then heads, feet and comments, behind the body."""
        for wanted in ("note", "running", "comment"):
            for kind, words in self.beside:
                text = " ".join("".join(words).split())
                if kind == wanted and text:
                    self.writer.line(text, kind)


def _write_table(writer: Writer, rows: list[_Row]) -> None:
    """Cells stand where their left edge is among all edges of the table."""
    columns = _columns(rows)
    table = writer.open_table()
    above: dict[int, OpenCell] = {}
    for number, row in enumerate(rows):
        previous: OpenCell | None = None
        for at, lines in enumerate(row.cells[:MOST_COLUMNS]):
            left, width, edge = _place(row, at, columns)
            if edge.across == "next" and previous is not None:
                previous.columns = left + width - previous.column
                continue
            upper = above.get(left)
            if edge.down == "next" and upper is not None and not any(x.strip() for x in lines):
                upper.rows = number - upper.row + 1
                previous = upper
                continue
            previous = writer.open_cell(table, number, left, 1, width)
            for line in lines:
                writer.line(line)
            writer.close_cell()
            above[left] = previous


def _columns(rows: list[_Row]) -> list[int]:
    """The edges between columns, from the left one; those that are near count once."""
    edges = sorted({e.at for r in rows for e in r.edges} | {r.left for r in rows})
    found: list[int] = []
    for edge in edges:
        if not found or edge - found[-1] > NEAR:
            found.append(edge)
    return found


def _place(row: _Row, at: int, columns: list[int]) -> tuple[int, int, _Edge]:
    """(column, columns it covers, its edge); a row without edges counts its cells."""
    if at >= len(row.edges):
        return at, 1, _Edge(0)
    left = row.left if at == 0 else row.edges[at - 1].at
    first, last = _nearest(columns, left), _nearest(columns, row.edges[at].at)
    return first, max(1, last - first), row.edges[at]


def _nearest(columns: list[int], edge: int) -> int:
    return min(range(len(columns)), key=lambda i: abs(columns[i] - edge))
