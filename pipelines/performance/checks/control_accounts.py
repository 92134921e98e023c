"""E-04 (c), E-16: final amounts of the table of economic items, against the 财决 tables."""

from __future__ import annotations

from fractions import Fraction

from pipelines.performance.arithmetic import wan
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.pack import Row

RECEPTION = "30217"  # 公务接待费
SCOPES = (
    ("五张财决表", ("Z08_1", "Z08_2", "Z10_1", "Z10_2", "Z12")),
    ("财决08-1、08-2表", ("Z08_1", "Z08_2")),
    ("财决08-1表", ("Z08_1",)),
)


def check_accounts(case: Case, rows: list[Row]) -> None:
    """(c) Final amounts as in the 财决 tables, in one scope for all rows."""
    if case.facts is None or not case.facts.has("Z08_1"):
        return
    known = _with_final(rows)
    forms, best = _scope(case, known)
    case.count("E-04", len(known))
    if len(best) == len(known) and len(known) > 2:
        case.lack("E-04", "支出控制表的口径与财决表不同，决算数未逐项核对")
        return
    for row in best:
        _not_as_accounts(case, row)
    if forms == SCOPES[0][1]:
        _reception(case, [r for r in known if r not in best])


def _with_final(rows: list[Row]) -> list[Row]:
    return [r for r in rows if r.key.isdigit() and r.get("决算数").number]


def _not_as_accounts(case: Case, row: Row) -> None:
    amount = sum((_amount(case, f, row.key) for f in SCOPES[0][1]), 0)
    final = row.get("决算数")
    message = f"“{row.label.text}”决算数 {in_wan(final)}，财决表为 {wan(amount)}"
    case.fail("E-04", f"JX06[{row.key},决算数]", message, final)


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
            f"“{row.label.text}”决算数 {in_wan(printed)}，财决附03表为 {wan(Fraction(fact.amount))}"
        )
        case.fail("E-16", f"JX06[{row.key},决算数]", message, printed, facts=[fact])


def _amount(case: Case, form: str, item: str) -> int:
    found = case.facts.get(form, "", "合计", item) if case.facts else None
    return found.amount if found is not None else 0  # type: ignore[return-value]


def _fits(case: Case, row: Row, forms: tuple[str, ...]) -> bool:
    total = sum((_amount(case, f, row.key) for f in forms), 0)
    entry = row.get("决算数").value.interval
    return entry.low <= total <= entry.high
