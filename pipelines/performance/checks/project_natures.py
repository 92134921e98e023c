"""E-27: the money of a whole unit by kind of income and of expenditure (按收入性质分,
按支出性质分).

What does not belong here: what the columns of money add up to (``project_money.py``).
"""

from __future__ import annotations

from pipelines.performance.arithmetic import equal, sum_of, sums_up, wan
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projectwords import AMOUNT, AMOUNTS, SPENT


def check_natures(case: Case, table: ProjectTable) -> None:
    """Each division adds up to what it prints, and that is one of the unit's amounts of the year.
    Forms do not say which: offices divide the budget at the beginning, at the end, or what was
    spent.
    """
    for nature in _natures(table):
        case.count("E-27")
        whole, parts = table.fund(nature, AMOUNT), _parts(table, nature)
        totals = [e for c in AMOUNTS if (e := table.fund("总额", c)).number]
        if not whole.number:
            if totals and _is_none_of(totals, nature, parts):
                _is_none(case, table, nature, parts, totals)
        elif sums_up(whole, parts) is False:
            _parts_differ(case, table, nature, whole, parts)
        elif totals and not any(equal(t, whole) for t in totals):
            _is_none(case, table, nature, [whole], totals)


def _natures(table: ProjectTable) -> list[str]:
    """The divisions that the form has, each once."""
    rows = [row for row, column in table.funds if column == AMOUNT]
    return list(dict.fromkeys(row.partition("/")[0] for row in rows))


def _parts(table: ProjectTable, nature: str) -> list[Entry]:
    """The kinds of a division."""
    amounts = {row: entry for (row, column), entry in table.funds.items() if column == AMOUNT}
    return [entry for row, entry in amounts.items() if row.startswith(f"{nature}/")]


def _is_none_of(totals: list[Entry], nature: str, parts: list[Entry]) -> bool:
    """Whether kinds that are all there add up to none of the totals."""
    if "支出" in nature and len(parts) < len(SPENT):
        return False
    return not any(sums_up(t, parts) for t in totals)


def _parts_differ(
    case: Case, table: ProjectTable, nature: str, whole: Entry, parts: list[Entry]
) -> None:
    gap = (whole.value.number or 0) - sum_of(parts).middle
    message = (
        f"“{table.project}”{nature} {in_wan(whole)}，各类合计 {wan(sum_of(parts).middle)}，相差"
        f" {wan(gap)}"
    )
    case.fail("E-27", f"{table.project}/{nature}", message, whole, parts, difference=gap)


def _is_none(
    case: Case, table: ProjectTable, nature: str, parts: list[Entry], totals: list[Entry]
) -> None:
    said = "、".join(in_wan(t) for t in totals)
    message = (
        f"“{table.project}”{nature}合计 {wan(sum_of(parts).middle)}，与年度资金总额的年初预算数、"
        f"全年预算数、全年执行数（{said}）都不相等"
    )
    case.fail("E-27", f"{table.project}/{nature}", message, parts, totals)
