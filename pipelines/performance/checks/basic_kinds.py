"""E-15: 基本支出分项目收支情况表 beyond its sums: kinds of expenditure, names of codes, the 财决
tables.
"""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.vocabulary import Address
from pipelines.performance.arithmetic import sum_of, wan
from pipelines.performance.case import Case
from pipelines.performance.checks.finals import Unequal, tell, unequal
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.pack import Entry, Row
from pipelines.performance.words import label
from pipelines.validate.itemnames import expected_name, name_fits

SPENT = "支出数/合计"
KINDS = ("人员经费", "公用经费")
ITEM = 7  # digits of a 项; 类 and 款 have names of their own, a 项 may be called by its project


def check_kinds(case: Case, rows: list[Row]) -> None:
    """What the tree of sums does not show."""
    items = [r for r in rows if len(r.key.partition("/")[0]) == ITEM and r.key[:ITEM].isdigit()]
    _kinds(case, items)
    for row in rows:
        _name(case, row)
    _final(case, items)


def _kinds(case: Case, items: list[Row]) -> None:
    """Rows of a kind add up to that kind in the execution table, where every row says its kind; one
    finding where an amount stands under the wrong kind.
    """
    if not items or not all(map(_kind_of, items)):
        return
    wrong = [w for kind in KINDS if (w := _unequal(case, kind, items)) is not None]
    if not wrong:
        return
    said = "，".join(message for message, _, _ in wrong)
    entries = [e for _, mine, _ in wrong for e in mine]
    case.fail("E-15", "JX04/类别", said, entries, [total for _, _, total in wrong])


def _kind_of(row: Row) -> str:
    return next((k for k in KINDS if k in row.get("类别").text), "")


def _unequal(case: Case, kind: str, items: list[Row]) -> tuple[str, list[Entry], Entry] | None:
    """What differs for a kind: in words, the cells of its rows, the cell of the execution table."""
    whole = case.pack.row("JX03", kind)
    mine = [r.get(SPENT) for r in items if _kind_of(r) == kind]
    if whole is None or not whole.get("预算执行").number or not mine:
        return None
    total = whole.get("预算执行")
    case.count("E-15")
    added = sum_of(mine)
    settled = case.is_settled("E-20", total) or case.is_settled("E-15", *mine)
    if added.meets(total.value.interval) or settled:
        return None
    gap = added.middle - total.value.interval.middle
    message = (
        f"基本支出分项目表中{kind}合计 {wan(added.middle)}，年度预算执行表{kind}"
        f" {in_wan(total)}，相差 {wan(gap)}"
    )
    return message, mine, total


def _name(case: Case, row: Row) -> None:
    code, name = row.key, label(row.get("名称").text)
    if not code.isdigit() or len(code) >= ITEM or not name:
        return
    case.count("E-15")
    if not name_fits("functional", code, name):
        due = expected_name("functional", code)
        message = f"科目 {code} 应为“{due}”，表中写“{name}”"
        case.fail("E-15", f"JX04[{code}]/名称", message, row.get("名称"), row.label)


def _final(case: Case, items: list[Row]) -> None:
    total = case.pack.row("JX04", "合计")
    found: list[Unequal] = []
    if total is not None:
        whole = [Address("Z04", "", "合计", "基本支出"), Address("Z08_1", "", "合计", "合计")]
        what = "基本支出分项目表支出合计"
        found += unequal(case, "E-15", what, [total.get(SPENT)], whole)
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in items if not found and not case.failures["E-15"] else ():
        by_code[row.key[:ITEM]].append(row)
    for code, rows in by_code.items():
        cells = [Address("Z08_1", "", code, "合计"), Address("Z04", "", code, "基本支出")]
        entries = [r.get(SPENT) for r in rows]
        found += unequal(case, "E-15", f"科目 {code} 的支出", entries, cells)
    tell(case, "E-15", "JX04/财决", found)
