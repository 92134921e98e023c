"""Whole tables, roll-ups and workbooks that are another's, of another year or in another unit."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random

from bench.advice.cases import YEAR, Planted
from bench.advice.table import LEAST, Table, Tables, replace, size, told
from bench.advice.world import Department

TIMES = Decimal(10_000)


def last_years_table(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    its = {p[3:]: f["amount"] for p, f in department.of(table.unit, YEAR - 1, table.form).items()}
    return told(table, "上年的表", "S-LASTYEAR") if replace(table, its) else None


def another_units_table(tables: Tables, department: Department, rng: Random) -> Planted | None:
    table = tables.table(department, rng)
    others = [u for u in department.units(YEAR) if u not in (table.unit, department.code)]
    if not others:
        return None
    other = rng.choice(others)
    its = {p[3:]: f["amount"] for p, f in department.of(other, YEAR, table.form).items()}
    return told(table, "别单位的表", "S-OTHERUNIT") if replace(table, its) else None


def last_years_workbook(tables: Tables, department: Department, rng: Random) -> Planted | None:
    units = [u for u in department.units(YEAR) if u != department.code]
    unit = rng.choice(units or [department.code])
    before = department.of(unit, YEAR - 1)
    if not before:
        return None
    for place in department.of(unit, YEAR):
        then = before.get((unit, YEAR - 1, *place[2:]))
        department.set(place, then["amount"] if then else None)
    return Planted("上年的工作簿", (), "S-LASTYEAR", (unit,))


def rollup_of_last_year(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """The department's own workbook is last year's, those of its units are right."""
    before = department.of(department.code, YEAR - 1)
    if not before or len(department.units(YEAR)) < 3:
        return None
    for place in department.of(department.code, YEAR):
        then = before.get((department.code, YEAR - 1, *place[2:]))
        department.set(place, then["amount"] if then else None)
    return Planted("汇总报上年", (), "S-LASTYEAR", (department.code,))


def child_omitted(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _rolled(department, rng, -1, "漏汇总一家")


def child_twice(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _rolled(department, rng, 1, "多汇总一家")


def _rolled(department: Department, rng: Random, times: int, kind: str) -> Planted | None:
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
    return Planted(kind, (), "S-OMITTED", (department.code,))


def table_larger(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _times(tables.table(department, rng), TIMES, "一张表大一万倍")


def table_smaller(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _times(tables.table(department, rng), 1 / TIMES, "一张表小一万倍")


def workbook_larger(tables: Tables, department: Department, rng: Random) -> Planted | None:
    units = [u for u in department.units(YEAR) if u != department.code]
    unit = rng.choice(units or [department.code])
    for place, fact in department.of(unit, YEAR).items():
        if place[2] != "F03":
            department.set(place, fact["amount"] * TIMES)
    return Planted("整册大一万倍", (), "S-SCALE", (unit,))


def workbook_thousandth(tables: Tables, department: Department, rng: Random) -> Planted | None:
    units = [u for u in department.units(YEAR) if u != department.code]
    unit = rng.choice(units or [department.code])
    for place, fact in department.of(unit, YEAR).items():
        if place[2] != "F03":
            department.set(place, (fact["amount"] / 1000).quantize(Decimal("0.01")))
    return Planted("整册千元", (), "S-SCALE", (unit,))


def table_signs(tables: Tables, department: Department, rng: Random) -> Planted | None:
    return _times(tables.table(department, rng), Decimal(-1), "整表变号", "S-SIGN")


def tables_swapped(tables: Tables, department: Department, rng: Random) -> Planted | None:
    """财决05-1表 where 05-2表 should be and the other way."""
    units = [u for u in department.units(YEAR) if u != department.code] or [department.code]
    unit = rng.choice(units)
    one, other = rng.choice((("Z05_1", "Z05_2"), ("Z08_1", "Z08_2")))
    first, second = (tables.of(department, unit, YEAR, form) for form in (one, other))
    if not first or not second or min(size(first), size(second)) < LEAST:
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
    return told(first, "两张表放错", "S-SWAPPED")


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


def _times(table: Table, factor: Decimal, kind: str, rule: str = "S-SCALE") -> Planted:
    for row in table.rows:
        for place in row:
            if amount := table.amount(place):
                table.put(place, (amount * factor).quantize(Decimal("0.01")))
    return told(table, kind, rule)
