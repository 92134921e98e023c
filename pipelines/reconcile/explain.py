"""One finding taken apart: every operand with its place, amount and coefficient, and what else its
cells are part of.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.database import open_database
from pipelines.reconcile.engine import compile_book
from pipelines.reconcile.findings import FILL, MACROS
from pipelines.reconcile.scopes import CHILDREN, LAST_YEAR
from pipelines.reconcile.steps import Runner
from pipelines.reconcile.submissions import prepare_facts
from schemas.rulebook import Rulebook, load_rulebook

OPERANDS = Path(__file__).with_name("explain_operands.sql")
SCOPES = {LAST_YEAR: "上年", CHILDREN: "下级"}
SIDES = {0: "left", 1: "right", 2: "slack"}
FACT_COLUMNS = "form, block, row_key, row_label, col_key, col_label, amount, file, sheet, cell"


def explain(
    con: duckdb.DuckDBPyConnection, finding_id: str, book: Rulebook | None = None
) -> dict[str, Any] | None:
    """A finding of a published set, or None. ``con`` may be read-only.

    Keys: ``finding`` (its columns), ``rule`` (id, title, formula, basis, advice, text),
    ``operands`` (side, coefficient, scope, form, row, column, file, sheet, cell, amount, raw: None
    where no sheet has the row or column, empty in a blank cell), ``suspects``, ``shared`` (other
    findings that share a cell).
    """
    found = _dicts(con, "SELECT * FROM findings WHERE finding_id = ?", [finding_id])
    if not found:
        return None
    finding = found[0]
    book = book or load_rulebook()
    return {
        "finding": finding,
        "rule": _rule(book, finding["rule_id"]),
        "operands": _operands(con, book, finding) or _places(con, finding_id),
        "suspects": _dicts(
            con,
            """SELECT rank, file, sheet, cell, amount, suggested FROM finding_cells
            WHERE finding_id = ? AND role = 'suspect' ORDER BY rank, file, sheet, cell""",
            [finding_id],
        ),
        "shared": _shared(con, finding_id),
    }


def _dicts(con: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[dict[str, Any]]:
    result = con.execute(query, values)
    names = [d[0] for d in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _rule(book: Rulebook, rule_id: str) -> dict[str, Any]:
    rule = book.rules.get(rule_id)
    if rule is None:
        return {"id": rule_id, "title": "", "formula": "", "basis": "", "advice": "", "text": ""}
    return {
        "id": rule.id,
        "title": rule.title,
        "formula": rule.formula,
        "basis": rule.basis,
        "advice": rule.advice,
        "text": book.render_rule(rule),
    }


def _places(con: duckdb.DuckDBPyConnection, finding_id: str) -> list[dict[str, Any]]:
    return _dicts(
        con,
        """SELECT role AS side, 1 AS coefficient, file, sheet, cell, amount, quote
                FROM finding_cells
        WHERE finding_id = ? AND role <> 'suspect' ORDER BY role, file, sheet, cell""",
        [finding_id],
    )


def _shared(con: duckdb.DuckDBPyConnection, finding_id: str) -> list[dict[str, Any]]:
    return _dicts(
        con,
        """
        SELECT DISTINCT f.finding_id, f.rule_id, f.severity, f.subject, f.message, c.file, c.sheet,
               c.cell
        FROM finding_cells mine
            JOIN finding_cells c ON c.file = mine.file AND c.sheet = mine.sheet
            AND c.cell = mine.cell
        JOIN findings f ON f.finding_id = c.finding_id
        WHERE mine.finding_id = ? AND mine.role <> 'suspect' AND c.role <> 'suspect'
            AND c.finding_id <> mine.finding_id
        ORDER BY ALL LIMIT 200""",
        [finding_id],
    )


def _operands(
    con: duckdb.DuckDBPyConnection, book: Rulebook, finding: dict[str, Any]
) -> list[dict[str, Any]]:
    """The rule compiled once more over the facts of this unit alone; empty where the rule is not a
    formula.
    """
    rule = book.rules.get(finding["rule_id"])
    if rule is None or rule.kind != "formula" or rule.broken:
        return []
    aside = open_database()
    try:
        _copy_facts(con, aside, finding)
        small = Rulebook(
            {rule.id: rule}, [c for c in book.checks if c.rule.id == rule.id], book.forms
        )
        prepare_facts(aside, book.forms)
        aside.execute(MACROS)
        compile_book(Runner(aside), small)
        return _read_operands(aside, finding, {n: c.scale for n, c in enumerate(small.checks)})
    finally:
        aside.close()


def _copy_facts(
    con: duckdb.DuckDBPyConnection, aside: duckdb.DuckDBPyConnection, finding: dict[str, Any]
) -> None:
    """Facts of the unit, its last year and its subordinates; and where the rows and columns of
    their tables stand.
    """
    unit, year = finding["unit_code"] or finding["unit_name"], finding["year"]
    children = [
        r[0]
        for r in con.execute("SELECT unit_code FROM units WHERE parent_code = ?", [unit]).fetchall()
    ]
    mine = (
        "coalesce(unit_code, unit_name) = ? AND year IN (?, ? - 1) OR list_contains(?, unit_code)"
        " AND year = ?"
    )
    values = [unit, year, year, children, year]
    for name in ("facts", "sheets", "lines"):
        _copy(
            aside,
            name,
            con.sql(f"SELECT * FROM {name} WHERE {mine}", params=values).to_arrow_table(),
        )
    layouts = con.sql(
        f"SELECT * FROM layouts SEMI JOIN (SELECT layout FROM sheets WHERE {mine}) USING (layout)",
        params=values,
    )
    _copy(aside, "layouts", layouts.to_arrow_table())


def _copy(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("given", table)
    con.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    con.unregister("given")


def _owner(who: str) -> str:
    """SQL: whether a row of ``who`` is of the unit and year that the scope of a term means."""
    unit = f"coalesce({who}.unit_code, {who}.unit_name)"
    return f"""CASE s.scope WHEN 1 THEN {unit} = $unit AND {who}.year = $year - 1
        WHEN 2 THEN {unit} <> $unit AND {who}.year = $year
            ELSE {unit} = $unit AND {who}.year = $year END"""


NAMES = (
    "form",
    "block",
    "row_key",
    "row_label",
    "col_key",
    "col_label",
    "amount",
    "file",
    "sheet",
    "cell",
    "unit_name",
    "raw",
)


def _read_operands(
    con: duckdb.DuckDBPyConnection, finding: dict[str, Any], scales: dict[int, int]
) -> list[dict[str, Any]]:
    """Filled cells, blank cells of lines that stand on the sheet, and cells that the formula names
    and no sheet has.
    """
    query = OPERANDS.read_text("utf-8").format(**_parts())
    about = {
        "subject": finding["subject"],
        "unit": finding["unit_code"] or finding["unit_name"],
        "year": finding["year"],
    }
    rows = con.execute(query, about).fetchall()
    return [_operand(scales, *row) for row in rows]


def _operand(
    scales: dict[int, int], chk: int, side: int, scope: int, coefficient: int, *rest: Any
) -> dict[str, Any]:
    told = {
        "side": SIDES[side],
        "scope": SCOPES.get(scope, ""),
        "coefficient": _signed(side, coefficient, scales[chk]),
    }
    return told | dict(zip(NAMES, rest, strict=True))


def _parts() -> dict[str, str]:
    """What the query holds in braces: keys with their variables filled in, and whose a row is."""
    return {
        "row": FILL.format("o.row_t"),
        "column": FILL.format("o.col_t"),
        "subject_row": FILL.format("s.row_t"),
        "subject_column": FILL.format("s.col_t"),
        "owner_of_fact": _owner("f"),
        "owner_of_line": _owner("l"),
    }


def _signed(side: int, coef: int, scale: int) -> int | float:
    """The coefficient as written on its own side of the formula."""
    value = coef * (-1 if side == 1 else 1)
    return value if scale == 1 else value / scale
