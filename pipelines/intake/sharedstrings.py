"""Text cells numbered -1: blank, as Excel repairs them, and never the first shared text.

A number beyond the last text is another matter: texts were lost, and the file is refused as
damaged.
"""

from __future__ import annotations

import re

_STRING = re.compile(rb"""\st=["']s["']""")
_CELL = re.compile(rb"""(<c\b[^>]*\st=["']s["'][^>]*>\s*)<v>([^<]*)</v>""")


def without_odd_strings(xml: bytes) -> bytes:
    """The sheet with cells blank whose text's number is negative (-1, as some writers put for an
    empty text).

    The reader would show the first shared text there. Negative numbers are few, so looking back
    from each is cheap.
    """
    at = xml.find(b"<v>-")
    while at >= 0:
        if _STRING.search(xml, xml.rfind(b"<c ", 0, at), at):
            return _CELL.sub(_blank_odd, xml)
        at = xml.find(b"<v>-", at + 4)
    return xml


def _blank_odd(match: re.Match[bytes]) -> bytes:
    return match[0] if match[2].strip().isdigit() else match[1]
