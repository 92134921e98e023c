"""Equations within a table (IN-) of an independent reading of the rules; see ``equations.py``."""

from __future__ import annotations

from .equation_book import CARRIED, CLASSES, FUNDS, LEFT, LISTS, STAGES, USED, WIDE, Book


def z01(b: Book) -> None:
    for s in STAGES:
        _z01_stage(b, s)
    econ = sum(b("Z01", c, "决算数", "支出经济分类") for c in CLASSES)
    paid = sum(b("Z01", p, "决算数", "支出性质") for p in ("上缴上级支出", "对附属单位补助支出"))
    b.same("IN-Z01-08", "", b("Z01", "本年支出合计", "决算数", "支出") - paid, econ)
    _within_budget(b)


def _z01_stage(b: Book, s: str) -> None:
    def inc(row: str) -> int:
        return b("Z01", row, s, "收入")

    def tail(row: str) -> int:
        return b("Z01", row, s, "支出")

    def nat(row: str) -> int:
        return b("Z01", row, s, "支出性质")

    names = [f"{f}收入" for f in FUNDS] + [
        "上级补助收入",
        "事业收入",
        "经营收入",
        "附属单位上缴收入",
        "其他收入",
    ]
    b.same("IN-Z01-01", s, inc("本年收入合计"), sum(inc(n) for n in names))
    b.same("IN-Z01-02", s, inc("总计"), inc("本年收入合计") + inc(USED) + inc("年初结转和结余"))
    b.same(
        "IN-Z01-03",
        s,
        tail("总计"),
        tail("本年支出合计") + tail("结余分配") + tail("年末结转和结余"),
    )
    b.same("IN-Z01-04", s, inc("总计"), tail("总计"))
    classes = sum(
        v for (f, k, _, c), v in b.facts.items() if (f, k, c) == ("Z01", "支出功能分类", s)
    )
    b.same("IN-Z01-05", s, tail("本年支出合计"), classes)
    parts = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
    b.same("IN-Z01-06", s, tail("本年支出合计"), sum(nat(p) for p in parts))
    b.same("IN-Z01-07", s, nat("基本支出"), nat("人员经费") + nat("公用经费"))
    b.most("IN-Z01-06", s, nat("基本建设类项目"), nat("项目支出"))


def _within_budget(b: Book) -> None:
    for (form, block, row, col), amount in b.facts.items():
        if form == "Z01":
            b.most("IN-Z01-10", row, 0, amount)
            if col == "决算数" and block == "收入" and row.endswith("财政拨款收入"):
                b.most("IN-Z01-09", row, amount, b(form, row, "全年预算数", block))
        if (
            form == "Z01_1"
            and col.startswith("决算数")
            and block not in ("支出经济分类",)
            and "年末" not in row
        ):
            full = b(form, row, col.replace("决算数", "全年预算数"), block)
            if not (block == "支出" and row in FUNDS):
                b.most("IN-Z01-09", f"Z01_1 {row} {col}", amount, full)


def z01_1(b: Book) -> None:
    for s in STAGES:
        inc = {f: b("Z01_1", f, s, "收入") for f in FUNDS}
        opened = {f: b("Z01_1", f"{CARRIED}/{f}", s, "收入") for f in FUNDS}
        b.same("IN-Z01_1-01", s, b("Z01_1", "本年收入合计", s, "收入"), sum(inc.values()))
        b.same("IN-Z01_1-03", s, b("Z01_1", CARRIED, s, "收入"), sum(opened.values()))
        b.same(
            "IN-Z01_1-02",
            s,
            b("Z01_1", "总计", s, "收入"),
            sum(inc.values()) + sum(opened.values()),
        )
        b.same(
            "IN-Z01_1-02", s, b("Z01_1", "总计", s, "收入"), b("Z01_1", "总计", f"{s}/小计", "支出")
        )
        for f in FUNDS:
            spent = b("Z01_1", "本年支出合计", f"{s}/{f}", "支出")
            closed = b("Z01_1", f, f"{s}/{f}", "支出")
            b.same("IN-Z01_1-05", f"{s} {f}", inc[f] + opened[f], spent + closed)
            b.same(
                "IN-Z01_1-02", f"{s} {f}", b("Z01_1", "总计", f"{s}/{f}", "支出"), spent + closed
            )
        rows = {(k, r) for (f, k, r, _) in b.facts if f == "Z01_1" and k != "收入"}
        for k, r in rows:
            parts = sum(b("Z01_1", r, f"{s}/{f}", k) for f in FUNDS)
            b.same("IN-Z01_1-04", f"{s} {r}", b("Z01_1", r, f"{s}/小计", k), parts)
        for col in ("小计", *FUNDS):
            _z01_1_spending(b, f"{s}/{col}")


