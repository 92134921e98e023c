"""``caijue query "SQL"``: one reading statement over the published set; nothing can be written
with it.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.commands import Answer
from pipelines.commands.published import current_set
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.publish.opened import open_set

MOST_COLUMNS = 16  # side by side: of more, a line is left with some letters of each
MOST_ROWS = 200  # shown on the console; --csv and --json give all
READING = {"SELECT", "EXPLAIN"}


def query_command(config: Config, sql: str, *, as_csv: bool = False) -> Answer:
    """The rows of a statement. Raises UsageError where it cannot be run, Aborted where nothing
    is published.
    """
    folder = current_set(config)
    with open_set(folder) as con:
        _shut_in(con, folder)
        columns, rows = _run(con, _single(con, sql))
    document = {"columns": columns, "rows": [dict(zip(columns, r, strict=True)) for r in rows]}
    text = _csv(columns, rows) if as_csv else _table(columns, rows)
    return Answer(document, text)


def _shut_in(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Statements may read the set and nothing else of this machine."""
    con.execute("SET allowed_directories = [?]", [f"{folder.as_posix()}/"])
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _single(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise UsageError(_wrong(error)) from error
    if len(statements) != 1 or statements[0].type.name not in READING:
        raise UsageError("只能用一条 SELECT 语句，不能改动数据。")
    return statements[0]


def _run(
    con: duckdb.DuckDBPyConnection, statement: duckdb.Statement
) -> tuple[list[str], list[tuple[Any, ...]]]:
    try:
        done = con.execute(statement)
        return [c[0] for c in done.description or []], done.fetchall()
    except duckdb.Error as error:
        raise UsageError(_wrong(error)) from error


def _wrong(error: duckdb.Error) -> str:
    said = str(error).strip().splitlines()[0]
    return f"查询有误：{said}。表和栏见 docs/datasets.md，例子用 caijue query --examples 列出。"


def _csv(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def _table(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if len(columns) > MOST_COLUMNS:
        return f"{_records(columns, rows)}\n共 {len(rows):,} 行{_cut(rows)}"
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    for number, column in enumerate(columns):
        numeric = any(isinstance(r[number], int | Decimal) for r in rows[:MOST_ROWS])
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(_shown(value) for value in row))
    console = Console(file=io.StringIO(), width=200, color_system=None, markup=False)
    with console.capture() as captured:
        console.print(table)
    shown = "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())
    return f"{shown}\n共 {len(rows):,} 行{_cut(rows)}"


def _cut(rows: list[tuple[Any, ...]]) -> str:
    return f"，只列前 {MOST_ROWS} 行（--csv 给出全部）" if len(rows) > MOST_ROWS else ""


def _records(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Row after row, a line a column."""
    width = max(map(len, columns))
    lines = []
    for number, row in enumerate(rows[:MOST_ROWS], 1):
        lines.append(f"── 第 {number} 行")
        pairs = zip(columns, row, strict=True)
        lines += [f"{name:<{width}}  {_shown(value)}".rstrip() for name, value in pairs]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(value)


def examples() -> Answer:
    """The example queries, ready to be copied."""
    from schemas.queries import read_queries

    found = [{"topic": t, "note": n, "query": q} for t, n, q in read_queries()]
    text = "\n\n".join(f"-- {e['topic']}：{e['note']}\n{e['query']};" for e in found)
    return Answer(found, text)
