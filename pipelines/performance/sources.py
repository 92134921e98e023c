"""The amounts behind the scores: from ``performance.yml``, from the performance tables, from the
财决 tables of the run.

What does not belong here: scores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import interval, rate_of
from pipelines.performance.claims import find

if TYPE_CHECKING:
    from pipelines.performance.case import Case

DISPOSAL = re.compile(r"取消额|注销额|预算调整情况|运行监控后")
CANCELLED = re.compile(
    r"(?:调整)?取消额?(?:资金)?(?:为|共|合计)?(?P<n>\d+(?:\.\d+)?)(?P<u>亿元|万元|元)"
)
WRITTEN_OFF = re.compile(
    r"(?:结余)?注销额?(?:资金)?(?:为|共|合计)?(?P<n>\d+(?:\.\d+)?)(?P<u>亿元|万元|元)"
)
CS01 = "CS01_1"
BEFORE, MOVED, AFTER = (
    "调整前年初结转和结余",
    "变动项目和金额",
    "调整后年初结转和结余",
)


def amount(value: Any) -> Fraction | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def fact(case: Case, form: str, block: str, row: str, column: str) -> Fraction | None:
    """A 财决 cell in 元; 0 where its form is there without the row or column; None without the
    form.
    """
    if case.facts is None or not case.facts.has(form):
        return None
    found = case.facts.get(form, block, row, column)
    return Fraction(found.amount) if found is not None else Fraction(0)


def final_amounts(
    case: Case, items: list[str], forms: list[str]
) -> tuple[dict[str, Fraction] | None, str]:
    """What was spent on each item over the forms (合计 rows); without the first form (基本支出) as
    the unit's own table says, where it lists every item. None where neither is there.
    """
    if case.facts is None or not case.facts.has(forms[0]):
        known = _numbers(case, "JX06", "决算数")
        if not known.keys() >= set(items):
            return None, ""
        return {i: known[i] for i in items}, "支出控制表"
    found = {}
    for item in items:
        parts = [fact(case, form, "", "合计", item) for form in forms]
        found[item] = sum((p for p in parts if p is not None), Fraction(0))
    return found, "财决表"


def _numbers(case: Case, form: str, column: str) -> dict[str, Fraction]:
    """The numbers of a column by the key of their row; rows without one are left out."""
    values = {row.key: row.number(column) for row in case.pack.of(form)}
    return {k: v.number for k, v in values.items() if v is not None and v.number is not None}


def initial_amounts(case: Case, items: list[str]) -> tuple[dict[str, Fraction] | None, str]:
    """The year-start budget of each item: ``performance.yml``, else 表12 (JX16), else the unit's
    own table (JX06).
    """
    given = case.manual.get("initial_budget")
    if isinstance(given, dict):
        found = {str(k): amount(v) for k, v in given.items()}
        return {i: found.get(i) or Fraction(0) for i in items}, "performance.yml"
    for form, column, source in (
        ("JX16", "年初预算", "表12"),
        ("JX06", "年初预算数", "自报年初数"),
    ):
        listed = {row.key for row in case.pack.of(form)}
        known = _numbers(case, form, column)
        if known and (form == "JX16" or listed.issuperset(items)):
            return {i: known.get(i, Fraction(0)) for i in items}, source
    return None, ""


def written_off(case: Case) -> tuple[Fraction | None, str]:
    """What was written off at the end of the year."""
    given = amount(case.manual.get("balance_written_off"))
    if given is not None:
        return given, "performance.yml"
    printed = _printed(case, "注销额", WRITTEN_OFF)
    if printed is not None:
        return printed, "及时处置表"
    handed = fact(case, CS01, "", "合计", f"{MOVED}/归集上缴和缴回资金")
    if handed is not None:
        return abs(handed), "财决CS01-1表"
    return (Fraction(0), "无结转") if _no_balance(case) else (None, "")


def cancelled(case: Case, off: Fraction | None) -> tuple[Fraction | None, str, Fraction | None]:
    """What monitoring cancelled; the third is what the letter of the scheme gives (the whole
    movement).
    """
    given = amount(case.manual.get("monitor_cancelled"))
    if given is not None:
        return given, "performance.yml", None
    printed = _printed(case, "取消额", CANCELLED)
    if printed is not None:
        return printed, "及时处置表", None
    before, after = (fact(case, CS01, "", "合计", c) for c in (BEFORE, AFTER))
    if before is not None and after is not None:
        net = before - after
        # The written-off amount stands inside the movement: it must not be counted as cancelled
        # too.
        return max(Fraction(0), net - (off or 0)), "财决CS01-1表", max(Fraction(0), net)
    if _no_balance(case):
        return Fraction(0), "无结转", None
    return None, "", None


def _printed(case: Case, column: str, pattern: re.Pattern[str]) -> Fraction | None:
    for row in case.pack.of("JX07"):
        value = row.number(column)
        if value is not None:
            return value.number
    for claim in find(case.pack, column, pattern):
        return claim.number
    return None


def _no_balance(case: Case) -> bool:
    """No opening balance and the budget unchanged: then nothing was cancelled or written off."""
    opening = _opening(case)
    row = case.pack.row("JX03", "总计")
    if row is not None and row.number("年度预算") and row.number("调整后预算"):
        unchanged = row.get("年度预算").value.number == row.get("调整后预算").value.number
        return opening == 0 and unchanged
    total = fact(case, "Z01", "收入", "总计", "全年预算数")
    initial = fact(case, "Z01", "收入", "总计", "年初预算数")
    return opening == 0 and total is not None and total == initial


def _opening(case: Case) -> Fraction | None:
    row = case.pack.row("JX02", "年初结转结余")
    for column in ("收入决算数", "收入预算数"):
        value = row.number(column) if row else None
        if value is not None:
            return value.number
    return fact(case, "Z01", "收入", "年初结转和结余", "决算数")


def yearly_budget(case: Case) -> Fraction | None:
    """The year's whole budget: Z01 全年预算数, else the execution table."""
    found = fact(case, "Z01", "收入", "总计", "全年预算数")
    if found:
        return found
    row = case.pack.row("JX03", "总计")
    value = row.number("调整后预算") if row else None
    return value.number if value is not None else None


