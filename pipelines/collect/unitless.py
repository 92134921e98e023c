"""S-UNITLESS: tables that print no money unit, one observation for those of a unit and year that
were read in the same unit, in however many files they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.collect.resolve import FileRef, SheetRef
from schemas.library import Form
from schemas.observation import Observation, Place

_NAMED = 6  # tables named one by one


def unitless(refs: Iterable[FileRef], forms: Mapping[str, Form]) -> list[Observation]:
    """What was assumed for the sheets that count, and why."""
    groups: dict[tuple[object, ...], list[SheetRef]] = {}
    for sheet in (s for ref in refs for s in ref.sheets):
        if sheet.status == "read" and sheet.row["assumed"] and sheet.row["facts_numbers"]:
            whose = (sheet.unit_code, sheet.unit_name, sheet.year)
            assumed = (sheet.row["money_unit"], sheet.row["assumed"])
            groups.setdefault((*whose, *assumed), []).append(sheet)
    return [_told(sheets, str(key[3]), str(key[4]), forms) for key, sheets in groups.items()]


def _told(sheets: list[SheetRef], unit: str, why: str, forms: Mapping[str, Form]) -> Observation:
    numbers = [forms[s.form].number if s.form in forms else s.form for s in sheets]
    named = "、".join(numbers[:_NAMED]) + (
        f"等 {len(numbers)} 张表" if len(numbers) > _NAMED else ""
    )
    first = sheets[0]
    files = len({s.file for s in sheets})
    more = f"等，共 {files} 个文件" if files > 1 else "等" if len(sheets) > 1 else ""
    where = f"（{first.file} 的工作表“{first.name}”{more}）"
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
