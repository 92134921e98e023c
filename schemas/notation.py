"""The notation of the rules: text in, signed terms out. A mistake is reported at its line and
column.

    Z05[行, 科目] = Z05_1[行, 科目] + Z05_2[行, 科目] + Z05_3[行, 科目]
    Z01[收入/本年收入合计, 决算数] = Z03[合计, 本年收入合计]
    Z04[类, 列] = Σ Z04[类.款, 列]
    Z01[收入/年初结转和结余, 决算数] = 上年.Z01[支出/年末结转和结余, 决算数]

A cell is ``form[row, column]``; ``{a, b}`` adds the cells named; words such as 行, 列, 类, 科目
stand for any row, column or code and make one instance of the rule for each. Inside Σ a word found
nowhere else is added up. ``A = B ± C`` lets A differ from B by anything between nothing and C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from itertools import product

WORDS = {
    "行": r".+",
    "列": r".+",
    "栏": r".+",
    "类": r"2\d{2}",
    "款": r"2\d{4}",
    "项": r"2\d{6}",
    "代码": r"合计|2\d{2}(?:\d{2}){0,2}",
    "科目": r"合计|3\d{2}(?:\d{2})?",
    "经类": r"3\d{2}",
    "经款": r"3\d{4}",
}
LENGTHS = {"类": 3, "款": 5, "项": 7, "经类": 3, "经款": 5}


class FormulaError(ValueError):
    """A formula that cannot be used: what is wrong, at which line and column (from 1), what was
    expected.
    """

    def __init__(
        self, problem: str, line: int = 1, column: int = 1, expected: tuple[str, ...] = ()
    ):
        self.problem, self.line, self.column, self.expected = problem, line, column, expected
        wanted = f"；此处应为：{'、'.join(expected)}" if expected else ""
        super().__init__(f"第 {line} 行第 {column} 列：{problem}{wanted}")


@dataclass(frozen=True)
class Part:
    """One step of a row or column name: fixed names (one or several), a word, or the children of a
    word.
    """

    names: tuple[str, ...] = ()
    word: str = ""
    child: str = ""


@dataclass(frozen=True)
class Selector:
    """Which rows (or columns) of a form a cell means."""

    parts: tuple[Part, ...]
    text: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(p.word for p in self.parts if p.word)

    @property
    def tree(self) -> bool:
        return any(p.child for p in self.parts)

    @cached_property
    def named(self) -> tuple[str, ...] | None:
        """The keys themselves where the selector names them all; None where it has a word."""
        if any(p.word for p in self.parts):
            return None
        return tuple("/".join(names) for names in product(*(p.names for p in self.parts)))

    @property
    def literal(self) -> str | None:
        """The key itself where the selector names exactly one."""
        return self.named[0] if self.named is not None and len(self.named) == 1 else None


@dataclass(frozen=True)
class Cell:
    """``scope.form[row, column]`` with its place in the text of the formula."""

    scope: str
    form: str
    row: Selector
    col: Selector
    line: int
    column: int

    @cached_property
    def words(self) -> tuple[str, ...]:
        return self.row.words + self.col.words


@dataclass(frozen=True)
class Term:
    """A signed cell of one side. ``side``: left, right or slack. A constant has no cell."""

    side: str
    coef: Fraction
    cell: Cell | None
    summed: bool = False


@dataclass(frozen=True)
class Formula:
    """A parsed formula.

    ``cmp``: ``=``, ``<=``, ``>=``, ``⇔``, ``⇒`` or ``>`` (a condition: left > 0).
    """

    text: str
    cmp: str
    terms: tuple[Term, ...]
    words: dict[str, str] = field(default_factory=dict)

    def side(self, name: str) -> tuple[Term, ...]:
        return tuple(t for t in self.terms if t.side == name)

    @property
    def cells(self) -> Iterator[Cell]:
        return (t.cell for t in self.terms if t.cell)

    @cached_property
    def binding(self) -> tuple[str, ...]:
        """Words that tell one instance from another, in order of appearance."""
        seen: dict[str, None] = {}
        for term in self.terms:
            for word in term.cell.words if term.cell else ():
                seen.setdefault(word)
        everywhere = [set(cell.words) for cell in self.cells]
        return tuple(w for w in seen if all(w in words for words in everywhere))


def pattern(selector: Selector, words: dict[str, str]) -> re.Pattern[str]:
    """A regular expression that matches the selector's keys whole, with one group per word."""
    return _compiled(written(selector, words))


def written(selector: Selector, words: dict[str, str]) -> str:
    """The text of :func:`pattern`: two selectors with the same mean the same keys."""
    return "/".join(_part_pattern(p, words) for p in selector.parts)


_compiled = cache(re.compile)


def _part_pattern(part: Part, words: dict[str, str]) -> str:
    if part.child:
        extra = LENGTHS[part.child] - LENGTHS[part.word]
        return rf"(?P<{part.word}>{words[part.word]})\d{{{extra}}}"
    if part.word:
        return rf"(?P<{part.word}>{words[part.word]})"
    return "(?:" + "|".join(re.escape(n) for n in part.names) + ")"
