"""A rule as a clerk would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.rulemodel import FormulaSpec, Rule

SEVERITY_WORDS = {"error": "错误", "review": "核实", "hint": "提示"}


def render(rule: Rule) -> str:
    """Title, family, formulas with their conditions, what to do; a line each."""
    years = (
        f"{rule.since or '……'} 至 {rule.until or '今'}" if rule.since or rule.until else "各年度"
    )
    lines = [
        f"{rule.id}  {rule.title}",
        f"类别：{rule.family}    级别：{SEVERITY_WORDS[rule.severity]}    年度：{years}",
    ]
    if rule.basis:
        lines.append(f"依据：{rule.basis}")
    if rule.replaces:
        lines.append(f"替换：{rule.source} 中的这条规则替换了 {rule.replaces} 中的同号规则")
    if rule.broken:
        lines.append(f"规则故障：{rule.broken}")
    lines += [line for n, spec in enumerate(rule.formulas, 1) for line in _formula(n, spec)]
    if rule.text or rule.sql:
        lines.append(f"做法：{rule.text or '查询'}")
    for label, value in (("说明", rule.message), ("精度", rule.precision), ("处理", rule.advice)):
        if value:
            lines.append(f"{label}：{value}")
    return "\n".join(lines)


def _formula(number: int, spec: FormulaSpec) -> list[str]:
    lines = [f"公式 {number}：{spec.formula.strip()}"]
    if spec.forms:
        lines.append(f"    本表：{'、'.join(spec.forms)}")
    for word, domain in spec.where.items():
        kind = "取" if domain.only else "不取"
        lines.append(f"    {word}：{kind} {'、'.join(domain.only or domain.but)}")
    if spec.when.unit_type:
        lines.append(f"    适用单位：{'、'.join(spec.when.unit_type)}")
    if spec.when.report:
        lines.append(f"    适用报表：{spec.when.report}")
    lines += [f"    前提：{p}" for p in spec.provided]
    if spec.blank == "skip":
        lines.append("    一边没有任何数字时不执行")
    return lines
