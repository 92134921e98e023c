"""What a run takes over from the published set before it: last year's facts, findings, and the
history of runs.

Read from Parquet, so that an analyst who holds the database is not in the way.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as arrow

from pipelines import log
from pipelines.publish import history
from pipelines.publish.datasets import (
    PRIOR_FACTS,
    PUBLISHED,
    has_dataset,
    name,
    read_dataset,
    table_sql,
)
from pipelines.publish.place import Place
from schemas.frames import RUNS

ROWS_KEPT = 2000  # more than five years of nights


def source_of(con: duckdb.DuckDBPyConnection, folder: Path, dataset: str) -> str:
    """A query for the columns of today's dataset in an earlier set; columns that it
    lacks are NULL.
    """
    source = read_dataset(folder, dataset)
    there = {r[0] for r in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    columns = ", ".join(
        name(c) if c in there else f"NULL AS {name(c)}" for c in PUBLISHED[dataset].names
    )
    return f"SELECT {columns} FROM {source}"


def previous_table(
    con: duckdb.DuckDBPyConnection, folder: Path | None, dataset: str
) -> arrow.Table | None:
    """A dataset of the set in ``folder``, in today's columns, or None where there is none (or it
    cannot be read).
    """
    if folder is None or not has_dataset(folder, dataset):
        return None
    try:
        table = con.sql(source_of(con, folder, dataset)).to_arrow_table()
        return table.cast(PUBLISHED[dataset].arrow)
    except (duckdb.Error, arrow.ArrowInvalid, OSError) as error:
        log.say(f"读不了以前发布的 {dataset}（{str(error).splitlines()[0]}），按没有处理。", 30)
        return None


def carry_prior_facts(con: duckdb.DuckDBPyConnection, previous: Path | None) -> int:
    """Fill ``prior_facts`` with the years before this run's that this run's files do not hold at
    all.

    A single workbook that was withdrawn does not come back this way: only whole years do. Returns
    the rows.
    """
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prior_facts'").fetchall():
        con.execute(table_sql(PRIOR_FACTS))
    for dataset in ("facts", "prior_facts"):
        if previous is not None and has_dataset(previous, dataset):
            try:
                con.execute(f"INSERT INTO prior_facts {_wanted(source_of(con, previous, dataset))}")
            except (duckdb.Error, OSError) as error:
                log.say(
                    f"读不了以前发布的 {dataset}（{str(error).splitlines()[0]}），"
                    "上年数据按没有处理。",
                    30,
                )
    return int(con.execute("SELECT count(*) FROM prior_facts").fetchall()[0][0])


def _wanted(source: str) -> str:
    return f"""
        SELECT * FROM ({source}) WHERE year IN (SELECT year - 1 FROM facts)
        AND year NOT IN (SELECT year FROM facts UNION ALL SELECT year FROM prior_facts)"""


def write_runs(
    con: duckdb.DuckDBPyConnection, place: Place, previous: Path | None, summary: dict[str, Any]
) -> None:
    """Fill ``runs``: the published history, runs that came to nothing, and this run."""
    con.execute("DROP TABLE IF EXISTS runs")
    con.execute(table_sql(RUNS))
    earlier = previous_table(con, previous, "runs")
    rows = earlier.to_pylist() if earlier is not None else []
    known = {r["run_id"] for r in rows}
    rows += [
        _lost(e)
        for e in history.read(place.processed)
        if e.run_id not in known and e.run_id != summary["run_id"]
    ]
    rows.append(_row(con, summary))
    newest = sorted(rows, key=lambda r: r["run_id"])[-ROWS_KEPT:]
    con.register("incoming", RUNS.table(newest))
    con.execute("INSERT INTO runs SELECT * FROM incoming")
    con.unregister("incoming")


def _percent(share: float | None) -> Decimal | None:
    return None if share is None else (Decimal(str(share)) * 100).quantize(Decimal("0.01"))


def held_before(con: duckdb.DuckDBPyConnection, previous: Path) -> dict[str, float]:
    """The shares that the set in ``previous`` was published with; empty where it has none."""
    runs = previous_table(con, previous, "runs")
    rows = runs.to_pylist() if runs is not None else []
    for row in rows:
        if row["run_id"] == previous.name and row["held_cells"] is not None:
            return {k: float(row[f"held_{k}"]) / 100 for k in ("cells", "amount")}
    return {}


def _lost(entry: history.Entry) -> dict[str, Any]:
    ended = datetime.fromisoformat(entry.finished_at) if entry.finished_at else None
    row: dict[str, Any] = dict.fromkeys(RUNS.names, 0) | {
        "run_id": entry.run_id,
        "verdict": entry.verdict,
        "held_cells": None,
        "held_amount": None,
    }
    return row | {
        "started_at": datetime.fromisoformat(entry.started_at),
        "finished_at": ended,
        "versions": json.dumps({"reason": entry.reason}, ensure_ascii=False),
    }


def _row(con: duckdb.DuckDBPyConnection, summary: dict[str, Any]) -> dict[str, Any]:
    sums = "sum(numbers), sum(structural), sum(left_out)"
    seen, structural, left_out = con.execute(
        f"SELECT {sums} FROM sheets WHERE status = 'read'"
    ).fetchall()[0]
    files, findings = summary["files"], summary["findings"]
    return {
        **{k: summary[k] for k in ("run_id", "started_at", "finished_at", "verdict", "units")},
        "files_read": files["read"],
        "files_quarantined": files["quarantined"],
        "files_ignored": files["ignored"],
        "facts": con.execute("SELECT count(*) FROM facts").fetchall()[0][0],
        "numbers_seen": seen or 0,
        "numbers_structural": structural or 0,
        "numbers_left_out": left_out or 0,
        "errors": findings["error"],
        "reviews": findings["review"],
        "hints": findings["hint"],
        "held_cells": _percent(summary["held"].get("cells")),
        "held_amount": _percent(summary["held"].get("amount")),
        "versions": json.dumps(summary["versions"], ensure_ascii=False),
    }
