"""Where each fact is printed in the public tables, and the exact amounts of those figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pipelines.public.relations import FUNDS, STAFF, TOTAL

Key = tuple[str, str, str, str]
Facts = Mapping[Key, int]
OTHER_EXPENSE = ("上缴上级支出", "经营支出", "对附属单位补助支出")
THREE_PUBLIC = {
    "合计": "支出合计",
    "因公出国（境）费": "因公出国（境）费",
    "公务用车购置及运行维护费/小计": "公务用车购置及运行维护费",
    "公务用车购置费": "公务用车购置费",
    "公务用车运行维护费": "公务用车运行维护费",
    "公务接待费": "公务接待费",
}
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "G02": (
        "Z03",
        {
            "本年收入合计": "本年收入合计",
            "财政拨款收入": "财政拨款收入",
            "上级补助收入": "上级补助收入",
            "事业收入/小计": "事业收入",
            "事业收入/其中：教育收费": "事业收入/其中：教育收费",
            "经营收入": "经营收入",
            "附属单位上缴收入": "附属单位上缴收入",
            "其他收入": "其他收入",
        },
    ),
    "G03": ("Z04", {c: c for c in ("本年支出合计", "基本支出", "项目支出", *OTHER_EXPENSE)}),
    "G06": (
        "Z07",
        {
            "本年支出/合计": "合计",
            "本年支出/基本支出/小计": "基本支出",
            "本年支出/项目支出": "项目支出",
        },
    ),
    "G09": ("Z08_2", {TOTAL: TOTAL}),
    "G10": (
        "Z09",
        {
            "年初结转和结余/合计": "年初结转和结余",
            "本年收入/合计": "本年收入",
            "本年支出/合计": "本年支出/小计",
            "本年支出/基本支出/小计": "本年支出/基本支出",
            "本年支出/项目支出": "本年支出/项目支出",
            "年末结转和结余/合计": "年末结转和结余",
        },
    ),
    "G11": (
        "Z11",
        {
            "年初结转和结余/合计": "年初结转和结余",
            "本年收入": "本年收入",
            "本年支出": "本年支出/合计",
            "年末结转和结余/合计": "年末结转和结余",
        },
    ),
    "G12": ("Z12", {TOTAL: TOTAL}),
}
_BLOCKS = ("收入", "支出功能分类", "支出")


def exact_amounts(facts: Facts) -> dict[Key, int]:
    """The figures of the public tables that are not zero, in 分. ``facts``: (form, block, row, column) → 分."""
    budget = budget_column(c for f, _, _, c in facts if f == "F03")
    exact: dict[Key, int] = {}
    summed: dict[Key, int] = {}
    for key, amount in facts.items():
        same, added = _printed_at(key, budget)
        for target in same:
            exact[target] = amount
        for target in added:
            summed[target] = summed.get(target, 0) + amount
    return {key: amount for key, amount in (exact | summed).items() if amount}


def budget_column(columns: Iterator[str]) -> str:
    """The column of F03 that holds the budget; years differ."""
    return "全年预算数" if "全年预算数" in columns else "预算数"


@lru_cache(maxsize=65536)
def _printed_at(key: Key, budget: str) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """The figures that are this fact, and those it is added to."""
    return _once(key, budget), _added(key)


def _once(key: Key, budget: str) -> tuple[Key, ...]:
    """The figures that are this fact."""
    form, block, row, column = key
    found: list[Key] = []
    if form in ("Z01", "Z01_1"):
        found += _in_block(form, block, row, column)
    found += [
        (t, "", row, columns[column])
        for t, (source, columns) in LISTS.items()
        if form == source and column in columns
    ]
    if form == "Z08":
        found.append(("G07", "", row, column))
    if form in ("Z11", "Z12") and column == ("本年支出" if form == "Z11" else TOTAL):
        found.append(
            ("G11", "", row, "本年支出/项目支出") if form == "Z11" else ("G12", "", row, "项目支出")
        )
    if form == "F03" and (side := {budget: "预算数", "统计数": "决算数"}.get(column)):
        found += [
            ("G13", "", TOTAL, f"{side}/{shown}")
            for shown, source in THREE_PUBLIC.items()
            if row == source
        ]
    return tuple(found)


def _in_block(form: str, block: str, row: str, column: str) -> Iterator[Key]:
    year, _, fund = column.partition("/")
    if block in _BLOCKS and year == "决算数":
        target = "G01" if form == "Z01" else "G04"
        yield target, block, row, "金额" if not fund else TOTAL if fund == "小计" else fund


def _added(key: Key) -> tuple[Key, ...]:
    """The figures that this fact is a part of."""
    form, _, row, column = key
    if row != TOTAL:
        return ()
    if form in ("Z08", "Z10", "Z12"):
        fund = FUNDS[("Z08", "Z10", "Z12").index(form)]
        return ("G05", "", column, TOTAL), ("G05", "", column, fund)
    if form == "Z08_1":
        group: Key = ("G08", "", "人员经费合计" if column in STAFF else "公用经费合计", "决算数")
        return (
            ("G08", "", column, "决算数"),
            *((group,) if len(column) == 3 and column.isdigit() else ()),
        )
    return ()
