"""What the prose of a report says in numbers and set phrases, each with its words.

What does not belong here: whether it is right (``checks/``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pipelines.performance.pack import Entry, Pack, Paragraph, Prose
from pipelines.performance.values import MONEY_UNITS, Value

NUMBER = r"(?P<n>-?\d+(?:\.\d+)?)"
MONEY = NUMBER + r"(?P<u>亿元|万元|元)?"
SCORE = re.compile(
    r"(?:自评总?得分|自评总?分数?|自评评分|综合得分|总得分|评价得分|得分)(?:为|是|：|合计)?"
    + NUMBER
    + r"分"
)
# The subject of a score: what stands nearest before it. A project's score is not the unit's.
PROJECT_SUBJECT = re.compile(
    r"专项预算项目|项目(?:支出)?(?:绩效)?$|项目绩效自评|预算项目绩效|个项目"
)
UNIT_SUBJECT = re.compile(r"部门整体|整体支出|本?部门（含|本单位|全局|我局")
COUNTS = (
    (
        "事前",
        re.compile(
            r"等?(?P<n>\d+)个(?:预算)?项目(?:（?[^，。]{0,12}）?)?(?:开展|进行)了?(?:预算)?事前"
        ),
    ),
    ("目标", re.compile(r"对(?P<n>\d+)个项目编制了?(?:支出)?绩效目标")),
    (
        "监控",
        re.compile(
            r"(?:选取|对|开展了)(?P<n>\d+)个项目(?:的|开展了?)?(?:绩效)?(?:运行)?(?:绩效)?监控"
        ),
    ),
    ("结余", re.compile(r"部门预算项目(?:共|共计|为)?(?P<n>\d+)个")),
    ("自评", re.compile(r"(?:组织)?对(?P<n>\d+)个项目(?:支出)?(?:开展|进行)了?(?:支出)?绩效自评")),
)
RESIDUAL = re.compile(r"结余率小于(?:0\.1|10%)的项目(?:共|有)?(?P<n>\d+)个")
GRADE = re.compile(
    r"(?:绩效)?自评(?:结果|等级|等次|结论)?(?:等级|等次)?(?:为|评定为)?[“\"]?(?P<g>优秀|优|良好|良|中|差)[”\"]?"
    r"(?:。|，|；|$)"
)
STAFF = re.compile(r"实有(?:在职|工作|编制内|在编)?人员(?:共|合计|总数)?(?P<n>\d+)[人名]")
STAFF_PART = re.compile(r"(?P<k>[一-龥]{2,10}?)(?:有|共)?(?P<n>\d+)[人名]")
KINDS = re.compile(
    r"人员类(?:项目)?"
    + NUMBER
    + r"万元.{0,4}运转类(?:项目)?(?P<b>\d+(?:\.\d+)?)万元"
    + r".{0,4}特定目标类(?:项目)?(?P<c>\d+(?:\.\d+)?)万元"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A number the prose gives: ``entry`` holds it with its words; ``context``: what stands before
    it in the sentence.
    """

    kind: str
    entry: Entry
    prose: Prose
    paragraph: Paragraph
    start: int
    context: str = ""

    @property
    def number(self) -> Fraction:
        assert self.entry.value.number is not None
        return self.entry.value.number


def claim(
    kind: str, prose: Prose, paragraph: Paragraph, found: re.Match[str], group: str = "n"
) -> Claim:
    """A match as a claim: the number of ``group``, quoted with all that the pattern took."""
    text = found[group]
    places = len(text.partition(".")[2])
    value = Value(text, "number", Fraction(text), Fraction(1, 2 * 10**places), places)
    unit = found.groupdict().get("u") or ""
    if unit in MONEY_UNITS:
        value = replace(value.scaled(MONEY_UNITS[unit]), unit=unit)
    start = found.start()
    context = paragraph.normal.text[max(0, start - 60) : start]
    entry = prose.entry(paragraph, start, found.end(), value)
    return Claim(kind, entry, prose, paragraph, start, re.split(r"[。；]", context)[-1])


def find(pack: Pack, kind: str, pattern: re.Pattern[str], group: str = "n") -> Iterator[Claim]:
    """Every place of the prose where a pattern stands."""
    for prose, paragraph in pack.paragraphs():
        for found in pattern.finditer(paragraph.normal.text):
            yield claim(kind, prose, paragraph, found, group)


def phrases(pack: Pack, pattern: re.Pattern[str]) -> Iterator[Entry]:
    """Every place of the prose where words stand, without a number."""
    for prose, paragraph in pack.paragraphs():
        for found in pattern.finditer(paragraph.normal.text):
            yield prose.entry(paragraph, found.start(), found.end())


def unit_scores(pack: Pack) -> list[Claim]:
    """Totals of the unit's own evaluation that the prose gives."""
    return [c for c in find(pack, "得分", SCORE) if subject_of(c) != "project"]


def project_scores(pack: Pack) -> list[Claim]:
    """Scores of projects that the prose gives."""
    return [c for c in find(pack, "得分", SCORE) if subject_of(c) == "project"]


def subject_of(found: Claim) -> str:
    """unit or project: the subject that stands nearest before the score."""
    unit = max((m.end() for m in UNIT_SUBJECT.finditer(found.context)), default=-1)
    project = max((m.end() for m in PROJECT_SUBJECT.finditer(found.context)), default=-1)
    inside = found.context[unit:project] if 0 <= unit < project else ""
    if "（含" in found.context[max(0, unit - 4) : project] and "）" not in inside.replace("（", ""):
        return "unit"
    return "project" if project > unit else "unit"


def last_named(context: str, names: Iterable[str]) -> str:
    """The name that stands last in the words before a claim, the longest of names within names;
    empty where none does.
    """
    places = {n: context.rfind(n) + len(n) for n in names if n and n in context}
    return max(places, key=lambda n: (places[n], len(n)), default="")


def project_counts(pack: Pack) -> list[Claim]:
    return [c for kind, pattern in COUNTS for c in find(pack, kind, pattern)]


def money_after(
    pack: Pack, kind: str, words: str, near: re.Pattern[str] | None = None
) -> Iterator[Claim]:
    """``words`` followed by an amount; ``near``: what the paragraph must also say."""
    pattern = re.compile(rf"(?:{words})(?:为|是|：|合计|总额|共计|共)?{MONEY}")
    for found in find(pack, kind, pattern):
        if near is None or near.search(found.paragraph.normal.text):
            yield found
