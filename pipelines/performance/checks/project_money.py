"""E-13, E-14, E-27: the money of projects: sources, the residual table, coverage.

What does not belong here: amounts that indicators and goals give (``project_costs.py``).
"""

from __future__ import annotations

import itertools
import re
from fractions import Fraction

from pipelines.narrative.figures import Interval
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
from pipelines.performance.checks.project_costs import check_costs, check_invested
from pipelines.performance.checks.project_natures import check_natures
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.claims import phrases
from pipelines.performance.matching import Listed
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projectwords import AMOUNT, SPENT

SOURCES = ("财政拨款", "专户资金", "单位资金", "上年结转", "其他资金")
MOST_SOURCES = 10  # a thousand sums; no form has more rows of money
# Less than one percent (or 0.5 万元) of the project expenditure may stay uncovered: rounding and
# small change.
SHARE, LEAST = Fraction(1, 100), 5_000
NAMED_REST = re.compile(r"(?:转移支付|代编|涉密|另行评价|不纳入(?:项目)?绩效|产业扶持)")


def check(case: Case) -> None:
    tables = case.pack.evaluated()
    if not tables:
        for rule in ("E-13", "E-27"):
            case.lack(rule, "没有项目自评表")
    for table in tables:
        _sources(case, table)
        check_natures(case, table)
        _executed(case, table)
        _execution_rate(case, table)
        check_costs(case, table)
        check_invested(case, table)
    _against_residual(case)
    _coverage(case)


def _sources(case: Case, table: ProjectTable) -> None:
    """The total of each column is what its sources bring."""
    for column, names in itertools.product(("年初预算", "预算数", "执行数"), _divisions(table)):
        _column_sum(case, table, column, names)


def _column_sum(case: Case, table: ProjectTable, column: str, names: list[str]) -> None:
    rule = "E-13" if table.layout == "A" else "E-27"
    parts = [table.fund(s, column) for s in names]
    total = table.fund("总额", column)
    outcome = _adds_up(total, parts, names)
    if outcome is None:
        return
    case.count(rule)
    if not outcome:
        gap = difference(total, parts)
        message = (
            f"“{table.project}”{column} {in_wan(total)}，各来源合计"
            f" {wan(sum_of(parts).middle)}，相差 {wan(gap)}"
        )
        place = f"{table.project}[总额,{column}]"
        case.fail(rule, place, message, total, [p for p in parts if p.said], difference=gap)
        case.settle("E-13", total)


def _adds_up(total: Entry, parts: list[Entry], names: list[str]) -> bool | None:
    """Whether the parts bring the total; None where nothing can be said."""
    if not any(p.number for p in parts):
        return None
    outcome = sums_up(total, parts)
    if outcome is False and not set(names) <= {*SOURCES, *SPENT}:
        return _some_add_up(total, parts)
    return outcome


def _divisions(table: ProjectTable) -> list[list[str]]:
    """The rows that divide the total: by source, and for a whole unit by kind of expenditure."""
    rows = list(dict.fromkeys(row for row, column in table.funds if column != AMOUNT))
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
        message = f"“{table.project}”执行数 {in_wan(done)}，大于预算数 {in_wan(budget)}"
        case.fail("E-13", f"{table.project}/超预算", message, done, budget, severity="review")


def _execution_rate(case: Case, table: ProjectTable) -> None:
    """E-27: the execution rate and its points, the reasons that are due."""
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    if not budget.number or not done.number or not _is_rated(table):
        return
    rate = rate_of(interval(done), interval(budget))
    if rate is None:
        return
    score = table.fund("总额", "得分")
    clean = not case.is_settled("E-13", budget, done) and _rate_holds(case, table, rate)
    if score.number and clean:
        _points(case, table, score, rate)
    _reasons(case, table, rate)


def _is_rated(table: ProjectTable) -> bool:
    """Layout A has no rate but where a form adds one."""
    return table.layout != "A" or table.fund("总额", "执行率").number


