"""Formulas made into a table of signed terms over the keys that occur.

    rec_terms key, inst, coef, side, opened one row per cell key that takes part in an instance
    rec_instances inst, chk, v1, v2, v3 what the words of the formula stand for in the instance
    rec_operands chk, op, side, coef, scope, form, block, row_t, col_t, opened, single

``key`` is the hash of form, block, row and column, mixed with the scope: 0 the unit and year
itself, 1 the year before, 2 the subordinate units, 3 the unit itself where a formula looks at its
subordinates. ``inst >> 32`` is ``chk``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import product

import duckdb
import pyarrow as pa

from schemas.library import Form
from schemas.notation import LENGTHS, Cell, Part, Selector, Term, pattern, written
from schemas.rulebook import Rulebook
from schemas.rulemodel import Check, single
from schemas.ruleplaces import split_block

SELF, LAST_YEAR, CHILDREN, PARENT = 0, 1, 2, 3
LEFT, RIGHT, SLACK = 0, 1, 2
SIDES = {"left": LEFT, "right": RIGHT, "slack": SLACK}
KEY = "hash({0}form, {0}block, {0}row_key, {0}col_key)"
TERMS = """
    SELECT xor(e.key, e.scope::UBIGINT) AS key, i.inst, sum(e.coef)::TINYINT AS coef, e.side,
           bool_or(e.opened) AS opened, e.scope
    FROM rec_expanded e JOIN rec_instances i USING (chk, v1, v2, v3)
    GROUP BY e.key, e.scope, i.inst, e.side"""
MAX_WORDS = 3  # variables in one selector; no rule of the book has more


def key_sql(prefix: str = "") -> str:
    """SQL for the hash of a cell's key; ``prefix`` such as ``f.``."""
    return KEY.format(prefix)


