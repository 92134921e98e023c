"""The figure that alone keeps the sums of a balanced table from holding, and what it should be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from pipelines.reconcile.moved_digits.figures import (
    Group,
    Table,
    adds_up,
    lacking_for,
    rounded,
    unread_in,
)
from pipelines.reconcile.moved_digits.moves import is_balanced
from pipelines.reconcile.moved_digits.read import Failing, write_table

Figures = dict[int, dict[int, tuple[int, set[Group]]]]


@dataclass
class Restored:
    """What the sums of balanced tables say: (uy, key) → (value, sums), and (uy, key) → the figure
    it is of one cause with.
    """

    figures: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    rivals: dict[tuple[int, int], int] = field(default_factory=dict)


def restore_figures(failing: Failing, tables: dict[int, Table], around: dict) -> Restored:
    """The figures that alone keep their sums from holding; puts their values into the tables unless
    another may be meant.
    """
    found = Restored()
    for uy, figures in _fitting_figures(failing, tables, around).items():
        _restore_table(uy, tables[uy], figures, around, found)
    return found


def _fitting_figures(failing: Failing, tables: dict[int, Table], around: dict) -> Figures:
    """Unit and year → figure → (the value its sums ask for, those of its sums that do not hold)."""
    fitting: Figures = defaultdict(dict)
    for (uy, _, _), (_, _, operands) in failing.items():
        for key, _, half in operands:
            value = _fitting(tables[uy], around, key, 2 * half)
            if value is not None:
                broken = {g for g in around[key] if not adds_up(tables[uy].printed, g)}
                fitting[uy][key] = (value, broken)
    return fitting


def _restore_table(
    uy: int,
    table: Table,
    figures: dict[int, tuple[int, set[Group]]],
    around: dict,
    found: Restored,
) -> None:
    off = {k: (abs(table.printed.get(k, 0) - table.source[k]), k) for k in figures}
    sure: dict[int, int] = {}
    for key, (value, _) in figures.items():
        rivals = _rivals(key, figures)
        lead = max([key, *rivals], key=lambda k: off[k])
        if lead == key:
            found.figures[(uy, key)] = value, len(around[key])
        else:
            found.rivals[(uy, key)] = lead
        if not rivals:
            sure[key] = value
    table.printed |= sure
    table.restored |= set(sure)


def _rivals(key: int, figures: dict[int, tuple[int, set[Group]]]) -> list[int]:
    """Figures that would mend some of the same sums, and not only fewer of them."""
    sums = figures[key][1]
    return [
        other
        for other, (_, broken) in figures.items()
        if other != key and broken & sums and not broken < sums
    ]


def _fitting(table: Table, around: dict[int, list[Group]], key: int, digit: int) -> int | None:
    """The one value of a figure, within a digit of its source, with which all its sums hold; None
    where they do, or none fits.
    """
    own = [g for g in around.get(key, ()) if adds_up(table.source, g)]
    if key not in table.source or not own or not _are_known_wrong(table, own):
        return None
    wanted = {lacking_for(table.printed, g, key) for g in own}
    if len(wanted) != 1 or not is_balanced(table, around, digit):
        return None
    (value,) = wanted
    return value if abs(value - rounded(table.source[key], digit)) <= digit else None


def _are_known_wrong(table: Table, sums: list[Group]) -> bool:
    """Whether all of the sums could be read, and some does not hold as printed."""
    if any(unread_in(table, g) for g in sums):
        return False
    return not all(adds_up(table.printed, g) for g in sums)


def write_restored(con: duckdb.DuckDBPyConnection, found: Restored) -> None:
    figures = [(*place, *value) for place, value in found.figures.items()]
    rivals = [(*place, lead) for place, lead in found.rivals.items()]
    keyed = (pa.int32(), pa.uint64())
    write_table(
        con,
        "rec_restored",
        figures,
        ("uy", "key", "suggested", "sums"),
        (*keyed, pa.int64(), pa.int32()),
    )
    write_table(con, "rec_rivals", rivals, ("uy", "key", "lead"), (*keyed, pa.uint64()))
