"""Which units and years there are, which forms each has, and who belongs to whom.

``rec_uy`` numbers every unit and year: ``uy``, ``unit`` (code, else name), ``unit_code``,
``unit_name``, ``year``, ``lo``/``hi`` (the range of rows in facts), ``prior`` (from an earlier
published set only).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from pipelines.reconcile.precision import as_printed, note_precision
from schemas.library import Form

FUNDS = {
    "政府性基金": "政府性基金预算财政拨款",
    "国有资本经营": "国有资本经营预算财政拨款",
}
COLUMNS = (
    "unit_code, unit_name, year, form, block, row_key, row_label, col_key, col_label, amount,"
    " decimals, state, raw, file, sheet, cell"
)


@dataclass
class Unit:
    """A line of the register: effective report type, and whom it reports to."""

    code: str
    name: str
    parent: str | None
    unit_type: str
    report: str
    first: int
    last: int

    def expected(self, year: int) -> bool:
        return self.first <= year <= self.last


@dataclass
class World:
    """Everything about units, years and forms that decides which formulas can be evaluated."""

    forms: list[str]
    unit: list[str]
    code: list[str | None]
    name: list[str | None]
    year: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    prior: np.ndarray
    present: np.ndarray
    missing: np.ndarray
    register: dict[str, Unit]

    def __post_init__(self) -> None:
        self.index = {
            (u, int(y)): i for i, (u, y) in enumerate(zip(self.unit, self.year, strict=True))
        }
        self.children: dict[str, list[str]] = {}
        for unit in self.register.values():
            if unit.parent and unit.parent != unit.code:
                self.children.setdefault(unit.parent, []).append(unit.code)

    def __len__(self) -> int:
        return len(self.unit)

    def last_year(self, uy: int) -> int:
        """The number of the same unit a year earlier, -1 where there is none."""
        return self.index.get((self.unit[uy], int(self.year[uy]) - 1), -1)

    def expected_children(self, unit: str, year: int) -> list[str]:
        """The subordinates that belong to the year by the register, and those that submitted it all
        the same (Y-09 says so).
        """
        return sorted(
            c
            for c in self.children.get(unit, ())
            if self.register[c].expected(year) or self._submitted(c, year)
        )

    def _submitted(self, unit: str, year: int) -> bool:
        found = self.index.get((unit, year), -1)
        return found >= 0 and bool(self.present[found].any())

    def report(self, uy: int) -> str:
        """单户 or 汇总; empty for a unit outside the register."""
        found = self.register.get(self.unit[uy])
        if found is None:
            return ""
        if found.report:
            return found.report
        return "汇总" if self.children.get(found.code) else "单户"

    def unit_type(self, uy: int) -> str:
        found = self.register.get(self.unit[uy])
        return found.unit_type if found else ""


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    row = con.execute(query, [name]).fetchall()
    return bool(row and row[0][0])


def prepare_facts(con: duckdb.DuckDBPyConnection, forms: Mapping[str, Form]) -> None:
    """``rec_facts`` (this run) and ``rec_prior`` (units and years that only an earlier set has),
    with row numbers; ``rec_sheets``: both this run's with the decimals to which they are printed.
    """
    some = note_precision(con, forms)
    for name in ("facts", "sheets"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW rec_{name} AS {as_printed(name, some)}")
    source = "prior_facts" if has_table(con, "prior_facts") else "(SELECT * FROM facts WHERE false)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_prior AS
        SELECT -row_number() OVER () AS rid, {COLUMNS} FROM {source} p
        WHERE NOT EXISTS (SELECT 1 FROM sheets s WHERE s.status = 'read' AND s.year = p.year
            AND coalesce(s.unit_code, s.unit_name) = coalesce(p.unit_code, p.unit_name))
    """)


