"""Which unit and year every sheet belongs to.

Which of several versions of a form counts: ``versions.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.collect.register import Register
from pipelines.extract.store import Says
from pipelines.extract.text import row_of
from pipelines.extract.unitname import split_code
from schemas.library import Form
from schemas.observation import Observation, Place
from schemas.structural import say


@dataclass(slots=True)
class SheetRef:
    """A recognised sheet and what was decided about it; ``status`` as in the dataset ``sheets``.

    ``source`` is the submitted file, ``file`` the same with the part of a document in it
    (``某局.docx#t3``).
    """

    source: str
    mtime_ns: int
    row: Mapping[str, Any]
    faults: Sequence[dict] = ()
    unit_code: str | None = None
    unit_name: str | None = None
    year: int | None = None
    status: str = "read"
    reason: str | None = None

    @property
    def file(self) -> str:
        return self.source + (self.row["part"] or "")

    @property
    def further(self) -> list[tuple[int, str]]:
        """(row from 0, file) where the sheet goes on in another part of its document."""
        if not self.row["further"]:
            return []
        return [(row, self.source + part) for row, part in json.loads(self.row["further"])]

    def file_of(self, row: int) -> str:
        """The file with the part in which a row (from 0) stands."""
        return next((file for first, file in reversed(self.further) if first <= row), self.file)

    @property
    def unit(self) -> str | None:
        return self.unit_code or self.unit_name

    @property
    def name(self) -> str:
        return self.row["sheet"]

    @property
    def form(self) -> str:
        return self.row["form"]


@dataclass(slots=True)
class FileRef:
    """A workbook or document with its recognised sheets; ``says`` is what a document's text says of
    itself.
    """

    file: str
    sheets: list[SheetRef]
    notes: tuple[str, ...] = ()
    document: bool = False
    says: Says = field(default_factory=Says)
    unit_code: str | None = None
    unit_name: str | None = None
    year: int | None = None
    status: str = "read"
    reason: str | None = None


def resolve_file(ref: FileRef, register: Register) -> list[Observation]:
    """Give the file the unit and year that most of its sheets print; sheets that print others are
    not read.
    """
    for sheet in ref.sheets:
        _printed(sheet, register)
    if not ref.sheets:
        ref.status, ref.reason = "ignored", "没有财决表或公开表"
        return []
    year = _year_of(ref)
    unit = _unit_of(ref, register, year)
    if unit is None or year is None:
        return _unplaced(ref, "编制单位" if unit is None else "年度")
    ref.unit_code, ref.unit_name = unit
    ref.year = year
    return [o for s in ref.sheets for o in _adopt(s, ref)]


def _year_of(ref: FileRef) -> int | None:
    """The year most sheets print; without one, what the text of a document says."""
    years = Counter(s.year for s in ref.sheets if s.year)
    if years:
        return years.most_common(1)[0][0]
    return ref.says.year or None


def _unit_of(
    ref: FileRef, register: Register, year: int | None
) -> tuple[str | None, str | None] | None:
    """The unit (code, name) most sheets print; without one, the one the text of a document names
    in that year.
    """
    units = Counter((s.unit_code, s.unit_name) for s in ref.sheets if s.unit)
    if units:
        return units.most_common(1)[0][0]
    if ref.says.names and year is not None:
        return _named(ref.says.names, register, year)
    return None


def _printed(sheet: SheetRef, register: Register) -> None:
    sheet.status, sheet.reason = sheet.row["status"], sheet.row["reason"]
    sheet.year = sheet.row["year"]
    if name := sheet.row["unit"]:
        unit = register.find_printed(name, sheet.year)
        sheet.unit_code = unit.unit_code if unit else None
        sheet.unit_name = unit.unit_name if unit else split_code(name)[1]


def _named(names: Sequence[str], register: Register, year: int) -> tuple[str | None, str | None]:
    """The unit of a document by the names its text uses: the first that the register knows, else
    the likeliest.
    """
    for name in names:
        if unit := register.find_printed(name, year):
            return unit.unit_code, unit.unit_name
    return None, split_code(names[0])[1]


def _unplaced(ref: FileRef, what: str) -> list[Observation]:
    reason = f"各表都没有印明{what}，不能确定属于哪个单位和年度。请用系统导出的原表重报"
    for sheet in ref.sheets:
        sheet.status, sheet.reason = "unreadable", reason
    place = Place("subject", ref.sheets[0].file, ref.sheets[0].name, "A1")
    if ref.document:  # its text is still a narrative
        message = (
            f"{ref.file} 中的表格未取数：表和文字都没有写明{what}。"
            "请在标题中写明单位全称和年度后重报。"
        )
        return [Observation("S-NARRATIVE", ref.file, message, "review", places=(place,))]
    ref.status, ref.reason = "quarantined", reason
    return [Observation("S-FILE", ref.file, f"{ref.file} 已隔离：{ref.reason}。", places=(place,))]


def _adopt(sheet: SheetRef, ref: FileRef) -> list[Observation]:
    other_unit = sheet.unit is not None and sheet.unit != (ref.unit_code or ref.unit_name)
    other_year = sheet.year is not None and sheet.year != ref.year
    printed = f"{sheet.unit_name or ref.unit_name}{sheet.year or ref.year}年度"
    sheet.unit_code, sheet.unit_name, sheet.year = ref.unit_code, ref.unit_name, ref.year
    if not other_unit and not other_year:
        return []
    sheet.status = "foreign"
    sheet.reason = f"表上印的是{printed}，与本工作簿其余各表的{ref.unit_name}{ref.year}年度不符"
    message = say("S-FOREIGN", file=ref.file, sheet=sheet.name, reason=sheet.reason)
    return [observe(sheet, "S-FOREIGN", f"{sheet.form}@{sheet.name}", message, ["A1"])]


def observe(
    sheet: SheetRef,
    rule: str,
    subject: str,
    message: str,
    cells: Iterable[str] = (),
    severity: str = "error",
) -> Observation:
    """An observation about a sheet, at its cells."""
    places = tuple(
        Place("subject", sheet.file_of(row_of(cell)), sheet.name, cell) for cell in cells
    )
    return Observation(
        rule, subject, message, severity, sheet.unit_code, sheet.unit_name, sheet.year, None, places
    )


def check_years(ref: FileRef, forms: dict[str, Form]) -> list[Observation]:
    """A year no description is known for: read where the layout is the nearest year's, else not,
    with the differences.
    """
    unknown = [s for s in ref.sheets if _is_of_unknown_year(s, forms)]
    if not unknown:
        return []
    year = unknown[0].year or 0
    nearest = _nearest(year, forms[unknown[0].form])
    changed = [s for s in unknown if _layout_faults(s)]
    for sheet in changed:
        sheet.status, sheet.reason = "unreadable", f"{year} 年度的版式未知，且与 {nearest} 年度不同"
    tail, severity = "栏目与它相同，已按它取数，请核对", "review"
    if changed:
        tail, severity = _differences(changed), "error"
    message = f"{ref.file}：没有 {year} 年度的版式，最近的是 {nearest} 年度；{tail}。"
    return [_year_observed(ref, changed or unknown, message, severity)]


def _year_observed(
    ref: FileRef, sheets: Sequence[SheetRef], message: str, severity: str
) -> Observation:
    places = tuple(Place("subject", s.file, s.name, "A1") for s in sheets[:20])
    return Observation(
        "S-YEAR",
        ref.file,
        message,
        severity,
        ref.unit_code,
        ref.unit_name,
        ref.year,
        None,
        places,
    )


def _is_of_unknown_year(sheet: SheetRef, forms: Mapping[str, Form]) -> bool:
    """Read, though no description of its form holds for its year."""
    known = sheet.year is None or sheet.year in forms[sheet.form].years
    return sheet.status == "read" and not known


def _nearest(year: int, form: Form) -> int:
    return form.years.until if year > form.years.until else form.years.since


def _layout_faults(sheet: SheetRef) -> list[str]:
    """What was found to differ from the layout of the form."""
    return [f["message"] for f in sheet.faults if f["rule_id"] == "S-LAYOUT"]


def _differences(changed: Sequence[SheetRef]) -> str:
    detail = "；".join(text for s in changed for text in _layout_faults(s))[:600]
    return f"以下各表与它不同，未取数：{detail}"


def sheet_faults(ref: FileRef) -> list[Observation]:
    """The faults of the sheets that count."""
    return [
        observe(s, f["rule_id"], f["subject"], f"{f['message']}", f["cells"], f["severity"])
        for s in ref.sheets
        if s.status == "read" or (s.status == "unreadable" and s.row["status"] == "unreadable")
        for f in s.faults
    ]
