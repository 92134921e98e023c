"""Text cells numbered -1 or not at all: blank, as Excel repairs them, never the first shared text.

A number beyond the last text is another matter: texts were lost, and the file is refused as
damaged.
"""

from __future__ import annotations

import re

# It begins with fixed letters, which the search for them makes four times faster than a space.
_ODD = re.compile(rb"""t=(?<=\st=)["']s["'][^>]*>\s*<v>(?!\d+</v>)""")
_CELL = re.compile(rb"""(<c\b[^>]*\st=["']s["'][^>]*>\s*)<v>([^<]*)</v>""")


def without_odd_strings(xml: bytes) -> bytes:
    """The sheet with cells blank whose text's number is none (-1, as some writers put for an empty
    text): the reader would show the first shared text there.
    """
    return _CELL.sub(_blank_odd, xml) if _ODD.search(xml) else xml


def _blank_odd(match: re.Match[bytes]) -> bytes:
    return match[0] if match[2].strip().isdigit() else match[1]