def _rate_holds(case: Case, table: ProjectTable, rate: Interval) -> bool:
    """The printed rate judged; True where it holds or is not printed."""
    printed = table.fund("总额", "执行率")
    if not printed.number:
        return True
    case.count("E-27")
    outcome = rate_holds(printed.value, rate)
    if outcome == "pass":
        return True
    budget, done = table.fund("总额", "预算数"), table.fund("总额", "执行数")
    message = (
        f"“{table.project}”预算执行率印 {printed.text}，{in_wan(done)} ÷"
        f" {in_wan(budget)} = {percent(rate.middle)}"
    )
    severity = hint_or_own(outcome)
    place = f"{table.project}[执行率]"
    case.fail("E-27", place, message, printed, [done, budget], severity=severity)
    return False


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
            f"请补写调整原因：“{table.project}”年初预算 {in_wan(initial)}，调整后 {in_wan(budget)}"
        )
        case.fail(
            "E-27", f"{table.project}/调整", message, [budget, initial], reason, severity="review"
        )


def _against_residual(case: Case) -> None:
    """(b) The project's own money against the residual table."""
    for project in case.matched.projects:
        listed, own = project.listed("JX10"), project.listed("JX14")
        if listed is None or own is None or listed.row is None or own.table is None:
            continue
        for column, name in (("预算金额", "预算数"), ("预算执行", "执行数")):
            subject = f"{project.name}[{name}]"
            one, other = listed.row.get(column), own.table.fund("总额", name)
            _twice(case, subject, f"“{project.name}”{name}", one, other)


def _twice(case: Case, subject: str, what: str, one: Entry, other: Entry) -> None:
    """The same amount in the residual table and in the project's."""
    outcome = equal(one, other)
    if outcome is None or case.is_settled("E-13", other):
        return
    case.count("E-13")
    if not outcome:
        gap = difference(one, [other])
        message = f"{what}：资金结余率表 {in_wan(one)}，项目自评表 {in_wan(other)}，相差 {wan(gap)}"
        case.fail("E-13", subject, message, one, other, difference=gap)


def _coverage(case: Case) -> None:
    """E-14: project expenditure that no project's evaluation covers."""
    whole = case.pack.row("JX03", "项目支出")
    spent = whole.get("预算执行") if whole is not None else Entry()
    listed = _project_list(case)
    if not spent.number or not spent.value.number or not listed:
        case.lack("E-14", "没有项目支出执行数或项目清单")
        return
    entries = [e for x in listed if (e := _done(x)).number]
    if not entries:
        case.lack("E-14", "项目清单没有执行数")
        return
    case.count("E-14")
    if sum_of(entries).low > interval(spent).high:
        _covered_above(case, spent, entries)
    else:
        _uncovered(case, spent, entries)


def _project_list(case: Case) -> list[Listed]:
    """The residual table, else the projects' own tables where all were read."""
    own = [] if case.pack.partial else case.matched.lists.get("JX14")
    return case.matched.lists.get("JX10") or own or []


def _covered_above(case: Case, spent: Entry, entries: list[Entry]) -> None:
    added, total = sum_of(entries).middle, interval(spent).middle
    gap = total - added
    message = f"各项目执行数合计 {wan(added)}，大于项目支出 {wan(total)}，相差 {wan(-gap)}"
    case.fail("E-14", "项目支出/超过", message, spent, entries, severity="error", difference=gap)


def _uncovered(case: Case, spent: Entry, entries: list[Entry]) -> None:
    added, total = sum_of(entries).middle, interval(spent).middle
    gap = total - added
    explained = case.manual.get("uncovered_projects") or any(phrases(case.pack, NAMED_REST))
    if gap > max(SHARE * total, Fraction(LEAST)) and not explained:
        message = (
            f"项目支出 {wan(total)}，有绩效自评的 {len(entries)} 个项目合计"
            f" {wan(added)}，{wan(gap)}（{percent(gap / total * 100)}）没有项目绩效自评"
        )
        case.fail("E-14", "项目支出", message, spent, entries, difference=gap)


def _done(listed: object) -> Entry:
    row, table = listed.row, listed.table  # type: ignore[attr-defined]
    return row.get("预算执行") if row is not None else table.fund("总额", "执行数")
