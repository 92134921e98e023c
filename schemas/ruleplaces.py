"""Where the cells of a formula stand in the description of their form, and whether two formulas
could name an instance by the same cell.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.library import Form
from schemas.notation import LENGTHS, Cell, Selector, pattern
from schemas.rulemodel import Check


def split_block(form: Form, row: Selector) -> tuple[str, Selector]:
    """The block that a row selector names (empty for list tables) and the rest of it."""
    named = {b.name for b in form.blocks if b.name}
    first = row.parts[0].names
    if named and len(first) == 1 and first[0] in named and len(row.parts) > 1:
        return first[0], Selector(row.parts[1:], row.text.split("/", 1)[1], row.line, row.column)
    return "", row


def form_rows(form: Form, cell: Cell) -> list[str]:
    """The fixed rows of the cell's block; empty where rows are codes."""
    if not form.blocks:
        return []
    block = split_block(form, cell.row)[0]
    return [r.key for b in form.blocks if b.name == block for r in (*b.rows, *b.former)]


def form_columns(form: Form, cell: Cell) -> list[str]:
    """The described columns that the cell may name."""
    if not form.blocks:
        extra = ["合计"] if form.alternative == "economic" else []
        return [] if form.alternative else [c.key for c in form.columns] + extra
    block = split_block(form, cell.row)[0]
    return [c.key for b in form.blocks if b.name == block for c in b.columns]


def overlaps(one: Check, other: Check, forms: Mapping[str, Form]) -> bool:
    """Whether two formulas of a rule could name an instance by the same cell."""
    a, b = one.reference, other.reference
    if (a.scope, a.form) != (b.scope, b.form):
        return False
    (block, row), (other_block, other_row) = (split_block(forms[a.form], c.row) for c in (a, b))
    return (
        block == other_block
        and _meet(row, one, other_row, other)
        and _meet(a.col, one, b.col, other)
    )


def _meet(a: Selector, one: Check, b: Selector, other: Check) -> bool:
    if a.literal is not None:
        return bool(pattern(b, other.formula.words).fullmatch(a.literal))
    if b.literal is not None:
        return bool(pattern(a, one.formula.words).fullmatch(b.literal))
    levels = [_level(s) for s in (a, b)]
    return levels[0] == levels[1] or "" in levels


def _level(selector: Selector) -> str:
    """The code word of a selector that is nothing else, to tell 类 rows from 款 rows."""
    word = selector.parts[0].word if len(selector.parts) == 1 else ""
    return word if word in LENGTHS else ""
