"""Where in the public tables an amount is printed: the lowest figures it is in, and by the rule
book all they count into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from itertools import chain
from typing import Any

import numpy as np

from pipelines.public.keys import FUNDS, TOTAL, Key
from schemas.relations import wholes

_FLOW_FORMS = ("G10", "G11")

_numbers: dict[Key, int] = {}
_keys: list[Key] = []


def numbered(keys: Iterable[Key]) -> np.ndarray:
    """The keys as numbers, the same for the life of the process: looked up faster than
    four words.
    """
    return np.array([_numbers.get(key) or number(key) for key in keys], dtype=np.int64)


def number(key: Key) -> int:
    """The number of one key."""
    if key not in _numbers:
        _numbers[key] = len(_keys)
        _keys.append(key)
    return _numbers[key]


def keys_of(numbers: np.ndarray) -> list[Key]:
    """The keys that bear these numbers."""
    return [_keys[number] for number in numbers.tolist()]


def known() -> int:
    """How many keys have a number."""
    return len(_numbers)


class Known:
    """Numbered keys of which more is kept elsewhere, a row for each: ``at`` says which row by the
    number of the key, −1 for one not met.
    """

    def __init__(self) -> None:
        self.at = np.full(1024, -1, dtype=np.int64)
        self._rows = 0

    def new(self, numbers: np.ndarray) -> list[Key]:
        """Those not met before, for each of which the caller adds the next row."""
        if known() > len(self.at):
            more = np.full(2 * known() - len(self.at), -1, dtype=np.int64)
            self.at = np.concatenate([self.at, more])
        met = numbers[self.at[numbers] < 0]
        self.at[met] = range(self._rows, self._rows + len(met))
        self._rows += len(met)
        return keys_of(met)


def _remembered(lowest: Callable[..., Iterator[Key]]) -> Callable[..., np.ndarray]:
    """The lowest figures and all above them, numbered: the same few thousand kinds of amounts occur
    in every unit.
    """

    @lru_cache(maxsize=32768)
    @wraps(lowest)
    def remembered(*about: Any) -> np.ndarray:
        found = dict.fromkeys(chain.from_iterable(map(_with_wholes, lowest(*about))))
        return np.array(list(found), dtype=np.int64)

    return remembered


@lru_cache(maxsize=65536)
def _with_wholes(figure: Key) -> tuple[int, ...]:
    """The numbers of a figure and of all above it."""
    return (number(figure), *map(number, wholes(figure)))


@lru_cache(maxsize=8192)
def upwards(code: str) -> tuple[str, ...]:
    """``2010301`` → 2010301, 20103, 201, 合计; ``30201`` → 30201, 302, 合计."""
    return (*(code[:n] for n in (7, 5, 3) if n <= len(code)), TOTAL)


@_remembered
def expense(fund: int, kind: str, item: str, econ: str) -> Iterator[Key]:
    """Expenditure of one of the three budgets by 项 and economic item; ``kind``: 基本支出,
    项目支出, or empty if not known.
    """
    name = FUNDS[fund]
    yield "G01", "支出功能分类", item[:3], "金额"
    yield "G03", "", item, kind or "本年支出合计"
    yield "G04", "支出功能分类", item[:3], name
    yield "G05", "", econ, name
    if fund == 0:
        yield from _general_expense(kind, item, econ)
    if fund == 1:
        yield "G10", "", item, f"本年支出/{kind or '小计'}"
    if fund == 2:
        yield "G11", "", item, f"本年支出/{kind or TOTAL}"
        yield "G12", "", item, kind or TOTAL


def _general_expense(kind: str, item: str, econ: str) -> Iterator[Key]:
    """Where only the general public budget is printed."""
    yield "G06", "", item, kind or TOTAL
    yield "G07", "", item, econ
    if kind == "基本支出":
        yield "G08", "", econ, "决算数"
    if kind == "项目支出":
        yield "G09", "", item, TOTAL


@_remembered
def opening(fund: int, item: str) -> Iterator[Key]:
    """年初结转和结余 of one of the three budgets."""
    yield "G01", "收入", "年初结转和结余", "金额"
    yield "G04", "收入", f"年初财政拨款结转和结余/{FUNDS[fund]}", "金额"
    if fund:
        yield _FLOW_FORMS[fund - 1], "", item, "年初结转和结余"


@_remembered
def income(fund: int, item: str) -> Iterator[Key]:
    """本年收入 of one of the three budgets."""
    yield "G01", "收入", f"{FUNDS[fund]}收入", "金额"
    yield "G04", "收入", FUNDS[fund], "金额"
    yield "G02", "", item, "财政拨款收入"
    if fund:
        yield _FLOW_FORMS[fund - 1], "", item, "本年收入"


@_remembered
def closing(fund: int, item: str) -> Iterator[Key]:
    """年末结转和结余 of one of the three budgets."""
    yield "G01", "支出", "年末结转和结余", "金额"
    yield "G04", "支出", FUNDS[fund], FUNDS[fund]
    if fund:
        yield _FLOW_FORMS[fund - 1], "", item, "年末结转和结余"


@_remembered
def own_expense(item: str, kind: str) -> Iterator[Key]:
    """Expenditure beyond the three budgets."""
    yield "G01", "支出功能分类", item[:3], "金额"
    yield "G03", "", item, kind


@_remembered
def other_income(item: str, kind: str) -> Iterator[Key]:
    """Income beyond the three budgets."""
    yield "G01", "收入", kind, "金额"
    yield "G02", "", item, kind


@_remembered
def fee(item: str) -> Iterator[Key]:
    """教育收费, which is shown but counts into nothing."""
    yield "G02", "", item, "事业收入/其中：教育收费"


@_remembered
def balance(block: str, row: str) -> Iterator[Key]:
    """A balance of Z01 beyond the three budgets."""
    yield "G01", block, row, "金额"


@_remembered
def three_public(side: str, name: str) -> Iterator[Key]:
    """One kind of the “三公” costs; ``side`` is 预算数 or 决算数."""
    yield "G13", "", TOTAL, f"{side}/{name}"
