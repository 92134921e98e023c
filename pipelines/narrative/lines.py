"""The lines of a text, and the number that one begins with.

What does not belong here: which of them are titles (``sections.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.narrative.normal import Normal, chinese_number, normalise

PART, FIRST, SECOND, THIRD = 0, 1, 2, 3
NUMBERS = (
    (PART, re.compile(r"第([一二三四五六七八九十]+)(?:部分|篇|章)[：、.，]?")),
    (FIRST, re.compile(r"第([一二三四五六七八九十]+)节[：、.，]?")),
    (FIRST, re.compile(r"([一二三四五六七八九十]{1,3})[、.，．]")),
    (SECOND, re.compile(r"（([一二三四五六七八九十]{1,3})）[、.，]?")),
    (THIRD, re.compile(r"(\d{1,2})[、.．](?:(?!\d)|(?=20\d\d年))")),
)
# what titles without a number are set in or begin with: 【收入决算情况】, ■收入决算情况, ◆◆收入…
FRAMED = re.compile(
    r"[【〖\[［](?!image|图片|pic|\d)([^【】〖〗\[\]［］。，]{2,40})[】〗\]］][：:]?"
)
BULLET = re.compile(r"[■◆●▶►★☆※◎◇□▪▍▎§❖➤]+")


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    normal: Normal
    after_blank: bool
    cell: bool


def split_lines(text: str) -> list[Line]:
    """The lines that say something, each with its span."""
    lines, start, blank = [], 0, False
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        normal = normalise(text, [(start, start + len(body))])
        if normal.text:
            lines.append(Line(start, start + len(body), normal, blank, raw.startswith("\t")))
            blank = False
        else:
            blank = True
        start += len(raw)
    return lines


def numbered(text: str) -> tuple[int | None, int | None, str, str]:
    """Level, number, label and the rest of a numbered line."""
    for level, pattern in NUMBERS:
        if found := pattern.match(text):
            value = int(found[1]) if found[1].isdigit() else chinese_number(found[1])
            return level, value, found[0], text[found.end() :]
    return None, None, "", text


def adorned(text: str) -> tuple[int, int, int] | None:
    """Where the words of a title that is set off by its signs begin and end, and where the title
    itself does; None for a line without such signs.
    """
    if found := FRAMED.match(text):
        return found.start(1), found.end(1), found.end()
    if found := BULLET.match(text):
        return found.end(), len(text), len(text)
    return None
