"""The ledger of one unit and year: every amount the tables are made of, in integer 分, before any
table exists.

What belongs here: the sums that are entered, merged and eliminated. What does not: table layouts
(``tables``) and how a unit's money comes about (``budgeting``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

GENERAL, FUND, CAPITAL, OWN = "一般公共预算", "政府性基金", "国有资本经营", "非财政"
FISCAL = (GENERAL, FUND, CAPITAL)
BASIC, PROJECT, BUSINESS = "基本", "项目", "经营"
START, FULL, FINAL = "年初预算数", "全年预算数", "决算数"
STAGES = (START, FULL, FINAL)
STAFF, RUNNING, CAPITAL_WORKS = "人员经费", "公用经费", "基本建设"
BASIC_CARRY, PROJECT_CARRY, PROJECT_SURPLUS, BUSINESS_SURPLUS = (
    "基本结转",
    "项目结转",
    "项目结余",
    "经营结余",
)
KINDS = (BASIC_CARRY, PROJECT_CARRY, PROJECT_SURPLUS, BUSINESS_SURPLUS)
FROM_ABOVE, SERVICE, TEACHING, TRADE, FROM_BELOW, OTHER = (
    "上级补助收入",
    "事业收入",
    "教育收费",
    "经营收入",
    "附属单位上缴收入",
    "其他收入",
)
OWN_SOURCES = (FROM_ABOVE, SERVICE, TRADE, FROM_BELOW, OTHER)
ADJUSTMENTS = (
    "会计差错更正",
    "收回以前年度支出",
    "归集调入",
    "归集调出",
    "归集上缴和缴回资金",
    "单位内部调剂",
    "其他",
)
ALLOCATIONS = ("缴纳所得税", "提取专用结余", "转入非财政拨款结余")


def carry_nature(kind: str) -> str:
    """The nature of expenditure that a kind of carry-over belongs to."""
    return {BASIC_CARRY: BASIC, BUSINESS_SURPLUS: BUSINESS}.get(kind, PROJECT)


def part_of(nature: str, econ: str) -> str:
    """The line of Z01 below 基本支出 or 项目支出 that an economic item counts in; empty
    for none.
    """
    if nature == BASIC:
        return STAFF if econ[:3] in ("301", "303") else RUNNING
    return CAPITAL_WORKS if nature == PROJECT and econ[:3] in ("309", "311") else ""


@dataclass
class Ledger:
    """Counters of 分 (counts × 100), keyed as the comments say.

    Ledgers add up; transfers inside are taken out.
    """

    spend: Counter = field(default_factory=Counter)  # (功能项, 资金, 性质, 经济款)
    plan: Counter = field(
        default_factory=Counter
    )  # (阶段, 功能项, 资金, 性质, 部分): 年初 and 全年预算
    grants: Counter = field(default_factory=Counter)  # (阶段, 功能项): 对附属单位补助支出
    remitted: Counter = field(default_factory=Counter)  # (阶段, 功能项): 上缴上级支出
    fiscal: Counter = field(default_factory=Counter)  # (阶段, 功能项, 资金, 性质): 财政拨款收入
    own: Counter = field(default_factory=Counter)  # (阶段, 功能项, 来源): 其他各项收入
    used: Counter = field(default_factory=Counter)  # (阶段, 功能项): 使用非财政拨款结余
    allocated: Counter = field(default_factory=Counter)  # (功能项, 去向): 结余分配
    opening: Counter = field(default_factory=Counter)  # (功能项, 资金, 结转种类)
    closing: Counter = field(default_factory=Counter)
    adjusted: Counter = field(default_factory=Counter)  # (功能项, 资金, 结转种类, 变动项目), signed
    counts: Counter = field(default_factory=Counter)  # F03 行 → 数量 × 100
    money: Counter = field(default_factory=Counter)  # F03 行 → 分
    public_costs: Counter = field(default_factory=Counter)  # (F03 行, 栏): “三公”经费
    adjustment_filed: bool = False

    def final_plan(self) -> Counter:
        """The spending itself in the shape of ``plan``, as stage 决算数."""
        total: Counter = Counter()
        for (item, fund, nature, econ), amount in self.spend.items():
            total[FINAL, item, fund, nature, part_of(nature, econ)] += amount
        return total


def merged(ledgers: list[Ledger]) -> Ledger:
    """The ledger of a department: its units added up, 补助 and 上缴 between them taken out on both
    sides.
    """
    total = Ledger(adjustment_filed=any(ledger.adjustment_filed for ledger in ledgers))
    for ledger in ledgers:
        for name, counter in vars(ledger).items():
            if isinstance(counter, Counter):
                getattr(total, name).update(counter)
    _eliminate(total.grants, total.own, FROM_ABOVE)
    _eliminate(total.remitted, total.own, FROM_BELOW)
    return total


def _eliminate(paid: Counter, received: Counter, source: str) -> None:
    for (stage, item), amount in list(paid.items()):
        internal = min(amount, received.get((stage, item, source), 0))
        paid[stage, item] -= internal
        received[stage, item, source] -= internal
