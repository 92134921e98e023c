"""The rules alone, over many units: the engine of the nightly run beside one SQL query a rule over
the same facts.

The facts are those of a published set, copied under other unit codes until there are as many units
as wanted; where fewer are wanted than it holds, those of its first departments with all below them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.plainsql import rule_sql
from bench.product import Kernel, kernel
from pipelines.reconcile import load_rulebook, reconcile
from schemas.rulebook import Rulebook

COPIED = ("facts", "prior_facts", "sheets", "lines", "submissions", "units")
RENAMED = {
    "unit_code": "i || '-' || unit_code",
    "parent_code": "i || '-' || parent_code",
    "unit_name": "unit_name || i",
    "file": "i || '/' || file",
}


UNIT = "coalesce(unit_code, unit_name)"
# The department of each unit, which is the unit itself where the register does not know it.
DEPARTMENTS = f"""
    CREATE TEMP TABLE departments AS
    WITH RECURSIVE below(unit, department) AS (
        SELECT unit_code, unit_code FROM source.units
        WHERE parent_code IS NULL OR parent_code NOT IN (SELECT unit_code FROM source.units)
        UNION
        SELECT u.unit_code, b.department FROM source.units u JOIN below b ON b.unit = u.parent_code)
    SELECT unit, coalesce(department, unit) AS department
    FROM (SELECT DISTINCT {UNIT} AS unit FROM source.facts) LEFT JOIN below USING (unit)"""
# Departments one after the other, until they have the units that are wanted.
WANTED = """
    CREATE TEMP TABLE wanted AS
    WITH counted AS (
        SELECT department, count(*) AS units, sum(count(*)) OVER (ORDER BY department) AS reached
        FROM departments GROUP BY department)
    SELECT unit FROM departments
    SEMI JOIN (FROM counted WHERE reached - units < $units) USING (department)"""


@dataclass(frozen=True)
class Took:
    """Rules over so many units and facts: seconds by the clock and of CPU."""

    units: int
    facts: int
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Rates:
    """The engine over all units and over half of them, the seconds of one query a rule over all;
    the kernel of the engine beside the bare product.
    """

    engine: Took
    half: Took
    queries: float
    rules: int
    kernel: Kernel


def rates(
    published: Path, scratch: Path, units: int, threads: int, book: Rulebook | None = None
) -> Rates:
    """Measure over ``units`` units and over half of them; ``scratch`` is a folder for the
    databases, ``book`` the shipped rules unless given.
    """
    book = book or load_rulebook()
    with _copied(published, scratch / "half.duckdb", units // 2, threads) as half:
        reconcile(half, book)  # what a process makes once of the book is in neither figure
        less = _took(half, book)
    with _copied(published, scratch / "all.duckdb", units, threads) as con:
        queries, number = _queries(con, book)
        engine = _took(con, book)
        alone = kernel(con, book)
    return Rates(engine, less, queries, number, alone)


def _took(con: duckdb.DuckDBPyConnection, book: Rulebook) -> Took:
    counted = f"SELECT count(DISTINCT {UNIT}), count(*) FROM facts"
    units, facts = con.execute(counted).fetchall()[0]
    started = time.process_time()
    seconds = _seconds(lambda: reconcile(con, book))
    return Took(units, facts, seconds, time.process_time() - started)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _queries(con: duckdb.DuckDBPyConnection, book: Rulebook) -> tuple[float, int]:
    rules = [r for r in book.rules.values() if r.kind == "formula" and not r.broken]
    texts = [
        f"SELECT count(*), sum(difference) FROM ({rule_sql(r, book.checks, book.forms)})"
        for r in rules
    ]
    return _seconds(lambda: [con.execute(t).fetchall() for t in texts]), len(texts)


def _copied(published: Path, target: Path, units: int, threads: int) -> duckdb.DuckDBPyConnection:
    """A database with the facts of about so many units."""
    con = duckdb.connect(str(target), config={"threads": threads})
    con.execute(f"ATTACH '{published}' AS source (READ_ONLY)")
    con.execute(DEPARTMENTS)
    con.execute(WANTED, {"units": units})
    there = con.execute("SELECT count(*) FROM departments").fetchall()[0][0]
    times = max(1, round(units / there))
    for table in COPIED:
        con.execute(_copy(con, table, times))
    con.execute("CREATE TABLE layouts AS SELECT * FROM source.layouts")
    con.execute("DETACH source")
    return con


def _copy(con: duckdb.DuckDBPyConnection, table: str, times: int) -> str:
    found = con.execute(f"DESCRIBE source.{table}").fetchall()
    columns = ", ".join(
        f"{RENAMED[c]} AS {c}" if c in RENAMED else c for c in (r[0] for r in found)
    )
    return (
        f"CREATE TABLE {table} AS SELECT {columns} FROM range({times}) g(i), source.{table} t"
        f" WHERE {UNIT} IN (SELECT unit FROM wanted) ORDER BY i, t.rowid"
    )
