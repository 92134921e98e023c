"""S-UNITLESS: tables that print no money unit, one observation for those of a file that were read
in the same unit.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.collect.resolve import FileRef, SheetRef
from schemas.library import Form
from schemas.observation import Observation, Place

_NAMED = 6  # tables named one by one


def unitless(ref: FileRef, forms: Mapping[str, Form]) -> list[Observation]:
    """What was assumed for the sheets of a file that count, and why."""
    groups: dict[tuple[str, str], list[SheetRef]] = {}
    for sheet in ref.sheets:
        if sheet.status == "read" and sheet.row["assumed"] and sheet.row["facts_numbers"]:
            groups.setdefault((sheet.row["money_unit"], sheet.row["assumed"]), []).append(sheet)
    return [_told(sheets, unit, why, forms) for (unit, why), sheets in groups.items()]


def _told(sheets: list[SheetRef], unit: str, why: str, forms: Mapping[str, Form]) -> Observation:
    numbers = [forms[s.form].number if s.form in forms else s.form for s in sheets]
    named = "、".join(numbers[:_NAMED]) + (
        f"等 {len(numbers)} 张表" if len(numbers) > _NAMED else ""
    )
    first = sheets[0]
    where = f"（{first.file} 的工作表“{first.name}”{'等' if len(sheets) > 1 else ''}）"
    message = (
        f"{named}{where}没有印金额单位，已按“{unit}”取数：{why}。"
        "请在表头右上方印明金额单位；所按的单位不对的，更正后重报。"
    )
    return Observation(
        "S-UNITLESS",
        ",".join(s.form for s in sheets),
        message,
        "review",
        first.unit_code,
        first.unit_name,
        first.year,
        None,
        tuple(Place("subject", s.file, s.name, "A1") for s in sheets),
    )
