"""What a worksheet prints at the head and foot of its pages: many a table has its unit, year or
money unit only there.

What does not belong here: rows repeated on every page, which are cells like others.
"""

from __future__ import annotations

import html
import re

# The first page's may differ, the even pages' repeat the odd ones'.
_PART = re.compile(
    rb"<(?:firstHeader|oddHeader|firstFooter|oddFooter)(?:\s[^>]*)?>(.*?)</", re.DOTALL
)
# Left, centre and right, and the end of a line, part two captions.
_PARTS = re.compile(r"&[LCR]|[\r\n]+|_x000[AD]_")
# Fonts, sizes, colours; page numbers, dates, the names of sheet and file say nothing of the table.
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[BIUESXYPNDTZFAGOH])')
LONGEST = 200  # characters that can be a caption
MOST = 12  # lines


def page_lines(xml: bytes) -> tuple[str, ...]:
    """The lines of a worksheet's page headers and footers, without codes; ``xml`` in plain form."""
    start = max(xml.rfind(b"</sheetData"), 0)
    found: list[str] = []
    for part in _PART.findall(xml, start):
        text = html.unescape(part.decode("utf-8", "replace"))
        for piece in _PARTS.split(text):
            line = _CODES.sub("", piece).replace("&&", "&").strip()
            if 1 < len(line) <= LONGEST and line not in found:
                found.append(line)
    return tuple(found[:MOST])
