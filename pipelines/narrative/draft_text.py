"""The words of a drafted narrative: sections and sentences from the facts, reasons left open.

Only items that the unit has are named. What does not belong here: Word, pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pipelines.narrative.checks.cells import addresses_of
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.vocabulary import vocabulary
from schemas.library import code_list

CENT = Decimal("0.01")
INCOME = ("gpb", "fund", "capital", "superior", "business", "trade", "subordinate", "other")
EXPENDITURE = ("basic", "project", "superior", "trade", "subordinate")
OPEN = "【待填：{}】"


@dataclass(slots=True)
class Block:
    """A piece of the document: ``kind`` is title, heading1, heading2, heading3, text, chart."""

    kind: str
    text: str
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: ``form`` is columns or pie; values in 万元."""

    form: str
    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(slots=True)
class Draft:
    """A document in the making."""

    facts: FactLookup
    unit: str
    year: int
    blocks: list[Block] = field(default_factory=list)

    def heading(self, level: int, text: str) -> None:
        self.blocks.append(Block(f"heading{level}", text))

    def text(self, text: str) -> None:
        self.blocks.append(Block("text", text))

    def chart(self, form: str, title: str, items: list[tuple[str, Decimal]]) -> None:
        """Adds a picture; nothing where all values are 0."""
        shown = [(n, a) for n, a in items if a or form == "columns"]
        if any(a for _, a in shown):
            values = tuple(float(a / 10_000) for _, a in shown)
            self.blocks.append(
                Block("chart", title, Chart(form, title, tuple(n for n, _ in shown), values))
            )

    # facts ---------------------------------------------------------------

    def amount(self, item_id: str, offset: int = 0) -> Decimal | None:
        """The amount of a quantity in 元 (counts in their unit); None where its tables
        are missing.
        """
        fact = self.facts.first(addresses_of(item_id), offset)
        return fact.amount if fact else None

    def nonzero(self, prefix: str, names: tuple[str, ...]) -> list[tuple[str, Decimal]]:
        """(title, amount) of the quantities ``prefix.name`` that are not 0."""
        known = vocabulary().quantities
        found = [
            (known[f"{prefix}.{n}"].title, self.amount(f"{prefix}.{n}") or Decimal(0))
            for n in names
        ]
        return [(title, value) for title, value in found if value]

    def rows(self, form: str, col: str, level: int) -> list[tuple[str, Decimal]]:
        """(code, amount) of the functional items of one level that are not 0."""
        found = self.facts.rows(form, "", col)
        return sorted(
            (c, f.amount) for c, f in found.items() if c.isdigit() and len(c) == level and f.amount
        )


def wan(value: Decimal) -> str:
    """元 as 万元 with two decimals; a plain 0 for nothing."""
    return f"{(value / 10_000).quantize(CENT, ROUND_HALF_UP)}万元" if value else "0万元"


def share(part: Decimal, whole: Decimal) -> str:
    return f"{_percent(Fraction(part) / Fraction(whole) * 100)}%"


