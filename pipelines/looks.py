"""How severities and states of a submission are written and coloured, in workbooks and pages.

Colour never stands alone: every coloured cell also says it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a severity or a status is written and coloured (RRGGBB); ``pale`` where it is only
    concerned.
    """

    word: str
    fill: str
    ink: str
    pale: str = "F2F2F2"


SEVERITY = {
    "error": Look("错误", "FFC7CE", "9C0006", "FDF0F1"),
    "review": Look("核实", "FFEB9C", "7F4F00", "FFF9E3"),
    "hint": Look("提示", "DDEBF7", "1F4E79", "F3F8FC"),
}
SEVERITY_ORDER = {"error": 0, "review": 1, "hint": 2}
SUBMISSION = {
    "complete": Look("齐全", "E2EFDA", "375623"),
    "incomplete": Look("缺表", "FFC7CE", "9C0006"),
    "missing": Look("未报送", "FFEB9C", "7F4F00"),
}


def severity(key: str) -> Look:
    return SEVERITY.get(key, Look(key, "FFFFFF", "000000"))
