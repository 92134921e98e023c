"""Workbooks in which performance tables stand beside 财决 tables: found without reading them.

What does not belong here: reading them (``worker.py``).
"""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

STRINGS = "xl/sharedStrings.xml"
SHEET_PARTS = "xl/worksheets/sheet"
# Words of the headers of performance tables that no 财决 or public table has.
# In a part of a workbook they stand as UTF-8 or, in plain ASCII, as numbers of characters.
WORDS = tuple(
    form
    for word in (
        "三级指标",
        "数量指标",
        "资金结余率",
        "偏差程度",
        "序时进度",
        "中期调整",
        "收入调整数",
        "整改情况",
        "预算执行进度",
        "增加变化数",
        "二级项目类别",
    )
    for form in (word.encode(), word.encode("ascii", "xmlcharrefreplace"))
)
# A workbook's words; what is longer than this is cut off rather than unpacked whole.
MOST_BYTES = 4_000_000
HEAD_BYTES = 32_000  # of a sheet with its words inside: its header is among its first rows


def known_sheets(con: duckdb.DuckDBPyConnection) -> Mapping[str, frozenset[str]]:
    """The sheets of each workbook that were recognised as tables of others."""
    found: dict[str, set[str]] = defaultdict(set)
    for file, sheet in con.execute("SELECT DISTINCT file, sheet FROM sheets").fetchall():
        found[file].add(sheet)
    return {file: frozenset(sheets) for file, sheets in found.items()}


def stands_beside(path: Path, known: frozenset[str]) -> bool:
    """Whether a workbook has more sheets than the known ones, and words of performance tables."""
    try:
        with zipfile.ZipFile(path) as book:
            sheets = [n for n in book.namelist() if n.startswith(SHEET_PARTS)]
            if len(sheets) <= len(known):
                return False
            return any(word in text for text in _texts(book, sheets) for word in WORDS)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return False


def _texts(book: zipfile.ZipFile, sheets: list[str]) -> Iterator[bytes]:
    """The words of a workbook: in one list, or (as some programs write them) in each sheet."""
    if STRINGS in book.namelist():
        with book.open(STRINGS) as strings:
            yield strings.read(MOST_BYTES)
        return
    for name in sheets:
        with book.open(name) as sheet:
            yield sheet.read(HEAD_BYTES)
