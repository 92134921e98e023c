"""What was read and computed of each unit's performance evaluation, as its workbook and the page
show it.

What does not belong here: writing it (``unit/performance_sheets.py``, ``page/performance.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from pipelines.database import UNIT as KEY
from pipelines.deliver.filenames import UnitYear
from pipelines.deliver.source import Rows, rows
from schemas.performance_forms import performance_forms

STATUS = {
    "computed": "已算",
    "bounded": "范围",
    "manual": "待人工",
    "not_evaluated": "缺资料",
}


@dataclass(frozen=True, slots=True)
class PerformanceData:
    """Rows of ``scores``, ``projects``, ``indicators`` and of the list forms in ``facts``;
    ``findings``: (subject, finding id) of the E- rules.
    """

    scores: Rows = field(default_factory=list)
    projects: Rows = field(default_factory=list)
    indicators: Rows = field(default_factory=list)
    cells: Rows = field(default_factory=list)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def ids_of(self, names: Iterable[str]) -> str:
        """The findings about a project, by any of its names."""
        wanted = [n for n in names if n]
        return "、".join(i for subject, i in self.findings if any(n in subject for n in wanted))


def read_performance(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, PerformanceData]:
    """By unit and year; empty where no performance material was read."""
    found: dict[UnitYear, PerformanceData] = defaultdict(PerformanceData)
    forms = list(performance_forms())
    listed = [f.form for f in performance_forms().values() if f.layout != "project"]
    held = rows(
        con, f"SELECT DISTINCT {KEY} AS unit, year FROM facts WHERE list_contains(?, form)", [forms]
    )
    if not held:
        return {}
    for row in held:
        found[row["unit"], row["year"]]
    for name, order in (("scores", "seq"), ("projects", "project"), ("indicators", "ALL")):
        for row in rows(con, f"SELECT *, {KEY} AS unit_key FROM {name} ORDER BY {order}"):
            getattr(found[row["unit_key"], row["year"]], name).append(row)
    sql = f"SELECT *, {KEY} AS unit_key FROM facts WHERE list_contains(?, form)"
    for row in rows(con, sql, [listed]):
        found[row["unit_key"], row["year"]].cells.append(row)
    sql = f"""SELECT {KEY} AS unit, year, subject, finding_id
              FROM findings SEMI JOIN (SELECT rule_id FROM rules WHERE family = '绩效') r
              USING (rule_id) ORDER BY finding_id"""
    for row in rows(con, sql):
        if (row["unit"], row["year"]) in found:  # else they are about a text alone
            found[row["unit"], row["year"]].findings.append((row["subject"], row["finding_id"]))
    return dict(found)


def shown_score(row: dict[str, Any]) -> str:
    """A computed score as people read it: 5, or 11.67 至 15; empty where there is none."""
    low, high = row["low"], row["high"]
    if low is None or high is None:
        return ""
    if low == high:
        return f"{low.normalize():f}"
    return f"{low.normalize():f} 至 {high.normalize():f}"


def gap(row: dict[str, Any]) -> Any:
    """How far the unit's own score lies outside what was computed; None where it fits or is not
    known.
    """
    own, low, high = row["self_score"], row["low"], row["high"]
    if own is None or low is None or high is None:
        return None
    if own > high:
        return own - high
    return own - low if own < low else None
