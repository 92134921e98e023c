"""Equations between tables (X-) of an independent reading of the rules; see ``equations.py``."""

from __future__ import annotations

from .equation_book import CAP, CARRIED, CLASSES, FND, FUNDS, GEN, LEFT, Book


def x01_11(b: Book) -> None:
    def z01(block: str, row: str) -> int:
        return b("Z01", row, "决算数", block)

    b.same("X-01", "", b("Z03", "合计", "本年收入合计"), z01("收入", "本年收入合计"))
    b.same(
        "X-02",
        "财政",
        b("Z03", "合计", "财政拨款收入"),
        sum(z01("收入", f"{f}收入") for f in FUNDS),
    )
    for row, col in (
        ("上级补助收入",) * 2,
        ("事业收入", "事业收入/小计"),
        ("经营收入",) * 2,
        ("附属单位上缴收入",) * 2,
        ("其他收入",) * 2,
    ):
        b.same("X-02", row, b("Z03", "合计", col), z01("收入", row))
    b.same("X-03", "", b("Z04", "合计", "本年支出合计"), z01("支出", "本年支出合计"))
    for row in ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"):
        b.same("X-03", row, b("Z04", "合计", row), z01("支出性质", row))
    for row in {r for f, k, r, _ in b.facts if f == "Z01" and k == "支出功能分类"} | {
        r for r in b.rows("Z04") if len(r) == 3
    }:
        b.same("X-04", row, b("Z04", row, "本年支出合计"), z01("支出功能分类", row))
    for col, block, row in (
        ("年初结转和结余/合计", "收入", "年初结转和结余"),
        ("本年收入", "收入", "本年收入合计"),
        ("本年支出/合计", "支出", "本年支出合计"),
        ("年末结转和结余/合计", "支出", "年末结转和结余"),
        ("结余分配/合计", "支出", "结余分配"),
    ):
        b.same("X-05", col, b("Z02", "合计", col), z01(block, row))
    for c in CLASSES:
        b.same("X-06", c, b("Z05", "合计", c), z01("支出经济分类", c))
    for r in b.rows("Z04", "Z05"):
        paid = b("Z04", r, "上缴上级支出") + b("Z04", r, "对附属单位补助支出")
        b.same("X-07", r, b("Z05", r, "合计"), b("Z04", r, "本年支出合计") - paid)
        for rule, form, col in (
            ("X-09", "Z05_1", "基本支出"),
            ("X-10", "Z05_2", "项目支出"),
            ("X-11", "Z05_3", "经营支出"),
        ):
            b.same(rule, r, b(form, r, "合计"), b("Z04", r, col))
    _sum_of(b, "X-08", "Z05", ("Z05_1", "Z05_2", "Z05_3"))


def _sum_of(b: Book, rule: str, whole: str, parts: tuple[str, ...]) -> None:
    for r in b.rows(whole, *parts):
        for c in b.cols(whole, *parts):
            b.same(rule, f"{r} {c}", b(whole, r, c), sum(b(p, r, c) for p in parts))


def x13_26(b: Book) -> None:
    _fiscal_part(b)
    _fund_totals(b)
    _fund_details(b)
    _spent_by_item(b)
    _capital_spent(b)
    _economic_totals(b)


def _fiscal_part(b: Book) -> None:
    for f in FUNDS:
        income = b("Z01", f"{f}收入", "决算数", "收入")
        b.same("X-13", f, b("Z01_1", f, "决算数", "收入"), income)
    own = b("Z01", "总计", "决算数", "收入") - b("Z01_1", "总计", "决算数", "收入")
    pairs = (("本年支出合计", "本年支出合计"), ("年末结转和结余", LEFT))
    for row, fiscal in pairs:
        left, right = b("Z01_1", fiscal, "决算数/小计", "支出"), b("Z01", row, "决算数", "支出")
        (b.most if own else b.same)("X-14", row, left, right)
    b.most(
        "X-14",
        "年初",
        b("Z01_1", CARRIED, "决算数", "收入"),
        b("Z01", "年初结转和结余", "决算数", "收入"),
    )


def _fund_totals(b: Book) -> None:
    b.same(
        "X-15", "", b("Z03", "合计", "财政拨款收入"), b("Z01_1", "本年收入合计", "决算数", "收入")
    )


def _fund_details(b: Book) -> None:
    for form, f in (("Z07", GEN), ("Z09", FND), ("Z11", CAP)):
        total = "" if form == "Z11" else "/合计"
        rows = (
            ("年初结转和结余/合计", "收入", f"{CARRIED}/{f}", "决算数"),
            (f"本年收入{total}", "收入", f, "决算数"),
            (f"本年支出{total}", "支出", "本年支出合计", f"决算数/{f}"),
            ("年末结转和结余/合计", "支出", f, f"决算数/{f}"),
        )
        for col, block, row, stage in rows:
            b.same(
                "X-16/22/24", f"{form} {col}", b(form, "合计", col), b("Z01_1", row, stage, block)
            )
        for row in {r for z, k, r, _ in b.facts if z == "Z01_1" and k == "支出功能分类"}:
            b.same(
                "X-17",
                f"{form} {row}",
                b(form, row, f"本年支出{total}"),
                b("Z01_1", row, f"决算数/{f}", "支出功能分类"),
            )


def _spent_by_item(b: Book) -> None:
    for whole, flow in (("Z08", "Z07"), ("Z10", "Z09")):
        _sum_of(b, "X-19/23", whole, (f"{whole}_1", f"{whole}_2"))
        for r in b.rows(flow, whole):
            b.same("X-18", r, b(whole, r, "合计"), b(flow, r, "本年支出/合计"))
            b.same("X-20", r, b(f"{whole}_1", r, "合计"), b(flow, r, "本年支出/基本支出/小计"))
            staff = b(f"{whole}_1", r, "301") + b(f"{whole}_1", r, "303")
            b.same("X-20", r, staff, b(flow, r, "本年支出/基本支出/人员经费"))
            b.same("X-21", r, b(f"{whole}_2", r, "合计"), b(flow, r, "本年支出/项目支出"))


def _capital_spent(b: Book) -> None:
    for r in b.rows("Z11", "Z12"):
        b.same("X-24", r, b("Z12", r, "合计"), b("Z11", r, "本年支出"))


def _economic_totals(b: Book) -> None:
    own = b("Z01", "总计", "决算数", "收入") - b("Z01_1", "总计", "决算数", "收入")
    for r in b.rows("Z05"):
        for c in b.cols("Z05"):
            parts = b("Z08", r, c) + b("Z10", r, c) + b("Z12", r, c)
            (b.most if own else b.same)("X-25", f"{r} {c}", parts, b("Z05", r, c))
            b.most("X-26", f"{r} {c}", b("Z08_1", r, c), b("Z05_1", r, c))


def running_costs(b: Book, unit_type: str) -> None:
    cost = b("F03", "机关运行经费", "统计数")
    official = unit_type in ("行政单位", "参照公务员法管理事业单位")
    b.same(
        "X-29", unit_type, cost, b("Z07", "合计", "本年支出/基本支出/公用经费") if official else 0
    )
    rest = b("Z08_1", "合计", "合计") - b("Z08_1", "合计", "301") - b("Z08_1", "合计", "303")
    b.same("X-30", unit_type, cost, rest if official else 0)
