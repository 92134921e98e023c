"""A document: its text, and the tables that stand in it. Every reader of Word, HTML, PDF and text
gives one of these.

The text is the whole document in reading order, one block (paragraph, heading, table cell) a line.
A table's cells are lines of that text too, so a character span addresses anything in the document,
and prose is what lies outside the tables' spans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.intake.workbook import Heads

_TELLING = re.compile(r"\w")
APART = ("running", "comment")  # kinds of lines that stand behind the body


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. ``row`` and ``column`` from 0; ``start``/``end`` are its span in
    ``Document.text``.

    A merged cell stands once, at its first row and column, with the rows and columns it covers.
    """

    row: int
    column: int
    text: str
    start: int
    end: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a document, or several parts of it that continue over pages, joined.

    ``number`` counts the tables from 1; ``page`` (from 1) is that of a PDF, else None;
    ``pages`` are its further pages, each with its first row there. ``title`` is the
    caption or heading above it, ``above`` the lines between that heading and the table (编制单位,
    金额单位, 年度), ``below`` the notes under it. ``cut``: its last columns are not on
    the page; ``unlined``: its columns are told by what stands under each other;
    ``torn``: rows of it may stand on another page by themselves;
    ``heads``: those of an unlined one.
    ``start``/``end`` is the span of all its cells in the text.
    """

    number: int
    cells: tuple[Cell, ...]
    start: int
    end: int
    title: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    page: int | None = None
    pages: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    unlined: bool = False
    torn: bool = False
    heads: Heads | None = None

    @property
    def height(self) -> int:
        return max((c.row + c.rows for c in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((c.column + c.columns for c in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the text: its span, what it is, and how deep a heading stands (0 where it is
    none).

    ``kind``: ``heading`` (by the document's own style), ``paragraph``, ``cell`` (inside a table),
    ``note`` (footnote, text box), ``running`` (a head or foot of pages) or ``comment`` (a
    reviewer's). A plain text knows only paragraphs.
    """

    start: int
    end: int
    kind: str = "paragraph"
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. ``notes`` are words for people: tracked changes accepted, text boxes read.

    ``unread``: what stands in the file and could not be read (pages without text, fonts without
    characters), each with what its sender can do; people are told. ``lost``: how many letters and
    digits of the file are not in ``text``.

    Heads and feet of pages and comments stand at the end of ``text``, behind everything that the
    document itself says.
    """

    text: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())
    unread: tuple[str, ...] = field(default=())
    lost: int = 0

    @property
    def body(self) -> str:
        """The text without heads and feet of pages and without comments; spans in it are spans in
        ``text``.
        """
        return self.text[: self.body_end]

    @property
    def body_end(self) -> int:
        """Where the body ends in ``text``."""
        apart = [line.start for line in self.lines if line.kind in APART]
        return max(0, min(apart) - 1) if apart else len(self.text)


def letters(text: str) -> int:
    """How many letters, signs of a script and digits a text has: what is counted against loss."""
    return len(_TELLING.findall(text))
