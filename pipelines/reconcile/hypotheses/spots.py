"""The cells of a sheet that a change is about: what stands in each, and what belongs there."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.grid import Sheet


def spots_of(sheet: Sheet, changes: Changes) -> tuple[Spot, ...]:
    """Row by row; cells of other sheets are left out."""
    suggested = dict(zip(changes.key.tolist(), changes.amt.tolist(), strict=True))
    places = np.argwhere(np.isin(sheet.key, changes.key)).tolist()
    return tuple(
        Spot(
            sheet.file,
            sheet.sheet,
            sheet.address(row, column),
            int(sheet.amt[row, column]) if sheet.filled[row, column] else None,
            suggested[int(sheet.key[row, column])],
        )
        for row, column in places
    )
