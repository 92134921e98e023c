"""``caijue rules [list|show ID|test]``: the rule book."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pipelines.commands import Answer
from pipelines.config import Config
from pipelines.errors import EXIT_ERRORS, UsageError

if TYPE_CHECKING:
    from pipelines.reconcile.coverage import Covered
    from schemas.rulebook import Rulebook

SEVERITY = {"error": "错误", "review": "核实", "hint": "提示"}


def _book(config: Config) -> Any:
    from pipelines.organisation import rulebook

    return rulebook(config)


def rules_list(config: Config) -> Answer:
    """Every rule: id, severity, title, formula."""
    found = [_rule(r) for r in _book(config).rules.values()]
    text = "\n".join(
        f"{r['rule_id']:<14}{SEVERITY.get(r['severity'], r['severity'])}  {r['title']}{_marks(r)}"
        for r in found
    )
    return Answer(found, f"{text}\n共 {len(found)} 条")


def _marks(rule: dict[str, Any]) -> str:
    """What is unusual about a rule: it replaces another one, it cannot be used."""
    replaced = f"（{rule['source']} 替换了随附的同号规则）" if rule["replaces"] else ""
    return replaced + ("（规则故障）" if rule["broken"] else "")


def _rule(rule: Any) -> dict[str, Any]:
    names = (
        "id",
        "title",
        "family",
        "severity",
        "formula",
        "basis",
        "since",
        "until",
        "source",
        "replaces",
        "broken",
    )
    values = {n: getattr(rule, n, None) for n in names}
    return {"rule_id": values.pop("id"), **values}


def rules_show(config: Config, rule_id: str) -> Answer:
    """One rule as a clerk would read it.

    Raises UsageError, with the nearest id, for an unknown one.
    """
    book = _book(config)
    by_id = book.rules
    rule = by_id.get(rule_id) or by_id.get(rule_id.upper())
    if rule is None:
        near = difflib.get_close_matches(rule_id.upper(), by_id, n=3, cutoff=0.5)
        hint = f"是不是 {'、'.join(near)}？" if near else "用 caijue rules list 看全部规则。"
        raise UsageError(f"没有规则 {rule_id}。{hint}")
    text = book.render_rule(rule)
    return Answer(_rule(rule) | {"text": text}, text)


def _difference(result: dict[str, Any]) -> str:
    """How a worked example came out otherwise than written, as a line."""
    name = f"{result['rule_id']} {result['name']}"
    return (
        f"  {name}：应为 {result['expected']}，实为 {result['actual']} {result['reason']}".rstrip()
    )


def rules_test(config: Config) -> Answer:
    """Run every worked example of every rule; exit code 1 where one does not come out as written,
    or a rule is broken.
    """
    from pipelines.reconcile import run_examples

    book = _book(config)
    broken = [{"rule_id": r.id, "reason": r.broken} for r in book.rules.values() if r.broken]
    results = [_example(r) for r in run_examples(book)]
    failed = [r for r in results if not r["passed"]]
    lines = [
        *(_difference(r) for r in failed),
        *(f"  {b['rule_id']} 规则故障：{b['reason']}" for b in broken),
        _tally(len(results), len(failed), len(broken)),
    ]
    document = {"examples": len(results), "failed": failed, "broken": broken}
    return Answer(document, "\n".join(lines), EXIT_ERRORS if failed or broken else 0)


def _tally(examples: int, failed: int, broken: int) -> str:
    faults = f"；规则故障 {broken} 条" if broken else ""
    return f"规则示例 {examples} 个，不符 {failed} 个{faults}"


def rules_coverage(config: Config, form: str = "") -> Answer:
    """The cells that no equality among a unit's own tables reaches, of all forms or one; and how
    many another table, year or level holds, with the reason for those that none does.

    Raises UsageError for an unknown form.
    """
    from dataclasses import asdict

    from pipelines.reconcile.coverage import catalogue, count_kinds, coverage, gaps

    book = _book(config)
    if form and form not in book.forms:
        raise UsageError(f"没有表 {form}。可用的表：{'、'.join(book.forms)}。")
    covered = [c for c in coverage(book, catalogue(book.forms)) if form in ("", c.key[0])]
    found = gaps(covered)
    kinds = count_kinds(covered)
    lines = [f"单元格 {len(covered)} 个，有等式核对的 {kinds['equal']} 个；其余："]
    for gap in found:
        table = f"{gap.form}/{gap.block}" if gap.block else gap.form
        where = f"{table}[{'、'.join(gap.rows)}；{'、'.join(gap.columns)}]"
        lines.append(
            f"  {where} "
            f" 不等式：{'、'.join(gap.bounded) or '无'}；有条件的等式："
            f"{'、'.join(gap.conditional) or '无'}"
        )
    held = _held(book, covered)
    lines += ["", *_held_lines(held)]
    document = {"cells": len(covered), "kinds": kinds, "gaps": [asdict(g) for g in found]}
    return Answer(document | {"across": held}, "\n".join(lines))


def _held(book: Rulebook, covered: list[Covered]) -> dict[str, Any]:
    """Cells of the 财决 tables by whether another table holds them; free ones by the reason."""
    from pipelines.reconcile.coverage import FREE, HELD, PARTLY, holding
    from schemas.free_cells import why_free

    counts = dict.fromkeys((HELD, PARTLY, FREE), 0)
    reasons: dict[str, int] = {}
    for one in covered:
        if book.forms[one.key[0]].family != "财决":
            continue
        kind = holding(one)
        counts[kind] += 1
        if kind == FREE:
            why = f"{one.key[0]}：{why_free(one.key) or '没有写明原因'}"
            reasons[why] = reasons.get(why, 0) + 1
    return {**counts, "reasons": reasons}


def _held_lines(held: dict[str, Any]) -> list[str]:
    return [
        f"财决表中，有等式与别的表、别的年度或上下级核对的 {held['held']} 个，"
        f"有条件的 {held['conditional']} 个，没有的 {held['free']} 个：",
        *(f"  {n} 个  {why}" for why, n in held["reasons"].items()),
    ]


def _example(result: Any) -> dict[str, Any]:
    names = ("rule_id", "name", "expected", "actual", "reason", "passed")
    return {n: getattr(result, n, "") for n in names}
