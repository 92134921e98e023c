"""The published tables 公开01–13 of a submission, worked out from its 财决 tables and rounded to
万元.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from pipelines.sample.books import Book, papers
from pipelines.sample.model import UnitYear
from pipelines.sample.rounding import balance, balanced_list, half_up, rounded
from pipelines.sample.style import Style
from pipelines.sample.tables import FUND_LABELS, TOTAL, Table, Tables

PUBLISHED = tuple(f"G{number:02d}" for number in range(1, 14))
_LISTS = {
    "G02": (
        "Z03",
        {
            "事业收入": "事业收入/小计",
            "事业收入/其中：教育收费": "事业收入/其中：教育收费",
            **{
                c: c
                for c in (
                    "本年收入合计",
                    "财政拨款收入",
                    "上级补助收入",
                    "经营收入",
                    "附属单位上缴收入",
                    "其他收入",
                )
            },
        },
    ),
    "G03": (
        "Z04",
        {
            c: c
            for c in (
                "本年支出合计",
                "基本支出",
                "项目支出",
                "上缴上级支出",
                "经营支出",
                "对附属单位补助支出",
            )
        },
    ),
    "G06": (
        "Z07",
        {
            "合计": "本年支出/合计",
            "基本支出": "本年支出/基本支出/小计",
            "项目支出": "本年支出/项目支出",
        },
    ),
    "G09": ("Z08_2", {"合计": "合计"}),
    "G10": (
        "Z09",
        {
            "年初结转和结余": "年初结转和结余/合计",
            "本年收入": "本年收入/合计",
            "本年支出/小计": "本年支出/合计",
            "本年支出/基本支出": "本年支出/基本支出/小计",
            "本年支出/项目支出": "本年支出/项目支出",
            "年末结转和结余": "年末结转和结余/合计",
        },
    ),
    "G11": (
        "Z11",
        {
            "年初结转和结余": "年初结转和结余/合计",
            "本年收入": "本年收入",
            "本年支出/合计": "本年支出",
            "本年支出/项目支出": "本年支出",
            "年末结转和结余": "年末结转和结余/合计",
        },
    ),
    "G12": ("Z11", {"合计": "本年支出", "项目支出": "本年支出"}),
}
_SIDES = (("预算数", "全年预算数"), ("决算数", "统计数"))
_COSTS = {
    "合计": "支出合计",
    "因公出国（境）费": "因公出国（境）费",
    "公务用车购置及运行维护费/小计": "公务用车购置及运行维护费",
    "公务用车购置费": "公务用车购置费",
    "公务用车运行维护费": "公务用车运行维护费",
    "公务接待费": "公务接待费",
}


def published_tables(tables: Tables, *, balanced: bool = False, exact: bool = False) -> Tables:
    """G01 … G13 in 分, every amount a multiple of 0.01 万元; ``balanced`` moves parts so that they
    add up.

    ``exact`` leaves the amounts as they are, for tables that are published in 元.
    """
    lists = {form: _renamed(tables[source], columns) for form, (source, columns) in _LISTS.items()}
    lists |= {"G05": _g05(tables), "G07": {k: v for k, v in tables["Z08"].items() if v}}
    others = {
        "G01": _final(tables["Z01"]),
        "G04": _final(tables["Z01_1"]),
        "G08": _g08(tables["Z08_1"]),
        "G13": _g13(tables["F03"]),
    }
    if exact:
        return lists | others
    if not balanced:
        return {form: rounded(table) for form, table in (lists | others).items()}
    made = {form: balanced_list(table) for form, table in lists.items()}
    return made | {
        "G01": _balanced_blocks(others["G01"]),
        "G04": _balanced_blocks(others["G04"]),
        "G08": _balanced_g08(others["G08"]),
        "G13": rounded(others["G13"]),
    }


def published_book(submission: UnitYear, style: Style, rng: Random) -> Book:
    """All 13 tables in one workbook: in 万元, half of the units balancing the rounding; a messy few
    in 元.
    """
    exact = style.unit == "元" and style.heading > 1
    tables = published_tables(submission.tables, balanced=rng.random() < 0.5, exact=exact)
    shown = replace(submission, tables=tables, present=PUBLISHED, labels={})
    codes = style.codes if style.codes in ("split", "levels") else "single"
    plain = replace(
        style,
        unit="元" if exact else "万元",
        codes=codes,
        tail="right",
        drop_rows=False,
        two_books=False,
    )
    return Book(tuple(papers(shown, plain, decimals=2)), style.kind)


def _renamed(table: Table, columns: dict[str, str]) -> Table:
    rows = {row for _, row, _ in table}
    found = {
        ("", row, to): table.get(("", row, of), 0) for row in rows for to, of in columns.items()
    }
    return {key: amount for key, amount in found.items() if amount}


def _final(table: Table) -> Table:
    """The 决算数 columns of Z01 or Z01_1 under the published table's keys; its third panel has no
    place there.
    """
    found: Table = {}
    for (block, row, column), amount in table.items():
        if not column.startswith("决算数") or block in ("支出性质", "支出经济分类"):
            continue
        _, _, fund = column.partition("/")
        found[block, row, {"": "金额", "小计": "合计"}.get(fund, fund)] = amount
    return found


def _g05(tables: Tables) -> Table:
    found: Counter = Counter()
    for form, fund in (("Z08", "一般公共预算"), ("Z10", "政府性基金"), ("Z12", "国有资本经营")):
        for (_, row, econ), amount in tables[form].items():
            if row == TOTAL:
                found["", econ, TOTAL] += amount
                found["", econ, FUND_LABELS[fund]] += amount
    return dict(found)


def _g08(table: Table) -> Table:
    found: Counter = Counter()
    for (_, row, econ), amount in table.items():
        if row == TOTAL:
            found["", econ, "决算数"] += amount
            if len(econ) == 3:
                found["", _footer(econ), "决算数"] += amount
    return dict(found)


def _g13(table: Table) -> Table:
    return {
        ("", TOTAL, f"{side}/{item}"): table.get(("", row, column), 0)
        for side, column in _SIDES
        for item, row in _COSTS.items()
    }


def _balanced_blocks(table: Table) -> Table:
    """The functional classes are moved to add up to 本年支出合计, column by column; everything else
    is rounded.
    """
    result = rounded(table)
    for column in {c for block, _, c in table if block == "支出功能分类"}:
        parts = {
            row: v for (block, row, c), v in table.items() if (block, c) == ("支出功能分类", column)
        }
        total = half_up(table.get(("支出", "本年支出合计", column), 0))
        result |= {("支出功能分类", row, column): v for row, v in balance(parts, total).items()}
    return result


def _balanced_g08(table: Table) -> Table:
    """合计 to 人员经费 and 公用经费, these to their classes, the classes to their items."""
    exact = {row: amount for (_, row, _), amount in table.items()}
    names: tuple[str, ...] = ("人员经费合计", "公用经费合计")
    footers = {row: exact[row] for row in names if row in exact}
    placed = balance(footers, half_up(exact.get(TOTAL, 0)))
    for footer in footers:
        placed |= balance(_classes(exact, footer), placed[footer])
    for parent in [row for row in placed if row.isdigit()]:
        placed |= balance(_items(exact, parent), placed[parent])
    return rounded(table) | {("", row, "决算数"): amount for row, amount in placed.items()}


def _items(exact: dict[str, int], parent: str) -> dict[str, int]:
    """The items of an economic class."""
    return {r: v for r, v in exact.items() if len(r) == 5 and r.startswith(parent)}


def _classes(exact: dict[str, int], footer: str) -> dict[str, int]:
    """The economic classes that a footer adds up."""
    return {r: v for r, v in exact.items() if len(r) == 3 and r.isdigit() and _footer(r) == footer}


def _footer(econ: str) -> str:
    return "人员经费合计" if econ in ("301", "303") else "公用经费合计"
