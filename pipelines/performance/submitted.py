"""A file of performance material with whose it is, and what people are told of its reading.

What does not belong here: judging what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.narrative.identity import PERFORMANCE
from pipelines.narrative.owner import Owner
from pipelines.performance.pack import Pack
from pipelines.performance.versions import Twice
from schemas.observation import Observation, Place
from schemas.performance_forms import performance_forms

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

MOST_NAMED = 5  # forms in one message; a pack has dozens


@dataclass(slots=True)
class Submitted:
    """A file that was read: ``kind`` is performance, or narrative where it is a disclosure too."""

    raw: RawFile
    pack: Pack
    owner: Owner
    year: int | None
    kind: str

    @property
    def is_report(self) -> bool:
        """Whether it is performance material, not a disclosure that speaks of it."""
        return bool(self.pack.tables) or self.kind == "performance"


def is_material(pack: Pack, status: str, *known: object) -> bool:
    """Whether a file is to be judged: it holds forms, or is a disclosure or, by its title, a report
    that says something in numbers. ``known``: its unit and year, and why it is ignored.
    """
    return bool(pack.tables) or status == "read" or PERFORMANCE in known


def notes_of(one: Submitted) -> list[Observation]:
    """Forms without data, and a form twice in one file with another value."""
    found = []
    for table in one.pack.tables:
        if table.problem:
            message = (
                f"{one.raw.file} 的“{table.title}”只有表头，{table.problem}，没有取数。"
                "请补填或删去。"
            )
            found.append(_observed(one, f"{one.raw.file}/{table.form}", message))
    found += _not_told(one)
    forms = performance_forms()
    for form in _unverified(one.pack):
        message = (
            f"{one.raw.file} 的“{forms[form].title}”版式未核实：按表头文字取数，请核对取到的金额"
            "（绩效报告表、数据集 facts），并把一份真实导出交给维护人员。"
        )
        found.append(_observed(one, f"{one.raw.file}/{form}/版式", message, "hint"))
    lacking = _lacking(one)
    if one.kind == "performance" and lacking:
        message = (
            f"{one.raw.file} 中认不出{lacking}，只核对了材料自身。请在标题中写明单位全称和年度。"
        )
        found.append(_observed(one, one.raw.file, message))
    return found


def _text_only(one: Submitted) -> Observation:
    message = (
        f"{one.raw.file} 中没有读出绩效表，只核对了文字中的数。表在其中而没有框线的，"
        "请改用有表格线的原件（Word、Excel）。"
    )
    return _observed(one, f"{one.raw.file}/没有表", message, "hint")


def _not_told(one: Submitted) -> Iterator[Observation]:
    """Forms without lines, or parts of them, that leave more than one reading; one a file. A report
    without any form.
    """
    if one.kind == "performance" and not one.pack.tables:
        yield _text_only(one)
    forms = [t for t in one.pack.tables if t.unread]
    if not forms:
        return
    titles = [f"“{t.title}”（{'、'.join(t.unread)}）" for t in forms]
    named = "、".join(titles[:MOST_NAMED])
    more = f"等 {len(titles)} 张" if len(titles) > MOST_NAMED else ""
    message = (
        f"{one.raw.file} 中没有框线的表，分不清行、栏的没有取数：{named}{more}。"
        "请提交有框线的 PDF，或 Word、工作簿。"
    )
    yield _observed(one, f"{one.raw.file}/框线", message)


def twice_note(twice: Twice, one: Submitted, pack: Pack) -> Observation:
    year = one.year or pack.year
    places = tuple(
        Place(role, e.file, e.spot.sheet, e.spot.cell, quote=e.spot.quote)
        for role, e in (("left", twice.later), ("right", twice.earlier))
        if e.spot is not None
    )
    subject = f"{twice.form}[{twice.key},{twice.column}]/两份"
    who = (one.owner.unit_code, one.owner.unit_name, year)
    return Observation("S-PERFORMANCE", subject, twice.message, "review", *who, None, places)


def _observed(one: Submitted, subject: str, message: str, severity: str = "review") -> Observation:
    owner = one.owner
    place = (Place("subject", one.raw.file),)
    return Observation(
        "S-PERFORMANCE",
        subject,
        message,
        severity,
        owner.unit_code,
        owner.unit_name,
        one.year,
        None,
        place,
    )


def _unverified(pack: Pack) -> list[str]:
    """Forms in the pack whose layout was not yet seen in a real export."""
    forms = performance_forms()
    return sorted({t.form for t in pack.tables if t.form in forms and forms[t.form].unverified})


def _lacking(one: Submitted) -> str:
    """What of unit and year is not known."""
    known = (("单位名称", one.owner.unit), ("年度", one.year))
    return "、".join(name for name, value in known if not value)
