"""Run after run in one process: what is held does not grow with their number."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.conftest import Night

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 4


def held_after(night: Night, runs: int) -> list[int]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "CAIJUE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.run.memory", str(night.home), str(runs)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def grown(held: list[int]) -> float:
    """KiB a run between the halves of what follows the warm-up; a middle value of each, as single
    ones jump.
    """
    after = held[WARM_UP:]
    half = len(after) // 2
    first, second = sorted(after[:half]), sorted(after[-half:])
    return (second[half // 2] - first[half // 2]) / max(1, len(after) - half)


def test_a_few_runs(night: Night) -> None:
    held = held_after(night, 10)
    assert grown(held) < 4096, held


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_runs(night: Night) -> None:
    held = held_after(night, 100)
    assert grown(held) < 128, held
