"""What an extraction says of its sheets, held small."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines.collect.sheetrow import sheet_rows
from pipelines.extract.streams import SHEETS


def test_a_row_reads_as_the_dict_it_stands_for() -> None:
    plain = [
        {f.name: None for f in SHEETS} | {"sheet_no": n, "sheet": f"Z0{n}", "form": "Z01"}
        for n in (1, 2)
    ]
    rows = sheet_rows(pa.Table.from_pylist(plain, SHEETS))
    assert [dict(row) for row in rows] == plain
    assert rows[0]["form"] is rows[1]["form"]  # a text that many sheets have is held once
    with pytest.raises(KeyError):
        rows[0]["none"]
