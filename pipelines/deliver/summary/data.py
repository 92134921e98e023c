"""What the summary shows, read once from the published database."""

from __future__ import annotations

import re
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
from schemas.explanations import Explanation
from schemas.library import forms

UnitYear = tuple[str, int]
MOST_ALIKE = 5  # units that are named one by one where nothing is to be done


@dataclass(slots=True)
class Summary:
    """Everything the summary shows, read once. ``units_at`` and ``marked_at`` are the files written
    for a unit and year; ``said`` is what explains a finding, ``texts_at`` the marked narratives by
    submitted file, ``understood`` how much of them was read; ``sheet_at`` says under which name a
    submitted (file, sheet) stands in the marked copy; ``at_hand``: the files of this run.
    """

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
    said: Mapping[str, Explanation] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    units_at: Mapping[UnitYear, str] = field(default_factory=dict)
    marked_at: Mapping[UnitYear, str] = field(default_factory=dict)
    texts_at: Mapping[str, str] = field(default_factory=dict)
    understood: Mapping[UnitYear, str] = field(default_factory=dict)
    sheet_at: Callable[[UnitYear, str, str], str] = lambda _key, _file, sheet: sheet
    at_hand: frozenset[str] = frozenset()

    def is_at_hand(self, file: str | None) -> bool:
        """Whether a file is among those of this run; last year's may be known from an earlier set
        only.
        """
        return not file or file in self.at_hand or re.sub(r"#[pt]\d+$", "", file) in self.at_hand

    def is_own(self, key: tuple[Any, Any] | None, cell: dict[str, Any]) -> bool:
        """Whether a cell stands in a file of the unit and year ``key`` itself."""
        sheet = self.sheets.get((cell["file"], cell["sheet"]))
        if sheet is None or key is None:
            return self.is_at_hand(cell["file"])
        return (sheet["unit"], sheet["year"]) == key

    def places(self, finding: dict[str, Any]) -> list[tuple[str, str]]:
        """The cells of a finding in its unit's own tables: (Z03, E13) and (财决03表, E13)."""
        found = []
        for cell in self.cells.get(finding["finding_id"], []):
            sheet = self.sheets.get((cell["file"], cell["sheet"]))
            if sheet is None or not cell["cell"] or not sheet["form"]:
                continue
            if (sheet["unit"], sheet["year"]) == (finding["unit"], finding["year"]):
                form = forms().get(sheet["form"])
                names = (sheet["form"], form.number if form else sheet["form"])
                found += [(name, cell["cell"]) for name in names]
        return found


def read_summary(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    earlier: Path | None = None,
) -> Summary:
    """All that the summary needs from the published database.

    ``earlier`` is the folder of the set before.
    """
    findings, cells = source.findings(con), source.cells(con)
    fixes = read_fixes(con)
    kinds = source.rows(con, "SELECT status, count(*) AS n FROM files GROUP BY ALL ORDER BY ALL")
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
        said=_said(findings, source.explanations(con)),
        understood=_understood(con),
        at_hand=frozenset(r["file"] for r in source.rows(con, "SELECT file FROM files")),
    )


def _understood(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, str]:
    """``读懂 127/132 个数字`` for each unit and year with narratives."""
    found = source.rows(
        con,
        """
        SELECT coalesce(unit_code, unit_name) AS unit, year, sum(bound)::INT AS bound,
               sum(figures)::INT AS figures
        FROM coverage WHERE year IS NOT NULL GROUP BY ALL""",
    )
    return {(r["unit"], r["year"]): f"读懂 {r['bound']}/{r['figures']} 个数字" for r in found}


def _undone_rows(con: duckdb.DuckDBPyConnection) -> Rows:
    """What was not checked, why in words, and what to do.

    Where nothing is to be done comes last, many units in one row.
    """
    found = source.not_executed(con)
    for row in found:
        row["reason"] = reason_in_words(row["reason"])
        row["action"] = action_for(row["outcome"], row["reason"])
    idle = [row for row in found if row["action"].startswith(NOTHING_TO_DO)]
    return [row for row in found if not row["action"].startswith(NOTHING_TO_DO)] + _together(idle)


def _said(findings: Rows, known: list[Explanation]) -> dict[str, Explanation]:
    """The explanation of each explained finding."""
    found = {}
    for finding in findings:
        if finding["status"] == "explained":
            said = next((e for e in known if _explains(e, finding)), None)
            if said is not None:
                found[finding["finding_id"]] = said
    return found


def _explains(known: Explanation, finding: dict[str, Any]) -> bool:
    if known.finding or known.cause:
        return known.finding == finding["finding_id"] or known.cause == finding["cause"]
    keys = ("rule_id", "unit_code", "unit_name", "year", "subject")
    return known.covers(*(finding[k] for k in keys))


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
