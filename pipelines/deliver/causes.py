"""Findings that share one cause are shown as one group: one wrong total does not read as forty problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipelines.deliver.source import Rows
from pipelines.deliver.words import SEVERITY_ORDER, money

Row = dict[str, Any]


@dataclass(slots=True)
class Cause:
    """One group: ``number`` from 1 in reading order, its findings, and the cell most likely at fault (or None)."""

    number: int
    key: str
    findings: Rows = field(default_factory=list)
    suspect: Row | None = None

    @property
    def severity(self) -> str:
        return min((f["severity"] for f in self.findings), key=lambda s: SEVERITY_ORDER.get(s, 9))

    @property
    def advice(self) -> str:
        """Where to look first, in words; empty where no single cell explains the group."""
        cell = self.suspect
        if cell is None or not cell["cell"]:
            return ""
        now = money(cell["amount"]) or "空"
        wish = (
            f"，改为 {money(cell['suggested'])} 元可使最多规则成立"
            if cell["suggested"] is not None
            else ""
        )
        return f"最可能填错：{cell['sheet']}!{cell['cell']}（现为 {now}{' 元' if cell['amount'] is not None else ''}）{wish}"


def causes(findings: Rows, cells: dict[str, Rows]) -> list[Cause]:
    """The groups in the order of their first finding."""
    groups: dict[str, Cause] = {}
    for finding in findings:
        key = finding["cause"] or finding["finding_id"]
        group = groups.setdefault(key, Cause(len(groups) + 1, key))
        group.findings.append(finding)
    for group in groups.values():
        group.suspect = _best_suspect(group.findings, cells)
        group.findings.sort(key=lambda f: not _names(group.suspect, cells.get(f["finding_id"], ())))
    return list(groups.values())


def _names(suspect: Row | None, cells: Iterable[Row]) -> bool:
    """Whether a finding accuses that cell: those lead their group, before what merely follows from it."""
    place = ("file", "sheet", "cell")
    return suspect is not None and any(
        c["role"] == "suspect" and all(c[k] == suspect[k] for k in place) for c in cells
    )


def _best_suspect(findings: Rows, cells: dict[str, Rows]) -> Row | None:
    suspects = [
        c for f in findings for c in cells.get(f["finding_id"], ()) if c["role"] == "suspect"
    ]
    return min(
        suspects, key=lambda c: (c["rank"] is None, c["rank"] or 0, str(c["cell"])), default=None
    )
