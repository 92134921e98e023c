"""An independent reading of the rules: plain Python over one submission's facts, to prove the
generated sets.

``failures`` takes ``{(form, block, row_key, col_key): 分}`` of a year (and the year before, and the
children's) and lists what does not hold. It shares no code with the generator or with the rules
engine.
"""

from __future__ import annotations

from collections import defaultdict

GEN, FND, CAP = "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"
FUNDS = (GEN, FND, CAP)
STAGES = ("年初预算数", "全年预算数", "决算数")
CLASSES = ("301", "302", "303", "307", "309", "310", "311", "312", "313", "399")
CARRIED, LEFT = "年初财政拨款结转和结余", "年末财政拨款结转和结余"
WIDE = ("Z05", "Z05_1", "Z05_2", "Z05_3", "Z08", "Z08_1", "Z08_2", "Z10", "Z10_1", "Z10_2", "Z12")
LISTS = ("Z02", "Z03", "Z04", "Z07", "Z09", "Z11", "CS01_1", *WIDE)
USED = "使用非财政拨款结余（含专用结余）"


class Book:
    """Facts with a default of 0, and the list of what failed."""

    def __init__(self, facts: dict) -> None:
        self.facts = facts
        self.failed: list[str] = []
        self.keys: dict[str, tuple[set, set]] = defaultdict(lambda: (set(), set()))
        for form, _, row, col in facts:
            self.keys[form][0].add(row)
            self.keys[form][1].add(col)

    def __call__(self, form: str, row: str, col: str, block: str = "") -> int:
        return self.facts.get((form, block, row, col), 0)

    def rows(self, *forms: str) -> list[str]:
        return sorted(set().union(*(self.keys[f][0] for f in forms)))

    def cols(self, *forms: str) -> list[str]:
        return sorted(set().union(*(self.keys[f][1] for f in forms)))

    def same(self, rule: str, where: str, left: int, right: int) -> None:
        if left != right:
            self.failed.append(f"{rule} {where}: {left} ≠ {right}")

    def most(self, rule: str, where: str, left: int, right: int) -> None:
        if left > right:
            self.failed.append(f"{rule} {where}: {left} > {right}")


def failures(facts: dict, *, unit_type: str = "", rolled_up: bool = False) -> list[str]:
    book = Book(facts)
    for check in (_z01, _z01_1, _lists, _lists_more, _f03, _x01_11, _x13_26):
        check(book)
    if not rolled_up:
        _running_costs(book, unit_type)
    return book.failed


def _z01(b: Book) -> None:
    for s in STAGES:

        def inc(row: str, s: str = s) -> int:
            return b("Z01", row, s, "收入")

        def tail(row: str, s: str = s) -> int:
            return b("Z01", row, s, "支出")

        def nat(row: str, s: str = s) -> int:
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
    econ = sum(b("Z01", c, "决算数", "支出经济分类") for c in CLASSES)
    paid = sum(b("Z01", p, "决算数", "支出性质") for p in ("上缴上级支出", "对附属单位补助支出"))
    b.same("IN-Z01-08", "", b("Z01", "本年支出合计", "决算数", "支出") - paid, econ)
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


def _z01_1(b: Book) -> None:
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


def _lists(b: Book) -> None:
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


def _lists_more(b: Book) -> None:
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


def _f03(b: Book) -> None:
    def f(row: str, col: str = "统计数") -> int:
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
    for row, codes in (
        ("因公出国（境）费", ("30212",)),
        ("公务接待费", ("30217",)),
        ("公务用车运行维护费", ("30231",)),
        ("公务用车购置费", ("31013", "30913")),
    ):
        b.same("X-27", row, f(row), sum(b(z, "合计", c) for z in ("Z08", "Z10") for c in codes))


def _x01_11(b: Book) -> None:
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


def _x13_26(b: Book) -> None:
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


def _running_costs(b: Book, unit_type: str) -> None:
    cost = b("F03", "机关运行经费", "统计数")
    official = unit_type in ("行政单位", "参照公务员法管理事业单位")
    b.same(
        "X-29", unit_type, cost, b("Z07", "合计", "本年支出/基本支出/公用经费") if official else 0
    )
    rest = b("Z08_1", "合计", "合计") - b("Z08_1", "合计", "301") - b("Z08_1", "合计", "303")
    b.same("X-30", unit_type, cost, rest if official else 0)


