"""The public tables are drawn once: the unit's workbook and the public one show the same rows, each
with notes of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from deliver_model import UNIT_A

from pipelines.deliver.deliver import deliver

RUN = "20240101T000000Z-01"


@pytest.fixture(scope="module")
def out(small_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    deliver(small_db, out / "raw", out, only={UNIT_A[0]}, run_id=RUN)
    return out


def _looks(sheet, rows: int) -> list[tuple]:
    """Every cell of the first rows: what it says and how it looks."""
    return [
        (c.coordinate, c.value, repr((c.font, c.fill, c.border, c.alignment)), c.number_format)
        for row in sheet.iter_rows(max_row=rows)
        for c in row
    ]


def test_both_workbooks_show_the_same_tables(out):
    unit = openpyxl.load_workbook(out / "units" / "001001_2023.xlsx")
    public = openpyxl.load_workbook(out / "public" / "公开表_001001_2023.xlsx")
    assert public.sheetnames == [f"公开{number:02d}表" for number in range(1, 14)]
    for name in public.sheetnames:
        notes = [
            next(
                c for row in book[name].iter_rows() for c in row if str(c.value).startswith("注：")
            )
            for book in (unit, public)
        ]
        assert notes[0].coordinate == notes[1].coordinate
        assert "原值" not in notes[1].value
        above = notes[0].row - 1
        assert _looks(unit[name], above) == _looks(public[name], above)
        assert [(k, d.height) for k, d in unit[name].row_dimensions.items() if d.height] == [
            (k, d.height) for k, d in public[name].row_dimensions.items() if d.height
        ]
        assert unit[name].freeze_panes == public[name].freeze_panes
        assert unit[name].col_breaks.brk == public[name].col_breaks.brk


def test_tables_drawn_for_one_workbook_alone_are_the_same_bytes(small_db, out, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(out, before)
    for gone in [*(before / "public").iterdir(), before / "units" / "001001_2022.xlsx"]:
        gone.unlink()
    again = tmp_path / "again"
    deliver(small_db, out / "raw", again, only={UNIT_A[0]}, run_id=RUN, previous=before)
    for folder in ("units", "public"):
        for path in (out / folder).iterdir():
            assert (again / folder / path.name).read_bytes() == path.read_bytes(), path.name