def _z01_1_spending(b: Book, col: str) -> None:
    total = b("Z01_1", "本年支出合计", col, "支出")
    b.same(
        "IN-Z01-05",
        col,
        total,
        sum(
            v for (f, k, _, c), v in b.facts.items() if (f, k, c) == ("Z01_1", "支出功能分类", col)
        ),
    )
    b.same(
        "IN-Z01-06",
        col,
        total,
        b("Z01_1", "基本支出", col, "支出性质") + b("Z01_1", "项目支出", col, "支出性质"),
    )
    if col.startswith("决算数"):
        b.same("IN-Z01-08", col, total, sum(b("Z01_1", c, col, "支出经济分类") for c in CLASSES))
    b.same(
        "IN-Z01_1-03",
        col,
        b("Z01_1", LEFT, col, "支出"),
        sum(b("Z01_1", f, col, "支出") for f in FUNDS),
    )


def lists(b: Book) -> None:
    for form in LISTS:
        rows = b.rows(form)
        for col in b.cols(form):
            for depth, row in [(0, "合计")] + [
                (len(r), r) for r in rows if len(r) in (3, 5) and r.isdigit()
            ]:
                size = {0: 3, 3: 5, 5: 7}[depth]
                children = [
                    r
                    for r in rows
                    if r.isdigit() and len(r) == size and (depth == 0 or r.startswith(row))
                ]
                b.same(
                    "IN-HIER-01",
                    f"{form} {row} {col}",
                    b(form, row, col),
                    sum(b(form, r, col) for r in children),
                )
    for form in WIDE:
        codes = [c for c in b.cols(form) if c.isdigit()]
        for row in b.rows(form):
            classes = [c for c in codes if len(c) == 3]
            b.same(
                "IN-Z05-01",
                f"{form} {row}",
                b(form, row, "合计"),
                sum(b(form, row, c) for c in classes),
            )
            for c in classes:
                parts = sum(b(form, row, e) for e in codes if len(e) == 5 and e.startswith(c))
                b.same("IN-Z05-01", f"{form} {row} {c}", b(form, row, c), parts)
    for form in ("Z05_1", "Z08_1", "Z10_1"):
        for col in b.cols(form):
            if col.startswith(("309", "311")):
                b.failed.append(f"IN-Z05-02 {form} {col}")


OPENED, CLOSED, PROJECTS = "年初结转和结余", "年末结转和结余", "项目支出结转和结余"


def lists_more(b: Book) -> None:
    _flow_list(b)
    _income_list(b)
    _spending_list(b)
    _fund_lists(b)
    _capital_list(b)
    _adjustments(b)


