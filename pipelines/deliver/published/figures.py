"""The figures of the 13 public tables from the facts of a unit and year, each with the smallest items behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipelines.deliver.published.balance import Figure, balanced, nearest
from pipelines.deliver.published.relations import FUNDS, STAFF, TOTAL, Relations

Key = tuple[str, str, str, str]
Facts = Mapping[Key, int]
Quantity = Counter[int]

FLOWS = ("Z07", "Z09", "Z11")
DETAIL = {("Z08_1", 0, "基本支出"), ("Z08_2", 0, "项目支出"), ("Z10_1", 1, "基本支出"), ("Z10_2", 1, "项目支出"), ("Z12", 2, "项目支出")}
WHOLE = {0: ("Z08", ("Z08_1", "Z08_2")), 1: ("Z10", ("Z10_1", "Z10_2"))}
OTHER_INCOME = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
OTHER_EXPENSE = ("上缴上级支出", "经营支出", "对附属单位补助支出")
THREE_PUBLIC = {
    "合计": "支出合计", "因公出国（境）费": "因公出国（境）费", "公务用车购置及运行维护费/小计": "公务用车购置及运行维护费",
    "公务用车购置费": "公务用车购置费", "公务用车运行维护费": "公务用车运行维护费", "公务接待费": "公务接待费",
}  # fmt: skip
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "G02": ("Z03", {"本年收入合计": "本年收入合计", "财政拨款收入": "财政拨款收入", "上级补助收入": "上级补助收入",
                    "事业收入/小计": "事业收入", "事业收入/其中：教育收费": "事业收入/其中：教育收费", "经营收入": "经营收入",
                    "附属单位上缴收入": "附属单位上缴收入", "其他收入": "其他收入"}),
    "G03": ("Z04", {c: c for c in ("本年支出合计", "基本支出", "项目支出", *OTHER_EXPENSE)}),
    "G06": ("Z07", {"本年支出/合计": "合计", "本年支出/基本支出/小计": "基本支出", "本年支出/项目支出": "项目支出"}),
    "G09": ("Z08_2", {TOTAL: TOTAL}),
    "G10": ("Z09", {"年初结转和结余/合计": "年初结转和结余", "本年收入/合计": "本年收入", "本年支出/合计": "本年支出/小计",
                    "本年支出/基本支出/小计": "本年支出/基本支出", "本年支出/项目支出": "本年支出/项目支出",
                    "年末结转和结余/合计": "年末结转和结余"}),
    "G11": ("Z11", {"年初结转和结余/合计": "年初结转和结余", "本年收入": "本年收入", "本年支出": "本年支出/合计",
                    "年末结转和结余/合计": "年末结转和结余"}),
    "G12": ("Z12", {TOTAL: TOTAL}),
}  # fmt: skip


@dataclass(slots=True)
class Published:
    """The figures of the public tables by (form, block, row, column): exact in 分, and printed in 0.01 万元."""

    exact: dict[Key, int] = field(default_factory=dict)
    printed: dict[Key, int] = field(default_factory=dict)

    def rows(self, form: str) -> list[str]:
        """The row keys of a list table that carry an amount, codes in order, the total first."""
        found = {row for f, _, row, _ in self.exact if f == form}
        return sorted(found, key=lambda r: (r != TOTAL, r))


def published(facts: Facts) -> Published:
    """The public tables of a unit and year. ``facts``: (form, block, row, column) → 分."""
    exact = {key: amount for key, amount in _exact(facts) if amount}
    items, terms = Items(facts, exact).spread()
    _Mending(exact, items, terms).mend()
    figures = [Figure(amount, terms[key]) for key, amount in exact.items()]
    return Published(exact, dict(zip(exact, balanced(items, figures), strict=True)))


class _Mending:
    """Where the source does not add up across tables, the figures of each table still do within it.

    A figure that is not the sum of its smallest items is taken as the sum of its parts in its own table, as far as
    that holds; a smallest figure that differs from its items becomes an item of its own.
    """

    def __init__(self, exact: dict[Key, int], items: list[int], terms: dict[Key, dict[int, int]]) -> None:
        self.exact, self.items, self.terms = exact, items, terms
        self.sound = {k for k, amount in exact.items() if terms[k] and amount == sum([items[i] * c for i, c in terms[k].items()])}
        self.relations = Relations(exact)
        self.own: dict[tuple[str, int], int] = {}
        self.done: set[Key] = set()

    def mend(self) -> None:
        for key in self.exact:
            if key not in self.sound:
                self._mend(key)

    def _mend(self, key: Key) -> dict[int, int]:
        if key in self.sound or key in self.done:
            return self.terms[key]
        self.done.add(key)
        parts = self.relations.holding(key)
        if parts is None:
            self.terms[key] = {self._own(key): 1}
            return self.terms[key]
        total: dict[int, int] = {}
        for part, sign in parts:
            for item, count in self._mend(part).items():
                total[item] = total.get(item, 0) + sign * count
        self.terms[key] = {item: count for item, count in total.items() if count}
        return self.terms[key]

    def _own(self, key: Key) -> int:
        """An item of the figure's own; the same amount of the same row is the same item in every table."""
        mark = (key[2], self.exact[key])
        if mark not in self.own:
            self.own[mark] = len(self.items)
            self.items.append(self.exact[key])
        return self.own[mark]


