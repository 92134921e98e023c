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
        return [f for f in self.facts.values() if f["amount"] is not None]


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
        kept = self.case.rows["facts"]
        self.case.rows["facts"] = rows
        try:
            return self.case.load()
        finally:
            self.case.rows["facts"] = kept

    def judged(self, book: Rulebook) -> duckdb.DuckDBPyConnection:
        """A connection with findings and finding_cells."""
        con = self.load()
        reconcile(con, book)
        settle(con, [], run_id="1", previous=None)
        return con


def departments_of(facts: list[Fact]) -> dict[str, Department]:
    found: dict[str, dict[Place, Fact]] = defaultdict(dict)
    for fact in facts:
        found[fact["unit_code"][:CODE_LENGTH]][place_of(fact)] = fact
    return {code: Department(code, of) for code, of in found.items()}
