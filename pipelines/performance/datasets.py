"""The datasets ``indicators``, ``projects`` and ``scores`` of a unit and year, as rows.

What does not belong here: writing them (``stage.py``).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from pipelines.performance.case import Case
from pipelines.performance.matching import Project
from pipelines.performance.pack import Entry, Indicator
from pipelines.performance.reached import completion, is_quantity, reached
from pipelines.performance.scoring import score_all

# What DECIMAL(18,4) and DECIMAL(9,2) hold; a number beyond is left out rather than cut.
LARGEST = {4: Fraction(10**13), 2: Fraction(10**6)}
Rows = list[dict[str, Any]]

NAMES = frozenset(("project", "name", "scheme", "indicator"))


def rows_of(case: Case) -> dict[str, Rows]:
    """Rows by dataset; all carry the unit and the year."""
    return {
        "indicators": [_indicator(case, i, c) for p in case.matched.projects for i, c in _all(p)],
        "projects": [_project(case, p) for p in case.matched.projects],
        "scores": _scores(case),
    }


def _who(case: Case) -> dict[str, Any]:
    return {"unit_code": case.unit_code, "unit_name": case.unit_name, "year": case.year}


def decimal(value: Fraction | None, places: int = 4) -> Decimal | None:
    """An exact number with so many decimals; None where it would not fit."""
    if value is None or abs(value) >= LARGEST.get(places, Fraction(10**6)):
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places))


def _money(entry: Entry) -> Decimal | None:
    value = entry.value.number
    if value is None or abs(value) >= 10**16:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


def _all(project: Project) -> list[tuple[Indicator, str]]:
    code = next((x.code for x in project.forms.values() if x.code), "")
    return [(i, code) for x in project.forms.values() for i in x.indicators]


def _indicator(case: Case, one: Indicator, code: str) -> dict[str, Any]:
    spot = one.name.spot
    row = {
        "project": one.project,
        "project_code": code,
        "source": one.form,
        "level1": one.level1,
        "level2": one.level2,
        "name": one.title,
        "op": one.op,
        "target": decimal(one.target.value.number),
        "target_raw": one.target.text,
        "unit": one.unit,
        "actual": decimal(one.actual.value.number),
        "actual_raw": one.actual.text,
        "actual_bound": one.actual.value.bound,
        "met": reached(one),
        "rate_printed": decimal(one.rate.value.number),
        "rate": decimal(completion(one)),
        "weight": decimal(one.weight.value.number, 2),
        "score": decimal(one.score.value.number, 2),
        "reason": one.reason.text,
        "file": one.name.file,
        "sheet": spot.sheet if spot else None,
        "cell": spot.cell if spot else None,
    }
    return _who(case) | _blank_as_null(row)


def _project(case: Case, project: Project) -> dict[str, Any]:
    initial, budget, executed = _amounts(project)
    rate = None
    if budget.number and executed.number and budget.value.number:
        assert executed.value.number is not None
        rate = 1 - executed.value.number / budget.value.number
    return _who(case) | {
        "project": project.name,
        "project_code": next((x.code for x in project.forms.values() if x.code), None),
        "initial": _money(initial),
        "budget": _money(budget),
        "executed": _money(executed),
        "residual_rate": decimal(rate),
        "below_10": None if rate is None else rate < Fraction(1, 10),
        "sources": ",".join(project.forms),
        "names": "|".join(dict.fromkeys(x.name for x in project.forms.values())),
        "targets_met": _met(project),
    }


def _amounts(project: Project) -> tuple[Entry, Entry, Entry]:
    """Initial, budget and executed: the project's own table first, then the list of residuals."""
    own, listed = project.listed("JX14"), project.listed("JX10")
    if own is not None and own.table is not None:
        funds = [own.table.fund("总额", c) for c in ("年初预算", "预算数", "执行数")]
        if funds[1].number:
            return funds[0], funds[1], funds[2]
    if listed is not None and listed.row is not None:
        return Entry(), listed.row.get("预算金额"), listed.row.get("预算执行")
    return Entry(), Entry(), Entry()


def _met(project: Project) -> bool | None:
    counted = [i for i, _ in _all(project) if i.form == "JX05" or is_quantity(i)]
    states = [reached(i) for i in counted if i.form != "JX17"]
    if not states or None in states:
        return False if False in states else None
    return all(states)


def _scores(case: Case) -> Rows:
    found = []
    for number, scored in enumerate(score_all(case), 1):
        score, indicator, spot = scored.score, scored.indicator, scored.entry.spot
        row = {
            "scheme": case.scheme.id,
            "indicator": indicator.name,
            "level1": indicator.level1,
            "level2": indicator.level2,
            "weight": decimal(Fraction(str(indicator.weight)), 2),
            "self_score": decimal(scored.own, 2),
            "low": decimal(score.low, 2),
            "high": decimal(score.high, 2),
            "computed": decimal(score.value, 2),
            "status": score.status,
            "source": score.source,
            "reading": score.reading,
            "reason": score.reason,
            "process": score.process,
            "explain": indicator.explain,
            "standard": indicator.standard,
            "evidence": indicator.evidence,
            "seq": number,
            "file": scored.entry.file,
            "sheet": spot.sheet if spot else None,
            "cell": spot.cell if spot else None,
        }
        found.append(_who(case) | _blank_as_null(row))
    return found


def _blank_as_null(row: dict[str, Any]) -> dict[str, Any]:
    """What a form does not say is NULL in the datasets, but for the names of things."""
    return {
        name: None if value == "" and name not in NAMES else value for name, value in row.items()
    }
