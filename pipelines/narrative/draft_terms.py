"""名词解释 of a drafted narrative: exactly the terms and functional items that it uses; and what
stands after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.narrative.draft_text import EXPENDITURE, INCOME, OPEN, Draft, triple
from schemas.library import code_list, published_forms

INCOME_TERMS = {
    "superior": ("上级补助收入", "从主管部门和上级单位取得的非财政补助收入"),
    "business": ("事业收入", "事业单位开展专业业务活动及其辅助活动取得的收入"),
    "trade": ("经营收入", "事业单位在专业业务活动及其辅助活动以外开展非独立核算经营活动取得的收入"),
    "subordinate": ("附属单位上缴收入", "附属的独立核算单位按规定上缴的收入"),
    "other": ("其他收入", "除上述各项收入以外取得的收入"),
}
EXPENDITURE_TERMS = {
    "basic": ("基本支出", "为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出"),
    "project": ("项目支出", "在基本支出以外为完成特定任务和事业发展目标而发生的支出"),
    "superior": ("上缴上级支出", "附属单位按规定的标准或比例上缴上级单位的支出"),
    "trade": ("经营支出", "事业单位在专业业务活动及其辅助活动以外开展非独立核算经营活动发生的支出"),
    "subordinate": ("对附属单位补助支出", "用财政拨款以外的收入补助附属单位发生的支出"),
}
FISCAL = ("fiscal_income", "财政拨款收入", "从同级财政部门取得的财政预算资金")
BALANCES = (
    (
        "total_income.reserve",
        "使用非财政拨款结余（含专用结余）",
        "用以前年度积累的非财政拨款结余和专用结余弥补本年收支差额的金额",
    ),
    ("total_income.opening", "年初结转和结余", "以前年度尚未完成、按规定转到本年继续使用的资金"),
    (
        "total_expenditure.distributed",
        "结余分配",
        "按规定提取专用结余、缴纳所得税以及转入非财政拨款结余等的金额",
    ),
    ("total_expenditure.closing", "年末结转和结余", "按规定转到下年或以后年度继续使用的资金"),
)


OF_SECTIONS = (
    (
        "three",
        "“三公”经费",
        "用财政拨款安排的因公出国（境）费、公务用车购置及运行维护费和公务接待费",
    ),
    (
        "running",
        "机关运行经费",
        "为保障行政单位和参照公务员法管理的事业单位运行，用于购买货物和服务的各项资金",
    ),
)


def _used(draft: Draft) -> list[tuple[str, str]]:
    """(term, meaning) of everything the unit has."""
    return [
        *_given(draft, (FISCAL,)),
        *_given(draft, _kinds("income", INCOME, INCOME_TERMS)),
        *_given(draft, BALANCES),
        *_given(draft, _kinds("expenditure", EXPENDITURE, EXPENDITURE_TERMS)),
        *_given(draft, OF_SECTIONS),
    ]


def _given(draft: Draft, listed: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """(term, meaning) of those of (item, term, meaning) that have an amount."""
    return [(term, meaning) for item_id, term, meaning in listed if draft.amount(item_id)]


def _kinds(
    whole: str, names: Iterable[str], known: dict[str, tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """(item, term, meaning) of the kinds of income or expenditure, in the order of the text."""
    return [(f"{whole}.{name}", *known[name]) for name in names if name in known]


def _functional(draft: Draft) -> list[tuple[str, str]]:
    """The functional items of all budgets that have expenditure."""
    names = code_list("functional").items
    columns = (("Z07", "本年支出/合计"), ("Z09", "本年支出/合计"), ("Z11", "本年支出"))
    codes = sorted({code for form, col in columns for code, _ in draft.rows(form, col, 7)})
    return [(triple(c), _purpose(names[c].name if c in names else c)) for c in codes]


def _purpose(name: str) -> str:
    """What an item is spent on: names that say themselves what they are for are not told
    so twice.
    """
    core = name.removesuffix("支出") or name
    about = f"{core}的支出" if "用于" in name else f"用于{core}方面的支出"
    return f"{about}，含义以当年政府收支分类科目为准"


def terms(draft: Draft) -> None:
    """第三部分 名词解释"""
    draft.heading(1, "第三部分 名词解释")
    for number, (term, meaning) in enumerate([*_used(draft), *_functional(draft)], 1):
        draft.text(f"{number}.{term}：指{meaning}。")


def annexes(draft: Draft) -> None:
    """第四部分 附件, 第五部分 附表"""
    draft.heading(1, "第四部分 附件")
    draft.text(OPEN.format("绩效评价报告等附件"))
    draft.heading(1, "第五部分 附表")
    titles = [form.title for form in published_forms()]
    for number, title in enumerate(titles, 1):
        draft.text(f"{_numeral(number)}、{title}")


def _numeral(value: int) -> str:
    tens, ones = divmod(value, 10)
    digits = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else digits[tens] + "十"
    return head + (digits[ones] if ones or not tens else "")
