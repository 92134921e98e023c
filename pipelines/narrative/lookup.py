"""The facts of one unit and year (and the year before) behind a narrative.

What does not belong here: databases. Rows come in as dicts with the columns of
``schemas.frames.FACTS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pipelines.narrative.figures import HALF, Interval
from pipelines.narrative.last_digit import printed_facts
from pipelines.narrative.vocabulary import Address
from schemas.library import forms

EMPTY = ("number", "dash")


@dataclass(frozen=True, slots=True)
class Fact:
    """A table cell. ``amount`` in 元 (counts in their own unit); ``cell`` is None where the row or
    column is absent (then 0).

    ``printed`` is what the public tables say of it, where that differs in the last digit.
    """

    amount: Decimal
    decimals: int
    file: str | None
    sheet: str | None
    cell: str | None
    form: str = ""
    printed: Decimal | None = None

    @property
    def interval(self) -> Interval:
        """Exact from two decimals of a 元 on, else ± half of the last place; and on to what is
        printed of it.
        """
        half = Fraction(0) if self.decimals >= 2 else HALF / Fraction(10) ** self.decimals
        exact = Interval.around(self.amount, half)
        if self.printed is None:
            return exact
        shown = Fraction(self.printed)
        return Interval(min(exact.low, shown), max(exact.high, shown))

    @property
    def where(self) -> str:
        form = forms().get(self.form)
        number = (form.number if form else "") or f"{self.form}表"
        return f"{number} {self.cell}" if self.cell else f"{number}（无此行或栏，计 0）"


class FactLookup:
    """Facts by form, block, row and column; ``year_offset`` -1 is the year before."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], year: int) -> None:
        self.year = year
        self._facts: dict[tuple[int, str, str, str, str], Mapping[str, Any]] = {}
        self._forms: dict[tuple[int, str], Mapping[str, Any]] = {}
        self._printed: dict[int, dict[tuple[str, str, str, str], Decimal]] = {}
        for row in rows:
            offset = int(row["year"]) - year
            self._facts[offset, row["form"], row["block"] or "", row["row_key"], row["col_key"]] = (
                row
            )
            self._forms.setdefault((offset, row["form"]), row)

    def has(self, form: str, year_offset: int = 0) -> bool:
        """Whether the form is there for that year."""
        return (year_offset, form) in self._forms

    def get(
        self, form: str, block: str, row_key: str, col_key: str, year_offset: int = 0
    ) -> Fact | None:
        """The cell, if it holds a number; a dash is 0."""
        row = self._facts.get((year_offset, form, block, row_key, col_key))
        if row is None:
            return None
        amount = row["amount"]
        if amount is None and row.get("state") != "dash":
            return None
        printed = self._printed_in(year_offset).get((form, block, row_key, col_key))
        return _fact(row, Decimal(amount if amount is not None else 0), printed)

    def _printed_in(self, year_offset: int) -> dict[tuple[str, str, str, str], Decimal]:
        """What public tables print of the facts of a year, worked out when it is first
        asked for.
        """
        if year_offset not in self._printed:
            rows = [row for key, row in self._facts.items() if key[0] == year_offset]
            self._printed[year_offset] = printed_facts(rows)
        return self._printed[year_offset]

    def read(self, address: Address, year_offset: int = 0) -> Fact | None:
        """The cell of an address; 0 where the form is there without that row or column; None where
        nothing can be said.
        """
        if not self.has(address.form, year_offset):
            return None
        key = (year_offset, address.form, address.block, address.row, address.col)
        if key in self._facts:
            return self.get(address.form, address.block, address.row, address.col, year_offset)
        form = self._forms[year_offset, address.form]
        return Fact(
            Decimal(0), int(form["decimals"]), form["file"], form["sheet"], None, address.form
        )

    def first(self, addresses: Iterable[Address], year_offset: int = 0) -> Fact | None:
        """The first address whose form is there; a printed cell goes before an absent one."""
        found = [f for a in addresses if (f := self.read(a, year_offset)) is not None]
        printed = [f for f in found if f.cell]
        return next(iter(printed or found), None)

    def cells(self, form: str, block: str, row_key: str, year_offset: int = 0) -> dict[str, Fact]:
        """All cells of a row that hold numbers, by column."""
        return {
            key[4]: fact
            for key in self._facts
            if key[:4] == (year_offset, form, block, row_key)
            and (fact := self.get(*key[1:], key[0]))
        }

    def rows(self, form: str, block: str, col_key: str, year_offset: int = 0) -> dict[str, Fact]:
        """All cells of a column that hold numbers, by row."""
        return {
            key[3]: fact
            for key in self._facts
            if key[:3] == (year_offset, form, block)
            and key[4] == col_key
            and (fact := self.get(*key[1:], key[0]))
        }


def _fact(row: Mapping[str, Any], amount: Decimal, printed: Decimal | None) -> Fact:
    place = (row["file"], row["sheet"], row["cell"], row["form"])
    return Fact(amount, int(row["decimals"]), *place, printed)


def functional_addresses(budget: str, code: str) -> tuple[Address, ...]:
    """Where the expenditure of a functional item stands, by budget (gpb, fund, capital,
    expenditure, fiscal).
    """
    klass = len(code) == 3
    column = {"gpb": "决算数/一般公共预算财政拨款", "fiscal": "决算数/小计"}.get(budget)
    lists = {
        "gpb": [Address("Z07", "", code, "本年支出/合计"), Address("G06", "", code, "合计")],
        "fund": [
            Address("Z09", "", code, "本年支出/合计"),
            Address("G10", "", code, "本年支出/小计"),
        ],
        "capital": [
            Address("Z11", "", code, "本年支出"),
            Address("G11", "", code, "本年支出/合计"),
        ],
        "expenditure": [
            Address("Z04", "", code, "本年支出合计"),
            Address("G03", "", code, "本年支出合计"),
        ],
    }.get(budget, [])
    if column and klass:
        lists.append(Address("Z01_1", "支出功能分类", code, column))
    return tuple(lists)


def functional_budget(budget: str, code: str) -> tuple[Address, ...]:
    """Where the budget of a class stands; items below a class have none in the tables."""
    if budget != "gpb" or len(code) != 3:
        return ()
    kinds = ("全年预算数", "年初预算数")
    return tuple(Address("Z01_1", "支出功能分类", code, f"{k}/一般公共预算财政拨款") for k in kinds)
