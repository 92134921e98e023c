"""What the summary shows, read once from the published database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.deliver import source
from pipelines.deliver.causes import Cause, causes
from pipelines.deliver.source import Rows
from pipelines.deliver.words import NOTHING_TO_DO, action_for, reason_in_words
from pipelines.fixes import Fix, read_fixes
from schemas.explanations import Explanation, load_explanations

UnitYear = tuple[str, int]
MOST_ALIKE = 5  # units that are named one by one where nothing is to be done


@dataclass(slots=True)
class Summary:
    """Everything the summary shows, read once. ``units_at`` and ``marked_at`` are the files written for a unit and year;
    ``texts_at`` the marked narratives by submitted file; ``sheet_at`` says under which name a submitted (file, sheet) stands in the marked copy."""

    run: dict[str, Any]
    units: Rows
    findings: Rows
    cells: dict[str, Rows]
    groups: list[Cause]
    fixes: list[Fix]
    sheets: dict[tuple[str, str], dict[str, Any]]
    amounts: dict[UnitYear, dict[str, Any]]
    counts: dict[tuple[str | None, int | None], dict[str, Any]]
    undone: Rows
    rules: Rows
    outcomes: dict[str, dict[str, int]]
    files: Counter[str]
    gone: Rows | None
    explanations: list[Explanation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    units_at: Mapping[UnitYear, str] = field(default_factory=dict)
    marked_at: Mapping[UnitYear, str] = field(default_factory=dict)
    texts_at: Mapping[str, str] = field(default_factory=dict)
    sheet_at: Callable[[UnitYear, str, str], str] = lambda _key, _file, sheet: sheet


def read_summary(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    earlier: Path | None = None,
    raw: Path | None = None,
) -> Summary:
    """All that the summary needs from the published database.

    ``earlier`` is the folder of the set before; from ``raw`` come the words of the 审核说明, which are no dataset.
    """
    findings, cells = source.findings(con), source.cells(con)
    fixes = read_fixes(con)
    kinds = source.rows(con, "SELECT status, count(*) AS n FROM files GROUP BY status")
    return Summary(
        run=source.run_row(con, run_id),
        units=source.unit_years(con),
        findings=findings,
        cells=cells,
        groups=causes(findings, {fix.cause: fix for fix in fixes}),
        fixes=fixes,
        sheets=source.sheets_of_findings(con),
        amounts=source.headline_amounts(con),
        counts=source.finding_counts(con),
        undone=_undone_rows(con),
        rules=source.rows(con, "SELECT * FROM rules ORDER BY rule_id"),
        outcomes=source.outcomes_by_rule(con),
        files=Counter({r["status"]: r["n"] for r in kinds}),
        gone=source.resolved(con, earlier),
        explanations=_read_explanations(con, raw),
    )


def _undone_rows(con: duckdb.DuckDBPyConnection) -> Rows:
    """What was not checked, why in words, and what to do. Where nothing is to be done comes last, many units in one row."""
    found = source.not_executed(con)
    for row in found:
        row["reason"] = reason_in_words(row["reason"])
        row["action"] = action_for(row["outcome"], row["reason"])
    idle = [row for row in found if row["action"].startswith(NOTHING_TO_DO)]
    return [row for row in found if not row["action"].startswith(NOTHING_TO_DO)] + _together(idle)


def _together(rows: Rows) -> Rows:
    """Rows that differ in the unit only as one, where there are more than a few."""
    alike: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        alike.setdefault((row["outcome"], row["reason"], row["year"], row["rule_ids"]), []).append(
            row
        )
    merged: Rows = []
    for same in alike.values():
        name = f"{len(same):,} 个单位"
        merged += (
            same
            if len(same) <= MOST_ALIKE
            else [same[0] | {"unit": None, "unit_code": None, "unit_name": name}]
        )
    return merged


def _read_explanations(con: duckdb.DuckDBPyConnection, raw: Path | None) -> list[Explanation]:
    files = source.rows(
        con, "SELECT file FROM files WHERE kind = 'explanations' AND status = 'read' ORDER BY file"
    )
    return [e for f in files if raw is not None for e in load_explanations(raw / f["file"])[0]]
