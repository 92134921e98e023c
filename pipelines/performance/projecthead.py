"""Rows in the head of a project table that a flattened text has cut in two.

The head has no header whose width would tell: its labels do. What does not belong here: reading
the head (``projecttable.py``).
"""

from __future__ import annotations

import re

from pipelines.performance.projectwords import (
    FUND_COLUMNS,
    SIDE_BY_SIDE,
    field_key,
    fund_row_key,
)
from pipelines.performance.values import read_value
from pipelines.performance.words import header, label

MONEY_CAPTION = re.compile(r"预算执行情况|项目资金|年度预算数")
PAIRED = ("预算数", "执行数")


def one_row(row: list[str], rest: list[str]) -> bool:
    """Whether ``rest`` can only be the end of ``row``: a label waits for its value, an amount for
    its twin, a header of money for the rest of its columns.
    """
    left, right = _filled(row), _filled(rest)
    if not left or (not right and not _waits(left[-1])):
        return False
    if _waits(row[-1]) and not _is_label(rest[0]):
        return True
    return bool(right) and (
        _fund_header(left, right) or _fund_values(left, rest) or _twin(left, right[0])
    )


def _filled(words: list[str]) -> list[str]:
    return [w for w in words if w.strip()]


def _name(word: str) -> str:
    return label(word).rstrip("：")


def _waits(word: str) -> bool:
    """Whether a value belongs to the right of the words (not below them, as with the goals)."""
    name = _name(word)
    if name in PAIRED or fund_row_key(word):
        return True
    return (field_key(name) or "预期目标") not in SIDE_BY_SIDE


def _is_label(word: str) -> bool:
    name = _name(word)
    return name in PAIRED or field_key(name) is not None or bool(fund_row_key(word))


def _fund_header(left: list[str], right: list[str]) -> bool:
    """Two parts of the row that names the columns of money."""
    return any(map(_names_money, left)) and all(map(_names_money, right))


def _names_money(word: str) -> bool:
    return header(word) in FUND_COLUMNS or bool(MONEY_CAPTION.search(label(word)))


def _fund_values(left: list[str], rest: list[str]) -> bool:
    """A row of money (总额, 其中：财政拨款) whose amounts go on."""
    named = [w for w in left[:2] if fund_row_key(w)]
    return bool(named) and all(read_value(w).state != "text" for w in rest)


def _twin(left: list[str], first: str) -> bool:
    """预算数 … then 执行数; a source's budget, then the same source's execution; the goal, then
    what came of it.
    """
    names = [_name(w) for w in left]
    if _name(first) == "执行数":
        return "预算数" in names and "执行数" not in names
    if field_key(first) == "实际完成":
        return field_key(names[-1]) == "预期目标"
    source = fund_row_key(first)
    return bool(source) and [fund_row_key(w) for w in left].count(source) == 1
