"""A department rebuilt from the figures it published for 2023 (in 万元), as exact tables in 元.

``PUBLISHED_*`` are printed figures. ``ALLOCATED_*`` are not published: they are chosen so that
everything adds up to what is.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from pipelines.sample.ledger import BASIC, FINAL, FULL, GENERAL, PROJECT, START, Ledger
from pipelines.sample.model import Unit, UnitYear
from pipelines.sample.places import ADMIN
from pipelines.sample.tables import derive

DEPARTMENT = Unit(
    "109001",
    "遂宁经济技术开发区经信商务科技局",
    ADMIN,
    "",
    "",
    ("经信商务科技局", "经信商科局"),
    2022,
)
FEN_IN_WAN = 1_000_000

PUBLISHED_TOTALS = {2022: "623.22", 2023: "1031.84"}
PUBLISHED_BASIC = {"2010301": "1.29", "2010501": "20.29", "2150501": "2.86"}
PUBLISHED_PROJECTS = {
    "2010502": "421.28",
    "2010508": "8.51",
    "2011304": "300",
    "2011399": "1.26",
    "2100409": "1.19",
    "2150102": "0.04",
    "2150502": "21.63",
    "2159999": "76.9",
    "2169999": "176.59",
}
PUBLISHED_ECONOMIC = {
    "30201": "14.49",
    "30202": "3",
    "30207": "0.8",
    "30211": "1.1",
    "30213": "0.3",
    "30217": "1.13",
    "30226": "0.56",
    "30299": "3.06",
}
# 1.13 − 0.72 万元, to the 元 that gives the published 175.1 %.
RECEPTION_2022 = "0.41076"
PUBLISHED_COUNTS = {"国内公务接待批次": 20, "国内公务接待人次": 226}

ALLOCATED_BASIC = {
    ("2010301", "30201"): "0.16",
    ("2010301", "30217"): "1.13",
    ("2010501", "30201"): "14.33",
    ("2010501", "30202"): "2",
    ("2010501", "30207"): "0.8",
    ("2010501", "30213"): "0.1",
    ("2010501", "30299"): "3.06",
    ("2150501", "30202"): "1",
    ("2150501", "30211"): "1.1",
    ("2150501", "30213"): "0.2",
    ("2150501", "30226"): "0.56",
}
ALLOCATED_PROJECTS = {
    ("2010502", "30203"): "30",
    ("2010502", "30227"): "391.28",
    ("2010508", "30227"): "8.51",
    ("2011304", "31204"): "300",
    ("2011399", "30227"): "1.26",
    ("2100409", "30218"): "1.19",
    ("2150102", "30227"): "0.04",
    ("2150502", "30227"): "21.63",
    ("2159999", "31204"): "76.9",
    ("2169999", "31204"): "176.59",
}
ALLOCATED_PROJECTS_2022 = {
    ("2010502", "30203"): "20",
    ("2010502", "30227"): "180",
    ("2010508", "30227"): "6",
    ("2011304", "31204"): "180",
    ("2011399", "30227"): "1",
    ("2100409", "30218"): "2",
    ("2150102", "30227"): "0.5",
    ("2150502", "30227"): "20",
    ("2159999", "31204"): "60",
    ("2169999", "31204"): "129.28",
}
ALLOCATED_COUNTS_2022 = {"国内公务接待批次": 8, "国内公务接待人次": 90}


def disclosed_years() -> list[UnitYear]:
    """The department's submissions for 2022 and 2023."""
    return [UnitYear(DEPARTMENT, year, derive(_ledger(year))) for year in (2022, 2023)]


def fen(wan: str) -> int:
    """A figure in 万元 as 分; never through a float."""
    exact = Decimal(wan) * FEN_IN_WAN
    if exact != int(exact):
        raise ValueError(f"{wan} 万元不是整数分。")
    return int(exact)


def _spending(year: int) -> Counter:
    basic = {key: fen(wan) for key, wan in ALLOCATED_BASIC.items()}
    if year == 2022:
        less = fen(PUBLISHED_ECONOMIC["30217"]) - fen(RECEPTION_2022)
        basic["2010301", "30217"] -= less
        basic["2010301", "30201"] += less
    projects = ALLOCATED_PROJECTS if year == 2023 else ALLOCATED_PROJECTS_2022
    spend: Counter = Counter({(item, GENERAL, BASIC, econ): v for (item, econ), v in basic.items()})
    spend.update(
        {(item, GENERAL, PROJECT, econ): fen(wan) for (item, econ), wan in projects.items()}
    )
    return spend


def _ledger(year: int) -> Ledger:
    """Appropriation equals spending in every column; nothing is carried over."""
    ledger = Ledger(spend=_spending(year))
    for (_, item, fund, nature, part), amount in ledger.final_plan().items():
        for stage in (START, FULL):
            ledger.plan[stage, item, fund, nature, part] += amount
        for stage in (START, FULL, FINAL):
            ledger.fiscal[stage, item, fund, nature] += amount
    _receive(ledger)
    counts = PUBLISHED_COUNTS if year == 2023 else ALLOCATED_COUNTS_2022
    ledger.counts.update({row: number * 100 for row, number in counts.items()})
    for row in ("机关运行经费", "行政单位"):
        ledger.money[row] = sum(
            v for (_, _, nature, _), v in ledger.spend.items() if nature == BASIC
        )
    return ledger


def _receive(ledger: Ledger) -> None:
    """公务接待费 is all there is of the three public expenses, in every column."""
    reception = sum(v for (_, _, _, econ), v in ledger.spend.items() if econ == "30217")
    for row in ("支出合计", "公务接待费", "国内接待费"):
        for column in ("预算数", "全年预算数", "统计数"):
            ledger.public_costs[row, column] = reception
