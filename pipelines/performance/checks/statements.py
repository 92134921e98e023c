"""E-02 (text), E-30, E-32, E-33, E-40: what the report says against what it scores and shows."""

from __future__ import annotations

import re
from fractions import Fraction

from pipelines.performance.case import Case
from pipelines.performance.claims import GRADE, UNIT_SUBJECT, last_named, phrases
from pipelines.performance.methods.problems import OPEN
from pipelines.performance.methods.told import self_total
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projecttable import GRADED
from pipelines.performance.scoring import printed_scores

GRADES = ((Fraction(90), "优"), (Fraction(80), "良"), (Fraction(60), "中"), (Fraction(0), "差"))
VAGUE = re.compile(
    r"(?:部分|尚)?未(?:完全)?(?:量化|细化)|绩效目标(?:编制)?(?:不够|不)(?:完整|细化|明确)|量化(?:程度)?不(?:够|足)"
)
ALL_MONTHS = re.compile(r"(?:实际支出)?进度均(?:已)?达到目标")
NO_CHANGE = re.compile(r"无预算调整(?:情况)?|未(?:进行|作)预算调整")
ALL_DONE = re.compile(r"(?:已|均已)全面完成整改|已全部完成整改|已全部整改")
BUDGET_ONLY = re.compile(r"(?:门户)?网站.{0,12}对20\d\d年度预算进行了公开")
RESULT_PUBLISHED = re.compile(
    r"(?:随同|随)(?:部门)?决算|自评(?:报告|情况|结果)(?:已|均已)?(?:于20\d\d年|在.{2,12}网站)公开"
)
ANNOUNCED = re.compile(r"(?:绩效)?自评报告详见附件|详见附件")


def check(case: Case) -> None:
    _grade(case)
    for table in case.pack.evaluated():
        _own_grade(case, table)
    _vague(case)
    _claims(case)
    _published(case)
    _announced(case)


def _grade(case: Case) -> None:
    printed = [r.get("得分") for f in ("JX13", "JX12") if (r := case.pack.row(f, "自评总分"))]
    if case.is_settled("总分", *printed):
        case.lack("E-30", "自评总分与各项得分合计不符，等级未核对")
        return
    total = self_total(case)
    own = _own_total(case) if total is None else None
    projects = _project_totals(case)
    for prose, paragraph in case.pack.paragraphs():
        about = own is not None and UNIT_SUBJECT.search(paragraph.normal.text)
        for found in GRADE.finditer(paragraph.normal.text):
            named = _named_total(projects, paragraph.normal.text[: found.start()])
            judged = own if about else total
            words = prose.entry(paragraph, found.start(), found.end())
            _grade_said(case, judged if named is None else named, found["g"], words)


def _grade_said(case: Case, total: Fraction | None, grade: str, words: Entry) -> None:
    if total is None:
        case.lack("E-30", "没有自评总分")
        return
    case.count("E-30")
    due = due_grade(total)
    if grade[0] != due:
        message = f"自评总分 {float(total):g} 分，等级应为“{due}”，文字写“{grade}”"
        case.fail("E-30", "等级", message, words)


def _project_totals(case: Case) -> dict[str, Fraction]:
    """The total of each project's form, for sentences that name the project before its grade."""
    tables = [t for t in case.pack.project_tables() if t.total_score.number]
    sound = [t for t in tables if not case.is_settled("E-28", t.total_score)]
    return {t.project: t.total_score.value.number or Fraction(0) for t in sound}


def _named_total(projects: dict[str, Fraction], before: str) -> Fraction | None:
    """The total of the project that the sentence names before its grade."""
    sentence = re.split(r"[。；]", before)[-1]
    return projects.get(last_named(sentence, projects))


def _own_total(case: Case) -> Fraction | None:
    """The total of the unit's own form, for sentences that are about the unit."""
    tables = case.pack.project_tables("JX18")
    if len(tables) != 1 or case.is_settled("E-28", tables[0].total_score):
        return None
    return tables[0].total_score.value.number


