"""The grammar of the notation: text in, :class:`~schemas.notation.Formula` out."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from schemas.notation import LENGTHS, Cell, Formula, FormulaError, Part, Selector, Term

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

COMPARATORS = {"=": "=", "＝": "=", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">="}


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def read(text: str, words: dict[str, str]) -> Formula:
    """One formula; ``words`` with their regular expressions. Raises :class:`FormulaError`."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from error
    return _Builder(text, words).build(tree)


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
