"""A workbook under another unit's name goes to the unit that its amounts tell, and an error names
the cell of its header; two versions of one unit's workbook stay what they are.
"""

from __future__ import annotations

import pytest

from pipelines.collect.misnamed import settle_misnamed
from pipelines.collect.register import Register, Unit
from pipelines.collect.resolve import FileRef, SheetRef

REGISTER = Register.of(
    [
        Unit("117", "辛县农业局"),
        Unit("117001", "辛县农业局本级", "117"),
        Unit("117002", "辛县种子站", "117"),
        Unit("117003", "辛县农技站", "117"),
    ]
)
OWN, OTHER, THIRD = "117002", "117003", "117001"
OPENING, CLOSING = "年初结转和结余/合计", "年末结转和结余/合计"
Amounts = dict[tuple[str, str, str, str], int]


def ref(file: str, code: str, year: int = 2023, form: str = "Z02") -> FileRef:
    """A workbook that prints the unit's name in B2."""
    name = REGISTER.units[code].unit_name
    row = {"part": None, "sheet": form, "form": form, "sheet_no": 1, "unit_cell": "B2"}
    sheet = SheetRef(file, 0, row, unit_code=code, unit_name=name, year=year)
    return FileRef(file, [sheet], unit_code=code, unit_name=name, year=year)


def table(form: str, column: str, *amounts: int) -> Amounts:
    return {(form, "", f"20{n}", column): amount * 100_000 for n, amount in enumerate(amounts)}


def settled(held: dict[str, Amounts], *refs: FileRef) -> tuple[dict[str, str | None], list]:
    """Whose each workbook is then, and what is told."""
    seen = settle_misnamed(refs, REGISTER, lambda r: held[r.file])
    return {r.file: r.unit_code for r in refs}, seen


ITS, ELSE = table("Z02", OPENING, 11, 5, 6), table("Z02", OPENING, 40, 31, 9)
LAST = {
    "甲22.xlsx": table("Z02", CLOSING, 11, 5, 6),
    "乙22.xlsx": table("Z02", CLOSING, 40, 31, 9),
}
SPENT = {"甲.xlsx": table("Z04", "合计", 3, 7, 8, 2), "乙.xlsx": table("Z04", "合计", 9, 4, 1, 5)}


def pair() -> tuple[FileRef, FileRef]:
    """Two workbooks that print one unit."""
    return ref("甲.xlsx", OTHER), ref("乙.xlsx", OTHER)


def test_what_was_carried_over_tells_and_the_header_is_named():
    last = ref("甲22.xlsx", OWN, 2022), ref("乙22.xlsx", OTHER, 2022)
    whose, seen = settled({"甲.xlsx": ITS, "乙.xlsx": ELSE} | LAST, *pair(), *last)
    assert whose == {"甲.xlsx": OWN, "乙.xlsx": OTHER, "甲22.xlsx": OWN, "乙22.xlsx": OTHER}
    (told,) = seen
    assert (told.rule_id, told.severity, told.unit_code) == ("S-HEADER", "error", OWN)
    assert [(p.file, p.sheet, p.cell) for p in told.places] == [("甲.xlsx", "Z02", "B2")]
    assert "编制单位改为辛县种子站：1 张表印的是辛县农技站" in told.message
    assert "年初数与辛县种子站上年的年末数相符" in told.message


def test_the_public_tables_tell():
    printed = {
        "公开.xlsx": table("G01", "金额", 3, 7, 8, 2),
        "公开3.xlsx": table("G01", "金额", 9, 4, 1, 5),
    }
    public = ref("公开.xlsx", OWN, form="G01"), ref("公开3.xlsx", OTHER, form="G01")
    whose, seen = settled(SPENT | printed, *pair(), *public)
    assert whose["甲.xlsx"] == OWN and whose["乙.xlsx"] == OTHER and len(seen) == 1


@pytest.mark.parametrize(("file", "number"), [("117002种子站.xlsx", 1), ("甲.xlsx", 0)])
def test_a_roll_up_tells_both_are_below_it_and_the_path_which_is_which(file: str, number: int):
    held = {file: SPENT["甲.xlsx"], "乙.xlsx": SPENT["乙.xlsx"]}
    rolled = {
        "117.xlsx": table("Z04", "合计", 13, 12, 10, 8),
        "本级.xlsx": table("Z04", "合计", 1, 1, 1, 1),
    }
    above = ref("117.xlsx", "117", form="Z04"), ref("本级.xlsx", THIRD, form="Z04")
    whose, seen = settled(held | rolled, ref(file, OTHER), ref("乙.xlsx", OTHER), *above)
    assert len(seen) == number and whose[file] == (OWN if number else OTHER)


@pytest.mark.parametrize("absent", [True, False])
def test_two_versions_of_one_units_workbook_stay_its_own(absent: bool):
    """A draft with other figures is not another unit's for that."""
    last = [ref("甲22.xlsx", OWN, 2022), ref("乙22.xlsx", OTHER, 2022)]
    held = {"甲.xlsx": table("Z02", OPENING, 12, 5, 7), "乙.xlsx": ELSE} | LAST
    if not absent:  # its own workbook came as well
        held |= {"甲.xlsx": ITS, "种子站.xlsx": ITS}
        last.append(ref("种子站.xlsx", OWN))
    whose, seen = settled(held, *pair(), *last)
    assert seen == [] and whose["甲.xlsx"] == OTHER
