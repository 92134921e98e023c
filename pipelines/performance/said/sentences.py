"""Sentences of the prose, and which of them speak of something else than the year's own projects.

What does not belong here: any number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pipelines.performance.pack import Entry, Pack, Paragraph, Prose
from pipelines.performance.values import MONEY_UNITS, Value

STOP = re.compile(r"[。！？]")
# A part, another's evaluation, another unit's projects, what is only meant to be done.
ELSE = re.compile(
    r"重点|部门评价|部门绩效评价|财政评价|第三方|专家|抽[查取选]|选[取择]|部分|试点|整体"
    r"|上年|去年|往年|以前年度|下属|所属|直属|二级单位|各单位|(?:计划|拟|将)对|将要|要求各"
    r"|事前|监控|编制|中期"
)
YEAR = re.compile(r"(20\d\d)年")
# The forms that a disclosure shows may be those of some projects.
SHOWN = re.compile(
    r"(?:反映|公开|公示|附|选取|列示|以)[^。；]{0,40}项目(?:的|支出)?(?:绩效)?(?:自评|为例)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a paragraph without a full stop; places count in the paragraph's text."""

    prose: Prose
    paragraph: Paragraph
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.paragraph.normal.text[self.start : self.end]

    def entry(self, found: re.Match[str], number: str = "", unit: str = "") -> Entry:
        """Words of the sentence; with a number as printed in ``unit`` (money is then in 元)."""
        first, last = self.start + found.start(), self.start + found.end()
        value = printed(number, unit) if number else Value(found[0], "text")
        return self.prose.entry(self.paragraph, first, last, value)

    def figure(self, found: re.Match[str], group: str, unit: str) -> Entry:
        """A number of the sentence with the unit behind it, without the words around it."""
        first, last = self.start + found.start(group), self.start + found.end(group) + len(unit)
        return self.prose.entry(self.paragraph, first, last, printed(found[group], unit))


def amount(number: str, unit: str) -> str:
    """The pattern of an amount, whose groups have these names."""
    return rf"(?P<{number}>\d+(?:\.\d+)?)(?P<{unit}>亿元|万元|元)"


def printed(number: str, unit: str = "") -> Value:
    """A number of the prose; an amount stands for ± half of its last place."""
    places = len(number.partition(".")[2])
    value = Value(number + unit, "number", Fraction(number), Fraction(1, 2 * 10**places), places)
    if unit in MONEY_UNITS:
        return replace(value.scaled(MONEY_UNITS[unit]), unit="元")
    return value


def sentences(pack: Pack) -> Iterator[Sentence]:
    """Every sentence of all prose, that of documents without forms too."""
    for prose, paragraph in pack.said():
        start, text = 0, paragraph.normal.text
        for stop in STOP.finditer(text):
            yield Sentence(prose, paragraph, start, stop.start())
            start = stop.end()
        if start < len(text):
            yield Sentence(prose, paragraph, start, len(text))


def of_another_year(words: str, year: int | None) -> bool:
    """Whether words name a year and it is neither the one evaluated nor the one after, in which
    that is done.
    """
    named = {int(y) for y in YEAR.findall(words)}
    return year is not None and bool(named) and year not in named and named != {year + 1}


def says_some_are_shown(pack: Pack) -> bool:
    """Whether the prose says whose forms it shows (今年公开其中4个项目的绩效自评结果)."""
    return any(SHOWN.search(p.normal.text) for _, p in pack.said())
