"""A cell of a flattened text, the cells between two empty lines, and what a line holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])"
)
SEPARATED = re.compile(r"\s*\|\s*|\t+| {2,}|\u3000{2,}")


@dataclass(slots=True)
class Cell:
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Piece:
    """Cells up to an empty line; ``gap``: how many empty lines stand before."""

    cells: list[Cell]
    gap: int

    @property
    def blank(self) -> bool:
        return not any(c.text.strip() for c in self.cells)


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        yield start, start + len(body)
        start += len(raw)


def separated(line: str, offset: int, keep: bool = False) -> list[Cell]:
    """The cells of a row that stands on one line; ``keep``: separators are tabs and bars only."""
    pattern = re.compile(r"\t|\|") if keep else SEPARATED
    if not keep and "|" not in line and "\t" not in line and NUMBERED.match(line):
        return []
    cells, start = [], 0
    for found in pattern.finditer(line):
        cells.append(trimmed(line[start : found.start()], offset + start))
        start = found.end()
    cells.append(trimmed(line[start:], offset + start))
    if not keep and cells and not cells[0].text:
        cells.pop(0)
    return cells


def barred(line: str, offset: int) -> list[Cell]:
    """The cells of a row with bars between them, or in a frame of bars (which begins the line)."""
    cells = separated(line, offset, keep=True)
    framed = line.startswith("|")
    return cells[1 : -1 if line.rstrip().endswith("|") else None] if framed else cells


def trimmed(raw: str, offset: int) -> Cell:
    body = raw.strip()
    start = offset + (raw.find(body) if body else 0)
    return Cell(body, start, start + len(body))
