"""Nights over two sets of different size: what a workbook costs, and what a run costs at all.

One size alone mixes the two: a small set looks slow for what every run needs once, a large one
hides it. All in CPU (user and system, all processes), each beside the floors over the same files.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.floor import delivery, reading
from bench.measure import Taken, run
from pipelines.sample import write_samples


@dataclass(frozen=True)
class Nights:
    """A set's workbooks and cells; the floors of reading and of delivering it; its first night, and
    one with nothing new. Seconds are CPU.
    """

    home: Path
    files: int
    cells: int
    reading: float
    delivery: float
    first: Taken
    again: Taken


@dataclass(frozen=True)
class Line:
    """``slope``: seconds a workbook; ``fixed``: seconds of any run."""

    slope: float
    fixed: float


def nights(home: Path, units: int, years: int, seed: int, messy: float) -> Nights:
    """Writes a set of samples below ``home`` and runs over it twice."""
    write_samples(home / "raw", units, years, seed=seed, messy=messy)
    files = workbooks(home)
    least, cells = reading(files)
    first, again = _night(home), _night(home)
    out = delivery(home / "processed" / "current")
    return Nights(home, len(files), cells, least, out, first, again)


def workbooks(home: Path) -> list[Path]:
    return sorted(p for p in (home / "raw").rglob("*.xls*"))


def line(small: tuple[int, float], large: tuple[int, float]) -> Line:
    """The line through two sets, each workbooks and seconds."""
    slope = (large[1] - small[1]) / (large[0] - small[0])
    return Line(slope, small[1] - slope * small[0])


def _night(home: Path) -> Taken:
    command = [sys.executable, "-m", "pipelines.cli", "run", "--direct", "--raw", str(home / "raw")]
    taken = run(
        [*command, "--processed", str(home / "processed"), "--reports", str(home / "reports")]
    )
    if taken.code not in (0, 1):
        raise SystemExit(f"运行没有成功（{taken.code}）：\n{taken.said}")
    return taken
