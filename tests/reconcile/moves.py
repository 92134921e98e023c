"""Slips that keep every sum of their own table: amounts moved between cells so that nothing inside
the table contradicts them. Only another table can.

``Moves`` reads the equalities inside each form from the compiled rules, so it knows no form. It
bumps one cell and mends what that breaks by another cell, until every equality of the form holds.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from pipelines.database import open_database
from pipelines.reconcile.held import is_equality
from pipelines.reconcile.terms import Compiler, plan_of

CENT = Decimal("0.01")
MOST_CELLS = 14  # a hand moves an amount from here to there, with what adds up to it
TRIES = 60

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Move:
    """What a slip adds to each cell of one form, in 元."""

    form: str
    changes: dict[Key, Decimal]


class Moves:
    """The equalities inside the forms among ``keys``, compiled once, and slips among them."""

    def __init__(self, book, keys: Iterable[Key]) -> None:
        self.of: dict[Key, list[dict[Key, int]]] = defaultdict(list)
        for terms in _inside(book, sorted(set(keys))):
            for key in terms:
                self.of[key].append(terms)

    def moved(self, amounts: dict[Key, Decimal], start: Key, rng: random.Random) -> Move | None:
        """A slip that begins at ``start`` and keeps every equality of its form, if one is found."""
        for _ in range(TRIES):
            units = self._repaired(amounts, start, rng)
            move = _scaled(amounts, units, rng) if units else None
            if move:
                return move
        return None

    def _repaired(
        self, amounts: dict[Key, Decimal], start: Key, rng: random.Random
    ) -> dict[Key, int] | None:
        """How many times the amount each cell changes."""
        units = {start: -1}
        while len(units) <= MOST_CELLS:
            broken = self._broken(units)
            if broken is None:
                return units if len(units) > 1 else None
            terms, short = broken
            free = [k for k in terms if k not in units and k in amounts and abs(terms[k]) == 1]
            if not free:
                return None
            free.sort(key=lambda k: (-_leaning(amounts, k), rng.random()))
            mended = free[0] if rng.random() < 0.7 else rng.choice(free)
            units[mended] = -short // terms[mended]
        return None

    def _broken(self, units: dict[Key, int]) -> tuple[dict[Key, int], int] | None:
        for key in units:
            for terms in self.of[key]:
                short = sum(n * terms.get(k, 0) for k, n in units.items())
                if short:
                    return terms, short
        return None


def _leaning(amounts: dict[Key, Decimal], key: Key) -> int:
    """Cells that hold something and stand low in the table are where a hand slips."""
    code = key[2] if key[2].isdigit() else ""
    return len(code) + (2 if amounts.get(key) else 0)


def _scaled(amounts: dict[Key, Decimal], units: dict[Key, int], rng: random.Random) -> Move | None:
    """An amount such that nothing becomes negative that was not."""
    room = [amounts[k] / -n for k, n in units.items() if n < 0 and amounts[k] >= 0]
    most = min(room, default=Decimal(0))
    if most < 1:
        return None
    amount = most if rng.random() < 0.4 else (most * rng.randint(10, 90) / 100).quantize(CENT)
    (form,) = {k[0] for k in units}
    return Move(form, {k: amount * n for k, n in units.items()})


def _inside(book, keys: list[Key]) -> Iterator[dict[Key, int]]:
    """{cell: coefficient} of every equality whose cells all stand in one form."""
    plan = plan_of(book)
    with open_database() as con:
        columns = list(zip(*keys, strict=True))
        names = ["form", "block", "row_key", "col_key"]
        con.register("given", pa.table([pa.array(c) for c in columns], names=names))
        con.execute("CREATE TEMP TABLE rec_keys AS SELECT * FROM given")
        Compiler(con, book.forms).run(plan)
        rows = con.execute(f"""
            SELECT t.inst, k.form, k.block, k.row_key, k.col_key,
                sum(t.coef)
            FROM rec_terms t JOIN (
                SELECT *, hash(form, block, row_key, col_key) AS key FROM rec_keys) k
                ON k.key = t.key
            WHERE t.scope = 0 AND t.side < 2 AND t.inst >> 32 < {plan.own}
            GROUP BY ALL ORDER BY ALL""")
        found: dict[int, dict[Key, int]] = defaultdict(dict)
        for inst, *key, coef in rows.fetchall():
            if coef:
                found[inst][tuple(key)] = int(coef)
    for inst, terms in sorted(found.items()):
        check = plan.checks[inst >> 32]
        forms = {cell.form for cell in check.formula.cells}
        used = {key[0] for key in terms}
        alone = (
            not {"上年", "下级"}.intersection(check.scopes)
            and not check.provided
            and len(used) == 1
        )
        if alone and is_equality(check) and len(forms) == 1 and len(terms) > 1:
            yield terms


def exchanged(amounts: dict[Key, Decimal], form: str, rng: random.Random) -> Move | None:
    """The rows of two items of one 款 change places."""
    rows: dict[str, dict[Key, Decimal]] = defaultdict(dict)
    for key, amount in amounts.items():
        if key[0] == form and key[2].isdigit() and len(key[2]) == 7:
            rows[key[2]][key] = amount
    pairs = [(a, b) for a in rows for b in rows if a < b and a[:5] == b[:5]]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    changes: dict[Key, Decimal] = {}
    for here, there in ((one, other), (other, one)):
        columns = {(k[1], k[3]) for row in (one, other) for k in rows[row]}
        for block, column in columns:
            before = amounts.get((form, block, here, column), Decimal(0))
            after = amounts.get((form, block, there, column), Decimal(0))
            if before != after:
                changes[form, block, here, column] = after - before
    return Move(form, changes) if changes else None
