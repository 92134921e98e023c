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
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.library import Form
from schemas.library import forms as shipped_forms
from schemas.notation import LENGTHS, Cell, Formula, FormulaError, Selector, parse, pattern
from schemas.rulemistakes import line_of, mistake, yaml_place
from schemas.rulewords import render
from schemas.yamlfile import parse_yaml

RULES_DIR = Path(__file__).parent / "rules"
FAMILIES = ("表内", "表间", "跨年", "汇总", "公开", "表文", "绩效", "结构")
MAX_COEFFICIENT = 9
PLACEHOLDER = "本表"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Strict):
    """Which units a formula is for. ``unit_type``: 单位基本性质; ``report``: 单户 or 汇总."""

    unit_type: tuple[str, ...] = ()
    report: Literal["", "单户", "汇总"] = ""
    reason: str = ""

    @field_validator("unit_type", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Word(_Strict):
    """What a word of a formula may stand for: only these, or all but these."""

    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


class FormulaSpec(_Strict):
    """One formula of a rule. 本表 stands for each of ``forms``; ``provided`` are conditions that
    must hold.

    ``blank``: ``zero`` is the general policy (a blank addend is 0 unless all are); ``skip`` leaves
    an instance out when one side holds no number at all. ``optional`` forms count as empty when
    they are absent.
    """

    formula: str
    forms: tuple[str, ...] = ()
    where: Mapping[str, Word] = Field(default_factory=dict)
    when: When = When()
    provided: tuple[str, ...] = ()
    blank: Literal["zero", "skip"] = "zero"
    optional: tuple[str, ...] = ()

    @field_validator("where", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        return {k: {"only": v} if isinstance(v, list) else v for k, v in (value or {}).items()}

    @field_validator("provided", mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Example(_Strict):
    """A small table of facts and what the rule says to it.

    Values: 元; ``—`` a dash; null a blank cell.
    """

    name: str = ""
    facts: Mapping[str, Any] = Field(default_factory=dict)
    forms: tuple[str, ...] = ()
    decimals: int | None = None
    unit_type: str = ""
    report: str = ""
    expect: Literal["pass", "fail", "not_evaluated"]
    failed: int | None = None


class Rule(_Strict):
    """A rule. ``kind``: ``formula``, ``query`` (SQL over the datasets) or ``observed`` (found by
    another stage).

    ``template``: what an observed rule says, with named parts; ``example``: such parts.
    ``covers``: for a query, the cells at which it finds any difference of one 分, as they would
    stand in a formula. ``source`` and ``number``: the file it is from and its place there;
    ``replaces``: the file of the rule of the same id that it stands for, ``replaced_severity`` its
    severity.
    """

    id: str
    title: str
    message: str = ""
    family: Literal["表内", "表间", "跨年", "汇总", "公开", "表文", "绩效", "结构"]
    severity: Literal["error", "review", "hint"]
    basis: str = ""
    since: int | None = None
    until: int | None = None
    kind: Literal["formula", "query", "observed"] = "formula"
    formulas: tuple[FormulaSpec, ...] = ()
    sql: str = ""
    needs: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    balanced: bool = False
    precision: str = ""
    advice: str = ""
    text: str = ""
    template: str = ""
    example: Mapping[str, Any] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    source: str = ""
    number: int = 0
    replaces: str = ""
    replaced_severity: Literal["", "error", "review", "hint"] = ""
    broken: str = ""

    @field_validator("formulas", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return [{"formula": v} if isinstance(v, str) else v for v in value or ()]

    @property
    def formula(self) -> str:
        """All formulas as text, one a line."""
        return "\n".join(f.formula.strip() for f in self.formulas) or self.text or self.sql.strip()


@dataclass(frozen=True)
class Check:
    """One formula made ready: a form put for 本表, coefficients whole, words with their
    patterns.
    """

    id: int
    rule: Rule
    number: int
    spec: FormulaSpec
    formula: Formula
    scale: int
    suffix: str = ""
    provided: tuple[Check, ...] = ()

    @cached_property
    def reference(self) -> Cell:
        """The cell that names an instance: the single cell of a side (the left before the right),
        else the first.
        """
        found = [(t, t.cell) for t in self.formula.terms if t.cell and t.side != "slack"]
        for side in ("left", "right"):
            own = [(t, c) for t, c in found if t.side == side and not c.scope]
            if len(own) == 1 and not own[0][0].summed and single(own[0][1]):
                return own[0][1]
        binding = set(self.formula.binding)
        named = [c for _, c in found if not c.scope and set(c.words) <= binding]
        return (named or [c for _, c in found])[0]

    def forms(self, scope: str = "") -> list[str]:
        return list(dict.fromkeys(c.form for c in self.formula.cells if c.scope == scope))

    @property
    def scopes(self) -> set[str]:
        return {c.scope for c in self.formula.cells}


def single(cell: Cell) -> bool:
    """Whether a cell means one cell of a table (no set, no tree) once its words are bound."""
    return not any(len(p.names) > 1 or p.child for s in (cell.row, cell.col) for p in s.parts)


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
                made.append(
                    _check(book, rule, number, spec, form, len(book.checks) + len(made), made)
                )
    except FormulaError as error:
        which = f"第 {int(place[1]) + 1} 个公式" if place else "公式"
        reason = f"{rule.source}{_line_in(book, rule, place)} 规则 {rule.id} 的{which}有误，{error}"
        book.rules[rule.id] = rule.model_copy(update={"broken": reason})
        return
    for check in made:
        book.checks.append(check)


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


def split_block(form: Form, row: Selector) -> tuple[str, Selector]:
    """The block that a row selector names (empty for list tables) and the rest of it."""
    named = {b.name for b in form.blocks if b.name}
    first = row.parts[0].names
    if named and len(first) == 1 and first[0] in named and len(row.parts) > 1:
        return first[0], Selector(row.parts[1:], row.text.split("/", 1)[1], row.line, row.column)
    return "", row


def form_rows(form: Form, cell: Cell) -> list[str]:
    """The fixed rows of the cell's block; empty where rows are codes."""
    if not form.blocks:
        return []
    block = split_block(form, cell.row)[0]
    return [r.key for b in form.blocks if b.name == block for r in (*b.rows, *b.former)]


def form_columns(form: Form, cell: Cell) -> list[str]:
    """The described columns that the cell may name."""
    if not form.blocks:
        extra = ["合计"] if form.alternative == "economic" else []
        return [] if form.alternative else [c.key for c in form.columns] + extra
    block = split_block(form, cell.row)[0]
    return [c.key for b in form.blocks if b.name == block for c in b.columns]


def overlaps(one: Check, other: Check, forms: Mapping[str, Form]) -> bool:
    """Whether two formulas of a rule could name an instance by the same cell."""
    a, b = one.reference, other.reference
    if (a.scope, a.form) != (b.scope, b.form):
        return False
    (block, row), (other_block, other_row) = (split_block(forms[a.form], c.row) for c in (a, b))
    return (
        block == other_block
        and _meet(row, one, other_row, other)
        and _meet(a.col, one, b.col, other)
    )


def _meet(a: Selector, one: Check, b: Selector, other: Check) -> bool:
    if a.literal is not None:
        return bool(pattern(b, other.formula.words).fullmatch(a.literal))
    if b.literal is not None:
        return bool(pattern(a, one.formula.words).fullmatch(b.literal))
    levels = [_level(s) for s in (a, b)]
    return levels[0] == levels[1] or "" in levels


def _level(selector: Selector) -> str:
    """The code word of a selector that is nothing else, to tell 类 rows from 款 rows."""
    word = selector.parts[0].word if len(selector.parts) == 1 else ""
    return word if word in LENGTHS else ""
