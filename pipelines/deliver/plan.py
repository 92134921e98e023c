"""What there is to write for each unit and year: file names, marked copies, and from which
submitted files.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.deliver import source
from pipelines.deliver.causes import Cause, unit_year
from pipelines.deliver.filenames import UnitYear, stems
from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.marking.mark import MarkJob, Source
from pipelines.deliver.marking.narrative import NarrativeJob
from pipelines.deliver.marking.pdfjob import PdfJob, is_pdf
from pipelines.deliver.source import Rows
from pipelines.deliver.summary import Summary
from pipelines.deliver.summary.findings import said_words
from pipelines.deliver.words import unit_title
from pipelines.fixes.words import todo_here
from schemas.library import published_forms
from schemas.observation import Observation, Place
from schemas.performance_forms import performance_forms

PUBLISHED = tuple(form.form for form in published_forms())


@dataclass(frozen=True, slots=True)
class Target:
    """A unit and year for which something is written; ``accounts``: there are tables of the final
    accounts, not performance material alone.
    """

    key: UnitYear
    stem: str
    unit_code: str | None
    unit_name: str
    accounts: bool = True

    @property
    def year(self) -> int:
        return self.key[1]

    @property
    def heading(self) -> str:
        return f"{self.unit_name} {self.key[1]} 年度 问题清单"


def targets(summary: Summary, con: duckdb.DuckDBPyConnection) -> list[Target]:
    """Every unit and year with facts, in order.

    Names are given over all units, so that they stay the same.
    """
    sql = f"""SELECT unit, year, bool_or(NOT list_contains(?, form)) AS accounts
              FROM (SELECT DISTINCT {source.KEY} AS unit, year, form FROM facts) GROUP BY ALL"""
    have = source.rows(con, sql, [list(performance_forms())])
    submitted = {(r["unit"], r["year"]): r["accounts"] for r in have}
    names = stems([(u["unit"], u["year"]) for u in summary.units])
    return [
        Target(
            (u["unit"], u["year"]),
            names[u["unit"], u["year"]],
            u["unit_code"],
            unit_title(u["unit_code"], u["unit_name"]),
            submitted[u["unit"], u["year"]],
        )
        for u in summary.units
        if (u["unit"], u["year"]) in submitted
    ]


def mark_jobs(
    summary: Summary,
    chosen: list[Target],
    con: duckdb.DuckDBPyConnection,
    raw: Path,
    out: Path,
    run_id: str,
) -> list[MarkJob]:
    """A job for every unit and year that has findings and a workbook to show them in."""
    entries = entries_of(summary)
    files = _sources(con, raw)
    return [
        MarkJob(
            out / "marked" / f"{t.stem}.xlsx",
            t.heading,
            tuple(files[t.key]),
            tuple(entries[t.key]),
            run_id,
        )
        for t in chosen
        if entries.get(t.key) and files.get(t.key)
    ]


def entries_of(summary: Summary) -> dict[UnitYear, list[Entry]]:
    """The findings of each unit and year, in reading order, with their cells."""
    found: dict[UnitYear, list[Entry]] = defaultdict(list)
    for group in summary.groups:
        for finding in group.findings:
            if finding["unit"] and finding["year"]:
                cells = summary.cells.get(finding["finding_id"], [])
                found[finding["unit"], finding["year"]].append(
                    _entry(summary, finding, group, cells)
                )
    return found


def _entry(summary: Summary, finding: dict[str, Any], group: Cause, cells: Rows) -> Entry:
    key = unit_year(finding)
    own = group.fix.own.get(key, ()) if group.fix and key else ()
    is_open = finding["status"] == "open"
    return Entry(
        finding["finding_id"],
        finding["severity"],
        finding["status"],
        finding["rule_id"],
        finding["rule_title"],
        finding["message"],
        finding["difference"],
        group.advice(finding),
        finding["subject"],
        tuple(_spot(summary, key, c) for c in cells if c["cell"]),
        tuple(((c.file, c.sheet, c.cell), todo_here(c, own)) for c in own) if is_open else (),
        tuple(said_words(summary.said.get(finding["finding_id"]))),
        finding.get("detail") or "",
    )


def _spot(summary: Summary, key: UnitYear | None, cell: dict[str, Any]) -> Spot:
    return Spot(
        cell["role"],
        cell["file"] or "",
        cell["sheet"] or "",
        cell["cell"],
        cell["amount"],
        cell["quote"] or "",
        summary.is_own(key, cell),
    )


# Workbooks of performance tables alone (a document's places quote its words).
PERFORMANCE_BOOKS = f"""
    SELECT {source.KEY} AS unit, year, file, any_value(sha256) AS sha256 FROM files
    WHERE kind = 'performance' AND status = 'read' AND year IS NOT NULL AND file IN (
        SELECT file FROM finding_cells WHERE quote IS NULL AND cell IS NOT NULL)
    GROUP BY unit, year, file ORDER BY file"""


def _sources(con: duckdb.DuckDBPyConnection, raw: Path) -> dict[UnitYear, list[Source]]:
    """The workbooks of each unit and year; the one with most internal tables first."""
    found = source.rows(
        con,
        f"""SELECT {source.KEY} AS unit, s.year, s.file, any_value(f.sha256) AS sha256
            FROM sheets s LEFT JOIN (SELECT file, sha256, kind FROM files) f USING (file)
            WHERE s.status <> 'foreign' AND s.year IS NOT NULL AND f.kind = 'workbook'
            GROUP BY unit, s.year, s.file
            ORDER BY count(*) FILTER (s.form NOT IN {PUBLISHED!r}) DESC, count(*) DESC, s.file""",
    )
    found += source.rows(con, PERFORMANCE_BOOKS)
    grouped: dict[UnitYear, list[Source]] = defaultdict(list)
    for row in found:
        grouped[row["unit"], row["year"]].append(
            Source(raw / row["file"], row["file"], row["sha256"] or "")
        )
    return grouped


def narrative_jobs(
    summary: Summary, con: duckdb.DuckDBPyConnection, raw: Path, out: Path, only: set[str] | None
) -> list[NarrativeJob | PdfJob]:
    """A job for every narrative and performance report with findings; its copy is named as the
    unit's workbooks are, as ``.docx``; a PDF stays one, its tables marked too.
    """
    texts = source.rows(
        con,
        f"""SELECT file, any_value(sha256) AS sha256, any_value({source.KEY}) AS unit,
                any_value(year) AS year, any_value(kind) = 'narrative' AS prose
            FROM files WHERE kind IN ('narrative', 'performance') AND status = 'read'
            GROUP BY file ORDER BY any_value(kind), file""",
    )
    found, entries = _observations(summary), _by_document(summary)
    names = stems([_unit_of(t) for t in texts])
    jobs: list[NarrativeJob | PdfJob] = []
    used: set[str] = set()
    for text in texts:
        own, listed = tuple(found.get(text["file"], ())), tuple(entries.get(text["file"], ()))
        if not (own or listed) or not (only is None or text["unit"] in only):
            continue
        target = _free(names[_unit_of(text)], used)
        used.add(target)
        origin = Source(raw / text["file"], text["file"], text["sha256"] or "")
        if is_pdf(origin.path):
            jobs.append(PdfJob(out / "marked" / f"{target}.pdf", origin, listed))
        elif own:
            path = out / "marked" / f"{target}.docx"
            jobs.append(NarrativeJob(path, origin, own, text["prose"]))
    return jobs


def _observations(summary: Summary) -> dict[str, list[Observation]]:
    """The findings that quote each document, with their places in it."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for finding in summary.findings:
        cells = summary.cells.get(finding["finding_id"], [])
        for file in {c["file"] for c in cells if c["quote"] is not None}:
            found[file].append(_observation(finding, [c for c in cells if c["file"] == file]))
    return found


