"""The floors of a night: what nobody who reads these files and delivers these results can do
without. Both in seconds of CPU of one process, so that what else the machine does counts little.
"""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from python_calamine import CalamineWorkbook

from pipelines.database import open_database
from pipelines.zipped import deflated

WORKBOOKS = ("units", "public", "marked")  # the summary and the page are one each, not a unit's


def reading(files: Iterable[Path]) -> tuple[float, int]:
    """python-calamine reading every sheet, and nothing else: seconds, and how many cells."""
    started = time.process_time()
    cells = sum(_cells(path) for path in files)
    return time.process_time() - started, cells


def _cells(path: Path) -> int:
    book = CalamineWorkbook.from_path(path)
    cells = 0
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        cells += len(rows) * (len(rows[0]) if rows else 0)
    return cells


def delivery(published: Path) -> float:
    """The workbooks of a set deflated from the same bytes of XML, and its facts written as they
    are into Parquet and a database.
    """
    return _deflating(published / "reports") + _storing(published / "parquet" / "facts")


def _deflating(reports: Path) -> float:
    seconds = 0.0
    for folder in WORKBOOKS:
        for path in sorted((reports / folder).glob("*.xlsx")):
            with zipfile.ZipFile(path) as package:
                parts = [package.read(name) for name in package.namelist()]
            seconds += _seconds(lambda: [deflated(part) for part in parts])  # noqa: B023
    return seconds


def _storing(facts: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="caijue-floor-") as scratch:
        place = Path(scratch)
        with open_database(place / "from.duckdb", config={"threads": 1}) as con:
            con.execute(f"CREATE TABLE facts AS SELECT * FROM read_parquet('{facts}/*.parquet')")
            con.execute(f"ATTACH '{place / 'to.duckdb'}' AS target")
            return _seconds(
                lambda: con.execute(f"""
                    COPY facts TO '{place / "facts.parquet"}' (COMPRESSION zstd);
                    CREATE TABLE target.facts AS SELECT * FROM facts;
                    CHECKPOINT target""")
            )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