def _number_units(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_uy AS
        WITH seen AS (
            SELECT unit_code, unit_name, year, NULL::BIGINT AS rid, false AS prior FROM submissions
            UNION ALL SELECT unit_code, unit_name, year, NULL, false FROM sheets
                WHERE status = 'read'
            UNION ALL SELECT any_value(unit_code), any_value(unit_name), year, min(rid), false
                FROM rec_facts
                GROUP BY coalesce(unit_code, unit_name), year
            UNION ALL SELECT any_value(unit_code), any_value(unit_name), year, max(rid), false
                FROM rec_facts
                GROUP BY coalesce(unit_code, unit_name), year
            UNION ALL SELECT DISTINCT unit_code, unit_name, year, NULL::BIGINT, true FROM rec_prior
        ), grouped AS (
            SELECT coalesce(unit_code, unit_name) AS unit, max(unit_code) AS unit_code,
                   min(unit_name) AS unit_name,
                   year, min(rid) AS lo, max(rid) AS hi, bool_and(prior) AS prior
            FROM seen WHERE coalesce(unit_code, unit_name) IS NOT NULL AND year IS NOT NULL
                GROUP BY unit, year
        )
        SELECT (row_number() OVER (ORDER BY unit, year) - 1)::INTEGER AS uy, * FROM grouped
    """)


def load_world(con: duckdb.DuckDBPyConnection, forms: dict[str, Form]) -> World:
    """Reads units, years, forms present and missing. Needs facts, sheets, submissions and units."""
    prepare_facts(con, forms)
    _number_units(con)
    rows = con.execute(
        "SELECT unit, unit_code, unit_name, year, lo, hi, prior FROM rec_uy ORDER BY uy"
    ).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * 7
    names = list(forms)
    size = (len(rows), len(names))
    world = World(
        names,
        list(columns[0]),
        list(columns[1]),
        list(columns[2]),
        np.array(columns[3], int),
        np.array([-1 if v is None else v for v in columns[4]], int),
        np.array([-1 if v is None else v for v in columns[5]], int),
        np.array(columns[6], bool),
        np.zeros(size, bool),
        np.zeros(size, bool),
        _register(con),
    )
    _mark_present(con, world)
    _mark_missing(con, world, forms)
    return world


def _register(con: duckdb.DuckDBPyConnection) -> dict[str, Unit]:
    query = (
        "SELECT unit_code, unit_name, parent_code, unit_type, report_type, first_year, last_year"
        " FROM units"
    )
    return {
        r[0]: Unit(
            r[0], r[1], r[2] or None, r[3] or "", r[4] or "", r[5] or 0, r[6] or date.max.year
        )
        for r in con.execute(query).fetchall()
    }


def _mark(con: duckdb.DuckDBPyConnection, target: np.ndarray, names: list[str], query: str) -> None:
    position = {f: i for i, f in enumerate(names)}
    for uy, form in con.execute(query).fetchall():
        if form in position:
            target[uy, position[form]] = True


ON_UNIT = "coalesce(x.unit_code, x.unit_name) = u.unit AND x.year = u.year"


def _mark_present(con: duckdb.DuckDBPyConnection, world: World) -> None:
    _mark(
        con,
        world.present,
        world.forms,
        f"""
        SELECT DISTINCT u.uy, x.form FROM sheets x JOIN rec_uy u ON {ON_UNIT}
               WHERE x.status = 'read'
        UNION SELECT DISTINCT u.uy, x.form FROM rec_prior x JOIN rec_uy u ON {ON_UNIT}""",
    )


def _mark_missing(con: duckdb.DuckDBPyConnection, world: World, forms: dict[str, Form]) -> None:
    """Required forms that are not there, by the register of submissions and by what the tables
    themselves show.
    """
    missing = world.missing
    _mark(
        con,
        missing,
        world.forms,
        f"""
        SELECT u.uy, trim(f.form) FROM submissions x JOIN rec_uy u ON {ON_UNIT},
        LATERAL (SELECT unnest(string_split(x.missing_forms, ',')) AS form) f
            WHERE x.missing_forms IS NOT NULL""",
    )
    items = {form.expected_when for form in forms.values() if form.expected_when}
    shown = _shown(con, world, sorted(items))
    for number, name in enumerate(world.forms):
        form = forms[name]
        if form.required == "always":
            missing[:, number] = True
        elif form.required in FUNDS:
            missing[:, number] |= shown[FUNDS[form.required]]
        if form.expected_when:
            missing[:, number] |= shown[form.expected_when]
    missing &= ~world.present


def _shown(con: duckdb.DuckDBPyConnection, world: World, items: list[str]) -> dict[str, np.ndarray]:
    """By fund and by item: the units and years whose tables show an amount of it."""
    tests = {fund: _shows_fund(fund) for fund in FUNDS.values()}
    tests |= {item: _shows_item(item) for item in items}
    columns = ", ".join(f"coalesce(bool_or({test}), false)" for test in tests.values())
    rows = con.execute(f"""
        SELECT u.uy, {columns} FROM (
            SELECT unit_code, unit_name, year, form, row_key, col_key, amount FROM rec_facts
            UNION ALL
            SELECT unit_code, unit_name, year, form, row_key, col_key, amount FROM rec_prior) x
        JOIN rec_uy u ON {ON_UNIT}
        WHERE x.amount <> 0 AND x.form IN ('Z01', 'Z01_1', 'Z04') GROUP BY u.uy""").fetchall()
    found = np.zeros((len(tests), len(world)), bool)
    for uy, *shows in rows:
        found[:, uy] = shows
    return dict(zip(tests, found, strict=True))


def _shows_fund(fund: str) -> str:
    return f"""x.form = 'Z01_1' AND x.col_key LIKE '决算数%' AND (x.row_key LIKE '{fund}%'
        OR x.row_key LIKE '%/{fund}%' OR x.col_key LIKE '%/{fund}%')"""


def _shows_item(item: str) -> str:
    named = "'" + item.replace("'", "''") + "'"
    return f"""x.form = 'Z01' AND x.row_key = {named} AND x.col_key = '决算数'
        OR x.form = 'Z04' AND x.row_key = '合计' AND x.col_key = {named}"""
