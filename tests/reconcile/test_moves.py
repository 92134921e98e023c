"""Amounts moved so that every sum of their own table stays right: another table sees it, or the
domain leaves the cells free and says why.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.coverage import FREE, coverage, holding
from schemas.free_cells import why_free
from tests.reconcile.moves import Move, Moves, exchanged
from tests.reconcile.worlds import sample
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

BOOK = shipped_book()
STRATA = 12  # as many kinds of cells are tried for a unit before it is left alone


class Desk:
    """Units that stand alone (no department, no year before), each with its amounts."""

    def __init__(self, units: int, seed: int) -> None:
        self.case, _ = sample(units, 1, seed=seed)
        for unit in self.case.rows["units"]:
            unit["parent_code"], unit["report_type"] = None, "单户"
        self.facts: dict[str, dict] = defaultdict(dict)
        for fact in self.case.rows["facts"]:
            if BOOK.forms[fact["form"]].family == "财决" and fact["state"] == "number":
                self.facts[fact["unit_code"]][_key(fact)] = fact
        self.rng = random.Random(seed)
        self.tried: Counter = Counter()
        self.moves = Moves(BOOK, {key for facts in self.facts.values() for key in facts})
        self.known = {finding[:3] for finding in self.findings()}

    def amounts(self, unit: str) -> dict:
        return {key: fact["amount"] for key, fact in self.facts[unit].items()}

    def slip(self, unit: str) -> Move | None:
        """A slip among the kinds of cells that were tried least."""
        amounts = self.amounts(unit)
        if self.rng.random() < 0.15:
            form = self.rng.choice(sorted({key[0] for key in amounts}))
            move = exchanged(amounts, form, self.rng)
            return move if move and all(k in amounts for k in move.changes) else None
        kinds = defaultdict(list)
        for key in amounts:
            if amounts[key] > 0 and key in self.moves.of:
                kinds[_stratum(key)].append(key)
        least = sorted(kinds, key=lambda kind: (self.tried[kind], self.rng.random()))
        for kind in least[:STRATA]:
            self.tried[kind] += 1
            if move := self.moves.moved(amounts, self.rng.choice(kinds[kind]), self.rng):
                return move
        return None

    def findings(self) -> list[tuple]:
        con = self.case.load()
        reconcile(con, BOOK)
        return con.execute("""
            SELECT f.unit_code, f.rule_id, f.subject, list(DISTINCT c.sheet)
            FROM raw_findings f LEFT JOIN raw_cells c USING (finding_id)
            WHERE f.severity <> 'hint' GROUP BY ALL""").fetchall()

    def round(self) -> list[tuple[Move, bool]]:
        """One slip a unit; each with whether a finding names its table."""
        planted = {unit: move for unit in self.facts if (move := self.slip(unit))}
        self._apply(planted, 1)
        named = defaultdict(set)
        for unit, rule, subject, sheets in self.findings():
            if (unit, rule, subject) not in self.known:
                named[unit].update(sheets)
        self._apply(planted, -1)
        return [(move, move.form in named[unit]) for unit, move in planted.items()]

    def _apply(self, planted: dict[str, Move], sign: int) -> None:
        for unit, move in planted.items():
            for key, change in move.changes.items():
                self.facts[unit][key]["amount"] += sign * change


def _key(fact: dict) -> tuple[str, str, str, str]:
    return fact["form"], fact["block"], fact["row_key"], fact["col_key"]


def _stratum(key: tuple[str, str, str, str]) -> tuple[str, str, str]:
    return key[0], key[1], "科目" if key[3].isdigit() else key[3]


def _is_free(move: Move) -> bool:
    """Whether the domain gives a reason for every cell that the slip changed."""
    return all(why_free(key) for key in move.changes)


def _scored(units: int, seed: int, rounds: int) -> list[tuple[Move, bool]]:
    desk = Desk(units, seed)
    return [result for _ in range(rounds) for result in desk.round()]


def test_a_move_keeps_every_sum_of_its_table():
    desk = Desk(2, 9)
    unit = next(iter(desk.facts))
    slips = [move for _ in range(20) if (move := desk.slip(unit))]
    amounts = desk.amounts(unit)
    assert len(slips) > 10
    for move in slips:
        for key in move.changes:
            for terms in desk.moves.of[key]:
                assert sum(n * move.changes.get(k, Decimal(0)) for k, n in terms.items()) == 0
        assert all(amounts[k] + change >= 0 or amounts[k] < 0 for k, change in move.changes.items())


def _assert_found(results: list[tuple[Move, bool]]) -> None:
    missed = [move for move, found in results if not found]
    assert [move for move in missed if not _is_free(move)] == []
    assert len(missed) < 0.25 * len(results)


def test_what_is_moved_within_a_table_is_seen_by_another():
    results = _scored(12, 21, 1)
    assert len(results) >= 10
    _assert_found(results)


@pytest.mark.slow
def test_twice_as_many_moves():
    results = _scored(14, 21, 2)
    assert len(results) >= 20
    _assert_found(results)


@pytest.mark.slow
@pytest.mark.skipif(
    "CAIJUE_SLOW" not in os.environ, reason="some minutes; set CAIJUE_SLOW to run it"
)
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", [61, 62])
def test_hundreds_of_moves_over_every_form(seed):
    results = _scored(40, seed, 6)
    assert len(results) >= 200
    _assert_found(results)


def test_what_is_free_is_held_by_nothing():
    desk = Desk(2, 9)
    keys = sorted({key for facts in desk.facts.values() for key in facts})
    free = {one.key for one in coverage(BOOK, keys) if holding(one) == FREE}
    assert free and all(why_free(key) for key in free)
