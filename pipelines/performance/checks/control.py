"""E-04 (b)–(e), E-16: the table of economic items."""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from functools import cache

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
from pipelines.performance.claims import find, phrases
from pipelines.performance.pack import Entry, Row
from pipelines.performance.values import read_value
from pipelines.performance.words import flat
from schemas.library import code_list

EIGHT = {
    "30201": "办公费", "30202": "印刷费", "30205": "水费", "30206": "电费",
    "30209": "物业管理费", "30213": "维修（护）费", "30216": "培训费", "30215": "会议费",
}  # fmt: skip
RECEPTION = "30217"  # 公务接待费
NONE = re.compile(r"^(?:无偏差|无|一致|持平)$")
# A deviation above this needs its reason (the scheme's first band).
LIMIT = 10
NOT_ABOVE = re.compile(r"(?:均未超过|未超过|均未超出|未超出)年初预算")
ZERO_DEVIATION = re.compile(r"偏差程度(?:为|是)?(?P<n>\d+(?:\.\d+)?)%")
SCOPES = (
    ("五张财决表", ("Z08_1", "Z08_2", "Z10_1", "Z10_2", "Z12")),
    ("财决08-1、08-2表", ("Z08_1", "Z08_2")),
    ("财决08-1表", ("Z08_1",)),
)


def check(case: Case) -> None:
    rows = [r for r in case.pack.of("JX06") if r.key not in ("合计", "总计")]
    if not rows:
        case.lack("E-16", "没有支出控制表")
        return
    for row in rows:
        _deviation(case, row)
    _items(case, rows)
    _facts(case, rows)
    _claims(case, rows)
    _names(case, rows)
    _public(case, rows)


def _deviation(case: Case, row: Row) -> None:
    """(b) The printed deviation of a row, and its reason."""
    budget, final, printed = row.get("年初预算数"), row.get("决算数"), row.get("偏差程度")
    if not budget.number or not final.number or budget.value.number is None:
        return
    case.count("E-04")
    gap = interval(final) - interval(budget)
    none = bool(NONE.match(printed.text)) or (printed.number and printed.value.number == 0)
    true = _rate(interval(budget), interval(final))
    if (
        none
        and equal(budget, final) is False
        and true is not None
        and (not printed.number or rate_holds(printed.value, true) == "fail")
    ):
        _report(case, row, f"偏差 {percent(true.middle)}")
    elif printed.number and not none and true is not None:
        magnitude = (
            printed.value
            if (printed.value.number or 0) >= 0
            else read_value(printed.text.lstrip("-"))
        )
        outcome = rate_holds(magnitude, true)
        if outcome != "pass":
            _report(
                case, row, f"应为 {percent(true.middle)}", "hint" if outcome == "hint" else None
            )
    missing = "偏差原因" in case.pack.columns("JX06") and not row.get("偏差原因").words
    if missing and true is not None and true.low > LIMIT and gap.low * gap.high > 0:
        message = f"请补写偏差原因：“{row.label.text}”偏差 {percent(true.middle)}，超过 10%"
        case.fail(
            "E-04", f"JX06[{row.key},偏差原因]", message, [printed, row.label], row.get("偏差原因")
        )


def _rate(budget: Interval, final: Interval) -> Interval | None:
    rate = rate_of(final - budget, final)
    if rate is None:
        return None
    ends = sorted((abs(rate.low), abs(rate.high)))
    return Interval(0 if rate.low <= 0 <= rate.high else ends[0], ends[1])  # type: ignore[arg-type]


