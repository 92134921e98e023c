"""E-27, E-13 (text): what the text says a project had and spent, in itself and against its form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import equal, interval, percent, rate_holds, rate_of
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import best_of, hint_or_own, in_wan
from pipelines.performance.matching import Project
from pipelines.performance.pack import Entry
from pipelines.performance.said.execution import Spent, spent


def check(case: Case) -> None:
    projects = _projects(case)
    for said in spent(case.pack, case.year):
        name = said.project(projects)
        wrong = _against_form(case, said, name, projects[name]) if name else []
        _rate(case, said, name, wrong)


def _projects(case: Case) -> dict[str, Project]:
    """The projects by their names; a name of two projects says nothing."""
    named = [(n, p) for p in case.matched.projects for n in {x.name for x in p.forms.values()}]
    times = Counter(n for n, _ in named)
    return {n: p for n, p in named if times[n] == 1}


def _against_form(case: Case, said: Spent, name: str, project: Project) -> list[Entry]:
    """The cells of the form from which the text differs."""
    wrong: list[Entry] = []
    for kind, amount in said.budgets:
        wrong += _amount(case, f"文字/{name}/预算数", amount, list(_budgets(project, kind)))
    return wrong + _amount(case, f"文字/{name}/执行数", said.done, list(_executed(project)))


def _amount(case: Case, subject: str, said: Entry, cells: list[Entry]) -> list[Entry]:
    """One amount of the text, which must be that of any of the cells; else the cells."""
    known = [c for c in cells if c.number and not case.is_settled("E-13", c)]
    if not known:
        return []
    case.count("E-13")
    if any(equal(said, c) for c in known):
        return []
    _, name, what = subject.split("/")
    message = f"文字中“{name}”{what} {in_wan(said)}，表中为 {in_wan(known[0])}"
    gap = interval(said).middle - interval(known[0]).middle
    case.fail("E-13", subject, message, said, known[0], difference=gap)
    return known


def _budgets(project: Project, kind: str) -> Iterator[Entry]:
    """The cells that a budget of the text may be."""
    own, listed = project.listed("JX14"), project.listed("JX10")
    if own is not None and own.table is not None:
        if kind != "年初":
            yield own.table.fund("总额", "预算数")
        if kind != "全年":
            yield own.table.fund("总额", "年初预算")
    if listed is not None and listed.row is not None and kind != "年初":
        yield listed.row.get("预算金额")


def _executed(project: Project) -> Iterator[Entry]:
    own, listed = project.listed("JX14"), project.listed("JX10")
    if own is not None and own.table is not None:
        yield own.table.fund("总额", "执行数")
    if listed is not None and listed.row is not None:
        yield listed.row.get("预算执行")


def _rate(case: Case, said: Spent, name: str, wrong: list[Entry]) -> None:
    """The printed rate against what the text itself gives; not where that differs from the form:
    one slip is one finding.
    """
    if said.rate is None or wrong:
        return
    done = interval(said.done)
    rates = [r for _, b in _meant(said) if (r := rate_of(done, interval(b))) is not None]
    if not rates:
        return
    case.count("E-27")
    outcome = best_of(rate_holds(said.rate.value, r) for r in rates)
    if outcome != "pass":
        _report(case, said, name, rates[0], outcome)


def _meant(said: Spent) -> list[tuple[str, Entry]]:
    """The budgets that the rate may be of; 完成年初预算 is none of 全年预算数."""
    if not said.of:
        return list(said.budgets)
    named = [b for b in said.budgets if b[0] == said.of]
    return named or [b for b in said.budgets if not b[0]]


def _report(case: Case, said: Spent, name: str, rate: Interval, outcome: str) -> None:
    assert said.rate is not None
    whose = f"“{name}”" if name else "项目"
    budget = _meant(said)[0][1]
    message = (
        f"文字中{whose}完成预算的比例 {said.rate.value.raw}：{in_wan(said.done)} ÷"
        f" {in_wan(budget)} = {percent(rate.middle)}"
    )
    subject = f"文字/{name or '项目'}/执行率"
    compared = [said.done, budget]
    case.fail("E-27", subject, message, said.rate, compared, severity=hint_or_own(outcome))
