"""A rule the way it is usually written: one SQL query over ``facts``, with the amounts of each
instance added up.

Every term of a formula is a SELECT with its own filter; the words of the formula (行, 科目, 款 …)
come out of the keys by regular expression. The query says which instances do not hold; who is to be
left out, and why, is not its business.
"""

from __future__ import annotations

from schemas.library import Form
from schemas.notation import Cell, Selector, pattern
from schemas.rulemodel import Check, Rule
from schemas.ruleplaces import split_block

UNIT = "coalesce(unit_code, unit_name)"
SOURCES = {
    "": ("facts f", f"{UNIT}", "year"),
    "上年": ("facts f", f"{UNIT}", "year + 1"),
    "下级": ("facts f JOIN units u USING (unit_code)", "u.parent_code", "f.year"),
}
FAILS = {
    "=": "sum(v) <> 0",
    "<=": "sum(v) > 0",
    ">=": "sum(v) < 0",
    ">": "sum(v) FILTER (side = 'left') <= 0",
    "⇒": "sum(v) FILTER (side = 'left') > 0 AND coalesce(sum(v) FILTER (side = 'right'), 0) >= 0",
    "⇔": (
        "(coalesce(sum(v) FILTER (side = 'left'), 0) > 0) <> (coalesce(-sum(v) FILTER (side ="
        " 'right'), 0) > 0)"
    ),
}


def rule_sql(rule: Rule, checks: list[Check], forms: dict[str, Form]) -> str:
    """One query for all formulas of a rule: columns unit, year, the words, difference."""
    return "\nUNION ALL\n".join(f"({_check(c, forms)})" for c in checks if c.rule is rule)


def _check(check: Check, forms: dict[str, Form]) -> str:
    binding = check.formula.binding
    terms = [_term(check, t, binding, forms) for t in check.formula.terms if t.cell]
    words = "".join(f", w{i}" for i in range(len(binding)))
    instance = f"concat_ws('|'{words})" if binding else "''"
    return (
        f"SELECT unit, year, {check.id} AS formula, {instance} AS instance, sum(v) AS"
        f" difference\nFROM ({' UNION ALL '.join(terms)}) GROUP BY unit, year{words} HAVING"
        f" {FAILS[check.formula.cmp]}"
    )


def _term(check: Check, term, binding: tuple[str, ...], forms: dict[str, Form]) -> str:
    cell: Cell = term.cell
    source, unit, year = SOURCES[cell.scope]
    block, row = split_block(forms[cell.form], cell.row)
    words = check.formula.words
    taken = "".join(f", {_word(w, row, cell.col, words)} AS w{i}" for i, w in enumerate(binding))
    factor = term.coef * check.scale * (-1 if term.side == "right" else 1)
    where = [
        f"form = {_text(cell.form)}",
        f"block = {_text(block)}",
        _match("row_key", row, words),
        _match("col_key", cell.col, words),
    ]
    return (
        f"SELECT {unit} AS unit, {year} AS year{taken}, {factor} * amount AS v, {_text(term.side)}"
        f" AS side FROM {source} WHERE {' AND '.join(where)}"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _match(column: str, selector: Selector, words: dict[str, str]) -> str:
    if selector.literal is not None:
        return f"{column} = {_text(selector.literal)}"
    if len(selector.parts) == 1 and selector.parts[0].names:
        return f"{column} IN ({', '.join(map(_text, selector.parts[0].names))})"
    return f"regexp_full_match({column}, {_text(_plain(selector, words))})"


def _word(word: str, row: Selector, col: Selector, words: dict[str, str]) -> str:
    column, selector = ("row_key", row) if word in row.words else ("col_key", col)
    group = list(pattern(selector, words).groupindex).index(word) + 1
    return f"regexp_extract({column}, {_text('^' + _plain(selector, words) + '$')}, {group})"


def _plain(selector: Selector, words: dict[str, str]) -> str:
    """The pattern without group names and without look-ahead, which SQL engines do not have."""
    text = pattern(selector, words).pattern
    for word in selector.words:
        text = text.replace(f"?P<{word}>", "")
    start = text.find("(?!")
    return text if start < 0 else text[:start] + text[text.index(r"\Z)", start) + 3 :]
