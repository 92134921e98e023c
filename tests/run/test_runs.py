"""A night: what is published, what a second night makes of it, and what stops a run."""

from __future__ import annotations

import json
import os
import shutil
import time

import duckdb
import pytest

from schemas.frames import DATASETS
from tests.run.conftest import tree


def test_one_pointer_for_data_and_reports(night):
    result = night.run()
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
    assert (night.home / "其他 报告" / "current" / "index.html").read_text() == json.loads(done.stdout)["run_id"]


def test_the_same_files_give_the_same_bytes(settled):
    night, _ = settled
    before = tree((night.current / "parquet").resolve())
    log = night("run", "--direct").stderr
    after = tree((night.current / "parquet").resolve())
    assert "（0 个未变" not in log
    assert {k for k in before if before[k] != after[k]} <= {"runs/part-00000.parquet"}


def test_raw_is_never_written_to(night):
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in night.raw.rglob("*") if p.is_file()}
    night.run()
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in night.raw.rglob("*") if p.is_file()} == before


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
    assert document["published"] is False and document["verdict"] == "中止" and "未发布" in document["message"]
    assert tree(night.current.resolve()) == before
    assert "Traceback" not in done.stderr


def test_second_run_is_told_who_holds_the_lock(night, tmp_path):
    ready = tmp_path / "ready"
    first = night.start("run", "--direct", how=("--wait-after", "extract"), CAIJUE_TEST_READY=str(ready))
    try:
        while not ready.exists():
            assert first.returncode is None
            time.sleep(0.05)
        second = night("run", "--direct", "--json")
        assert second.returncode == 75
        assert str(first.pid) in second.stderr and "前开始" in second.stderr
        assert json.loads(second.stdout)["published"] is False
        assert "正在运行" in night("status").stdout
    finally:
        first.kill()
        first.communicate()
    assert night.run()["published"]


def test_terminated_run_leaves_nothing(night, tmp_path):
    ready = tmp_path / "ready"
    run = night.start("run", "--direct", how=("--wait-after", "collect"), CAIJUE_TEST_READY=str(ready))
    while not ready.exists():
        assert run.returncode is None
        time.sleep(0.05)
    run.terminate()
    _, err = run.communicate(timeout=30)
    assert run.returncode == 3 and "已中断" in err and "Traceback" not in err
    assert list((night.processed / "runs").iterdir()) == []


def test_a_reader_keeps_what_it_has_open(settled):
    night, first = settled
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as reader:
        night.run()
        known = reader.execute("SELECT max(run_id) FROM runs").fetchall()[0][0]
        assert known == first["run_id"]
    assert night.current.resolve().name != first["run_id"]


def test_a_writer_on_the_published_file_is_not_in_the_way(settled):
    night, _ = settled
    target = (night.current / "caijue.duckdb").resolve()
    assert target.stat().st_mode & 0o222 == 0
    target.chmod(0o644)
    with duckdb.connect(str(target)) as writer:
        writer.execute("CREATE TABLE mine (a INTEGER)")
        result = night.run()
        assert night("status").returncode == 0
    assert night.current.resolve().name == result["run_id"]


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


@pytest.mark.parametrize("size", [5_000, 20_000, 300_000])
def test_a_full_disk_aborts_and_leaves_nothing(settled, size):
    night, first = settled
    for path in (night.processed / "cache").iterdir():
        path.unlink()
    before = tree(night.current.resolve())
    done = night("run", "--direct", "--json", how=("--files-up-to", str(size)))
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr and "磁盘空间不足" in done.stderr
    assert "隔离 0 个" in done.stderr or "读取" not in done.stderr
    assert json.loads(done.stdout)["published"] is False
    assert tree(night.current.resolve()) == before
    assert [p.name for p in (night.processed / "runs").iterdir()] == [first["run_id"]]
    assert night.run()["published"]
