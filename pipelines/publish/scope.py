"""Which years a published set speaks of: one, after ``run --year``, else all.

A set says nothing about the years it left out.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as arrow
import pyarrow.compute as compute

from pipelines.publish.carry import previous_table
from pipelines.publish.datasets import has_dataset, read_dataset
from pipelines.publish.place import Place, run_order


def year_of(con: duckdb.DuckDBPyConnection, folder: Path) -> int | None:
    """The one year that the set in ``folder`` is about; None for all years (or where it does not
    say).
    """
    if not has_dataset(folder, "runs"):
        return None
    with suppress(duckdb.Error, OSError, ValueError, TypeError, AttributeError):
        sql = f"SELECT versions FROM {read_dataset(folder, 'runs')} WHERE run_id = ?"
        found = con.execute(sql, [folder.name]).fetchall()
        return (
            int(json.loads(found[0][0])["year"])
            if found and "year" in json.loads(found[0][0])
            else None
        )
    return None


def earlier_findings(
    con: duckdb.DuckDBPyConnection, place: Place, previous: Path | None
) -> arrow.Table | None:
    """The findings published last, for each year from the last set that speaks of it; None where
    there are none.

    So a finding keeps its ``first_run`` and is not new again after a run over another year only.
    """
    if previous is None:
        return None
    table = previous_table(con, previous, "findings")
    year = year_of(con, previous)
    if table is None or year is None:
        return table
    tables, spoken = [table], [year]
    for run_id in reversed([r for r in place.run_ids() if run_order(r) < run_order(previous.name)]):
        older, year = (
            previous_table(con, place.runs / run_id, "findings"),
            year_of(con, place.runs / run_id),
        )
        if older is not None:
            tables.append(_of_other_years(older, spoken))
        if year is None:
            break
        spoken.append(year)
    return arrow.concat_tables(tables)


def _of_other_years(table: arrow.Table, years: list[int]) -> arrow.Table:
    """The findings of years that are not among these; those without a year are left out too."""
    column = table["year"]
    known = compute.is_in(column, value_set=arrow.array(years, column.type))
    return table.filter(compute.and_(compute.is_valid(column), compute.invert(known)))
