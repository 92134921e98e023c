"""The worked examples of the rules, run through the engine itself: each is a unit of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb

from pipelines.database import open_database
from pipelines.reconcile.engine import reconcile
from schemas.frames import DATASETS
from schemas.library import Form
from schemas.notation import Cell, FormulaError
from schemas.parsing import parse
from schemas.rulebook import Rulebook
from schemas.rulemodel import Example, Rule
from schemas.ruleplaces import split_block

YEAR = 2023
DASHES = ("—", "－", "-", "–")


@dataclass(frozen=True)
class ExampleResult:
    """One example: what it should come to and what it came to.

    ``reason`` where something else came out.
    """

    rule_id: str
    name: str
    expected: str
    actual: str
    reason: str
    passed: bool
    failed: int = 0


Key = tuple[str, int, str, str]  # unit, year, form, block


@dataclass(slots=True)
class Tables:
    """Rows of the input datasets while they are being made."""

    facts: list[dict] = field(default_factory=list)
    sheets: dict[tuple, dict] = field(default_factory=dict)
    lines: dict[tuple, dict] = field(default_factory=dict)
    layouts: dict[tuple, dict] = field(default_factory=dict)
    units: list[dict] = field(default_factory=list)
    submissions: list[dict] = field(default_factory=list)

    def load(self, con: duckdb.DuckDBPyConnection) -> None:
        """Creates facts, sheets, lines, layouts, units and submissions in the connection."""
        for name in ("facts", "sheets", "lines", "layouts", "units", "submissions"):
            rows = getattr(self, name)
            table = DATASETS[name].table(list(rows.values()) if isinstance(rows, dict) else rows)
            con.register("rec_given", table)
            con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rec_given")
            con.unregister("rec_given")


def run_examples(book: Rulebook, rules: Iterable[str] | None = None) -> list[ExampleResult]:
    """Runs the examples of all rules (or of those named).

    A mistake in an example is a failed example.
    """
    tables = Tables()
    chosen = [r for r in book.rules.values() if rules is None or r.id in set(rules)]
    listed = [(r, n, e) for r in chosen for n, e in enumerate(r.examples, 1)]
    mistakes: dict[tuple[str, int], str] = {}
    for rule, number, example in listed:
        try:
            add_example(tables, book.forms, f"{rule.id}/{number}", example)
        except (FormulaError, ValueError, KeyError) as error:
            mistakes[(rule.id, number)] = f"示例有误：{error}"
    found = _outcomes(book, tables)
    return [_result(found, r, n, e, mistakes.get((r.id, n), "")) for r, n, e in listed]


def _outcomes(book: Rulebook, tables: Tables) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(rule, example) → outcome, reason and failures, of each rule on its own examples."""
    con = open_database()
    try:
        tables.load(con)
        reconcile(con, book, years={YEAR}, advise=False)
        rows = con.execute(
            "SELECT rule_id, unit_code, outcome, coalesce(reason, ''), failed FROM check_results"
        ).fetchall()
        return {(r[0], r[1]): r[2:] for r in rows if r[1].startswith(f"{r[0]}/")}
    finally:
        con.close()


def _result(found: dict, rule: Rule, number: int, example: Example, mistake: str) -> ExampleResult:
    name = example.name or f"示例 {number}"
    if mistake:
        return ExampleResult(rule.id, name, example.expect, "broken", mistake, False)
    nothing = ("not_evaluated", "示例没有任何数据", 0)
    outcome, reason, failed = found.get((rule.id, f"{rule.id}/{number}"), nothing)
    passed = outcome == example.expect and example.failed in (None, failed)
    if outcome == example.expect and not passed:
        reason = f"应有 {example.failed} 处不通过，实有 {failed} 处"
    return ExampleResult(rule.id, name, example.expect, outcome, reason, passed, failed)


