"""Which rules reach which cell: by an equality, which one 分 breaks, or only by an inequality,
which it need not.

``coverage`` answers for any set of keys (of a fact set, say), ``catalogue`` gives every cell that
the form descriptions know, ``gaps`` what no equality among a unit's own tables reaches. All read
the compiled terms, so they cannot drift from what the rules do. A rule counts where it can be
evaluated; whether it was is in ``check_results``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.database import open_database
from pipelines.reconcile.held import across, is_equality
from pipelines.reconcile.scopes import CHILDREN, LAST_YEAR
from pipelines.reconcile.terms import Compiler, Plan, plan_of
from schemas.library import Form, code_list
from schemas.notation import pattern
from schemas.parsing import parse
from schemas.rulebook import Rulebook
from schemas.rulemodel import Check
from schemas.ruleplaces import split_block

EQUAL, CONDITIONAL, BOUNDED, UNREACHED = "equal", "conditional", "bounded", "none"
KINDS = (UNREACHED, BOUNDED, CONDITIONAL, EQUAL)
CODES = ("合计", "201", "20101", "2010101")  # of functional items, one of each level stands for all

Key = tuple[str, str, str, str]


@dataclass(frozen=True, order=True)
class Reach:
    """One rule at one cell.

    ``needs``: what has to be there for it beside the unit's own tables, in words.
    """

    rule_id: str
    equal: bool
    needs: tuple[str, ...] = ()
    across: bool = False  # against another table, another year or another level


@dataclass(frozen=True)
class Covered:
    """What is known of a cell: (form, block, row key, column key) and the rules that reach it."""

    key: Key
    rules: tuple[Reach, ...]

    @property
    def kind(self) -> str:
        """``equal``, ``conditional`` (equalities that need more than the unit's own tables),
        ``bounded`` or ``none``.
        """
        if not self.rules:
            return UNREACHED
        equal = [r for r in self.rules if r.equal]
        if not equal:
            return BOUNDED
        return EQUAL if any(not r.needs for r in equal) else CONDITIONAL


HELD, PARTLY, FREE = "held", "conditional", "free"
# What a department or a set of public tables would have to bring does not hold a unit's own cell.
ELSEWHERE = frozenset(("上级部门", "有下级单位", "报送公开表"))


def holding(one: Covered) -> str:
    """Whether another table, year or level holds the cell: ``held``, ``conditional`` or ``free``.

    Conditional: only with last year's tables, or where what the rule presumes is so.
    """
    rules = [r for r in one.rules if r.equal and r.across]
    if any(not r.needs for r in rules):
        return HELD
    return PARTLY if any(not ELSEWHERE.intersection(r.needs) for r in rules) else FREE


def coverage(book: Rulebook, keys: Iterable[Key]) -> list[Covered]:
    """The rules that reach each of the keys, in the order given.

    Broken rules reach none; queries what they say they cover.
    """
    wanted = list(dict.fromkeys(keys))
    plan = plan_of(book)
    with open_database() as con:
        columns = list(zip(*wanted, strict=True)) or [()] * 4
        names = ("form", "block", "row_key", "col_key")
        given = pa.table([pa.array(c, pa.string()) for c in columns], names=list(names))
        con.register("given", given)
        con.execute("CREATE TEMP TABLE rec_keys AS SELECT * FROM given")
        con.unregister("given")
        Compiler(con, book.forms).run(plan)
        found = _reached(con, plan)
    queried = _queried(book)
    return [Covered(key, tuple(sorted(found.get(key, set()) | queried(key)))) for key in wanted]


def _queried(book: Rulebook) -> Callable[[Key], set[Reach]]:
    """What query rules say of themselves (``covers``)."""
    known: dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str], Reach]]] = defaultdict(list)
    for rule in book.rules.values():
        for text in rule.covers if not rule.broken else ():
            formula = parse(f"{text} > 0")
            for cell in formula.cells:
                block, row = split_block(book.forms[cell.form], cell.row)
                patterns = pattern(row, formula.words), pattern(cell.col, formula.words)
                known[cell.form].append((block, *patterns, Reach(rule.id, True)))

    def of(key: Key) -> set[Reach]:
        form, block, row, column = key
        return {
            r
            for b, rows, columns, r in known[form]
            if b == block and rows.fullmatch(row) and columns.fullmatch(column)
        }

    return of


def _reached(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[Key, set[Reach]]:
    """Terms whose coefficients do not cancel out between the sides."""
    rows = con.execute(f"""
        WITH net AS (
            SELECT key, scope, inst >> 32 AS chk FROM rec_terms WHERE inst >> 32 < {plan.own}
            GROUP BY key, scope, inst
                HAVING sum(coef) FILTER (side < 2) <> 0 OR sum(coef) FILTER (side = 2) <> 0
        )
        SELECT DISTINCT k.form, k.block, k.row_key, k.col_key, n.chk, n.scope
        FROM net n JOIN (SELECT *, hash(form, block, row_key, col_key) AS key FROM rec_keys) k
            ON k.key = xor(n.key, n.scope::UBIGINT)""").fetchall()
    found: dict[Key, set[Reach]] = {}
    for form, block, row, col, number, scope in rows:
        check = plan.checks[number]
        needs = _needs(check, form, scope, plan.published)
        reach = Reach(check.rule.id, is_equality(check), needs, across(check))
        found.setdefault((form, block, row, col), set()).add(reach)
    return found


def _needs(check: Check, form: str, scope: int, public: Container[str]) -> tuple[str, ...]:
    needs = []
    if scope == LAST_YEAR:
        needs.append("有下年数据")
    elif "上年" in check.scopes:
        needs.append("有上年数据")
    if scope == CHILDREN:
        needs.append("上级部门")
    elif "下级" in check.scopes:
        needs.append("有下级单位")
    if form not in public and any(c.form in public for c in check.formula.cells):
        needs.append("报送公开表")
    if check.spec.when.unit_type:
        needs.append("、".join(check.spec.when.unit_type))
    if check.provided:
        needs.append("前提成立")
    return tuple(needs)


@dataclass(frozen=True)
class Gap:
    """Cells of one block that no equality among the unit's own tables reaches; every row with every
    column.

    ``bounded``: the rules that reach them by an inequality; ``conditional``: equalities, each with
    what they need.
    """

    form: str
    block: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    bounded: tuple[str, ...]
    conditional: tuple[str, ...]


def gaps(covered: Iterable[Covered]) -> list[Gap]:
    """What is not ``equal``, cells alike put together."""
    alike: dict[tuple, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in covered:
        if one.kind != EQUAL:
            form, block, row, column = one.key
            bounded = tuple(sorted({r.rule_id for r in one.rules if not r.equal}))
            equal = tuple(
                sorted({f"{r.rule_id}（{'，'.join(r.needs)}）" for r in one.rules if r.equal})
            )
            alike[form, block, bounded, equal][row].append(column)
    return [
        Gap(form, block, tuple(rows), columns, bounded, equal)
        for (form, block, bounded, equal), by_row in alike.items()
        for columns, rows in _same_columns(by_row).items()
    ]


def _same_columns(by_row: Mapping[str, list[str]]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row, columns in by_row.items():
        found[tuple(columns)].append(row)
    return found


def count_kinds(covered: Iterable[Covered]) -> dict[str, int]:
    """How many cells are of each kind, the least covered first."""
    counted = Counter(one.kind for one in covered)
    return {kind: counted[kind] for kind in KINDS}


def catalogue(forms: Mapping[str, Form]) -> list[Key]:
    """Every cell the descriptions know: fixed rows and columns; of code rows one of each level; all
    economic items.
    """
    return [key for form in forms.values() for key in _cells(form)]


def _cells(form: Form) -> Iterator[Key]:
    for block in form.blocks:
        rows = [r.key for r in block.rows if not (r.blocked or r.heading)]
        yield from _grid(form.form, block.name, rows, [c.key for c in block.columns])
    if not form.blocks:
        yield from _grid(form.form, "", _rows(form), [c.key for c in form.columns])
        if form.alternative == "economic":
            yield from _grid(form.form, "", CODES, _economic())


def _grid(form: str, block: str, rows: Iterable[str], columns: list[str]) -> Iterator[Key]:
    return ((form, block, row, column) for row in rows for column in columns)


def _rows(form: Form) -> list[str]:
    if form.row:
        return [form.row]
    if form.codes == "functional":
        return list(CODES)
    return [*(form.footers or ("合计",)), *_economic()]


def _economic() -> list[str]:
    return list(code_list("economic").items)
