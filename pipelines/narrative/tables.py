"""The facts behind narratives, taken from the run's tables unit by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

COLUMNS = "year, form, block, row_key, col_key, amount, decimals, state, file, sheet, cell"
UnitYear = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where the facts of a unit and year lie in a table, and a digest of them."""

    table: str
    first: int
    last: int
    digest: str


class UnitFacts:
    """The facts of units and years: ``facts``, and ``prior_facts`` for a year that this run does
    not hold.

    Both tables are looked through once; then each unit's rows are read from where they lie.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, wanted: Iterable[UnitYear]) -> None:
        self.con = con
        self.at: dict[UnitYear, Stretch] = {}
        keys = sorted({(unit, y) for unit, year in wanted for y in (year - 1, year)})
        if not keys:
            return
        names = pa.table(
            {"unit": [k[0] for k in keys], "year": pa.array([k[1] for k in keys], pa.int16())}
        )
        con.register("narrative_wanted", names)
        for table in ("prior_facts", "facts"):
            if con.execute(
                "SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]
            ).fetchall():
                self._locate(table)
        con.unregister("narrative_wanted")

    def _locate(self, table: str) -> None:
        found = self.con.execute(f"""
            SELECT unit, year, min(rid), max(rid), count(*) || '-' || bit_xor(hash({COLUMNS}))
                   FROM (
                SELECT coalesce(unit_code, unit_name) AS unit, rowid AS rid, {COLUMNS} FROM {table})
            SEMI JOIN narrative_wanted USING (unit, year) GROUP BY ALL""").fetchall()
        for unit, year, first, last, digest in found:
            self.at[unit, year] = Stretch(table, first, last, digest)

    def has(self, unit: str, year: int) -> bool:
        """Whether there are facts of the unit's year itself."""
        return (unit, year) in self.at

    def digest(self, unit: str | None, year: int | None) -> str:
        """Changes when a fact of the unit's year or of the year before does."""
        return "|".join(s.digest for s in self._stretches(unit, year))

    def rows(self, unit: str | None, year: int | None) -> pa.Table | None:
        """The facts of a unit's year and of the year before; None where there are none."""
        parts = [
            self.con.sql(
                f"SELECT {COLUMNS} FROM {s.table} WHERE rowid BETWEEN ? AND ? AND"
                " coalesce(unit_code, unit_name) = ? AND year = ?",
                params=[s.first, s.last, unit, y],
            ).to_arrow_table()
            for y, s in self._found(unit, year)
        ]
        return pa.concat_tables(parts) if parts else None

    def _found(self, unit: str | None, year: int | None) -> list[tuple[int, Stretch]]:
        if unit is None or year is None:
            return []
        return [(y, self.at[unit, y]) for y in (year - 1, year) if (unit, y) in self.at]

    def _stretches(self, unit: str | None, year: int | None) -> list[Stretch]:
        return [s for _, s in self._found(unit, year)]
