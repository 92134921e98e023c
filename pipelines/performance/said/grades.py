"""How many projects got which grade: 其中8个优、1个良; 评价结果为优的项目8个.

What does not belong here: a grade of one project (``claims.GRADE``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.performance.pack import Entry, Pack
from pipelines.performance.said.sentences import ELSE, Sentence, of_another_year, sentences

WORD = r"(?P<g>优秀|良好|中等|优|良|中|差)"
RESULT = r"(?:自评|评价|绩效|评定|综合|结果|结论|等级|等次|得分|均|被|评|定|为|是|达到|在)*"
BAND = r"(?:（[^（）]{0,30}）)?"
# A grade stands alone: 中 of 其中 or 集中 is none.
COUNT_FIRST = re.compile(
    rf"(?P<n>\d+)(?:个|项)(?:项目)?{RESULT}{WORD}(?:等级|等次|等)?(?=$|[，、；（）和及])"
)
GRADE_FIRST = re.compile(
    rf"(?:^|(?<=[，、；：（和及为]))(?:自评|评价|绩效|评定|结果|结论|等级|等次)*(?:均?为)?{WORD}{BAND}"
    r"(?:等级|等次|等|级)?的?(?:项目)?(?:有|共|为|：)?(?P<n>\d+)(?:个|项)"
)
COUNT_ALL = re.compile(
    r"(?P<n>\d+)(?:个|项)(?:[^，。；、\d]{0,10}?)项目"
    r"|(?:涉及|二级|自评)(?:的)?项目(?:共|共计|计)?(?P<after>\d+)(?:个|项)"
)
NAMED = re.compile(r"自评|评价|绩效")
# What is counted may be something else than projects, or some may be without a grade.
NO_PROJECTS = re.compile(r"指标|单位\d|\d+家|人员|未评|不参与|不参加|未纳入|其余|其他\d|未定|等\d")


@dataclass(frozen=True, slots=True)
class Grades:
    """One list of counts. ``counts``: by grade (优 良 中 差); ``whole``: how many projects the same
    paragraph says were evaluated, if it does.
    """

    sentence: Sentence
    entry: Entry
    counts: dict[str, int]
    whole: int | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def graded(pack: Pack, year: int | None) -> list[Grades]:
    """Every list of counts about the year's own projects."""
    return [one for s in sentences(pack) for one in _statement(s, year)]


def _statement(sentence: Sentence, year: int | None) -> Iterator[Grades]:
    text = sentence.text
    told = _told(text)
    if not told or not _is_own(sentence, told[0].start(), year):
        return
    counts = {m["g"][0]: int(m["n"]) for m in told}
    if len(counts) < len(told):  # a grade twice: two lists in one sentence
        return
    entry = sentence.entry(told[0])
    yield Grades(sentence, entry, counts, whole_before(sentence, told[0].start()))


def _told(text: str) -> list[re.Match[str]]:
    """The counts of grades, all written in the same order."""
    first, last = list(COUNT_FIRST.finditer(text)), list(GRADE_FIRST.finditer(text))
    return first if len(first) >= len(last) else last


def _is_own(sentence: Sentence, start: int, year: int | None) -> bool:
    before = sentence.paragraph.normal.text[: sentence.start + start]
    near = before[-120:]
    if ELSE.search(near) or NO_PROJECTS.search(sentence.text) or of_another_year(near, year):
        return False
    return NAMED.search(near + sentence.text) is not None and "项目" in near + sentence.text


def whole_before(sentence: Sentence, start: int) -> int | None:
    """The last count of projects in a paragraph before a place of the sentence (a list of parts),
    where it is one of those evaluated.
    """
    before = sentence.paragraph.normal.text[: sentence.start + start]
    told = list(COUNT_ALL.finditer(before))
    if not told or "自评" not in before[max(0, told[-1].start() - 20) :]:
        return None
    return int(told[-1]["n"] or told[-1]["after"])