def _percent(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(CENT, ROUND_HALF_UP)


def change(draft: Draft, item_id: str, words: str = "") -> str:
    """The sentence on the change against last year, in the words the amounts call for.

    Such as ``与2022年度相比，…增加X万元，增长Y%。主要原因是【待填】。``.
    """
    now, before = draft.amount(item_id), draft.amount(item_id, -1)
    if now is None or before is None:
        return (
            f"与{draft.year - 1}年度相比的增减变动：" + OPEN.format("上年数、增减额和原因") + "。"
        )
    gap = now - before
    lead = f"与{draft.year - 1}年度相比，{words}"
    if not gap or abs(gap) < 50:
        return f"{lead}持平。"
    up = gap > 0
    text = f"{lead}{'增加' if up else '减少'}{wan(abs(gap))}"
    if before > 0:
        text += (
            f"，{'增长' if up else '下降'}{_percent(Fraction(abs(gap)) / Fraction(before) * 100)}%"
        )
    return f"{text}。主要原因是" + OPEN.format("变动原因") + "。"


def listed(items: list[tuple[str, Decimal]], whole: Decimal) -> str:
    """``甲1.00万元，占50.00%；乙…`` without items of 0."""
    return "；".join(f"{title}{wan(value)}，占{share(value, whole)}" for title, value in items)


def build(facts: FactLookup, unit: str, year: int) -> Draft:
    """The whole document."""
    from pipelines.narrative.draft_terms import annexes, terms
    from pipelines.narrative.draft_three import other_matters, three_public

    draft = Draft(facts, unit, year)
    draft.blocks.append(Block("title", f"{unit}{year}年度部门决算公开说明"))
    _overview(draft)
    draft.heading(1, f"第二部分 {year}年度部门决算情况说明")
    _totals(draft)
    _income(draft)
    _expenditure(draft)
    _fiscal(draft)
    _general_budget(draft)
    _basic(draft)
    three_public(draft)
    _funds(draft)
    other_matters(draft)
    terms(draft)
    annexes(draft)
    return draft


def _overview(draft: Draft) -> None:
    draft.heading(1, "第一部分 部门概况")
    draft.heading(2, "一、部门职责")
    draft.text(OPEN.format("按“三定”规定填写主要职责"))
    draft.heading(2, "二、机构设置")
    draft.text(OPEN.format("内设机构，以及纳入决算编制范围的下属单位个数和名称"))


def _missing(draft: Draft, what: str) -> None:
    draft.text(OPEN.format(f"缺少{what}，本节无法生成"))


def _both(draft: Draft, income: str, expenditure: str) -> list[tuple[str, Decimal]]:
    year = draft.year
    before, now = draft.amount(income, -1), draft.amount(income)
    out_before, out = draft.amount(expenditure, -1), draft.amount(expenditure)
    pairs = [
        (f"{year - 1}年度收入", before),
        (f"{year}年度收入", now),
        (f"{year - 1}年度支出", out_before),
        (f"{year}年度支出", out),
    ]
    return [(label, value) for label, value in pairs if value is not None]


def _totals(draft: Draft) -> None:
    draft.heading(2, "一、收入支出决算总体情况说明")
    income, expenditure = draft.amount("total_income"), draft.amount("total_expenditure")
    if income is None or expenditure is None:
        _missing(draft, "财决01表")
        return
    if income == expenditure:
        text = (
            f"{draft.year}年度收、支总计均为{wan(income)}。"
            f"{change(draft, 'total_income', '收、支总计各')}"
        )
    else:
        text = f"{draft.year}年度收入总计{wan(income)}，支出总计{wan(expenditure)}。" + OPEN.format(
            "收、支总计应相等，请先核对财决01表"
        )
    draft.text(text)
    draft.chart(
        "columns", "图1：收、支决算总计变动情况", _both(draft, "total_income", "total_expenditure")
    )


def _income(draft: Draft) -> None:
    draft.heading(2, "二、收入决算情况说明")
    whole = draft.amount("income")
    if whole is None:
        _missing(draft, "财决03表")
        return
    items = draft.nonzero("income", INCOME)
    text = f"{draft.year}年度本年收入合计{wan(whole)}"
    draft.text(f"{text}，其中：{listed(items, whole)}。" if whole and items else f"{text}。")
    draft.chart("pie", "图2：收入决算结构", items)


def _expenditure(draft: Draft) -> None:
    draft.heading(2, "三、支出决算情况说明")
    whole = draft.amount("expenditure")
    if whole is None:
        _missing(draft, "财决04表")
        return
    items = draft.nonzero("expenditure", EXPENDITURE)
    text = f"{draft.year}年度本年支出合计{wan(whole)}"
    draft.text(f"{text}，其中：{listed(items, whole)}。" if whole and items else f"{text}。")
    draft.chart("pie", "图3：支出决算结构", items)


def _fiscal(draft: Draft) -> None:
    draft.heading(2, "四、财政拨款收入支出决算总体情况说明")
    income, expenditure = draft.amount("fiscal_income"), draft.amount("fiscal_expenditure")
    if income is None or expenditure is None:
        _missing(draft, "财决01-1表")
        return
    if income == expenditure:
        draft.text(
            f"{draft.year}年度财政拨款收、支总计均为{wan(income)}。"
            f"{change(draft, 'fiscal_income', '财政拨款收、支总计各')}"
        )
    else:
        text = (
            f"{draft.year}年度财政拨款收入总计{wan(income)}，财政拨款支出总计{wan(expenditure)}。"
        )
        draft.text(text + OPEN.format("收、支总计应相等，请先核对财决01-1表"))
    draft.chart(
        "columns",
        "图4：财政拨款收、支决算总计变动情况",
        _both(draft, "fiscal_income", "fiscal_expenditure"),
    )


def _general_budget(draft: Draft) -> None:
    draft.heading(2, "五、一般公共预算财政拨款支出决算情况说明")
    whole, all_spent = draft.amount("gpb"), draft.amount("expenditure")
    if whole is None:
        _missing(draft, "财决07表")
        return
    if not whole:
        draft.text("本部门没有一般公共预算财政拨款支出。")
        return
    draft.heading(3, "（一）一般公共预算财政拨款支出决算总体情况")
    of_all = f"，占本年支出合计的{share(whole, all_spent)}" if all_spent else ""
    draft.text(
        f"{draft.year}年度一般公共预算财政拨款支出{wan(whole)}{of_all}。"
        f"{change(draft, 'gpb', '一般公共预算财政拨款支出')}"
    )
    before = draft.amount("gpb", -1)
    pair = [(f"{draft.year - 1}年度", before), (f"{draft.year}年度", whole)]
    draft.chart(
        "columns",
        "图5：一般公共预算财政拨款支出决算变动情况",
        [(n, a) for n, a in pair if a is not None],
    )
    _structure(draft, whole)
    _items(draft, whole)


def _structure(draft: Draft, whole: Decimal) -> None:
    draft.heading(3, "（二）一般公共预算财政拨款支出决算结构情况")
    names = code_list("functional").items
    classes = [(names[c].name, a) for c, a in draft.rows("Z07", "本年支出/合计", 3) if c in names]
    lead = f"{draft.year}年度一般公共预算财政拨款支出{wan(whole)}"
    draft.text(f"{lead}，主要用于以下方面：{listed(classes, whole)}。" if classes else f"{lead}。")
    draft.chart("pie", "图6：一般公共预算财政拨款支出决算结构", classes)


def _items(draft: Draft, whole: Decimal) -> None:
    draft.heading(3, "（三）一般公共预算财政拨款支出决算具体情况")
    budget = draft.facts.first(vocabulary().quantities["gpb"].budget)
    done = f"，完成预算{share(whole, budget.amount)}" if budget and budget.amount > 0 else ""
    draft.text(f"{draft.year}年度一般公共预算财政拨款支出决算数为{wan(whole)}{done}。其中：")
    for number, (code, value) in enumerate(draft.rows("Z07", "本年支出/合计", 7), 1):
        hint = OPEN.format("完成预算比例；与预算数不等的写明原因")
        draft.text(f"{number}.{triple(code)}：支出决算为{wan(value)}，{hint}。")


def triple(code: str) -> str:
    """``一般公共服务（类）统计信息事务（款）行政运行（项）`` by code."""
    names = code_list("functional").items
    known = [(names[c].name if c in names else c) for c in (code[:3], code[:5], code)]
    known[0] = known[0].removesuffix("支出")
    return "".join(f"{name}（{level}）" for name, level in zip(known, "类款项", strict=True))


def _basic(draft: Draft) -> None:
    draft.heading(2, "六、一般公共预算财政拨款基本支出决算情况说明")
    whole = draft.amount("gpb.basic")
    if whole is None:
        _missing(draft, "财决07表")
        return
    if not whole:
        draft.text("本部门没有一般公共预算财政拨款基本支出。")
        return
    draft.text(f"{draft.year}年度一般公共预算财政拨款基本支出{wan(whole)}，其中：")
    for group, item_id in (("人员经费", "gpb.basic.person"), ("公用经费", "gpb.basic.public")):
        value = draft.amount(item_id)
        if not value:
            continue
        names = "、".join(economic(draft, group))
        draft.text(
            f"{group}{wan(value)}，主要包括：{names}。" if names else f"{group}{wan(value)}。"
        )


def economic(draft: Draft, group: str) -> list[str]:
    """The names of the economic items of a group that have basic expenditure."""
    names = code_list("economic").items
    spent = draft.facts.cells("Z08_1", "", "合计")
    codes = sorted(
        c
        for c, f in spent.items()
        if f.amount and len(c) == 5 and c in names and names[c].group == group
    )
    return list(dict.fromkeys(names[c].name for c in codes))


def _funds(draft: Draft) -> None:
    for title, item_id, words in (
        ("八、政府性基金预算支出决算情况说明", "fund", "政府性基金预算财政拨款支出"),
        ("九、国有资本经营预算支出决算情况说明", "capital", "国有资本经营预算财政拨款支出"),
    ):
        draft.heading(2, title)
        value = draft.amount(item_id)
        if value is None:
            _missing(draft, "财决01-1表")
        elif value:
            draft.text(f"{draft.year}年度{words}{wan(value)}。")
        else:
            draft.text(f"本部门没有{words}。")
