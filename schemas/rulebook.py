"""The rules, loaded from ``schemas/rules/*.yml`` and from folders of an organisation's own.

A rule that cannot be used (a mistake in its YAML or in a formula) stays in the book with the reason
in ``broken``, so that the others run and the mistake is seen.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.library import Form
from schemas.library import forms as shipped_forms
from schemas.notation import Cell, Formula, FormulaError, Selector, pattern
from schemas.parsing import parse
from schemas.rulemistakes import line_of, mistake, yaml_place
from schemas.rulemodel import FAMILIES, Check, FormulaSpec, Rule, Word
from schemas.ruleplaces import form_columns, form_rows, overlaps, split_block
from schemas.rulewords import render
from schemas.yamlfile import parse_yaml

RULES_DIR = Path(__file__).parent / "rules"
MAX_COEFFICIENT = 9
PLACEHOLDER = "本表"


@dataclass
class Rulebook:
    """The rules in order, the checks compiled from them, and a version that changes with any of
    their texts.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    forms: dict[str, Form] = field(default_factory=dict)
    version: str = ""
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    def render_rule(self, rule: Rule | str) -> str:
        """A rule as a clerk would read it."""
        found = self.rules[rule] if isinstance(rule, str) else rule
        return render(found)


def load_rulebook(
    folders: Sequence[Path] = (RULES_DIR,), *, forms: Mapping[str, Form] | None = None
) -> Rulebook:
    """Every rule of the folders; a later folder replaces an earlier one's rule of the same id,
    unless it is broken itself.

    A folder of one's own is given beside the shipped one: ``load_rulebook((RULES_DIR, mine))``.
    """
    book = Rulebook(forms=dict(forms if forms is not None else shipped_forms()))
    replaced: dict[str, Rule] = {}
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).glob("*.yml")):
            text = path.read_text(encoding="utf-8")
            digest.update(path.name.encode() + b"\0" + text.encode())
            book.texts[path.name] = text
            for rule in _rules_of(path.name, text):
                replaced |= {rule.id: book.rules[rule.id]} if rule.id in book.rules else {}
                book.rules[rule.id] = rule
    book.version = digest.hexdigest()[:12]
    for rule in list(book.rules.values()):
        _compile(book, rule)
    for rule in replaced.values():
        _put_back(book, rule)
    book.texts.clear()
    return book


def read_rules(path: Path) -> list[Rule]:
    """The rules of one file, in order, without compiling them."""
    return _rules_of(path.name, path.read_text(encoding="utf-8"))


def formulas_of(rule: Rule) -> list[tuple[FormulaSpec, Formula]]:
    """The formulas of a rule with their words, one for each form that 本表 stands for."""
    found = []
    for spec in rule.formulas:
        for form in spec.forms or ("",):
            found.append((spec, _worded(spec, spec.formula, form)))
    return found


def is_own(rule: Rule) -> bool:
    """Whether a rule is from a folder of the organisation's own or replaces a shipped one."""
    return bool(rule.replaces) or not (RULES_DIR / rule.source).is_file()


def _put_back(book: Rulebook, rule: Rule) -> None:
    """Where what replaced a rule is broken, the rule holds on, and the broken one is reported under
    a name of its own.
    """
    broken = book.rules[rule.id]
    if not broken.broken:
        stands_for = {"replaces": rule.source, "replaced_severity": rule.severity}
        book.rules[rule.id] = broken.model_copy(update=stands_for)
    else:
        name = f"S-RULES/{broken.source}#{rule.id}"
        book.rules[name] = broken.model_copy(update={"id": name})
        book.rules[rule.id] = rule
        _compile(book, rule)


def _rules_of(name: str, text: str) -> list[Rule]:
    try:
        raw = parse_yaml(text) or {}
    except yaml.YAMLError as error:
        return [_broken(f"S-RULES/{name}", name, f"{name} 不是正确的 YAML：{yaml_place(error)}")]
    entries = raw.get("rules") if isinstance(raw, dict) else raw
    if not isinstance(entries, list):
        return [_broken(f"S-RULES/{name}", name, f"{name} 应有 rules: 列表")]
    shared = {
        k: raw[k] for k in ("family", "severity", "kind") if isinstance(raw, dict) and k in raw
    }
    return [_rule(name, n, shared, entry, text) for n, entry in enumerate(entries, 1)]


def _rule(name: str, number: int, shared: dict, entry: Any, text: str) -> Rule:
    if not isinstance(entry, dict) or not entry.get("id"):
        return _broken(f"S-RULES/{name}#{number}", name, f"{name} 第 {number} 条规则没有 id")
    try:
        return Rule.model_validate(shared | entry | {"source": name, "number": number})
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(p) for p in first["loc"])
        line = line_of(text, number, first["loc"])
        return _broken(
            str(entry["id"]),
            name,
            f"{name}{line} 规则 {entry['id']} 的 {where} {mistake(first)}",
            entry,
        )


def _broken(rule_id: str, name: str, reason: str, entry: Mapping | None = None) -> Rule:
    entry = entry or {}
    title = str(entry.get("title") or "无法使用的规则")
    values = {"id": rule_id, "title": title, "severity": "error", "source": name, "broken": reason}
    return Rule.model_validate(
        values | {"family": entry.get("family") if entry.get("family") in FAMILIES else "结构"}
    )


