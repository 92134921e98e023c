"""One made-up published disclosure, narrative and tables, put into documents of every kind."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random

import docx
from docx.enum.section import WD_ORIENT

from pipelines.extract.sheet import SheetReading
from pipelines.narrative.draft_text import build
from pipelines.narrative.lookup import FactLookup
from pipelines.sample.files import write_book
from pipelines.sample.model import facts_of
from pipelines.sample.paper import Paper
from pipelines.sample.published import published_book
from pipelines.sample.style import Style
from tests.narrative.support import rows_of, sample

DATA = range(3, 999)  # rows of a printed table below its title, 表号 and caption


@dataclass(frozen=True)
class PublicTable:
    """A table to be put into a document: ``rows`` of printed words, ``merged`` as r0,
    c0, r1, c1.
    """

    title: str
    captions: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...]
    notes: tuple[str, ...] = ()

    @property
    def covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Cells hidden by a merged cell, with the cell that shows."""
        return {
            (r, c): (r0, c0)
            for r0, c0, r1, c1 in self.merged
            for r in range(r0, r1 + 1)
            for c in range(c0, c1 + 1)
            if (r, c) != (r0, c0)
        }

    def span(self, row: int, column: int) -> tuple[int, int]:
        for r0, c0, r1, c1 in self.merged:
            if (r0, c0) == (row, column):
                return r1 - r0 + 1, c1 - c0 + 1
        return 1, 1


@dataclass(frozen=True)
class Disclosure:
    """What a department publishes: its name, headings and paragraphs, and the printed tables."""

    unit: str
    year: int
    blocks: tuple[tuple[str, str], ...]
    tables: tuple[PublicTable, ...]
    papers: tuple[Paper, ...] = field(repr=False, default=())


@cache
def disclosure(number: int = 2) -> Disclosure:
    """The disclosure of one unit of the sample, its open places filled."""
    before, now = sample()[number]
    facts = FactLookup([*rows_of(before), *rows_of(now)], now.year)
    blocks = [
        (b.kind, re.sub(r"【[^】]*】", "工作安排调整", b.text))
        for b in build(facts, now.unit.name, now.year).blocks
        if b.kind != "chart"
    ]
    book = published_book(now, Style(), Random(5))
    papers = tuple(p for p in book.sheets)
    tables = tuple(_table(p) for p in papers)
    return Disclosure(now.unit.name, now.year, tuple(blocks), tables, papers)


def amounts(number: int = 2) -> int:
    """How many facts the published tables hold."""
    return sum(len(p.facts) for p in disclosure(number).papers)


def _printed(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value % 1 or value > 99 else str(int(value))
    return str(value)


def _table(paper: Paper) -> PublicTable:
    width = max(c for _, c, _, _ in paper.cells) + 1
    height = max(r for r, *_ in paper.cells) + 1
    grid = [[""] * width for _ in range(height)]
    for r, c, value, look in paper.cells:
        grid[r][c] = f"{value:,.2f}" if look in ("number", "wan") else _printed(value)
    top, notes = 3, []
    while grid[-1][0].startswith("注"):
        notes.insert(0, grid.pop()[0])
    captions = ["    ".join(w for w in row if w) for row in grid[1:top]]
    merged = tuple(
        (r0 - top, c0, r1 - top, c1)
        for r0, c0, r1, c1 in paper.merged
        if r0 >= top and r1 < len(grid)
    )
    rows = tuple(tuple(row) for row in grid[top:])
    return PublicTable(grid[0][0], tuple(captions), rows, merged, tuple(notes))


def changed(source: Disclosure, title: str, old: str, new: str) -> Disclosure:
    """The same with one printed figure of a table changed (its first occurrence)."""
    tables = []
    for table in source.tables:
        if table.title == title:
            rows, done = [], False
            for row in table.rows:
                at = row.index(old) if not done and old in row else None
                done |= at is not None
                rows.append(row if at is None else (*row[:at], new, *row[at + 1 :]))
            assert done
            table = replace(table, rows=tuple(rows))
        tables.append(table)
    return replace(source, tables=tuple(tables))


def as_docx(source: Disclosure, *, captions: bool = True) -> bytes:
    """Word: text first, then every table under its title, on landscape pages.

    Without ``captions`` no table names its unit.
    """
    document = docx.Document()
    for kind, text in source.blocks:
        if kind.startswith("heading"):
            document.add_heading(text, level=int(kind[-1]))
        else:
            document.add_paragraph(text)
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for table in source.tables:
        document.add_paragraph(table.title)
        for caption in table.captions if captions else ():
            document.add_paragraph(caption)
        _word_table(document, table)
        for note in table.notes:
            document.add_paragraph(note)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _word_table(document, table: PublicTable) -> None:
    made = document.add_table(rows=len(table.rows), cols=len(table.rows[0]))
    made.style = "Table Grid"
    cells = [list(row.cells) for row in made.rows]
    for r, row in enumerate(table.rows):
        for c, words in enumerate(row):
            if words:
                cells[r][c].text = words
    for r0, c0, r1, c1 in table.merged:
        words = cells[r0][c0].text
        cells[r0][c0].merge(cells[r1][c1]).text = words


def as_html(source: Disclosure) -> bytes:
    """A web page as a government site prints it."""
    parts = ["<html><head><meta charset='utf-8'><title>部门决算</title></head><body>"]
    for kind, text in source.blocks:
        tag = f"h{kind[-1]}" if kind.startswith("heading") else "p"
        parts.append(f"<{tag}>{html.escape(text)}</{tag}>")
    for table in source.tables:
        parts.append(f"<p>{table.title}</p>")
        parts += [f"<p>{caption}</p>" for caption in table.captions]
        parts.append(html_table(table))
        parts += [f"<p>{note}</p>" for note in table.notes]
    parts.append("</body></html>")
    return "\n".join(parts).encode()


def html_table(table: PublicTable) -> str:
    """One table with its spans."""
    covered, lines = table.covered, ["<table border='1'>"]
    for r, row in enumerate(table.rows):
        cells = []
        for c, words in enumerate(row):
            if (r, c) in covered:
                continue
            rows, columns = table.span(r, c)
            spans = f" rowspan='{rows}'" * (rows > 1) + f" colspan='{columns}'" * (columns > 1)
            cells.append(f"<td{spans}>{html.escape(words)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</table>"])