def rounded(facts: Facts) -> Published:
    """The same with every figure rounded by itself."""
    exact = {key: amount for key, amount in _exact(facts) if amount}
    return Published(exact, {key: nearest(amount) for key, amount in exact.items()})


# The exact amounts ------------------------------------------------------------------------------------


def _exact(facts: Facts) -> Iterator[tuple[Key, int]]:
    five: Counter[Key] = Counter()
    eight: Counter[Key] = Counter()
    budget = "全年预算数" if any(f == "F03" and c == "全年预算数" for f, _, _, c in facts) else "预算数"
    for (form, block, row, column), amount in facts.items():
        if form in ("Z01", "Z01_1"):
            yield from _exact_block(form, block, row, column, amount)
        for target, (source, columns) in LISTS.items():
            if form == source and column in columns:
                yield (target, "", row, columns[column]), amount
        if form == "Z08":
            yield ("G07", "", row, column), amount
        if form in ("Z08", "Z10", "Z12") and row == TOTAL:
            fund = FUNDS[("Z08", "Z10", "Z12").index(form)]
            five["G05", "", column, TOTAL] += amount
            five["G05", "", column, fund] += amount
        if form == "Z08_1" and row == TOTAL:
            eight["G08", "", column, "决算数"] += amount
            if len(column) == 3 and column.isdigit():
                eight["G08", "", "人员经费合计" if column in STAFF else "公用经费合计", "决算数"] += amount
        if form in ("Z11", "Z12") and column == ("本年支出" if form == "Z11" else TOTAL):
            yield ("G11" if form == "Z11" else "G12", "", row, "本年支出/项目支出" if form == "Z11" else "项目支出"), amount
        if form == "F03":
            yield from _exact_three(row, column, budget, amount)
    yield from five.items()
    yield from eight.items()


def _exact_block(form: str, block: str, row: str, column: str, amount: int) -> Iterator[tuple[Key, int]]:
    if block not in ("收入", "支出功能分类", "支出"):
        return
    year, _, fund = column.partition("/")
    if year == "决算数":
        target = "G01" if form == "Z01" else "G04"
        shown = "金额" if not fund else TOTAL if fund == "小计" else fund
        yield (target, block, row, shown), amount


def _exact_three(row: str, column: str, budget: str, amount: int) -> Iterator[tuple[Key, int]]:
    side = {budget: "预算数", "统计数": "决算数"}.get(column)
    if side:
        for shown, source in THREE_PUBLIC.items():
            if row == source:
                yield ("G13", "", TOTAL, f"{side}/{shown}"), amount


# The items behind them --------------------------------------------------------------------------------


def _ancestors(code: str) -> list[str]:
    """``2010301`` → 2010301, 20103, 201, 合计; ``30201`` → 30201, 302, 合计."""
    return [code[:n] for n in (7, 5, 3) if n <= len(code)] + [TOTAL]


