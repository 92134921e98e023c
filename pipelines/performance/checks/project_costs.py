"""E-13 (d), (e): amounts that cost indicators and goals give, against the project's money."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction

from pipelines.performance.arithmetic import interval
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.pack import Entry, Indicator, ProjectTable
from pipelines.performance.reached import is_cost
from pipelines.performance.values import MONEY_UNITS, canonical_unit
from pipelines.performance.words import flat

INVESTED = re.compile(
    r"(?:20\d\d年)?(?:全年)?(?:计划)?(?:安排|投入)(?:资金|预算)?(\d+(?:\.\d+)?)(万元|元)"
)
# Amounts of money are cut at two decimals; one or none is how a target is set (25万元, 1.8万元).
LEAST_DECIMALS = 2
TooLarge = tuple[Indicator, Entry, str]  # a cost, the cell that is too large, how in words


def _amount(one: Indicator, entry: Entry) -> Fraction | None:
    unit = canonical_unit(entry.value.unit or one.unit)
    if entry.value.number is None or unit not in MONEY_UNITS:
        return None
    return entry.value.number * MONEY_UNITS[unit]


def _above(one: Indicator, entry: Entry, limit: Entry) -> bool:
    """Whether an amount is more than the project's, however both were rounded: a whole number is
    meant as it stands, decimals are (12.35 for 123456.78 元).
    """
    amount = _amount(one, entry)
    if amount is None or not limit.number or "/" in one.unit:
        return False
    unit = canonical_unit(entry.value.unit or one.unit)
    rounded = entry.value.decimals >= LEAST_DECIMALS
    slack = entry.value.half * MONEY_UNITS[unit] if rounded else Fraction(0)
    return amount - slack > interval(limit).high


def check_costs(case: Case, table: ProjectTable) -> None:
    """(d) A cost indicator is part of the project's money, so never more. One finding a project."""
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    costs = [i for i in table.indicators if is_cost(i)]
    too_large: list[TooLarge] = []
    for one in costs:
        case.count("E-13")
        too_large += _too_large(one, budget, done)
        _without_amount(case, table, one)
    twins = _twins(costs)
    if too_large or twins:
        _report(case, table, too_large, twins)


def _report(
    case: Case, table: ProjectTable, too_large: list[TooLarge], twins: list[Indicator]
) -> None:
    for _, entry, _ in too_large:
        case.settle("E-13", entry)
    said = [f"“{i.title}”{how}" for i, _, how in too_large]
    if twins:
        said.append(f"“{twins[0].title}”有两个不同的值")
    targets = [i.target for i in twins]
    places = [e for _, e, _ in too_large] or targets
    message = f"“{table.project}”成本指标{'，'.join(said)}"
    funds = [table.fund("总额", "预算数"), table.fund("总额", "执行数")]
    case.fail("E-13", f"{table.project}/成本", message, [*places, *targets], funds)


def _too_large(one: Indicator, budget: Entry, done: Entry) -> list[TooLarge]:
    """What of a cost is more than the project has: its cell, and how in words."""
    found = []
    if _above(one, one.target, budget) and "单位成本" not in one.level2:
        found.append((one, one.target, f"目标 {one.target.text} 大于预算数 {in_wan(budget)}"))
    if _above(one, one.actual, done):
        found.append((one, one.actual, f"完成 {one.actual.text} 大于执行数 {in_wan(done)}"))
    return found


def _without_amount(case: Case, table: ProjectTable, one: Indicator) -> None:
    if _amount(one, one.target) is None and one.target.value.percent:
        message = f"“{table.project}”的成本指标“{one.title}”目标为 {one.target.text}，没有金额"
        place = f"{table.project}/{one.title}/无金额"
        case.fail("E-13", place, message, one.target, severity="hint")


def _twins(costs: list[Indicator]) -> list[Indicator]:
    by_name: dict[str, list[Indicator]] = defaultdict(list)
    for one in costs:
        by_name[one.title].append(one)
    for found in by_name.values():
        # A cost without an amount (not filled in, or in percent) is no other value.
        values = {(v, i.op) for i in found if (v := _amount(i, i.target)) is not None}
        if len(values) > 1:
            return found
    return []


def check_invested(case: Case, table: ProjectTable) -> None:
    """(e) The goal's own amount."""
    goal, budget = table.fields.get("预期目标"), table.fund("总额", "预算数")
    found = INVESTED.search(flat(goal.value.raw)) if goal is not None else None
    if found is None or goal is None or not budget.number:
        return
    case.count("E-13")
    places = len(found[1].partition(".")[2])
    factor = MONEY_UNITS[found[2]]
    half = Fraction(factor, 2 * 10**places)
    number = Fraction(found[1]) * factor
    known = interval(budget)
    if number + half < known.low or number - half > known.high:
        message = f"“{table.project}”目标中写投入 {found[1]}{found[2]}，预算数 {in_wan(budget)}"
        case.fail("E-13", f"{table.project}/投入", message, goal, budget)
