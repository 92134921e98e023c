"""The prose of a document: what lies outside its tables, paragraph by paragraph, each under its
heading.

What does not belong here: what it says (``claims.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.narrative.normal import normalise
from pipelines.performance.pack import Paragraph, Prose

HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.、．](?!\d))(?P<title>.{1,40})$"
)
SENTENCE = re.compile(r"[。；！？]")


def read_prose(text: str, tables: Sequence[tuple[int, int]], file: str) -> Prose:
    """Every line outside the tables that says something.

    ``tables``: the spans of the tables; lines inside them belong to these.
    """
    prose = Prose(file, text)
    section = ""
    inside = sorted(tables)
    for start, end in _lines(text):
        if _covered(start, end, inside):
            continue
        normal = normalise(text, [(start, end)])
        if not normal.text:
            continue
        heading = HEADING.match(normal.text)
        is_heading = bool(heading) and not SENTENCE.search(normal.text)
        if is_heading:
            section = text[start:end].strip()
        prose.paragraphs.append(Paragraph(normal, start, end, section, is_heading))
    return prose


def _lines(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        yield start, start + len(body)
        start += len(raw)


def _covered(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any((first <= start and end <= last) or first <= start < last for first, last in spans)