def _leaves(codes: Iterable[str]) -> list[str]:
    """The codes that no other code continues."""
    known = sorted(c for c in set(codes) if c.isdigit())
    return [c for i, c in enumerate(known) if i + 1 == len(known) or not known[i + 1].startswith(c)]


class Items:
    """The smallest amounts of a unit and year, and the printed figures each of them is part of."""

    def __init__(self, facts: Facts, printed: Iterable[Key]) -> None:
        self.facts = facts
        self.amounts: list[int] = []
        self.terms: dict[Key, dict[int, int]] = {key: {} for key in printed}
        self.by_form: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for (form, block, row, column), amount in facts.items():
            if not block and form not in ("Z01", "Z01_1") and amount:
                self.by_form[form][row][column] = amount

    def spread(self) -> tuple[list[int], dict[Key, dict[int, int]]]:
        """The items in 分, and for every printed figure its items."""
        spent = self._fiscal_expense()
        for fund, form in enumerate(FLOWS):
            self._flows(fund, form, spent)
        self._other(spent)
        self._three_public()
        return self.amounts, self.terms

    def _item(self, amount: int) -> Quantity:
        self.amounts.append(amount)
        return Counter({len(self.amounts) - 1: 1})

    def _feed(self, quantity: Quantity, keys: Iterable[Key]) -> None:
        parts = list(quantity.items())
        for key in keys:
            terms = self.terms.get(key)
            if terms is not None:
                for item, sign in parts:
                    terms[item] = terms.get(item, 0) + sign

    def _amount(self, quantity: Mapping[int, int]) -> int:
        return sum(self.amounts[i] * c for i, c in quantity.items())

    # expenditure of the three budgets

    def _fiscal_expense(self) -> dict[tuple[int, str], Quantity]:
        """(fund, 项) → its expenditure; every item is one economic item of one 项, basic or project."""
        spent: dict[tuple[int, str], Quantity] = defaultdict(Counter)
        sources = sorted(DETAIL)
        for fund, (whole, parts) in WHOLE.items():
            if not any(self.by_form.get(p) for p in parts):
                sources.append((whole, fund, ""))
        for form, fund, kind in sources:
            table = self.by_form.get(form, {})
            for item in _leaves(table):
                for econ in _leaves(table[item]):
                    quantity = self._item(table[item][econ])
                    spent[fund, item].update(quantity)
                    self._feed(quantity, _expense_keys(fund, kind, item, econ))
        return spent

    # income, opening and closing balances of the three budgets

    def _flows(self, fund: int, form: str, spent: dict[tuple[int, str], Quantity]) -> None:
        table = self.by_form.get(form, {})
        names = ("年初结转和结余/合计", "本年收入" if fund == 2 else "本年收入/合计", "年末结转和结余/合计")
        for item in _leaves([*table, *(i for f, i in spent if f == fund)]):
            opening, income, closing = (table.get(item, {}).get(n, 0) for n in names)
            start, received, end = self._flow_items(opening, income, closing, spent.get((fund, item), Counter()))
            self._feed(start, _opening_keys(fund, item))
            self._feed(received, _income_keys(fund, item))
            self._feed(end, _closing_keys(fund, item))

    def _flow_items(self, opening: int, income: int, closing: int, out: Quantity) -> tuple[Quantity, Quantity, Quantity]:
        """The three flows; one of them follows from the others where the row balances."""
        holds = opening + income == self._amount(out) + closing
        if holds and closing:
            start, received = self._maybe(opening), self._maybe(income)
            return start, received, _sum((start, 1), (received, 1), (out, -1))
        if holds and opening:
            received = self._maybe(income)
            return _sum((out, 1), (received, -1)), received, Counter()
        if holds:
            return Counter(), Counter(out), Counter()
        return self._maybe(opening), self._maybe(income), self._maybe(closing)

    def _maybe(self, amount: int) -> Quantity:
        return self._item(amount) if amount else Counter()

    # what is not paid from the three budgets

    def _other(self, spent: dict[tuple[int, str], Quantity]) -> None:
        out = self._other_expense()
        income = self._other_income()
        ends = {name: self._beyond(name) for name in ("年初结转和结余", "年末结转和结余")}
        single = {
            "年初结转和结余": (ends["年初结转和结余"], [("G01", "收入", "年初结转和结余", "金额"), ("G01", "收入", "总计", "金额")]),
            "使用": (self._z01("收入", "使用非财政拨款结余（含专用结余）"),
                   [("G01", "收入", "使用非财政拨款结余（含专用结余）", "金额"), ("G01", "收入", "总计", "金额")]),
            "结余分配": (self._z01("支出", "结余分配"), [("G01", "支出", "结余分配", "金额"), ("G01", "支出", "总计", "金额")]),
            "年末结转和结余": (ends["年末结转和结余"], [("G01", "支出", "年末结转和结余", "金额"), ("G01", "支出", "总计", "金额")]),
        }  # fmt: skip
        signs = {"年初结转和结余": 1, "使用": 1, "结余分配": -1, "年末结转和结余": -1}
        rest = self._amount(income) - self._amount(out) + sum(signs[n] * a for n, (a, _) in single.items())
        derived = next((n for n in ("年末结转和结余", "年初结转和结余", "结余分配", "使用") if single[n][0]), "") if not rest else ""
        parts = {n: self._maybe(a) for n, (a, _) in single.items() if n != derived}
        if derived:
            others = [(q, signs[n]) for n, q in parts.items()]
            balance = _sum((income, 1), (out, -1), *others)
            parts[derived] = _sum((balance, -signs[derived]))
        for name, quantity in parts.items():
            self._feed(quantity, single[name][1])

    def _z01(self, block: str, row: str) -> int:
        return self.facts.get(("Z01", block, row, "决算数"), 0)

    def _beyond(self, row: str) -> int:
        """What Z01 has of a balance beyond the three budgets."""
        block = "收入" if row.startswith("年初") else "支出"
        fiscal = row.replace("结转和结余", "财政拨款结转和结余")
        column = "决算数" if block == "收入" else "决算数/小计"
        return self._z01(block, row) - self.facts.get(("Z01_1", block, fiscal, column), 0)

    def _other_expense(self) -> Quantity:
        """Basic and project expenditure beyond the three budgets, and the three other kinds, by 项."""
        table, total = self.by_form.get("Z04", {}), Counter[int]()
        for item in _leaves(table):
            known = {k: self._amount(self.terms.get(("G03", "", item, k), {})) for k in ("基本支出", "项目支出")}
            for kind in ("基本支出", "项目支出", *OTHER_EXPENSE):
                amount = table[item].get(kind, 0) - known.get(kind, 0)
                if amount:
                    quantity = self._item(amount)
                    total.update(quantity)
                    self._feed(quantity, _own_expense_keys(item, kind))
        return total

    def _other_income(self) -> Quantity:
        table, total = self.by_form.get("Z03", {}), Counter[int]()
        for item in _leaves(table):
            for kind in OTHER_INCOME:
                amount = table[item].get("事业收入/小计" if kind == "事业收入" else kind, 0)
                if amount:
                    quantity = self._item(amount)
                    total.update(quantity)
                    self._feed(quantity, _other_income_keys(item, kind))
            fees = self._maybe(table[item].get("事业收入/其中：教育收费", 0))
            self._feed(fees, (("G02", "", row, "事业收入/其中：教育收费") for row in _ancestors(item)))
        return total

    # 三公

    def _three_public(self) -> None:
        table = self.by_form.get("F03", {})
        budget = "全年预算数" if any("全年预算数" in columns for columns in table.values()) else "预算数"
        for side, column in (("预算数", budget), ("决算数", "统计数")):
            for name in ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费"):
                quantity = self._maybe(table.get(name, {}).get(column, 0))
                over = [name, TOTAL] + (["公务用车购置及运行维护费/小计"] if name.startswith("公务用车") else [])
                self._feed(quantity, (("G13", "", TOTAL, f"{side}/{n}") for n in over))


