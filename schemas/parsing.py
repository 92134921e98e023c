"""Formulas read from text."""

from __future__ import annotations

from schemas.notation import WORDS, Formula


def parse(text: str, words: dict[str, str] | None = None) -> Formula:
    """Reads one formula; ``words`` adds words with their regular expressions.

    Raises :class:`FormulaError`.
    """
    from schemas.grammar import read  # the parser loads only where something is to be parsed

    return read(text, WORDS | (words or {}))
