"""What the reports read: queries on one published ``caijue.duckdb``. Nothing here writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines import log
from pipelines.database import LITTLE, open_database
from pipelines.database import UNIT as KEY
from pipelines.publish.datasets import has_dataset, read_dataset
from schemas.explanations import ANY, Explanation

Rows = list[dict[str, Any]]

ORDER = "unit_code NULLS LAST, unit_name, year"


@contextmanager
def opened(db: Path, memory_mb: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection: it never writes, and leaves no ``.wal`` behind. ``memory_mb`` as in
    ``open_database``.
    """
    con = open_database(db, memory_mb=memory_mb, read_only=True)
    try:
        yield con
    finally:
        con.close()


def rows(con: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] = ()) -> Rows:
    """The result as dicts; amounts stay Decimal."""
    return con.sql(sql, params=list(params)).to_arrow_table().to_pylist()


def run_row(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    """The row of ``runs`` for this run; an empty one where the table has none."""
    found = rows(con, "SELECT * FROM runs WHERE run_id = ?", [run_id])
    return found[0] if found else {"run_id": run_id}


def unit_years(con: duckdb.DuckDBPyConnection) -> Rows:
    """Every unit and year that was submitted, expected or has findings: unit, unit_code, unit_name,
    year, status, missing_forms.
    """
    return rows(
        con,
        """
        WITH known AS (
            SELECT unit_code, unit_name, year FROM submissions
            UNION SELECT unit_code, unit_name, year FROM facts
            UNION SELECT unit_code, unit_name, year FROM findings
              WHERE year IS NOT NULL AND coalesce(unit_code, unit_name) IS NOT NULL)
        SELECT coalesce(k.unit_code, k.unit_name) AS unit, any_value(k.unit_code) AS unit_code,
               max(k.unit_name) AS unit_name, k.year, any_value(s.status) AS status,
               any_value(s.missing_forms) AS missing_forms
        FROM known k LEFT JOIN submissions s
          ON s.unit_code IS NOT DISTINCT FROM k.unit_code
              AND s.unit_name IS NOT DISTINCT FROM k.unit_name
         AND s.year = k.year
        GROUP BY unit, k.year ORDER BY unit, k.year
        """,
    )


def headline_amounts(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], dict[str, Any]]:
    """Income and expenditure of Z01 (决算数, 元) by unit and year: income, expense, income_total,
    expense_total.
    """
    wanted = {
        "income": ("收入", "本年收入合计"),
        "expense": ("支出", "本年支出合计"),
        "income_total": ("收入", "总计"),
        "expense_total": ("支出", "总计"),
    }
    picks = ", ".join(
        f"max(amount) FILTER (block = '{block}' AND row_key = '{row}') AS {name}"
        for name, (block, row) in wanted.items()
    )
    found = rows(
        con,
        f"SELECT {KEY} AS unit, year, {picks} FROM facts WHERE form = 'Z01' AND col_key = '决算数'"
        " GROUP BY ALL",
    )
    return {(r["unit"], r["year"]): r for r in found}


def finding_counts(
    con: duckdb.DuckDBPyConnection,
) -> dict[tuple[str | None, int | None], dict[str, Any]]:
    """Open findings by severity, and explained ones, by unit and year."""
    found = rows(
        con,
        f"""SELECT {KEY} AS unit, year,
                   count(*) FILTER (status = 'open' AND severity = 'error') AS error,
                   count(*) FILTER (status = 'open' AND severity = 'review') AS review,
                   count(*) FILTER (status = 'open' AND severity = 'hint') AS hint,
                   count(*) FILTER (status = 'explained') AS explained
            FROM findings GROUP BY ALL""",
    )
    return {(r["unit"], r["year"]): r for r in found}


def findings(
    con: duckdb.DuckDBPyConnection, where: str = "true", params: Sequence[Any] = ()
) -> Rows:
    """Findings with their rule's title, in the order in which they are to be read."""
    return rows(
        con,
        f"""SELECT f.*, {KEY} AS unit,
                coalesce(r.title, f.rule_id) AS rule_title, r.formula, r.family
            FROM findings f LEFT JOIN (SELECT DISTINCT ON (rule_id) *
                FROM rules ORDER BY rule_id) r USING (rule_id)
            WHERE {where}
            ORDER BY f.status = 'explained', CASE f.severity WHEN 'error' THEN 0
                WHEN 'review' THEN 1 ELSE 2 END,
                     {ORDER}, f.cause, f.rule_id, f.subject, f.finding_id""",
        params,
    )


