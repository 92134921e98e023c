"""The published figures of a unit and year beside their sources, and the sums they stand in.

A sum (``Group``) is a total with its parts and their signs, all as keys of cells.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

Group = tuple[int, tuple[tuple[int, int], ...]]


@dataclass
class Table:
    """One unit-year's published figures: as printed, and their sources (分), by key; ``unread``:
    those that hold no number; ``lost``: those whose source holds none.
    """

    printed: dict[int, int] = field(default_factory=dict)
    source: dict[int, int] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    balanced: bool | None = None
    restored: set[int] = field(default_factory=set)


def sums_around(groups: dict[int, list[Group]]) -> dict[int, list[Group]]:
    """For every figure: the sums it stands in, as a part or as the total."""
    around: dict[int, dict[Group, None]] = defaultdict(dict)
    for part, found in groups.items():
        for group in found:
            around[part][group] = None
            around[group[0]][group] = None
    return {key: list(found) for key, found in around.items()}


def adds_up(figures: dict[int, int], group: Group) -> bool:
    """Whether a sum holds; one of which no figure is there does not count."""
    total, parts = group
    there = total in figures and any(k in figures for k, _ in parts)
    return there and sum(coef * figures.get(k, 0) for k, coef in parts) == figures[total]


def unread_in(table: Table, group: Group) -> set[int]:
    return {key for key in (group[0], *(k for k, _ in group[1])) if key in table.unread}


def lacking_for(figures: dict[int, int], group: Group, key: int) -> int:
    """What the figure has to be for the sum to hold, all others as published."""
    total, parts = group
    added = sum(coef * figures.get(k, 0) for k, coef in parts if k != key)
    if key == total:
        return added
    sign = next(coef for k, coef in parts if k == key)
    return sign * (figures.get(total, 0) - added)


def rounded(fen: int, digit: int) -> int:
    """To the nearest digit, halves away from nought."""
    whole, rest = divmod(abs(fen), digit)
    size = (whole + (1 if 2 * rest >= digit else 0)) * digit
    return size if fen >= 0 else -size
