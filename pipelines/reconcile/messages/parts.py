"""The parts of a message as SQL over ``n`` (rec_names), ``l``, ``r``, ``p`` (rec_sides: left,
right, allowed), ``a`` (rec_amounts) and ``el``, ``er`` (rec_empty: left, right).
"""

from __future__ import annotations

from pipelines.reconcile.messages.templates import filled, quoted
from schemas.message_words import MessageWords

MOST_OPERANDS = (
    4  # of a side, with full names: more are not read; the cells of the finding hold all
)
MOST_PLACES = 3  # of a side, in lists: what fits in a line beside both amounts


def part_columns(words: MessageWords) -> dict[str, str]:
    """SQL of each part of a template; ``a`` has the amounts."""
    allowed = filled(words.allowed, {"list": "p.listed"})
    return {
        "do": _by_severity(words.do),
        "left": short_side("l", words),
        "right": short_side("r", words),
        "gap": "a.gap",
        "own": f"CASE WHEN n.own THEN {filled(words.own, {'reason': 'n.message'})} END",
        "reason": "n.message",
        "left_full": full_side("l"),
        "right_full": full_side("r"),
        "difference": "a.difference",
        "distance": f"CASE WHEN n.scale > 1 THEN {quoted(words.distance['scaled'])}"
        f" ELSE {quoted(words.distance['plain'])} END",
        "allowed": f"CASE WHEN p.filled THEN {allowed} END",
    }


def _by_severity(do: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {quoted(key)} THEN {quoted(word)}" for key, word in do.items())
    return f"CASE n.severity {cases} END"


def _amount(side: str) -> str:
    return {"l": "a.left_amount", "r": "a.right_amount"}[side]


def _nothing(side: str) -> str:
    """A side without any operand: the tables that hold nothing for a condition, else nought."""
    return f"coalesce(e{side}.said, '0')"


def full_side(side: str) -> str:
    """A side with full names: the cell and its amount, or the sum, how many, and the largest."""
    return f"""CASE
        WHEN {side}.uy IS NULL THEN {_nothing(side)}
        WHEN {side}.many = 1 AND ({side}.plain OR n.scale > 1) THEN {side}.listed
        ELSE '合计 ' || {_amount(side)} || '（' || {side}.listed
            || CASE
                WHEN {side}.many > {MOST_OPERANDS} THEN ' 等 ' || {side}.many || ' 项' ELSE ''
            END || '）'
    END"""


def short_side(side: str, words: MessageWords) -> str:
    """A side as lists say it; the right one leaves out table, line and column where they are the
    left's.
    """
    table = _table_name(side)
    parts = {"amount": _amount(side), "count": f"{side}.told"}
    cell = {"place": f"{table} || {_one_place(side)}", "amount": f"{side}.value"}
    several = f"CASE WHEN {side}.one_table THEN {table} || {side}.cells ELSE {side}.places END"
    more = f"CASE WHEN {side}.told > {MOST_PLACES} THEN {filled(words.more, parts)} ELSE '' END"
    named = parts | {"places": f"{several} || {more}"}
    return f"""CASE
        WHEN {side}.uy IS NULL THEN {_nothing(side)}
        WHEN {side}.told = 1 AND ({side}.alike OR n.scale > 1)
            THEN {filled(words.side["cell"], cell)}
        WHEN {side}.below THEN {filled(words.side["children"], parts)}
        WHEN NOT {side}.alike THEN {filled(words.side["computed"], named)}
        ELSE {filled(words.side["sum"], named)}
    END"""


def _table_name(side: str) -> str:
    """``上年财决02表 ``; on the right only whose table it is, where it is the same table as on the
    left.
    """
    named = f"{side}.who || {side}.number || ' '"
    if side == "l":
        return named
    return f"""CASE
        WHEN r.who = l.who AND r.number = l.number THEN ''
        WHEN r.number = l.number THEN r.who || ' '
        ELSE {named}
    END"""


def _one_place(side: str) -> str:
    """``G11“文化旅游体育与传媒支出·项目支出”``; on the right only what differs from the left."""
    row, col = f"{side}.row_name", f"{side}.col_name"
    if side == "r":
        row = f"CASE WHEN {row} IS DISTINCT FROM l.row_name OR r.cell = '' THEN {row} END"
        col = f"CASE WHEN {col} IS DISTINCT FROM l.col_name OR r.cell = '' THEN {col} END"
    label = f"nullif(concat_ws('·', {row}, {col}), '')"
    return f"{side}.cell || coalesce('“' || {label} || '”', '')"
