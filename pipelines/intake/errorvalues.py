"""Error values as binary workbooks (.xls, .xlsb) write them: one byte each."""

from __future__ import annotations

_NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
ERRORS = frozenset(_NAMES.values())


def error_name(code: int) -> str:
    """The error as Excel shows it; a code that Excel does not know is #N/A."""
    return _NAMES.get(code, "#N/A")
