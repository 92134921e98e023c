"""The words of a drafted narrative on “三公”经费 and on 其他重要事项."""

from __future__ import annotations

from decimal import Decimal

from pipelines.narrative.draft_text import OPEN, Draft, change, listed, share, wan
from pipelines.narrative.vocabulary import vocabulary

PARTS = ("abroad", "car", "host")
VEHICLES = ("ministerial", "leader", "secret", "emergency", "law", "special", "retired", "other")


def three_public(draft: Draft) -> None:
    """七、财政拨款“三公”经费支出决算情况说明"""
    draft.heading(2, "七、财政拨款“三公”经费支出决算情况说明")
    whole = draft.amount("three")
    if whole is None:
        draft.text(OPEN.format("缺少财决附03表，本节无法生成"))
        return
    draft.heading(3, "（一）“三公”经费财政拨款支出决算总体情况说明")
    lead = f"{draft.year}年度“三公”经费财政拨款支出决算为{wan(whole)}"
    draft.text(
        f"{lead}{_completed(draft, 'three', whole)}。"
        f"{change(draft, 'three', '“三公”经费财政拨款支出')}"
    )
    draft.heading(3, "（二）“三公”经费财政拨款支出决算具体情况说明")
    parts = draft.nonzero("three", PARTS)
    if whole and parts:
        draft.text(
            f"{draft.year}年度“三公”经费财政拨款支出决算中，{listed(parts, whole)}。具体情况如下："
        )
        draft.chart("pie", "图7：“三公”经费财政拨款支出结构", parts)
    _abroad(draft)
    _cars(draft)
    _reception(draft)


def _completed(draft: Draft, item_id: str, value: Decimal) -> str:
    budget = draft.facts.first(vocabulary().quantities[item_id].budget)
    return f"，完成预算{share(value, budget.amount)}" if budget and budget.amount > 0 else ""


def _count(draft: Draft, item_id: str) -> int:
    return int(draft.amount(item_id) or 0)


def _abroad(draft: Draft) -> None:
    value = draft.amount("three.abroad") or Decimal(0)
    if not value:
        draft.text("1.本年度没有发生因公出国（境）费用。")
        return
    groups, people = _count(draft, "count.abroad.groups"), _count(draft, "count.abroad.people")
    draft.text(
        f"1.因公出国（境）费支出{wan(value)}{_completed(draft, 'three.abroad', value)}。"
        f"全年安排因公出国（境）团组{groups}个，"
        f"出国（境）{people}人次。{change(draft, 'three.abroad', '因公出国（境）费支出')}"
        f"开支内容为{OPEN.format('团组名称、出访地点和成效')}。"
    )


def _cars(draft: Draft) -> None:
    value = draft.amount("three.car") or Decimal(0)
    kept = _count(draft, "count.car.kept")
    tail = f"截至{draft.year}年12月31日，公务用车保有量{kept}辆。" if kept else ""
    if not value:
        draft.text(f"2.本年度没有发生公务用车购置及运行维护费。{tail}")
        return
    parts = []
    if bought := draft.amount("three.car.buy"):
        cars = _count(draft, "count.car.bought")
        parts.append(f"公务用车购置费支出{wan(bought)}，全年更新购置公务用车{cars}辆。")
    if running := draft.amount("three.car.run"):
        parts.append(f"公务用车运行维护费支出{wan(running)}。")
    lead = f"2.公务用车购置及运行维护费支出{wan(value)}{_completed(draft, 'three.car', value)}。"
    draft.text(f"{lead}{change(draft, 'three.car', '公务用车购置及运行维护费支出')}")
    draft.text("其中：" + "".join(parts) + tail)


def _reception(draft: Draft) -> None:
    value = draft.amount("three.host") or Decimal(0)
    if not value:
        draft.text("3.本年度没有发生公务接待费。")
        return
    lead = f"3.公务接待费支出{wan(value)}{_completed(draft, 'three.host', value)}。"
    draft.text(f"{lead}{change(draft, 'three.host', '公务接待费支出')}其中：")
    kinds = (("home", "国内公务接待"), ("foreign", "外事接待"), ("abroad", "国（境）外公务接待"))
    for kind, words in kinds:
        spent = draft.amount(f"three.host.{kind}") or Decimal(0)
        batches, people = (
            _count(draft, f"count.host.{kind}.batches"),
            _count(draft, f"count.host.{kind}.people"),
        )
        if spent or batches:
            draft.text(
                f"{words}支出{wan(spent)}。{words}{batches}批次，{people}人次，"
                f"具体内容为{OPEN.format('接待事项')}。"
            )


def other_matters(draft: Draft) -> None:
    """十、其他重要事项的情况说明"""
    draft.heading(2, "十、其他重要事项的情况说明")
    draft.heading(3, "（一）机关运行经费支出情况")
    value = draft.amount("running")
    if value is None:
        draft.text(OPEN.format("缺少财决附03表，本节无法生成"))
    elif value:
        draft.text(
            f"{draft.year}年度，{draft.unit}机关运行经费支出{wan(value)}。"
            f"{change(draft, 'running', '机关运行经费支出')}"
        )
    else:
        draft.text("本部门没有机关运行经费支出。")
    draft.heading(3, "（二）政府采购支出情况")
    _procurement(draft)
    draft.heading(3, "（三）国有资产占有使用情况")
    _assets(draft)
    draft.heading(3, "（四）预算绩效管理情况")
    draft.text(OPEN.format("绩效目标、监控和自评开展情况"))


def _procurement(draft: Draft) -> None:
    value = draft.amount("procurement")
    if value is None:
        draft.text(OPEN.format("缺少财决附03表，本节无法生成"))
        return
    if not value:
        draft.text("本部门没有政府采购支出。")
        return
    parts = draft.nonzero("procurement", ("goods", "works", "services"))
    text = f"{draft.year}年度，{draft.unit}政府采购支出总额{wan(value)}"
    text += f"，其中：{'、'.join(f'{title}{wan(a)}' for title, a in parts)}。" if parts else "。"
    contracts = [draft.amount("contracts.sme"), draft.amount("contracts.micro")]
    words = ("授予中小企业合同金额", "授予小微企业合同金额")
    given = [
        f"{w}{wan(a)}，占政府采购支出总额的{share(a, value)}"
        for w, a in zip(words, contracts, strict=True)
        if a
    ]
    draft.text(
        text
        + ("，其中：".join(given) + "。" if given else "")
        + "主要用于"
        + OPEN.format("采购内容")
        + "。"
    )


def _assets(draft: Draft) -> None:
    cars = _count(draft, "vehicles")
    known = vocabulary().quantities
    kinds = [(known[f"vehicles.{k}"].title, _count(draft, f"vehicles.{k}")) for k in VEHICLES]
    listed_kinds = "、".join(f"{title}{n}辆" for title, n in kinds if n)
    equipment = _count(draft, "equipment")
    text = f"截至{draft.year}年12月31日，{draft.unit}共有车辆{cars}辆"
    text += f"，其中：{listed_kinds}。" if listed_kinds else "。"
    draft.text(f"{text}单价100万元（含）以上设备（不含车辆）{equipment}台（套）。")
