"""Rules that are a query: SQL over the datasets, in a database of its own that can touch no file.

A query returns ``unit_code, unit_name, year, subject, message, file, sheet, cell``, one row per thing found wrong.
It may read facts, sheets, lines, layouts, units and submissions.
"""

from __future__ import annotations

import re
from collections import Counter

import duckdb

from pipelines.reconcile.world import World
from schemas.rulebook import Rule

TABLES = ("facts", "sheets", "lines", "layouts", "units", "submissions")
COLUMNS = ("unit_code", "unit_name", "year", "subject", "message", "file", "sheet", "cell")


def run_query(con: duckdb.DuckDBPyConnection, rule: Rule) -> list[tuple]:
    """Rows of a query rule. Raises ``duckdb.Error`` or ValueError where it cannot be run."""
    if len(duckdb.extract_statements(rule.sql)) != 1:
        raise ValueError("只能有一条查询语句")
    aside = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": 2})
    try:
        for name in TABLES:
            if re.search(rf"\b{name}\b", rule.sql):
                aside.register("given", con.sql(f"SELECT * FROM {name}").to_arrow_table())
                aside.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
                aside.unregister("given")
        aside.execute("SET lock_configuration = true")
        return aside.execute(f"SELECT DISTINCT {', '.join(COLUMNS)} FROM ({rule.sql.strip().rstrip(';')}) ORDER BY ALL").fetchall()
    finally:
        aside.close()


def apply_queries(con: duckdb.DuckDBPyConnection, rules: list[Rule], world: World, years: set[int] | None) -> tuple[
    dict[str, dict[int, int]], dict[str, str]
]:  # fmt: skip
    """Runs every query rule; adds its findings. Returns failures by rule and unit-year, and what broke, by rule."""
    counts: dict[str, dict[int, int]] = {}
    broken: dict[str, str] = {}
    for rule in rules:
        try:
            rows = run_query(con, rule)
        except (duckdb.Error, ValueError) as error:
            broken[rule.id] = f"查询出错：{str(error).splitlines()[0]}"
            continue
        rows = [r for r in rows if years is None or r[2] in years]
        counts[rule.id] = dict(Counter(world.index[(r[0] or r[1], r[2])] for r in rows if (r[0] or r[1], r[2]) in world.index))
        _insert(con, rule, rows)
    return counts, broken


def _insert(con: duckdb.DuckDBPyConnection, rule: Rule, rows: list[tuple]) -> None:
    for code, name, year, subject, message, file, sheet, cell in rows:
        finding_id = con.execute("SELECT rec_id(?, ?, ?, ?)", [rule.id, code or name, year, subject]).fetchall()[0][0]
        con.execute(
            "INSERT INTO raw_findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            [finding_id, rule.id, rule.severity, code, name, year, subject, message, finding_id],
        )
        if file:
            con.execute(
                "INSERT INTO raw_cells VALUES (?, 'subject', NULL, ?, ?, ?, NULL, NULL, NULL)",
                [finding_id, file, sheet, cell],
            )
