"""Which characters a regular expression can begin with, so that it is tried only where one of them
stands.
"""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeVar

T = TypeVar("T")
SKIPPED = (codes.ASSERT, codes.ASSERT_NOT, codes.AT)


def first_characters(pattern: str) -> frozenset[str] | None:
    """Every character that a match may begin with; None where any may, or the match may
    be empty.
    """
    found, empty = _of(list(parser.parse(pattern)))
    return None if found is None or empty else frozenset(found)


def _of(nodes: list[tuple[Any, Any]]) -> tuple[set[str] | None, bool]:
    """First characters of a sequence, and whether it may match nothing."""
    found: set[str] = set()
    for kind, value in nodes:
        if kind in SKIPPED:
            continue
        own, empty = _one(kind, value)
        if own is None:
            return None, False
        found |= own
        if not empty:
            return found, False
    return found, True


def _one(kind: Any, value: Any) -> tuple[set[str] | None, bool]:
    if kind is codes.LITERAL:
        return {chr(value)}, False
    if kind is codes.IN:
        return _class(value), False
    if kind is codes.SUBPATTERN:
        return _of(list(value[3]))
    if kind in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        own, empty = _of(list(value[2]))
        return own, empty or value[0] == 0
    if kind is codes.BRANCH:
        return _branch(value[1])
    return None, False


def _class(members: list[tuple[Any, Any]]) -> set[str] | None:
    found: set[str] = set()
    for kind, value in members:
        if kind is codes.LITERAL:
            found.add(chr(value))
        elif kind is codes.RANGE and value[1] - value[0] < 64:
            found |= {chr(c) for c in range(value[0], value[1] + 1)}
        elif kind is codes.CATEGORY and value is codes.CATEGORY_DIGIT:
            found |= set("0123456789")
        else:
            return None
    return found


def _branch(options: list[Any]) -> tuple[set[str] | None, bool]:
    found: set[str] = set()
    empty = False
    for option in options:
        own, nothing = _of(list(option))
        if own is None:
            return None, False
        found |= own
        empty = empty or nothing
    return found, empty


def dispatch(
    patterns: list[tuple[re.Pattern[str], T]],
) -> dict[str, list[tuple[re.Pattern[str], T]]]:
    """Patterns by the character they may begin with; those that may begin with any stand under the
    empty text.
    """
    table: dict[str, list[tuple[re.Pattern[str], T]]] = {}
    for pattern, meaning in patterns:
        for character in first_characters(pattern.pattern) or ("",):
            table.setdefault(character, []).append((pattern, meaning))
    return table
