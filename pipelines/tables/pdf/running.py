"""Heads and feet of pages and page numbers, taken out of the text.

A line at the edge of a page is one where it stands at the same edge of other pages too, the
number of the page aside.
What names a table, its unit or its money unit is none, however often it stands at the top of a
page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.tables.pdf.layout import PdfPage
from pipelines.tables.pdf.textline import TextLine

FEWEST_PAGES = 3  # pages on which a head stands at least; twice may be chance
SHARE = 0.4  # of all pages: heads stand on every other page where sides differ
DEEPEST = 3  # lines of a head or a foot
_CAPTION = re.compile(r"^[（(]?(?:备?注|说明)|表(?:（[^）]*）)?$|单位[：:]|部门[：:]|年度$|元）?$")
_NUMBERED = re.compile(
    r"^[-—–－_·.\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[/／|，,]?\s*共?\s*\d{1,4}\s*页?)?[-—–－_·.\s]*$"
)


def without_running(pages: Sequence[PdfPage]) -> None:
    """Moves heads, feet and numbers of pages from ``blocks`` to ``running``."""
    for last in (False, True):
        for _ in range(DEEPEST):
            if not _take_running(pages, last):
                break


def _take_running(pages: Sequence[PdfPage], last: bool) -> bool:
    """Moves the first line of each page, or its last one, where it is such; whether any was."""
    edges = {p.number: line for p in pages if (line := _edge(p, last)) is not None}
    shift = _shift(edges)
    # A figure of the text may by chance be that of the page: each line counts both ways.
    counted = Counter(key for n, line in edges.items() for key in _keys(line, n))
    taken = False
    for page in pages:
        line = edges.get(page.number)
        if line is not None and _is_running(line, page.number, shift, counted, len(pages)):
            page.blocks.pop(-1 if last else 0)
            page.running.append(line)
            taken = True
    return taken


def _edge(page: PdfPage, last: bool) -> TextLine | None:
    """The line at the top or the bottom of a page, where there is one."""
    block = page.blocks[-1 if last else 0] if page.blocks else None
    return block if isinstance(block, TextLine) else None


def _keys(line: TextLine, page: int) -> set[str]:
    """What a line says without spaces, as it is and without each figure that may be the number of
    its page: addresses and dates hold such figures too.
    """
    said = "".join(line.text.split())
    found = re.finditer(rf"(?<!\d){page}(?!\d)", said)
    return {said, *(f"{said[: m.start()]}#{said[m.end() :]}" for m in found)}


def _shift(edges: dict[int, TextLine]) -> int | None:
    """By how much the printed numbers of pages differ from the count, where most lines at this
    edge are such numbers.
    """
    shifts = Counter(
        int(found[1]) - number
        for number, line in edges.items()
        if (found := _NUMBERED.match(line.text))
    )
    if not shifts:
        return None
    shift, times = shifts.most_common(1)[0]
    return shift if times >= min(2, len(edges)) else None


def _is_running(
    line: TextLine, page: int, shift: int | None, counted: Counter[str], pages: int
) -> bool:
    number = _NUMBERED.match(line.text)
    if number and shift is not None and int(number[1]) - page == shift:
        return True
    times = max(counted[key] for key in _keys(line, page))
    said = "".join(line.text.split())
    return times >= max(FEWEST_PAGES, SHARE * pages) and not _CAPTION.search(said)
