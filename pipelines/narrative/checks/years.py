"""x"""

from __future__ import annotations

import re
from collections import Counter

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.functional import resolve, similarity
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import FIRST, PART, SECOND, Heading, Paragraph
from pipelines.narrative.tokens import tokenise
from pipelines.narrative.values import current
from pipelines.narrative.vocabulary import vocabulary
from schemas.observation import Place

YEAR = re.compile(r"(?<![\d〔（\[])(20\d\d)(?:年度|年)(?!\d{1,2}月(?!31日))")
HISTORY = re.compile(
    r"以前年度|历年|以来|结转|累计|文件|通知|办法|规定|条例|号|规划|期间|至20|-20|—20|~20|～20|〔|《|启动|成立|起|下达|印发|政府收支分类"
)
NEXT = re.compile(r"结转|继续|下年|预算")
ALIKE = 0.5
BRANCH = re.compile(r"（?(?:本级|机关|部门)）?$")
OLDEST = 2021  # before this edition names differ that the code list need not know


def collect(case):
    _years(case)


# years (N-17) ---------------------------------------------------------------


def _years(case: Case) -> None:
    """Only the year under report and the one before; a change is measured against the year before."""
    year = case.year or case.narrative.year
    if year is None:
        return
    for paragraph in case.narrative.outline.paragraphs:
        if (
            paragraph.section.kind in vocabulary().money_sections
            and not paragraph.cell
            and not paragraph.endless
        ):
            _paragraph_years(case, paragraph, year)
    _title_years(case, year)


def _paragraph_years(case: Case, paragraph: Paragraph, year: int) -> None:
    text = paragraph.normal.text
    if text.startswith(("（注", "注：")):
        return
    flagged: dict[int, list[Place]] = {}
    for found in YEAR.finditer(text):
        case.count("N-17")
        said = int(found[1])
        clause = _clause(text, found.start())
        subject_year = _is_subject(text, found)
        if said in (year, year - 1) and not (subject_year and said == year - 1):
            continue
        past = said < year and HISTORY.search(clause)
        if (past or (said == year + 1 and NEXT.search(clause))) and not subject_year:
            continue
        flagged.setdefault(said, []).append(
            case.place("left", paragraph, found.start(), found.end())
        )
    for said, places in flagged.items():
        subject = f"{plain(paragraph.section.title) or '正文'}[{said}年]"
        message = f"报告年度为{year}年，这里写的是“{places[0].quote}”，请核对年度"
        case.report("N-17", subject, message, places)


def _clause(text: str, at: int) -> str:
    start = max(text.rfind(c, 0, at) for c in "。；，") + 1
    stops = [i for i in (text.find(c, at) for c in "。；，") if i >= 0]
    return text[start : min(stops, default=len(text))]


def _is_subject(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence of figures is said of this year (2023年度本年收入合计…)."""
    opens = found.start() == 0 or text[found.start() - 1] == "。"
    rest = text[found.end() : found.end() + 30]
    return (
        opens
        and bool(
            re.match(
                r"，?(?:本部门|本单位|我.{1,3})?(?:财政拨款)?(?:收、?支|收入支出|本年收入|本年支出|一般公共预算|三公经费|政府性基金|国有资本)",
                rest,
            )
        )
        and bool(re.match(r"[^。，]*?(?:为|合计|支出|总计)[均各共]*\d", rest))
    )


def _title_years(case: Case, year: int) -> None:
    for heading in case.narrative.outline.headings:
        title = plain(heading.title)
        for found in re.finditer(r"(20\d\d)年(?:度)?(?:部门|单位)?决算", title):
            case.count("N-17")
            if int(found[1]) != year:
                words = case.words("left", heading.title, heading.start, heading.end)
                message = f"报告年度为{year}年，标题写的是{found[1]}年，请核对年度"
                case.report("N-17", f"{title}[{found[1]}年]", message, [words])


CHECK = Check("years", ("N-17",), "年度一致", "", collect, "", "")
