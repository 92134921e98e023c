"""The same project and the same indicator in several tables, found by code, by name, then by what
else is equal.

What does not belong here: findings.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.performance.names import (
    SIMILAR,
    Match,
    contains,
    indicator_key,
    match,
    printed_project,
    project_key,
    similarity,
)
from pipelines.performance.pack import NO_ENTRY, Entry, Indicator, Pack, ProjectTable, Row
from pipelines.performance.values import canonical_unit, operator
from pipelines.performance.words import flat, label

TOTALS = frozenset(("合计", "总计", "小计"))


@dataclass(slots=True)
class Listed:
    """A project as one form has it: its printed name and code, its budget, and where it stands."""

    form: str
    name: str
    code: str
    entry: Entry
    budget: Entry = NO_ENTRY
    row: Row | None = None
    table: ProjectTable | None = None
    indicators: list[Indicator] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    """A project with what each form says of it; ``how``: by what the forms were matched to the
    first.
    """

    name: str
    forms: dict[str, Listed] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)

    def listed(self, form: str) -> Listed | None:
        return self.forms.get(form)

    @property
    def key(self) -> str:
        return project_key(self.name)


@dataclass(slots=True)
class Pair:
    """An indicator in two tables; ``how`` as in :class:`pipelines.performance.names.Match`."""

    project: Project
    left: Indicator
    right: Indicator
    how: str


@dataclass(slots=True)
class Matched:
    """All projects; ``lists``: what each form lists; ``pairs``: JX05 with JX14, ``declared``: JX17
    with JX14 or JX05.
    """

    projects: list[Project]
    lists: dict[str, list[Listed]]
    pairs: list[Pair] = field(default_factory=list)
    declared: list[Pair] = field(default_factory=list)


def match_all(pack: Pack) -> Matched:
    """Every project of the pack, each once."""
    lists = {
        "JX10": _from_rows(pack),
        "JX14": _from_tables(pack, "JX14"),
        "JX05": _from_quantities(pack),
        "JX17": _from_tables(pack, "JX17"),
        "JX15": _from_export(pack),
    }
    lists = {form: found for form, found in lists.items() if found}
    projects: list[Project] = []
    for form, listed in lists.items():
        _join(projects, form, listed)
    found = Matched(projects, lists)
    for project in projects:
        found.pairs += _pairs(project, "JX05", "JX14")
        against = "JX14" if project.listed("JX14") else "JX05"
        found.declared += _pairs(project, "JX17", against)
    return found


def _from_rows(pack: Pack) -> list[Listed]:
    found = []
    for row in pack.of("JX10"):
        if label(row.key) in TOTALS:
            continue
        code, name = printed_project(row.label.text)
        found.append(Listed("JX10", name, code, row.label, row.get("预算金额"), row))
    return found


def _from_export(pack: Pack) -> list[Listed]:
    """The rows of the system export that are department projects (项目类别 31), or all where it
    does not say.
    """
    rows = [r for r in pack.of("JX15") if label(r.key) not in TOTALS]
    kinds = [r for r in rows if r.get("项目类别").text.startswith("31")]
    if not kinds and any(r.get("项目类别").said for r in rows):
        return []
    found = []
    for row in kinds or rows:
        code, name = printed_project(row.label.text)
        found.append(Listed("JX15", name, code, row.label, row.get("预算数"), row))
    return found


def _from_tables(pack: Pack, form: str) -> list[Listed]:
    found: dict[str, Listed] = {}
    for table in pack.project_tables(form):
        if not table.project:
            continue
        title = table.fields.get("项目名称", table.title)
        entry = title if title.said else table.title
        listed = Listed(form, table.project, table.code, entry, table.fund("总额", "预算数"))
        listed.table, listed.indicators = table, table.indicators
        found.setdefault(table.code or table.project, listed)
    return list(found.values())


def _from_quantities(pack: Pack) -> list[Listed]:
    found: dict[str, Listed] = {}
    for row in pack.of("JX05"):
        code, name = printed_project(row.block)
        listed = found.setdefault(name, Listed("JX05", name, code, row.block_entry))
        listed.indicators.append(quantity_indicator(row))
    return list(found.values())


def quantity_indicator(row: Row) -> Indicator:
    """A row of the quantity table as an indicator."""
    target = row.get("目标值")
    return Indicator(
        "JX05",
        row.block,
        "产出指标",
        "数量指标",
        row.label,
        operator(row.get("指标性质").text) or target.value.op,
        target,
        flat(row.get("单位").value.raw) or target.value.unit,
        actual=row.get("完成值"),
        rate=row.get("完成率"),
        reason=row.get("未完成原因"),
        op_entry=row.get("指标性质"),
        unit_entry=row.get("单位"),
        has=frozenset(row.cells),
        table=row.table,
    )


def _join(projects: list[Project], form: str, listed: list[Listed]) -> None:
    """The projects of a form put to those known; new ones at the end."""
    tests = [
        ("code", lambda p, one: bool(one.code) and one.code in _codes(p)),
        ("name", lambda p, one: one.name in _names(p)),
        ("key", lambda p, one: project_key(one.name) in {project_key(n) for n in _names(p)}),
        ("inside", lambda p, one: any(_inside(n, one.name) for n in _names(p))),
        ("similar", _similar),
    ]
    found = match(projects, listed, tests)
    for pair in found:
        pair.left.forms[form] = pair.right
        pair.left.how[form] = pair.how
    known = {id(m.right) for m in found}
    for one in listed:
        if id(one) not in known:
            projects.append(Project(one.name, {form: one}, {form: "name"}))


def _codes(project: Project) -> set[str]:
    return {x.code for x in project.forms.values() if x.code}


def _names(project: Project) -> list[str]:
    return [x.name for x in project.forms.values()]


def _inside(one: str, other: str) -> bool:
    return contains(project_key(one), project_key(other))


def _similar(project: Project, one: Listed) -> bool:
    for other in project.forms.values():
        equal = (
            other.budget.number
            and one.budget.number
            and other.budget.value.number == one.budget.value.number
        )
        if equal and similarity(project_key(other.name), project_key(one.name)) >= SIMILAR:
            return True
    return False


def _pairs(project: Project, left: str, right: str) -> list[Pair]:
    one, other = project.listed(left), project.listed(right)
    if one is None or other is None:
        return []
    lefts = one.indicators
    rights = other.indicators if left != "JX05" else _quantities(other.indicators)
    tests = [
        ("name", lambda a, b: a.title == b.title and _same_level(a, b)),
        ("name", lambda a, b: a.title == b.title),
        ("key", lambda a, b: indicator_key(a.title) == indicator_key(b.title)),
        ("value", _equal_targets),
        ("inside", lambda a, b: contains(indicator_key(a.title), indicator_key(b.title))),
        ("similar", lambda a, b: _same_level(a, b) and _alike(a, b)),
        ("only", lambda a, b: len(lefts) == len(rights) == 1),
    ]
    if left == "JX17":
        tests = tests[:-1]
    found: list[Match] = match(lefts, rights, tests)
    return [Pair(project, m.left, m.right, m.how) for m in found]


def _quantities(indicators: list[Indicator]) -> list[Indicator]:
    quantities = [i for i in indicators if "数量" in i.level2]
    return quantities or [i for i in indicators if "产出" in i.level1 or "完成" in i.level1]


def _same_level(one: Indicator, other: Indicator) -> bool:
    return one.level2.removesuffix("指标") == other.level2.removesuffix("指标")


def _equal_targets(one: Indicator, other: Indicator) -> bool:
    numbers = one.target.value.number, other.target.value.number
    if None in numbers or numbers[0] != numbers[1] or one.op != other.op:
        return False
    return canonical_unit(one.unit) == canonical_unit(other.unit) and _same_level(one, other)


def _alike(one: Indicator, other: Indicator) -> bool:
    return similarity(indicator_key(one.title), indicator_key(other.title)) >= SIMILAR