_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def as_odt(source: Disclosure) -> bytes:
    """An OpenDocument text, as LibreOffice writes it."""
    parts = []
    for kind, text in source.blocks:
        level = f' text:outline-level="{kind[-1]}"' * kind.startswith("heading")
        tag = "h" if level else "p"
        parts.append(f"<text:{tag}{level}>{html.escape(text)}</text:{tag}>")
    for table in source.tables:
        parts += [f"<text:p>{html.escape(w)}</text:p>" for w in (table.title, *table.captions)]
        parts.append(_odt_table(table))
        parts += [f"<text:p>{html.escape(w)}</text:p>" for w in table.notes]
    names = " ".join(f'xmlns:{n}="{_ODF}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f"<office:text>{''.join(parts)}</office:text></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
    return target.getvalue()


def _odt_table(table: PublicTable) -> str:
    covered, rows = table.covered, []
    for r, row in enumerate(table.rows):
        cells = []
        for c, words in enumerate(row):
            tag = "covered-table-cell" if (r, c) in covered else "table-cell"
            down, across = table.span(r, c)
            spans = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
            spans *= (down, across) != (1, 1)
            cells.append(f"<table:{tag}{spans}><text:p>{html.escape(words)}</text:p></table:{tag}>")
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return f"<table:table>{''.join(rows)}</table:table>"


def _rtf_words(text: str, *, unicode: bool) -> str:
    """Chinese as Word writes it, or as older programs do, in the code page of the font."""
    out = []
    for c in text:
        if c in "{}\\":
            out.append(f"\\{c}")
        elif ord(c) < 128:
            out.append(c)
        elif unicode:
            out.append(f"\\u{ord(c) if ord(c) < 0x8000 else ord(c) - 0x10000}?")
        else:
            out.append("".join(f"\\'{b:02x}" for b in c.encode("gb18030")))
    return "".join(out)


def as_rtf(source: Disclosure, *, unicode: bool = True) -> bytes:
    """RTF, as Word (``unicode``) and older programs write it."""

    def words(text: str) -> str:
        return _rtf_words(text, unicode=unicode)

    parts = [
        "{\\rtf1\\ansi\\ansicpg936\\uc1\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}"
        "{\\*\\generator x;}{\\stylesheet{\\s1 heading;}}"
    ]
    for kind, text in source.blocks:
        level = f"\\outlinelevel{int(kind[-1]) - 1}" if kind.startswith("heading") else ""
        parts.append(f"\\pard{level}\\f0 {words(text)}\\par")
    for table in source.tables:
        parts += [f"\\pard {words(w)}\\par" for w in (table.title, *table.captions)]
        parts += [_rtf_row(table, r, words) for r in range(len(table.rows))]
        parts += [f"\\pard {words(w)}\\par" for w in table.notes]
    return "\n".join([*parts, "}"]).encode("ascii")


def _rtf_row(table: PublicTable, r: int, words: Callable[[str], str]) -> str:
    """One row: merged across by a wider cell, merged down by marks."""
    covered, edges, cells = table.covered, [], []
    for c, text in enumerate(table.rows[r]):
        first = covered.get((r, c), (r, c))
        if first[1] != c:  # covered from the left: the cell there is as wide
            continue
        down, across = table.span(*first)
        merge = ("\\clvmgf" if first[0] == r else "\\clvmrg") if down > 1 else ""
        edges.append(f"{merge}\\cellx{(c + across) * 1000}")
        cells.append(f"\\pard\\intbl {words(text) if first == (r, c) else ''}\\cell")
    return f"\\trowd\\trleft0{''.join(edges)}{''.join(cells)}\\row"


def as_mht(source: Disclosure) -> bytes:
    """The web page as a web archive."""
    body = base64.encodebytes(as_html(source)).decode()
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{body}\r\n--x--\r\n"
    ).encode()


def as_workbook(source: Disclosure, folder: Path) -> Path:
    """The same tables as a workbook."""
    path = folder / "公开表.xlsx"
    write_book(path, source.papers, "xlsx")
    return path


def expected(number: int = 2) -> dict[tuple[str, str, str, str], int]:
    """Every printed amount by form, block, row and column, in 分."""
    found = {}
    for paper in disclosure(number).papers:
        for fact in paper.facts:
            if fact.amount is not None:
                found[fact.form, fact.block, fact.row_key, fact.col_key] = fact.amount
    return found


def amounts_of(found: list[SheetReading]) -> dict[tuple[str, str, str, str], int]:
    """Every amount by form, block, row and column, in 分."""
    result = {}
    for reading in found:
        for fact in reading.facts:
            if fact.fen is not None:
                result[reading.form.form, fact.block, fact.row_key, fact.col_key] = fact.fen
    return result


__all__ = [
    "Disclosure",
    "amounts_of",
    "as_docx",
    "as_html",
    "as_mht",
    "as_odt",
    "as_rtf",
    "as_workbook",
    "changed",
    "disclosure",
    "facts_of",
]
