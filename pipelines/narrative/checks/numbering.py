"""N-21: parts and sections are numbered one after another; a title that lost its number fills its
place.
"""

from __future__ import annotations

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.lines import FIRST, PART, SECOND
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Heading


def collect(case: Case) -> None:
    """The sequences of titles."""
    headings = [
        h for h in case.narrative.outline.headings if h.level in (PART, FIRST, SECOND) or h.kind
    ]
    parts = [h for h in headings if h.level == PART]
    _sequence(case, parts, "第{}部分", fillers=[])
    sections = _body(headings)
    _level(case, sections, FIRST, "{}、")
    _level(case, sections, SECOND, "（{}）")


def _body(headings: list[Heading]) -> list[Heading]:
    """Titles up to that of the annexes: the numbering below it is their own."""
    found = []
    for heading in headings:
        if heading.kind in ("annex", "glossary", "tables") and (
            heading.level == PART or heading.part
        ):
            found.append(heading)
            break
        found.append(heading)
    return found


def _level(case: Case, headings: list[Heading], level: int, form: str) -> None:
    """The sequences of one level, each within its outer title."""
    run: list[Heading] = []
    fillers: list[Heading] = []
    for heading in headings:
        again = heading.level == level and heading.number == 1
        if _is_above(heading, level) or (again and run):
            _sequence(case, run, form, fillers)
            run, fillers = [], []
        if heading.level == level:
            run.append(heading)
        elif heading.level is None and level == FIRST and not heading.part:
            fillers.append(heading)
    _sequence(case, run, form, fillers)


def _is_above(heading: Heading, level: int) -> bool:
    """Whether a title stands above those of a level: a part need not be numbered."""
    return heading.level < level if heading.level is not None else heading.part


NUMERALS = "零一二三四五六七八九十"


def numeral(value: int) -> str:
    """1–99 in Chinese."""
    tens, ones = divmod(value, 10)
    if not tens:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def _sequence(case: Case, run: list[Heading], form: str, fillers: list[Heading]) -> None:
    """A run of numbered titles; unnumbered ones in between may stand for missing numbers."""
    if not run:
        return
    case.count("N-21", len(run))
    expected, at = 1, 0
    for heading in run:
        unnumbered = sum(1 for f in fillers if at <= f.start < heading.start)
        at = heading.end
        number = heading.number or 0
        if not (expected <= number <= expected + unnumbered) and not _in_text(
            case, form, expected, number, heading
        ):
            _misnumbered(case, heading, form, expected, number, run)
        expected = number + 1


def _in_text(case: Case, form: str, expected: int, number: int, heading: Heading) -> bool:
    """Whether the missing numbers stand before sentences rather than titles."""
    labels = {form.format(numeral(n)) for n in range(expected, number)}
    found = {
        label
        for p in case.narrative.outline.paragraphs
        for label in labels
        if p.end <= heading.start and p.normal.text.startswith(label)
    }
    return number > expected and found == labels


def _misnumbered(
    case: Case, heading: Heading, form: str, expected: int, number: int, run: list[Heading]
) -> None:
    words = case.words("left", heading.title, heading.start, heading.end)
    right, wrong = form.format(numeral(expected)), form.format(numeral(number))
    if number > expected:
        message = f"请补上标题序号：“{words.quote}”之前缺“{right}”"
        missing = _unnumbered_parts(case, heading)
        if form.startswith("第") and missing:
            message += f"（疑为“{missing[-1].title}”漏标部分序号）"
    elif any(h is not heading and h.number == number and h.end <= heading.start for h in run):
        message = f"请改正标题序号：“{words.quote}”的“{wrong}”前面已有，应为“{right}”"
    else:
        message = f"请改正标题序号：“{words.quote}”应为“{right}”"
    case.report("N-21", f"标题序号[{plain(heading.title)}]", message, [words])


def _unnumbered_parts(case: Case, heading: Heading) -> list[Heading]:
    """The titles of parts before a title that have no number."""
    before = (h for h in case.narrative.outline.headings if h.end <= heading.start)
    return [h for h in before if h.level is None and h.part]


CHECK = Check(
    name="numbering",
    rules=("N-21",),
    title="章节序号连续",
    message="请补上标题序号：“{title}”之前缺“{missing}”",
    run=collect,
    wrong="一、收入支出决算总体情况说明\n2023年度收入总计1.00万元。\n三、支出决算情况说明\n本年支出合计1.00万元。",
    right="一、收入支出决算总体情况说明\n2023年度收入总计1.00万元。\n二、支出决算情况说明\n本年支出合计1.00万元。",
)
