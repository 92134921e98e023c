"""Whether a figure was moved by one last digit so that its sums hold, and by how much."""

from __future__ import annotations

from pipelines.reconcile.moved_digits.figures import Group, Table, adds_up, rounded, unread_in


def moved_by(
    table: Table,
    groups: dict[int, list[Group]],
    around: dict[int, list[Group]],
    key: int,
    digit: int,
    unsure: bool = False,
) -> int:
    """By how much a figure was moved from its own rounding, where balancing explains it; else 0."""
    if key not in table.source or not digit:
        return 0
    moved = table.printed.get(key, 0) - rounded(table.source[key], digit)
    if abs(moved) != digit:
        return 0
    if any(_closes(table, g, key, digit, moved) for g in groups.get(key, ())):
        return moved
    return (
        moved
        if _in_balance(table, around, key, digit)
        or (unsure and _beside_unread(table, around, key, digit))
        else 0
    )


def _judged(table: Table, around: dict[int, list[Group]], key: int) -> list[Group]:
    """The figure's sums that hold in the sources and all of whose published figures can be read."""
    return [g for g in around.get(key, ()) if adds_up(table.source, g) and not unread_in(table, g)]


def _beside_unread(table: Table, around: dict[int, list[Group]], key: int, digit: int) -> bool:
    """Whether a sum of the figure holds an unreadable figure and may well add up."""
    for group in around.get(key, ()):
        unread = unread_in(table, group)
        if unread and adds_up(table.source, group):
            near = table.printed | {
                k: rounded(table.source[k], digit) for k in unread if k in table.source
            }
            total, parts = group
            gap = abs(sum(coef * near.get(k, 0) for k, coef in parts) - near.get(total, 0))
            if gap <= digit * len(unread):
                return True
    return False


def _in_balance(table: Table, around: dict[int, list[Group]], key: int, digit: int) -> bool:
    """Whether the figure's own sums all hold as published, in a set whose sums were visibly made to
    hold.
    """
    own = _judged(table, around, key)
    if not own or not all(adds_up(table.printed, g) for g in own):
        return False
    return is_balanced(table, around, digit)


def is_balanced(table: Table, around: dict[int, list[Group]], digit: int) -> bool:
    """Whether the set was visibly balanced: some sum holds that figures rounded each by itself
    would miss.
    """
    if table.balanced is None:
        near = {k: rounded(v, digit) for k, v in table.source.items()}
        sums = {g for found in around.values() for g in found if adds_up(table.source, g)}
        table.balanced = any(not adds_up(near, g) and adds_up(table.printed, g) for g in sums)
    return table.balanced


def _closes(table: Table, group: Group, key: int, digit: int, moved: int) -> bool:
    total, parts = group
    target = table.printed.get(total, 0)
    if sum(coef * table.printed.get(k, 0) for k, coef in parts) != target:
        return False
    gap = sum(coef * rounded(table.source.get(k, 0), digit) for k, coef in parts) - target
    sign = next(coef for k, coef in parts if k == key)
    return gap != 0 and (gap > 0) != (moved * sign > 0)
