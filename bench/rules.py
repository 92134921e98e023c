"""The rules alone, over many units: the engine of the nightly run beside one SQL query a rule over
the same facts.

The facts are those of a published set, copied under other unit codes until there are as many units
as wanted.
"""

from __future__ import annotations

import time
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


@dataclass(frozen=True)
class Rates:
    """Units and facts, and the seconds of the engine, of the engine over half the units, and of one
    query a rule; the kernel of the engine beside the bare product.
    """

    units: int
    facts: int
    engine: float
    half: float
    queries: float
    rules: int
    kernel: Kernel


def rates(published: Path, scratch: Path, units: int, threads: int) -> Rates:
    """Measure over ``units`` units and over half of them; ``scratch`` is a folder for the
    databases.
    """
    book = load_rulebook()
    half, _, _ = _copied(published, scratch / "half.duckdb", units // 2, threads)
    with half:
        reconcile(half, book)  # what a process makes once of the book is in neither figure
        less = _seconds(lambda: reconcile(half, book))
    con, made, facts = _copied(published, scratch / "all.duckdb", units, threads)
    with con:
        queries, number = _queries(con, book)
        engine = _seconds(lambda: reconcile(con, book))
        alone = kernel(con, book)
    return Rates(made, facts, engine, less, queries, number, alone)


def _seconds(work) -> float:
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


def _copied(
    published: Path, target: Path, units: int, threads: int
) -> tuple[duckdb.DuckDBPyConnection, int, int]:
    con = duckdb.connect(str(target), config={"threads": threads})
    con.execute(f"ATTACH '{published}' AS source (READ_ONLY)")
    there = con.execute(
        "SELECT count(DISTINCT coalesce(unit_code, unit_name)) FROM source.facts"
    ).fetchall()[0][0]
    times = max(1, round(units / there))
    for table in COPIED:
        con.execute(_copy(con, table, times))
    con.execute("CREATE TABLE layouts AS SELECT * FROM source.layouts")
    facts = con.execute("SELECT count(*) FROM facts").fetchall()[0][0]
    con.execute("DETACH source")
    return con, there * times, facts


def _copy(con: duckdb.DuckDBPyConnection, table: str, times: int) -> str:
    found = con.execute(f"DESCRIBE source.{table}").fetchall()
    columns = ", ".join(
        f"{RENAMED[c]} AS {c}" if c in RENAMED else c for c in (r[0] for r in found)
    )
    return (
        f"CREATE TABLE {table} AS SELECT {columns} FROM range({times}) g(i), source.{table} t ORDER"
        " BY i, t.rowid"
    )
