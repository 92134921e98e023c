"""What the rule book says of a public figure: which internal facts it is the sum of, and which
figures of its own table.

Read from the rules of ``published.yml`` and from nothing else: P-01 gives the sources, P-07 and
P-10 the parts. A key is (form, block, row, column); amounts do not occur here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from schemas.cellkeys import Bindings, Key, Meaning, keys_of
from schemas.kept import kept
from schemas.library import forms
from schemas.notation import LENGTHS, Cell, Formula
from schemas.rulebook import RULES_DIR, formulas_of, read_rules
from schemas.rulemodel import FormulaSpec

SOURCES = ("P-01",)
PARTS = ("P-10", "P-07")
PUBLISHED_RULES = RULES_DIR / "published.yml"


@dataclass(frozen=True, slots=True)
class Source:
    """One fact that a public figure is made of.

    ``alternative`` is the cell that stands in its place where it is filled.
    """

    figure: Cell
    fact: Meaning
    alternative: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way in which a figure is a sum: figures named outright with their signs, or figures to be
    looked up.

    ``below``: (axis, code): the codes beneath that code on this axis (0 rows, 1 columns), the
    highest ones of the table where the code is a total. ``block``: every code of another block, in
    the same column.
    """

    literal: tuple[tuple[Key, int], ...] = ()
    below: tuple[int, str] | None = None
    block: str = ""

    @property
    def total(self) -> bool:
        """Whether the figure is a plain total of parts, not what a balance leaves (年末 = 年初 +
        收入 − 支出).
        """
        return all(sign > 0 for _, sign in self.literal)


def _formulas(rule_ids: tuple[str, ...]) -> Iterator[tuple[FormulaSpec, Formula]]:
    """The formulas of these rules, a form put for 本表, in the order of the book."""
    for rule_id in rule_ids:
        yield from _published_formulas()[rule_id]


@cache
def _published_formulas() -> dict[str, list[tuple[FormulaSpec, Formula]]]:
    """Every rule about public tables with its formulas; parsing them all takes half a second."""
    return kept("published-formulas", (PUBLISHED_RULES.parent,), _parse_published)


def _parse_published() -> dict[str, list[tuple[FormulaSpec, Formula]]]:
    return {rule.id: formulas_of(rule) for rule in read_rules(PUBLISHED_RULES)}


# --- sources -------------------------------------------------------------------------------------


@cache
def sources() -> dict[str, tuple[Source, ...]]:
    """What each internal form gives to the public tables, by form."""
    found: dict[str, dict[tuple[str, ...], Source]] = {}
    for _, formula in _formulas(SOURCES):
        figure, raised = formula.terms[0].cell, _raised(formula)
        for term in formula.side("right"):
            fact = term.cell
            if figure is None or fact is None:
                continue
            source = Source(figure, Meaning.of(fact, formula.words), raised)
            spelled = (figure.form, *(s.text for c in (figure, fact) for s in (c.row, c.col)))
            # The same pair of cells may stand in two formulas, with and without the alternative:
            # the first says more.
            found.setdefault(fact.form, {}).setdefault(spelled, source)
    return {form: tuple(given.values()) for form, given in found.items()}


def _raised(formula: Formula) -> Meaning | None:
    """The cell that stands in the place of a figure's sources where it is filled."""
    for term in formula.side("slack"):
        if term.cell and term.coef > 0:
            return Meaning.of(term.cell, formula.words)
    return None


@lru_cache(maxsize=65536)
def figures_of(key: Key, raised: bool) -> tuple[Key, ...]:
    """The public figures that an internal fact is part of.

    ``raised``: where a rule lets a figure follow either of two columns (预算数 or 全年预算数), the
    later one is filled.
    """
    form, block, row, column = key
    found: dict[Key, None] = {}
    for cell, fact, across in _sources_in(form, column, raised):
        down = _down(fact, block, row)
        if down is not None:
            for figure in keys_of(cell, down | across):
                if printed(figure):
                    found[figure] = None
    return tuple(found)


