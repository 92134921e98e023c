"""N-19: the same movement has the same reason wherever it is explained."""

from __future__ import annotations

import re

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Comparison, Entry
from pipelines.narrative.functional import similarity
from pipelines.narrative.normal import plain
from pipelines.narrative.values import current

ALIKE = 0.5  # two reasons that share half of their characters say the same thing


def collect(case: Case) -> None:
    """Reasons of equal movements."""
    for entries in _by_movement(case).values():
        first = entries[0]
        for other in entries[1:]:
            case.count("N-19")
            if not _alike(first.reason, other.reason):
                _report_reasons(case, first, other)


def _by_movement(case: Case) -> dict[tuple[object, ...], list[Entry]]:
    """The mentions of this year with a reason, by how much moved which way."""
    movements: dict[tuple[object, ...], list[Entry]] = {}
    for entry in case.entries:
        record = _told(entry)
        if record is None or not _is_written_out(entry) or not current(case, entry):
            continue
        if record.deltas[0].number:
            movement = (record.direction, record.deltas[0].amount, record.rates[0].amount)
            movements.setdefault(movement, []).append(entry)
    return movements


def _told(entry: Entry) -> Comparison | None:
    """The first movement that is told as an amount and as a rate."""
    return next((c for c in entry.comparisons if c.deltas and c.rates), None)


def _is_written_out(entry: Entry) -> bool:
    """Whether there is a reason, and not a place for one in a template."""
    return bool(entry.reason) and "…" not in entry.reason and "【" not in entry.reason


def _alike(a: str, b: str) -> bool:
    a, b = (re.sub(r"[，。、；：的是为了]", "", x) for x in (a, b))
    return a in b or b in a or similarity(a, b) >= ALIKE


def _report_reasons(case: Case, first: Entry, other: Entry) -> None:
    places = [
        case.place(role, e.paragraph, *e.reason_at)
        for role, e in (("left", other), ("right", first))
        if e.reason_at
    ]
    message = (
        f"请统一变动原因：同一变动（{_movement(other)}）"
        f"“{plain(first.section)}”与“{plain(other.section)}”说法不同"
    )
    case.report(
        "N-19", f"{plain(other.section) or '正文'}[{other.item.title}原因]", message, places
    )


def _movement(entry: Entry) -> str:
    record = next(c for c in entry.comparisons if c.deltas and c.rates)
    return f"{record.deltas[0].text}、{record.rates[0].text}"


CHECK = Check(
    name="reasons",
    rules=("N-19",),
    title="同一变动原因一致",
    message="请统一变动原因：同一变动（{movement}）“{there}”与“{here}”说法不同",
    run=collect,
    wrong=(
        "一、收入支出决算总体情况说明\n2023年度收、支总计44.00万元，与2022年度相比，收、支总计各增加4.00万元，"
        "增长10.00%，主要原因是新增办案任务。\n四、财政拨款收入支出决算总体情况说明\n2023年度财政拨款收、支总计44.00万元，"
        "与2022年度相比，财政拨款收、支总计各增加4.00万元，增长10.00%，主要原因是职工调薪补发。"
    ),
    right="一、收入支出决算总体情况说明\n2023年度收、支总计44.00万元，与2022年度相比，收、支总计各增加4.00万元，增长10.00%，主要原因是新增办案任务。",
)
