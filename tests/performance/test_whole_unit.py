"""What a whole unit's form says was spent is that of its final accounts, of all money or fiscal."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.narrative.lookup import FactLookup
from pipelines.performance.case import Case
from pipelines.performance.checks import whole_unit
from tests.performance.support import read
from tests.performance.test_national_form import book
from tests.performance.test_published_forms import whole

Z = {  # all money, with what is left over; fiscal money; basic and project expenditure
    ("Z01", "支出", "本年支出合计", "决算数"): 450_000,
    ("Z01", "支出", "总计", "决算数"): 460_000,
    ("Z01_1", "支出", "本年支出合计", "决算数/小计"): 430_000,
    ("Z04", "", "合计", "基本支出"): 280_000,
    ("Z08_1", "", "合计", "合计"): 280_000,
}
G = {
    ("G01", "支出", "本年支出合计", "金额"): 450_000,
    ("G04", "支出", "本年支出合计", "合计"): 430_000,
}


def told(folder: Path, accounts: dict, spent: str) -> list[tuple[str, str]]:
    rows = whole()
    rows[5][5] = spent
    facts = [
        dict(zip(("form", "block", "row_key", "col_key"), key, strict=True))
        | {"year": 2023, "file": "决算.xlsx", "sheet": key[0], "cell": "C7", "state": "number"}
        | {"amount": Decimal(amount), "decimals": 2}
        for key, amount in accounts.items()
    ]
    case = Case(read(book(folder, rows)), FactLookup(facts, 2023), year=2023)
    whole_unit.check(case)
    assert all(o.severity == "review" for o in case.observations)
    return [(o.rule_id, o.places[0].cell) for o in case.observations]


@pytest.mark.parametrize("spent", ["45.00", "46.00", "43.00"])
@pytest.mark.parametrize("accounts", [Z, {}], ids=["accounts", "none"])
def test_any_of_the_unit_s_totals_may_be_meant(tmp_path: Path, accounts: dict, spent: str) -> None:
    assert told(tmp_path, accounts, spent) == []


@pytest.mark.parametrize("accounts", [Z, G], ids=["internal", "published"])
def test_another_amount_is_asked_about_at_its_cell(tmp_path: Path, accounts: dict) -> None:
    assert told(tmp_path, accounts, "40.00") == [("E-31", "F6")]


def test_basic_expenditure_is_that_of_its_tables(tmp_path: Path) -> None:
    other = Z | {("Z04", "", "合计", "基本支出"): 290_000, ("Z08_1", "", "合计", "合计"): 290_000}
    assert told(tmp_path, other, "45.00") == [("E-31", "F7")]
