"""How a figure is named: (form, block, row, column), and the names that recur."""

from __future__ import annotations

from collections.abc import Mapping

Key = tuple[str, str, str, str]
Facts = Mapping[Key, int]

TOTAL = "合计"
FUNDS = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
OTHER_EXPENSE = ("上缴上级支出", "经营支出", "对附属单位补助支出")