def cells(
    con: duckdb.DuckDBPyConnection, where: str = "true", params: Sequence[Any] = ()
) -> dict[str, Rows]:
    """The cells of findings, by finding: left before right before subject, suspects by rank."""
    found = rows(
        con,
        f"""SELECT c.* FROM finding_cells c SEMI JOIN (SELECT finding_id FROM findings
                WHERE {where}) USING (finding_id)
            ORDER BY finding_id, CASE role WHEN 'left' THEN 0 WHEN 'right' THEN 1
                WHEN 'subject' THEN 2 ELSE 3 END,
                     rank NULLS LAST, file, sheet, length(cell), cell""",
        params,
    )
    grouped: dict[str, Rows] = {}
    for row in found:
        grouped.setdefault(row["finding_id"], []).append(row)
    return grouped


def sheets_of_findings(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each (file, sheet) that a finding points at: form, unit and year."""
    found = rows(
        con,
        f"""SELECT DISTINCT ON (file, sheet) file, sheet, form, {KEY} AS unit, year FROM sheets
            SEMI JOIN (SELECT DISTINCT file, sheet FROM finding_cells) USING (file, sheet)
            ORDER BY file, sheet, status <> 'read'""",
    )
    return {(r["file"], r["sheet"]): r for r in found}


def explanations(con: duckdb.DuckDBPyConnection) -> list[Explanation]:
    """The 审核说明 that cover findings; none of a set that was published before they were a
    dataset.
    """
    if "explanations" not in {r["name"] for r in rows(con, "SHOW TABLES")}:
        return []
    found = rows(con, "SELECT * FROM explanations WHERE state = 'active' ORDER BY file, number")
    return [
        Explanation(
            rule=r["rule_id"] or ANY,
            unit=r["unit"] or ANY,
            finding=r["finding_id"] or "",
            cause=r["cause"] or "",
            year=r["year"],
            pattern=r["subject"] or "*",
            reason=r["reason"],
            by=r["by"],
            until=r["until"],
            number=r["number"],
            file=r["file"],
        )
        for r in found
    ]


def not_executed(con: duckdb.DuckDBPyConnection) -> Rows:
    """Checks not carried out, one row per unit, year, outcome and reason, with all their
    rule ids.
    """
    return rows(
        con,
        f"""SELECT {KEY} AS unit, any_value(unit_code) AS unit_code,
                any_value(unit_name) AS unit_name, year, outcome,
                   coalesce(reason, '') AS reason, count(*) AS rules,
                   string_agg(rule_id, '、' ORDER BY rule_id) AS rule_ids
            FROM check_results WHERE outcome IN ('not_evaluated', 'broken')
            GROUP BY unit, year, outcome, coalesce(reason, '')
            ORDER BY outcome = 'not_evaluated', reason, unit, year""",
    )


def outcomes_by_rule(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    found = rows(
        con,
        """SELECT rule_id, count(*) FILTER (outcome = 'pass') AS pass, count(*)
                FILTER (outcome = 'fail') AS fail,
                  count(*) FILTER (outcome = 'not_evaluated') AS not_evaluated,
                  count(*) FILTER (outcome = 'broken') AS broken, sum(instances) AS instances,
                  sum(failed) AS failed
           FROM check_results GROUP BY rule_id""",
    )
    return {r["rule_id"]: r for r in found}


def _findings_of_set(folder: Path) -> Rows | None:
    if not all(has_dataset(folder, name) for name in ("findings", "rules")):
        return None
    with closing(open_database(memory_mb=LITTLE)) as before:
        for name in ("findings", "rules"):
            before.execute(f"CREATE VIEW {name} AS SELECT * FROM {read_dataset(folder, name)}")
        return findings(before)


def resolved(con: duckdb.DuckDBPyConnection, earlier: Path | None) -> Rows | None:
    """Findings of the earlier set that are no longer there, of the years this run covers; None
    without one.

    ``earlier`` is that set's folder. Its Parquet is read, so that nobody who holds its database is
    in the way; a set that cannot be read counts as none.
    """
    try:
        old = _findings_of_set(earlier) if earlier else None
    except (duckdb.Error, OSError) as error:
        log.say(
            f"读不了上次发布的问题（{str(error).splitlines()[0]}），这次不列已消除的问题。",
            logging.WARNING,
        )
        return None
    if old is None:
        return None
    now = {r["finding_id"] for r in rows(con, "SELECT finding_id FROM findings")}
    years = {r["year"] for r in rows(con, "SELECT DISTINCT year FROM submissions")} | {None}
    return [r for r in old if r["finding_id"] not in now and r["year"] in years]