@lru_cache(maxsize=8192)  # a few hundred columns
def _sources_in(form: str, column: str, raised: bool) -> tuple[tuple[Cell, Meaning, Bindings], ...]:
    """The figures that facts of one column are part of, each with the facts it means there."""
    found = []
    for source in sources().get(form, ()):
        fact = source.alternative if source.alternative and raised else source.fact
        across = fact.across(column) if fact.cell.form == form else None
        if across is not None:
            found.append((source.figure, fact, across))
    return tuple(found)


def printed(key: Key) -> bool:
    """Whether our own layout of the form has that figure: codes of its classification down, its
    columns across.
    """
    form, _, row, column = key
    codes, columns = _layout(form)
    if codes and row.isdigit() and row.startswith("3") != (codes == "economic"):
        return False
    return not columns or column in columns


@cache
def _layout(form: str) -> tuple[str | None, frozenset[str]]:
    """The classification of a form's rows, if they have one, and its columns, if these are few."""
    described = forms()[form]
    return described.codes, frozenset(column.key for column in described.columns)


# The rows of a table are asked about once for each of its columns.
@lru_cache(maxsize=65536)
def _down(meaning: Meaning, block: str, row: str) -> Bindings | None:
    return meaning.down(block, row)


@cache
def raised_columns() -> dict[str, str]:
    """The columns that a rule prefers over another where they are filled: form → column."""
    return {
        source.alternative.cell.form: source.alternative.cell.col.literal or ""
        for given in sources().values()
        for source in given
        if source.alternative is not None
    }


