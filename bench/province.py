"""``python -m bench.province HOME``: one night over ``HOME/raw``, told stage by stage.

For sets that are run once, not in turns: by the clock, CPU of all processes, bytes read by them,
memory at the most, and what of the folder's file system is taken at the end of each stage.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.measure import tree_memory

EVERY = 0.5  # seconds between two looks; what a process read after the last one is not seen
MIB = 2**20


@dataclass
class Watch:
    """What a command and all it started have taken so far; ``peak``: MiB since ``turn``."""

    root: psutil.Process
    read: dict[int, int] = field(default_factory=dict)
    peak: float = 0.0

    def look(self) -> None:
        """Notes what every process has read so far; those that have ended keep their last."""
        self.peak = max(self.peak, tree_memory(self.root))
        for process in [self.root, *self.root.children(recursive=True)]:
            try:
                self.read[process.pid] = process.io_counters().read_chars
            except (psutil.Error, AttributeError):
                continue

    def turn(self) -> tuple[float, int]:
        """The most memory since the last turn (MiB), and bytes read since the beginning."""
        self.look()
        most, self.peak = self.peak, 0.0
        return most, sum(self.read.values())


def main() -> int:
    home = Path(sys.argv[1])
    folders = ["--raw", home / "raw", "--processed", home / "processed"]
    command = ["run", *(sys.argv[2:] or ["--direct"]), *folders, "--reports", home / "reports"]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.tree", sys.executable, "-m", "pipelines.cli"]
        + [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(psutil.Process(process.pid))
    over = threading.Event()
    watcher = threading.Thread(target=_keep_looking, args=(watch, over), daemon=True)
    watcher.start()
    _tell(process, watch, home)
    over.set()
    watcher.join()
    return process.wait()


def _keep_looking(watch: Watch, over: threading.Event) -> None:
    while not over.wait(EVERY):
        try:
            watch.look()
        except psutil.Error:
            return


def _tell(process: subprocess.Popen[str], watch: Watch, home: Path) -> None:
    """A line for every stage that the command says it has ended, then the command's own CPU."""
    before, started = 0, time.perf_counter()
    free = _free(home)
    assert process.stderr is not None
    print("时刻（秒）  内存（MiB）  读（MiB）  磁盘（MiB）  步骤", flush=True)
    for text in process.stderr:
        if not text.rstrip().endswith("秒）") and not text.startswith("CPU "):
            continue
        try:
            most, read = watch.turn()
        except psutil.Error:
            most, read = 0.0, before
        clock, disk = time.perf_counter() - started, (free - _free(home)) / MIB
        print(
            f"{clock:8.0f}  {most:10,.0f}  {(read - before) / MIB:9,.0f}  {disk:9,.0f}  "
            f"{text.strip()}",
            flush=True,
        )
        before = read


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


if __name__ == "__main__":
    sys.exit(main())
