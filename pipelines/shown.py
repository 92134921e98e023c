"""Words that were submitted, safe to show: no control character reaches a terminal or a log."""

from __future__ import annotations

import unicodedata

# control, format (direction marks, invisible), surrogate, line and paragraph separators
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def escaped(text: str) -> str:
    """The text with every character that does not show written as ``\\xNN`` or ``\\uNNNN``.

    Also those that turn the direction of a line: a name must not forge a line of a log, nor speak
    to a terminal.
    """
    if text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _NOT_SHOWN else c for c in text)


def _escape(character: str) -> str:
    return (
        character.encode("ascii", "backslashreplace").decode()
        if ord(character) > 127
        else (f"\\x{ord(character):02x}")
    )


def lines_shown(text: str) -> str:
    """Words for a terminal, lines and tabs as they are: nothing submitted may speak to it."""
    return "".join(c if c in "\n\t" else escaped(c) for c in text)
