"""Run after run in one process: what is held does not grow with their number."""

from __future__ import annotations

import json
from multiprocessing import get_context
from pathlib import Path

import pytest

from pipelines.intake.pool import prepare
from tests.run import memory
from tests.run.conftest import Night, warm
from tests.run.soak import workbook

pytestmark = pytest.mark.long

WARM_UP = 4


def held_after(night: Night, runs: int) -> list[int]:
    """The memory held after each run, in KiB, of a process forked for them alone."""
    warm()
    prepare("pipelines.reading.worker")
    told = night.home / "held.json"
    process = get_context("fork").Process(target=memory.main, args=(night.home, runs, told))
    process.start()
    process.join()
    assert process.exitcode == 0
    return json.loads(told.read_text(encoding="utf-8"))


def grown(held: list[int]) -> float:
    """KiB a run between the halves of what follows the warm-up; a middle value of each, as single
    ones jump.
    """
    after = held[WARM_UP:]
    half = len(after) // 2
    first, second = sorted(after[:half]), sorted(after[-half:])
    return (second[half // 2] - first[half // 2]) / max(1, len(after) - half)


@pytest.fixture
def small(tmp_path: Path) -> Night:
    """Two submissions of a few forms: a run holds as much of itself over these as over more."""
    night = Night(tmp_path / "home")
    night.raw.mkdir(parents=True)
    for number in range(2):
        (night.raw / f"{number}.xlsx").write_bytes(workbook(number))
    return night


def test_a_few_runs(small: Night) -> None:
    held = held_after(small, 8)
    assert grown(held) < 4096, held


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_runs(night: Night) -> None:
    held = held_after(night, 100)
    assert grown(held) < 128, held
