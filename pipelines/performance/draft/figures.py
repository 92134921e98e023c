"""The published figures behind a draft: cells of the final accounts, of earlier performance
tables, projects, scores.

What does not belong here: which table they go into (``tables.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.vocabulary import Address
from pipelines.performance.case import Case
from pipelines.performance.draft.model import TAB
from pipelines.performance.pack import Pack
from schemas.performance_forms import performance_forms
from schemas.performance_schemes import Scheme

Rows = list[dict[str, Any]]


@dataclass
class Figures:
    """All that is known of a unit and year. ``projects``, ``indicators``, ``scores``: rows of
    these datasets.
    """

    unit: str
    year: int
    facts: FactLookup
    performance: dict[tuple[str, str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    manual: dict[str, Any] = field(default_factory=dict)
    scheme: Scheme | None = None
    projects: Rows = field(default_factory=list)
    indicators: Rows = field(default_factory=list)
    scores: Rows = field(default_factory=list)

    @cached_property
    def case(self) -> Case:
        """The final accounts and what a person said, as scores are computed from them."""
        return Case(Pack(), self.facts, None, self.unit, self.year, self.manual, self.scheme)

    def amount(self, form: str, block: str, row: str, column: str) -> tuple[Decimal | None, str]:
        """A cell of the final accounts in 元 and where it stands; 0 where its form has no such
        row; None without the form.
        """
        found = self.facts.read(Address(form, block, row, column))
        return (None, "") if found is None else (found.amount, found.where.replace(" ", TAB, 1))

    def cell(self, form: str, block: str, row: str, column: str) -> tuple[Decimal | None, str]:
        """A number of the performance tables that were read, and where it stands."""
        found = self.performance.get((form, block, row, column))
        if found is None or found["amount"] is None:
            return None, ""
        return Decimal(found["amount"]), place(found)

    def text(self, form: str, block: str, row: str, column: str) -> tuple[str, str]:
        """The words of a performance cell, and where they stand."""
        found = self.performance.get((form, block, row, column))
        return (str(found["raw"] or ""), place(found)) if found is not None else ("", "")

    def rows_of(self, form: str) -> list[str]:
        """The row keys of a performance form, in order."""
        return list(dict.fromkeys(key[2] for key in self.performance if key[0] == form))


def place(row: Mapping[str, Any]) -> str:
    """Where a row of a dataset was read: file, table, address."""
    table = " ".join(str(row[k]) for k in ("file", "sheet") if row.get(k))
    return f"{table}{TAB}{row['cell']}" if row.get("cell") else table


def performance_cells(facts: Iterable[Mapping[str, Any]], year: int) -> dict:
    """The year's performance facts by form, block, row and column."""
    return {
        (f["form"], f["block"], f["row_key"], f["col_key"]): f
        for f in facts
        if f["form"] in performance_forms() and f["year"] == year
    }
