"""Datasets for the rules made straight from amounts: no workbooks, so that thousands of cases take
seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from schemas.frames import DATASETS
from schemas.observation import Observation
from schemas.rulebook import Rulebook
from tests.shipped import shipped_book

TABLES = ("facts", "sheets", "lines", "layouts", "units", "submissions")
Key = tuple[str, str, str, str]


def letter(number: int) -> str:
    """1 → A."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass
class Case:
    """Units, years and amounts (分; None a blank cell, text a state such as ``dash`` or
    ``error``).
    """

    rows: dict[str, list[dict]] = field(default_factory=lambda: {t: [] for t in TABLES})
    observations: list[Observation] = field(default_factory=list)

    def unit(
        self,
        code: str,
        name: str = "",
        *,
        unit_type: str = "",
        report: str = "",
        parent: str | None = None,
        first: int | None = None,
        last: int | None = None,
        year: int = 2023,
        missing: str | None = None,
    ) -> Case:
        self.rows["units"].append(
            {
                "unit_code": code,
                "unit_name": name or code,
                "parent_code": parent,
                "unit_type": unit_type,
                "report_type": report,
                "first_year": first,
                "last_year": last,
            }
        )
        if missing is not None:
            self.rows["submissions"].append(
                {
                    "unit_code": code,
                    "unit_name": name or code,
                    "year": year,
                    "status": "incomplete" if missing else "complete",
                    "missing_forms": missing or None,
                }
            )
        return self

    def add(
        self,
        facts: dict[Key, Any],
        *,
        code: str | None = "1",
        name: str = "",
        year: int = 2023,
        decimals: dict[str, int] | None = None,
        forms: Iterable[str] = (),
    ) -> Case:
        """One submission: every form of the facts becomes a sheet; its rows and columns stand in
        order of appearance.
        """
        who = {"unit_code": code, "unit_name": name or code, "year": year}
        by_form: dict[str, dict[Key, Any]] = {f: {} for f in forms}
        for key, amount in facts.items():
            by_form.setdefault(key[0], {})[key] = amount
        for form, cells in by_form.items():
            self._sheet(who, form, cells, (decimals or {}).get(form, 2))
        return self

    def _sheet(self, who: dict, form: str, cells: dict[Key, Any], decimals: int) -> None:
        file = f"{who['unit_code'] or who['unit_name']}/{who['year']}.xlsx"
        where = who | {"file": file, "sheet": form, "form": form}
        layout = f"{file}/{form}"
        self.rows["sheets"].append(
            where
            | {
                "sheet_no": 1,
                "visibility": "visible",
                "money_unit": "元" if decimals >= 2 else "万元",
                "decimals": decimals,
                "status": "read",
                "numbers": 0,
                "facts_numbers": 0,
                "structural": 0,
                "left_out": 0,
                "layout": layout,
            }
        )
        rows: dict[tuple, int] = {}
        columns: dict[tuple, str] = {}
        for (_, block, row, col), amount in cells.items():
            if (block, row) not in rows:
                rows[(block, row)] = len(rows) + 5
                self._line(where, block, row, rows[(block, row)])
            if (block, col) not in columns:
                columns[(block, col)] = letter(len(columns) + 4)
                self._column(layout, form, block, col, columns[(block, col)])
            if amount is not None:
                cell = f"{columns[(block, col)]}{rows[(block, row)]}"
                at = where | {"block": block, "row_key": row, "col_key": col, "cell": cell}
                self._fact(at, amount, decimals)

    def _line(self, where: dict, block: str, row: str, number: int) -> None:
        said = {"block": block, "row_key": row, "row_label": row, "row": number, "panel": ""}
        self.rows["lines"].append(where | said)

    def _column(self, layout: str, form: str, block: str, col: str, letter: str) -> None:
        where = {"layout": layout, "form": form, "block": block}
        said = {"col_key": col, "col_label": col, "letter": letter, "panel": ""}
        self.rows["layouts"].append(where | said)

    def _fact(self, at: dict, amount: Any, decimals: int) -> None:
        """An amount in 分, or a state where there is none."""
        state = amount if isinstance(amount, str) else "number"
        self.rows["facts"].append(
            at
            | {
                "row_label": at["row_key"],
                "col_label": at["col_key"],
                "amount": Decimal(amount) / 100 if state == "number" else None,
                "decimals": decimals,
                "state": state,
                "raw": str(amount),
            }
        )

    def tables(self) -> dict[str, pa.Table]:
        """The rows of each dataset."""
        return {name: DATASETS[name].table(rows) for name, rows in self.rows.items()}

    def load(self, con: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection:
        return loaded(self.tables(), con)


def loaded(
    tables: dict[str, pa.Table], con: duckdb.DuckDBPyConnection | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection to a world."""
    # One thread: in worlds as small as these a second one only waits, at a third of the cost.
    con = con or duckdb.connect(":memory:", config={"threads": 1})
    for name, table in tables.items():
        con.register("given", table)
        con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        con.unregister("given")
    return con


@cache
def only(*rules: str) -> Rulebook:
    """The rule book with these rules alone: a fifth of the work where one outcome is asked for."""
    book = shipped_book()
    checks = [check for check in book.checks if check.rule.id in rules]
    return Rulebook({rule: book.rules[rule] for rule in rules}, checks, book.forms)


def sample(units: int, years: int, seed: int = 1, *, published: str = "") -> tuple[Case, Any]:
    """A generated set as a case of one's own; ``published``: ``naive`` or ``balanced`` adds G01 to
    G13 in 万元.
    """
    case, made = _sampled(units, years, seed, published)
    return Case({table: [dict(row) for row in rows] for table, rows in case.rows.items()}), made


# Sheets that a unit sends in also where they hold nothing.
EMPTY = (
    *("Z01", "Z01_1", "Z03", "Z04", "Z05", "Z05_1", "Z05_2", "Z07", "Z08", "Z08_1", "Z08_2"),
    "F03",
)


@cache
def _sampled(units: int, years: int, seed: int, published: str) -> tuple[Case, Any]:
    from pipelines.sample import generate

    made = generate(units, years, seed)
    case = Case()
    for u in made.units:
        case.unit(
            u.code,
            u.name,
            unit_type=u.unit_type,
            report=u.report_type,
            parent=u.parent_code or None,
            first=u.first_year,
            last=u.last_year,
        )
    for s in made.submissions:
        _submit(case, s, published)
    for sheet in case.rows["sheets"]:
        if sheet["form"] in ("G10", "G11", "G12"):
            sheet["note"] = "没有此项收支，故本表无数据"
    return case, made


def _submit(case: Case, submission: Any, published: str) -> None:
    """Adds a submission, with its published tables where asked for."""
    from pipelines.sample import facts_of
    from pipelines.sample.published import published_tables

    facts: dict[Key, Any] = dict(facts_of(submission))
    tables: dict = {}
    if published:
        tables = published_tables(submission.tables, balanced=published == "balanced")
    for form, table in tables.items():
        facts |= {(form, *key): fen for key, fen in table.items() if fen}
    case.add(
        facts,
        code=submission.unit.code,
        name=submission.unit.name,
        year=submission.year,
        decimals=dict.fromkeys(tables, -2),
        forms=[*EMPTY, *tables],
    )
