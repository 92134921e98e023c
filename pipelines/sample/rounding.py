"""Rounding to the last published digit: each figure by itself, or parts balanced to their rounded
total (舍位平衡).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.sample.tables import TOTAL, Table

DIGIT = 10_000  # 分 in 0.01 万元


def half_up(amount: int) -> int:
    """To the nearest 0.01 万元, halves away from zero; in 分."""
    sign = -1 if amount < 0 else 1
    return sign * ((abs(amount) + DIGIT // 2) // DIGIT) * DIGIT


def rounded(table: Table) -> Table:
    return {key: half_up(amount) for key, amount in table.items()}


def balanced_list(table: Table) -> Table:
    """Column by column down the tree of codes: the total is rounded, its parts are moved by a digit
    so that they add up.
    """
    result: Table = {}
    for column in {c for _, _, c in table}:
        exact = {row: amount for (_, row, c), amount in table.items() if c == column}
        placed = {TOTAL: half_up(exact.get(TOTAL, 0))}
        _balance(TOTAL, exact, placed)
        result |= {("", row, column): amount for row, amount in placed.items()}
    return result


def _balance(parent: str, exact: Mapping[str, int], placed: dict[str, int]) -> None:
    children = [r for r in exact if r.isdigit() and _parent(r) == parent]
    if not children:
        return
    placed |= balance({c: exact[c] for c in children}, placed[parent])
    for child in children:
        _balance(child, exact, placed)


def _parent(code: str) -> str:
    return TOTAL if len(code) == 3 else code[:-2]


def balance(parts: Mapping[str, int], total: int) -> dict[str, int]:
    """Rounded parts that add up to a rounded total: those nearest to the next digit are moved.

    A zero stays zero.
    """
    found = {name: half_up(amount) for name, amount in parts.items()}
    movable = [n for n in found if parts[n]]
    missing = (total - sum(found.values())) // DIGIT
    step = 1 if missing > 0 else -1
    order = sorted(movable, key=lambda n: (step * (found[n] - parts[n]), n))
    for number in range(abs(missing)):
        if order:
            found[order[number % len(order)]] += step * DIGIT
    return found
