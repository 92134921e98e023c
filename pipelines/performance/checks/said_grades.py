"""E-29, E-30 (text): how many projects the text says got which grade, against how many there are
and against the grades of their forms.
"""

from __future__ import annotations

from collections import Counter

from pipelines.performance.case import Case
from pipelines.performance.checks.statements import due_grade
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projecttable import GRADED
from pipelines.performance.said.grades import Grades, graded


def check(case: Case) -> None:
    known = _known(case)
    for said in graded(case.pack, case.year):
        if _adds_up(case, said) and known:
            _against_forms(case, said, known)


def _adds_up(case: Case, said: Grades) -> bool:
    """Whether the counts are those of the projects: all of them where the list has several grades,
    no more where it gives one.
    """
    if said.whole is None:
        return True
    case.count("E-29")
    if said.total == said.whole or (len(said.counts) == 1 and said.total < said.whole):
        return True
    message = (
        f"文字中各等级的项目 {_listed(said.counts)}，合计 {said.total} 个，"
        f"而开展绩效自评的项目 {said.whole} 个"
    )
    case.fail("E-29", "文字/等级个数", message, said.entry)
    return False


def _listed(counts: dict[str, int]) -> str:
    return "、".join(f"{grade} {number} 个" for grade, number in counts.items())


def _known(case: Case) -> list[tuple[set[str], Entry]]:
    """The grade of every project: as its form prints it, or as its total gives it; nothing where
    one of them is not known.
    """
    tables = case.pack.project_tables()
    if case.pack.partial or any(case.is_settled("E-28", t.total_score) for t in tables):
        return []
    found = [_grades(t) for t in tables]
    return [(g, e) for g, e in found if g] if all(g for g, _ in found) else []


def _grades(table: ProjectTable) -> tuple[set[str], Entry]:
    printed, total = GRADED.match(table.grade.text), table.total_score.value.number
    grades = {printed["g"][0]} if printed else set()
    if total is not None:
        grades.add(due_grade(total))
    return grades, table.grade if printed else table.total_score


def _against_forms(case: Case, said: Grades, known: list[tuple[set[str], Entry]]) -> None:
    """One finding where a grade is counted more or less often than the forms can have it; a form
    whose grade is not that of its total (E-30 says so) may count as either.
    """
    if not _are_all(said, known):
        return
    case.count("E-30")
    wrong = {g for g, n in said.counts.items() if not _may_be(g, n, known)}
    if not wrong:
        return
    forms = Counter(min(grades) for grades, _ in known)
    message = f"文字中各等级的项目 {_listed(said.counts)}，自评表中 {_listed(dict(forms))}"
    cells = [e for grades, e in known if grades & wrong] or [e for _, e in known]
    case.fail("E-30", "文字/等级个数", message, said.entry, cells[:9])


def _are_all(said: Grades, known: list[tuple[set[str], Entry]]) -> bool:
    """Whether the forms can be those of the projects that the text counts."""
    return said.whole in (None, len(known)) and said.total <= len(known)


def _may_be(grade: str, number: int, known: list[tuple[set[str], Entry]]) -> bool:
    """Whether so many forms may have the grade."""
    surely = sum(grades == {grade} for grades, _ in known)
    at_most = sum(grade in grades for grades, _ in known)
    return surely <= number <= at_most
