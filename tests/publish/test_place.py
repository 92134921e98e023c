"""Names of runs, retention, the lock's words, and the ledger."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.errors import Aborted, Busy
from pipelines.publish import history, lock, pointer, retention
from pipelines.publish.place import Place, next_run_id


def test_run_ids_only_go_up():
    now = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    assert next_run_id([], now) == "20261123T021500Z-01"
    assert next_run_id(["20261123T021500Z-01"], now) == "20261123T021500Z-02"
    assert next_run_id(["20270101T000000Z-09"], now) == "20270101T000000Z-10"
    assert (
        next_run_id(["20270101T000000Z-99", "20270101T000000Z-100"], now) == "20270101T000000Z-101"
    )


def test_local_time_does_not_matter(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    stamp = datetime.now(UTC).strftime("%Y%m%d")
    assert next_run_id([]).startswith(stamp)


@pytest.fixture
def place(tmp_path) -> Place:
    made = Place(tmp_path / "p", tmp_path / "r")
    for day in range(1, 11):
        folder = made.runs / f"202601{day:02d}T000000Z-01"
        folder.mkdir(parents=True)
        (folder / "caijue.duckdb").touch()
        folder.chmod(0o555)
    os.symlink("runs/20260101T000000Z-01", made.current)
    return made


def test_retention_by_count_and_age(place):
    now = datetime(2026, 1, 11, tzinfo=UTC)
    gone = retention.clean(place, keep_runs=2, keep_days=4, good={"20260103T000000Z-01"}, now=now)
    left = [r[6:8] for r in place.run_ids()]
    assert left == ["01", "03", "07", "08", "09", "10"]
    assert len(gone) == 4 and place.published() is not None


def test_retention_never_removes_the_published_run(place):
    now = datetime(2030, 1, 1, tzinfo=UTC)
    retention.clean(place, keep_runs=1, keep_days=0, good=set(), now=now)
    assert place.run_ids() == ["20260101T000000Z-01", "20260110T000000Z-01"]


def test_retention_of_extractions(tmp_path):
    old, new = tmp_path / "a.arrow", tmp_path / "b.arrow"
    old.touch()
    new.touch()
    long_ago = (datetime.now(UTC) - timedelta(days=500)).timestamp()
    os.utime(old, (long_ago, long_ago))
    assert retention.clean_cache(tmp_path, days=400) == 1 and new.exists()


def test_second_lock_names_the_owner(tmp_path):
    with lock.exclusive(tmp_path) as dead:
        assert dead is None and lock.is_held(tmp_path)
        with pytest.raises(Busy) as caught, lock.exclusive(tmp_path):
            pass
        assert str(os.getpid()) in caught.value.reason and "前开始" in caught.value.reason
    assert not lock.is_held(tmp_path)
    assert lock.owner(tmp_path) is None


def test_lock_of_a_dead_owner_is_taken_over(tmp_path):
    (tmp_path / ".run.lock").touch()
    (tmp_path / ".run.lock.json").write_text(
        '{"pid": 999999999, "host": "elsewhere", "started_at": "2026-01-01T00:00:00+00:00",'
        ' "command": "caijue run"}'
    )
    with lock.exclusive(tmp_path) as dead:
        assert dead is not None and dead.pid == 999999999 and dead.alive is None


def test_broken_note_is_no_obstacle(tmp_path):
    (tmp_path / ".run.lock.json").write_text("{")
    with lock.exclusive(tmp_path) as dead:
        assert dead is None


def test_age_in_words():
    assert [lock.age_words(s) for s in (5, 90, 7260, 90000)] == [
        "5 秒",
        "1 分 30 秒",
        "2 小时 1 分",
        "1 天 1 小时",
    ]


def test_ledger_survives_a_line_cut_short(tmp_path):
    history.note_start(tmp_path, "20260101T000000Z-01", datetime(2026, 1, 1, tzinfo=UTC))
    with (tmp_path / history.NAME).open("a") as handle:
        handle.write('{"run_id": "2026')
    assert [e.verdict for e in history.read(tmp_path)] == [history.KILLED]
    history.note_end(tmp_path, history.Entry("20260102T000000Z-01", "x", "y", "通过", True))
    assert history.read(tmp_path)[-1].published


def test_pointer_does_not_replace_what_is_not_ours(tmp_path):
    place = Place(tmp_path / "p", tmp_path / "r")
    (place.reports / "current").mkdir(parents=True)
    with pytest.raises(Aborted, match="移走"):
        pointer.check_targets(place)
    with pytest.raises(Aborted, match="移走"):
        pointer.swap(place, "20260101T000000Z-01")


def test_reports_through_linked_folders(tmp_path):
    real = tmp_path / "disk" / "deep" / "reports"
    real.mkdir(parents=True)
    os.symlink(real, tmp_path / "reports")
    place = Place(tmp_path / "p", tmp_path / "reports")
    target = place.runs / "20260101T000000Z-01"
    (target / "reports").mkdir(parents=True)
    (target / "reports" / "index.html").write_text("x")
    pointer.swap(place, "20260101T000000Z-01")
    assert (tmp_path / "reports" / "current" / "index.html").read_text() == "x"
