"""The table of contents of a document: which of its lines are entries, not titles of the text."""

from __future__ import annotations

import re

from pipelines.narrative.lines import PART, Line, numbered

TOC_LEADER = re.compile(r"(?:\.{3,}|…{2,}|·{3,})（?\d+(?:-\d+)?）?$|PAGEREF|_Toc\d")
LONGEST_ENTRY = 60  # characters of a line of the contents


def contents_lines(text: str, lines: list[Line]) -> set[int]:
    """Indexes of the lines of a table of contents."""
    marked = {
        i for i, line in enumerate(lines) if TOC_LEADER.search(text[line.start : line.end].strip())
    }
    half = lines[: len(lines) // 2 + 1]
    start = next((i for i, line in enumerate(half) if line.normal.text in ("目录", "目次")), None)
    if start is None or start + 1 >= len(lines):
        return marked
    return marked | set(range(start, _end(lines, start)))


def _end(lines: list[Line], start: int) -> int:
    """Where the text begins after the contents: with their first entry again, or with a line that
    is no entry; where it is not found only the title of the contents is left out.
    """
    first = _toc_title(lines[start + 1])
    level, last, *_ = numbered(first)
    for i in range(start + 2, len(lines)):
        title = _toc_title(lines[i])
        own, number, *_ = numbered(title)
        begins = own == level == PART and _falls_back(last, number)
        if begins or _same_title(title, first) or _is_sentence(title):
            return i
        last = number if own == level else last
    return start + 1


def _is_sentence(title: str) -> bool:
    """Whether a line is too long for an entry, or ended like a sentence."""
    return len(title) > LONGEST_ENTRY or title.endswith("。")


def _falls_back(last: int | None, number: int | None) -> bool:
    """Whether a number does not go on from the last: parts of the text again, the first of which
    it may lack.
    """
    return last is not None and number is not None and number <= last


def _same_title(title: str, first: str) -> bool:
    """Whether a line is the first entry of the contents again, as the heading of the text: its
    part, or nearly its words.
    """
    level, number, _, rest = numbered(title)
    first_level, first_number, _, first_rest = numbered(first)
    if (level, number) != (first_level, first_number):
        return False
    if level == PART:
        return True
    shared = set(rest) & set(first_rest)
    return 2 * len(shared) >= max(len(set(rest)), len(set(first_rest))) or rest == first_rest


def _toc_title(line: Line) -> str:
    return re.sub(r"(?:[.…·]*-?\d+(?:-\d+)?-?|[.…·]+)$", "", line.normal.text)
