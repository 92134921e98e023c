"""Nothing is published that is not whole: what the audit finds, each alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.database import open_database
from pipelines.errors import Aborted
from pipelines.publish.audit import audit
from pipelines.publish.datasets import (
    PUBLISHED,
    database_template,
    table_sql,
    write_database,
    write_parquet,
)
from pipelines.publish.place import DATABASE
from pipelines.publish.views import extras
from schemas.frames import FINDINGS


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of a run in which there is one unit and nothing else."""
    with open_database() as con:
        for dataset in PUBLISHED.values():
            con.execute(table_sql(dataset))
        con.execute("INSERT INTO units (unit_code, unit_name) VALUES ('1', '某局')")
        yield con


@pytest.fixture(scope="module")
def whole(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set that was built of them."""
    folder = tmp_path_factory.mktemp("audited") / "set"
    (folder / "reports").mkdir(parents=True)
    for name in ("summary.xlsx", "index.html"):
        (folder / "reports" / name).touch()
    write_parquet(con, folder / "parquet")
    write_database(con, database_template(folder.parent, extras({})), folder / DATABASE)
    return folder


def test_a_whole_set_passes(con: duckdb.DuckDBPyConnection, whole: Path) -> None:
    audit(con, whole)


def _sql(statement: str) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        with duckdb.connect(str(folder / DATABASE)) as built:
            built.execute(statement)

    return harm


def _other_rows(folder: Path) -> None:
    """Parquet of units that holds none, under the columns of ``runs``."""
    for name in ("units", "runs"):
        (folder / "parquet" / name / "part-00000.parquet").chmod(0o644)
    shutil.copy(*(folder / "parquet" / n / "part-00000.parquet" for n in ("runs", "units")))


TEXTS = [c.name for c in FINDINGS.columns if not c.nullable]
FINDING = f"INSERT INTO findings ({', '.join(TEXTS)}) SELECT {', '.join(['t'] * len(TEXTS))}"
HARMS = {
    "留有未写完的文件 caijue.duckdb.wal": lambda f: (f / f"{DATABASE}.wal").touch(),
    f"{DATABASE} 打不开": lambda f: (f / DATABASE).write_bytes(b"no database" * 999),
    "units.unit_name 应为 VARCHAR，实为 None": _sql("ALTER TABLE units DROP unit_name"),
    "facts.year 应为 SMALLINT，实为 INTEGER": _sql("ALTER TABLE facts ALTER year TYPE INTEGER"),
    "units 没有说明": _sql("COMMENT ON TABLE units IS NULL"),
    "facts.amount 没有说明": _sql("COMMENT ON COLUMN facts.amount IS ''"),
    "unit_tree 没有说明": _sql("COMMENT ON VIEW unit_tree IS NULL"),
    "unit_tree.path 没有说明": _sql("COMMENT ON COLUMN unit_tree.path IS NULL"),
    "units 应有 1 行，数据库中有 0 行": _sql("DELETE FROM units"),
    "没有 facts 的 Parquet": lambda f: shutil.rmtree(f / "parquet" / "facts"),
    "units 应有 1 行，Parquet 中有 0 行": _other_rows,
    "units 的 Parquet 栏目不符": _other_rows,
    "没有生成 index.html": lambda f: (f / "reports" / "index.html").unlink(),
}


@pytest.mark.parametrize("said", HARMS)
def test_what_is_not_whole_is_named(
    con: duckdb.DuckDBPyConnection, whole: Path, tmp_path: Path, said: str
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(whole, folder)
    HARMS[said](folder)
    with pytest.raises(Aborted) as refused:
        audit(con, folder)
    assert said in refused.value.reason and "已发布的数据保持不变" in refused.value.reason
    audit(con, whole)  # the run's own tables are as they were, and the file is let go


def test_a_cell_without_its_finding_and_a_finding_twice_are_named(
    con: duckdb.DuckDBPyConnection, whole: Path
) -> None:
    """Both beside rows that are more than were written."""
    for _ in range(2):
        con.execute(f"{FINDING} FROM (SELECT '甲' AS t)")
    con.execute("INSERT INTO finding_cells (finding_id, role) VALUES ('乙', 'left')")
    try:
        with pytest.raises(Aborted) as refused:
            audit(con, whole)
    finally:
        con.execute("DELETE FROM findings; DELETE FROM finding_cells")
    reason = refused.value.reason
    assert "findings 应有 2 行" in reason and "另有 1 处" in reason
    assert "1 个单元格没有所属的问题" in reason
