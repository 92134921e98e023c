"""A night with nothing new takes the published set over; whatever could change the result has
everything computed again.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.config import Config
from pipelines.intake.rawfile import RawFile
from pipelines.run.inputs import inputs_digest
from pipelines.run.readers import Reading
from schemas.explanations import Explanation
from tests.run.conftest import Night, tree

TAKEN = "没有新内容，沿用已发布的"


def rows(night, sql: str) -> list[tuple]:
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def parquet(night) -> dict[str, bytes]:
    found = tree((night.current / "parquet").resolve())
    return {k: v for k, v in found.items() if not k.startswith(("runs/", "findings/"))}


def again(night) -> str:
    done = night("run", "--direct")
    assert done.returncode in (0, 1), done.stderr
    return done.stderr


@dataclass(frozen=True)
class Taken:
    """A night with nothing new, and what was published before it."""

    night: Night
    first: dict
    older: Path  # the database of the night before
    before: bytes  # that database, the Parquet files and the facts, as they were
    files: dict[str, bytes]
    facts: list[tuple]


@pytest.fixture(scope="module")
def taken(first_night, tmp_path_factory) -> Taken:
    home, first = first_night
    copy = tmp_path_factory.mktemp("taken") / "home"
    shutil.copytree(home, copy, symlinks=True)
    night = Night(copy)
    older = night.current.resolve() / "caijue.duckdb"
    facts = rows(night, "SELECT * FROM facts ORDER BY ALL")
    made = Taken(night, first, older, older.read_bytes(), parquet(night), facts)
    assert TAKEN in again(night)
    return made


@pytest.fixture
def next_one(taken, tmp_path) -> Night:
    """A copy of that installation, for whoever goes on from there."""
    shutil.copytree(taken.night.home, tmp_path / "home", symlinks=True)
    return Night(tmp_path / "home")


def test_nothing_new_is_taken_over(taken):
    night = taken.night
    assert parquet(night) == taken.files
    assert rows(night, "SELECT * FROM facts ORDER BY ALL") == taken.facts
    assert rows(night, "SELECT run_id FROM runs ORDER BY 1")[0] == (taken.first["run_id"],)
    assert rows(night, "SELECT count(*) FROM runs") == [(2,)]
    assert (night.current / "caijue.duckdb").stat().st_mode & 0o222 == 0


def test_a_set_that_was_taken_over_stays_as_it_is(taken):
    """Tonight's database is a file of its own: a link would carry tonight into the older set."""
    newer = taken.night.current.resolve() / "caijue.duckdb"
    assert newer != taken.older
    assert taken.older.read_bytes() == taken.before != newer.read_bytes()
    assert taken.older.stat().st_nlink == newer.stat().st_nlink == 1
    with duckdb.connect(str(taken.older), read_only=True) as con:
        assert con.execute("SELECT run_id FROM runs").fetchall() == [(taken.first["run_id"],)]


