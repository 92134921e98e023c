"""E-04 (b), (d), (e), E-16: the table of economic items in itself and against the text.

What does not belong here: its final amounts against the 财决 tables (``control_accounts.py``).
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import TYPE_CHECKING

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import (
    equal,
    interval,
    percent,
    plain_number,
    rate_holds,
    rate_of,
    sum_of,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.control_accounts import check_accounts
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.claims import find, phrases
from pipelines.performance.pack import Entry, Row
from pipelines.performance.values import Value, read_value
from pipelines.performance.words import flat
from schemas.library import code_list

if TYPE_CHECKING:
    from schemas.performance_schemes import SchemeIndicator

EIGHT = {
    "30201": "办公费", "30202": "印刷费", "30205": "水费", "30206": "电费",
    "30209": "物业管理费", "30213": "维修（护）费", "30216": "培训费", "30215": "会议费",
}  # fmt: skip
NONE = re.compile(r"^(?:无偏差|无|一致|持平)$")
# A deviation above this needs its reason (the scheme's first band).
LIMIT = 10
NOT_ABOVE = re.compile(r"(?:均未超过|未超过|均未超出|未超出)年初预算")
ZERO_DEVIATION = re.compile(r"偏差程度(?:为|是)?(?P<n>\d+(?:\.\d+)?)%")


def check(case: Case) -> None:
    rows = [r for r in case.pack.of("JX06") if r.key not in ("合计", "总计")]
    if not rows:
        case.lack("E-16", "没有支出控制表")
        return
    for row in rows:
        _deviation(case, row)
    _items(case, rows)
    check_accounts(case, rows)
    _claims(case, rows)
    _names(case, rows)
    _public(case, rows)


def _deviation(case: Case, row: Row) -> None:
    """(b) The printed deviation of a row, and its reason."""
    budget, final = row.get("年初预算数"), row.get("决算数")
    if not budget.number or not final.number or budget.value.number is None:
        return
    case.count("E-04")
    true = _rate(interval(budget), interval(final))
    if true is None:
        return
    _printed_deviation(case, row, true)
    _deviation_reason(case, row, true)


def _printed_deviation(case: Case, row: Row, true: Interval) -> None:
    printed = row.get("偏差程度")
    if _says_none(printed):
        if _none_is_wrong(row, true):
            _report(case, row, f"偏差 {percent(true.middle)}")
    elif printed.number:
        outcome = rate_holds(_magnitude(printed), true)
        if outcome != "pass":
            _report(case, row, f"应为 {percent(true.middle)}", hint_or_own(outcome))


def _says_none(printed: Entry) -> bool:
    return bool(NONE.match(printed.text)) or (printed.number and printed.value.number == 0)


def _none_is_wrong(row: Row, true: Interval) -> bool:
    """Whether the amounts differ, and by more than a printed 0 may hide."""
    printed = row.get("偏差程度")
    if equal(row.get("年初预算数"), row.get("决算数")) is not False:
        return False
    return not printed.number or rate_holds(printed.value, true) == "fail"


def _magnitude(printed: Entry) -> Value:
    """A deviation without its sign."""
    if (printed.value.number or 0) >= 0:
        return printed.value
    return read_value(printed.text.lstrip("-"))


def _deviation_reason(case: Case, row: Row, true: Interval) -> None:
    printed, reason = row.get("偏差程度"), row.get("偏差原因")
    gap = interval(row.get("决算数")) - interval(row.get("年初预算数"))
    missing = "偏差原因" in case.pack.columns("JX06") and not reason.words
    if missing and true.low > LIMIT and gap.low * gap.high > 0:
        message = f"请补写偏差原因：“{row.label.text}”偏差 {percent(true.middle)}，超过 10%"
        case.fail("E-04", f"JX06[{row.key},偏差原因]", message, [printed, row.label], reason)


def _rate(budget: Interval, final: Interval) -> Interval | None:
    rate = rate_of(final - budget, final)
    if rate is None:
        return None
    ends = sorted((abs(rate.low), abs(rate.high)))
    return Interval(0 if rate.low <= 0 <= rate.high else ends[0], ends[1])  # type: ignore[arg-type]


def _report(case: Case, row: Row, what: str, severity: str | None = None) -> None:
    budget, final, printed = row.get("年初预算数"), row.get("决算数"), row.get("偏差程度")
    message = (
        f"“{row.label.text}”年初预算 {in_wan(budget)}、决算"
        f" {in_wan(final)}，"
        f"偏差程度印“{printed.text}”，{what}"
    )
    case.fail(
        "E-04", f"JX06[{row.key},偏差程度]", message, printed, [budget, final], severity=severity
    )


def _items(case: Case, rows: list[Row]) -> None:
    """(d) The table must hold the eight items of the scheme."""
    indicator = case.scheme.by_method("deviation_bands") if case.scheme else None
    if indicator is None:
        return
    wanted = [str(i) for i in indicator.params["items"]]
    case.count("E-04")
    lacking = _lacking(case, rows, wanted, indicator)
    if not lacking:
        return
    surplus = [r for r in rows if r.key not in wanted]
    message = _scope_message(lacking, surplus)
    case.fail("E-04", "JX06/口径", message, [r.label for r in surplus or rows])


def _lacking(
    case: Case, rows: list[Row], wanted: list[str], indicator: SchemeIndicator
) -> list[str]:
    """The codes that must be listed and are not, under their code or a name near to theirs."""
    have = {r.key if r.key.isdigit() else _nearest(r.label.text)[0] for r in rows}
    due = [i for i in wanted if _due(case, i, indicator.params["forms"])]
    return [i for i in due if i not in have]


def _scope_message(lacking: list[str], surplus: list[Row]) -> str:
    names = "、".join(EIGHT.get(i, i) for i in lacking)
    more = "、".join(r.label.text for r in surplus)
    said = f"支出控制表口径不符：评分标准按八个科目计算，表中缺{names}"
    return f"{said}，另列了{more}" if more else said


def _due(case: Case, item: str, forms: tuple[str, ...]) -> bool:
    """Whether an item must be listed: always without tables, else where it has an amount."""
    if case.facts is None or not case.facts.has("Z08_1"):
        return True
    for form in forms:
        found = case.facts.get(form, "", "合计", item)
        if found is not None and found.amount:
            return True
    return False


def _claims(case: Case, rows: list[Row]) -> None:
    """(e) What the text says of the deviations."""
    _said_within(case, [r for r in rows if _is_above(r)])
    _said_zero(case, [r for r in rows if equal(r.get("年初预算数"), r.get("决算数")) is False])


def _said_within(case: Case, above: list[Row]) -> None:
    for words in phrases(case.pack, NOT_ABOVE):
        case.count("E-04")
        if above:
            message = f"文字称各科目未超过年初预算，表中{_labels(above)}超过"
            case.fail("E-04", "JX06/未超过", message, words, [r.get("决算数") for r in above])


def _said_zero(case: Case, differing: list[Row]) -> None:
    for claim in find(case.pack, "偏差", ZERO_DEVIATION):
        case.count("E-04")
        if claim.number == 0 and differing:
            message = f"文字称偏差程度 0%，表中{_labels(differing)}有偏差"
            finals = [r.get("决算数") for r in differing]
            case.fail("E-04", "JX06/偏差0", message, claim.entry, finals)


def _is_above(row: Row) -> bool:
    """Whether an item's final amount is more than its budget, however both were rounded."""
    if not (row.number("年初预算数") and row.number("决算数")):
        return False
    return interval(row.get("决算数")).low > interval(row.get("年初预算数")).high


