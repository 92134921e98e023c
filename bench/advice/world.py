"""Generated departments as facts, without workbooks: each department carries one case, all are
reconciled at once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.reconcile import reconcile, settle
from schemas.rulebook import Rulebook
from tests.reconcile.worlds import Case, sample

Fact = dict[str, Any]
Place = tuple[str, int, str, str, str, str]  # unit, year, form, block, row, column
CODE_LENGTH = 6  # the department's own code; its units' codes begin with it


def place_of(fact: Fact) -> Place:
    return (
        fact["unit_code"],
        fact["year"],
        fact["form"],
        fact["block"],
        fact["row_key"],
        fact["col_key"],
    )


@dataclass
class Department:
    """The facts of one department, all its units and years; ``changed`` remembers what a fault
    replaced.
    """

    code: str
    facts: dict[Place, Fact]
    changed: dict[Place, Decimal | None] = field(default_factory=dict)
    lines_lost: set[tuple] = field(default_factory=set)
    twice: list[Fact] = field(default_factory=list)

    def units(self, year: int) -> list[str]:
        return sorted({u for u, y, *_ in self.facts if y == year})

    def of(self, unit: str, year: int, form: str = "") -> dict[Place, Fact]:
        return {
            p: f
            for p, f in self.facts.items()
            if p[:2] == (unit, year) and (not form or p[2] == form)
        }

    def set(self, place: Place, amount: Decimal | None) -> None:
        """Put an amount into a filled cell; None empties it."""
        fact = self.facts[place]
        self.changed.setdefault(place, fact["amount"])
        self.facts[place] = fact | {"amount": amount, "raw": str(amount)}

    def rows(self) -> list[Fact]:
        return [f for f in self.facts.values() if f["amount"] is not None] + self.twice


@dataclass
class World:
    """A set of departments over the tables of one generated case."""

    case: Case
    departments: dict[str, Department]

    @classmethod
    def made(cls, units: int, years: int, seed: int) -> World:
        case, _ = sample(units, years, seed)
        return cls(case, departments_of(case.rows["facts"]))

    def again(self) -> World:
        """The same set, clean; facts are shared until they are changed."""
        return World(self.case, departments_of(self.case.rows["facts"]))

    def load(self) -> duckdb.DuckDBPyConnection:
        rows = [f for d in self.departments.values() for f in d.rows()]
        lost = {place for d in self.departments.values() for place in d.lines_lost}
        kept = dict(self.case.rows)
        self.case.rows["facts"] = rows
        self.case.rows["lines"] = [n for n in kept["lines"] if _line(n) not in lost]
        try:
            return self.case.load()
        finally:
            self.case.rows.update(kept)

    def judged(self, book: Rulebook) -> duckdb.DuckDBPyConnection:
        """A connection with findings and finding_cells."""
        con = self.load()
        reconcile(con, book)
        settle(con, [], run_id="1", previous=None)
        return con


def _line(line: dict) -> tuple:
    return tuple(line[k] for k in ("unit_code", "year", "form", "block", "row_key"))


def departments_of(facts: list[Fact]) -> dict[str, Department]:
    found: dict[str, dict[Place, Fact]] = defaultdict(dict)
    for fact in facts:
        found[fact["unit_code"][:CODE_LENGTH]][place_of(fact)] = fact
    return {code: Department(code, of) for code, of in found.items()}
