"""The smallest amounts behind the public tables, and which printed figures each of them
is part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import numpy as np

from pipelines.public import places
from pipelines.public.exact import is_raised
from pipelines.public.keys import OTHER_EXPENSE, Key
from pipelines.public.rounding import Makeup

Quantity = dict[int, int]  # item → how often it counts

FLOWS = ("Z07", "Z09", "Z11")
DETAIL = {
    ("Z08_1", 0, "基本支出"),
    ("Z08_2", 0, "项目支出"),
    ("Z10_1", 1, "基本支出"),
    ("Z10_2", 1, "项目支出"),
    ("Z12", 2, "项目支出"),
}
WHOLE = {0: ("Z08", ("Z08_1", "Z08_2")), 1: ("Z10", ("Z10_1", "Z10_2"))}
USED = "使用非财政拨款结余（含专用结余）"
OTHER_INCOME = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
# Which balance is worked out from the others, where the account adds up: the first that has one.
FOLLOWS = ("年末结转和结余", "年初结转和结余", "结余分配", "使用")


class Items:
    """The smallest amounts of a unit and year, and the figures (by their place in ``exact``) they
    make up.
    """

    def __init__(
        self, facts: Iterable[tuple[Key, int]], exact: Collection[Key], numbers: np.ndarray
    ) -> None:
        """``facts``: each by its key, in 分; ``numbers``: those of the figures (``places``)."""
        self.numbers = numbers
        self.amounts: list[int] = []
        self.exact = exact
        self._fed: list[tuple[np.ndarray, int, int]] = []
        self._fiscal: dict[tuple[str, str], int] = defaultdict(int)
        self.by_form: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        self._blocks: dict[Key, int] = {}
        for key, amount in facts:
            form, block, row, column = key
            if block:
                self._blocks[key] = amount
            elif amount:
                self.by_form[form][row][column] = amount

    def spread(self) -> tuple[list[int], Makeup]:
        """The items in 分, and what the figures are made of."""
        spent = self._fiscal_expense()
        for fund, form in enumerate(FLOWS):
            self._flows(fund, form, spent)
        self._other()
        self._three_public()
        return self.amounts, self._makeup()

    def _makeup(self) -> Makeup:
        """What was fed to figures that are printed."""
        if not self._fed:
            return Makeup.of(len(self.exact), (), (), ())
        printed = self.numbers
        place = np.full(places.known(), -1, dtype=np.int64)
        place[printed] = np.arange(len(printed))
        keys, items, signs = zip(*self._fed, strict=True)
        sizes = [len(k) for k in keys]
        figure = place[np.concatenate(keys)]
        shown = figure >= 0
        return Makeup.of(
            len(printed),
            figure[shown],
            np.repeat(items, sizes)[shown],
            np.repeat(signs, sizes)[shown],
        )

    def _item(self, amount: int) -> Quantity:
        self.amounts.append(amount)
        return {len(self.amounts) - 1: 1}

    def _feed(self, quantity: Quantity, keys: np.ndarray) -> None:
        self._fed += [(keys, item, sign) for item, sign in quantity.items()]

    def _amount(self, quantity: Quantity) -> int:
        return sum([self.amounts[i] * c for i, c in quantity.items()])

    # expenditure of the three budgets

    def _fiscal_expense(self) -> dict[tuple[int, str], Quantity]:
        """(fund, 项) → its expenditure; every item is one economic item of one 项, basic or
        project.
        """
        spent: dict[tuple[int, str], Quantity] = defaultdict(dict)
        sources = sorted(DETAIL)
        for fund, (whole, parts) in WHOLE.items():
            if not any(self.by_form.get(p) for p in parts):
                sources.append((whole, fund, ""))
        for form, fund, kind in sources:
            table = self.by_form.get(form, {})
            for item in _leaves(table):
                for econ in _leaves(table[item]):
                    amount = table[item][econ]
                    quantity = self._item(amount)
                    spent[fund, item].update(quantity)
                    self._feed(quantity, places.expense(fund, kind, item, econ))
                    for row in places.upwards(item):
                        self._fiscal[row, kind] += amount
        return spent

    # income, opening and closing balances of the three budgets

    def _flows(self, fund: int, form: str, spent: dict[tuple[int, str], Quantity]) -> None:
        table = self.by_form.get(form, {})
        names = (
            "年初结转和结余/合计",
            "本年收入" if fund == 2 else "本年收入/合计",
            "年末结转和结余/合计",
        )
        for item in _leaves([*table, *(i for f, i in spent if f == fund)]):
            opening, income, closing = (table.get(item, {}).get(n, 0) for n in names)
            start, received, end = self._flow_items(
                opening, income, closing, spent.get((fund, item), {})
            )
            self._feed(start, places.opening(fund, item))
            self._feed(received, places.income(fund, item))
            self._feed(end, places.closing(fund, item))

    def _flow_items(
        self, opening: int, income: int, closing: int, out: Quantity
    ) -> tuple[Quantity, Quantity, Quantity]:
        """The three flows; one of them follows from the others where the row balances."""
        holds = opening + income == self._amount(out) + closing
        if holds and closing:
            start, received = self._maybe(opening), self._maybe(income)
            return start, received, _sum((start, 1), (received, 1), (out, -1))
        if holds and opening:
            received = self._maybe(income)
            return _sum((out, 1), (received, -1)), received, {}
        if holds:
            return {}, out, {}
        return self._maybe(opening), self._maybe(income), self._maybe(closing)

    def _maybe(self, amount: int) -> Quantity:
        return self._item(amount) if amount else {}

    # what is not paid from the three budgets

    def _other(self) -> None:
        out, income = self._other_expense(), self._other_income()
        balances = {name: (amount, places) for name, amount, places in self._balances()}
        signs = {"年初结转和结余": 1, "使用": 1, "结余分配": -1, "年末结转和结余": -1}
        rest = (
            self._amount(income)
            - self._amount(out)
            + sum(signs[n] * a for n, (a, _) in balances.items())
        )
        derived = "" if rest else _follows(balances)
        parts = {n: self._maybe(a) for n, (a, _) in balances.items() if n != derived}
        if derived:
            others = [(q, signs[n]) for n, q in parts.items()]
            parts[derived] = _sum((_sum((income, 1), (out, -1), *others), -signs[derived]))
        for name, quantity in parts.items():
            self._feed(quantity, balances[name][1])

    def _balances(self) -> Iterator[tuple[str, int, np.ndarray]]:
        """What Z01 has beyond the three budgets: a short name, the amount, where it is printed."""
        for name, block, row, amount in (
            ("年初结转和结余", "收入", "年初结转和结余", self._beyond("年初结转和结余")),
            ("使用", "收入", USED, self._z01("收入", USED)),
            ("结余分配", "支出", "结余分配", self._z01("支出", "结余分配")),
            ("年末结转和结余", "支出", "年末结转和结余", self._beyond("年末结转和结余")),
        ):
            yield name, amount, places.balance(block, row)

    def _z01(self, block: str, row: str) -> int:
        return self._blocks.get(("Z01", block, row, "决算数"), 0)

    def _beyond(self, row: str) -> int:
        """What Z01 has of a balance beyond the three budgets."""
        block = "收入" if row.startswith("年初") else "支出"
        fiscal = row.replace("结转和结余", "财政拨款结转和结余")
        column = "决算数" if block == "收入" else "决算数/小计"
        return self._z01(block, row) - self._blocks.get(("Z01_1", block, fiscal, column), 0)

    def _other_expense(self) -> Quantity:
        """Basic and project expenditure beyond the three budgets, and the three other
        kinds, by 项.
        """
        table: dict[str, dict[str, int]] = self.by_form.get("Z04", {})
        total: Quantity = {}
        for item in _leaves(table):
            for kind in ("基本支出", "项目支出", *OTHER_EXPENSE):
                known = (
                    self._fiscal.get((item, kind), 0)
                    if ("G03", "", item, kind) in self.exact
                    else 0
                )
                amount = table[item].get(kind, 0) - known
                if amount:
                    quantity = self._item(amount)
                    total |= quantity
                    self._feed(quantity, places.own_expense(item, kind))
        return total

    def _other_income(self) -> Quantity:
        table: dict[str, dict[str, int]] = self.by_form.get("Z03", {})
        total: Quantity = {}
        for item in _leaves(table):
            for kind in OTHER_INCOME:
                amount = table[item].get("事业收入/小计" if kind == "事业收入" else kind, 0)
                if amount:
                    quantity = self._item(amount)
                    total |= quantity
                    self._feed(quantity, places.other_income(item, kind))
            self._feed(self._maybe(table[item].get("事业收入/其中：教育收费", 0)), places.fee(item))
        return total

    def _three_public(self) -> None:
        table: dict[str, dict[str, int]] = self.by_form.get("F03", {})
        raised = is_raised(("F03", column) for columns in table.values() for column in columns)
        budget = "全年预算数" if raised else "预算数"
        for side, column in (("预算数", budget), ("决算数", "统计数")):
            for name in ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费"):
                self._feed(
                    self._maybe(table.get(name, {}).get(column, 0)), places.three_public(side, name)
                )


def _leaves(codes: Iterable[str]) -> list[str]:
    """The codes that no other code continues."""
    known = sorted({c for c in codes if c.isdigit()})
    return [c for i, c in enumerate(known) if i + 1 == len(known) or not known[i + 1].startswith(c)]


def _sum(*parts: tuple[Quantity, int]) -> Quantity:
    total: Quantity = {}
    for quantity, sign in parts:
        for item, count in quantity.items():
            total[item] = total.get(item, 0) + sign * count
    return {i: c for i, c in total.items() if c}


def _follows(balances: dict[str, tuple[int, np.ndarray]]) -> str:
    """The balance that is worked out from the others; empty where there is none."""
    return next((name for name in FOLLOWS if balances[name][0]), "")