def _sum(*parts: tuple[Quantity, int]) -> Quantity:
    total: Quantity = Counter()
    for quantity, sign in parts:
        for item, count in quantity.items():
            total[item] += sign * count
    return Counter({i: c for i, c in total.items() if c})


# Where an item is printed -----------------------------------------------------------------------------


def _expense_keys(fund: int, kind: str, item: str, econ: str) -> Iterator[Key]:
    name, group = FUNDS[fund], item[:3]
    over, across = _ancestors(item), _ancestors(econ)
    for block, row in (("支出功能分类", group), ("支出", "本年支出合计"), ("支出", "总计")):
        yield "G01", block, row, "金额"
        if (block, row) != ("支出", "总计"):
            yield "G04", block, row, TOTAL
            yield "G04", block, row, name
    yield "G04", "支出", "总计", TOTAL
    yield "G04", "支出", "总计", name
    for code in across:
        yield "G05", "", code, TOTAL
        yield "G05", "", code, name
    kinds = [kind] if kind else []
    for row in over:
        for column in ("本年支出合计", *kinds):
            yield "G03", "", row, column
        if fund == 0:
            yield from (("G06", "", row, c) for c in (TOTAL, *kinds))
            yield from (("G07", "", row, c) for c in across)
            if kind == "项目支出":
                yield "G09", "", row, TOTAL
        elif fund == 1:
            yield from (("G10", "", row, f"本年支出/{c}") for c in ("小计", *kinds))
        else:
            yield from (("G11", "", row, f"本年支出/{c}") for c in (TOTAL, *kinds))
            yield from (("G12", "", row, c) for c in (TOTAL, *kinds))
    if fund == 0 and kind == "基本支出":
        yield from (("G08", "", code, "决算数") for code in across)
        yield "G08", "", "人员经费合计" if econ[:3] in STAFF else "公用经费合计", "决算数"


