"""A connection that notes which tables and views stand in it beside the datasets.

Asking the catalogue after each of some thirty steps cost a tenth of a small reconcile: what a step
makes and drops stands in the statements it gives. What is made otherwise is not noted;
``looked_up`` finds that too.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

THERE = """
    SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE temporary
    UNION ALL SELECT view_name, 'VIEW' FROM duckdb_views() WHERE temporary AND NOT internal
"""
# At the beginning of a statement, of which a query may hold several, each after its comments.
_CHANGE = re.compile(
    r"(?:^|;)(?:\s|--[^\n]*\n)*"
    r"(?:CREATE\s+(?:OR\s+REPLACE\s+)?TEMP\s+(?P<made>TABLE|VIEW)|(?P<gone>DROP)\s+(?:TABLE|VIEW))"
    r"\s+(?P<name>\w+)"
)


class Noted:
    """``there``: name → TABLE or VIEW. All else is the connection's."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.there = self.looked_up()

    def looked_up(self) -> dict[str, str]:
        """What the catalogue says is there."""
        return dict(self._con.execute(THERE).fetchall())

    def execute(self, query: str, *given: Any) -> duckdb.DuckDBPyConnection:
        """As the connection's."""
        result = self._con.execute(query, *given)
        for change in _CHANGE.finditer(query):
            if change["gone"]:
                self.there.pop(change["name"], None)
            else:
                self.there[change["name"]] = change["made"]
        return result

    def register(self, name: str, table: object) -> duckdb.DuckDBPyConnection:
        """As the connection's: a view until it is taken back."""
        self.there[name] = "VIEW"
        return self._con.register(name, table)

    def unregister(self, name: str) -> duckdb.DuckDBPyConnection:
        """As the connection's."""
        self.there.pop(name, None)
        return self._con.unregister(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)
