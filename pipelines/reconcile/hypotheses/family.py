"""A family's cells and formulas in arrays: what a change of many cells at once mends and breaks, in milliseconds.

The family is every unit and year whose amounts meet in one formula: a department, its subordinates and the year before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import duckdb
import numpy as np

from pipelines.reconcile.hypotheses.verdict import Sums, fails
from pipelines.reconcile.terms import key_sql

INST_BITS = 43  # chk << 32 | number: 2,048 checks
SIDES = 3
# Amounts beyond this (1,000 billion 元) are cut off here: sums of them must stay within 64 bits.
MOST = 10**14


class Effect(NamedTuple):
    """``mended``: codes of failing instances that would hold; ``broken``: how many that hold would fail."""

    mended: np.ndarray
    broken: int


class Amount(NamedTuple):
    amt: int
    half: int
    count: int


@dataclass
class Terms:
    """The terms of all formulas, sorted by the key of the cell without its scope."""

    key: np.ndarray
    inst: np.ndarray
    side: np.ndarray
    coef: np.ndarray
    scope: np.ndarray

    def of(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For every key the numbers of its terms: (which of the keys, which term)."""
        first = np.searchsorted(self.key, keys, "left")
        count = np.searchsorted(self.key, keys, "right") - first
        which = np.repeat(np.arange(len(keys)), count)
        start = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        return which, start + np.arange(len(which))


def load_terms(con: duckdb.DuckDBPyConnection, own: int) -> Terms:
    """The terms of the rules' own checks, conditions left out."""
    columns = con.execute(f"""
        SELECT xor(key, scope::UBIGINT) AS key, inst, side, coef, scope
        FROM rec_terms WHERE inst >> 32 < {own} ORDER BY 1""").fetchnumpy()
    names = ("key", "inst", "side", "coef", "scope")
    return Terms(*(np.asarray(columns[n]) for n in names))


