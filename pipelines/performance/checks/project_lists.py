"""E-29, E-34, E-35, E-36, E-39: projects counted, listed everywhere, filled in, under the right
words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.case import Case
from pipelines.performance.claims import Claim, project_counts
from pipelines.performance.matching import Listed, Project
from pipelines.performance.pack import Entry, Indicator, ProjectTable
from pipelines.performance.reached import numeric_target
from pipelines.performance.said.sentences import ELSE, of_another_year, says_some_are_shown
from pipelines.performance.words import flat

NAMES = {
    "JX10": "资金结余率表",
    "JX14": "项目自评表",
    "JX05": "数量指标完成表",
    "JX17": "绩效目标申报表",
}
BENEFIT = re.compile(r"经济效益|社会效益|生态效益|可持续影响")
AMOUNT = re.compile(r"(?:不少于|不低于|不超过|不高于|大于|超过|达到|达|完成率?)?[≥≤]?\d.*$")
CLAUSE = re.compile(r"[，。、；,;]")


def check(case: Case) -> None:
    lists = {f: found for f, found in case.matched.lists.items() if f in ("JX05", "JX10", "JX14")}
    if case.pack.partial:
        lists.pop("JX14", None)
    _count(case, lists)
    _everywhere(case, lists)
    _filled(case)
    _structure(case)
    _goals(case)


def _count(case: Case, lists: dict[str, list[Listed]]) -> None:
    if not lists:
        case.lack("E-29", "没有项目清单")
        return
    sizes = {len(found) for found in lists.values()}
    most = max(sizes)
    wrong: dict[Fraction, list[Claim]] = defaultdict(list)
    for said in project_counts(case.pack):
        if _of_others(case, said, most):
            continue
        case.count("E-29")
        number = said.number
        fits = number <= most if said.kind == "事前" else number in sizes
        if not fits:
            wrong[number].append(said)
    tables = "、".join(f"{NAMES[f]} {len(found)} 个" for f, found in lists.items())
    first = next(iter(lists.values()))[0].entry
    for number, told in wrong.items():  # the same number in several sentences is one slip
        message = f"文字写 {plain_number(number)} 个项目，{tables}"
        kinds = "、".join(dict.fromkeys(s.kind for s in told))
        case.fail("E-29", f"文字/{kinds}", message, [s.entry for s in told], first)


def _of_others(case: Case, said: Claim, most: int) -> bool:
    """Whether a count is of another year, or of evaluations some of which alone are shown."""
    if of_another_year(said.context, case.year):
        return True
    if said.kind != "自评":
        return False
    more = said.number > most and says_some_are_shown(case.pack)
    return more or ELSE.search(said.context) is not None


def _everywhere(case: Case, lists: dict[str, list[Listed]]) -> None:
    if len(lists) < 2:
        case.lack("E-36", "只有一张项目表")
        return
    for project in case.matched.projects:
        if set(project.forms) & set(lists):
            case.count("E-36")
            _lacking(case, project, lists)
            _other_names(case, project)


def _lacking(case: Case, project: Project, lists: dict[str, list[Listed]]) -> None:
    lacking = [f for f in lists if f not in project.forms]
    if lacking:
        message = f"“{project.name}”不在{'、'.join(NAMES[f] for f in lacking)}中"
        case.fail("E-36", project.name, message, [x.entry for x in project.forms.values()])


def _other_names(case: Case, project: Project) -> None:
    """A project that was recognised by something else than its name or code."""
    names = {x.name for x in project.forms.values()}
    how = set(project.how.values()) - {"name", "code"}
    if len(names) > 1 and how:
        message = f"同一项目各处名称不同：{'、'.join(sorted(names))}"
        have = [x.entry for x in project.forms.values()]
        case.fail("E-36", f"{project.name}/名称", message, have, severity="hint")


def _filled(case: Case) -> None:
    """E-34: one finding for each field that is blank."""
    tables = case.pack.evaluated()
    if not tables:
        case.lack("E-34", "没有项目自评表")
        return
    case.count("E-34", len(tables))
    for field in ("主管部门", "实施单位", "预期目标", "实际完成", "项目名称"):
        _blank_field(case, tables, field)
    _blank_answers(case, tables)


def _blank_field(case: Case, tables: list[ProjectTable], field: str) -> None:
    blank = [t for t in tables if field in t.fields and not t.fields[field].said]
    if blank:
        names = "、".join(t.project for t in blank[:9])
        message = f"请补填 {len(blank)} 张自评表的“{field}”：{names}"
        case.fail("E-34", field, message, [t.fields[field] for t in blank], severity="hint")


def _blank_answers(case: Case, tables: list[ProjectTable]) -> None:
    empty = [i for t in tables for i in t.indicators if numeric_target(i) and not i.actual.said]
    if empty:
        names = "、".join(f"{i.project}“{i.title}”" for i in empty[:5])
        places: list[Entry] = [e for i in empty for e in (i.actual, i.name)]
        case.fail("E-34", "完成值", f"请补填 {len(empty)} 个定量指标的完成值：{names}", places)


def _structure(case: Case) -> None:
    """E-35: hints about words of headers and levels."""
    case.count("E-35", len(case.pack.tables))
    for table in case.pack.tables:
        for name, entry in table.odd:
            message = (
                f"表头写“{entry.text}”，"
                f"应为“{'调整后预算' if name == '调整后预算' else '一级指标'}”"
            )
            case.fail("E-35", f"{table.form}/{name}", message, entry, severity="hint")
    _levels(case)


def _levels(case: Case) -> None:
    """Benefit indicators under the outputs.

    In a flattened text a merge may look the same, so it is a hint.
    """
    for table in case.pack.evaluated():
        misplaced = [
            i
            for i in table.indicators
            if BENEFIT.search(i.level2) and re.search(r"产出|完成", i.level1)
        ]
        if misplaced:
            names = "、".join(dict.fromkeys(i.level2 for i in misplaced))
            message = f"“{table.project}”的{names}列在“{misplaced[0].level1}”之下，应属效益指标"
            case.fail(
                "E-35",
                f"{table.project}/层级",
                message,
                [i.level2_entry for i in misplaced],
                severity="hint",
            )


def _goals(case: Case) -> None:
    """E-39: a clause of the goal that the result says nothing about."""
    for table in case.pack.evaluated():
        goal, result = table.fields.get("预期目标"), table.fields.get("实际完成")
        if goal is None or result is None or not goal.said or not result.said:
            continue
        case.count("E-39")
        lost = _lost(flat(goal.value.raw), flat(result.value.raw))
        if lost:
            message = f"“{table.project}”目标中的“{lost}”在完成情况中没有交代"
            case.fail("E-39", table.project, message, goal, result, severity="hint")


def _lost(goal: str, result: str) -> str:
    """A clause of which less than a third of the two-character words come back, while the others
    do.
    """
    clauses = [
        c for c in CLAUSE.split(goal) if len(c) >= 2 and not re.search(r"\d+(?:\.\d+)?万?元", c)
    ]
    missing = [c for c in clauses if _share(c, result) < 1 / 3]
    return missing[0] if missing and len(missing) * 2 <= len(clauses) else ""


def _share(clause: str, text: str) -> float:
    """How much of a clause comes back. A number and the words before it (不少于190个) do not: the
    result gives its own.
    """
    clause = AMOUNT.sub("", clause) or clause
    pairs = [clause[i : i + 2] for i in range(len(clause) - 1)]
    return sum(p in text for p in pairs) / len(pairs) if pairs else 1.0


__all__ = ["Indicator", "check"]
