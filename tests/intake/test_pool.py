"""The pool: completion, limits, isolation, order of business."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipelines.intake.pool import map_files, prepare
from pipelines.intake.refusal import Refused
from tests.intake import jobs

LIMITS: Any = {"workers": 2, "memory_mb": 300, "timeout_s": 20.0}


def test_every_job_comes_back_once_with_itself() -> None:
    got = dict(map_files(jobs.echo, range(500), **LIMITS))
    assert got == {n: n for n in range(500)}


def test_tuples_are_arguments() -> None:
    assert dict(map_files(jobs.add, [(1, 2), (3, 4)], **LIMITS)) == {(1, 2): 3, (3, 4): 7}


def test_work_may_be_named() -> None:
    assert dict(map_files("tests.intake.jobs:add", [(1, 2)], **LIMITS)) == {(1, 2): 3}


def test_jobs_are_drawn_as_workers_come_free() -> None:
    drawn = itertools.count()
    results = map_files(jobs.echo, (next(drawn) for _ in range(1000)), **LIMITS)
    next(results)
    assert next(drawn) <= 4
    results.close()


def test_closing_early_ends_the_workers() -> None:
    results = map_files(jobs.behave, ["good", "hang", "hang"], **LIMITS)
    assert next(results) == ("good", "read")
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 2


def test_large_results_and_unsendable_ones() -> None:
    big = os.urandom(5_000_000)
    assert dict(map_files(jobs.echo, [big], **LIMITS)) == {big: big}
    ((_, refused),) = map_files(jobs.unsendable, [1], **LIMITS)
    assert isinstance(refused, Refused) and "意外错误" in refused.reason


def test_an_error_of_the_work_is_told_without_a_traceback() -> None:
    ((_, refused),) = map_files(jobs.behave, ["panic"], **LIMITS)
    assert isinstance(refused, Refused)
    assert "KeyError" in refused.reason and "Traceback" not in refused.reason
    assert "Traceback" in refused.detail


def test_workers_step_back_and_ignore_ctrl_c() -> None:
    ((_, (nice, ignored)),) = map_files(jobs.niceness, [0], **LIMITS)
    assert nice > os.nice(0) and ignored


def test_no_jobs_no_workers() -> None:
    before = len(psutil.Process().children(recursive=True))
    assert list(map_files(jobs.echo, [], **LIMITS)) == []
    assert len(psutil.Process().children(recursive=True)) == before


def test_an_unpicklable_job_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="picklable"):
        list(map_files(jobs.echo, [lambda: None], **LIMITS))


def test_many_deaths_in_a_row() -> None:
    got = list(map_files(jobs.behave, ["kill", "abort"] * 15 + ["good"] * 5, **LIMITS))
    assert sum(r == "read" for _, r in got) == 5
    assert sum(isinstance(r, Refused) for _, r in got) == 30


# Whoever starts the tests in the background of a shell has them ignore Ctrl-C.
SCRIPT = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipelines.intake.pool import map_files
from tests.intake import jobs
print("imported", flush=True)
if __name__ == "__main__":
    for job, result in map_files(jobs.behave, {work}, workers=2, memory_mb=300, timeout_s=60):
        print(job, result, flush=True)
"""


def _script(tmp_path: Path, work: list[str]) -> list[str]:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(work=work), encoding="utf-8")
    return [sys.executable, str(script)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONUNBUFFERED": "1"}


def test_workers_neither_import_the_script_again_nor_write_to_its_output(tmp_path: Path) -> None:
    done = subprocess.run(
        _script(tmp_path, ["good", "abort"]),
        capture_output=True,
        text=True,
        env=_environment(),
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.count("imported") == 1 and "noise" not in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    process = subprocess.Popen(
        _script(tmp_path, ["good", "hang"]),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=_environment(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    time.sleep(0.2)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    process.wait(60)
    process.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_prepare_starts_nothing_twice() -> None:
    prepare("tests.intake.jobs")
    prepare("tests.intake.jobs")
    assert dict(map_files(jobs.echo, [1], **LIMITS)) == {1: 1}