def _flow_list(b: Book) -> None:
    for r in b.rows("Z02"):
        opened, closed, alloc = (
            b("Z02", r, f"{OPENED}/合计"),
            b("Z02", r, f"{CLOSED}/合计"),
            b("Z02", r, "结余分配/合计"),
        )
        came = opened + b("Z02", r, "本年收入") + b("Z02", r, USED)
        b.same("IN-Z02-01", r, came, b("Z02", r, "本年支出/合计") + alloc + closed)
        for when, total in ((OPENED, opened), (CLOSED, closed)):
            parts = sum(b("Z02", r, f"{when}/{k}") for k in ("基本支出结转", PROJECTS, "经营结余"))
            b.same("IN-Z02-01", f"{r} {when}", total, parts)
        b.same(
            "IN-Z02-01",
            r,
            alloc,
            sum(
                b("Z02", r, f"结余分配/{k}")
                for k in ("缴纳所得税", "提取专用结余", "转入非财政拨款结余")
            ),
        )
        spent = sum(
            b("Z02", r, f"本年支出/{k}")
            for k in ("基本支出", "项目支出", "其他（上缴、经营、补助）")
        )
        b.same("IN-Z02-01", r, b("Z02", r, "本年支出/合计"), spent)


def _income_list(b: Book) -> None:
    for r in b.rows("Z03"):
        cols = (
            "财政拨款收入",
            "上级补助收入",
            "事业收入/小计",
            "经营收入",
            "附属单位上缴收入",
            "其他收入",
        )
        b.same("IN-Z03-01", r, b("Z03", r, "本年收入合计"), sum(b("Z03", r, k) for k in cols))
        b.most("IN-Z03-02", r, b("Z03", r, "事业收入/其中：教育收费"), b("Z03", r, "事业收入/小计"))


def _spending_list(b: Book) -> None:
    for r in b.rows("Z04"):
        cols = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
        b.same("IN-Z04-01", r, b("Z04", r, "本年支出合计"), sum(b("Z04", r, k) for k in cols))


def _fund_lists(b: Book) -> None:
    for form in ("Z07", "Z09"):
        for r in b.rows(form):
            for opened, came, spent, left in (
                ("合计", "合计", "合计", "合计"),
                ("基本支出结转", "基本支出", "基本支出/小计", "基本支出结转"),
                (PROJECTS, "项目支出", "项目支出", f"{PROJECTS}/小计"),
            ):
                left_side = b(form, r, f"{OPENED}/{opened}") + b(form, r, f"本年收入/{came}")
                b.same(
                    "IN-Z07-01",
                    f"{form} {r}",
                    left_side,
                    b(form, r, f"本年支出/{spent}") + b(form, r, f"{CLOSED}/{left}"),
                )
            basic = "本年支出/基本支出"
            b.same(
                "IN-Z07-03",
                r,
                b(form, r, f"{basic}/小计"),
                b(form, r, f"{basic}/人员经费") + b(form, r, f"{basic}/公用经费"),
            )
            parts = b(form, r, f"{CLOSED}/{PROJECTS}/项目支出结转") + b(
                form, r, f"{CLOSED}/{PROJECTS}/项目支出结余"
            )
            b.same("IN-Z07-03", r, b(form, r, f"{CLOSED}/{PROJECTS}/小计"), parts)


def _capital_list(b: Book) -> None:
    for r in b.rows("Z11"):
        for when in (OPENED, CLOSED):
            b.same(
                "IN-Z11-01",
                r,
                b("Z11", r, f"{when}/合计"),
                b("Z11", r, f"{when}/结转") + b("Z11", r, f"{when}/结余"),
            )
        left_side = b("Z11", r, f"{OPENED}/合计") + b("Z11", r, "本年收入")
        b.same("IN-Z11-01", r, left_side, b("Z11", r, "本年支出") + b("Z11", r, f"{CLOSED}/合计"))


