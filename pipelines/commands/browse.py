"""``caijue browse``: look through the published set in a browser, with Datasette over a copy in
SQLite.

Read-only and on this machine only. Datasette is an optional extra (``caijue[browse]``).
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from pipelines import log
from pipelines.commands.published import current_set
from pipelines.config import Config
from pipelines.errors import Aborted
from pipelines.publish.datasets import PUBLISHED, name
from pipelines.publish.opened import open_set
from schemas.dataset import Dataset
from schemas.library import forms
from schemas.queries import read_queries

HOST = "127.0.0.1"
BATCH = 50_000  # rows copied to SQLite at a time
MOST_FACTS = (
    3_000_000  # rows of facts that are copied: some 600 MB and a minute; more are left to query
)
LEFT_ASIDE = ("lines", "layouts", "left_out", "prior_facts")  # of use to the program only
FILE = "caijue.sqlite"
INSTALL = "pip install 'caijue[browse]'"


def browse_command(config: Config, port: int) -> None:
    """Serve until interrupted. Raises Aborted where Datasette is absent, or nothing is
    published.
    """
    folder = current_set(config)
    if find_spec("datasette") is None:
        raise Aborted(f"没有装 Datasette。请先运行 {INSTALL}，再运行 caijue browse。")
    with tempfile.TemporaryDirectory(prefix="caijue-browse-") as scratch:
        path = Path(scratch) / FILE
        log.say("正在准备只读副本 ……")
        with open_set(folder) as con:
            copied = export_sqlite(con, path)
        log.say(f"已准备 {len(copied)} 张表。请打开 http://{HOST}:{port}/ ，按 Ctrl-C 停止。")
        _serve(path, port, folder.name)


def export_sqlite(con: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The datasets people look at, and the wide tables, as a SQLite file; returns the names of
    the tables.
    """
    copied = []
    with sqlite3.connect(path) as target:
        for table in _wanted(con):
            _copy(con, target, table)
            copied.append(table)
        target.execute("ANALYZE")
    return copied


def _wanted(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    many = _count(con, "facts") > MOST_FACTS
    if many:
        log.say(f"事实超过 {MOST_FACTS:,} 行，不放入副本；请用 caijue query 查询。")
    for dataset in PUBLISHED:
        if dataset not in LEFT_ASIDE and not (many and dataset == "facts"):
            yield dataset
    views = {r[0] for r in con.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    yield from (f.lower() for f in forms() if f.lower() in views and not many)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {name(table)}").fetchall()[0][0])


def _copy(con: duckdb.DuckDBPyConnection, target: sqlite3.Connection, table: str) -> None:
    rows = con.execute(f"SELECT * FROM {name(table)}")
    columns = [c[0] for c in rows.description or []]
    target.execute(f"CREATE TABLE {name(table)} ({', '.join(name(c) for c in columns)})")
    marks = ", ".join("?" for _ in columns)
    while batch := rows.fetchmany(BATCH):
        plain = [tuple(map(_plain, row)) for row in batch]
        target.executemany(f"INSERT INTO {name(table)} VALUES ({marks})", plain)


def _plain(value: Any) -> Any:
    """What SQLite can hold: amounts up to a hundred thousand 亿元 keep their 分 as a REAL."""
    if value is None or isinstance(value, int | str):
        return value
    return float(value) if hasattr(value, "as_tuple") else str(value)


def _metadata(run_id: str) -> dict[str, Any]:
    """Titles and notes of tables and columns, and the example queries that SQLite can run as
    well.
    """
    tables = {d.name: _about(d) for d in PUBLISHED.values()}
    for form in forms().values():
        tables[form.form.lower()] = {"description": f"{form.number} {form.title}，单位：元"}
    return {
        "title": f"财决 {run_id}",
        "description": "只读副本。部门汇总表与下级并列，求和请只取 is_leaf 为 1 的行。",
        "databases": {FILE.removesuffix(".sqlite"): {"tables": tables, "queries": _queries()}},
    }


def _about(dataset: Dataset) -> dict[str, Any]:
    return {"description": dataset.note, "columns": {c.name: c.note for c in dataset.columns}}


def _queries() -> dict[str, dict[str, str]]:
    """The examples without functions of DuckDB's own."""
    own = ("wan(", "leaf(", "any_value(", "list_contains", "unit_tree", "string_agg")
    found = {}
    for topic, note, sql in read_queries():
        if not any(word in sql for word in own):
            found[topic] = {"sql": sql, "title": topic, "description": note}
    return found


def _serve(path: Path, port: int, run_id: str) -> None:
    import uvicorn
    from datasette.app import Datasette

    site = Datasette(
        [],
        immutables=[str(path)],
        metadata=_metadata(run_id),
        settings={"allow_download": False, "default_page_size": 50},
    )
    uvicorn.run(site.app(), host=HOST, port=port, log_level="error")