def _given_rates(given: Mapping[Any, Any]) -> dict[int, Interval]:
    read = {int(k): amount(v) for k, v in given.items() if str(k).isdigit()}
    return {month: Interval.around(v) for month, v in read.items() if v is not None}


def paid_rates(case: Case) -> tuple[dict[int, Interval], str]:
    """Paid against the yearly budget in percent, by month: from a person, the export, the progress
    table.
    """
    given = case.manual.get("progress")
    if isinstance(given, dict) and (rates := _given_rates(given)):
        return rates, "performance.yml"
    exported = _exported(case)
    if exported:
        return exported, "可执行指标执行情况表"
    rates = {}
    for row in case.pack.of("JX08"):
        value = row.number("实际值")
        if value is not None and row.key.removesuffix("月").isdigit():
            rates[int(row.key.removesuffix("月"))] = value.interval
    return rates, "执行进度表"


def _exported(case: Case) -> dict[int, Interval]:
    """One export a month: its 合计 row, the month from the title."""
    rates: dict[int, Interval] = {}
    for table in case.pack.tables:
        month = re.search(r"(?:至|截至|-|—)?(?:20\d\d年)?(\d{1,2})月", table.title)
        if table.form != "JX15" or not month:
            continue
        total = next(
            (
                r
                for r in case.pack.of("JX15")
                if r.table == table.number and r.key in ("合计", "总计")
            ),
            None,
        )
        if total is None:
            continue
        rate = rate_of(interval(total.get("完成数")), interval(total.get("预算数")))
        if rate is not None:
            rates[int(month[1])] = rate
    return rates
