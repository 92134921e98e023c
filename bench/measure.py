"""Running a command and watching what it takes: seconds, and the most memory of it and its children
together.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of CPU (all processes), MiB at the most, exit code, and what was
    printed on standard error.
    """

    seconds: float
    cpu: float
    memory_mb: float
    code: int
    said: str


def tree_memory(root: psutil.Process) -> float:
    """MiB that a process and all it started hold; pages shared among them count once."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return total / 2**20


def run(command: list[str]) -> Taken:
    """Run a command to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.tree", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            try:
                peak[0] = max(peak[0], tree_memory(psutil.Process(process.pid)))
            except psutil.Error:
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, said = process.communicate()
    seconds = time.perf_counter() - started
    over.set()
    watcher.join()
    said, _, cpu = said.rstrip("\n").rpartition("\nCPU ")
    return Taken(seconds, float(cpu), peak[0], process.returncode, said)
