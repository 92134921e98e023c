"""Two sets are equal only where every dataset and every part of every workbook is."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.compare import compare


def _set(folder: Path, run: str, amount: int = 5, sheet: str = "<v>1</v>") -> Path:
    rows = {"finding_id": ["a", "b"], "amount": [amount, 7], "first_run": [run, run]}
    for name in ("findings", "runs"):
        (folder / "parquet" / name).mkdir(parents=True)
        pq.write_table(pa.table(rows), folder / "parquet" / name / "part-00000.parquet")
    (folder / "reports" / "units").mkdir(parents=True)
    with zipfile.ZipFile(folder / "reports" / "units" / "a.xlsx", "w") as package:
        package.writestr("sheet1.xml", f"{sheet}{run}")
    return folder


def test_runs_and_their_times_make_no_difference(tmp_path: Path) -> None:
    one = _set(tmp_path / "1", "20260101T000000Z-01")
    assert compare(one, _set(tmp_path / "2", "20260102T030405Z-02")) == []


def test_an_amount_a_part_and_a_file_that_differ_are_named(tmp_path: Path) -> None:
    one = _set(tmp_path / "1", "20260101T000000Z-01")
    other = _set(tmp_path / "2", "20260102T000000Z-01", amount=6, sheet="<v>2</v>")
    found = compare(one, other)
    assert "findings: 1 rows only before" in found and "findings: 1 rows only after" in found
    assert "units/a.xlsx: sheet1.xml differs" in found
    shutil.rmtree(other / "reports" / "units")
    assert "units/a.xlsx: only in one set" in compare(one, other)


def test_a_folder_without_a_set_is_not_equal_to_another(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no published set"):
        compare(tmp_path, tmp_path)