def year_failures(facts: dict, before: dict) -> list[str]:
    """Y-01, Y-02, Y-06, Y-07 between a year and the one before."""
    b, p = Book(facts), Book(before)
    change = b("CS01_1", "合计", "变动项目和金额/小计")
    b.same(
        "Y-01",
        "",
        b("Z01", "年初结转和结余", "决算数", "收入"),
        p("Z01", "年末结转和结余", "决算数", "支出") + change,
    )
    for form in ("Z02", "Z07", "Z09", "Z11"):
        for r in set(b.rows(form)) | set(p.rows(form)):
            moved = b("CS01_1", r, "变动项目和金额/小计") if form in ("Z02", "Z07") else 0
            b.same(
                "Y-02",
                f"{form} {r}",
                b(form, r, "年初结转和结余/合计"),
                p(form, r, "年末结转和结余/合计") + moved,
            )
    kept = p("F03", "公务用车保有量", "统计数") + b("F03", "公务用车购置数", "统计数")
    b.same("Y-06", "", b("F03", "公务用车保有量", "统计数"), kept)
    for block, row in (("收入", "本年收入合计"), ("支出", "本年支出合计")):
        now, then = b("Z01", row, "决算数", block), p("Z01", row, "决算数", block)
        b.most("Y-07", row, 5 * abs(now - then), then)
    for row in (
        "支出合计",
        "因公出国（境）费",
        "公务用车购置费",
        "公务用车运行维护费",
        "公务接待费",
    ):
        b.most("Y-07", row, b("F03", row, "统计数"), p("F03", row, "统计数"))
    return b.failed


TRANSFERS = {"上级补助收入": "对附属单位补助支出", "附属单位上缴收入": "上缴上级支出"}


def department_failures(whole: dict, children: list[dict]) -> list[str]:
    """G-01 by Z01, Z03 and Z04; every other table is the plain sum. G-02 inside the department."""
    b, total = Book(whole), Book(_added(children))
    loose = ("Z01", "Z02", "Z03", "Z04")
    for key in set(whole) | set(total.facts):
        if key[0] not in loose:
            b.same("G-01", str(key), whole.get(key, 0), total.facts.get(key, 0))
    for row in set(b.rows(*loose)) | set(total.rows(*loose)):
        out = {}
        for got, paid in TRANSFERS.items():
            out[got] = total("Z03", row, got) - b("Z03", row, got)
            b.same("G-01", f"{row} {got}", out[got], total("Z04", row, paid) - b("Z04", row, paid))
            b.most("G-01", row, 0, out[got])
        for form, col in (
            ("Z03", "本年收入合计"),
            ("Z04", "本年支出合计"),
            ("Z02", "本年收入"),
            ("Z02", "本年支出/合计"),
        ):
            b.same(
                "G-01",
                f"{form} {row}",
                total(form, row, col) - b(form, row, col),
                sum(out.values()),
            )
        for form, col in (
            ("Z04", "基本支出"),
            ("Z03", "财政拨款收入"),
            ("Z02", "年末结转和结余/合计"),
            ("Z02", "本年支出/项目支出"),
        ):
            b.same("G-01", f"{form} {row} {col}", total(form, row, col), b(form, row, col))
    for stage in STAGES:
        left_out = sum(
            total("Z01", k, stage, "收入") - b("Z01", k, stage, "收入") for k in TRANSFERS
        )
        for block, row in (
            ("收入", "本年收入合计"),
            ("收入", "总计"),
            ("支出", "本年支出合计"),
            ("支出", "总计"),
        ):
            b.same(
                "G-01",
                f"{stage} {row}",
                total("Z01", row, stage, block) - b("Z01", row, stage, block),
                left_out,
            )
    for got, paid in TRANSFERS.items():
        b.same("G-02", got, total("Z03", "合计", got), total("Z04", "合计", paid))
    return b.failed


def _added(many: list[dict]) -> dict:
    total: dict = defaultdict(int)
    for facts in many:
        for key, amount in facts.items():
            total[key] += amount
    return dict(total)
