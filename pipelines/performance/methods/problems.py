"""violations and unresolved: 违规记录, 结果整改."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.claims import phrases
from pipelines.performance.methods.given import number_of
from pipelines.performance.pack import Entry, Row
from pipelines.performance.score import Score, exact, nothing

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator

NO_PROBLEMS = re.compile(
    r"(?:未发现|没有发现|不存在|无)(?:部门预算管理)?(?:方面)?的?(?:违规违纪|违纪违规|违规|问题|违法违规)(?:问题|记录|行为|情况)?"
)
OPEN = re.compile(r"未整改|未完成|正在|部分|尚未|推进中|整改中")
ALL_DONE = re.compile(
    r"(?:已|均已|已经)(?:全部|全面)?(?:完成整改|整改完毕|整改到位)|全部整改完成|整改完成率(?:为)?100%"
)
LEFT_OPEN = re.compile(r"(?:尚|仍)有(\d+)[个处项](?:问题)?(?:未|没有)(?:完成)?整改")


def violations(case: Case, indicator: SchemeIndicator) -> Score:
    """违规记录: half a point for each problem that audit found."""
    weight, step = Fraction(str(indicator.weight)), Fraction(str(indicator.params.get("step", 0.5)))
    given = case.manual.get("violations")
    given = given if isinstance(given, dict) else {}
    excluded = _excluded(given)
    counted = [r.get("问题") for r in case.pack.of("JX11") if not _is_excluded(r, excluded)]
    number, source = _number(case, given, len(counted), len(excluded))
    if number is None:
        return nothing("没有违规记录表，文字也没有说明有无问题")
    score = max(Fraction(0), weight - step * number)
    found = exact(
        score, source, f"{plain_number(weight)} − {plain_number(step)} × {plain_number(number)}"
    )
    found.inputs = counted
    return found


def _excluded(given: dict[str, Any]) -> set[str]:
    """Words of problems that a person takes out of the count."""
    return {str(e.get("text", "")) for e in given.get("excluded") or [] if isinstance(e, dict)}


def _is_excluded(row: Row, excluded: set[str]) -> bool:
    return any(x and x in row.get("问题").text for x in excluded)


def _number(
    case: Case, given: dict[str, Any], counted: int, excluded: int
) -> tuple[Fraction | None, str]:
    """How many problems there are and who says so: the table, else a person, else the text."""
    number = number_of(given.get("problems"))
    if case.pack.of("JX11"):
        return Fraction(counted), "违规记录表"
    if number is not None:
        return number - excluded, "performance.yml"
    if case.pack.has("JX11?") or any(phrases(case.pack, NO_PROBLEMS)):
        return Fraction(0), "报告文字"
    return None, ""


def unresolved(case: Case, indicator: SchemeIndicator) -> Score:
    """结果整改: two points for each problem that is not put right."""
    weight, step = Fraction(str(indicator.weight)), Fraction(str(indicator.params.get("step", 2)))
    given = number_of(case.manual.get("unresolved"))
    low, high, source, inputs = _unresolved(case)
    if given is not None:
        low = high = int(given)
        source = "performance.yml"
    if low is None:
        return nothing("没有写明整改情况")
    scores = [max(Fraction(0), weight - step * n) for n in (low, high)]
    process = (
        f"{plain_number(weight)} − {plain_number(step)} ×"
        f" {low if low == high else f'{low}至{high}'}"
    )
    return Score(min(scores), max(scores), source, process=process, inputs=inputs)


def _unresolved(case: Case) -> tuple[int | None, int, str, list[Entry]]:
    said = _said_open(case)
    if said is not None:
        number, entry = said
        return number, number, "报告文字", [entry]
    rows = case.pack.of("JX11")
    open_rows = [r.get("整改") for r in rows if OPEN.search(r.get("整改").text[:40])]
    blank = [r for r in rows if not r.get("整改").said]
    if open_rows:
        return len(open_rows), len(open_rows) + len(blank), "违规记录表", open_rows
    if any(phrases(case.pack, ALL_DONE)):
        return 0, 0, "报告文字", []
    if blank:
        return 0, len(blank), "违规记录表", []
    return (0, 0, "违规记录表", []) if rows else (None, 0, "", [])


def _said_open(case: Case) -> tuple[int, Entry] | None:
    """How many problems the text says are still open, with its words."""
    for prose, paragraph in case.pack.paragraphs():
        found = LEFT_OPEN.search(paragraph.normal.text)
        if found:
            return int(found[1]), prose.entry(paragraph, found.start(), found.end())
    return None
