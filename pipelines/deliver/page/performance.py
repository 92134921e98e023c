"""The performance block of the page: each unit's scores and projects, as plain lists."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipelines.deliver.filenames import UnitYear
from pipelines.deliver.performance import STATUS, PerformanceData, gap, shown_score
from pipelines.deliver.summary import Summary
from pipelines.deliver.words import money

MOST_UNITS = 500  # with more, the workbooks of the units hold the rest


def performance_blocks(
    summary: Summary, performance: Mapping[UnitYear, PerformanceData]
) -> list[list[Any]]:
    """One list a unit and year: its place in the list of units, total, scores, projects."""
    found: list[list[Any]] = []
    for number, unit in enumerate(summary.units):
        data = performance.get((unit["unit"], unit["year"]))
        if data is not None and len(found) < MOST_UNITS:
            scores = [_score(row) for row in data.scores]
            projects = [_project(row) for row in data.projects]
            found.append([number, _total(data), scores, projects])
    return found


def _total(data: PerformanceData) -> str:
    """The unit's own total, and what it comes to with the computed scores."""
    own = [r["self_score"] for r in data.scores if r["self_score"] is not None]
    if not own:
        return ""
    moved = sum((g for r in data.scores if (g := gap(r)) is not None), Decimal(0))
    total = sum(own, Decimal(0))
    said = f"自评 {total.normalize():f} 分"
    return f"{said}，按表计算应为 {(total - moved).normalize():f} 分" if moved else said


def _score(row: dict[str, Any]) -> list[str]:
    own, more = row["self_score"], gap(row)
    return [
        row["indicator"],
        f"{row['weight'].normalize():f}",
        "" if own is None else f"{own.normalize():f}",
        shown_score(row),
        "" if more is None else f"{more.normalize():+f}",
        STATUS.get(row["status"], ""),
        row["process"] or row["reason"] or "",
    ]


def _project(row: dict[str, Any]) -> list[str]:
    left = row["residual_rate"]
    return [
        row["project"],
        money(row["budget"]),
        money(row["executed"]),
        "" if left is None else f"{left * 100:.2f}%",
        {True: "是", False: "否"}.get(row["targets_met"], "待核"),
    ]
