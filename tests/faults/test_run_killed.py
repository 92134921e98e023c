"""Faults 76, 79, 89: killed at any moment.

The published set is whole, and the next run needs no cleaning.
"""

from __future__ import annotations

import json
import signal

import duckdb
import pytest

from pipelines.run.steps import STEPS
from tests.run.conftest import tree

KILLED = -signal.SIGKILL
BEFORE_SWAP = [s.key for s in STEPS[: [s.key for s in STEPS].index("publish")]]
# One of each kind: with files read, tables in memory, datasets written, all but published. The
# others are killed under ``-m slow``.
KINDS = ("extract", "reconcile", "write", "audit")
assert set(KINDS) < set(BEFORE_SWAP)
MOMENTS = [
    *(
        pytest.param(("--die-after", step), marks=() if step in KINDS else pytest.mark.slow)
        for step in BEFORE_SWAP
    ),
    ("--die-in", "finish"),
    ("--die-in", "swap"),
]


def whole(folder) -> int:
    """The number of facts of a set, whose every part opens."""
    assert not list(folder.glob("*.wal")) and not list(folder.glob(".*"))
    with duckdb.connect(str(folder / "caijue.duckdb"), read_only=True) as con:
        facts = con.execute("SELECT count(*) FROM facts").fetchall()[0][0]
        assert (
            con.execute(f"SELECT count(*) FROM '{folder}/parquet/facts/*.parquet'").fetchall()[0][0]
            == facts
        )
    assert (folder / "reports" / "summary.xlsx").is_file()
    return facts


@pytest.mark.parametrize("how", MOMENTS)
def test_76_killed_before_the_swap(settled, how):
    night, first = settled
    before = tree(night.current.resolve())
    (night.raw / "2023" / "note.txt").write_text("x", encoding="utf-8")
    assert night("run", "--direct", how=how).returncode == KILLED
    assert night.current.resolve().name == first["run_id"]
    assert tree(night.current.resolve()) == before
    second = night.run()
    assert second["run_id"] > first["run_id"]
    assert night.current.resolve().name == second["run_id"]
    assert sorted(p.name for p in (night.processed / "runs").iterdir()) == [
        first["run_id"],
        second["run_id"],
    ]
    assert whole(night.current.resolve()) > 0


@pytest.mark.parametrize(
    "how",
    [
        ("--die-in", "swap:after"),
        pytest.param(("--die-after", "publish"), marks=pytest.mark.slow),
        ("--die-after", "retain"),
    ],
)
def test_76_killed_after_the_swap(settled, how):
    night, first = settled
    assert night("run", "--direct", how=how).returncode == KILLED
    second = night.current.resolve().name
    assert second > first["run_id"]
    assert whole(night.current.resolve()) > 0
    third = night.run()
    assert sorted(p.name for p in (night.processed / "runs").iterdir()) == [
        first["run_id"],
        second,
        third["run_id"],
    ]


def test_76_killed_on_the_first_night(night):
    assert night("run", "--direct", how=("--die-in", "swap")).returncode == KILLED
    assert not night.current.exists() and not (night.reports / "current" / "summary.xlsx").exists()
    result = night.run()
    assert [p.name for p in (night.processed / "runs").iterdir()] == [result["run_id"]]
    assert (night.reports / "current" / "summary.xlsx").read_text() == result["run_id"]


def test_89_a_killed_run_is_in_the_ledger_and_in_the_history(night):
    night("run", "--direct", how=("--die-after", "collect"))
    assert "没有发布过" in night("status").stdout
    done = night("run", "--direct", "--json")
    result = json.loads(done.stdout)
    assert (
        "接管上次没有正常结束的运行" in done.stderr and "清除了上次中断留下的半成品" in done.stderr
    )
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT run_id, verdict FROM runs ORDER BY run_id").fetchall()
    assert [v for _, v in rows] == ["被中断", "通过"]
    assert rows[1][0] == result["run_id"]


def test_79_the_lock_of_a_dead_owner_is_taken_over(night):
    note = night.processed / ".run.lock.json"
    night.processed.mkdir(parents=True, exist_ok=True)
    note.with_suffix("").touch()
    owner = {
        "pid": 999999999,
        "host": "另一台机器",
        "started_at": "2026-01-01T00:00:00+00:00",
        "command": "caijue run",
    }
    note.write_text(json.dumps(owner), encoding="utf-8")
    done = night("run", "--direct", "--json")
    assert done.returncode == 0 and "另一台机器" in done.stderr and "接管" in done.stderr
    assert not note.exists()