def add_example(tables: Tables, forms: dict[str, Form], unit: str, example: Example) -> None:
    """One example as a unit's tables: keys such as ``Z01[收入/总计, 决算数]``, 上年. and 下级. in
    front.
    """
    child = f"{unit}/下级"
    _register(tables, unit, example.unit_type, example.report or "单户", None)
    if any(str(k).startswith("下级.") for k in example.facts):
        _register(tables, child, "", "单户", unit)
    for form in example.forms:
        _sheet(tables, unit, YEAR, form, example.decimals, forms)
    for text, value in example.facts.items():
        cell = next(parse(f"{text} > 0").cells)
        owner = child if cell.scope == "下级" else unit
        year = YEAR - 1 if cell.scope == "上年" else YEAR
        _fact(tables, forms, owner, year, cell, value, example.decimals)


def _register(tables: Tables, unit: str, unit_type: str, report: str, parent: str | None) -> None:
    row = {
        "unit_code": unit,
        "unit_name": unit,
        "parent_code": parent,
        "unit_type": unit_type,
        "report_type": report,
    }
    tables.units.append(row)
    tables.submissions.append(
        {"unit_code": unit, "unit_name": unit, "year": YEAR, "status": "complete"}
    )


def _sheet(
    tables: Tables, unit: str, year: int, form: str, decimals: int | None, forms: dict[str, Form]
) -> dict:
    printed = 2 if decimals is None or (not forms[form].published and form != "F03") else decimals
    row = {
        "file": f"{unit}/{year}.xlsx",
        "sheet": form,
        "sheet_no": 1,
        "visibility": "visible",
        "form": form,
        "unit_code": unit,
        "unit_name": unit,
        "year": year,
        "money_unit": "元",
        "decimals": printed,
        "status": "read",
        "numbers": 0,
        "facts_numbers": 0,
        "structural": 0,
        "left_out": 0,
        "layout": f"{unit}/{year}/{form}",
    }
    return tables.sheets.setdefault((unit, year, form), row)


def _fact(
    tables: Tables,
    forms: dict[str, Form],
    unit: str,
    year: int,
    cell: Cell,
    value: Any,
    decimals: int | None,
) -> None:
    block, row = split_block(forms[cell.form], cell.row)
    row_key, col_key = row.literal, cell.col.literal
    if row_key is None or col_key is None:
        raise ValueError(f"{cell.form}[{cell.row.text}, {cell.col.text}] 不是一个单元格")
    sheet = _sheet(tables, unit, year, cell.form, decimals, forms)
    where = {
        "form": cell.form,
        "block": block,
        "unit_code": unit,
        "unit_name": unit,
        "year": year,
        "file": sheet["file"],
        "sheet": sheet["sheet"],
    }
    key = (unit, year, cell.form, block)
    line = _line(tables, key, where, row_key)
    column = _column(tables, key, sheet["layout"], col_key)
    if value is not None:
        place = {"cell": f"{column['letter']}{line['row']}", "decimals": sheet["decimals"]}
        names = _labels("row", row_key) | _labels("col", col_key)
        tables.facts.append(where | names | _read(value) | place)


def _labels(axis: str, key: str) -> dict[str, str]:
    return {f"{axis}_key": key, f"{axis}_label": key}


def _read(value: Any) -> dict[str, Any]:
    """An amount as it is written in an example: a number, or a dash for nothing."""
    dash = str(value) in DASHES
    return {
        "amount": None if dash else _amount(value),
        "state": "dash" if dash else "number",
        "raw": str(value),
    }


def _line(tables: Tables, key: Key, where: dict[str, Any], row_key: str) -> dict[str, Any]:
    """The line of that key, made where it is new."""
    line = where | _labels("row", row_key) | {"row": len(tables.lines) + 1, "panel": ""}
    return tables.lines.setdefault((*key, row_key), line)


def _column(tables: Tables, key: Key, layout: str, col_key: str) -> dict[str, Any]:
    """The amount column of that key, made where it is new, to the right of the others."""
    before = sum(1 for k in tables.layouts if k[:4] == key)
    column = {"layout": layout, "form": key[2], "block": key[3], "panel": ""}
    column |= _labels("col", col_key) | {"letter": _letter(before)}
    return tables.layouts.setdefault((*key, col_key), column)


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise ValueError(f"“{value}”不是金额") from error


def _letter(number: int) -> str:
    return chr(ord("B") + number % 24)
