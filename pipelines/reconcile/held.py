"""How much of what was submitted another table, another year or another level of the department
holds: the amounts that could not be moved inside their own table unnoticed.

A cell counts as held where an equality reaches it that has cells of another table or level in it,
and that rule was evaluated for the unit and year. Inequalities and sums of its own table do not
count. What is free, and why, is in ``schemas/free_cells.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.reconcile.once import once_a_book
from pipelines.reconcile.scopes import CHILDREN, LAST_YEAR
from pipelines.reconcile.terms import Plan
from schemas.library import Form
from schemas.rulemodel import Check

REACH = "held_reach"

# The rules behind a cell are few combinations for many cells: these are numbered, cells are added
# up by unit, year and combination, and what was evaluated is looked up once for each of these.
_MEASURE = f"""
    WITH reached AS (
        SELECT hash(form, block, row_key, col_key) AS key,
            list(DISTINCT rule_id ORDER BY rule_id) AS rules
        FROM {REACH} GROUP BY form, block, row_key, col_key),
    combined AS MATERIALIZED (
        SELECT rules, row_number() OVER ()::INTEGER AS combination
        FROM (SELECT DISTINCT rules FROM reached)),
    numbered AS (SELECT key, combination FROM reached JOIN combined USING (rules)),
    evaluated AS (
        SELECT coalesce(unit_code, unit_name) AS unit, year, list(rule_id) AS rules
        FROM check_results WHERE outcome IN ('pass', 'fail')
            AND rule_id IN (SELECT rule_id FROM {REACH}) GROUP BY ALL),
    holding AS (
        SELECT e.unit, e.year, c.combination FROM evaluated e, combined c
        WHERE list_has_any(e.rules, c.rules)),
    cells AS (
        SELECT coalesce(unit_code, unit_name) AS unit, year,
            hash(form, block, row_key, col_key) AS key, abs(amount) AS amount
        FROM facts WHERE amount IS NOT NULL AND list_contains($forms, form)),
    summed AS (
        SELECT unit, year, combination, count(*) AS cells, sum(amount) AS amount
        FROM cells LEFT JOIN numbered USING (key) GROUP BY ALL)
    SELECT coalesce(sum(s.cells), 0), coalesce(sum(s.amount), 0),
        coalesce(sum(s.cells) FILTER (h.unit IS NOT NULL), 0),
        coalesce(sum(s.amount) FILTER (h.unit IS NOT NULL), 0)
    FROM summed s LEFT JOIN holding h USING (unit, year, combination)
"""


@dataclass(frozen=True)
class Held:
    """``cells`` with an amount and their ``amount`` (元) in all, and how much of each is held."""

    cells: int
    amount: float
    held_cells: int
    held_amount: float

    @property
    def shares(self) -> dict[str, float]:
        """The share of cells and of amounts that is held: 0 to 1, four decimals; 1 of nothing."""
        return {
            "cells": round(self.held_cells / self.cells, 4) if self.cells else 1.0,
            "amount": round(self.held_amount / self.amount, 4) if self.amount else 1.0,
        }


def is_equality(check: Check) -> bool:
    """Whether a difference of one 分 at any operand makes the formula fail."""
    return check.formula.cmp == "=" and not check.formula.side("slack")


def across(check: Check) -> bool:
    """Whether the formula compares a table with another one, with another year or another level."""
    return len({c.form for c in check.formula.cells}) > 1 or bool(
        {"上年", "下级"}.intersection(check.scopes)
    )


@once_a_book
def _holding(checks: Sequence[Check], forms: Mapping[str, Form]) -> pa.Table:
    """chk, rule_id: the checks that hold their cells, by number."""
    holding = {
        number: check.rule.id
        for number, check in enumerate(checks)
        if is_equality(check) and across(check)
    }
    return pa.table(
        {
            "chk": pa.array(list(holding), pa.int64()),
            "rule_id": pa.array(list(holding.values()), pa.string()),
        }
    )


def note_reach(con: duckdb.DuckDBPyConnection, plan: Plan, forms: Mapping[str, Form]) -> None:
    """Makes ``held_reach``: cell keys, and the rules that hold them against another table or level.

    Needs ``rec_terms`` and ``rec_keys``.
    """
    con.register("rec_holding", _holding(plan.checks[: plan.own], forms))
    # A term's key carries its scope; taken off on the term's side, for a join over an expression of
    # both sides would try every pair.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {REACH} AS
        WITH net AS (
            SELECT t.key, t.scope, h.rule_id FROM rec_terms t
            JOIN rec_holding h ON h.chk = t.inst >> 32
            WHERE t.side < 2 AND t.scope NOT IN ({LAST_YEAR}, {CHILDREN})
            GROUP BY t.key, t.scope, t.inst, h.rule_id HAVING sum(t.coef) <> 0)
        SELECT DISTINCT k.form, k.block, k.row_key, k.col_key, n.rule_id
        FROM net n JOIN (SELECT *, hash(form, block, row_key, col_key) AS key FROM rec_keys) k
            ON k.key = xor(n.key, n.scope::UBIGINT)""")
    con.unregister("rec_holding")


def measure(con: duckdb.DuckDBPyConnection, forms: Mapping[str, Form]) -> Held:
    """The cells of the 财决 tables of a run and how many are held. Needs ``held_reach``."""
    internal = [form.form for form in forms.values() if form.family == "财决"]
    cells, amount, held_cells, held_amount = con.execute(_MEASURE, {"forms": internal}).fetchall()[
        0
    ]
    return Held(int(cells), float(amount), int(held_cells), float(held_amount))
