"""Findings that share one cause are shown as one group: one wrong total does not read as forty
problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.deliver.source import Rows
from pipelines.fixes import Fix, UnitYear, advice
from pipelines.looks import SEVERITY_ORDER

Row = dict[str, Any]


@dataclass(slots=True)
class Cause:
    """One group: ``number`` from 1 in reading order, its findings, and what to mend (None once
    all are explained).
    """

    number: int
    key: str
    findings: Rows = field(default_factory=list)
    fix: Fix | None = None

    @property
    def severity(self) -> str:
        return min((f["severity"] for f in self.findings), key=lambda s: SEVERITY_ORDER.get(s, 9))

    def advice(self, finding: Row) -> str:
        """What the unit of a finding is told: its own cells, or whose they are; nothing once it
        is explained.
        """
        if self.fix is None or finding["status"] == "explained":
            return ""
        if self.fix.larger and finding["finding_id"] == self.fix.finding_id:
            return ""  # its message says it
        return advice(self.fix, unit_year(finding))


def unit_year(finding: Row) -> UnitYear | None:
    """Whose finding it is; None for one of a file that belongs to no unit."""
    return (finding["unit"], finding["year"]) if finding["unit"] and finding["year"] else None


def causes(findings: Rows, fixes: Mapping[str, Fix]) -> list[Cause]:
    """The groups: what is to be mended in its order, then what is explained, in the order of its
    first finding.
    """
    groups: dict[str, Cause] = {}
    for finding in findings:
        key = finding["cause"] or finding["finding_id"]
        groups.setdefault(key, Cause(0, key, fix=fixes.get(key))).findings.append(finding)
    places = {key: number for number, key in enumerate(fixes)}
    ordered = sorted(groups.values(), key=lambda g: places.get(g.key, len(places)))
    for number, group in enumerate(ordered, 1):
        group.number = number
        group.findings.sort(key=lambda f: (not _says_it(group.fix, f), not _leads(group.fix, f)))
    return ordered


def _says_it(fix: Fix | None, finding: Row) -> bool:
    """Whether a finding names the slip that all others of its group follow from."""
    return fix is not None and fix.larger and finding["finding_id"] == fix.finding_id


def _leads(fix: Fix | None, finding: Row) -> bool:
    """Whether a finding is of the unit where the cause lies: those stand before what follows
    from it.
    """
    return fix is not None and unit_year(finding) == (fix.lead or (fix.unit, fix.year or 0))
