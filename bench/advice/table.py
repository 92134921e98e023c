"""The list tables of generated departments as rows and columns of places, so that slips larger than
a cell can be put into them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.advice.cases import YEAR, Planted
from bench.advice.world import Department, Fact, Place, World

TABLES = ("Z03", "Z04", "Z05", "Z05_1", "Z05_2", "Z07", "Z08", "Z08_1", "Z08_2")
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


class Tables:
    """The tables of a world that slips are put into."""

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
            if (t := self.of(department, u, YEAR, f)) and size(t) >= LEAST
        ]

    def of(self, department: Department, unit: str, year: int, form: str) -> Table | None:
        held = department.of(unit, year, form)
        where = self.geometry.get((unit, year, form))
        if not held or not where:
            return None
        return Table(department, unit, form, *where, next(iter(held.values())))


def is_leaf(place: Place) -> bool:
    """A 项 under an item that is no sum."""
    return len(place[4]) == 7 and place[5].isdigit() and len(place[5]) == 5


def held(table: Table, places: list[Place]) -> list[Place]:
    return [p for p in places if table.amount(p)]


def size(table: Table) -> int:
    return sum(bool(table.amount(p)) for r in table.rows for p in r)


def told(table: Table, kind: str, rule: str) -> Planted:
    return Planted(kind, (), rule, (table.unit,))


def replace(table: Table, its: dict) -> bool:
    """Another table's amounts; False where they are the same."""
    before = {p[3:]: table.amount(p) for r in table.rows for p in r if table.amount(p)}
    if before == its or len(its) < LEAST:
        return False
    for row in table.rows:
        for place in row:
            table.put(place, its.get(place[3:]))
    return True
