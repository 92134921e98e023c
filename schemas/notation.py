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

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

GRAMMAR = r"""
start: side CMP side (SLACK side)?      -> compare
     | side GT ZERO ARROW side GT ZERO  -> imply
     | side GT ZERO                     -> positive
side: SIGN? product (SIGN product)*
product: (NUMBER TIMES)? factor | NUMBER
factor: cell | SUM cell -> summed | SUM "(" side ")" -> summed
cell: SCOPE? FORM "[" selector COMMA selector "]"
selector: part ("/" part)*
part: NAME | NAME "." NAME -> tree | "{" NAME (COMMA NAME)* "}" -> options

CMP: "=" | "＝" | "<=" | "≤" | ">=" | "≥"
SLACK: "±"
GT: ">" | "＞"
ZERO.3: "0"
ARROW: "⇔" | "⇒"
SIGN: "+" | "＋" | "-" | "−" | "－"
TIMES: "*" | "×"
SUM: "Σ"
COMMA: "," | "，"
SCOPE.2: /(上年|下级)\s*\./
FORM: /[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*/
NUMBER.2: /\d+(\.\d+)?/
NAME: /[^\s\[\]{}<>=≤≥±⇔⇒Σ*×()+\-−,，.\/]+/
%ignore /\s+/
"""

EXPECTED = {
    "CMP": "比较号 = <= >=",
    "SLACK": "±",
    "GT": ">",
    "ZERO": "0",
    "ARROW": "⇔ 或 ⇒",
    "SIGN": "+ 或 -",
    "TIMES": "*",
    "SUM": "Σ",
    "COMMA": "逗号",
    "SCOPE": "上年. 或 下级.",
    "FORM": "表号（如 Z05）",
    "NUMBER": "数字",
    "NAME": "行、栏名称或编码",
    "LSQB": "[",
    "RSQB": "]",
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "SLASH": "/",
    "DOT": ".",
    "$END": "公式结束",
}

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
COMPARATORS = {"=": "=", "＝": "=", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">="}


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
    def literal(self) -> str | None:
        """The key itself where the selector names exactly one."""
        if all(len(p.names) == 1 for p in self.parts):
            return "/".join(p.names[0] for p in self.parts)
        return None


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


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def parse(text: str, words: dict[str, str] | None = None) -> Formula:
    """Reads one formula; ``words`` adds words with their regular expressions.

    Raises :class:`FormulaError`.
    """
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from error
    return _Builder(text, WORDS | (words or {})).build(tree)


def _syntax_error(text: str, error: UnexpectedInput) -> FormulaError:
    if isinstance(error, UnexpectedToken):
        end = error.token.type == "$END"
        found = "公式到此中断" if end else f"不应出现“{error.token}”"
        names = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        end, found, names = False, f"不认识的字符“{text[error.pos_in_stream or 0]}”", error.allowed
    else:
        end, found, names = isinstance(error, UnexpectedEOF), "公式到此中断", set()
    wanted = tuple(sorted({EXPECTED.get(str(n), str(n)) for n in names or ()}))
    lines = text.split("\n")
    line, column = (len(lines), len(lines[-1]) + 1) if end else (error.line, error.column)
    return FormulaError(found, line, column, wanted)


class _Builder:
    """Turns the parse tree into flat signed terms."""

    def __init__(self, text: str, words: dict[str, str]):
        self.text, self.words = text, words

    def build(self, tree: Tree) -> Formula:
        terms: list[Term] = []
        sides = [c for c in tree.children if isinstance(c, Tree)]
        for name, side in zip(("left", "right", "slack"), sides, strict=False):
            self._side(side, name, Fraction(1), False, terms)
        used = {w: self.words[w] for t in terms if t.cell for w in t.cell.words}
        return Formula(self.text.strip(), self._cmp(tree), tuple(terms), used)

    def _cmp(self, tree: Tree) -> str:
        tokens = {c.type: str(c) for c in tree.children if isinstance(c, Token)}
        if tree.data == "compare":
            return COMPARATORS[tokens["CMP"]]
        return tokens["ARROW"] if tree.data == "imply" else ">"

    def _side(self, tree: Tree, name: str, scale: Fraction, summed: bool, out: list[Term]) -> None:
        sign = Fraction(1)
        for child in tree.children:
            if isinstance(child, Token):
                sign = Fraction(1 if child in "+＋" else -1)
            else:
                self._product(child, name, scale * sign, summed, out)

    def _product(
        self, tree: Tree, name: str, scale: Fraction, summed: bool, out: list[Term]
    ) -> None:
        factor = None
        for child in tree.children:
            if isinstance(child, Tree):
                factor = child
            elif child.type in ("NUMBER", "ZERO"):
                scale *= Fraction(str(child))
        if factor is None:
            if scale:
                raise FormulaError("公式中的常数只能是 0", *_place(tree))
            out.append(Term(name, scale, None))
            return
        self._factor(factor, name, scale, summed or factor.data == "summed", out)

    def _factor(
        self, tree: Tree, name: str, scale: Fraction, summed: bool, out: list[Term]
    ) -> None:
        for child in tree.children:
            if isinstance(child, Tree) and child.data == "side":
                self._side(child, name, scale, True, out)
            elif isinstance(child, Tree):
                out.append(Term(name, scale, self._cell(child), summed))

    def _cell(self, tree: Tree) -> Cell:
        tokens = {c.type: c for c in tree.children if isinstance(c, Token)}
        row, col = (c for c in tree.children if isinstance(c, Tree))
        scope = str(tokens["SCOPE"]).rstrip(". \n\t") if "SCOPE" in tokens else ""
        form = tokens["FORM"]
        return Cell(
            scope,
            str(form),
            self._selector(row),
            self._selector(col),
            form.line or 1,
            form.column or 1,
        )

    def _selector(self, tree: Tree) -> Selector:
        parts = tuple(self._part(c) for c in tree.children if isinstance(c, Tree))
        meta = tree.meta
        return Selector(parts, self.text[meta.start_pos : meta.end_pos], meta.line, meta.column)

    def _part(self, tree: Tree) -> Part:
        names = tuple(str(c) for c in tree.children if isinstance(c, Token) and c.type == "NAME")
        if tree.data == "tree":
            return self._tree(tree, *names)
        if tree.data == "part" and names[0] in self.words:
            return Part(word=names[0])
        return Part(names=names)

    def _tree(self, tree: Tree, parent: str, child: str) -> Part:
        if LENGTHS.get(parent, 9) >= LENGTHS.get(child, 0):
            raise FormulaError(
                f"“{parent}.{child}”不是上下级科目", *_place(tree), ("类.款", "款.项", "经类.经款")
            )
        return Part(word=parent, child=child)


def _place(tree: Tree) -> tuple[int, int]:
    return (getattr(tree.meta, "line", 1), getattr(tree.meta, "column", 1))


def pattern(selector: Selector, words: dict[str, str]) -> re.Pattern[str]:
    """A regular expression that matches the selector's keys whole, with one group per word."""
    return _compiled("/".join(_part_pattern(p, words) for p in selector.parts))


_compiled = cache(re.compile)


def _part_pattern(part: Part, words: dict[str, str]) -> str:
    if part.child:
        extra = LENGTHS[part.child] - LENGTHS[part.word]
        return rf"(?P<{part.word}>{words[part.word]})\d{{{extra}}}"
    if part.word:
        return rf"(?P<{part.word}>{words[part.word]})"
    return "(?:" + "|".join(re.escape(n) for n in part.names) + ")"
