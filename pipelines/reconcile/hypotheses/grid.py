"""The sheets of a unit and year as grids: which key stands in which row and column, blank cells
too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np

from pipelines.reconcile.hypotheses.holding import Holding
from pipelines.reconcile.terms import key_sql
from schemas.library import forms

# A finding points first at the tables that the others are made from.
Where = tuple[str, str, str, str]  # form, panel, file, sheet
MAIN_FIRST = tuple(name for name, form in forms().items() if not form.published)


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass
class Sheet:
    """A part of a sheet whose rows share their amount columns (a panel); ``key`` is rows ×
    columns, nought where no cell is.
    """

    form: str
    panel: str
    file: str
    sheet: str
    rows: list[int]
    row_keys: list[str]
    row_labels: list[str]
    letters: list[str]
    col_keys: list[str]
    key: np.ndarray
    cells: Holding

    @cached_property
    def filled(self) -> np.ndarray:
        return self.cells.has(self.key)

    @cached_property
    def amt(self) -> np.ndarray:
        """分; nought where nothing stands."""
        return self.cells.amounts(self.key)

    @cached_property
    def keys(self) -> np.ndarray:
        return np.unique(self.key[self.key != 0])

    def address(self, row: int, column: int) -> str:
        return f"{self.letters[column]}{self.rows[row]}"


def load_sheets(
    con: duckdb.DuckDBPyConnection, holdings: Mapping[int, Holding]
) -> dict[int, list[Sheet]]:
    """The sheets that were read for some units and years (with what each holds), panel by panel."""
    if not holdings:
        return {}
    rows = con.execute(
        f"""
        SELECT u.uy, l.form, l.panel, h.file, h.sheet, l.row, l.row_key, any_value(l.row_label),
               y.letter, any_value(y.col_key), any_value({key_sql("x.")}) AS key
        FROM rec_uy u JOIN sheets h ON coalesce(h.unit_code, h.unit_name) = u.unit
            AND h.year = u.year AND h.status = 'read'
        JOIN lines l ON l.file = h.file AND l.sheet = h.sheet AND l.form = h.form
        JOIN layouts y ON y.layout = h.layout AND y.form = l.form AND y.block = l.block
            AND y.panel = l.panel,
        LATERAL (SELECT l.form, l.block, l.row_key, y.col_key) x
        WHERE u.uy IN ({", ".join(map(str, holdings))})
        GROUP BY u.uy, l.form, l.panel, h.file, h.sheet, l.row, l.row_key, y.letter ORDER BY ALL"""
    ).fetchall()
    parts: dict[int, dict[Where, list[tuple]]] = {uy: {} for uy in holdings}
    for uy, form, panel, file, sheet, *rest in rows:
        parts[uy].setdefault((form, panel, file, sheet), []).append(tuple(rest))
    return {uy: _in_order(parts[uy], held) for uy, held in holdings.items()}


def _in_order(parts: Mapping[Where, list[tuple]], cells: Holding) -> list[Sheet]:
    order = {form: number for number, form in enumerate(MAIN_FIRST)}
    wheres = sorted(parts, key=lambda w: (order.get(w[0], len(order)), w))
    return [_sheet(where, parts[where], cells) for where in wheres]


def _sheet(where: Where, rows: list[tuple], cells: Holding) -> Sheet:
    lines = {row: (row_key, label) for row, row_key, label, *_ in rows}
    columns = {letter: col_key for *_, letter, col_key, _ in rows}
    numbers = sorted(lines)
    letters = sorted(columns, key=column_number)
    at = {n: i for i, n in enumerate(numbers)}, {c: i for i, c in enumerate(letters)}
    key = np.zeros((len(numbers), len(letters)), np.uint64)
    for row, _, _, letter, _, value in rows:
        key[at[0][row], at[1][letter]] = value
    return Sheet(
        *where,
        numbers,
        [lines[n][0] for n in numbers],
        [lines[n][1] or lines[n][0] for n in numbers],
        letters,
        [columns[c] for c in letters],
        key,
        cells,
    )
