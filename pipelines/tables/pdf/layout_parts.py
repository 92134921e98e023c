"""What a page is taken apart into: tables and their cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.tables.pdf.geometry import Box
from pipelines.tables.pdf.pieces import Piece, Span
from pipelines.tables.pdf.textline import TextLine


@dataclass(slots=True)
class PdfCell:
    """A cell of a table: its lines, where it stands, how much it covers; its page and box there."""

    row: int
    column: int
    rows: int
    columns: int
    lines: list[TextLine]
    u0: float
    u1: float
    page: int
    box: Box

    @property
    def said(self) -> str:
        return "".join("".join(line.text.split()) for line in self.lines)


@dataclass(slots=True)
class PdfTable:
    """A table on one page: the edges of its columns and its cells, row by row.

    ``pages``: (first row, page) of its parts; ``ruled``: by lines, else its columns are about;
    ``cut``: it runs over the right edge of the paper; ``torn``: rows of it may be on another page.
    ``vs``: the edges of its rows; empty where they are not those of the page. ``beside``: it has
    further columns of a table on a page before. ``heads``, ``head_rows``,
    ``head_lines`` and ``spans`` are those of a table without lines (``aligned.Aligned``).
    """

    page: int
    us: list[float]
    v0: float
    v1: float
    cells: list[PdfCell]
    pages: list[tuple[int, int]] = field(default_factory=list)
    ruled: bool = True
    cut: bool = False
    beside: bool = False
    torn: bool = False
    vs: list[float] = field(default_factory=list)
    heads: list[Piece] = field(default_factory=list)
    head_rows: int = 0
    head_lines: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    @property
    def height(self) -> int:
        return max((c.row + c.rows for c in self.cells), default=0)

    def row(self, number: int) -> list[PdfCell]:
        return [c for c in self.cells if c.row == number]
