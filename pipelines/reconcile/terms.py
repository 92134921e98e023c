"""Formulas made into a table of signed terms over the keys that occur.

    rec_terms key, inst, coef, side, opened one row per cell key that takes part in an instance
    rec_instances inst, chk, v1, v2, v3 what the words of the formula stand for in the instance
    rec_operands chk, op, side, coef, scope, form, block, row_t, col_t, opened, single

``key`` is the hash of form, block, row and column, mixed with the scope: 0 the unit and year
itself, 1 the year before, 2 the subordinate units, 3 the unit itself where a formula looks at its
subordinates. ``inst >> 32`` is ``chk``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.reconcile.axes import MAX_WORDS, Axis, Matches, Place
from pipelines.reconcile.once import once_a_book
from pipelines.reconcile.written import written_of
from schemas.library import Form
from schemas.rulebook import Rulebook
from schemas.rulemodel import Check

KEY = "hash({0}form, {0}block, {0}row_key, {0}col_key)"
TERMS = """
    SELECT xor(e.key, e.scope::UBIGINT) AS key, i.inst, sum(e.coef)::TINYINT AS coef, e.side,
           bool_or(e.opened) AS opened, e.scope
    FROM rec_expanded e JOIN {instances} i USING (chk, v1, v2, v3)
    GROUP BY 1, i.inst, e.side, e.scope"""
AGREE = " AND ".join(f"coalesce(r.b{i} = c.b{i}, true)" for i in range(1, MAX_WORDS + 1))
BOUND = ", ".join(f"coalesce(r.b{i}, c.b{i}, 0) AS v{i}" for i in range(1, MAX_WORDS + 1))
EXPANDED = f"""
    SELECT k.key, t.chk, t.coef, t.side, t.scope, t.opened, {BOUND}
    FROM rec_term_list t JOIN rec_row_match r ON r.sel = t.row_sel
    JOIN rec_col_match c ON c.sel = t.col_sel
    JOIN rec_key_list k ON k.row_id = r.id AND k.col_id = c.id WHERE {AGREE}"""

# The texts of words that are numbers.
SPELLED = ", ".join(
    f"(SELECT word FROM rec_words w WHERE w.id = v{i}) AS v{i}" for i in range(1, MAX_WORDS + 1)
)


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
    checks, conditions = _with_conditions(book.checks, book.forms)
    published = frozenset(f.form for f in book.forms.values() if f.published)
    return Plan(checks, conditions, own=len(book.checks), published=published)


@once_a_book
def _with_conditions(
    own: Sequence[Check], forms: Mapping[str, Form]
) -> tuple[list[Check], dict[int, list[int]]]:
    """The checks with their conditions behind them, and by number of a check those of its own."""
    checks = list(own)
    known: dict[tuple, int] = {}
    conditions: dict[int, list[int]] = {}
    for number, check in enumerate(own):
        for condition in check.provided:
            name = (condition.formula.text, tuple(sorted(condition.formula.words.items())))
            if name not in known:
                known[name] = len(checks)
                checks.append(condition)
            conditions.setdefault(number, []).append(known[name])
    return checks, conditions


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


Numbers = dict[Place, dict[str, int]]  # the rows (or columns) that occur, numbered through


class Compiler:
    """Expands checks against the rows and columns of the table ``keys``."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, forms: dict[str, Form], keys: str = "rec_keys"
    ):
        self.con, self.forms, self.keys = con, forms, keys

    def run(self, plan: Plan) -> None:
        """Fills rec_terms, rec_instances and rec_operands; a check that cannot be expanded breaks
        its rule only.
        """
        self._expand(plan)
        self.con.register("rec_operand_list", written_of(plan.checks, self.forms).operands)
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_operands AS SELECT * FROM rec_operand_list;
            CREATE OR REPLACE TEMP TABLE rec_numbered AS
                SELECT (chk::BIGINT << 32) + row_number() OVER (ORDER BY chk, v1, v2, v3) AS inst,
                       chk, v1, v2, v3
                FROM (SELECT DISTINCT chk, v1, v2, v3 FROM rec_expanded);
            CREATE OR REPLACE TEMP TABLE rec_instances AS
                SELECT inst, chk, {SPELLED} FROM rec_numbered;
            CREATE OR REPLACE TEMP TABLE rec_terms AS {TERMS.format(instances="rec_numbered")};
            DROP TABLE rec_expanded; DROP TABLE rec_numbered; DROP TABLE rec_words
        """)
        self.con.unregister("rec_operand_list")

    def add(self, plan: Plan) -> None:
        """The terms of further keys, in instances there are or in new ones behind them."""
        self._expand(plan)
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_expanded AS
                SELECT * EXCLUDE (v1, v2, v3), {SPELLED} FROM rec_expanded;
            INSERT INTO rec_instances
                SELECT (chk::BIGINT << 32) + (SELECT count(*) FROM rec_instances)
                       + row_number() OVER (ORDER BY chk, v1, v2, v3), chk, v1, v2, v3
                FROM (SELECT DISTINCT chk, v1, v2, v3 FROM rec_expanded
                      ANTI JOIN rec_instances USING (chk, v1, v2, v3));
            INSERT INTO rec_terms {TERMS.format(instances="rec_instances")};
            DROP TABLE rec_expanded; DROP TABLE rec_words
        """)

    def _expand(self, plan: Plan) -> None:
        """``rec_expanded``: every key with the terms it is, and the words they bind, as numbers;
        ``rec_words``: id, word.
        """
        written = written_of(plan.checks, self.forms)
        plan.broken |= written.broken
        keys, rows, cols = self._numbered()
        matched = _matched(written.rows, rows), _matched(written.cols, cols)
        words = _words(*matched)
        given = {
            "rec_key_list": keys,
            "rec_row_match": _in_numbers(matched[0], words),
            "rec_col_match": _in_numbers(matched[1], words),
            "rec_term_list": written.terms,
            "rec_word_list": pa.table({"id": np.arange(len(words), dtype=np.int32), "word": words}),
        }
        for name, table in given.items():
            self.con.register(name, table)
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE rec_words AS SELECT * FROM rec_word_list;
            CREATE OR REPLACE TEMP TABLE rec_expanded AS {EXPANDED}""")
        for name in given:
            self.con.unregister(name)

    def _numbered(self) -> tuple[pa.Table, Numbers, Numbers]:
        """The keys with the numbers of their rows and columns: key, row_id, col_id."""
        found = self.con.execute(
            f"SELECT {key_sql()}, form, block, row_key, col_key FROM {self.keys}"
        ).fetchall()
        rows, cols = _Numbering(), _Numbering()
        ids = [(rows.of((f, b), row), cols.of((f, b), col)) for _, f, b, row, col in found]
        pairs = np.array(ids, np.int32).reshape(-1, 2)
        key = np.array([k for k, *_ in found], np.uint64)
        table = pa.table({"key": key, "row_id": pairs[:, 0], "col_id": pairs[:, 1]})
        return table, rows.numbers, cols.numbers


class _Numbering:
    """Numbers given in order of appearance."""

    def __init__(self) -> None:
        self.numbers: Numbers = {}
        self._size = 0

    def of(self, place: Place, key: str) -> int:
        known = self.numbers.setdefault(place, {})
        if key not in known:
            known[key] = self._size
            self._size += 1
        return known[key]


def _matched(axis: Axis, numbers: Numbers) -> pa.Table:
    """sel, id, b1, b2, b3: which rows (or columns) each selector means, and the words they bind."""
    parts: list[Matches] = []
    ids: list[np.ndarray] = []
    for place, known in numbers.items():
        keys = tuple(sorted(known))
        part = axis.matches(place, keys)
        parts.append(part)
        ids.append(np.array([known[k] for k in keys], np.int32)[part.position])
    nothing = axis.matches(("", ""), ())
    parts, ids = [*parts, nothing], [*ids, nothing.position]
    table = {
        "sel": np.concatenate([part.selector for part in parts]),
        "id": np.concatenate(ids),
    }
    words = (pa.concat_arrays([p.words[i] for p in parts]) for i in range(MAX_WORDS))
    return pa.table(table | {f"b{i}": column for i, column in enumerate(words, 1)})


def _words(*matched: pa.Table) -> pa.Array:
    """The words that any of these bind, in their order; the first is empty, for none."""
    columns = [table[f"b{i}"] for table in matched for i in range(1, MAX_WORDS + 1)]
    chunks = [chunk for column in columns for chunk in column.chunks]
    found = set(pa.chunked_array(chunks, pa.string()).unique().drop_null().to_pylist())
    return pa.array(sorted(found | {""}), pa.string())


def _in_numbers(matched: pa.Table, words: pa.Array) -> pa.Table:
    """The same with each word's number: instances are told apart by integers, not by texts."""
    for i in range(1, MAX_WORDS + 1):
        at = matched.column_names.index(f"b{i}")
        matched = matched.set_column(at, f"b{i}", pc.index_in(matched[f"b{i}"], words))
    return matched
