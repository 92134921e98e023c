"""Cases larger than a cell, by name: the makers of ``wholes``, ``lines`` and
``overwrites``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from bench.advice import lines, overwrites, wholes
from bench.advice.cases import Maker, Planted
from bench.advice.table import Tables
from bench.advice.world import Department, World

# In this order the departments of a world get them, in turn.
KINDS: tuple[Callable[[Tables, Department, Random], Planted | None], ...] = (
    wholes.last_years_table,
    wholes.another_units_table,
    wholes.last_years_workbook,
    wholes.child_omitted,
    wholes.rollup_of_last_year,
    wholes.child_twice,
    lines.rows_right,
    lines.table_right,
    lines.column_down,
    lines.table_down,
    wholes.table_larger,
    wholes.table_smaller,
    wholes.workbook_larger,
    wholes.table_signs,
    lines.column_signs,
    lines.rows_swapped,
    lines.columns_swapped,
    lines.cells_swapped,
    lines.cell_beside,
    wholes.tables_swapped,
    wholes.workbook_thousandth,
    lines.rows_lost,
    lines.row_lost,
    lines.row_lost_summed,
    lines.row_twice,
    overwrites.row_pasted,
    overwrites.column_pasted,
    overwrites.row_of_last_year,
    overwrites.row_over_next,
    overwrites.row_copied_next,
    overwrites.workbooks_exchanged,
    overwrites.workbooks_in_a_ring,
)


def makers(world: World) -> dict[str, Maker]:
    """The kinds of case by the names of their functions."""
    tables = Tables(world)
    return {kind.__name__: partial(kind, tables) for kind in KINDS}
