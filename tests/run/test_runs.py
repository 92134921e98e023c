"""A night: what is published, what a second night makes of it, and what stops a run."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.database import MANY_BYTES
from schemas.frames import DATASETS
from tests.run.conftest import Night, Running, tree


def test_one_pointer_for_data_and_reports(first_night):
    home, result = first_night
    night = Night(home)
    assert os.readlink(night.current) == f"runs/{result['run_id']}"
    assert (night.reports / "current").resolve() == (night.current / "reports").resolve()
    assert result["published"] and result["units"] >= 2 and result["files"]["read"] >= 3
    for path in result["outputs"].values():
        assert os.path.isabs(path)
    for dataset in DATASETS:
        assert list((night.current / "parquet" / dataset).glob("*.parquet"))


def test_folders_may_be_anywhere(night, tmp_path):
    far = tmp_path / "a" / "b" / "数据"
    done = night("run", "--direct", "--json", "--processed", str(far), "--reports", "其他 报告")
    assert done.returncode == 0, done.stderr
    assert (night.home / "其他 报告" / "current" / "index.html").read_text() == json.loads(
        done.stdout
    )["run_id"]


def test_raw_is_never_written_to(first_night, samples):
    def contents(folder):
        found = (p for p in folder.rglob("*") if p.is_file())
        return {p.relative_to(folder): (p.stat().st_mtime_ns, p.read_bytes()) for p in found}

    assert contents(Night(first_night[0]).raw) == contents(samples)


@pytest.mark.parametrize("state", ["missing", "empty", "register only"])
def test_nothing_to_read_is_no_success(settled, state):
    night, _ = settled
    before = tree(night.current.resolve())
    register = (night.raw / "units.csv").read_bytes()
    shutil.rmtree(night.raw)
    if state != "missing":
        night.raw.mkdir()
    if state == "register only":
        (night.raw / "units.csv").write_bytes(register)
    done = night("run", "--direct", "--json")
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert (
        document["published"] is False
        and document["verdict"] == "中止"
        and "未发布" in document["message"]
    )
    assert tree(night.current.resolve()) == before
    assert "Traceback" not in done.stderr


def collected(night: Night, ready: Path) -> Running:
    """A run that has collected its facts and waits."""
    how = ("--wait-after", "collect")
    run = night.start("run", "--direct", how=how, CAIJUE_TEST_READY=str(ready))
    while not ready.exists():
        assert run.returncode is None
        time.sleep(0.05)
    return run


def test_terminated_run_leaves_nothing(night, tmp_path):
    run = collected(night, tmp_path / "ready")
    run.terminate()
    _, err = run.communicate(timeout=30)
    assert run.returncode == 3 and "已中断" in err and "Traceback" not in err
    assert list((night.processed / "runs").iterdir()) == []


def test_what_stands_in_the_way_of_the_pointer_is_named(night):
    (night.processed / "current").mkdir(parents=True)
    done = night("run", "--direct")
    assert done.returncode == 3 and "current" in done.stderr and "移走" in done.stderr


def test_a_broken_extraction_is_made_again(settled):
    night, _ = settled
    for path in (night.processed / "cache").glob("*.arrow"):
        path.write_bytes(b"\0" * 100)
    assert night.run()["published"]


def test_an_unexpected_error_is_one_line_and_a_log(night):
    done = night("run", "--direct", CAIJUE_FORMS_FOLDERS=str(night.raw / "units.csv"))
    assert done.returncode in (0, 2, 3) and "Traceback" not in done.stderr


def test_last_years_set_is_used_when_its_files_are_gone(settled):
    night, _ = settled
    shutil.rmtree(night.raw / "2022")
    for _ in range(2):
        night.run()
        with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
            assert con.execute("SELECT DISTINCT year FROM prior_facts").fetchall() == [(2022,)]
            assert con.execute("SELECT DISTINCT year FROM facts").fetchall() == [(2023,)]


Z01 = "FROM z01 ORDER BY ALL"


def much(night: Night) -> None:
    """So much is in the inbox that the run's tables lie on disk, and facts where they will be
    published.
    """
    with (night.raw / "很大.log").open("wb") as large:
        large.truncate(MANY_BYTES + 1)


def published_rows(night: Night) -> dict[str, list[tuple]]:
    """Of the published database what does not tell the run itself."""
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
        asked = ("FROM facts", "FROM lines", "FROM check_results ORDER BY ALL", Z01)
        return {sql: con.execute(sql).fetchall() for sql in asked}


def test_a_large_set_is_published_as_a_small_one_is(settled):
    night, _ = settled
    small = published_rows(night)
    much(night)
    assert night.run()["published"]
    assert published_rows(night) == small and small["FROM facts"]
    files = {path.name for path in night.current.resolve().glob("caijue.*")}
    assert files == {"caijue.duckdb"}


def test_facts_of_a_large_set_grow_aside_and_leave_nothing(night, tmp_path):
    """Killed while its database holds facts alone, a run is as if it had not been."""
    much(night)
    run = collected(night, tmp_path / "ready")
    assert list((night.processed / "runs").glob("*.building/caijue.duckdb"))
    run.kill()
    run.communicate(timeout=30)
    assert not night.current.exists()
    assert night.run()["published"]
    assert [p.name for p in (night.processed / "runs").iterdir()] == [night.current.resolve().name]


def test_a_broken_extraction_of_a_large_set_is_made_again(settled):
    night, _ = settled
    small = published_rows(night)
    much(night)
    for path in (night.processed / "cache").glob("*.arrow"):
        path.write_bytes(b"\0" * 100)
    assert night.run()["published"]
    assert published_rows(night) == small
