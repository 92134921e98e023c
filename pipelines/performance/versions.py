"""The same form twice: in one file or in several. The last one counts, and what differs is said.

What does not belong here: which file was modified last (``stage.py`` hands them over in order).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.performance.pack import Entry, Pack, ProjectTable, Row
from schemas.performance_forms import performance_forms

# One export a month, a table a project: these are many by nature.
SEVERAL = ("JX15",)


@dataclass(frozen=True, slots=True)
class Twice:
    """A cell that differs between two versions of a form: the one left out, the one that counts."""

    form: str
    key: str
    column: str
    earlier: Entry
    later: Entry

    @property
    def message(self) -> str:
        title = performance_forms()[self.form].title
        return (
            f"“{title}”有两份，内容不同：“{self.key}”的{self.column}，{self.earlier.file} 为"
            f" {self.earlier.text}，{self.later.file} 为 {self.later.text}；取后一份。"
            "请核对，只留正确的一份。"
        )


def leave_out_earlier(pack: Pack) -> list[Twice]:
    """Takes the earlier versions of a form out of one file's pack; one difference for each form."""
    found: list[Twice] = []
    for form in {r.form for r in pack.rows} - set(SEVERAL):
        by_table: dict[int, list[Row]] = {}
        for row in pack.of(form):
            by_table.setdefault(row.table, []).append(row)
        versions = list(by_table.values())
        for earlier, later in itertools.pairwise(versions):
            if _same_form(earlier, later):
                found += list(_differences(form, earlier, later))[:1]
                gone = {id(r) for r in earlier}
                pack.rows = [r for r in pack.rows if id(r) not in gone]
    return found + _projects_twice(pack)


def _projects_twice(pack: Pack) -> list[Twice]:
    kept: dict[tuple[str, str], ProjectTable] = {}
    found: list[Twice] = []
    for project in pack.projects:
        key = (project.form, project.project)
        if project.project and key in kept:
            found += list(_funds(kept[key], project))[:1]
        kept[key] = project
    unnamed = [p for p in pack.projects if not p.project]
    pack.projects = [*(p for k, p in kept.items() if k[1]), *unnamed]
    return found


def between(packs: Iterable[Pack]) -> list[Twice]:
    """What differs between several files' versions of a form, in the order in which they count."""
    found: list[Twice] = []
    rows: dict[str, list[Row]] = {}
    projects: dict[tuple[str, str], ProjectTable] = {}
    for pack in packs:
        for form in {r.form for r in pack.rows} - set(SEVERAL):
            found += list(_differences(form, rows.get(form, []), pack.of(form)))[:1]
            rows[form] = pack.of(form)
        for project in pack.projects:
            key = (project.form, project.project)
            if key in projects:
                found += list(_funds(projects[key], project))[:1]
            projects[key] = project
    return found


def _keys(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    return {(r.block, r.key): r for r in rows}


def _same_form(one: list[Row], other: list[Row]) -> bool:
    """Whether two tables are versions of one: most of the smaller one's rows stand in both."""
    mine, theirs = _keys(one), _keys(other)
    shared = mine.keys() & theirs.keys()
    return 2 * len(shared) > min(len(mine), len(theirs))


def _differences(form: str, earlier: list[Row], later: list[Row]) -> Iterator[Twice]:
    after = _keys(later)
    for key, row in _keys(earlier).items():
        other = after.get(key)
        for column, entry in row.cells.items():
            again = other.get(column) if other is not None else None
            if again is not None and _differ(entry, again):
                yield Twice(form, row.key, column, entry, again)


def _funds(earlier: ProjectTable, later: ProjectTable) -> Iterator[Twice]:
    for (name, column), entry in earlier.funds.items():
        again = later.fund(name, column)
        if _differ(entry, again):
            yield Twice(earlier.form, f"{earlier.project}/{name}", column, entry, again)


def _differ(one: Entry, other: Entry) -> bool:
    """Whether two numbers cannot be the same, however each was rounded."""
    a, b = one.value, other.value
    if a.number is None or b.number is None:
        return False
    return abs(a.number - b.number) > a.half + b.half
