"""Two registered units of one name: every workbook goes to its own, or an error names the files."""

from __future__ import annotations

import pytest

from pipelines.collect.namesakes import settle_namesakes
from pipelines.collect.register import Register, Unit
from pipelines.collect.resolve import FileRef, SheetRef

NAME = "信息中心"
REGISTER = Register.of(
    [
        Unit("117", "辛县农业局"),
        Unit("117001", "辛县农业局本级", "117"),
        Unit("117002", NAME, "117"),
        Unit("120", "辛县水利局"),
        Unit("120002", NAME, "120"),
    ]
)
ITS = {"117002": 30, "120002": 7}
TABLES = {"117": 100, "117001": 70, "120": 7} | ITS


def ref(file: str, code: str | None = None) -> FileRef:
    sheet = SheetRef(file, 0, {"part": None, "sheet": "Z01", "form": "Z01", "sheet_no": 1})
    found = FileRef(file, [sheet], unit_code=code, unit_name=NAME, year=2023)
    sheet.unit_code, sheet.unit_name, sheet.year = code, NAME, 2023
    return found


def settled(first: str, second: str, *, roll_ups: bool = False) -> tuple[list, list]:
    """Where two workbooks of the name go; the first holds the amounts of 117002."""
    both = [ref(first), ref(second)]
    others = [ref(f"{c}.xlsx", c) for c in ("117", "117001", "120")] if roll_ups else []
    holds = {first: ITS["117002"], second: ITS["120002"]}

    def amounts(of: FileRef) -> dict:
        value = TABLES[of.unit_code] if of.unit_code and of.file not in holds else holds[of.file]
        return {("Z01", "收入", f"行{n}", "决算数"): value * n for n in range(1, 6)}

    seen = settle_namesakes([*both, *others], REGISTER, amounts)
    return [r.unit_code for r in both], seen


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("117002_2023.xlsx", "120002_2023.xlsx"),
        ("117002_2023.xlsx", "乙.xlsx"),  # by elimination
        ("117 农业/中心.xlsx", "120 水利/中心.xlsx"),
        ("辛县农业局/中心.xlsx", "辛县水利局/中心.xlsx"),
    ],
)
def test_the_path_tells(first, second):
    assert settled(first, second) == (["117002", "120002"], [])


def test_the_roll_up_tells():
    assert settled("甲.xlsx", "乙.xlsx", roll_ups=True) == (["117002", "120002"], [])


def test_what_cannot_be_told_is_an_error_that_names_both_files():
    codes, seen = settled("甲.xlsx", "乙.xlsx")
    assert codes == [None, None]
    assert [(o.rule_id, o.severity) for o in seen] == [("S-NAMESAKE", "error")]
    assert {p.file for p in seen[0].places} == {"甲.xlsx", "乙.xlsx"}
    assert "117002、120002" in seen[0].message


def test_a_code_printed_beside_the_name_tells():
    found = REGISTER.find("117002 信息中心", 2023)
    assert found is not None and found.unit_code == "117002"
    assert REGISTER.find("信息中心", 2023) is None
