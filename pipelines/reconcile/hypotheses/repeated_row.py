"""A row that a table holds twice, and counts twice."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

# The row stands twice on the page: two formulas that its amounts break are enough.
LEAST = 2


def repeated_row(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """Rows of which every amount comes twice, counted once."""
    twice: dict[tuple[str, str], list[int]] = defaultdict(list)
    held = family.holding(uy)
    for key in held.key[(held.times == 2) & (held.amt % 2 == 0)].tolist():
        form, _, row, _ = family.keys[key]
        twice[(form, row)].append(key)
    by_form = {s.form: s for s in sheets if s.filled.any()}
    return [
        _candidate(family, uy, by_form[form], row, sorted(keys))
        for (form, row), keys in twice.items()
        if form in by_form
    ]


def _candidate(family: Family, uy: int, sheet: Sheet, row: str, keys: list[int]) -> Candidate:
    cells = np.array(keys, np.uint64)
    changes = Changes.of(uy, cells, family.holding(uy).amounts(cells) // 2)
    message = (
        f"删去{table_words([sheet.form])}重复的 {row} 一行：同一行填了两次，合计多计，"
        "删后 {explained} 个问题消除"
    )
    places = [n for n, name in enumerate(sheet.row_keys) if name == row] or [0]
    spots = tuple(Spot(sheet.file, sheet.sheet, sheet.address(n, 0)) for n in places)
    return Candidate(
        "S-ROW", uy, f"{sheet.form}[{row}]", message, changes, spots=spots, least=LEAST
    )
