"""E-13, E-14, E-27: the money of projects: sources, the residual table, cost indicators,
coverage.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from fractions import Fraction

from pipelines.performance.arithmetic import (
    difference,
    equal,
    interval,
    percent,
    rate_holds,
    rate_of,
    sum_of,
    sums_up,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.claims import phrases
from pipelines.performance.pack import Entry, Indicator, ProjectTable
from pipelines.performance.projectwords import SPENT
from pipelines.performance.reached import is_cost
from pipelines.performance.values import MONEY_UNITS, canonical_unit
from pipelines.performance.words import flat

SOURCES = ("财政拨款", "专户资金", "单位资金", "上年结转", "其他资金")
MOST_SOURCES = 10  # a thousand sums; no form has more rows of money
INVESTED = re.compile(
    r"(?:20\d\d年)?(?:全年)?(?:计划)?(?:安排|投入)(?:资金|预算)?(\d+(?:\.\d+)?)(万元|元)"
)
# Less than one percent (or 0.5 万元) of the project expenditure may stay uncovered: rounding and
# small change.
SHARE, LEAST = Fraction(1, 100), 5_000
# Amounts of money are cut at two decimals; one or none is how a target is set (25万元, 1.8万元).
LEAST_DECIMALS = 2
NAMED_REST = re.compile(r"(?:转移支付|代编|涉密|另行评价|不纳入(?:项目)?绩效|产业扶持)")


def check(case: Case) -> None:
    tables = case.pack.evaluated()
    if not tables:
        for rule in ("E-13", "E-27"):
            case.lack(rule, "没有项目自评表")
    for table in tables:
        _sources(case, table)
        _executed(case, table)
        _execution_rate(case, table)
        _costs(case, table)
        _invested(case, table)
    _against_residual(case)
    _coverage(case)


def _sources(case: Case, table: ProjectTable) -> None:
    """The total of each column is what its sources bring."""
    rule = "E-13" if table.layout == "A" else "E-27"
    for column, names in itertools.product(("年初预算", "预算数", "执行数"), _divisions(table)):
        parts = [table.fund(s, column) for s in names]
        total = table.fund("总额", column)
        if not any(p.number for p in parts):
            continue
        outcome = sums_up(total, parts)
        if outcome is False and not set(names) <= {*SOURCES, *SPENT}:
            outcome = _some_add_up(total, parts)
        if outcome is None:
            continue
        case.count(rule)
        if not outcome:
            gap = difference(total, parts)
            message = (
                f"“{table.project}”{column} {wan(total.value.number or 0)}，各来源合计"
                f" {wan(sum_of(parts).middle)}，相差 {wan(gap)}"
            )
            entries = [p for p in parts if p.said]
            case.fail(
                rule, f"{table.project}[总额,{column}]", message, total, entries, difference=gap
            )
            case.settle("E-13", total)


def _divisions(table: ProjectTable) -> list[list[str]]:
    """The rows that divide the total: by source, and for a whole unit by kind of expenditure."""
    rows = list(dict.fromkeys(row for row, _ in table.funds))
    sources = [r for r in rows if r not in ("总额", *SPENT)]
    return [sources, [r for r in rows if r in SPENT]]


def _some_add_up(total: Entry, parts: list[Entry]) -> bool | None:
    """Whether some of the parts bring the total. Of sources under names of their own nobody knows
    which are parts of others (中央资金 of 财政拨款).
    """
    if len(parts) > MOST_SOURCES:
        return None
    some = (c for n in range(1, len(parts)) for c in itertools.combinations(parts, n))
    return any(sums_up(total, list(c)) for c in some)


def _executed(case: Case, table: ProjectTable) -> None:
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    if not budget.number or not done.number:
        return
    case.count("E-13")
    if interval(done).low > interval(budget).high and not case.is_settled("E-13", budget, done):
        message = (
            f"“{table.project}”执行数 {wan(done.value.number or 0)}，大于预算数"
            f" {wan(budget.value.number or 0)}"
        )
        case.fail("E-13", f"{table.project}/超预算", message, done, budget, severity="review")


def _execution_rate(case: Case, table: ProjectTable) -> None:
    """E-27: the execution rate and its points, the reasons that are due."""
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    printed, score = table.fund("总额", "执行率"), table.fund("总额", "得分")
    if table.layout == "A" or not budget.number or not done.number:
        return
    rate = rate_of(interval(done), interval(budget))
    if rate is None:
        return
    clean = not case.is_settled("E-13", budget, done)
    if printed.number and clean:
        case.count("E-27")
        outcome = rate_holds(printed.value, rate)
        if outcome != "pass":
            message = (
                f"“{table.project}”预算执行率印 {printed.text}，{wan(done.value.number or 0)} ÷"
                f" {wan(budget.value.number or 0)} = {percent(rate.middle)}"
            )
            case.fail(
                "E-27",
                f"{table.project}[执行率]",
                message,
                printed,
                [done, budget],
                severity="hint" if outcome == "hint" else None,
            )
            clean = False
    if score.number and clean:
        _points(case, table, score, rate)
    _reasons(case, table, rate)


def _points(case: Case, table: ProjectTable, score: Entry, rate: object) -> None:
    weight = table.fund("总额", "分值").value.number or table.fund_weight.value.number
    points = weight or Fraction(10)
    low = points * min(Fraction(1), rate.low / 100)  # type: ignore[attr-defined]
    high = points * min(Fraction(1), rate.high / 100)  # type: ignore[attr-defined]
    number = score.value.number
    assert number is not None
    case.count("E-27")
    slack = Fraction(1, 100) + score.value.half * (score.value.decimals > 0)
    if not low - slack <= number <= high + slack:
        message = f"“{table.project}”预算执行得分印 {score.text}，按执行率计算为 {float(low):.2f}"
        case.fail(
            "E-27", f"{table.project}[执行率得分]", message, score, table.fund("总额", "执行率")
        )
        case.settle("得分", score)


def _reasons(case: Case, table: ProjectTable, rate: object) -> None:
    if table.layout != "B" or "原因" not in table.columns:
        return
    reason = table.fund("总额", "原因")
    initial, budget = table.fund("总额", "年初预算"), table.fund("总额", "预算数")
    if reason.words:
        return
    if rate.high < 90:  # type: ignore[attr-defined]
        message = f"请补写原因：“{table.project}”预算执行率低于 90%"
        case.fail(
            "E-27",
            f"{table.project}/低于90",
            message,
            [table.fund("总额", "执行率"), table.fund("总额", "执行数")],
            reason,
            severity="review",
        )
    elif equal(initial, budget) is False:
        message = (
            f"请补写调整原因：“{table.project}”年初预算 {wan(initial.value.number or 0)}，"
            f"调整后 {wan(budget.value.number or 0)}"
        )
        case.fail(
            "E-27", f"{table.project}/调整", message, [budget, initial], reason, severity="review"
        )


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


def _costs(case: Case, table: ProjectTable) -> None:
    """(d) A cost indicator is part of the project's money, so never more. One finding a project."""
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    costs = [i for i in table.indicators if is_cost(i)]
    too_large: list[tuple[Indicator, Entry, str]] = []
    for one in costs:
        case.count("E-13")
        if _above(one, one.target, budget) and "单位成本" not in one.level2:
            too_large.append((one, one.target, f"目标 {one.target.text} 大于预算数 {_wan(budget)}"))
        if _above(one, one.actual, done):
            too_large.append((one, one.actual, f"完成 {one.actual.text} 大于执行数 {_wan(done)}"))
        if _amount(one, one.target) is None and one.target.value.percent:
            message = f"“{table.project}”的成本指标“{one.title}”目标为 {one.target.text}，没有金额"
            case.fail(
                "E-13", f"{table.project}/{one.title}/无金额", message, one.target, severity="hint"
            )
    twins = _twins(costs)
    if not too_large and not twins:
        return
    for _, entry, _ in too_large:
        case.settle("E-13", entry)
    places = [e for _, e, _ in too_large] or [i.target for i in twins]
    said = [f"“{i.title}”{how}" for i, _, how in too_large]
    what = "成本指标" + "，".join(
        [*said, *([f"“{twins[0].title}”有两个不同的值"] if twins else [])]
    )
    case.fail(
        "E-13",
        f"{table.project}/成本",
        f"“{table.project}”{what}",
        [*places, *(i.target for i in twins)],
        [budget, done],
    )


