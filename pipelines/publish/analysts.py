"""The datasets for analysts, made from those of the run: ``codes``, ``forms`` and
``unit_years``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from pipelines.publish.datasets import name, quoted, table_sql
from schemas.analysts import CODES, EXPLANATIONS, FORMS, UNIT_YEARS, figures
from schemas.dataset import Dataset
from schemas.library import LAST_YEAR, Form, code_list
from schemas.performance_listed import performance_form_rows

LEVELS = {3: "类", 5: "款", 7: "项"}  # by the length of the code


def make_analyst_tables(con: duckdb.DuckDBPyConnection, library: Mapping[str, Form]) -> None:
    """Create the four tables; ``explanations`` only where settling left none. Needs facts,
    submissions, units, findings.
    """
    _fill(con, CODES, _codes())
    _fill(con, FORMS, [*_forms(library), *performance_form_rows()])
    con.execute("DROP TABLE IF EXISTS unit_years")
    con.execute(table_sql(UNIT_YEARS))
    con.execute(f"INSERT INTO unit_years {unit_years_sql()}")
    con.execute(table_sql(EXPLANATIONS).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"))


def _fill(con: duckdb.DuckDBPyConnection, dataset: Dataset, rows: list[dict[str, Any]]) -> None:
    con.register("analyst_rows", dataset.table(rows))
    con.execute(f"CREATE OR REPLACE TABLE {name(dataset.name)} AS SELECT * FROM analyst_rows")
    con.unregister("analyst_rows")


def _codes() -> list[dict[str, Any]]:
    rows = []
    for kind in ("functional", "economic"):
        for item in code_list(kind).items.values():
            rows.append(
                {
                    "kind": kind,
                    "code": item.code,
                    "name": item.name,
                    "parent_code": item.code[:-2] if len(item.code) > 3 else None,
                    "level": LEVELS[len(item.code)],
                    "since": item.since or None,
                    "until": item.until if item.until < LAST_YEAR else None,
                    "aliases": "|".join(item.aliases) or None,
                }
            )
    return rows


def _forms(library: Mapping[str, Form]) -> list[dict[str, Any]]:
    rows = []
    for form in library.values():
        columns = {c.key for c in form.columns} | {c.key for b in form.blocks for c in b.columns}
        rows.append(
            {
                "form": form.form,
                "number": form.number,
                "title": form.title,
                "family": form.family,
                "money_unit": form.unit,
                "required": form.required,
                "layout": form.layout,
                "since": form.years.since or None,
                "until": form.years.until if form.years.until < LAST_YEAR else None,
                "columns": len(columns),
            }
        )
    return rows


def unit_years_sql() -> str:
    """The query that reads every figure out of ``facts``, a row for each unit and year of
    ``submissions``.

    The figures of a unit are a map before they are columns: an aggregate for each of them takes
    longer to plan than everything else takes to run.
    """
    wanted = ", ".join(_cell(f) for f in figures())
    columns = ", ".join(f"p.amounts[{quoted(f.name)}] AS {name(f.name)}" for f in figures())
    return f"""
        WITH RECURSIVE tree(unit_code, path, steps) AS (
            SELECT unit_code, unit_code, 0 FROM units
            WHERE parent_code IS NULL OR parent_code NOT IN (SELECT unit_code FROM units)
            UNION ALL
            SELECT u.unit_code, t.path || '/' || u.unit_code, t.steps + 1
            FROM units u JOIN tree t ON u.parent_code = t.unit_code WHERE t.steps < 20
        ), wanted(figure, form, block, row_key, col_key) AS (VALUES {wanted}
        ), cells AS (
            SELECT coalesce(unit_code, unit_name) AS unit, year, figure, max(amount) AS amount
            FROM facts JOIN wanted USING (form, block, row_key, col_key) GROUP BY ALL
        ), picked AS (
            SELECT unit, year, map_from_entries(list((figure, amount))) AS amounts
            FROM cells GROUP BY ALL
        ), traits AS (
            SELECT unit_code, coalesce(report_type, '单户') AS report_type,
                   unit_code NOT IN (SELECT parent_code FROM units WHERE parent_code IS NOT NULL)
                   AS is_leaf FROM units
        ), counted AS (
            SELECT coalesce(unit_code, unit_name) AS unit, year,
                   count(*) FILTER (WHERE severity = 'error') AS errors,
                   count(*) FILTER (WHERE severity = 'review') AS reviews,
                   count(*) FILTER (WHERE severity = 'hint') AS hints
            FROM findings WHERE status = 'open' GROUP BY ALL
        )
        SELECT s.unit_code, s.unit_name, s.year, coalesce(r.report_type, '单户'),
               coalesce(r.is_leaf, true), coalesce(t.path, s.unit_code, s.unit_name), s.status,
               coalesce(c.errors, 0), coalesce(c.reviews, 0), coalesce(c.hints, 0), {columns}
        FROM submissions s
        LEFT JOIN picked p ON p.unit = coalesce(s.unit_code, s.unit_name) AND p.year = s.year
        LEFT JOIN traits r ON r.unit_code = s.unit_code
        LEFT JOIN tree t ON t.unit_code = s.unit_code
        LEFT JOIN counted c ON c.unit = coalesce(s.unit_code, s.unit_name) AND c.year = s.year"""


def _cell(figure: Any) -> str:
    """A row of the figures that are wanted: its name, and the cell that it stands in."""
    cell = (figure.name, figure.form, figure.block, figure.row, figure.col)
    return f"({', '.join(map(quoted, cell))})"