def _report(case: Case, row: Row, what: str, severity: str | None = None) -> None:
    budget, final, printed = row.get("年初预算数"), row.get("决算数"), row.get("偏差程度")
    message = (
        f"“{row.label.text}”年初预算 {wan(budget.value.number or 0)}、决算"
        f" {wan(final.value.number or 0)}，"
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
    have = {r.key if r.key.isdigit() else _nearest(r.label.text)[0] for r in rows}
    due = [i for i in wanted if _due(case, i, indicator.params["forms"])]
    case.count("E-04")
    lacking = [i for i in due if i not in have]
    surplus = [r for r in rows if r.key not in wanted]
    if not lacking or (not surplus and case.facts is not None and not lacking):
        return
    names = "、".join(EIGHT.get(i, i) for i in lacking)
    more = "、".join(r.label.text for r in surplus)
    message = f"支出控制表口径不符：评分标准按八个科目计算，表中缺{names}" + (
        f"，另列了{more}" if more else ""
    )
    case.fail("E-04", "JX06/口径", message, [r.label for r in surplus] or [r.label for r in rows])


def _due(case: Case, item: str, forms: tuple[str, ...]) -> bool:
    """Whether an item must be listed: always without tables, else where it has an amount."""
    if case.facts is None or not case.facts.has("Z08_1"):
        return True
    for form in forms:
        found = case.facts.get(form, "", "合计", item)
        if found is not None and found.amount:
            return True
    return False


def _facts(case: Case, rows: list[Row]) -> None:
    """(c) Final amounts as in the 财决 tables, in one scope for all rows."""
    if case.facts is None or not case.facts.has("Z08_1"):
        return
    known = [r for r in rows if r.key.isdigit() and r.get("决算数").number]
    forms, best = _scope(case, known)
    case.count("E-04", len(known))
    if len(best) == len(known) and len(known) > 2:
        case.lack("E-04", "支出控制表的口径与财决表不同，决算数未逐项核对")
        return
    for row in best:
        amount = sum((_amount(case, f, row.key) for f in SCOPES[0][1]), 0)
        message = (
            f"“{row.label.text}”决算数 {wan(row.get('决算数').value.number or 0)}，财决表为"
            f" {wan(amount)}"
        )
        case.fail("E-04", f"JX06[{row.key},决算数]", message, row.get("决算数"))
    if forms == SCOPES[0][1]:
        _reception(case, [r for r in known if r not in best])


def _scope(case: Case, known: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """The tables with which most rows agree, and the rows that do not."""
    forms: tuple[str, ...] = ()
    best = known
    for _, tables in SCOPES:
        wrong = [r for r in known if not _fits(case, r, tables)]
        if len(wrong) < len(best):
            forms, best = tables, wrong
    return forms, best


def _reception(case: Case, rows: list[Row]) -> None:
    """E-16: where the table is of all fiscal money, its 公务接待费 is that of 附03表."""
    fact = case.facts.get("F03", "", "公务接待费", "统计数") if case.facts else None
    row = next((r for r in rows if r.key == RECEPTION), None)
    if row is None or fact is None or fact.amount is None:
        return
    case.count("E-16")
    printed = row.get("决算数")
    if not printed.value.interval.low <= fact.amount <= printed.value.interval.high:
        message = (
            f"“{row.label.text}”决算数 {wan(printed.value.number or 0)}，财决附03表为"
            f" {wan(Fraction(fact.amount))}"
        )
        case.fail("E-16", f"JX06[{row.key},决算数]", message, printed, facts=[fact])


def _amount(case: Case, form: str, item: str) -> int:
    found = case.facts.get(form, "", "合计", item) if case.facts else None
    return found.amount if found is not None else 0  # type: ignore[return-value]


def _fits(case: Case, row: Row, forms: tuple[str, ...]) -> bool:
    total = sum((_amount(case, f, row.key) for f in forms), 0)
    entry = row.get("决算数").value.interval
    return entry.low <= total <= entry.high


def _claims(case: Case, rows: list[Row]) -> None:
    """(e) What the text says of the deviations."""
    above = [
        r
        for r in rows
        if r.number("年初预算数")
        and r.number("决算数")
        and interval(r.get("决算数")).low > interval(r.get("年初预算数")).high
    ]
    for words in phrases(case.pack, NOT_ABOVE):
        case.count("E-04")
        if above:
            names = "、".join(r.label.text for r in above)
            case.fail(
                "E-04",
                "JX06/未超过",
                f"文字称各科目未超过年初预算，表中{names}超过",
                words,
                [r.get("决算数") for r in above],
            )
    differing = [r for r in rows if equal(r.get("年初预算数"), r.get("决算数")) is False]
    for claim in find(case.pack, "偏差", ZERO_DEVIATION):
        case.count("E-04")
        if claim.number == 0 and differing:
            names = "、".join(r.label.text for r in differing)
            case.fail(
                "E-04",
                "JX06/偏差0",
                f"文字称偏差程度 0%，表中{names}有偏差",
                claim.entry,
                [r.get("决算数") for r in differing],
            )


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