def _unit_of(text: dict[str, Any]) -> UnitYear:
    """The unit and year of a document; its file where it is nobody's."""
    return text["unit"] or text["file"], text["year"] or 0


def _free(stem: str, used: set[str]) -> str:
    """A name not used yet: a unit may have sent in several documents."""
    return next(n for n in (stem, *(f"{stem}_{i}" for i in range(2, 999))) if n not in used)


def _by_document(summary: Summary) -> dict[str, list[Entry]]:
    """The findings that point into each document: at its words, or at cells of its tables
    (``某局.pdf#p12``).
    """
    found: dict[str, list[Entry]] = defaultdict(list)
    for group in summary.groups:
        for finding in group.findings:
            cells = summary.cells.get(finding["finding_id"], [])
            files = {_document(c) for c in cells if c["cell"]} - {""}
            for file in files:
                found[file].append(_entry(summary, finding, group, cells))
    return found


def _document(cell: dict[str, Any]) -> str:
    """The document that a place is in; of a workbook none."""
    file, part, _ = (cell["file"] or "").rpartition("#p")
    if part:
        return file
    return (cell["file"] or "") if cell["quote"] is not None else ""


def _observation(finding: dict[str, Any], cells: Rows) -> Observation:
    places = tuple(
        Place(c["role"], c["file"], c["sheet"], c["cell"], c["amount"], quote=c["quote"])
        for c in cells
    )
    return Observation(
        finding["rule_id"],
        finding["subject"],
        finding["message"],
        finding["severity"],
        places=places,
    )
