"""E-29 (text): the projects of each score, level or budget make those that were evaluated, and
their printed shares are those of that number.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import percent, rate_holds
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import hint_or_own
from pipelines.performance.said.parts import GRADE, Part, Parts, divided

HUNDRED = Fraction(100)
# A project may be paid from two budgets and then be counted once or twice.
UNSURE = {"预算": "review"}


def check(case: Case) -> None:
    for said in divided(case.pack, case.year):
        if _adds_up(case, said):
            for part in said.parts:
                _share(case, part, said.whole)


def _adds_up(case: Case, said: Parts) -> bool:
    """Whether the counts are those of the projects; a list that may leave some out has no more."""
    if any(p.kind == GRADE for p in said.parts):
        return True
    total, most = sum(p.count for p in said.parts), max(p.count for p in said.parts)
    case.count("E-29")
    if total == said.whole or (not said.kind and most <= said.whole):
        return True
    listed = "、".join(f"{p.label} {p.count} 个" for p in said.parts)
    message = f"文字中各类项目 {listed}，合计 {total} 个，而开展绩效自评的项目 {said.whole} 个"
    entries = [p.entry for p in said.parts]
    severity = UNSURE.get(said.kind)
    case.fail("E-29", "文字/各类个数", message, entries[0], entries[1:], severity=severity)
    return False


def _share(case: Case, part: Part, whole: int) -> None:
    if part.share is None or not whole:
        return
    case.count("E-29")
    right = Fraction(part.count, whole) * HUNDRED
    outcome = rate_holds(part.share.value, Interval(right, right))
    if outcome == "pass":
        return
    message = (
        f"文字中{part.label}的项目占比 {part.share.value.raw}：{part.count} 个 ÷"
        f" {whole} 个 = {percent(right)}"
    )
    severity = hint_or_own(outcome)
    case.fail("E-29", "文字/个数占比", message, part.share, [part.entry], severity=severity)