def _labels(rows: list[Row]) -> str:
    return "、".join(r.label.text for r in rows)


def _names(case: Case, rows: list[Row]) -> None:
    """E-16: names are economic items."""
    for row in rows:
        case.count("E-16")
        if row.key.isdigit() or ("其他" in row.label.text and len(row.label.text) < 5):
            continue
        code, near = _nearest(row.label.text)
        if code:
            message = f"“{row.label.text}”不是支出经济分类科目，最接近的是“{near}”（{code}）"
            case.fail("E-16", f"JX06[{row.label.text}]/名称", message, row.label, severity="error")


@cache
def _nearest(name: str) -> tuple[str, str]:
    """The economic item whose name is nearest to one that is none; empty where none is near."""
    names = {flat(i.name): c for c, i in code_list("economic").items.items() if len(c) == 5}
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return (names[near[0]], near[0]) if near else ("", "")


def _public(case: Case, rows: list[Row]) -> None:
    """E-16: where the table claims to be complete, it adds up to 公用经费."""
    whole = case.pack.row("JX03", "公用经费")
    complete = any("其他" in r.label.text for r in rows) or case.pack.row("JX06", "合计")
    if whole is None or not whole.get("预算执行").number or not complete:
        return
    case.count("E-16")
    added = sum_of(r.get("决算数") for r in rows)
    total = interval(whole.get("预算执行"))
    if not added.meets(total):
        message = (
            f"支出控制表决算数合计 {wan(added.middle)}，公用经费执行数 {wan(total.middle)}，相差"
            f" {wan(added.middle - total.middle)}"
        )
        case.fail(
            "E-16",
            "JX06/合计",
            message,
            [r.get("决算数") for r in rows],
            whole.get("预算执行"),
            difference=added.middle - total.middle,
        )


__all__ = ["Entry", "check", "plain_number"]
