"""Faults 76, 79, 89: killed at any moment.

The published set is whole, and the next run needs no cleaning.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence

import duckdb
import pytest

from pipelines.run.steps import STEPS
from tests.run.conftest import Night, tree

Settled = tuple[Night, dict]

KILLED = -signal.SIGKILL
BEFORE_SWAP = [s.key for s in STEPS[: [s.key for s in STEPS].index("publish")]]
# One of each kind: with files read, tables in memory, datasets written, all but published. Each is
# followed by one that comes further, over what the killed one left. The others are killed under
# ``-m slow``.
KINDS = ("extract", "reconcile", "write", "audit")
assert set(KINDS) < set(BEFORE_SWAP)
MOMENTS = [("--die-after", step) for step in KINDS] + [("--die-in", f) for f in ("finish", "swap")]
OTHERS = [("--die-after", step) for step in BEFORE_SWAP if step not in KINDS]
AFTER_SWAP = [("--die-in", "swap:after"), ("--die-after", "retain")]


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


def runs(night: Night) -> list[str]:
    """What lies in the folder of the runs: sets, and what was being built."""
    return sorted(p.name for p in (night.processed / "runs").iterdir())


def killed_one_after_another(night: Night, first: str, moments: Sequence[tuple[str, str]]) -> None:
    """Every run is killed before the swap, the last one not: none is in the way of the next, and
    the published set is untouched until then.
    """
    before = tree(night.current.resolve())
    (night.raw / "2023" / "note.txt").write_text("x", encoding="utf-8")
    begun: set[str] = set()
    for how in moments:
        assert night("run", "--direct", how=how).returncode == KILLED, how
        assert night.current.resolve().name == first, how
        assert tree(night.current.resolve()) == before, how
        left = [r for r in runs(night) if r != first]
        assert len(left) == 1 and begun.isdisjoint(left), "what the one before left is cleaned up"
        begun.update(left)
    second = night.run()["run_id"]
    assert second > first
    assert night.current.resolve().name == second
    assert runs(night) == [first, second]
    assert whole(night.current.resolve()) > 0


@pytest.mark.long
def test_76_killed_before_the_swap(settled: Settled) -> None:
    night, first = settled
    killed_one_after_another(night, first["run_id"], MOMENTS)


@pytest.mark.slow
@pytest.mark.parametrize("how", [*MOMENTS, *OTHERS])
def test_76_killed_before_the_swap_once(settled: Settled, how: tuple[str, str]) -> None:
    night, first = settled
    killed_one_after_another(night, first["run_id"], [how])


def killed_after_the_swap(night: Night, first: str, moments: Sequence[tuple[str, str]]) -> None:
    """What a killed run has published stays, whole, and so does all that was before."""
    published = [first]
    for how in moments:
        assert night("run", "--direct", how=how).returncode == KILLED, how
        assert night.current.resolve().name > published[-1], how
        published.append(night.current.resolve().name)
        assert whole(night.current.resolve()) > 0
    last = night.run()["run_id"]
    assert runs(night) == [*published, last]


def test_76_killed_after_the_swap(settled: Settled) -> None:
    night, first = settled
    killed_after_the_swap(night, first["run_id"], AFTER_SWAP)


@pytest.mark.slow
@pytest.mark.parametrize("how", [*AFTER_SWAP, ("--die-after", "publish")])
def test_76_killed_after_the_swap_once(settled: Settled, how: tuple[str, str]) -> None:
    night, first = settled
    killed_after_the_swap(night, first["run_id"], [how])


@pytest.mark.long
def test_76_killed_on_the_first_night(night):
    assert night("run", "--direct", how=("--die-in", "swap")).returncode == KILLED
    assert not night.current.exists() and not (night.reports / "current" / "summary.xlsx").exists()
    result = night.run()
    assert [p.name for p in (night.processed / "runs").iterdir()] == [result["run_id"]]
    assert (night.reports / "current" / "summary.xlsx").read_text() == result["run_id"]


@pytest.mark.long
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
