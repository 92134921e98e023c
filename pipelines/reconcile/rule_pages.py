"""The rule book as ``docs/rules.md``.

``python -m pipelines.reconcile.rule_pages [--check] docs/rules.md``
"""

from __future__ import annotations

import sys
from collections import Counter

from pipelines.pages import write_or_check
from pipelines.reconcile.coverage import (
    Covered,
    Gap,
    catalogue,
    count_kinds,
    coverage,
    gaps,
    holding,
)
from schemas.free_cells import FreeCells, free_cells
from schemas.rulebook import Rulebook, load_rulebook
from schemas.rulemodel import FAMILIES, Rule
from schemas.rulewords import SEVERITY_WORDS, years_of

NOT_BUILT = {
    "X-12": "财决06表不在所收的表格之内",
    "X-31": "财决附01表不在所收的表格之内",
    "X-32": "财决附05表不在所收的表格之内",
    "X-35": "财决附02表不在所收的表格之内",
    "X-36": "资产负债简表不在所收的表格之内",
    "Y-08": "财决附02表不在所收的表格之内",
    "Y-03、Y-04、Y-05": "只涉及公开说明文字，由表文类规则（N-）检查",
}
PARTLY = {
    "IN-CS01_1-01": "“归集上缴和缴回资金”的正负号因地而异，只核对带号相加",
    "Y-06": "表上没有处置数，只核对不超过上年加购置",
    "P-09": "表的次序不检查，只核对齐全",
}
HEAD = """# 规则目录

本页由 `python -m pipelines.reconcile.rule_pages` 从 `schemas/rules/*.yml` 生成，请勿手改。

公式的写法：`表[行, 栏]` 是一个单元格；`{甲, 乙}` 把所列的相加；`Σ` 把某一级的行或栏相加，`类.款` 是该类之下的款；
“行、列、类、款、项、科目”等词代表任何一行、一栏或一级科目，每一个都是一个实例；`上年.`、`下级.` 是上年的表和下级单位的表；
`A = B ± C` 允许 A 与 B 相差不超过 C；`⇔` 同有同无，`⇒` 有则须有。

结果分四种：通过、不通过、未执行（写明原因）、规则故障。表上所印的数按其小数位当作一个区间，区间之内有可能成立的不算不通过；
元表两位小数，精确到分。
"""  # noqa: E501 - a Markdown paragraph is one line


def render_book(book: Rulebook) -> str:
    """The whole rule book as Markdown."""
    parts = [HEAD]
    for family in FAMILIES:
        rules = sorted((r for r in book.rules.values() if r.family == family), key=lambda r: r.id)
        if rules:
            parts.append(f"## {family}（{len(rules)} 条）\n")
            parts += [_entry(book, r) for r in rules]
    parts.append("## 没有建立的规则\n\n| 规则 | 原因 |\n| --- | --- |\n" + _table(NOT_BUILT))
    parts.append("## 只建立了一部分的规则\n\n| 规则 | 说明 |\n| --- | --- |\n" + _table(PARTLY))
    parts.append(_coverage(book))
    return "\n".join(parts).rstrip() + "\n"


COVERAGE = """## 单元格的覆盖

由编译后的规则算出，`caijue rules coverage` 列出同样的内容（含本单位自己的规则和表）。科目行每级取一行代表，共 {total} 个单元格：
{equal} 个有本单位当年各表之间的等式，差一分即可发现；下表列出其余 {rest} 个。“不等式”只在越过界限时发现；“有条件的等式”在括号中的
条件具备时差一分也能发现；两样都没有的，没有规则核对。

| 表 | 行 | 栏 | 不等式 | 有条件的等式 |
| --- | --- | --- | --- | --- |
"""  # noqa: E501 - a Markdown paragraph is one line


def _coverage(book: Rulebook) -> str:
    covered = coverage(book, catalogue(book.forms))
    kinds = count_kinds(covered)
    head = COVERAGE.format(
        total=len(covered), equal=kinds["equal"], rest=len(covered) - kinds["equal"]
    )
    return head + "".join(_gap(g) for g in gaps(covered)) + _held(book, covered)


HELD = """
## 与别的表核对的单元格

财决表的单元格共 {total} 个（科目行每级取一行代表）：{held} 个有等式与别的表核对，{partly} 个在条件具备时（有上年的表，或全为财政拨款等）
有等式与别的表、上年核对，{free} 个只在自己的表内相加。在表内移动最后一类数而各合计不变的，没有规则看得出来；为什么没有，写在下表
（`schemas/free_cells.yml`）。每次运行按收到的表算出这个比例（按单元格、按金额），写在控制台、汇总表的《结论》和数据集 `runs` 里。

| 表 | 行 | 栏 | 为什么没有 |
| --- | --- | --- | --- |
"""  # noqa: E501 - a Markdown paragraph is one line


def _held(book: Rulebook, covered: list[Covered]) -> str:
    internal = [one for one in covered if book.forms[one.key[0]].family == "财决"]
    kinds = Counter(holding(one) for one in internal)
    head = HELD.format(
        total=len(internal),
        held=kinds["held"],
        partly=kinds["conditional"],
        free=kinds["free"],
    )
    return head + "".join(_free(entry) for entry in free_cells())


def _free(entry: FreeCells) -> str:
    blocks = f"（{'、'.join(entry.blocks)}）" if entry.blocks else ""
    rows, columns = ("、".join(_pattern(p) for p in ps) for ps in (entry.rows, entry.columns))
    return f"| {'、'.join(entry.forms)}{blocks} | {rows} | {columns} | {entry.reason} |\n"


def _pattern(pattern: str) -> str:
    return "各项" if pattern == "*" else pattern.replace("*", "…")


def _gap(gap: Gap) -> str:
    form = f"{gap.form}（{gap.block}）" if gap.block else gap.form
    cells = (
        form,
        *("、".join(part) or "—" for part in (gap.rows, gap.columns, gap.bounded, gap.conditional)),
    )
    return f"| {' | '.join(cells)} |\n"


def _table(rows: dict[str, str]) -> str:
    return "".join(f"| {k} | {v} |\n" for k, v in rows.items())


def _entry(book: Rulebook, rule: Rule) -> str:
    years = f"；{years_of(rule)} 年度" if years_of(rule) else ""
    basis = f"依据：{rule.basis}。" if rule.basis else ""
    lines = [
        f"### {rule.id} {rule.title}\n",
        f"级别：{SEVERITY_WORDS[rule.severity]}{years}。{basis}\n",
    ]
    if rule.formulas:
        kept = [
            ln
            for ln in book.render_rule(rule).split("\n")[1:]
            if not ln.startswith(("类别：", "依据：", "说明：", "精度：", "处理："))
        ]
        lines.append("```\n" + "\n".join(kept).strip() + "\n```\n")
    for label, value in (("做法", rule.text), ("精度", rule.precision), ("处理", rule.advice)):
        if value:
            lines.append(f"{label}：{value}。\n")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(write_or_check(sys.argv[1:], render_book(load_rulebook())))
