"""The texts of what extractions hold as numbers: cells, amounts, what facts say of their line and
place. Whole columns at once, of many files.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.extract.factcolumns import NUMBER, STATES
from pipelines.extract.text import letter

MONEY = pa.decimal128(18, 2)
STATE_TEXTS = pa.array(STATES, pa.string())
MEASURES = pa.array(["money", "count"], pa.string())


def spelled_lines(lines: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns of the dataset ``lines`` that the stream of this name tells."""
    names = ("block", "row_key", "row_label", "code", "line_no", "row", "panel")
    row = lines["row"].cast(pa.string())
    cells = {
        "label_cell": cells_of(lines["label_column"], row),
        "code_cell": cells_of(lines["code_column"], row),
    }
    return {name: lines[name] for name in names} | cells


def spelled_facts(facts: pa.Table, lines: pa.Table, places: pa.Table) -> dict[str, pa.Array]:
    """The columns of the dataset ``facts`` that streams tell; ``facts`` name rows of the others."""
    line, place = facts["line"].combine_chunks(), facts["place"].combine_chunks()
    amount = money(facts["fen"].to_numpy(), facts["state"].to_numpy() == STATES.index(NUMBER))
    of_line = {name: lines[name].combine_chunks() for name in ("block", "row_key", "row_label")}
    of_place = {name: places[name].combine_chunks() for name in ("col_key", "col_label")}
    row = lines["row"].combine_chunks().cast(pa.string()).take(line)
    measure = lines["counted"].combine_chunks().cast(pa.int8())
    return {
        **{name: column.take(line) for name, column in of_line.items()},
        **{name: column.take(place) for name, column in of_place.items()},
        "amount": amount,
        "state": STATE_TEXTS.take(facts["state"].combine_chunks()),
        "raw": pc.coalesce(facts["raw"].combine_chunks(), amount_texts(amount)),
        "cell": cells_of(places["column"].combine_chunks().take(place), row),
        "measure": MEASURES.take(measure.take(line)),
    }


def money(fen: np.ndarray, valid: np.ndarray) -> pa.Array:
    """分 as DECIMAL(18,2), without passing through floats or Decimal objects; null where not
    ``valid``.
    """
    wide = np.empty((len(fen), 2), np.int64)
    wide[:, 0], wide[:, 1] = fen, fen >> 63
    bits = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Array.from_buffers(MONEY, len(fen), [bits, pa.py_buffer(wide)])


def amount_texts(amounts: pa.Array) -> pa.Array:
    """The shortest writing of each amount, as ``factcolumns.text_of`` gives it of one."""
    return pc.utf8_rtrim(pc.utf8_rtrim(amounts.cast(pa.string()), "0"), ".")


def cells_of(columns: pa.Array, rows: pa.Array) -> pa.Array:
    """A1 addresses of zero-based columns and rows written out; null where there is no column."""
    most = pc.max(columns).as_py()
    return pc.binary_join_element_wise(_letters(most or 0).take(columns), rows, "")


@lru_cache(maxsize=8)
def _letters(most: int) -> pa.Array:
    """The letters of all columns up to this one."""
    return pa.array([letter(column) for column in range(most + 1)], pa.string())
