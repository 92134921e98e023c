"""The database that a run or a look works in."""

from __future__ import annotations

from contextlib import closing

import pytest

from pipelines.config import Config
from pipelines.database import ENOUGH, FEW_BYTES, working_connection
from pipelines.intake.rawfile import RawFile
from pipelines.run.steps import open_run


@pytest.mark.parametrize("kept", [True, False])
def test_only_a_run_works_in_a_file_and_both_keep_to_their_memory(tmp_path, kept) -> None:
    config = Config(database_memory_mb=400)
    with closing(working_connection(tmp_path / "work", config, kept=kept)) as con:
        con.execute("CREATE TABLE facts AS SELECT 1")
        [(limit, spill)] = con.execute(
            "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
        ).fetchall()
        assert (tmp_path / "work" / "work.duckdb").exists() == kept
    assert limit == "286.1 MiB" and spill == str(tmp_path / "work" / "spill")


@pytest.mark.parametrize("more", [0, 1])
def test_a_run_over_few_bytes_keeps_its_tables_in_memory(tmp_path, more) -> None:
    (tmp_path / "raw").mkdir()
    homes = {name: tmp_path / name for name in ("raw", "processed", "reports")}
    with open_run(Config(**homes)) as run:
        for size in (FEW_BYTES - 9, 9 + more):
            file = RawFile(
                tmp_path / "甲.xlsx", "甲.xlsx", "workbook", "xlsx", size, 5, "aa", "ready"
            )
            run.look.files.append(file)
        run.con.execute("CREATE TABLE facts AS SELECT 1")
        assert (run.work / "work.duckdb").exists() == bool(more)


def test_where_nothing_is_set_the_database_takes_no_more_than_a_province_needs(tmp_path) -> None:
    with closing(working_connection(tmp_path, Config(), kept=False)) as con:
        [(limit,)] = con.execute("SELECT current_setting('memory_limit')").fetchall()
    size, unit = limit.split()
    assert float(size) * {"MiB": 1, "GiB": 1024}[unit] <= ENOUGH
