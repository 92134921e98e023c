"""Rows and columns that hold what does not belong there: a draft's figures, those of the row beside
them; and workbooks of three units that went round.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

from bench.advice.cases import YEAR, Planted
from bench.advice.table import Table, Tables, held, told
from bench.advice.world import Department, Place

ENOUGH = 5  # figures of a line that a draft had otherwise
CENT = Decimal("0.01")
Lines = list[tuple[Table, list[Place]]]


def row_pasted(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _pasted(_lines(tables, department, turned=False), rng, "一行旧稿")


def column_pasted(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _pasted(_lines(tables, department, turned=True), rng, "一栏旧稿")


def row_of_last_year(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """One row as it was a year before."""
    chosen = []
    for table, row in _lines(tables, department, turned=False):
        then = [department.facts.get((p[0], YEAR - 1, *p[2:])) for p in row]
        amounts = [fact["amount"] if fact else None for fact in then]
        if (
            sum(table.amount(p) != a and bool(a) for p, a in zip(row, amounts, strict=True))
            >= ENOUGH
        ):
            chosen.append((table, row, amounts))
    if not chosen:
        return None
    table, row, amounts = rng.choice(chosen)
    for place, amount in zip(row, amounts, strict=True):
        table.put(place, amount)
    return told(table, "一行上年数", "S-PASTED")


def row_over_next(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """Into the row beside it, whose own figures are lost; its own stays empty."""
    found = _copied_next(tables, department, rng)
    if found is None:
        return None
    table, own = found
    for place in own:
        table.put(place, None)
    return told(table, "写到邻行", "S-SHIFTED")


def row_copied_next(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """Into the row beside it as well as into its own."""
    found = _copied_next(tables, department, rng)
    return told(found[0], "抄到邻行", "S-ROW") if found else None


def workbooks_exchanged(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _turned(department, rng, 2, "两册对调")


def workbooks_in_a_ring(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _turned(department, rng, 3, "三册轮换")


def _turned(department: Department, rng: Random, number: int, kind: str) -> Planted | None:
    """Each of some units with all that the next of them holds."""
    units = [u for u in department.units(YEAR) if u != department.code]
    if len(units) < number:
        return None
    ring = rng.sample(units, number)
    held_by = {unit: {p[2:]: f for p, f in department.of(unit, YEAR).items()} for unit in ring}
    for mine, its in zip(ring, [*ring[1:], ring[0]], strict=True):
        for rest in held_by[mine].keys() | held_by[its].keys():
            place = (mine, YEAR, *rest)
            amount = held_by[its][rest]["amount"] if rest in held_by[its] else None
            if place not in department.facts:
                like = next(iter(held_by[mine].values()))
                of = ("file", "sheet", "unit_code", "unit_name")
                department.facts[place] = held_by[its][rest] | {k: like[k] for k in of}
            department.set(place, amount)
    return Planted(kind, (), "S-SWAPPED", tuple(ring))


def _lines(tables: Tables, department: Department, *, turned: bool) -> Lines:
    """Rows, or columns, with enough in them."""
    return [
        (table, list(line))
        for table in tables.tables(department)
        for line in (zip(*table.rows, strict=True) if turned else table.rows)
        if len(held(table, list(line))) >= ENOUGH
    ]


def _pasted(lines: Lines, rng: Random, kind: str) -> Planted | None:
    """Every figure another of its size."""
    if not lines:
        return None
    table, line = rng.choice(lines)
    for place in held(table, line):
        amount = table.amount(place) or Decimal(0)
        table.put(place, (amount * rng.randint(70, 130) / 100).quantize(CENT) + CENT)
    return told(table, kind, "S-PASTED")


def _neighbours(
    tables: Tables, department: Department
) -> list[tuple[Table, list[Place], list[Place]]]:
    """Rows of 项 beside each other, the one that is written over differs from the one that is."""
    found = []
    for table in tables.tables(department):
        for pair in pairwise(table.rows):
            if all(len(row[0][4]) == 7 and len(held(table, row)) >= 2 for row in pair):
                found += [(table, *pair), (table, *reversed(pair))]
    return found


def _copied_next(
    tables: Tables, department: Department, rng: Random
) -> tuple[Table, list[Place]] | None:
    """A row written over the one beside it, with its table."""
    found = _neighbours(tables, department)
    if not found:
        return None
    table, own, over = rng.choice(found)
    for place, amount in zip(over, [table.amount(p) for p in own], strict=True):
        table.put(place, amount)
    return table, own