def _wan(entry: Entry) -> str:
    return wan(entry.value.number or 0)


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


def _invested(case: Case, table: ProjectTable) -> None:
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
        message = (
            f"“{table.project}”目标中写投入 {found[1]}{found[2]}，预算数"
            f" {wan(budget.value.number or 0)}"
        )
        case.fail("E-13", f"{table.project}/投入", message, goal, budget)


def _against_residual(case: Case) -> None:
    """(b) The project's own money against the residual table."""
    for project in case.matched.projects:
        listed, own = project.listed("JX10"), project.listed("JX14")
        if listed is None or own is None or listed.row is None or own.table is None:
            continue
        for column, name in (("预算金额", "预算数"), ("预算执行", "执行数")):
            one, other = listed.row.get(column), own.table.fund("总额", name)
            outcome = equal(one, other)
            if outcome is None or case.is_settled("E-13", other):
                continue
            case.count("E-13")
            if not outcome:
                gap = difference(one, [other])
                message = (
                    f"“{project.name}”{name}：资金结余率表 {wan(one.value.number or 0)}，项目自评表"
                    f" {wan(other.value.number or 0)}，相差 {wan(gap)}"
                )
                case.fail("E-13", f"{project.name}[{name}]", message, one, other, difference=gap)


def _coverage(case: Case) -> None:
    """E-14: project expenditure that no project's evaluation covers."""
    whole = case.pack.row("JX03", "项目支出")
    spent = whole.get("预算执行") if whole is not None else Entry()
    own = [] if case.pack.partial else case.matched.lists.get("JX14")
    listed = case.matched.lists.get("JX10") or own
    if not spent.number or not spent.value.number or not listed:
        case.lack("E-14", "没有项目支出执行数或项目清单")
        return
    entries = [e for x in listed if (e := _done(x)).number]
    if not entries:
        case.lack("E-14", "项目清单没有执行数")
        return
    case.count("E-14")
    added = sum_of(entries)
    total = interval(spent)
    gap = total.middle - added.middle
    if added.low > total.high:
        message = (
            f"各项目执行数合计 {wan(added.middle)}，大于项目支出 {wan(total.middle)}，相差"
            f" {wan(-gap)}"
        )
        case.fail(
            "E-14", "项目支出/超过", message, spent, entries, severity="error", difference=gap
        )
        return
    explained = case.manual.get("uncovered_projects") or any(phrases(case.pack, NAMED_REST))
    small = max(SHARE * total.middle, Fraction(LEAST))
    if gap > small and not explained:
        share = percent(gap / total.middle * 100)
        message = (
            f"项目支出 {wan(total.middle)}，有绩效自评的 {len(entries)} 个项目合计"
            f" {wan(added.middle)}，{wan(gap)}（{share}）没有项目绩效自评"
        )
        case.fail("E-14", "项目支出", message, spent, entries, difference=gap)


def _done(listed: object) -> Entry:
    row, table = listed.row, listed.table  # type: ignore[attr-defined]
    return row.get("预算执行") if row is not None else table.fund("总额", "执行数")
