"""What is said beneath a public table: what it shows, that its parts add up or which do not, and
what is not known.
"""

from __future__ import annotations

from pipelines.public.figures import Published
from pipelines.public.sums import Broken, broken_sums
from pipelines.public.wording import Subject, place_of
from schemas.library import forms

ABOUT = {
    "G01": "本表反映部门本年度的总收支和年末结转结余情况。",
    "G02": "本表反映部门本年度取得的各项收入情况。",
    "G03": "本表反映部门本年度各项支出情况。",
    "G04": "本表反映部门本年度财政拨款的总收支和年末结转结余情况。",
    "G05": "本表反映部门本年度财政拨款支出按经济分类的明细情况。",
    "G06": "本表反映部门本年度一般公共预算财政拨款支出情况。",
    "G07": "本表反映部门本年度一般公共预算财政拨款支出的明细情况，只列有支出的经济科目。",
    "G08": "本表反映部门本年度一般公共预算财政拨款基本支出的明细情况。",
    "G09": "本表反映部门本年度一般公共预算财政拨款项目支出情况。",
    "G10": "本表反映部门本年度政府性基金预算财政拨款收入、支出及结转结余情况。",
    "G11": "本表反映部门本年度国有资本经营预算财政拨款收入、支出及结转结余情况。",
    "G12": "本表反映部门本年度国有资本经营预算财政拨款支出情况。",
    "G13": "本表反映部门本年度财政拨款“三公”经费支出的预算和决算情况，预算数为全年预算数。",
}
EMPTY = {
    "G02": "收入",
    "G03": "支出",
    "G05": "财政拨款支出",
    "G06": "一般公共预算财政拨款支出",
    "G07": "一般公共预算财政拨款支出",
    "G08": "一般公共预算财政拨款基本支出",
    "G09": "一般公共预算财政拨款项目支出",
    "G10": "政府性基金预算财政拨款收入、支出及结转结余",
    "G11": "国有资本经营预算财政拨款收入、支出及结转结余",
    "G12": "国有资本经营预算财政拨款支出",
    "G13": "财政拨款“三公”经费支出",
}
BALANCED = "金额已作舍位平衡处理，各项相加等于合计；原值见「原值」表。"
ROUNDED = "各数分别四舍五入，各项相加与合计可能有尾差；原值见「原值」表。"
AGAIN = "请补报后重新生成。"
MOST_NAMED = 8  # rows named beneath a table before 等


def state_of(data: Published, form: str) -> str:
    """What there is of a table, in a few words for the contents: empty where it is as it
    should be.
    """
    if lacked := data.lacking.reasons([form]):
        return f"{lacked}，{'部分栏未能填列' if data.lacking.made(form) else '未能生成'}"
    return "空表：" + _none(form) if _is_empty(data, form) and form in EMPTY else ""


def _none(form: str) -> str:
    return f"没有{EMPTY[form]}"


def _is_empty(data: Published, form: str) -> bool:
    return form not in data.lines()


def notes(data: Published, subject: Subject, form: str, pointer: bool) -> list[str]:
    """The notes of a table, each a line. ``pointer``: the sheet 问题 has something to refer to."""
    lacked = data.lacking.reasons([form])
    if lacked and not data.lacking.made(form):
        return [f"注：{lacked}，本表未能生成。{AGAIN}"]
    found = [f"注：{lacked}，有关的栏和合计未能填列。{AGAIN}"] if lacked else []
    unread = [
        f"{forms()[f].number}有 {n} 个金额读不出，本表相应各格留空。"
        for f, n in data.lacking.cells_unread(form).items()
    ]
    if not found and not unread and form in EMPTY and _is_empty(data, form):
        return [f"注：本部门{subject.year}年度{_none(form)}，故本表无数据。"]
    ending, broken = _sums_of(data, form)
    about = f"注：{ABOUT[form]}{ending}"
    return [*found, about, *unread, *_said(broken, subject, form, pointer)]


def _sums_of(data: Published, form: str) -> tuple[str, list[Broken]]:
    """What is said of a table's sums in general, and those of them that do not hold where the
    table's sources do not, either.
    """
    if _is_empty(data, form):
        return "", []
    broken = broken_sums(data, form)
    if not broken:
        return BALANCED, []
    if not any(b.in_source for b in broken):
        return ROUNDED, []
    return "", broken


def ready_notes(data: Published, subject: Subject, form: str) -> list[str]:
    """The notes of a table that goes out: what it shows and how it is rounded, nothing of errors or
    exact amounts.
    """
    lacked = data.lacking.reasons([form])
    if lacked and not data.lacking.made(form):
        return [f"注：{lacked}，本表未能生成。{AGAIN}"]
    if _is_empty(data, form) and form in EMPTY and not lacked:
        return [f"注：本部门{subject.year}年度{_none(form)}，故本表无数据。"]
    adds_up = not _is_empty(data, form) and not broken_sums(data, form)
    return [f"注：{ABOUT[form]}" + (BALANCED if adds_up else ROUNDED).partition("；")[0] + "。"]


def _said(broken: list[Broken], subject: Subject, form: str, pointer: bool) -> list[str]:
    """The sums that do not hold, each named by its row and column."""
    if not broken:
        return []
    wrong = [b for b in broken if b.in_source]
    sources = "、".join(forms()[f].number for f in forms()[form].source)
    where = "，详见「问题」表" if pointer else ""
    lines = [
        f"※ 本表有 {len(wrong)} 处合计与各项之和不等，是{sources}原有的差错，"
        f"公布数未作改动{where}："
    ]
    for b in wrong[:MOST_NAMED]:
        lines.append(
            f"　　{place_of(b.key, subject)}：列 {_wan(b.shown)}，各项相加为 {_wan(b.added)}，相差"
            f" {_wan(b.shown - b.added)}"
        )
    if len(wrong) > MOST_NAMED:
        lines.append(f"　　其余 {len(wrong) - MOST_NAMED} 处从略")
    return [*lines, "　　其余各数已作舍位平衡处理；原值见「原值」表。"]


def _wan(amount: int) -> str:
    return f"{amount / 100:,.2f}"
