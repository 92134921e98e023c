"""Units of one year each of which holds what the other's year before, public tables or
subordinates ask for: their workbooks may have been taken for each other, those of two or in a ring
of three.

What does not belong here: whether exchanging them mends what fails (``exchanged``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.reconcile.terms import key_sql

# Formulas of the two together in which the amounts agree, to the 分 or to the last digit printed: a
# carry-over of one item already stands in three tables. Small amounts meet by chance.
LEAST, SMALLEST = 3, 100_000  # 分
# What stands in a unit's own 财决 tables (own), and what an equality compares it with (rest).
# Amounts of public tables are rounded: they are joined by 万元 and compared by their widths.
_PAIRS = f"""
    WITH failing AS (
        SELECT f.uy, f.inst FROM rec_failed f
        JOIN rec_checks c ON c.chk = f.inst >> 32 AND c.cmp = '=' AND NOT c.rich
    ), terms AS (
        SELECT t.key, t.inst, t.coef, t.scope IN (0, 3)
            AND NOT coalesce(rec_published(k.form), false) AS own
        FROM rec_terms t SEMI JOIN failing f ON f.inst = t.inst
        LEFT JOIN rec_keys k ON {key_sql("k.")} = xor(t.key, t.scope::UBIGINT)
    ), parts AS (
        SELECT c.uy, t.inst, coalesce(sum(t.coef * c.amt) FILTER (t.own), 0) AS own,
            sum(t.coef * c.amt) FILTER (NOT t.own) AS rest,
            sum(abs(t.coef) * c.half) AS width
        FROM rec_cells c JOIN terms t USING (key)
        SEMI JOIN failing f ON f.uy = c.uy AND f.inst = t.inst
        WHERE NOT c.bad GROUP BY c.uy, t.inst
    ), met AS (
        SELECT least(a.uy, b.uy) AS one, greatest(a.uy, b.uy) AS other, abs(a.rest) AS amount,
            a.uy < b.uy AS forth
        FROM parts a JOIN parts b ON b.inst = a.inst AND b.uy <> a.uy
            AND (b.own + 500000) // 1000000 = (-a.rest + 500000) // 1000000
        WHERE abs(a.rest) >= {SMALLEST} AND abs(a.rest + b.own) <= a.width + b.width
    )
    SELECT one, other, (count(*) FILTER (forth))::INTEGER, (count(*) FILTER (NOT forth))::INTEGER
    FROM met
    JOIN rec_uy u ON u.uy = met.one JOIN rec_uy v ON v.uy = met.other
    WHERE u.year = v.year GROUP BY one, other HAVING count(*) >= {LEAST}
    ORDER BY count(DISTINCT amount) DESC, count(*) DESC, one, other"""
_PART = re.compile(r"#[tp]\d+$")


@dataclass(frozen=True)
class Submitted:
    """A workbook or document of a unit and year: its first sheet, and the forms it holds."""

    file: str
    sheet: str
    forms: frozenset[str]


# Units and years; each asks for what the next holds, the last for what the first does.
Ring = tuple[int, ...]


def find_partners(con: duckdb.DuckDBPyConnection) -> list[Ring]:
    """Units and years that may have been taken for each other, each with those it has most in
    common with: every ring joins departments, whose failures are then weighed together. Needs
    ``rec_failed``.
    """
    met = con.execute(_PAIRS).fetchall()
    found: list[Ring] = []
    for ring in [*_threes(met), *((one, other) for one, other, *_ in met)]:
        if not any(uy in known for known in found for uy in ring):
            found.append(ring)
    return found


def _threes(met: Sequence[tuple[int, int, int, int]]) -> list[Ring]:
    """Three units of which the first asks for what the second holds, and that for the third's; the
    third may have had nothing to ask for. Two that ask for each other's are a pair.
    """
    asks: dict[int, list[int]] = {}
    for one, other, forth, back in met:
        if (forth >= LEAST) != (back >= LEAST):
            first, second = (one, other) if forth > back else (other, one)
            asks.setdefault(first, []).append(second)
    paths = [
        (first, second, third)
        for first, seconds in asks.items()
        for second in seconds
        for third in asks.get(second, ())
        if third != first
    ]
    closed = [path for path in paths if path[0] in asks.get(path[2], ())]
    turned = [path[n:] + path[:n] for path in closed for n in [path.index(min(path))]]
    return list(dict.fromkeys([*turned, *(path for path in paths if path not in closed)]))


def submitted(con: duckdb.DuckDBPyConnection, uys: Iterable[int]) -> dict[int, list[Submitted]]:
    """The files that were read for some units and years."""
    listed = ", ".join(map(str, sorted(set(uys))))
    if not listed:
        return {}
    rows = con.execute(f"""
        SELECT u.uy, h.file, h.sheet, h.form FROM rec_uy u
        JOIN sheets h ON coalesce(h.unit_code, h.unit_name) = u.unit AND h.year = u.year
        WHERE h.status = 'read' AND u.uy IN ({listed}) ORDER BY u.uy, h.file, h.sheet_no, h.sheet
        """).fetchall()
    books: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for uy, file, sheet, form in rows:
        books.setdefault((uy, _PART.sub("", file)), []).append((sheet, form))
    found: dict[int, list[Submitted]] = {}
    for (uy, file), sheets in books.items():
        held = Submitted(file, sheets[0][0], frozenset(form for _, form in sheets))
        found.setdefault(uy, []).append(held)
    return found


def apart(books: Sequence[Submitted]) -> list[frozenset[str]]:
    """The forms of the files of two units, those of files that share a form together."""
    groups: list[frozenset[str]] = []
    for book in books:
        near = [g for g in groups if g & book.forms]
        groups = [g for g in groups if g not in near]
        groups.append(book.forms.union(*near))
    return groups
