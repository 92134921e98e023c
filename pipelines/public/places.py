"""Where in the public tables an amount is printed: its own row and all above, its own column and all it counts into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from typing import Any

import numpy as np

from pipelines.public.exact import Key
from pipelines.public.relations import FUNDS, STAFF, TOTAL

_FLOW_FORMS = ("G10", "G11")


_numbers: dict[Key, int] = {}


def numbered(keys: Iterable[Key]) -> np.ndarray:
    """The keys as numbers, the same for the life of the process: looked up faster than four words."""
    return np.array([_numbers.setdefault(key, len(_numbers)) for key in keys], dtype=np.int64)


def known() -> int:
    """How many keys have a number."""
    return len(_numbers)


def _remembered(places: Callable[..., Iterator[Key]]) -> Callable[..., np.ndarray]:
    """The keys, numbered: the same few thousand kinds of amounts occur in every unit."""

    @lru_cache(maxsize=32768)
    @wraps(places)
    def remembered(*about: Any) -> np.ndarray:
        return numbered(places(*about))

    return remembered


@lru_cache(maxsize=8192)
def upwards(code: str) -> tuple[str, ...]:
    """``2010301`` → 2010301, 20103, 201, 合计; ``30201`` → 30201, 302, 合计."""
    return (*(code[:n] for n in (7, 5, 3) if n <= len(code)), TOTAL)


@_remembered
def expense(fund: int, kind: str, item: str, econ: str) -> Iterator[Key]:
    """Expenditure of one of the three budgets by 项 and economic item; ``kind``: 基本支出, 项目支出, or empty if not known."""
    name, group = FUNDS[fund], item[:3]
    across = upwards(econ)
    for block, row in (("支出功能分类", group), ("支出", "本年支出合计"), ("支出", "总计")):
        yield "G01", block, row, "金额"
        yield "G04", block, row, TOTAL
        yield "G04", block, row, name
    for code in across:
        yield "G05", "", code, TOTAL
        yield "G05", "", code, name
    kinds = [kind] if kind else []
    for row in upwards(item):
        yield from (("G03", "", row, c) for c in ("本年支出合计", *kinds))
        yield from _expense_rows(fund, kinds, row, across)
    if fund == 0 and kind == "基本支出":
        yield from (("G08", "", code, "决算数") for code in across)
        yield "G08", "", "人员经费合计" if econ[:3] in STAFF else "公用经费合计", "决算数"


def _expense_rows(fund: int, kinds: list[str], row: str, across: tuple[str, ...]) -> Iterator[Key]:
    """In the tables of the budget itself."""
    if fund == 0:
        yield from (("G06", "", row, c) for c in (TOTAL, *kinds))
        yield from (("G07", "", row, c) for c in across)
        if kinds == ["项目支出"]:
            yield "G09", "", row, TOTAL
    elif fund == 1:
        yield from (("G10", "", row, f"本年支出/{c}") for c in ("小计", *kinds))
    else:
        yield from (("G11", "", row, f"本年支出/{c}") for c in (TOTAL, *kinds))
        yield from (("G12", "", row, c) for c in (TOTAL, *kinds))


@_remembered
def opening(fund: int, item: str) -> Iterator[Key]:
    """年初结转和结余 of one of the three budgets."""
    yield from (("G01", "收入", r, "金额") for r in ("年初结转和结余", "总计"))
    yield from (
        ("G04", "收入", r, "金额")
        for r in ("年初财政拨款结转和结余", f"年初财政拨款结转和结余/{FUNDS[fund]}", "总计")
    )
    if fund:
        yield from ((_FLOW_FORMS[fund - 1], "", row, "年初结转和结余") for row in upwards(item))


@_remembered
def income(fund: int, item: str) -> Iterator[Key]:
    """本年收入 of one of the three budgets."""
    yield from (("G01", "收入", r, "金额") for r in (f"{FUNDS[fund]}收入", "本年收入合计", "总计"))
    yield from (("G04", "收入", r, "金额") for r in (FUNDS[fund], "本年收入合计", "总计"))
    for row in upwards(item):
        yield "G02", "", row, "财政拨款收入"
        yield "G02", "", row, "本年收入合计"
        if fund:
            yield _FLOW_FORMS[fund - 1], "", row, "本年收入"


@_remembered
def closing(fund: int, item: str) -> Iterator[Key]:
    """年末结转和结余 of one of the three budgets."""
    yield from (("G01", "支出", r, "金额") for r in ("年末结转和结余", "总计"))
    for row in ("年末财政拨款结转和结余", FUNDS[fund], "总计"):
        yield from (("G04", "支出", row, c) for c in (TOTAL, FUNDS[fund]))
    if fund:
        yield from ((_FLOW_FORMS[fund - 1], "", row, "年末结转和结余") for row in upwards(item))


@_remembered
def own_expense(item: str, kind: str) -> Iterator[Key]:
    """Expenditure beyond the three budgets."""
    for block, row in (("支出功能分类", item[:3]), ("支出", "本年支出合计"), ("支出", "总计")):
        yield "G01", block, row, "金额"
    for row in upwards(item):
        yield from (("G03", "", row, c) for c in ("本年支出合计", kind))


@_remembered
def other_income(item: str, kind: str) -> Iterator[Key]:
    """Income beyond the three budgets."""
    yield from (("G01", "收入", r, "金额") for r in (kind, "本年收入合计", "总计"))
    for row in upwards(item):
        yield from (("G02", "", row, c) for c in ("本年收入合计", kind))


@_remembered
def fee(item: str) -> Iterator[Key]:
    """教育收费, which is shown but counts into nothing."""
    yield from (("G02", "", row, "事业收入/其中：教育收费") for row in upwards(item))


@_remembered
def balance(block: str, row: str) -> Iterator[Key]:
    """A balance of Z01 beyond the three budgets."""
    yield from (("G01", block, r, "金额") for r in (row, "总计"))


@_remembered
def three_public(side: str, name: str) -> Iterator[Key]:
    """One kind of the “三公” costs; ``side`` is 预算数 or 决算数."""
    over = [name, TOTAL] + (
        ["公务用车购置及运行维护费/小计"] if name.startswith("公务用车") else []
    )
    yield from (("G13", "", TOTAL, f"{side}/{n}") for n in over)