@pytest.mark.long
def test_findings_persist_and_keep_their_first_run(night):
    (night.raw / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    os.utime(night.raw / "坏.xlsx", (1, 1))
    first = night.run()
    second = night.run()
    assert second["findings"] == first["findings"] and second["checks"] == first["checks"]
    assert second["changes"] == {"new": 0, "persisting": sum(first["findings"].values())}
    wanted = [("persisting", first["run_id"], second["run_id"])]
    assert rows(night, "SELECT DISTINCT change, first_run, last_run FROM findings") == wanted
    stored = night.current / "parquet" / "findings" / "*.parquet"
    assert (
        duckdb.sql(f"SELECT DISTINCT change, first_run, last_run FROM '{stored}'").fetchall()
        == wanted
    )


@pytest.mark.long
def test_the_set_taken_over_is_what_would_have_been_computed(next_one):
    night = next_one
    taken, checks = parquet(night), rows(night, "SELECT * FROM check_results ORDER BY ALL")
    (night.current / "manifest.json").unlink()
    assert TAKEN not in again(night)
    assert parquet(night) == taken
    assert rows(night, "SELECT * FROM check_results ORDER BY ALL") == checks


FILE = RawFile(Path("甲.xlsx"), "甲.xlsx", "workbook", "xlsx", 9, 5, "aa", "ready")
OTHER = RawFile(Path("乙.xlsx"), "乙.xlsx", "workbook", "xlsx", 9, 7, "bb", "ready")
SAID = Explanation(
    rule="X-01", unit="某局", subject="Z01", reason="试", by="某", until=date(2026, 3, 31)
)
TONIGHT = {
    "config": Config(),
    "files": [FILE, OTHER],
    "reading": Reading(),
    "explanations": [SAID],
    "today": date(2026, 1, 1),
}


@pytest.mark.parametrize(
    "other",
    [
        {"files": [FILE]},
        {"files": [replace(FILE, sha256="cc"), OTHER]},
        {"files": [replace(FILE, file="丙.xlsx"), OTHER]},
        {"files": [replace(FILE, mtime_ns=8), OTHER]},
        {"files": [replace(FILE, status="waiting", reason="还在复制"), OTHER]},
        {"reading": Reading(refused={"甲.xlsx": "超时"})},
        {"config": Config(year=2023)},
        {"config": Config(timeout_s=1)},
        {"explanations": []},
        {"today": date(2026, 4, 1)},
    ],
    ids=str,
)
def test_whatever_may_change_the_result_changes_the_digest(other):
    assert inputs_digest(**TONIGHT) != inputs_digest(**(TONIGHT | other))


@pytest.mark.parametrize(
    "other",
    [
        {"files": [OTHER, FILE]},
        {"files": [replace(FILE, mtime_ns=6), OTHER]},
        {"today": date(2026, 3, 31)},
        {"config": Config(workers=7, keep_runs=3)},
    ],
    ids=str,
)
def test_what_cannot_change_the_result_does_not(other):
    assert inputs_digest(**TONIGHT) == inputs_digest(**(TONIGHT | other))


def test_own_rules_and_forms_count(tmp_path):
    (tmp_path / "own.yml").write_text("rules: []", encoding="utf-8")
    with_own = TONIGHT | {"config": Config(rules_folders=(tmp_path,))}
    before = inputs_digest(**with_own)
    (tmp_path / "own.yml").write_text("rules: [] # 改", encoding="utf-8")
    assert len({before, inputs_digest(**with_own), inputs_digest(**TONIGHT)}) == 3


def test_what_lies_deeper_counts_and_what_python_compiles_does_not(tmp_path):
    deeper = tmp_path / "甲" / "__pycache__"
    deeper.mkdir(parents=True)
    with_own = TONIGHT | {"config": Config(rules_folders=(tmp_path,))}
    seen = [inputs_digest(**with_own)]
    for name, text in (("../own.yml", "1"), ("../own.yml", "2"), ("../own.pyc", "3")):
        (deeper / name).write_text(text, encoding="utf-8")
        seen.append(inputs_digest(**with_own))
    assert len({*seen}) == 3 and seen[2] == seen[3]


@pytest.mark.long
def test_a_changed_inbox_is_computed_again(settled):
    night, _ = settled
    sorted(night.raw.rglob("*.xlsx"))[0].unlink()
    assert TAKEN not in again(night)
    assert TAKEN in again(night)


@pytest.mark.long
@pytest.mark.parametrize("harm", ["database", "parquet", "missing"])
def test_a_set_that_was_touched_is_not_taken_over(settled, harm):
    night, _ = settled
    facts = rows(night, "SELECT * FROM facts ORDER BY ALL")
    target = night.current.resolve()
    if harm == "database":
        (target / "caijue.duckdb").chmod(0o644)
        with duckdb.connect(str(target / "caijue.duckdb")) as con:
            con.execute("UPDATE facts SET amount = 1")
    elif harm == "parquet":
        part = target / "parquet" / "facts" / "part-00000.parquet"
        part.chmod(0o644)
        part.write_bytes(part.read_bytes()[:-9] + b"123456789")
    else:
        (target / "parquet" / "sheets" / "part-00000.parquet").unlink()
    assert TAKEN not in again(night)
    assert rows(night, "SELECT * FROM facts ORDER BY ALL") == facts


@pytest.mark.long
def test_the_database_does_not_grow_from_night_to_night(next_one):
    night = next_one
    sizes = []
    for _ in range(2):
        assert TAKEN in again(night)
        sizes.append((night.current / "caijue.duckdb").stat().st_size)
    assert sizes[-1] <= sizes[0] + 262_144