def _compile(book: Rulebook, rule: Rule) -> None:
    if rule.broken or rule.kind == "observed":
        return
    made: list[Check] = []
    place: tuple[int | str, ...] = ()
    try:
        for text in rule.covers:
            _ready(book, FormulaSpec(formula=text), f"{text} > 0", "")
        if rule.kind == "query":
            return
        if not rule.formulas:
            raise FormulaError("规则没有公式")
        for number, spec in enumerate(rule.formulas, 1):
            place = ("formulas", number - 1)
            for form in spec.forms or ("",):
                next_id = len(book.checks) + len(made)
                made.append(_check(book, rule, number, spec, form, next_id, made))
    except FormulaError as error:
        book.rules[rule.id] = _faulty(book, rule, place, error)
        return
    book.checks.extend(made)


def _faulty(book: Rulebook, rule: Rule, place: tuple[int | str, ...], error: FormulaError) -> Rule:
    which = f"第 {int(place[1]) + 1} 个公式" if place else "公式"
    reason = f"{rule.source}{_line_in(book, rule, place)} 规则 {rule.id} 的{which}有误，{error}"
    return rule.model_copy(update={"broken": reason})


def _line_in(book: Rulebook, rule: Rule, path: Sequence[int | str]) -> str:
    found = book.texts.get(rule.source)
    return line_of(found, rule.number, path) if found and rule.number else ""


def _check(
    book: Rulebook,
    rule: Rule,
    number: int,
    spec: FormulaSpec,
    form: str,
    next_id: int,
    before: list[Check],
) -> Check:
    formula = _ready(book, spec, spec.formula, form)
    wanted = [_ready(book, spec, text, form) for text in spec.provided]
    conditions = tuple(Check(-1, rule, number, spec, f, _scale(f)) for f in wanted)
    check = Check(next_id, rule, number, spec, formula, _scale(formula), provided=conditions)
    clash = any(c.number != number and overlaps(c, check, book.forms) for c in before)
    return Check(
        next_id, rule, number, spec, formula, check.scale, f"#{number}" if clash else "", conditions
    )


def _worded(spec: FormulaSpec, text: str, form: str) -> Formula:
    words = {w: _word_pattern(d) for w, d in spec.where.items()}
    formula = _parsed(text.strip("\n"), tuple(sorted(words.items())))
    return put_form(formula, PLACEHOLDER, form) if form else formula


def _ready(book: Rulebook, spec: FormulaSpec, text: str, form: str) -> Formula:
    formula = _worded(spec, text, form)
    for term in formula.terms:
        if term.cell:
            _known(book, term.cell)
    _bound(formula)
    return formula


@cache
def _parsed(text: str, words: tuple[tuple[str, str], ...]) -> Formula:
    return parse(text, dict(words))


def put_form(formula: Formula, placeholder: str, form: str) -> Formula:
    """The same formula about a form put for the placeholder."""
    terms = tuple(
        replace(t, cell=replace(t.cell, form=form)) if t.cell and t.cell.form == placeholder else t
        for t in formula.terms
    )
    return replace(formula, text=formula.text.replace(placeholder, form), terms=terms)


def _word_pattern(domain: Word) -> str:
    if domain.only:
        return "|".join(re.escape(v) for v in domain.only)
    return "(?!(?:" + "|".join(re.escape(v) for v in domain.but) + r")\Z).+"


def _bound(formula: Formula) -> None:
    binding = set(formula.binding)
    for term in formula.terms:
        if not term.cell:
            continue
        words = term.cell.words
        for axis in (term.cell.row, term.cell.col):
            if len(axis.words) != len(set(axis.words)):
                raise FormulaError("同一个词在行（或栏）中用了两次", axis.line, axis.column)
        loose = [w for w in words if w not in binding]
        if loose and not term.summed:
            message = f"“{loose[0]}”没有在公式的每一项中出现，也不在 Σ 之内"
            axis = term.cell.row if loose[0] in term.cell.row.words else term.cell.col
            raise FormulaError(message, axis.line, axis.column)


def _scale(formula: Formula) -> int:
    scale = math.lcm(*(t.coef.denominator for t in formula.terms))
    if any(abs(t.coef * scale) > MAX_COEFFICIENT for t in formula.terms):
        term = max(formula.terms, key=lambda t: (t.coef.denominator, abs(t.coef)))
        where = (term.cell.line, term.cell.column) if term.cell else (1, 1)
        raise FormulaError(
            f"系数 {term.coef} 太大或太细（化整后不得超过 {MAX_COEFFICIENT}）", *where
        )
    return scale


def _known(book: Rulebook, cell: Cell) -> None:
    """Raises where a cell names a form, block, row or column that no form description has."""
    form = book.forms.get(cell.form)
    if form is None:
        raise FormulaError(
            f"没有表“{cell.form}”", cell.line, cell.column, tuple(sorted(book.forms))
        )
    row = split_block(form, cell.row)[1].literal
    columns = form_columns(form, cell)
    rows = form_rows(form, cell)
    if rows and row and row not in rows:
        raise FormulaError(
            f"{cell.form} 没有行“{cell.row.text}”",
            cell.row.line,
            cell.row.column,
            _near(cell.row, rows),
        )
    if columns and not cell.col.words and not any(map(pattern(cell.col, {}).fullmatch, columns)):
        raise FormulaError(
            f"{cell.form} 没有栏“{cell.col.text}”",
            cell.col.line,
            cell.col.column,
            _near(cell.col, columns),
        )


def _near(selector: Selector, names: Sequence[str]) -> tuple[str, ...]:
    """The names most like the one written, else the first dozen."""
    written = selector.text.rsplit("/", 1)[-1]
    return tuple(difflib.get_close_matches(written, names, n=4, cutoff=0.5)) or tuple(names)[:12]
