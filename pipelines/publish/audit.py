"""The audit before publishing: what was built must be whole, described, and hold every row of the
run.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.database import LITTLE, open_database
from pipelines.errors import Aborted
from pipelines.publish.datasets import PUBLISHED, name, sql_type
from pipelines.publish.place import DATABASE
from schemas.observation import Observation


def audit(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Check the set in ``folder`` against the run's working tables.

    Raises Aborted naming what is wrong.
    """
    problems = [
        *_stray(folder),
        *_database(con, folder),
        *_parquet(con, folder),
        *_references(con),
        *_reports(folder),
    ]
    if problems:
        shown = "；".join(problems[:5]) + (
            f"；另有 {len(problems) - 5} 处" if len(problems) > 5 else ""
        )
        raise Aborted(
            f"发布前的审计没有通过，已发布的数据保持不变：{shown}。请把日志交给维护人员。"
        )


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchall()
    return int(row[0][0])


def _stray(folder: Path) -> list[str]:
    return [f"留有未写完的文件 {p.name}" for p in folder.glob("*.wal")]


def _database(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    try:
        built = open_database(folder / DATABASE, memory_mb=LITTLE, read_only=True)
    except duckdb.Error as error:
        return [f"{DATABASE} 打不开：{error}"]
    with built:
        return [*_columns(built), *_uncommented(built), *_row_counts(con, built)]


def _columns(built: duckdb.DuckDBPyConnection) -> list[str]:
    found = {
        (t, c): d
        for t, c, d in built.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        ).fetchall()
    }
    return [
        f"{d.name}.{c.name} 应为 {sql_type(c)}，实为 {found.get((d.name, c.name))}"
        for d in PUBLISHED.values()
        for c in d.columns
        if found.get((d.name, c.name)) != sql_type(c)
    ]


def _uncommented(built: duckdb.DuckDBPyConnection) -> list[str]:
    sql = """
        SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''
        UNION ALL SELECT view_name FROM duckdb_views()
            WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns()
        WHERE NOT internal AND coalesce(comment, '') = ''"""
    return [f"{row[0]} 没有说明" for row in built.execute(sql).fetchall()]


def _row_counts(con: duckdb.DuckDBPyConnection, built: duckdb.DuckDBPyConnection) -> list[str]:
    wrong = []
    for dataset in PUBLISHED:
        made, kept = (_count(c, f"SELECT count(*) FROM {name(dataset)}") for c in (con, built))
        if made != kept:
            wrong.append(f"{dataset} 应有 {made} 行，数据库中有 {kept} 行")
    return wrong


def _parquet(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    import pyarrow.parquet as parquet

    wrong = []
    for dataset in PUBLISHED.values():
        parts = sorted((folder / "parquet" / dataset.name).glob("*.parquet"))
        if not parts:
            wrong.append(f"没有 {dataset.name} 的 Parquet")
            continue
        kept = sum(parquet.read_metadata(p).num_rows for p in parts)
        made = _count(con, f"SELECT count(*) FROM {name(dataset.name)}")
        if made != kept:
            wrong.append(f"{dataset.name} 应有 {made} 行，Parquet 中有 {kept} 行")
        if parquet.read_schema(parts[0]).names != dataset.names:
            wrong.append(f"{dataset.name} 的 Parquet 栏目不符")
    return wrong


def _references(con: duckdb.DuckDBPyConnection) -> list[str]:
    loose = _count(con, "SELECT count(*) FROM finding_cells ANTI JOIN findings USING (finding_id)")
    twice = _count(con, "SELECT count(*) - count(DISTINCT finding_id) FROM findings")
    return [
        *([f"{loose} 个单元格没有所属的问题"] if loose else []),
        *([f"{twice} 个问题编号重复"] if twice else []),
    ]


def _reports(folder: Path) -> list[str]:
    return [
        f"没有生成 {n}"
        for n in ("summary.xlsx", "index.html")
        if not (folder / "reports" / n).is_file()
    ]


def count_numbers(con: duckdb.DuckDBPyConnection) -> list[Observation]:
    """One observation for every sheet whose numbers do not add up: none may be lost without being
    listed.
    """
    sql = """
        SELECT s.file, s.sheet, s.unit_code, s.unit_name, s.year, s.numbers, s.facts_numbers,
               s.structural, s.left_out
        FROM sheets s WHERE s.status = 'read'
            AND s.numbers <> s.facts_numbers + s.structural + s.left_out
        ORDER BY s.file, s.sheet"""
    return [_uncounted(*row) for row in con.execute(sql).fetchall()]


def _uncounted(file, sheet, code, unit, year, numbers, taken, structural, left_out) -> Observation:
    from schemas.observation import Place

    message = (
        f"{file} 的工作表 {sheet} 中有 {numbers} 个数字，取为事实 {taken} 个、行次栏次等"
        f" {structural} 个、"
        f"列明未取 {left_out} 个，合计不符。请人工核对这张表，并告知维护人员。"
    )
    return Observation(
        "S-LEFTOUT",
        f"{file}/{sheet}",
        message,
        "review",
        code,
        unit,
        year,
        None,
        (Place("subject", file, sheet),),
    )
