"""Text as it stands in XML: what ``xml.sax.saxutils`` writes, without the client for HTTP that it
loads (a tenth of what a reader of one workbook imports).
"""

from __future__ import annotations

_SPACES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def escape(text: str) -> str:
    """The text between two tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoteattr(text: str) -> str:
    """The text as the value of an attribute, with its quotes."""
    escaped = escape(text)
    for space, written in _SPACES.items():
        escaped = escaped.replace(space, written)
    if '"' not in escaped:
        return f'"{escaped}"'
    return f"'{escaped}'" if "'" not in escaped else '"' + escaped.replace('"', "&quot;") + '"'
