"""What stands around a table: its title, the lines that name the unit, the year and the money unit,
and its notes.

What does not belong here: which form it is (``extract``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from pipelines.tables.document import APART, Document, Line, Table

# lines looked at above a table: title, 表号, unit, year, money unit, each on a line of its own, and
# some to spare
NEAR = 8
LONGEST = 80  # characters: longer lines are prose
_TITLE = re.compile(r"表(?:\s*[（(][^）)]*[）)])*\s*$")
_NUMBER = re.compile(
    r"^\W*(?:财决|公开|附)?\s*表?\s*[0-9一二三四五六七八九十]{1,3}(?:[-—–_]\d)?\s*表?\s*$"
)
_NOTE = re.compile(
    r"^[（(【\[]?\s*(?:备?注|说明)\s*\d*\s*[：:.、）)]|^\d[.、]\s*本表|^本表|^[（(]?(?:本|我)(?:部门|单位|年度).{0,30}(?:没有|无|未发生|不涉及|空表)|^[（(]?\d{4}\s*年度?(?:本|我)?(?:部门|单位)?(?:没有|无|未发生|不涉及)|.*(?:无数据|空表|没有数据)[。.）)]*$"
)
_PROSE = re.compile(r"[。；]\s*$|[。；].*[，。]")


def with_captions(document: Document) -> Document:
    """The same document, its tables with their titles and the lines above them."""
    if not document.tables:
        return document
    lines = [line for line in document.lines if line.kind not in APART]
    tables = [_with_caption(document, table, lines) for table in document.tables]
    return replace(document, tables=tuple(_unlike(tables)))


def _with_caption(document: Document, table: Table, lines: Sequence[Line]) -> Table:
    table = replace(table, below=_below(document.text, table, lines))
    near = _near(document.text, table, lines)
    at = _title_at(near)
    if at is None:
        return replace(table, title=title_inside(table), above=tuple(near))
    # other titles above it are those of a list of contents
    first = next((i + 1 for i in range(at - 1, -1, -1) if _is_title(near[i])), 0)
    numbered = bool(at) and bool(_NUMBER.match(near[at - 1]))
    above = tuple(near[first:at] + near[at + 1 :]) if numbered else None
    return replace(table, title=near[at], above=above or tuple(near[at + 1 :]))


def _below(text: str, table: Table, lines: Sequence[Line]) -> tuple[str, ...]:
    """The notes directly under a table."""
    found: list[str] = []
    for line in lines[_first_at(lines, table.end) :]:
        said = " ".join(text[line.start : line.end].split())
        if not said:
            continue
        if line.kind == "cell" or len(found) == NEAR or not _NOTE.match(said):
            break
        found.append(said)
    return tuple(found)


def _near(text: str, table: Table, lines: Sequence[Line]) -> list[str]:
    """The short lines directly above a table, from the top down; cells and prose end them."""
    found: list[str] = []
    for line in reversed(_before(lines, table.start)):
        said = " ".join(text[line.start : line.end].split())
        if not said:
            continue
        if line.kind == "cell" or len(said) > LONGEST or _PROSE.search(said) or len(found) == NEAR:
            break
        found.append(said)
    return found[::-1]


def _before(lines: Sequence[Line], start: int) -> Sequence[Line]:
    at = _first_at(lines, start)
    return lines[max(0, at - 4 * NEAR) : at]


def _first_at(lines: Sequence[Line], offset: int) -> int:
    """The index of the first line that starts at an offset or behind it."""
    return bisect_left(lines, offset, key=lambda line: line.start)


def _title_at(near: list[str]) -> int | None:
    """Which of the lines is the title: the lowest that ends as titles do and is no 表号."""
    for i in range(len(near) - 1, -1, -1):
        if _is_title(near[i]):
            return i
    return None


def _is_title(line: str) -> bool:
    return bool(_TITLE.search(line)) and not _NUMBER.match(line)


def title_inside(table: Table) -> str:
    """A title printed in the table itself: a cell of its first rows that ends as titles do."""
    for cell in table.cells:
        said = " ".join(cell.text.split())
        titled = bool(_TITLE.search(said)) and not _NUMBER.match(said)
        if titled and cell.row <= 2 and 4 <= len(said) <= LONGEST:
            return said
    return ""


def _unlike(tables: list[Table]) -> list[Table]:
    """Titles that name one table each: those without one are called by their number, repeated ones
    numbered.
    """
    seen: dict[str, int] = {}
    named = []
    for table in tables:
        title = table.title or f"表{table.number}"
        seen[title] = seen.get(title, 0) + 1
        if seen[title] > 1:
            title = f"{title}（{seen[title]}）"
        named.append(replace(table, title=title))
    return named
