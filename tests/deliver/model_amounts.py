"""The amounts of a made-up unit: consistent, as totals are sums of the leaves in every table.

What is said of them (findings, checks) is in ``model_results.py``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deliver_model import Model

NAMES = {
    "2010301": "行政运行",
    "2010302": "一般行政管理事务",
    "2050101": "行政运行",
    "2080505": "机关事业单位基本养老保险缴费支出",
    "2101101": "行政单位医疗",
    "2210201": "住房公积金",
    "2120801": "征地和拆迁补偿支出",
    "2230105": "国有企业退休人员社会化管理补助支出",
    "2010399": "其他政府办公厅（室）及相关机构事务支出",
}
BASIC = ("30101", "30102", "30108", "30201", "30211", "30217", "30231", "31002")
PROJECT = ("30201", "30205", "30227", "30299", "31003", "30905")
FUND = {"2120801": 1, "2230105": 2}


Unit = tuple[str | None, str]  # code and name


def _parents(code: str) -> list[str]:
    return [code[:n] for n in (3, 5, 7) if n <= len(code)] + ["合计"]


def _class_and_item(code: str) -> list[str]:
    return [code, code[:3], "合计"]


def leaves(seed: int, rich: bool) -> dict[tuple[str, str, str], int]:
    """(b|p, 项, 款) → 分 for the fiscal expenditure of a unit."""
    rng = random.Random(seed)
    found = {}
    for item in NAMES:
        if item in FUND and not rich:
            continue
        kinds = ("p",) if item in FUND else ("b", "p")
        for kind in kinds:
            for code in BASIC if kind == "b" else PROJECT:
                if rng.random() < 0.7:
                    found[(kind, item, code)] = rng.randint(100, 90_000_000)
    return found


def add_unit(
    model: Model, unit: tuple[str | None, str], year: int, *, seed: int = 1, rich: bool = False
) -> None:
    """A whole consistent unit and year: totals are sums of the leaves everywhere."""
    items = leaves(seed, rich)
    sums: dict[tuple, int] = defaultdict(int)
    for (kind, item, code), fen in items.items():
        _spread(sums, FUND.get(item, 0), kind, item, code, fen)
    _income(sums, items, rich)
    _totals(sums)
    _three_public(sums, items)
    for (form, block, row, col), fen in sorted(sums.items()):
        model.fact(unit, year, form, block, row, col, fen)
    for form in sorted({key[0] for key in sums}):
        model.tables["sheets"].append(_sheet(unit, year, form))
    model.tables["submissions"].append(
        {
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "status": "complete",
            "missing_forms": None,
        }
    )
    model.tables["files"].append(
        {
            "file": f"{unit[0] or unit[1]}_{year}.xlsx",
            "sha256": f"{seed}",
            "kind": "workbook",
            "status": "read",
            "reason": None,
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
        }
    )


def _sheet(unit: tuple[str | None, str], year: int, form: str) -> dict[str, Any]:
    return {
        "file": f"{unit[0] or unit[1]}_{year}.xlsx",
        "sheet": form,
        "sheet_no": 1,
        "visibility": "visible",
        "form": form,
        "unit_code": unit[0],
        "unit_name": unit[1],
        "year": year,
        "money_unit": "元",
        "decimals": 2,
        "status": "read",
        "numbers": 0,
        "facts_numbers": 0,
        "structural": 0,
        "left_out": 0,
        "content": "",
        "layout": "",
    }


def _spread(sums: dict, fund: int, kind: str, item: str, code: str, fen: int) -> None:
    wide = [["Z08", "Z08_1" if kind == "b" else "Z08_2"], ["Z10", "Z10_2"], ["Z12"]][fund]
    wide += ["Z05", "Z05_1" if kind == "b" else "Z05_2"]
    for row in _parents(item):
        for form in wide:
            for col in _class_and_item(code):
                sums[(form, "", row, col)] += fen
        part = "基本支出" if kind == "b" else "项目支出"
        for col in ("本年支出合计", part):
            sums[("Z04", "", row, col)] += fen
        if fund == 2:
            sums[("Z11", "", row, "本年支出")] += fen
            continue
        form = ("Z07", "Z09")[fund]
        sums[(form, "", row, "本年支出/合计")] += fen
        if kind == "b":
            sums[(form, "", row, "本年支出/基本支出/小计")] += fen
            staff = "人员经费" if code[:3] in ("301", "303") else "公用经费"
            sums[(form, "", row, f"本年支出/基本支出/{staff}")] += fen
        else:
            sums[(form, "", row, "本年支出/项目支出")] += fen


def _income(sums: dict, items: dict, rich: bool) -> None:
    opening = 123_456_789 if rich else 0
    spent: dict[str, int] = defaultdict(int)
    for (_, item, _), fen in items.items():
        spent[item] += fen
    for n, (item, fen) in enumerate(sorted(spent.items())):
        fund = FUND.get(item, 0)
        start = opening if n == 0 or fund else 0
        end = start // 2
        income = fen - start + end
        form = ("Z07", "Z09", "Z11")[fund]
        for row in _parents(item):
            sums[(form, "", row, "年初结转和结余/合计")] += start
            sums[(form, "", row, "年末结转和结余/合计")] += end
            sums[(form, "", row, "本年收入" if fund == 2 else "本年收入/合计")] += income
            sums[("Z03", "", row, "本年收入合计")] += income
            sums[("Z03", "", row, "财政拨款收入")] += income


def _totals(sums: dict) -> None:
    names = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
    flows = {}
    for n, form in enumerate(("Z07", "Z09", "Z11")):
        expense = "本年支出" if n == 2 else "本年支出/合计"
        income = "本年收入" if n == 2 else "本年收入/合计"
        flows[n] = [
            sums.get((form, "", "合计", c), 0)
            for c in ("年初结转和结余/合计", income, expense, "年末结转和结余/合计")
        ]
    for n, name in enumerate(names):
        start, income, expense, end = flows[n]
        for prefix, block, row, fen in (
            ("Z01", "收入", f"{name}收入", income),
            ("Z01_1", "收入", name, income),
            ("Z01_1", "收入", f"年初财政拨款结转和结余/{name}", start),
        ):
            sums[(prefix, block, row, "决算数")] = fen
        for row, fen in (
            ("本年支出合计", expense),
            ("年末财政拨款结转和结余", end),
            (name, end),
            ("总计", expense + end),
        ):
            sums[("Z01_1", "支出", row, f"决算数/{name}")] = fen
            sums[("Z01_1", "支出", row, "决算数/小计")] += fen
        for (form, _, row, col), fen in list(sums.items()):
            if (
                form in ("Z08", "Z10", "Z12")[n]
                and form == ("Z08", "Z10", "Z12")[n]
                and len(row) == 3
                and col == "合计"
            ):
                sums[("Z01_1", "支出功能分类", row, f"决算数/{name}")] = fen
                sums[("Z01_1", "支出功能分类", row, "决算数/小计")] += fen
    start, income, expense, end = (sum(flows[n][i] for n in range(3)) for i in range(4))
    for form, opening, closing in (
        ("Z01", "年初结转和结余", ""),
        ("Z01_1", "年初财政拨款结转和结余", ""),
    ):
        del closing
        sums[(form, "收入", "本年收入合计", "决算数")] = income
        sums[(form, "收入", opening, "决算数")] = start
        sums[(form, "收入", "总计", "决算数")] = income + start
    sums[("Z01", "支出", "本年支出合计", "决算数")] = expense
    sums[("Z01", "支出", "年末结转和结余", "决算数")] = end
    sums[("Z01", "支出", "总计", "决算数")] = expense + end
    for (form, _, row, col), fen in list(sums.items()):
        if form == "Z04" and len(row) == 3 and col == "本年支出合计":
            sums[("Z01", "支出功能分类", row, "决算数")] = fen


def _three_public(sums: dict, items: dict) -> None:
    codes = {
        "因公出国（境）费": "30212",
        "公务用车购置费": "31013",
        "公务用车运行维护费": "30231",
        "公务接待费": "30217",
    }
    spent = {
        name: sum(v for (_, _, c), v in items.items() if c == code) for name, code in codes.items()
    }
    cars = spent["公务用车购置费"] + spent["公务用车运行维护费"]
    total = spent | {"公务用车购置及运行维护费": cars, "支出合计": sum(spent.values())}
    for name, fen in total.items():
        for col in ("预算数", "统计数"):
            sums[("F03", "", name, col)] = fen
    sums[("F03", "", "国内公务接待批次", "统计数")] = 2000
