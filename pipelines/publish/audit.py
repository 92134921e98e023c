"""The audit before publishing: what was built must be whole, described, and hold every row of the
run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.errors import Aborted
from pipelines.publish.datasets import PUBLISHED, name, quoted, sql_type
from pipelines.publish.place import DATABASE
from schemas.observation import Observation


def audit(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Check the set in ``folder`` against the run's working tables.

    Raises Aborted naming what is wrong.
    """
    made = _counts(con)
    problems = [
        *_stray(folder),
        *_database(con, folder, made),
        *_parquet(folder, made),
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


def _counts(con: duckdb.DuckDBPyConnection, inside: str = "") -> dict[str, int]:
    """The rows of every dataset, of ``con`` itself or of the database attached as ``inside``, asked
    in one statement: two dozen take three times as long in planning.
    """
    asked = (f"SELECT {quoted(d)}, count(*) FROM {inside}{name(d)}" for d in PUBLISHED)
    return dict(con.execute(" UNION ALL ".join(asked)).fetchall())


def _stray(folder: Path) -> list[str]:
    return [f"留有未写完的文件 {p.name}" for p in folder.glob("*.wal")]


def _database(con: duckdb.DuckDBPyConnection, folder: Path, made: Mapping[str, int]) -> list[str]:
    """Read from the file over ``con``: a second DuckDB takes longer to start than all of this."""
    try:
        con.execute(f"ATTACH {quoted(str(folder / DATABASE))} AS built (READ_ONLY)")
    except duckdb.Error as error:
        return [f"{DATABASE} 打不开：{error}"]
    try:
        return [*_described(con), *_row_counts(con, made)]
    finally:
        con.execute("DETACH built")


def _described(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every column has its type; tables, views and their columns have a comment."""
    sql = """
        WITH there AS (
            SELECT database_name, table_name, column_name, data_type, comment
            FROM duckdb_columns() WHERE NOT internal
            UNION ALL SELECT database_name, table_name, NULL, NULL, comment FROM duckdb_tables()
            UNION ALL SELECT database_name, view_name, NULL, NULL, comment FROM duckdb_views()
                WHERE NOT internal
        )
        SELECT table_name, column_name, data_type, comment FROM there
        WHERE database_name = 'built'"""
    rows = con.execute(sql).fetchall()
    types = {(table, column): type for table, column, type, _ in rows}
    mute = [".".join(n for n in (table, column) if n) for table, column, _, c in rows if not c]
    return [*_mistyped(types), *(f"{thing} 没有说明" for thing in mute)]


def _mistyped(types: Mapping[tuple[str, str | None], str]) -> list[str]:
    return [
        f"{d.name}.{c.name} 应为 {sql_type(c)}，实为 {types.get((d.name, c.name))}"
        for d in PUBLISHED.values()
        for c in d.columns
        if types.get((d.name, c.name)) != sql_type(c)
    ]


def _row_counts(con: duckdb.DuckDBPyConnection, made: Mapping[str, int]) -> list[str]:
    kept = _counts(con, "built.")
    return [
        f"{dataset} 应有 {made[dataset]} 行，数据库中有 {rows} 行"
        for dataset, rows in kept.items()
        if made[dataset] != rows
    ]


def _parquet(folder: Path, made: Mapping[str, int]) -> list[str]:
    import pyarrow.parquet as parquet

    wrong = []
    for dataset in PUBLISHED.values():
        parts = sorted((folder / "parquet" / dataset.name).glob("*.parquet"))
        if not parts:
            wrong.append(f"没有 {dataset.name} 的 Parquet")
            continue
        read = [parquet.read_metadata(p) for p in parts]
        kept = sum(r.num_rows for r in read)
        if made[dataset.name] != kept:
            wrong.append(f"{dataset.name} 应有 {made[dataset.name]} 行，Parquet 中有 {kept} 行")
        if read[0].schema.to_arrow_schema().names != dataset.names:
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
