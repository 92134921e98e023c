"""Rules that are a query: SQL over the datasets, in a database of its own that can touch no file.

A query returns ``unit_code, unit_name, year, subject, message, file, sheet, cell``, one row per
thing found wrong. It may read facts, sheets, lines, layouts, units and submissions; ``needs`` says
of which forms (all, where it is empty).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.database import BESIDE, LITTLE, few_facts, open_database
from pipelines.errors import is_disk_full
from pipelines.reconcile.nearqueries import FORM_TABLES, Near, named, query_of
from pipelines.reconcile.submissions import World
from schemas.rulemodel import Rule

ROWS = 100_000  # copied at a time, some 30 MB


class Aside:
    """A database without access to files that holds copies of the datasets the queries name: a file
    beside the one that ``con`` works in, as a form of all units is large; in memory where ``con``
    is.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.source = con
        self.path = _beside(con)
        memory, place = (BESIDE * LITTLE, self.path) if self.path else (0, ":memory:")
        self.con = open_database(place, memory_mb=memory, config={"threads": 2})
        self.con.execute("SET enable_external_access = false")
        self.have: set[tuple[str, tuple[str, ...]]] = set()

    def close(self) -> None:
        """What was copied is gone."""
        self.con.close()
        if self.path:
            self.path.unlink(missing_ok=True)

    def run(self, rule: Rule, years: set[int] | None = None) -> pa.Table:
        """Rows of a query rule, of ``years`` only where they are given.

        Raises ``duckdb.Error`` or ValueError where it cannot be run.
        """
        query = query_of(rule, years)
        for name in named(rule):
            self._copy(name, rule.needs if name in FORM_TABLES else ())
        return self.con.sql(query).to_arrow_table()

    def _copy(self, name: str, forms: tuple[str, ...]) -> None:
        if (name, forms) in self.have:
            return
        rows = self.source.table(name)
        if forms:
            wanted = ", ".join("'" + f.replace("'", "''") + "'" for f in forms)
            rows = rows.filter(f"form IN ({wanted})")
        self.con.register("given", rows.to_arrow_reader(ROWS))
        self.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self.con.unregister("given")
        self.have = {(n, f) for n, f in self.have if n != name} | {(name, forms)}


def apply_queries(
    con: duckdb.DuckDBPyConnection, rules: list[Rule], world: World, years: set[int] | None
) -> tuple[dict[str, dict[int, int]], dict[str, str]]:
    """Runs every query rule; adds its findings.

    Returns failures by rule and unit-year, and what broke, by rule.
    """
    counts: dict[str, dict[int, int]] = {}
    broken: dict[str, str] = {}
    aside: Near | Aside = Near(con) if few_facts(con) or not rules else Aside(con)
    for rule in rules:
        try:
            table = aside.run(rule, years)
        except (duckdb.Error, ValueError) as error:
            if is_disk_full(error):  # no fault of the rule: the copies found no room
                raise
            broken[rule.id] = f"查询出错：{str(error).splitlines()[0]}"
            continue
        counts[rule.id] = _by_unit_year(table, world)
        _insert(con, rule, table)
    aside.close()
    return counts, broken


def _by_unit_year(table: pa.Table, world: World) -> dict[int, int]:
    """How many rows of a query's answer each unit-year has; those of no known one are left out."""
    places = zip(*(table[c].to_pylist() for c in ("unit_code", "unit_name", "year")), strict=True)
    numbers = (world.index.get((code or name, year)) for code, name, year in places)
    return dict(Counter(n for n in numbers if n is not None))


def _beside(con: duckdb.DuckDBPyConnection) -> Path | None:
    """A path beside the file that ``con`` works in; None where it works in memory."""
    [(path,)] = con.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchall()
    return Path(path).with_name("queries.duckdb") if path else None


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
