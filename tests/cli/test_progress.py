"""The progress bar: on a terminal, from the first that is told."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

SCRIPT = """
import sys, threading
from pipelines.progress import progress_bar
with progress_bar() as tell:
    assert threading.active_count() == 1 and "rich" not in sys.modules
    {told}
"""


def _on_a_terminal(told: str) -> bytes:
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", SCRIPT.format(told=told)],
            stderr=theirs,
            env={**os.environ, "PYTHONPATH": os.getcwd(), "TERM": "xterm"},
            check=True,
            timeout=60,
        )
        os.write(theirs, b"end")
        return os.read(ours, 1 << 16)
    finally:
        os.close(ours)
        os.close(theirs)


def test_nothing_is_drawn_and_no_thread_begun_before_there_is_progress() -> None:
    assert _on_a_terminal("pass") == b"end"


def test_what_is_told_is_drawn_and_taken_away_at_the_end() -> None:
    drawn = _on_a_terminal("tell('读取工作簿', 1, 2)")
    assert "读取工作簿".encode() in drawn and b"1/2" in drawn
    assert b"\x1b[2K" in drawn
