"""What is known of the sheets of some files, for each of their rows: taken as often as they have
rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.collect.register import Register
from pipelines.collect.resolve import FileRef, SheetRef
from pipelines.extract.text import row_of
from schemas.dataset import Dataset


class Known:
    """The sheets that count of ``files``, numbered through all of them."""

    def __init__(self, files: Sequence[FileRef], register: Register) -> None:
        self.files = files
        self.counting = [s for ref in files for s in ref.sheets if s.status == "read"]
        self.values = [_known(sheet, register) for sheet in self.counting]

    def sheets(self, numbers: pa.ChunkedArray, files: np.ndarray) -> np.ndarray:
        """Which sheet each row is of, by the numbers of its sheet and of its file; -1 where that
        sheet does not count.
        """
        starts, table = self._table
        return table[starts[files] + numbers.to_numpy()]

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the sheets of each file begin in a list of the numbers of all sheets."""
        sizes = [max(s.row["sheet_no"] for s in ref.sheets) + 1 for ref in self.files]
        starts = np.cumsum([0, *sizes])
        table = np.full(starts[-1], -1)
        places = [
            start + sheet.row["sheet_no"]
            for start, ref in zip(starts.tolist(), self.files, strict=False)
            for sheet in ref.sheets
            if sheet.status == "read"
        ]
        table[places] = np.arange(len(places))
        return starts, table

    def attached(
        self, told: Mapping[str, pa.Array], sheets: np.ndarray, at: pa.Array, dataset: Dataset
    ) -> pa.Table:
        """A dataset's rows: the columns ``told``, the others from their ``sheets``. ``at``: the row
        (from 1) or cell at which each stands.
        """
        taken = pa.array(sheets)
        columns = []
        for field in dataset.arrow:
            column = told.get(field.name)
            if column is None:
                values = pa.array([known[field.name] for known in self.values], field.type)
                column = values.take(taken)
                if field.name == "file":
                    column = self._in_parts(column, sheets, at)
            columns.append(column)
        return pa.table(columns, schema=dataset.arrow)

    def _in_parts(self, files: pa.Array, sheets: np.ndarray, at: pa.Array) -> pa.Array:
        """The files, with the part of its document in which a row stands where a sheet goes on over
        several.
        """
        further = {n for n, sheet in enumerate(self.counting) if sheet.further}
        if not further:
            return files
        rows = np.flatnonzero(np.isin(sheets, list(further)))
        places = at.take(pa.array(rows)).to_pylist()
        named = files.to_pylist()
        for row, place in zip(rows.tolist(), places, strict=True):
            from_zero = row_of(place) if isinstance(place, str) else place - 1
            named[row] = self.counting[sheets[row]].file_of(from_zero)
        return pa.array(named, pa.string())


def _known(s: SheetRef, register: Register) -> dict[str, Any]:
    return {
        "report_type": register.report_type(s.unit_code),
        "is_leaf": register.is_leaf(s.unit_code),
        "unit_code": s.unit_code,
        "unit_name": s.unit_name,
        "year": s.year,
        "form": s.form,
        "file": s.file,
        "sheet": s.name,
        "decimals": s.row["decimals"],
    }
