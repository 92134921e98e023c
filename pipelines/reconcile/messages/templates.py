"""Templates and files of SQL made ready for DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from schemas.message_words import parts_of

HERE = Path(__file__).parent


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """A name as an SQL identifier (left and right are words of SQL)."""
    return f'"{name}"'


def filled(template: str, columns: Mapping[str, str]) -> str:
    """SQL that fills a template: text as literals, ``{name}`` as ``columns[name]`` (SQL; NULL
    counts as nothing).
    """
    pieces = []
    for text, name in parts_of(template):
        if text:
            pieces.append(quoted(text))
        if name:
            pieces.append(f"coalesce({columns[name]}, '')")
    return " || ".join(pieces) or "''"


def statement(name: str, values: Mapping[str, object]) -> str:
    """The SQL of a file beside this one with its ``$names`` replaced; ``$$`` is a dollar sign."""
    return Template((HERE / name).read_text(encoding="utf-8")).substitute(values)
