"""A rule as a clerk would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.rulemodel import FormulaSpec, Rule

SEVERITY_WORDS = {"error": "错误", "review": "核实", "hint": "提示"}


def years_of(rule: Rule) -> str:
    """``2019 至 今``; empty where a rule holds for all years."""
    if not rule.since and not rule.until:
        return ""
    return f"{rule.since or '……'} 至 {rule.until or '今'}"


def render(rule: Rule) -> str:
    """Title, family, formulas with their conditions, what to do; a line each."""
    severity, years = SEVERITY_WORDS[rule.severity], years_of(rule) or "各年度"
    replaces = f"{rule.source} 中的这条规则替换了 {rule.replaces} 中的同号规则"
    lines = [
        f"{rule.id}  {rule.title}",
        f"类别：{rule.family}    级别：{severity}    年度：{years}",
        *_labelled(
            ("依据", rule.basis),
            ("替换", replaces if rule.replaces else ""),
            ("规则故障", rule.broken),
        ),
    ]
    for n, spec in enumerate(rule.formulas, 1):
        lines += _formula(n, spec)
    lines += _labelled(
        ("做法", rule.text or ("查询" if rule.sql else "")),
        ("说明", rule.message),
        ("精度", rule.precision),
        ("处理", rule.advice),
    )
    return "\n".join(lines)


def _labelled(*said: tuple[str, str | None]) -> list[str]:
    """A line for each that says something."""
    return [f"{label}：{text}" for label, text in said if text]


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
