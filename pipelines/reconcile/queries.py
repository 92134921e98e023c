"""Rules that are a query: SQL over the datasets, in a database of its own that can touch no file.

A query returns ``unit_code, unit_name, year, subject, message, file, sheet, cell``, one row per
thing found wrong. It may read facts, sheets, lines, layouts, units and submissions; ``needs`` says
of which forms (all, where it is empty).
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping
from functools import cache

import duckdb
import pyarrow as pa

from pipelines.database import open_database
from pipelines.reconcile.submissions import World
from schemas.rulemodel import Rule

TABLES = ("facts", "sheets", "lines", "layouts", "units", "submissions")
FORM_TABLES = ("facts", "sheets", "lines", "layouts")
COLUMNS = "unit_code, unit_name, year::SMALLINT AS year, subject, message, file, sheet, cell"


class Aside:
    """Runs queries in a database in memory, without access to files, over the datasets they
    name.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.source = con
        self.given: dict[str, tuple[tuple[str, ...], pa.Table]] = {}

    def run(self, rule: Rule, years: set[int] | None = None) -> pa.Table:
        """Rows of a query rule, of ``years`` only where they are given.

        Raises ``duckdb.Error`` or ValueError where it cannot be run.
        """
        given = {name: self._given(rule, name) for name in _named(rule.sql)}
        query = _query(rule.sql, years)
        if given and not any(table.num_rows for table in given.values()):
            return _of_nothing(query, given)
        return _answer(query, given)

    def _given(self, rule: Rule, name: str) -> pa.Table:
        """A dataset, of those forms only that the rule needs."""
        forms = rule.needs if name in FORM_TABLES else ()
        kept = self.given.get(name)
        if kept is None or kept[0] != forms:
            rows = self.source.table(name)
            if forms:
                wanted = ", ".join("'" + f.replace("'", "''") + "'" for f in forms)
                rows = rows.filter(f"form IN ({wanted})")
            kept = self.given[name] = forms, rows.to_arrow_table()
        return kept[1]


@cache
def _named(sql: str) -> list[str]:
    return [name for name in TABLES if re.search(rf"\b{name}\b", sql)]


@cache
def _checked(sql: str) -> str:
    """The query, if it is one; raises ValueError for anything else."""
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ValueError("只能有一条 SELECT 查询")
    return sql.strip().rstrip(";")


def _query(sql: str, years: set[int] | None) -> str:
    chosen = ", ".join(str(int(y)) for y in sorted(years or ()))
    wanted = "" if years is None else f" WHERE year IN ({chosen or 'NULL'})"
    return f"SELECT DISTINCT {COLUMNS} FROM ({_checked(sql)}){wanted} ORDER BY ALL"


_of_nothing_known: dict[str, pa.Table] = {}


def _of_nothing(query: str, given: Mapping[str, pa.Table]) -> pa.Table:
    """The answer where none of its tables has a row, which is always the same. Most sets have no
    published tables, which most queries are about.
    """
    if query not in _of_nothing_known:
        _of_nothing_known[query] = _answer(query, given)
    return _of_nothing_known[query]


_here = threading.local()


def _database() -> duckdb.DuckDBPyConnection:
    """The database of this thread, empty when nobody asks: opening one takes as long as ten
    queries.
    """
    if not hasattr(_here, "con"):
        _here.con = open_database(config={"enable_external_access": "false", "threads": 1})
    return _here.con


def _answer(query: str, given: Mapping[str, pa.Table]) -> pa.Table:
    con = _database()
    try:
        for name, table in given.items():
            con.register(name, table)
        return con.sql(query).to_arrow_table()
    finally:
        for name in given:
            con.unregister(name)


def apply_queries(
    con: duckdb.DuckDBPyConnection, rules: list[Rule], world: World, years: set[int] | None
) -> tuple[dict[str, dict[int, int]], dict[str, str]]:
    """Runs every query rule; adds its findings.

    Returns failures by rule and unit-year, and what broke, by rule.
    """
    counts: dict[str, dict[int, int]] = {}
    broken: dict[str, str] = {}
    aside = Aside(con)
    for rule in rules:
        try:
            table = aside.run(rule, years)
        except (duckdb.Error, ValueError) as error:
            broken[rule.id] = f"查询出错：{str(error).splitlines()[0]}"
            continue
        places = zip(
            *(table[c].to_pylist() for c in ("unit_code", "unit_name", "year")), strict=True
        )
        numbers = (world.index.get((code or name, year)) for code, name, year in places)
        counts[rule.id] = dict(Counter(n for n in numbers if n is not None))
        _insert(con, rule, table)
    return counts, broken


def _insert(con: duckdb.DuckDBPyConnection, rule: Rule, table: pa.Table) -> None:
    if not len(table):
        return
    con.register("rec_query_rows", table)
    con.execute(
        """INSERT INTO raw_findings
        SELECT rec_id($id, coalesce(unit_code, unit_name), year, subject) AS finding_id, $id,
               $severity, any_value(unit_code), any_value(unit_name), year, subject,
               any_value(message), NULL, NULL, finding_id
        FROM rec_query_rows GROUP BY coalesce(unit_code, unit_name), year, subject""",
        {"id": rule.id, "severity": rule.severity},
    )
    con.execute(
        """INSERT INTO raw_cells SELECT DISTINCT
            rec_id($id, coalesce(unit_code, unit_name), year, subject), 'subject', NULL::INTEGER,
        file, sheet, cell, NULL::DECIMAL(18,2), NULL::DECIMAL(18,2), NULL::VARCHAR, NULL::INTEGER
            FROM rec_query_rows WHERE file IS NOT NULL""",
        {"id": rule.id},
    )
    con.unregister("rec_query_rows")
