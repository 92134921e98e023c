"""The families of a slice, read from the kernel's tables: a query for some families at a time, as
one for each would look through the whole slice for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import duckdb
import numpy as np

from pipelines.reconcile.hypotheses.book import Book, Keys, Terms
from pipelines.reconcile.hypotheses.family import INST_BITS, MOST, SIDES, Family
from pipelines.reconcile.hypotheses.holding import Holding
from pipelines.reconcile.hypotheses.verdict import Sums
from pipelines.reconcile.terms import key_sql

MOST_SUM = MOST * 1000
# Read at a time: some ten megabytes, with all their sums.
CELLS_AT_ONCE = 40_000
Columns = dict[str, np.ndarray]

NAMES = "SELECT uy, unit, coalesce(unit_name, unit) AS name, year FROM rec_uy"
TARGETS = "SELECT uy FROM rec_targets"
MAP = "SELECT target AS uy, source, scope FROM rec_map"
CELLS = f"""
    SELECT uy, key, greatest(least(sum(amt), {MOST}), -{MOST})::BIGINT AS amt,
        sum(half)::BIGINT AS half, count(*) AS times
    FROM rec_base WHERE NOT bad GROUP BY uy, key"""
FAILED = "SELECT uy, inst FROM rec_failed"
DROPPED = "SELECT uy, inst FROM rec_dropped"
CLOSED = "SELECT uy, chk FROM rec_closed"
SIDE = f"""
    greatest(least(coalesce(sum(t.coef * c.amt) FILTER (t.side = {{0}}), 0),
        {MOST_SUM}), -{MOST_SUM})::BIGINT AS t{{0}},
    coalesce(sum(abs(t.coef) * c.half) FILTER (t.side = {{0}}), 0)::BIGINT AS w{{0}},
    (count(*) FILTER (t.side = {{0}} AND NOT c.bad))::BIGINT AS n{{0}}"""
# The sums of every instance of the targets that is judged, by side.
SUMS = f"""
    SELECT c.uy, t.inst, (count(*) FILTER (c.bad))::BIGINT AS bad,
        {", ".join(SIDE.format(side) for side in range(SIDES))}
    FROM rec_cells c JOIN rec_terms t USING (key)
    ANTI JOIN rec_closed x ON x.uy = c.uy AND x.chk = t.inst >> 32
    GROUP BY c.uy, t.inst"""


def load_book(con: duckdb.DuckDBPyConnection, own: int) -> Book:
    """``own``: how many checks are the rules' own; the conditions behind them are left out."""
    published = con.execute("SELECT DISTINCT form FROM rec_keys WHERE rec_published(form)")
    return Book(
        _terms(con, own),
        _keys(con),
        _columns(
            con,
            """SELECT cmp, rich, total, need_left, need_right, above, below
            FROM rec_checks ORDER BY chk""",
        ),
        frozenset(form for (form,) in published.fetchall()),
    )


def _terms(con: duckdb.DuckDBPyConnection, own: int) -> Terms:
    columns = _columns(
        con,
        f"""SELECT xor(key, scope::UBIGINT) AS key, inst, side, coef, scope
        FROM rec_terms WHERE inst >> 32 < {own} ORDER BY 1""",
    )
    return Terms(**columns)


def _keys(con: duckdb.DuckDBPyConnection) -> Keys:
    rows = con.execute(f"SELECT {key_sql('k.')}, form, block, row_key, col_key FROM rec_keys k")
    return {r[0]: r[1:] for r in rows.fetchall()}


def parts(con: duckdb.DuckDBPyConnection, groups: Iterable[list[int]]) -> Iterator[list[list[int]]]:
    """The groups, as many at a time as hold CELLS_AT_ONCE together."""
    sizes = sizes_of(con)
    part: list[list[int]] = []
    held = 0
    for group in groups:
        size = sum(sizes.get(uy, 0) for uy in group)
        if part and held + size > CELLS_AT_ONCE:
            yield part
            part, held = [], 0
        part.append(group)
        held += size
    if part:
        yield part


