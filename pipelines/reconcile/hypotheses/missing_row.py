"""A row of a classification item that a table lacks while its sister tables have it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

# Other tables of the unit have the row with its amounts and this one lacks it: two formulas that
# say so are enough.
LEAST = 2


def missing_row(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """Rows that are named by formulas and stand in another table of the unit, filled with what
    the formulas wish.
    """
    codes = {
        sheet.row_keys[number]
        for sheet in sheets
        for number in np.flatnonzero(sheet.filled.any(axis=1))
        if sheet.row_keys[number].isdigit()
    }
    here = {(s.form, r) for s in sheets for r in s.row_keys}
    wanted: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(dict)
    for key, amounts in family.wishes(uy).items():
        form, _, row, _ = family.keys.get(key, ("", "", "", ""))
        if row in codes and (form, row) not in here:
            wanted[(form, row)][key] = amounts
    by_form = {s.form: s for s in sheets}
    return [
        _candidate(family, uy, by_form[form], row, of)
        for (form, row), of in wanted.items()
        if form in by_form and len(of) > 1
    ]


def _candidate(
    family: Family, uy: int, sheet: Sheet, row: str, wished: dict[int, set[int]]
) -> Candidate:
    keys = sorted(wished)
    amounts = [_likeliest(wished[k]) for k in keys]
    changes = Changes.of(uy, np.array(keys, np.uint64), np.array(amounts, np.int64))
    table = table_words([sheet.form])
    message = (
        f"补填{table}科目 {row} 一行：其他表有这一行而本表没有，补上后 {{explained}} 个问题消除"
    )
    spot = Spot(sheet.file, sheet.sheet, sheet.address(0, 0))
    return Candidate(
        "S-ROW", uy, f"{sheet.form}[{row}]", message, changes, spots=(spot,), least=LEAST
    )


def _likeliest(amounts: set[int]) -> int:
    """Of several wishes the smallest that is not negative: wishes above carry other rows' faults
    as well.
    """
    return min((a for a in amounts if a >= 0), default=max(amounts))
