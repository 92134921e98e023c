"""The fork server as a fork of the caller: what it shares with it, what it does not, and when it is
none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import json, sys, threading
import psutil
import colorsys  # nothing imports it but this script
from pipelines.intake.pool import map_files
kept = open(sys.argv[1], "w")
print("told once")
if sys.argv[2] == "threads":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
limits = dict(workers=1, memory_mb=300, timeout_s=30)
[(_, seen)] = map_files("tests.intake.jobs:surroundings", ["colorsys"], **limits)
seen["programs"] = len(psutil.Process().children())
kept.write("whole")
kept.close()
print(json.dumps(seen))
"""


def _seen(tmp_path: Path, how: str) -> dict:
    script, mine = tmp_path / "script.py", tmp_path / "mine.txt"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(mine), how],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd(), "OPENBLAS_NUM_THREADS": "1"},
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert mine.read_text() == "whole"
    told, seen = done.stdout.splitlines()
    assert told == "told once"
    return json.loads(seen)


def test_workers_share_what_the_caller_has_imported_but_nothing_it_has_open(tmp_path) -> None:
    seen = _seen(tmp_path, "alone")
    assert seen["imported"]
    assert not [f for f in seen["open"] if f.endswith("mine.txt")]
    assert seen["terminates"]
    assert seen["programs"] == 1, "a tracker of semaphores, of which there are none"


def test_a_caller_with_threads_gets_a_server_of_its_own_program(tmp_path) -> None:
    assert not _seen(tmp_path, "threads")["imported"]
