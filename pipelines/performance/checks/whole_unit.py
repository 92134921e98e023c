"""E-31: what a whole unit's form (JX18) says was spent against the final accounts.

What does not belong here: what its own amounts must be to each other (``project_money.py``).
"""

from __future__ import annotations

from pipelines.narrative.vocabulary import Address
from pipelines.performance.case import Case
from pipelines.performance.checks.finals import Unequal, tell, unequal
from pipelines.performance.pack import ProjectTable

# Forms are of all money or of fiscal money alone, and some count what is left over. The published
# tables stand in where the internal ones were not handed in.
SPENT = {
    "总额": (
        (
            Address("Z01", "支出", "本年支出合计", "决算数"),
            Address("Z01", "支出", "总计", "决算数"),
            Address("Z01_1", "支出", "本年支出合计", "决算数/小计"),
            Address("Z01_1", "支出", "本年支出合计", "决算数/一般公共预算财政拨款"),
        ),
        (
            Address("G01", "支出", "本年支出合计", "金额"),
            Address("G01", "支出", "总计", "金额"),
            Address("G04", "支出", "本年支出合计", "合计"),
            Address("G04", "支出", "本年支出合计", "一般公共预算财政拨款"),
        ),
    ),
    "基本支出": (
        (Address("Z04", "", "合计", "基本支出"), Address("Z08_1", "", "合计", "合计")),
        (Address("G03", "", "合计", "基本支出"), Address("G06", "", "合计", "基本支出")),
    ),
    "项目支出": (
        (
            Address("Z04", "", "合计", "项目支出"),
            Address("Z01_1", "支出性质", "项目支出", "决算数/小计"),
            Address("Z08_2", "", "合计", "合计"),
        ),
        (Address("G03", "", "合计", "项目支出"), Address("G06", "", "合计", "项目支出")),
    ),
}


def check(case: Case) -> None:
    """One finding for each form: how much of the unit's money it covers is for the unit to say."""
    for table in case.pack.project_tables("JX18"):
        _against_accounts(case, table)


def _against_accounts(case: Case, table: ProjectTable) -> None:
    found: list[Unequal] = []
    for row, families in SPENT.items():
        spent = table.fund(row, "执行数")
        if not spent.number or case.is_settled("E-13", spent):
            continue
        addresses = next((f for f in families if _are_there(case, f)), ())
        if addresses:
            what = f"部门整体支出绩效自评表{'' if row == '总额' else row}执行数"
            found += unequal(case, "E-31", what, [spent], addresses)
    tell(case, "E-31", "JX18[执行数]/决算", found, severity="review")


def _are_there(case: Case, addresses: tuple[Address, ...]) -> bool:
    return case.facts is not None and all(case.facts.has(a.form) for a in addresses)
