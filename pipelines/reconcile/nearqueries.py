"""Rules that are a query, over few facts: in one database a process that holds no copies.

Opening a database takes as long as ten queries, and most sets have none of the published tables
that most queries are about. What does not belong here: large sets (``queries.py``).
"""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Mapping
from functools import cache

import duckdb
import pyarrow as pa

from pipelines.database import LITTLE, open_database
from schemas.rulebook import is_own
from schemas.rulemodel import Rule

TABLES = ("facts", "sheets", "lines", "layouts", "units", "submissions")
FORM_TABLES = ("facts", "sheets", "lines", "layouts")
COLUMNS = "unit_code, unit_name, year::SMALLINT AS year, subject, message, file, sheet, cell"
_TEXTS = ("subject", "message", "file", "sheet", "cell")
NOTHING = pa.schema(
    [("unit_code", pa.string()), ("unit_name", pa.string()), ("year", pa.int16())]
    + [(name, pa.string()) for name in _TEXTS]
).empty_table()


class Near:
    """Runs queries in a database in memory, without access to files, over the datasets they
    name.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.source = con
        self.given: dict[str, tuple[tuple[str, ...], pa.Table]] = {}

    def close(self) -> None:
        """The datasets are let go."""
        self.given.clear()

    def run(self, rule: Rule, years: set[int] | None = None) -> pa.Table:
        """Rows of a query rule, of ``years`` only where they are given.

        Raises ``duckdb.Error`` or ValueError where it cannot be run.
        """
        given = {name: self._given(rule, name) for name in named(rule)}
        query = query_of(rule, years)
        # Tests hold the shipped rules to it that nothing comes to nothing.
        if given and not is_own(rule) and not any(t.num_rows for t in given.values()):
            return NOTHING
        return answer(query, given)

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


def named(rule: Rule) -> list[str]:
    """The datasets that a query rule names."""
    return _named(rule.sql)


@cache
def _named(sql: str) -> list[str]:
    return [name for name in TABLES if re.search(rf"\b{name}\b", sql)]


def query_of(rule: Rule, years: set[int] | None) -> str:
    """The query of a rule, of ``years`` only where they are given. Raises ValueError for what is
    none.
    """
    chosen = ", ".join(str(int(y)) for y in sorted(years or ()))
    wanted = "" if years is None else f" WHERE year IN ({chosen or 'NULL'})"
    return f"SELECT DISTINCT {COLUMNS} FROM ({_checked(rule.sql)}){wanted} ORDER BY ALL"


@cache
def _checked(sql: str) -> str:
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ValueError("只能有一条 SELECT 查询")
    return sql.strip().rstrip(";")


_lock = threading.Lock()
_open: list[duckdb.DuckDBPyConnection] = []


def _database() -> duckdb.DuckDBPyConnection:
    """The database of this process: opening one takes as long as ten queries."""
    if not _open:
        con = open_database(memory_mb=LITTLE, config={"threads": 1})
        con.execute("SET enable_external_access = false")
        _open.append(con)
        atexit.register(_close)
    return _open[0]


def _close() -> None:
    """What is still open when the interpreter ends is told as a leak, on standard error."""
    while _open:
        _open.pop().close()


def answer(query: str, given: Mapping[str, pa.Table]) -> pa.Table:
    """What the query comes to over these tables. Raises ``duckdb.Error``."""
    with _lock:
        con = _database()
        try:
            for name, table in given.items():
                con.register(name, table)
            return con.sql(query).to_arrow_table()
        finally:
            for name in given:
                con.unregister(name)
