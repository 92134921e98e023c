"""Rows, columns and cells of a table that moved, changed places, were lost or came twice."""

from __future__ import annotations

from random import Random

from bench.advice.cases import Planted
from bench.advice.table import Table, Tables, held, is_leaf, told
from bench.advice.world import Department, Place


def rows_right(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    rows = table.filled()
    first = rng.randrange(len(rows))
    return _move(table, rows[first : first + rng.randint(2, 6)], "几行右错一栏")


def table_right(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    return _move(table, table.filled(), "整表右错一栏")


def column_down(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    columns = _columns(table)
    return _move(table, [list(rng.choice(columns))], "一栏下错一行") if columns else None


def table_down(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    return _move(table, [list(c) for c in zip(*table.rows, strict=True)], "整表下错一行")


def column_signs(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    columns = _columns(table)
    if not columns:
        return None
    for place in rng.choice(columns):
        if amount := table.amount(place):
            table.put(place, -amount)
    return told(table, "一栏变号", "S-SIGN")


def rows_swapped(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    rows = _items(table)
    return _swap(table, rows, rng, "两行对调")


def columns_swapped(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    columns = [list(c) for c in zip(*table.rows, strict=True)]
    columns = [c for c in columns if any(table.amount(p) for p in c)]
    return _swap(table, columns, rng, "两栏对调")


def cells_swapped(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """Two figures of one item in each other's cells."""
    rows = [(t, leaves) for t, leaves in leaves_of(tables, department) if len(held(t, leaves)) > 1]
    if not rows:
        return None
    table, leaves = rng.choice(rows)
    one, other = rng.sample(held(table, leaves), 2)
    return _swap(table, [[one], [other]], rng, "两格对调")


def cell_beside(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """A figure in the empty cell of another item of its row."""
    rows = [
        (t, leaves)
        for t, leaves in leaves_of(tables, department)
        if 0 < len(held(t, leaves)) < len(leaves)
    ]
    if not rows:
        return None
    table, leaves = rng.choice(rows)
    one = rng.choice(held(table, leaves))
    other = rng.choice([p for p in leaves if not table.amount(p)])
    table.put(other, table.amount(one))
    table.put(one, None)
    return told(table, "填错一格", "S-SHIFTED")


def leaves_of(tables: Tables, department: Department) -> list[tuple[Table, list[Place]]]:
    """The cells of every 项 by 款 of the economic classification, with their table."""
    return [
        (table, leaves)
        for table in tables.tables(department)
        for row in table.rows
        if (leaves := [p for p in row if is_leaf(p)])
    ]


def rows_lost(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """A 类 with its 款 and 项."""
    found = [
        (table, row[0][4])
        for table in tables.tables(department)
        for row in table.filled()
        if len(row[0][4]) == 3 and len({r[0][4][:3] for r in table.filled()}) > 2
    ]
    if not found:
        return None
    table, lost = rng.choice(found)
    for row in [r for r in table.rows if r[0][4].startswith(lost)]:
        for place in row:
            table.put(place, None)
        department.lines_lost.add(row[0][:5])
    return told(table, "漏一类", "S-ROW")


def row_lost(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    rows = _items(table)
    if not rows:
        return None
    row = rng.choice(rows)
    for place in row:
        table.put(place, None)
    department.lines_lost.add(row[0][:5])
    return told(table, "漏一行", "S-ROW")


def row_lost_summed(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """The sums of the table are those of what it still has."""
    table = tables.table(department, rng)
    places = {place[3:]: place for row in table.rows for place in row}
    rows = _items(table)
    if not rows:
        return None
    row = rng.choice(rows)
    for place in held(table, row):
        amount = table.amount(place) or 0
        table.put(place, None)
        for item in (place[4][:5], place[4][:3], "合计"):
            if total := places.get((place[3], item, place[5])):
                table.put(total, (table.amount(total) or 0) - amount or None)
    department.lines_lost.add(row[0][:5])
    return told(table, "漏一行，合计也少", "S-ROW")


def row_twice(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    rows = _items(table)
    if not rows:
        return None
    for place in rng.choice(rows):
        if amount := table.amount(place):
            fact = department.facts[place]
            department.twice.append(fact | {"amount": amount, "cell": fact["cell"] + "0"})
    return told(table, "重一行", "S-ROW")


def _items(table: Table) -> list[list[Place]]:
    """The rows of 项."""
    return [r for r in table.filled() if len(r[0][4]) == 7]


def _columns(table: Table) -> list[tuple[Place, ...]]:
    """The columns with enough in them to tell that something happened to all of it."""
    return [c for c in zip(*table.rows, strict=True) if len(held(table, list(c))) > 2]


def _move(table: Table, lines: list[list[Place]], kind: str) -> Planted | None:
    """Every figure one place on; what stood in the last place is lost."""
    for line in lines:
        amounts = [table.amount(p) for p in line]
        for place, amount in zip(line, [None, *amounts[:-1]], strict=True):
            table.put(place, amount)
    return told(table, kind, "S-SHIFTED")


def _swap(table: Table, lines: list[list[Place]], rng: Random, kind: str) -> Planted | None:
    pairs = [
        (a, b)
        for n, a in enumerate(lines)
        for b in lines[n + 1 :]
        if [table.amount(p) for p in a] != [table.amount(p) for p in b]
    ]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    for p, q in zip(one, other, strict=True):
        first, second = table.amount(p), table.amount(q)
        table.put(p, second)
        table.put(q, first)
    return told(table, kind, "S-SWAPPED")
