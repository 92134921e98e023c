"""The floor of a night: python-calamine reading every sheet of the same files on all cores, and
nothing else.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from python_calamine import CalamineWorkbook


def read_all(path: str) -> int:
    """The number of cells of a workbook, every sheet read."""
    book = CalamineWorkbook.from_path(path)
    cells = 0
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        cells += len(rows) * (len(rows[0]) if rows else 0)
    return cells


def floor(files: list[Path], workers: int) -> tuple[float, int]:
    """Seconds and cells; starting the processes is not counted."""
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        list(pool.map(read_all, [str(f) for f in files[:workers]]))
        started = time.perf_counter()
        cells = sum(pool.map(read_all, [str(f) for f in files], chunksize=4))
        return time.perf_counter() - started, cells