@dataclass
class Family:
    """``names``: unit and year by number; ``cells``: what each unit and year holds; ``serves``: whose formulas they enter."""

    names: dict[int, tuple[str, str, int]]
    cells: dict[int, dict[int, Amount]]
    serves: dict[int, list[tuple[int, int]]]
    terms: Terms
    codes: np.ndarray  # sorted: target and instance of every sum below
    sums: Sums
    failing: np.ndarray  # sorted codes
    ignored: np.ndarray  # sorted codes that are not judged
    closed: np.ndarray  # targets × checks: not evaluated, whatever stands in the cells
    checks: dict[str, np.ndarray]
    numbers: dict[int, int]
    parents: dict[int, list[int]]
    before: dict[int, int]
    keys: dict[int, tuple[str, str, str, str]]
    wished: dict[int, dict[int, set[int]]] = field(default_factory=dict)
    work: int = 0  # terms moved so far, which bounds how much is tried

    @cached_property
    def universe(self) -> np.ndarray:
        """Every key that any formula names."""
        return np.unique(self.terms.key)

    def code(self, target: np.ndarray, inst: np.ndarray) -> np.ndarray:
        return (target.astype(np.int64) << INST_BITS) | inst

    def touched(self, uys: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Everywhere that cells enter a formula: (which cell, code of the instance, which term)."""
        which, term = self.terms.of(keys)
        scope = self.terms.scope[term]
        found_which, found_code, found_term = [], [], []
        for uy in np.unique(uys):
            mine = uys[which] == uy
            for target, served in self.serves.get(int(uy), ()):
                chosen = mine & (scope == served)
                found_which.append(which[chosen])
                found_term.append(term[chosen])
                target_of = np.full(int(chosen.sum()), self.numbers[target])
                found_code.append(self.code(target_of, self.terms.inst[term[chosen]]))
        if not found_which:
            empty = np.zeros(0, np.int64)
            return empty, empty, empty
        return (
            np.concatenate(found_which),
            np.concatenate(found_code),
            np.concatenate(found_term),
        )

    def failing_with(self, uys: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Codes of the failing instances in which any of the cells takes part."""
        _, code, _ = self.touched(uys, keys)
        return np.unique(code[within(self.failing, code)])

    def wishes(self, uy: int) -> dict[int, set[int]]:
        """By key of a cell of this unit and year, filled or blank: the amounts (分) that would settle a failing equality."""
        if uy not in self.wished:
            self.wished[uy] = self._wishes(uy)
        return self.wished[uy]

    def _wishes(self, uy: int) -> dict[int, set[int]]:
        which, code, term = self.touched(np.full(len(self.universe), uy), self.universe)
        kinds = (code & ((1 << INST_BITS) - 1)) >> 32
        plain = (self.checks["cmp"][kinds] == "=") & ~self.checks["rich"][kinds].astype(bool)
        chosen = plain & within(self.failing, code)
        which, code, term = which[chosen], code[chosen], term[chosen]
        sums = self.sums.at(self.codes, code)
        off = sums.total[:, 0] + sums.total[:, 1]
        held, found = self.cells.get(uy, {}), {}
        for key, step in zip(self.universe[which], off // self.terms.coef[term], strict=True):
            amount = held.get(int(key))
            wish = (amount.amt if amount else 0) - int(step)
            found.setdefault(int(key), set()).add(wish)
        return found

    def effect(self, uys, keys, amt, half, blank, lost: np.ndarray | None = None) -> Effect:  # noqa: ANN001
        """What the change mends and breaks; instances among ``lost`` codes are not counted as broken."""
        step, wider, more = self._steps(uys, keys, amt, half, blank)
        which, code, term = self.touched(uys, keys)
        self.work += len(code)
        if not len(code):
            return Effect(np.zeros(0, np.int64), 0)
        codes, at = np.unique(code, return_inverse=True)
        slot = at * SIDES + self.terms.side[term]
        coef = self.terms.coef[term].astype(np.int64)
        before = self.sums.at(self.codes, codes)
        after = before.moved(
            _added(slot, coef * step[which], len(codes)),
            _added(slot, np.abs(coef) * wider[which], len(codes)),
            _added(slot, more[which], len(codes)),
        )
        kinds = (codes & ((1 << INST_BITS) - 1)) >> 32
        now, then = fails(before, kinds, self.checks), fails(after, kinds, self.checks)
        failing = within(self.failing, codes)
        judged = ~within(self.ignored, codes) & ~self.closed[codes >> INST_BITS, kinds]
        if lost is not None and len(lost):
            judged &= ~within(np.unique(lost), codes)
        return Effect(codes[failing & ~then], int((judged & ~failing & ~now & then).sum()))

    def _steps(self, uys, keys, amt, half, blank):  # noqa: ANN001, ANN202
        held = [self.cells.get(int(u), {}).get(int(k)) for u, k in zip(uys, keys, strict=True)]
        old = np.array([h.amt if h else 0 for h in held], np.int64)
        width = np.array([h.half if h else 0 for h in held], np.int64)
        count = np.array([h.count if h else 0 for h in held], np.int64)
        new = np.where(blank, 0, amt)
        wanted = np.where(blank, 0, 1)
        return new - old, np.where(blank, 0, half) - width, wanted - count


def within(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which values are among the sorted ones."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[place] == values


def _added(slot: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
    """Values summed by instance and side, exactly."""
    total = np.zeros(size * SIDES, np.int64)
    np.add.at(total, slot, value)
    return total.reshape(size, SIDES)


def _checks(con: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    columns = con.execute("""
        SELECT cmp, rich, total, need_left, need_right, above, below FROM rec_checks ORDER BY chk""")
    return {n: np.asarray(v) for n, v in columns.fetchnumpy().items()}


def load_family(
    con: duckdb.DuckDBPyConnection,
    members: list[int],
    terms: Terms,
    keys: dict[int, tuple[str, str, str, str]],
) -> Family:
    """``members``: the units and years of the slice that belong together."""
    listed = ", ".join(map(str, members))
    names = con.execute(
        f"SELECT uy, unit, coalesce(unit_name, unit), year FROM rec_uy WHERE uy IN ({listed})"
    ).fetchall()
    numbers = {uy: n for n, uy in enumerate(members)}
    serves: dict[int, list[tuple[int, int]]] = {}
    parents: dict[int, list[int]] = {}
    before: dict[int, int] = {}
    targets = con.execute(f"SELECT uy FROM rec_targets WHERE uy IN ({listed})").fetchall()
    for (target,) in targets:
        serves.setdefault(target, []).append((target, 0))
    rows = con.execute(f"""
        SELECT source, target, scope FROM rec_map
        WHERE target IN ({listed}) ORDER BY ALL""").fetchall()
    for source, target, scope in rows:
        serves.setdefault(source, []).append((target, scope))
        if scope == 1:
            before[target] = source
        if scope == 2:
            parents.setdefault(target, []).append(source)
    codes, sums = _sums(con, listed, numbers)
    checks = _checks(con)
    return Family(
        {uy: (unit, name, year) for uy, unit, name, year in names},
        _cells(con, listed),
        serves,
        terms,
        codes,
        sums,
        _codes(con, f"SELECT uy, inst FROM rec_failed WHERE uy IN ({listed})", numbers),
        _codes(con, f"SELECT uy, inst FROM rec_dropped WHERE uy IN ({listed})", numbers),
        _closed(con, listed, numbers, checks),
        checks,
        numbers,
        parents,
        before,
        keys,
    )


def _cells(con: duckdb.DuckDBPyConnection, listed: str) -> dict[int, dict[int, Amount]]:
    found: dict[int, dict[int, Amount]] = {}
    rows = con.execute(f"""
        SELECT uy, key, greatest(least(sum(amt), {MOST}), -{MOST})::BIGINT, sum(half)::BIGINT, count(*)
        FROM rec_base WHERE uy IN ({listed}) AND NOT bad GROUP BY uy, key""").fetchall()
    for uy, key, amt, half, count in rows:
        found.setdefault(uy, {})[key] = Amount(amt, half, count)
    return found


def _codes(con: duckdb.DuckDBPyConnection, query: str, numbers: dict[int, int]) -> np.ndarray:
    columns = con.execute(query).fetchnumpy()
    at = np.array([numbers[int(u)] for u in columns["uy"]], np.int64)
    return np.unique((at << INST_BITS) | np.asarray(columns["inst"], np.int64))


def _closed(
    con: duckdb.DuckDBPyConnection,
    listed: str,
    numbers: dict[int, int],
    checks: dict[str, np.ndarray],
) -> np.ndarray:
    shut = np.zeros((len(numbers), len(checks["cmp"])), bool)
    rows = con.execute(f"SELECT uy, chk FROM rec_closed WHERE uy IN ({listed})").fetchnumpy()
    shut[[numbers[int(u)] for u in rows["uy"]], rows["chk"]] = True
    return shut


def _sums(
    con: duckdb.DuckDBPyConnection, listed: str, numbers: dict[int, int]
) -> tuple[np.ndarray, Sums]:
    """The sums of every instance of the targets that is judged, by side."""
    side = ", ".join(
        f"""greatest(least(coalesce(sum(t.coef * c.amt) FILTER (t.side = {n}), 0), {MOST * 1000}), -{MOST * 1000})::BIGINT AS t{n},
        coalesce(sum(abs(t.coef) * c.half) FILTER (t.side = {n}), 0)::BIGINT AS w{n},
        (count(*) FILTER (t.side = {n} AND NOT c.bad))::BIGINT AS n{n}"""
        for n in range(SIDES)
    )
    columns = con.execute(f"""
        SELECT c.uy, t.inst, (count(*) FILTER (c.bad))::BIGINT AS bad, {side}
        FROM rec_cells c JOIN rec_terms t USING (key)
        ANTI JOIN rec_closed x ON x.uy = c.uy AND x.chk = t.inst >> 32
        WHERE c.uy IN ({listed}) GROUP BY c.uy, t.inst""").fetchnumpy()
    at = np.array([numbers[int(u)] for u in columns["uy"]], np.int64)
    codes = (at << INST_BITS) | np.asarray(columns["inst"], np.int64)
    order = np.argsort(codes)
    kept = [
        np.stack([np.asarray(columns[f"{what}{n}"], np.int64)[order] for n in range(SIDES)], 1)
        for what in "twn"
    ]
    return codes[order], Sums(kept[0], kept[1], kept[2], np.asarray(columns["bad"])[order] > 0)


def keys_of(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, str, str, str]]:
    """What each key stands for: form, block, row, column."""
    rows = con.execute(f"SELECT {key_sql('k.')}, form, block, row_key, col_key FROM rec_keys k")
    return {r[0]: r[1:] for r in rows.fetchall()}
