"""Cases larger than a cell: tables of another year or unit, roll-ups without a child, figures
that moved, units of money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.advice.cases import YEAR, Maker, Planted
from bench.advice.world import Department, Fact, Place, World

TABLES = ("Z03", "Z04", "Z05", "Z05_1", "Z05_2", "Z07", "Z08", "Z08_1", "Z08_2")
TIMES = Decimal(10_000)
LEAST = 6  # filled cells of a table that is worth spoiling


@dataclass
class Table:
    """One form of one unit and year as rows and columns of places; ``at`` gives the address of
    each.
    """

    department: Department
    unit: str
    form: str
    rows: list[list[Place]]
    at: dict[Place, str]
    like: Fact

    def amount(self, place: Place) -> Decimal | None:
        fact = self.department.facts.get(place)
        return fact["amount"] if fact else None

    def put(self, place: Place, amount: Decimal | None) -> None:
        facts = self.department.facts
        if place not in facts:
            if amount is None:
                return
            names = ("unit_code", "year", "form", "block", "row_key", "col_key")
            new = dict(zip(names, place, strict=True))
            facts[place] = (
                self.like
                | new
                | {
                    "row_label": place[4],
                    "col_label": place[5],
                    "cell": self.at[place],
                }
            )
        self.department.set(place, amount)

    def filled(self) -> list[list[Place]]:
        return [r for r in self.rows if any(self.amount(p) for p in r)]


Geometry = dict[tuple[str, int, str], tuple[list[list[Place]], dict[Place, str]]]


def geometry(world: World) -> Geometry:
    """Rows and columns of every list table of the world."""
    columns: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for layout in world.case.rows["layouts"]:
        columns[layout["layout"]].append((layout["col_key"], layout["letter"]))
    found: Geometry = {}
    for line in world.case.rows["lines"]:
        if line["form"] not in TABLES:
            continue
        unit, year, form = line["unit_code"], line["year"], line["form"]
        rows, at = found.setdefault((unit, year, form), ([], {}))
        row = []
        for col_key, letter in columns[f"{line['file']}/{form}"]:
            place = (unit, year, form, line["block"], line["row_key"], col_key)
            at[place] = f"{letter}{line['row']}"
            row.append(place)
        rows.append(row)
    return found


class Spoiler:
    """Makes the cases of a world; every method is one kind."""

    def __init__(self, world: World) -> None:
        self.geometry = geometry(world)

    def table(self, department: Department, rng: Random) -> Table:
        """A table with enough in it, of a unit that is no roll-up."""
        return rng.choice(self.tables(department))

    def tables(self, department: Department) -> list[Table]:
        units = [u for u in department.units(YEAR) if u != department.code] or [department.code]
        return [
            t
            for u in units
            for f in TABLES
            if (t := self.of(department, u, YEAR, f)) and _size(t) >= LEAST
        ]

    def of(self, department: Department, unit: str, year: int, form: str) -> Table | None:
        held = department.of(unit, year, form)
        where = self.geometry.get((unit, year, form))
        if not held or not where:
            return None
        return Table(department, unit, form, *where, next(iter(held.values())))

    def last_years_table(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        its = {
            p[3:]: f["amount"] for p, f in department.of(table.unit, YEAR - 1, table.form).items()
        }
        return _told(table, "上年的表", "S-LASTYEAR") if _replace(table, its) else None

    def another_units_table(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        others = [u for u in department.units(YEAR) if u not in (table.unit, department.code)]
        if not others:
            return None
        other = rng.choice(others)
        its = {p[3:]: f["amount"] for p, f in department.of(other, YEAR, table.form).items()}
        return _told(table, "别单位的表", "S-OTHERUNIT") if _replace(table, its) else None

    def last_years_workbook(self, department: Department, rng: Random) -> Planted | None:
        units = [u for u in department.units(YEAR) if u != department.code]
        unit = rng.choice(units or [department.code])
        before = department.of(unit, YEAR - 1)
        if not before:
            return None
        for place in department.of(unit, YEAR):
            then = before.get((unit, YEAR - 1, *place[2:]))
            department.set(place, then["amount"] if then else None)
        return Planted("上年的工作簿", (), "S-LASTYEAR", unit)

    def rollup_of_last_year(self, department: Department, rng: Random) -> Planted | None:
        """The department's own workbook is last year's, those of its units are right."""
        before = department.of(department.code, YEAR - 1)
        if not before or len(department.units(YEAR)) < 3:
            return None
        for place in department.of(department.code, YEAR):
            then = before.get((department.code, YEAR - 1, *place[2:]))
            department.set(place, then["amount"] if then else None)
        return Planted("汇总报上年", (), "S-LASTYEAR", department.code)

    def child_omitted(self, department: Department, rng: Random) -> Planted | None:
        return self._rolled(department, rng, -1, "漏汇总一家")

    def child_twice(self, department: Department, rng: Random) -> Planted | None:
        return self._rolled(department, rng, 1, "多汇总一家")

    def _rolled(self, department: Department, rng: Random, times: int, kind: str) -> Planted | None:
        children = [u for u in department.units(YEAR) if u != department.code]
        if len(children) < 2:
            return None
        child = rng.choice(children)
        for place, fact in department.of(child, YEAR).items():
            mine = (department.code, *place[1:])
            if mine in department.facts:
                amount = department.facts[mine]["amount"] + times * fact["amount"]
                department.set(mine, amount or None)
        _leave_out_empty_rows(department)
        return Planted(kind, (), "S-OMITTED", department.code)

    def rows_right(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        rows = table.filled()
        first = rng.randrange(len(rows))
        return _move(table, rows[first : first + rng.randint(2, 6)], "几行右错一栏")

    def table_right(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        return _move(table, table.filled(), "整表右错一栏")

    def column_down(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        columns = [
            c for c in zip(*table.rows, strict=True) if sum(bool(table.amount(p)) for p in c) > 2
        ]
        return _move(table, [list(rng.choice(columns))], "一栏下错一行") if columns else None

    def table_down(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        return _move(table, [list(c) for c in zip(*table.rows, strict=True)], "整表下错一行")

    def table_larger(self, department: Department, rng: Random) -> Planted | None:
        return _times(self.table(department, rng), TIMES, "一张表大一万倍")

    def table_smaller(self, department: Department, rng: Random) -> Planted | None:
        return _times(self.table(department, rng), 1 / TIMES, "一张表小一万倍")

    def workbook_larger(self, department: Department, rng: Random) -> Planted | None:
        units = [u for u in department.units(YEAR) if u != department.code]
        unit = rng.choice(units or [department.code])
        for place, fact in department.of(unit, YEAR).items():
            if place[2] != "F03":
                department.set(place, fact["amount"] * TIMES)
        return Planted("整册大一万倍", (), "S-SCALE", unit)

    def table_signs(self, department: Department, rng: Random) -> Planted | None:
        return _times(self.table(department, rng), Decimal(-1), "整表变号", "S-SIGN")

    def column_signs(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        columns = [
            c for c in zip(*table.rows, strict=True) if sum(bool(table.amount(p)) for p in c) > 2
        ]
        if not columns:
            return None
        for place in rng.choice(columns):
            if amount := table.amount(place):
                table.put(place, -amount)
        return _told(table, "一栏变号", "S-SIGN")

    def rows_swapped(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        rows = [r for r in table.filled() if len(r[0][4]) == 7]
        return _swap(table, rows, rng, "两行对调")

    def columns_swapped(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        columns = [list(c) for c in zip(*table.rows, strict=True)]
        columns = [c for c in columns if any(table.amount(p) for p in c)]
        return _swap(table, columns, rng, "两栏对调")

    def cells_swapped(self, department: Department, rng: Random) -> Planted | None:
        """Two figures of one item in each other's cells."""
        rows = [(t, leaves) for t, leaves in self._leaves(department) if len(_held(t, leaves)) > 1]
        if not rows:
            return None
        table, leaves = rng.choice(rows)
        one, other = rng.sample(_held(table, leaves), 2)
        return _swap(table, [[one], [other]], rng, "两格对调")

    def cell_beside(self, department: Department, rng: Random) -> Planted | None:
        """A figure in the empty cell of another item of its row."""
        rows = [
            (t, leaves)
            for t, leaves in self._leaves(department)
            if 0 < len(_held(t, leaves)) < len(leaves)
        ]
        if not rows:
            return None
        table, leaves = rng.choice(rows)
        one = rng.choice(_held(table, leaves))
        other = rng.choice([p for p in leaves if not table.amount(p)])
        table.put(other, table.amount(one))
        table.put(one, None)
        return _told(table, "填错一格", "S-SHIFTED")

    def _leaves(self, department: Department) -> list[tuple[Table, list[Place]]]:
        """The cells of every 项 by 款 of the economic classification, with their table."""
        return [
            (table, leaves)
            for table in self.tables(department)
            for row in table.rows
            if (leaves := [p for p in row if _is_leaf(p)])
        ]

    def tables_swapped(self, department: Department, rng: Random) -> Planted | None:
        """财决05-1表 where 05-2表 should be and the other way."""
        units = [u for u in department.units(YEAR) if u != department.code] or [department.code]
        unit = rng.choice(units)
        one, other = rng.choice((("Z05_1", "Z05_2"), ("Z08_1", "Z08_2")))
        first, second = (self.of(department, unit, YEAR, form) for form in (one, other))
        if not first or not second or min(_size(first), _size(second)) < LEAST:
            return None
        held = {
            t.form: {p[3:]: t.amount(p) for r in t.rows for p in r if t.amount(p)}
            for t in (first, second)
        }
        for table, its in ((first, held[other]), (second, held[one])):
            for place in [p for row in table.rows for p in row]:
                table.put(place, its.pop(place[3:], None))
            for rest, amount in its.items():
                place = (unit, YEAR, table.form, *rest)
                table.at[place] = "A1"
                table.put(place, amount)
        return _told(first, "两张表放错", "S-SWAPPED")

    def workbook_thousandth(self, department: Department, rng: Random) -> Planted | None:
        units = [u for u in department.units(YEAR) if u != department.code]
        unit = rng.choice(units or [department.code])
        for place, fact in department.of(unit, YEAR).items():
            if place[2] != "F03":
                department.set(place, (fact["amount"] / 1000).quantize(Decimal("0.01")))
        return Planted("整册千元", (), "S-SCALE", unit)

    def rows_lost(self, department: Department, rng: Random) -> Planted | None:
        """A 类 with its 款 and 项."""
        found = [
            (table, row[0][4])
            for table in self.tables(department)
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
        return _told(table, "漏一类", "S-ROW")

    def row_lost(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        rows = [r for r in table.filled() if len(r[0][4]) == 7]
        if not rows:
            return None
        row = rng.choice(rows)
        for place in row:
            table.put(place, None)
        department.lines_lost.add(row[0][:5])
        return _told(table, "漏一行", "S-ROW")

    def row_twice(self, department: Department, rng: Random) -> Planted | None:
        table = self.table(department, rng)
        rows = [r for r in table.filled() if len(r[0][4]) == 7]
        if not rows:
            return None
        for place in rng.choice(rows):
            if amount := table.amount(place):
                fact = department.facts[place]
                department.twice.append(fact | {"amount": amount, "cell": fact["cell"] + "0"})
        return _told(table, "重一行", "S-ROW")

    def makers(self) -> dict[str, Maker]:
        kinds: list[Callable] = [
            self.last_years_table,
            self.another_units_table,
            self.last_years_workbook,
            self.child_omitted,
            self.rollup_of_last_year,
            self.child_twice,
            self.rows_right,
            self.table_right,
            self.column_down,
            self.table_down,
            self.table_larger,
            self.table_smaller,
            self.workbook_larger,
            self.table_signs,
            self.column_signs,
            self.rows_swapped,
            self.columns_swapped,
            self.cells_swapped,
            self.cell_beside,
            self.tables_swapped,
            self.workbook_thousandth,
            self.rows_lost,
            self.row_lost,
            self.row_twice,
        ]
        return {k.__name__: k for k in kinds}


def _is_leaf(place: Place) -> bool:
    """A 项 under an item that is no sum."""
    return len(place[4]) == 7 and place[5].isdigit() and len(place[5]) == 5


def _leave_out_empty_rows(department: Department) -> None:
    """The roll-up lacks the items that none of the units it was made from has."""
    rows: dict[tuple, bool] = defaultdict(bool)
    for place, fact in department.of(department.code, YEAR).items():
        rows[place[:5]] |= bool(fact["amount"])
    empty = {row for row, held in rows.items() if not held and row[4].isdigit()}
    department.lines_lost |= empty
    for place in list(department.of(department.code, YEAR)):
        if place[:5] in empty:
            department.set(place, None)


def _held(table: Table, places: list[Place]) -> list[Place]:
    return [p for p in places if table.amount(p)]


def _size(table: Table) -> int:
    return sum(bool(table.amount(p)) for r in table.rows for p in r)


def _told(table: Table, kind: str, rule: str) -> Planted:
    return Planted(kind, (), rule, table.unit)


def _replace(table: Table, its: dict) -> bool:
    """Another table's amounts; False where they are the same."""
    before = {p[3:]: table.amount(p) for r in table.rows for p in r if table.amount(p)}
    if before == its or len(its) < LEAST:
        return False
    for row in table.rows:
        for place in row:
            table.put(place, its.get(place[3:]))
    return True


def _move(table: Table, lines: list[list[Place]], kind: str) -> Planted | None:
    """Every figure one place on; what stood in the last place is lost."""
    for line in lines:
        amounts = [table.amount(p) for p in line]
        for place, amount in zip(line, [None, *amounts[:-1]], strict=True):
            table.put(place, amount)
    return _told(table, kind, "S-SHIFTED")


def _times(table: Table, factor: Decimal, kind: str, rule: str = "S-SCALE") -> Planted:
    for row in table.rows:
        for place in row:
            if amount := table.amount(place):
                table.put(place, (amount * factor).quantize(Decimal("0.01")))
    return _told(table, kind, rule)


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
    return _told(table, kind, "S-SWAPPED")
