"""What an extraction holds: the streams of one file, in their order, and the columns of each.

Rows of ``places`` and ``lines`` are counted through the whole file; ``facts`` name them by these
numbers, so that no text is told for each amount. ``spelled.py`` gives the texts back.
"""

from __future__ import annotations

import pyarrow as pa

from schemas.arrow import leave_pandas_aside

leave_pandas_aside()  # which a worker would else load for its first column

T, I32, I8 = pa.string(), pa.int32(), pa.int8()
SHEETS = pa.schema(
    [
        ("sheet_no", I32),
        ("sheet", T),
        ("visibility", T),
        ("form", T),
        ("unit", T),
        ("year", pa.int16()),
        ("money_unit", T),
        ("decimals", I8),
        ("status", T),
        ("reason", T),
        ("numbers", I32),
        ("facts_numbers", I32),
        ("structural", I32),
        ("left_out", I32),
        ("layout", T),
        ("note", T),
        ("part", T),
        ("assumed", T),
        ("continues", I32),
        ("further", T),
        ("unit_cell", T),  # where the unit is printed above the table
    ]
)
FAULTS = pa.schema(
    [
        ("sheet_no", I32),
        ("rule_id", T),
        ("severity", T),
        ("subject", T),
        ("message", T),
        ("cells", pa.list_(T)),
    ]
)
LAYOUTS = pa.schema(
    [
        ("layout", T),
        ("form", T),
        ("block", T),
        ("col_key", T),
        ("col_label", T),
        ("letter", T),
        ("panel", T),
    ]
)
# ``row`` counts from 1; columns are zero-based, and null where no cell holds the label or code.
LINES = pa.schema(
    [
        ("sheet_no", I32),
        ("block", T),
        ("row_key", T),
        ("row_label", T),
        ("code", T),
        ("line_no", I32),
        ("row", I32),
        ("label_column", I32),
        ("code_column", I32),
        ("panel", T),
        ("counted", pa.bool_()),
    ]
)
# Where amounts stand: a zero-based column with its key; ``col_label`` is its head.
PLACES = pa.schema([("column", I32), ("col_key", T), ("col_label", T)])
LEFT_OUT = pa.schema([("sheet_no", I32), ("cell", T), ("raw", T), ("reason", T)])
# ``line`` and ``place``: rows of these streams; ``fen``: 分, 0 where there is no amount; ``state``:
# its place in ``STATES``; ``raw``: null where it follows from the amount.
FACTS = pa.schema([("line", I32), ("place", I32), ("fen", pa.int64()), ("state", I8), ("raw", T)])
STREAMS = {
    "sheets": SHEETS,
    "faults": FAULTS,
    "layouts": LAYOUTS,
    "lines": LINES,
    "left_out": LEFT_OUT,
    "places": PLACES,
    "facts": FACTS,
}