def due_grade(total: Fraction) -> str:
    return next(grade for limit, grade in GRADES if total >= limit)


def _own_grade(case: Case, table: ProjectTable) -> None:
    """The grade that a form prints beside its total."""
    total, said = table.total_score, GRADED.match(table.grade.text)
    if said is None or total.value.number is None or case.is_settled("E-28", total):
        return
    case.count("E-30")
    due = due_grade(total.value.number)
    if said["g"][0] != due:
        message = f"“{table.project}”总分 {total.text} 分，等级应为“{due}”，表中填“{said['g']}”"
        case.fail("E-30", f"{table.project}/等级", message, table.grade, total)


def _full(case: Case, *names: str) -> list[Entry]:
    """The unit's scores of an indicator where they are the full weight."""
    found = []
    for form, entry in printed_scores(case, names).items():
        row = next(r for r in case.pack.of(form) if r.key in names)
        weight = row.number("分值")
        if weight is not None and entry.value.number == weight.number:
            found.append(entry)
    return found


def _vague(case: Case) -> None:
    full = _full(case, "目标制定")
    for words in phrases(case.pack, VAGUE):
        case.count("E-32")
        if full:
            message = f"文字自述“{words.text}”，目标制定却得满分（细化量化 4 分）"
            case.fail("E-32", "目标制定", message, words, full)
            return


def _claims(case: Case) -> None:
    _said_in_time(case)
    _said_unchanged(case)
    _said_put_right(case)


def _said_in_time(case: Case) -> None:
    low = [r for r in case.pack.of("JX08") if _below(r)]
    for words in phrases(case.pack, ALL_MONTHS):
        case.count("E-32")
        if low:
            message = f"文字称“{words.text}”，表中{'、'.join(r.key for r in low)}低于目标"
            case.fail("E-32", "进度", message, words, [r.get("实际值") for r in low])


def _said_unchanged(case: Case) -> None:
    row = case.pack.row("JX03", "总计")
    moved = row.get("中期调整") if row else None
    for words in phrases(case.pack, NO_CHANGE):
        case.count("E-32")
        if moved is not None and moved.value.number:
            message = f"文字称“{words.text}”，年度预算执行表中期调整 {moved.text}"
            case.fail("E-32", "预算调整", message, words, moved)


def _said_put_right(case: Case) -> None:
    open_rows = [r for r in case.pack.of("JX11") if OPEN.search(r.get("整改").text[:12])]
    for words in phrases(case.pack, ALL_DONE):
        case.count("E-32")
        if open_rows:
            message = f"文字称“{words.text}”，违规记录表有未完成整改的"
            case.fail("E-32", "整改", message, words, [r.get("整改") for r in open_rows])


def _below(row: object) -> bool:
    targets = {"6月": Fraction(40), "9月": Fraction(135, 2), "11月": Fraction(165, 2)}
    value = row.number("实际值")  # type: ignore[attr-defined]
    key = row.key  # type: ignore[attr-defined]
    return value is not None and key in targets and value.interval.high < targets[key]


def _published(case: Case) -> None:
    full = _full(case, "自评公开")
    if not full:
        return
    case.count("E-33")
    budget = next(phrases(case.pack, BUDGET_ONLY), None)
    if (
        budget is not None
        and not any(phrases(case.pack, RESULT_PUBLISHED))
        and not case.manual.get("disclosure")
    ):
        message = "自评公开得满分，文字只写明公开了预算，没有写明自评随决算公开的时间和网址"
        case.fail("E-33", "自评公开", message, budget, full)


def _announced(case: Case) -> None:
    said = next(phrases(case.pack, ANNOUNCED), None)
    if said is None:
        return
    case.count("E-40")
    if not case.pack.tables:
        case.fail("E-40", "附件", "文中称绩效自评报告详见附件，没有收到绩效部分", said)
