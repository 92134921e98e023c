"""Formulas as they are written: what of their terms does not depend on the tables at hand.

    terms     term, chk, coef, side, scope, opened, row_sel, col_sel
    operands  chk, op, side, coef, scope, form, block, row_t, col_t, opened, single

``row_sel`` and ``col_sel`` are numbers of selectors (``axes.py`` says which keys they mean). Made
once for the checks of a book, for as long as the process lives: it took a fifth of a small
reconcile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

import pyarrow as pa

from pipelines.reconcile.axes import MAX_WORDS, Axis, Binding
from pipelines.reconcile.once import once_a_book
from pipelines.reconcile.scopes import CHILDREN, LAST_YEAR, PARENT, SELF, SIDES
from schemas.library import Form
from schemas.notation import LENGTHS, Cell, Part, Selector, Term
from schemas.rulemodel import Check, single
from schemas.ruleplaces import split_block

I32, I8, TEXT, FLAG = pa.int32(), pa.int8(), pa.string(), pa.bool_()
NUMBERS = {"coef": I8, "side": I8, "scope": I8}
TERMS = {"term": I32, "chk": I32} | NUMBERS | {"opened": FLAG, "row_sel": I32, "col_sel": I32}
OPERANDS = {"chk": I32, "op": I32, "side": I8, "coef": I8, "scope": I8}
OPERANDS |= dict.fromkeys(("form", "block", "row_t", "col_t"), TEXT)
OPERANDS |= {"opened": FLAG, "single": FLAG}


class Written:
    """``broken``: by rule, why a check of it cannot be used."""

    def __init__(self, checks: Sequence[Check], forms: Mapping[str, Form]) -> None:
        self.forms = forms
        self.rows, self.cols = Axis(), Axis()
        self.broken: dict[str, str] = {}
        self._terms: list[tuple] = []
        self._operands: list[tuple] = []
        for number, check in enumerate(checks):
            self._add(number, check)
        self.terms = _table(self._terms, TERMS)
        self.operands = _table(self._operands, OPERANDS)

    def _add(self, number: int, check: Check) -> None:
        marks = len(self._terms), len(self._operands)
        try:
            self._check(number, check)
        except (ValueError, KeyError, re.error) as error:
            rule = check.rule
            self.broken[rule.id] = f"{rule.source} 规则 {rule.id} 无法编译：{error}"
            del self._terms[marks[0] :], self._operands[marks[1] :]

    def _check(self, number: int, check: Check) -> None:
        if len(check.formula.binding) > MAX_WORDS:
            raise ValueError(f"公式中可变的词超过 {MAX_WORDS} 个")
        looks_down = "下级" in check.scopes
        for term in check.formula.terms:
            if term.cell:
                self._term(number, check, term, term.cell, _scope(term.cell, looks_down))

    def _term(self, number: int, check: Check, term: Term, cell: Cell, scope: int) -> None:
        words, binding = check.formula.words, check.formula.binding
        block, row = split_block(self.forms[cell.form], cell.row)
        coef = int(term.coef * check.scale) * (-1 if term.side == "right" else 1)
        opened = is_open(cell, binding)
        said = (SIDES[term.side], scope)
        selectors = (
            self.rows.number((cell.form, block), row, words, binding),
            self.cols.number((cell.form, block), cell.col, words, binding),
        )
        self._terms.append((len(self._terms), number, coef, *said, opened, *selectors))
        only = sum(1 for t in check.formula.side(term.side) if t.cell) == 1
        alone = only and not term.summed and single(cell)
        for templates in _templates(row, cell.col, words, binding, opened):
            where = (said[0], coef, scope, cell.form, block, *templates)
            self._operands.append((number, len(self._operands), *where, opened, alone))


# The checks as they are written.
written_of = once_a_book(Written)


def _table(rows: list[tuple], types: Mapping[str, pa.DataType]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(c, t) for c, t in zip(columns, types.values(), strict=True)]
    return pa.table(arrays, names=list(types))


def _scope(cell: Cell, looks_down: bool) -> int:
    if cell.scope == "上年":
        return LAST_YEAR
    if cell.scope == "下级":
        return CHILDREN
    return PARENT if looks_down else SELF


def is_open(cell: Cell, binding: Binding) -> bool:
    """Whether a cell stands for as many cells as a table happens to have (Σ over a word, children
    of a code).
    """
    return (
        cell.row.tree
        or cell.col.tree
        or bool(set(cell.words) - set(binding))
        or cell.scope == "下级"
    )


def _templates(
    row: Selector, col: Selector, words: Mapping[str, str], binding: Binding, opened: bool
) -> list[tuple[str, str]]:
    """Row and column keys with <1>, <2>, <3> for the words bound; regular expressions where the
    cell is open.
    """
    rows = _fill(row, words, binding, opened)
    return list(product(rows, _fill(col, words, binding, opened)))


def _fill(
    selector: Selector, words: Mapping[str, str], binding: Binding, opened: bool
) -> list[str]:
    steps = [_step(p, words, binding, opened) for p in selector.parts]
    return ["/".join(s) for s in product(*steps)]


def _step(part: Part, words: Mapping[str, str], binding: Binding, opened: bool) -> list[str]:
    if not part.word:
        return [re.escape(n) if opened else n for n in part.names]
    if part.word not in binding:
        return [f"(?:{words[part.word]})"]
    slot = f"<{binding.index(part.word) + 1}>"
    if part.child:
        return [slot + rf"\d{{{LENGTHS[part.child] - LENGTHS[part.word]}}}"]
    return [slot]