# --- parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """A formula that says what a figure is the sum of. ``added``: cell, sign, and whether it stands
    for all that its words may mean; ``parts``: those that have a cell.
    """

    figure: Meaning
    added: tuple[tuple[Cell | None, int, bool], ...]
    parts: tuple[Meaning, ...]
    total: bool

    @classmethod
    def of(cls, formula: Formula, figure: Cell) -> _Sum:
        right = list(formula.side("right"))
        return cls(
            Meaning.of(figure, formula.words),
            tuple((term.cell, int(term.coef), term.summed) for term in right),
            tuple(Meaning.of(term.cell, formula.words) for term in right if term.cell),
            all(term.coef > 0 for term in right),
        )


@lru_cache(maxsize=65536)
def recipes(key: Key) -> tuple[Recipe, ...]:
    """Every way in which a figure is a total of its own table, sums down its rows first."""
    form, block, row, column = key
    found: dict[Recipe, None] = {}
    for one, across in _sums_in(form, column):
        down = _down(one.figure, block, row)
        recipe = None if down is None else _recipe(one, down | across, key)
        if recipe is not None:
            found[recipe] = None
    return tuple(sorted(found, key=lambda recipe: _across(recipe, key)))


@lru_cache(maxsize=65536)
def total_recipes(key: Key) -> tuple[Recipe, ...]:
    """Those of them that make the figure a plain total."""
    return tuple(recipe for recipe in recipes(key) if recipe.total)


@cache
def _sums_of(form: str) -> tuple[_Sum, ...]:
    """The formulas that say what a figure of the form is the sum of."""
    return tuple(
        _Sum.of(formula, figure)
        for spec, formula in _formulas(PARTS)
        if (figure := formula.terms[0].cell) and figure.form == form and not _repeats(spec)
    )


@lru_cache(maxsize=8192)  # a few hundred columns
def _sums_in(form: str, column: str) -> tuple[tuple[_Sum, Bindings], ...]:
    """Those of them whose figure may stand in this column."""
    return tuple(
        (one, across) for one in _sums_of(form) if (across := one.figure.across(column)) is not None
    )


def _repeats(spec: FormulaSpec) -> bool:
    """A formula for tables that list only some levels: its parts are those of the levels above,
    once more.
    """
    return any("= 0" in text for text in spec.provided)


def _across(recipe: Recipe, key: Key) -> bool:
    """Whether a recipe adds up columns of the figure's own row: such come after the sums down the
    rows.
    """
    if recipe.below is not None:
        return recipe.below[0] == 1
    return bool(recipe.literal) and all(part[2] == key[2] for part, _ in recipe.literal)


def _recipe(one: _Sum, bindings: Bindings, key: Key) -> Recipe | None:
    literal: list[tuple[Key, int]] = []
    for cell, sign, summed in one.added:
        if cell is None:
            return None
        if summed:
            return _looked_up(cell, key)
        literal += [(part, sign) for part in keys_of(cell, bindings) if printed(part)]
    return Recipe(tuple(literal)) if literal else None


def _looked_up(cell: Cell, key: Key) -> Recipe | None:
    """A sum of the rule book as what to look for in a table.

    Such as ``Σ G04[支出功能分类/类, 列]``, ``Σ G02[类.款, 列]``, ``Σ G07[行, 经类]``.
    """
    if len(cell.row.parts) > 1 and cell.row.parts[-1].word:
        return Recipe(block=cell.row.parts[0].names[0])
    for axis, selector in enumerate((cell.row, cell.col)):
        level = selector.parts[-1].child or selector.parts[-1].word
        if level in LENGTHS and _classification(key[0], axis) == classification_of(level):
            return Recipe(below=(axis, key[2 + axis]))
    return None


def classification_of(level: str) -> str:
    """Which classification a level (类, 款, 项, 经类, 经款) is of."""
    return "economic" if level.startswith("经") else "functional"


def _classification(form: str, axis: int) -> str | None:
    """The classification whose codes our layout of the form has on that axis."""
    described = forms()[form]
    if axis == 0:
        return described.codes
    return "economic" if described.wide else None


# --- wholes --------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def wholes(key: Key) -> tuple[Key, ...]:
    """Every figure of the table that this one counts into, however far up, each once; the nearest
    first.
    """
    nearest = _next_wholes(key)
    found = dict.fromkeys(nearest)
    for whole in nearest:
        found.update(dict.fromkeys(wholes(whole)))
    return tuple(found)


def _next_wholes(key: Key) -> list[Key]:
    form, block, row, column = key
    found = []
    for figure, part, across in _totals_over(form, column):
        down = _down(part, block, row)
        if down is not None:
            found += [whole for whole in keys_of(figure, down | across) if printed(whole)]
    return found


@lru_cache(maxsize=8192)  # a few hundred columns
def _totals_over(form: str, column: str) -> tuple[tuple[Cell, Meaning, Bindings], ...]:
    """Every total of a form with each of its parts that may stand in this column."""
    return tuple(
        (one.figure.cell, part, across)
        for one in _sums_of(form)
        if one.total
        for part in one.parts
        if part.cell.form == form and (across := part.across(column)) is not None
    )


@cache
def totals(form: str) -> tuple[tuple[str, str], ...]:
    """The lines of a table with blocks that are totals of other lines: (block, row), in the order
    of the book.
    """
    found: dict[tuple[str, str], None] = {}
    for _, formula in _formulas(PARTS):
        figure = formula.terms[0].cell
        if figure is not None and figure.form == form and figure.row.literal:
            for _, block, row, _ in keys_of(figure, dict.fromkeys(figure.words, "")):
                if block:
                    found[block, row] = None
    return tuple(found)


@cache
def total_columns(form: str) -> tuple[str, ...]:
    """The columns of our layout of a form, codes aside, that are the sum of other columns of their
    row.
    """
    columns = [column.key for column in forms()[form].columns if not column.key.isdigit()]
    return tuple(column for column in columns if _adds_up(form, column))


def _adds_up(form: str, column: str) -> bool:
    key = (form, "", "合计", column)
    return any(recipe.total and _across(recipe, key) for recipe in recipes(key))