@dataclass
class Plan:
    """The checks in the order of their numbers; conditions stand behind the rules' own."""

    checks: list[Check]
    conditions: dict[int, list[int]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    own: int = 0
    published: frozenset[str] = frozenset()  # ids of the forms that go to the public

    @property
    def condition_ids(self) -> range:
        return range(self.own, len(self.checks))


def plan_of(book: Rulebook) -> Plan:
    """All checks of the book, and once each the conditions they ask for."""
    checks = list(book.checks)
    published = frozenset(f.form for f in book.forms.values() if f.published)
    plan = Plan(checks, own=len(checks), published=published)
    known: dict[tuple, int] = {}
    for number, check in enumerate(book.checks):
        for condition in check.provided:
            name = (condition.formula.text, tuple(sorted(condition.formula.words.items())))
            if name not in known:
                known[name] = len(checks)
                checks.append(condition)
            plan.conditions.setdefault(number, []).append(known[name])
    return plan


def load_keys(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_keys``: form, block, row and column of every cell, of this run and of years before."""
    keys = "SELECT DISTINCT form, block, row_key, col_key FROM {}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE rec_keys AS {keys.format('rec_facts')}"
        f" UNION {keys.format('rec_prior')}"
    )


def compile_terms(con: duckdb.DuckDBPyConnection, plan: Plan, forms: dict[str, Form]) -> None:
    """Every formula as signed terms over the keys that occur; a check that cannot be expanded
    breaks its rule only (``plan.broken``).
    """
    con.execute(published_macro(plan.published))
    Compiler(con, forms).run(plan)


def published_macro(forms: Collection[str]) -> str:
    """``rec_published(form)``: whether a form is one that goes to the public."""
    listed = ", ".join(f"'{form}'" for form in sorted(forms)) or "''"
    return f"CREATE OR REPLACE TEMP MACRO rec_published(form) AS form IN ({listed})"


Binding = tuple[str, ...]  # the words of a formula that tell its instances apart
Axis = dict[str, int]  # the row (or column) keys of a form and block, with their ids


@dataclass
class _Rows:
    """Columns of a table that is being made."""

    names: tuple[str, ...]
    rows: list[tuple] = field(default_factory=list)

    def table(self, types: Iterable[pa.DataType]) -> pa.Table:
        columns = list(zip(*self.rows, strict=True)) or [() for _ in self.names]
        arrays = [pa.array(c, t) for c, t in zip(columns, types, strict=True)]
        return pa.table(arrays, names=list(self.names))


class Compiler:
    """Expands checks against the rows and columns of the table ``keys``."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, forms: dict[str, Form], keys: str = "rec_keys"
    ):
        self.con, self.forms, self.keys = con, forms, keys
        words = tuple(f"b{i}" for i in range(1, MAX_WORDS + 1))
        self.row_match = _Rows(("term", "id", *words))
        self.col_match = _Rows(("term", "id", *words))
        self.terms = _Rows(("term", "chk", "coef", "side", "scope", "opened"))
        self.operands = _Rows(
            (
                "chk",
                "op",
                "side",
                "coef",
                "scope",
                "form",
                "block",
                "row_t",
                "col_t",
                "opened",
                "single",
            )
        )

    def run(self, plan: Plan) -> None:
        """Fills rec_terms, rec_instances and rec_operands; a check that cannot be expanded breaks
        its rule only.
        """
        self._match(plan)
        self._load()

    def add(self, plan: Plan) -> None:
        """The terms of further keys, in instances there are or in new ones behind them."""
        self._match(plan)
        self._expand()
        self.con.execute(f"""
            INSERT INTO rec_instances
                SELECT (chk::BIGINT << 32) + (SELECT count(*) FROM rec_instances)
                       + row_number() OVER (ORDER BY chk, v1, v2, v3), chk, v1, v2, v3
                FROM (SELECT DISTINCT chk, v1, v2, v3 FROM rec_expanded
                      ANTI JOIN rec_instances USING (chk, v1, v2, v3));
            INSERT INTO rec_terms {TERMS};
            DROP TABLE rec_expanded
        """)

    def _match(self, plan: Plan) -> None:
        self._axes()
        for number, check in enumerate(plan.checks):
            marks = [
                len(t.rows) for t in (self.row_match, self.col_match, self.terms, self.operands)
            ]
            try:
                self._check(number, check)
            except (ValueError, KeyError, re.error) as error:
                plan.broken[check.rule.id] = (
                    f"{check.rule.source} 规则 {check.rule.id} 无法编译：{error}"
                )
                for table, mark in zip(
                    (self.row_match, self.col_match, self.terms, self.operands), marks, strict=True
                ):
                    del table.rows[mark:]

    def _axes(self) -> None:
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_rows AS
                SELECT row_number() OVER () - 1 AS id, *
                       FROM (SELECT DISTINCT form, block, row_key FROM {self.keys});
            CREATE OR REPLACE TEMP TABLE rec_cols AS
                SELECT row_number() OVER () - 1 AS id, *
                       FROM (SELECT DISTINCT form, block, col_key FROM {self.keys});
            CREATE OR REPLACE TEMP TABLE rec_key_ids AS
                SELECT {key_sql("k.")} AS key, r.id AS row_id, c.id AS col_id
                FROM {self.keys} k JOIN rec_rows r USING (form, block, row_key)
                    JOIN rec_cols c USING (form, block, col_key)
        """)
        self.meant: dict[tuple, list[tuple]] = {}
        self.rows = self._axis("rec_rows", "row_key")
        self.cols = self._axis("rec_cols", "col_key")

    def _axis(self, table: str, name: str) -> dict[tuple[str, str], Axis]:
        found: dict[tuple[str, str], Axis] = {}
        for number, form, block, key in self.con.execute(
            f"SELECT id, form, block, {name} FROM {table}"
        ).fetchall():
            found.setdefault((form, block), {})[key] = number
        return found

    def _check(self, number: int, check: Check) -> None:
        binding = check.formula.binding
        if len(binding) > MAX_WORDS:
            raise ValueError(f"公式中可变的词超过 {MAX_WORDS} 个")
        looks_down = "下级" in check.scopes
        for term in check.formula.terms:
            if term.cell:
                self._term(number, check, term, binding, _scope(term.cell, looks_down))

    def _meant(
        self,
        axes: dict[tuple[str, str], Axis],
        place: tuple[str, str],
        selector: Selector,
        words: dict[str, str],
        binding: Binding,
    ) -> list[tuple]:
        """``_matches``, looked up once: the rule book means the same rows again and again."""
        text = selector.named or written(selector, words)
        wanted = (axes is self.rows, place, text, binding)
        if wanted not in self.meant:
            self.meant[wanted] = _matches(axes.get(place, {}), selector, words, binding)
        return self.meant[wanted]

    def _term(
        self, number: int, check: Check, term: Term, binding: tuple[str, ...], scope: int
    ) -> None:
        cell = term.cell
        assert cell is not None
        block, row = split_block(self.forms[cell.form], cell.row)
        coef = int(term.coef * check.scale) * (-1 if term.side == "right" else 1)
        opened = is_open(cell, binding)
        words = check.formula.words
        this = len(self.terms.rows)
        rows = self._meant(self.rows, (cell.form, block), row, words, binding)
        cols = self._meant(self.cols, (cell.form, block), cell.col, words, binding)
        if rows and cols:
            self.row_match.rows += [(this, *m) for m in rows]
            self.col_match.rows += [(this, *m) for m in cols]
        self.terms.rows.append((this, number, coef, SIDES[term.side], scope, opened))
        only = sum(1 for t in check.formula.side(term.side) if t.cell) == 1
        for row_t, col_t in _templates(row, cell.col, words, binding, opened):
            self.operands.rows.append(
                (
                    number,
                    len(self.operands.rows),
                    SIDES[term.side],
                    coef,
                    scope,
                    cell.form,
                    block,
                    row_t,
                    col_t,
                    opened,
                    only and not term.summed and single(cell),
                )
            )

    def _load(self) -> None:
        self._expand()
        text, i32, i8, flag = pa.string(), pa.int32(), pa.int8(), pa.bool_()
        operands = self.operands.table((i32, i32, i8, i8, i8, text, text, text, text, flag, flag))
        self.con.register("rec_operand_list", operands)
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_operands AS SELECT * FROM rec_operand_list;
            CREATE OR REPLACE TEMP TABLE rec_instances AS
                SELECT (chk::BIGINT << 32) + row_number() OVER (ORDER BY chk, v1, v2, v3) AS inst,
                       chk, v1, v2, v3
                FROM (SELECT DISTINCT chk, v1, v2, v3 FROM rec_expanded);
            CREATE OR REPLACE TEMP TABLE rec_terms AS {TERMS};
            DROP TABLE rec_expanded
        """)
        self.con.unregister("rec_operand_list")

    def _expand(self) -> None:
        """``rec_expanded``: every key with the terms it is, and the words they bind."""
        con, text, i32, i8, flag = self.con, pa.string(), pa.int32(), pa.int8(), pa.bool_()
        match = (i32, i32, text, text, text)
        con.register("rec_row_match", self.row_match.table(match))
        con.register("rec_col_match", self.col_match.table(match))
        con.register("rec_term_list", self.terms.table((i32, i32, i8, i8, i8, flag)))
        agree = " AND ".join(f"coalesce(r.b{i} = c.b{i}, true)" for i in range(1, MAX_WORDS + 1))
        bound = ", ".join(f"coalesce(r.b{i}, c.b{i}, '') AS v{i}" for i in range(1, MAX_WORDS + 1))
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_expanded AS
                SELECT k.key, t.chk, t.coef, t.side, t.scope, t.opened, {bound}
                FROM rec_key_ids k JOIN rec_row_match r ON r.id = k.row_id
                JOIN rec_col_match c ON c.id = k.col_id AND c.term = r.term
                JOIN rec_term_list t ON t.term = r.term WHERE {agree}
        """)
        for name in ("rec_row_match", "rec_col_match", "rec_term_list"):
            con.unregister(name)


def _scope(cell: Cell, looks_down: bool) -> int:
    if cell.scope == "上年":
        return LAST_YEAR
    if cell.scope == "下级":
        return CHILDREN
    return PARENT if looks_down else SELF


def is_open(cell: Cell, binding: tuple[str, ...]) -> bool:
    """Whether a cell stands for as many cells as a table happens to have (Σ over a word, children
    of a code).
    """
    return (
        cell.row.tree
        or cell.col.tree
        or bool(set(cell.words) - set(binding))
        or cell.scope == "下级"
    )


def _matches(
    axis: Axis, selector: Selector, words: dict[str, str], binding: Binding
) -> list[tuple]:
    """The keys of an axis that a selector means, each as its id and the words it binds."""
    unbound = [None] * MAX_WORDS
    if selector.named is not None:  # most are: no need to look at every key, or to compile
        return [(axis[key], *unbound) for key in dict.fromkeys(selector.named) if key in axis]
    regex = pattern(selector, words)
    found = []
    for key, number in axis.items():
        match = regex.fullmatch(key)
        if match:
            groups = match.groupdict()
            values = [groups.get(w) for w in binding] + [None] * (MAX_WORDS - len(binding))
            found.append((number, *values))
    return found


def _templates(
    row: Selector, col: Selector, words: dict[str, str], binding: tuple[str, ...], opened: bool
) -> list[tuple[str, str]]:
    """Row and column keys with <1>, <2>, <3> for the words bound; regular expressions where the
    cell is open.
    """
    rows = _fill(row, words, binding, opened)
    return list(product(rows, _fill(col, words, binding, opened)))


def _fill(
    selector: Selector, words: dict[str, str], binding: tuple[str, ...], opened: bool
) -> list[str]:
    steps = [_step(p, words, binding, opened) for p in selector.parts]
    return ["/".join(s) for s in product(*steps)]


def _step(part: Part, words: dict[str, str], binding: tuple[str, ...], opened: bool) -> list[str]:
    if not part.word:
        return [re.escape(n) if opened else n for n in part.names]
    if part.word not in binding:
        return [f"(?:{words[part.word]})"]
    slot = f"<{binding.index(part.word) + 1}>"
    if part.child:
        return [slot + rf"\d{{{LENGTHS[part.child] - LENGTHS[part.word]}}}"]
    return [slot]