def _opening_keys(fund: int, item: str) -> Iterator[Key]:
    yield from (("G01", "收入", r, "金额") for r in ("年初结转和结余", "总计"))
    yield from (("G04", "收入", r, "金额") for r in ("年初财政拨款结转和结余", f"年初财政拨款结转和结余/{FUNDS[fund]}", "总计"))
    if fund:
        yield from ((("G10", "G11")[fund - 1], "", row, "年初结转和结余") for row in _ancestors(item))


def _income_keys(fund: int, item: str) -> Iterator[Key]:
    yield from (("G01", "收入", r, "金额") for r in (f"{FUNDS[fund]}收入", "本年收入合计", "总计"))
    yield from (("G04", "收入", r, "金额") for r in (FUNDS[fund], "本年收入合计", "总计"))
    for row in _ancestors(item):
        yield "G02", "", row, "财政拨款收入"
        yield "G02", "", row, "本年收入合计"
        if fund:
            yield ("G10", "G11")[fund - 1], "", row, "本年收入"


def _closing_keys(fund: int, item: str) -> Iterator[Key]:
    yield from (("G01", "支出", r, "金额") for r in ("年末结转和结余", "总计"))
    for row in ("年末财政拨款结转和结余", FUNDS[fund], "总计"):
        yield from (("G04", "支出", row, c) for c in (TOTAL, FUNDS[fund]))
    if fund:
        yield from ((("G10", "G11")[fund - 1], "", row, "年末结转和结余") for row in _ancestors(item))


def _own_expense_keys(item: str, kind: str) -> Iterator[Key]:
    for block, row in (("支出功能分类", item[:3]), ("支出", "本年支出合计"), ("支出", "总计")):
        yield "G01", block, row, "金额"
    for row in _ancestors(item):
        yield from (("G03", "", row, c) for c in ("本年支出合计", kind))


def _other_income_keys(item: str, kind: str) -> Iterator[Key]:
    yield from (("G01", "收入", r, "金额") for r in (kind, "本年收入合计", "总计"))
    for row in _ancestors(item):
        yield from (("G02", "", row, c) for c in ("本年收入合计", kind))
