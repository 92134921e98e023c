"""``python -m bench.reading FOLDER``: what reading a workbook costs, in CPU and in one process.

Taken in turns over the same files: calamine alone (the floor), opening them with all that is
checked before a part is read, one look at every cell in Python besides, every sheet as if it were
the first, and as a night reads them, with what earlier sheets taught.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from bench.floor import reading
from pipelines.extract.grid import Grid
from pipelines.extract.learned.way import long_way
from pipelines.intake.discover import discover
from pipelines.intake.rawfile import RawFile
from pipelines.reading.workbooks import open_workbook
from pipelines.reading.worker import extract_file

TURNS = 3  # of each way; the least counts, for whatever else runs only adds


def main(folder: Path) -> None:
    files = [f for f in discover(folder) if f.kind == "workbook" and f.status == "ready"]
    paths = [f.path for f in files]
    turns = [
        (
            reading(paths)[0],
            *_opening(files),
            _extracting(files, long_way()),
            _extracting(files, nullcontext()),
        )
        for _ in range(TURNS)
    ]
    names = (
        "下限（calamine）",
        "打开，含各项安全检查",
        "打开，再逐格看一遍",
        "每张表都当作第一张",
        "认得以前读过的版式",
    )
    for name, seconds in zip(names, zip(*turns, strict=True), strict=True):
        print(f"{min(seconds) / len(files) * 1000:8.2f} 毫秒  {name}")


def _opening(files: list[RawFile]) -> tuple[float, float]:
    """Seconds of CPU to open the workbooks, and with one look at every cell: which are filled."""
    opened = looked = 0.0
    for file in files:
        started = time.process_time()
        workbook = open_workbook(file.path, file.type)
        opened += time.process_time() - started
        started = time.process_time()
        for sheet in workbook.sheets:
            Grid.of(sheet)
        looked += time.process_time() - started
    return opened, opened + looked


def _extracting(files: list[RawFile], way: AbstractContextManager) -> float:
    """Seconds of CPU from opening the workbooks to their extractions on disk."""
    with tempfile.TemporaryDirectory(prefix="caijue-bench-") as scratch, way:
        started = time.process_time()
        for file in files:
            extract_file(str(file.path), file.type, f"{scratch}/extraction")
        return time.process_time() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]))
