"""The 财决 tables of a unit and year, worked out from its ledger.

A table is ``{(block, row_key, col_key): amount}`` in integer 分 (counts × 100), with the keys of
``schemas/forms``. Only what is not zero is kept, except in CS01_1, where signed parts may add up to
a zero that has to be printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from pipelines.sample.ledger import (
    ADJUSTMENTS,
    ALLOCATIONS,
    BASIC,
    BASIC_CARRY,
    BUSINESS,
    BUSINESS_SURPLUS,
    CAPITAL,
    CAPITAL_WORKS,
    FINAL,
    FISCAL,
    FROM_ABOVE,
    FROM_BELOW,
    FUND,
    GENERAL,
    OTHER,
    OWN,
    PROJECT,
    PROJECT_CARRY,
    PROJECT_SURPLUS,
    RUNNING,
    SERVICE,
    STAFF,
    STAGES,
    START,
    TEACHING,
    TRADE,
    Ledger,
)

Key = tuple[str, str, str]
Table = dict[Key, int]
Tables = dict[str, Table]
TOTAL = "合计"
FUND_LABELS = {
    GENERAL: "一般公共预算财政拨款",
    FUND: "政府性基金预算财政拨款",
    CAPITAL: "国有资本经营预算财政拨款",
}

WIDE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Z05": ((*FISCAL, OWN), (BASIC, PROJECT, BUSINESS)),
    "Z05_1": ((*FISCAL, OWN), (BASIC,)),
    "Z05_2": ((*FISCAL, OWN), (PROJECT,)),
    "Z05_3": ((*FISCAL, OWN), (BUSINESS,)),
    "Z08": ((GENERAL,), (BASIC, PROJECT)),
    "Z08_1": ((GENERAL,), (BASIC,)),
    "Z08_2": ((GENERAL,), (PROJECT,)),
    "Z10": ((FUND,), (BASIC, PROJECT)),
    "Z10_1": ((FUND,), (BASIC,)),
    "Z10_2": ((FUND,), (PROJECT,)),
    "Z12": ((CAPITAL,), (BASIC, PROJECT)),
}


def derive(ledger: Ledger) -> Tables:
    """Every table of the year that the ledger gives rise to; a table with nothing in it is empty,
    not absent.
    """
    tables = {form: _wide(ledger, *scope) for form, scope in WIDE.items()}
    tables |= {
        "Z02": _z02(ledger),
        "Z03": _z03(ledger),
        "Z04": _z04(ledger),
        "Z07": _fund_list(ledger, GENERAL),
        "Z09": _fund_list(ledger, FUND),
        "Z11": _z11(ledger),
        "F03": _f03(ledger),
    }
    tables |= {"Z01": _z01(ledger), "Z01_1": _z01_1(ledger)}
    tables = {form: {k: v for k, v in table.items() if v} for form, table in tables.items()}
    return tables | {"CS01_1": _cs01_1(ledger)}


# --- lists
# --------------------------------------------------------------------------------------------------


def tree(code: str) -> tuple[str, ...]:
    """The rows a 项 counts in: 合计, 类, 款, 项."""
    return (TOTAL, code[:3], code[:5], code)


def _rolled(cells: Iterable[tuple[str, str, int]]) -> Table:
    table: Counter = Counter()
    for item, column, amount in cells:
        for row in tree(item):
            table["", row, column] += amount
    return table


def _wide(ledger: Ledger, funds: tuple[str, ...], natures: tuple[str, ...]) -> Table:
    def cells() -> Iterable[tuple[str, str, int]]:
        for (item, fund, nature, econ), amount in ledger.spend.items():
            if fund in funds and nature in natures:
                for column in (TOTAL, econ[:3], econ):
                    yield item, column, amount

    return _rolled(cells())


def _spent(ledger: Ledger, keep: Callable[[str], bool]) -> Iterable[tuple[str, str, str, int]]:
    for (_, item, fund, nature, part), amount in ledger.final_plan().items():
        if keep(fund):
            yield item, nature, part, amount


def _z02(ledger: Ledger) -> Table:
    return _rolled([*_z02_balances(ledger), *_z02_flows(ledger)])


def _z02_balances(ledger: Ledger) -> Iterable[tuple[str, str, int]]:
    columns = {
        BASIC_CARRY: "基本支出结转",
        PROJECT_CARRY: "项目支出结转和结余",
        PROJECT_SURPLUS: "项目支出结转和结余",
        BUSINESS_SURPLUS: "经营结余",
    }
    for when, balances in (("年初结转和结余", ledger.opening), ("年末结转和结余", ledger.closing)):
        for (item, _, kind), amount in balances.items():
            yield item, f"{when}/合计", amount
            yield item, f"{when}/{columns[kind]}", amount


def _z02_flows(ledger: Ledger) -> Iterable[tuple[str, str, int]]:
    for item, amount in _income_by_item(ledger):
        yield item, "本年收入", amount
    for item, nature, _, amount in _spent(ledger, lambda fund: True):
        yield item, "本年支出/合计", amount
        yield item, f"本年支出/{nature}支出" if nature != BUSINESS else OTHER_SPENDING, amount
    for paid in (ledger.grants, ledger.remitted):
        for (stage, item), amount in paid.items():
            if stage == FINAL:
                yield item, "本年支出/合计", amount
                yield item, OTHER_SPENDING, amount
    for (stage, item), amount in ledger.used.items():
        if stage == FINAL:
            yield item, "使用非财政拨款结余（含专用结余）", amount
    for (item, target), amount in ledger.allocated.items():
        yield item, "结余分配/合计", amount
        yield item, f"结余分配/{target}", amount


OTHER_SPENDING = "本年支出/其他（上缴、经营、补助）"
assert ALLOCATIONS == ("缴纳所得税", "提取专用结余", "转入非财政拨款结余")


def _income_by_item(ledger: Ledger) -> Iterable[tuple[str, int]]:
    for (stage, item, _, _), amount in ledger.fiscal.items():
        if stage == FINAL:
            yield item, amount
    for (stage, item, source), amount in ledger.own.items():
        if stage == FINAL and source != TEACHING:
            yield item, amount


def _z03(ledger: Ledger) -> Table:
    columns = {
        FROM_ABOVE: "上级补助收入",
        SERVICE: "事业收入/小计",
        TRADE: "经营收入",
        FROM_BELOW: "附属单位上缴收入",
        OTHER: "其他收入",
        TEACHING: "事业收入/其中：教育收费",
    }

    def cells() -> Iterable[tuple[str, str, int]]:
        for item, amount in _income_by_item(ledger):
            yield item, "本年收入合计", amount
        for (stage, item, _, _), amount in ledger.fiscal.items():
            if stage == FINAL:
                yield item, "财政拨款收入", amount
        for (stage, item, source), amount in ledger.own.items():
            if stage == FINAL:
                yield item, columns[source], amount

    return _rolled(cells())


def _z04(ledger: Ledger) -> Table:
    def cells() -> Iterable[tuple[str, str, int]]:
        for item, nature, _, amount in _spent(ledger, lambda fund: True):
            yield item, "本年支出合计", amount
            yield item, f"{nature}支出", amount
        for paid, column in (
            (ledger.grants, "对附属单位补助支出"),
            (ledger.remitted, "上缴上级支出"),
        ):
            for (stage, item), amount in paid.items():
                if stage == FINAL:
                    yield item, "本年支出合计", amount
                    yield item, column, amount

    return _rolled(cells())


def _fund_list(ledger: Ledger, fund: str) -> Table:
    """Z07 and Z09: opening, income, spending and closing of one fund."""

    def cells() -> Iterable[tuple[str, str, int]]:
        yield from _balances(ledger, fund)
        for (stage, item, of, nature), amount in ledger.fiscal.items():
            if stage == FINAL and of == fund:
                yield item, "本年收入/合计", amount
                yield item, f"本年收入/{nature}支出", amount
        for item, nature, part, amount in _spent(ledger, lambda of: of == fund):
            yield item, "本年支出/合计", amount
            for column in ("小计", part) if nature == BASIC else ():
                yield item, f"本年支出/基本支出/{column}", amount
            if nature == PROJECT:
                yield item, "本年支出/项目支出", amount

    return _rolled(cells())


def _balances(ledger: Ledger, fund: str) -> Iterable[tuple[str, str, int]]:
    """What one fund has at the beginning and at the end of the year: item, column, amount."""
    opening = {
        BASIC_CARRY: ("基本支出结转",),
        PROJECT_CARRY: ("项目支出结转和结余",),
        PROJECT_SURPLUS: ("项目支出结转和结余",),
    }
    group = "项目支出结转和结余"
    closing = {
        BASIC_CARRY: ("基本支出结转",),
        PROJECT_CARRY: (f"{group}/小计", f"{group}/项目支出结转"),
        PROJECT_SURPLUS: (f"{group}/小计", f"{group}/项目支出结余"),
    }
    for when, balances, columns in (
        ("年初结转和结余", ledger.opening, opening),
        ("年末结转和结余", ledger.closing, closing),
    ):
        for (item, of, kind), amount in balances.items():
            for column in (TOTAL, *columns[kind]) if of == fund else ():
                yield item, f"{when}/{column}", amount


def _z11(ledger: Ledger) -> Table:
    def cells() -> Iterable[tuple[str, str, int]]:
        for when, balances in (
            ("年初结转和结余", ledger.opening),
            ("年末结转和结余", ledger.closing),
        ):
            for (item, fund, kind), amount in balances.items():
                if fund == CAPITAL:
                    yield item, f"{when}/合计", amount
                    yield item, f"{when}/{'结余' if kind == PROJECT_SURPLUS else '结转'}", amount
        for (stage, item, fund, _), amount in ledger.fiscal.items():
            if stage == FINAL and fund == CAPITAL:
                yield item, "本年收入", amount
        for item, _, _, amount in _spent(ledger, lambda fund: fund == CAPITAL):
            yield item, "本年支出", amount

    return _rolled(cells())


def _cs01_1(ledger: Ledger) -> Table:
    """Empty unless the unit files it; then it lists every opening balance before and after."""
    if not ledger.adjustment_filed:
        return {}
    change = "变动项目和金额"

    def cells() -> Iterable[tuple[str, str, int]]:
        for (item, _, _), amount in ledger.opening.items():
            yield item, "调整前年初结转和结余", amount
            yield item, "调整后年初结转和结余", amount
        for (item, _, _, cause), amount in ledger.adjusted.items():
            yield item, "调整前年初结转和结余", -amount
            yield item, f"{change}/小计", amount
            yield item, f"{change}/{cause}", amount

    assert {cause for *_, cause in ledger.adjusted} <= set(ADJUSTMENTS)
    table = _rolled((i, c, v) for i, c, v in cells() if v)
    return dict(table)


# --- fixed rows
# ------------------------------------------------------------------------------------------------


def _z01(ledger: Ledger) -> Table:
    table: Counter = Counter()
    for stage in STAGES:
        for block, row, amount in _z01_income(ledger, stage):
            table[block, row, stage] += amount
        for block, row, amount in _z01_spending(ledger, stage, (*FISCAL, OWN)):
            table[block, row, stage] += amount
        for block, row, amount in _z01_tail(ledger, stage):
            table[block, row, stage] += amount
    return table


def _z01_income(ledger: Ledger, stage: str) -> Iterable[tuple[str, str, int]]:
    for row, amount in _received(ledger, stage):
        yield "收入", row, amount
        yield "收入", "本年收入合计", amount
        yield "收入", "总计", amount
    for (of, _), amount in ledger.used.items():
        for row in ("使用非财政拨款结余（含专用结余）", "总计") if of == stage else ():
            yield "收入", row, amount
    if stage != START:
        for row in ("年初结转和结余", "总计"):
            yield "收入", row, sum(ledger.opening.values())


def _received(ledger: Ledger, stage: str) -> Iterable[tuple[str, int]]:
    """The income of the year: the row it stands in, and the amount."""
    for (of, _, fund, _), amount in ledger.fiscal.items():
        if of == stage:
            yield f"{FUND_LABELS[fund]}收入", amount
    for (of, _, source), amount in ledger.own.items():
        if of == stage and source != TEACHING:
            yield source, amount


def _planned(ledger: Ledger, stage: str) -> Counter:
    return ledger.final_plan() if stage == FINAL else ledger.plan


def _z01_spending(
    ledger: Ledger, stage: str, funds: tuple[str, ...]
) -> Iterable[tuple[str, str, int]]:
    for (of, item, fund, nature, part), amount in _planned(ledger, stage).items():
        if of == stage and fund in funds:
            yield "支出功能分类", item[:3], amount
            yield "支出性质", f"{nature}支出", amount
            if part:
                yield "支出性质", "基本建设类项目" if part == CAPITAL_WORKS else part, amount
            yield "支出", "本年支出合计", amount
            yield "支出", "总计", amount
    if stage == FINAL:
        for (_, fund, _, econ), amount in ledger.spend.items():
            if fund in funds:
                yield "支出经济分类", econ[:3], amount
    assert {STAFF, RUNNING}.isdisjoint({CAPITAL_WORKS})


def _z01_tail(ledger: Ledger, stage: str) -> Iterable[tuple[str, str, int]]:
    for paid, row in ((ledger.grants, "对附属单位补助支出"), (ledger.remitted, "上缴上级支出")):
        for (of, item), amount in paid.items():
            if of == stage:
                yield "支出功能分类", item[:3], amount
                yield "支出性质", row, amount
                yield "支出", "本年支出合计", amount
                yield "支出", "总计", amount
    if stage != START:
        for row in ("结余分配", "总计"):
            yield "支出", row, sum(ledger.allocated.values())
    if stage == FINAL:
        for row in ("年末结转和结余", "总计"):
            yield "支出", row, sum(ledger.closing.values())


def _z01_1(ledger: Ledger) -> Table:
    table: Counter = Counter()
    for stage in STAGES:
        for fund in FISCAL:
            _z01_1_income(table, ledger, stage, fund)
            for block, row, amount in _z01_spending(ledger, stage, (fund,)):
                _split(table, block, row, stage, fund, amount)
            if stage == FINAL:
                closed = sum(v for (_, f, _), v in ledger.closing.items() if f == fund)
                for row in ("年末财政拨款结转和结余", FUND_LABELS[fund], "总计"):
                    _split(table, "支出", row, stage, fund, closed)
    return table


def _z01_1_income(table: Counter, ledger: Ledger, stage: str, fund: str) -> None:
    income = sum(v for (of, _, f, _), v in ledger.fiscal.items() if of == stage and f == fund)
    opened = 0 if stage == START else sum(v for (_, f, _), v in ledger.opening.items() if f == fund)
    carried = "年初财政拨款结转和结余"
    for row, amount in (
        (FUND_LABELS[fund], income),
        ("本年收入合计", income),
        (carried, opened),
        (f"{carried}/{FUND_LABELS[fund]}", opened),
        ("总计", income + opened),
    ):
        table["收入", row, stage] += amount


def _split(table: Counter, block: str, row: str, stage: str, fund: str, amount: int) -> None:
    """One fund's amount under its own column and under 小计."""
    table[block, row, f"{stage}/小计"] += amount
    table[block, row, f"{stage}/{FUND_LABELS[fund]}"] += amount


def _f03(ledger: Ledger) -> Table:
    table: Table = {
        ("", row, column): amount for (row, column), amount in ledger.public_costs.items()
    }
    table |= {
        ("", row, "统计数"): amount
        for row, amount in (*ledger.money.items(), *ledger.counts.items())
    }
    return table