def _adjustments(b: Book) -> None:
    causes = (
        "会计差错更正",
        "收回以前年度支出",
        "归集调入",
        "归集调出",
        "归集上缴和缴回资金",
        "单位内部调剂",
        "其他",
    )
    for r in b.rows("CS01_1"):
        change = sum(b("CS01_1", r, f"变动项目和金额/{k}") for k in causes)
        b.same("IN-CS01_1-01", r, b("CS01_1", r, "变动项目和金额/小计"), change)
        b.same(
            "IN-CS01_1-01",
            r,
            b("CS01_1", r, "调整后年初结转和结余"),
            b("CS01_1", r, "调整前年初结转和结余") + change,
        )
        b.most("IN-CS01_1-01", r, b("CS01_1", r, "变动项目和金额/归集上缴和缴回资金"), 0)
        b.most("IN-CS01_1-01", r, 0, b("CS01_1", r, "调整后年初结转和结余"))
    if b.rows("CS01_1"):
        b.same(
            "X-34",
            "",
            b("Z01", "年初结转和结余", "决算数", "收入"),
            b("CS01_1", "合计", "调整后年初结转和结余"),
        )


def f03(b: Book) -> None:
    _three_public(b)
    _visits_and_vehicles(b)
    _running_and_bought(b)
    for row, codes in (
        ("因公出国（境）费", ("30212",)),
        ("公务接待费", ("30217",)),
        ("公务用车运行维护费", ("30231",)),
        ("公务用车购置费", ("31013", "30913")),
    ):
        paid = sum(b(z, "合计", c) for z in ("Z08", "Z10") for c in codes)
        b.same("X-27", row, b("F03", row, "统计数"), paid)


def _three_public(b: Book) -> None:
    def f(row: str, col: str) -> int:
        return b("F03", row, col)

    for col in ("预算数", "全年预算数", "统计数"):
        b.same(
            "IN-F03-01",
            col,
            f("支出合计", col),
            f("因公出国（境）费", col) + f("公务用车购置及运行维护费", col) + f("公务接待费", col),
        )
        b.same(
            "IN-F03-01",
            col,
            f("公务用车购置及运行维护费", col),
            f("公务用车购置费", col) + f("公务用车运行维护费", col),
        )
        b.same(
            "IN-F03-01",
            col,
            f("公务接待费", col),
            f("国内接待费", col) + f("国（境）外接待费", col),
        )
        b.most("IN-F03-01", col, f("外事接待费", col), f("国内接待费", col))


def _visits_and_vehicles(b: Book) -> None:
    def f(row: str) -> int:
        return b("F03", row, "统计数")

    b.most("IN-F03-02", "批次", f("外事接待批次"), f("国内公务接待批次"))
    b.most("IN-F03-02", "人次", f("国内公务接待批次"), f("国内公务接待人次"))
    for cost, counts in (
        ("国内接待费", ("国内公务接待批次", "国内公务接待人次")),
        ("公务用车购置费", ("公务用车购置数",)),
        ("因公出国（境）费", ("因公出国（境）团组数", "因公出国（境）人次数")),
    ):
        for count in counts:
            b.same("IN-F03-03", count, int(f(cost) > 0), int(f(count) > 0))
    b.most("IN-F03-03", "保有量", int(f("公务用车运行维护费") > 0), int(f("公务用车保有量") > 0))


def _running_and_bought(b: Book) -> None:
    def f(row: str) -> int:
        return b("F03", row, "统计数")

    b.same(
        "IN-F03-04",
        "机关运行经费",
        f("机关运行经费"),
        f("行政单位") + f("参照公务员法管理事业单位"),
    )
    vehicles = sum(
        v for (form, _, r, _), v in b.facts.items() if form == "F03" and r.endswith("用车")
    )
    b.same("IN-F03-04", "车辆", f("车辆数合计"), vehicles)
    b.same(
        "IN-F03-04",
        "采购",
        f("政府采购支出合计"),
        sum(f(f"政府采购{k}支出") for k in ("货物", "工程", "服务")),
    )
    b.most("IN-F03-04", "小微", f("授予小微企业合同金额"), f("政府采购授予中小企业合同金额"))
    b.most("X-33", "", f("政府采购支出合计"), b("Z04", "合计", "本年支出合计"))
