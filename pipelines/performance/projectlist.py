"""Targets of several projects in one list (部门预算项目绩效目标表): a column names the project,
often another the unit.

What does not belong here: reading a project (``projecttable.py``).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.performance.header import Head, heads_of, under
from pipelines.performance.names import printed_project
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projecttable import read_project
from pipelines.performance.projectwords import field_key
from pipelines.performance.segments import Segment
from pipelines.performance.values import Value
from pipelines.performance.words import flat

# Columns beside the indicators that say the same of a project as the head of a form of its own.
LISTED = ("项目名称", "部门名称", "实施单位", "主管部门")


def read_projects(segment: Segment, file: str, table: int) -> list[ProjectTable]:
    """Every project of a segment: one, or as many as its list names. ``table`` as for a project."""
    named = segment.layout.columns.get("block")
    if named is None:
        return [read_project(segment, file, table)]
    starts = _starts(segment, named)
    ends = [*starts[1:], segment.rows.stop]
    heads = heads_of(segment.grid.rows[segment.first : segment.rows.start])
    return [
        _project(replace(segment, rows=range(start, end)), heads, file, table)
        for start, end in zip(starts, ends, strict=True)
    ]


def _starts(segment: Segment, named: Head) -> list[int]:
    """The rows in which another project begins; a name printed again in every row begins none."""
    starts, last = [segment.rows.start], ""
    for row in segment.rows:
        cell = under(named, segment.grid.rows[row])
        said = flat(cell.text) if cell is not None else ""
        if said and last and said != last:
            starts.append(row)
        last = said or last
    return starts


def _project(segment: Segment, heads: list[Head], file: str, table: int) -> ProjectTable:
    found = read_project(segment, file, table)
    for head in heads:
        key = field_key(head.leaf)
        cell = under(head, segment.grid.rows[segment.rows.start])
        if key in LISTED and cell is not None and not cell.blank:
            found.fields[key] = Entry(Value(cell.text, "text"), file, cell.spot)
    if (name := found.fields.get("项目名称")) is not None:
        found.code, found.project = printed_project(name.text)
        for one in found.indicators:
            one.project = found.project
    return found
