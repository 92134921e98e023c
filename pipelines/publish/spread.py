"""The amounts of lines of a table, each set into the column of its key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.views import KEYS, wide_columns
from schemas.frames import FACTS
from schemas.library import Form

AMOUNT = FACTS.arrow.field("amount").type
LINE = [pa.field(key, FACTS.arrow.field(key).type) for key, _ in KEYS]
CELLS = [pa.field("col_keys", pa.list_(pa.string())), pa.field("amounts", pa.list_(AMOUNT))]
LINES = pa.schema([pa.field("form", pa.string()), *LINE, *CELLS])


def spread(lines: pa.Table, form: Form) -> pa.Table:
    """A column for each amount column of the form, in 元, behind what tells the line; null where
    the line has no such cell. ``lines`` are ``LINES`` of that form.
    """
    keys = [key for key, _ in wide_columns(form)]
    col_keys, of_lines = (pa.concat_arrays(lines.column(c.name).chunks) for c in CELLS)
    amounts = of_lines.flatten()
    line = np.repeat(np.arange(len(lines)), of_lines.value_lengths())
    column = pc.index_in(col_keys.flatten(), pa.array(keys)).fill_null(-1).to_numpy()
    place = _places(column, line, amounts, (len(keys), len(lines)))
    spread_out = [amounts.take(pa.array(at, mask=at < 0)) for at in place]
    fields = [*LINE, *(pa.field(key, AMOUNT) for key in keys)]
    told = [lines.column(field.name) for field in LINE]
    return pa.table([*told, *spread_out], pa.schema(fields))


def _places(
    column: np.ndarray, line: np.ndarray, amounts: pa.Array, shape: tuple[int, int]
) -> np.ndarray:
    """Which of the amounts stands in a column and line: int32[column, line], -1 for none; of two
    the larger.
    """
    known = np.flatnonzero(column >= 0)
    place = np.full(shape, -1, np.int32)
    place[column[known], line[known]] = known
    if np.count_nonzero(place >= 0) < len(known):  # some line has a key twice: the last one stays
        falling = pc.sort_indices(amounts, sort_keys=[("", "descending")]).to_numpy()
        rising = falling[::-1]  # blank ones first
        known = rising[column[rising] >= 0]
        place[column[known], line[known]] = known
    return place
