"""Sums of money judged, and amounts of the text against those of a table."""

from __future__ import annotations

import re

from pipelines.performance.arithmetic import (
    difference,
    sum_of,
    sums_up,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.claims import Claim, find
from pipelines.performance.pack import Entry

AMOUNTS = ("年度预算", "中期调整", "调整后预算", "预算执行")
AMOUNT = r"(?:总额|数)?(?:为|是)?(?P<n>-?\d+(?:\.\d+)?)(?P<u>亿元|万元|元)?"
# What the year's expenditure is made of: the first two always, the others where a unit has them.
WHOLE = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")


def sum_holds(
    case: Case,
    rule: str,
    form: str,
    key: str,
    column: str,
    whole: Entry,
    parts: list[Entry],
    what: str,
) -> bool:
    """One sum judged; True where it holds or cannot be said."""
    outcome = sums_up(whole, parts)
    if outcome is None:
        return True
    case.count(rule)
    if outcome:
        return True
    gap = difference(whole, parts)
    message = (
        f"“{key}”的{column}印 {in_wan(whole)}，{what} {wan(sum_of(parts).middle)}，相差 {wan(gap)}"
    )
    case.fail(rule, f"{form}[{key},{column}]", message, whole, parts, difference=gap)
    case.settle(rule, whole)
    return False


def said_amounts(case: Case, pattern: str, near: re.Pattern[str]) -> list[Claim]:
    found = find(case.pack, "文字", re.compile(pattern))
    return [c for c in found if near.search(c.paragraph.normal.text)]


def against(
    case: Case, rule: str, form: str, key: str, column: str, said: Claim, cells: list[Entry]
) -> None:
    if not cells or (said.entry.value.unit == "" and said.number != 0):
        return
    case.count(rule)
    if said.entry.value.interval.meets(sum_of(cells)) or any(
        case.is_settled(rule, c) for c in cells
    ):
        return
    gap = said.number - sum_of(cells).middle
    message = (
        f"文字中“{said.entry.spot.quote if said.entry.spot else ''}”，表中为"
        f" {wan(sum_of(cells).middle)}，相差 {wan(gap)}"
    )
    case.fail(rule, f"{form}[{key},{column}]/文字", message, said.entry, cells, difference=gap)
