"""What a watched command and its children have read, and hold at the most."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from bench.province import Watch

READS = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "open({path!r}, 'rb').read(); input()"], stdin=-1)
input()
child.communicate(b"\\n")
"""


def test_what_children_read_is_counted_once_and_the_peak_begins_anew(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(9_000_000))
    code = READS.format(path=str(big))
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        watch = Watch(psutil.Process(process.pid))
        most, read = _until(watch, 9_000_000)
        assert most > 5 and 9_000_000 <= read < 18_000_000
        assert watch.turn()[1] == read
        process.communicate(b"\n")


def _until(watch: Watch, bytes_read: int) -> tuple[float, int]:
    for _ in range(600):
        most, read = watch.turn()
        if read >= bytes_read:
            return most, read
    raise AssertionError(f"only {read} bytes were seen")