def sizes_of(con: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """How many cells each unit and year fills."""
    return dict(con.execute("SELECT uy, count(*) FROM rec_base GROUP BY uy").fetchall())


def load_families(
    con: duckdb.DuckDBPyConnection, part: Iterable[list[int]], book: Book
) -> list[Family]:
    """A family for each group of units and years that belong together, in their order."""
    groups = list(part)
    read = _Read(con, sorted({uy for group in groups for uy in group}))
    return [read.family(group, book) for group in groups]


class _Read:
    """What the tables of a slice say of some units and years, each sorted by ``uy``."""

    def __init__(self, con: duckdb.DuckDBPyConnection, members: list[int]) -> None:
        listed = ", ".join(map(str, members))

        def of(query: str, order: str = "uy") -> Columns:
            wanted = f"SELECT * FROM ({query}) WHERE uy IN ({listed}) ORDER BY {order}"
            return _columns(con, wanted)

        self.names = of(NAMES)
        self.targets = of(TARGETS)
        self.map = of(MAP, "uy, source, scope")
        self.cells = of(CELLS)
        self.failed, self.dropped = of(FAILED), of(DROPPED)
        self.closed = of(CLOSED)
        self.sums = of(SUMS)

    def family(self, members: list[int], book: Book) -> Family:
        """``members`` in the order of their numbers."""
        names = _rows(_taken(self.names, members), "uy", "unit", "name", "year")
        codes, sums = self._sums(members)
        serves, parents, before = self._served(members)
        return Family(
            names={uy: (unit, name, year) for uy, unit, name, year in names},
            cells=self._cells(members),
            serves=serves,
            book=book,
            codes=codes,
            sums=sums,
            failing=np.unique(_codes(_taken(self.failed, members))),
            ignored=np.unique(_codes(_taken(self.dropped, members))),
            closed=self._closed(members, book),
            numbers={uy: number for number, uy in enumerate(members)},
            parents=parents,
            before=before,
        )

    def _served(
        self, members: list[int]
    ) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[int]], dict[int, int]]:
        """Whose formulas the cells of each enter (with the scope), whom each is the roll-up of,
        and the year before each.
        """
        serves: dict[int, list[tuple[int, int]]] = {}
        parents: dict[int, list[int]] = {}
        before: dict[int, int] = {}
        for (target,) in _rows(_taken(self.targets, members), "uy"):
            serves.setdefault(target, []).append((target, 0))
        for source, target, scope in sorted(
            _rows(_taken(self.map, members), "source", "uy", "scope")
        ):
            serves.setdefault(source, []).append((target, scope))
            if scope == 1:
                before[target] = source
            if scope == 2:
                parents.setdefault(target, []).append(source)
        return serves, parents, before

    def _cells(self, members: list[int]) -> dict[int, Holding]:
        found = {}
        for uy in members:
            own = _taken(self.cells, [uy])
            if len(own["uy"]):
                rows = np.stack([own["amt"], own["half"], own["times"]], 1)
                found[uy] = Holding.of(own["key"], rows)
        return found

    def _closed(self, members: list[int], book: Book) -> np.ndarray:
        own = _taken(self.closed, members)
        shut = np.zeros((len(members), len(book.checks["cmp"])), bool)
        shut[own["number"], own["chk"]] = True
        return shut

    def _sums(self, members: list[int]) -> tuple[np.ndarray, Sums]:
        own = _taken(self.sums, members)
        codes = _codes(own)
        order = np.argsort(codes)
        total, width, filled = (
            np.stack([np.asarray(own[f"{what}{side}"], np.int64) for side in range(SIDES)], 1)
            for what in "twn"
        )
        bad = own["bad"] > 0
        return codes[order], Sums(total[order], width[order], filled[order], bad[order])


def _columns(con: duckdb.DuckDBPyConnection, query: str) -> Columns:
    return {name: np.asarray(v) for name, v in con.execute(query).fetchnumpy().items()}


def _taken(columns: Columns, members: Sequence[int]) -> Columns:
    """The rows of these units and years, one after the other; ``number`` says whose each is."""
    first, last = (np.searchsorted(columns["uy"], members, side) for side in ("left", "right"))
    number = np.repeat(np.arange(len(members)), last - first)
    runs = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
    rows = np.concatenate(runs) if runs else np.zeros(0, np.int64)
    return {name: column[rows] for name, column in columns.items()} | {"number": number}


def _rows(columns: Columns, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(columns[name].tolist() for name in names), strict=True)


def _codes(columns: Columns) -> np.ndarray:
    return (columns["number"].astype(np.int64) << INST_BITS) | columns["inst"].astype(np.int64)
