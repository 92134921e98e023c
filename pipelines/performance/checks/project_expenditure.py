"""What is known of a unit's project expenditure: in the accounts' tables, in those of the report,
in the text.

What does not belong here: what it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.narrative.figures import Interval
from pipelines.narrative.lookup import Fact
from pipelines.performance.arithmetic import interval
from pipelines.performance.case import Case
from pipelines.performance.pack import Entry
from pipelines.performance.said.sentences import Sentence, sentences

# form, block, row, column, whether it is a budget; the final amounts first.
TABLES = (
    ("Z04", "", "合计", "项目支出", False),
    ("Z01", "支出性质", "项目支出", "决算数", False),
    ("G03", "", "合计", "项目支出", False),
    ("Z01", "支出性质", "项目支出", "全年预算数", True),
    ("Z01", "支出性质", "项目支出", "年初预算数", True),
)
GENERAL = (
    ("Z07", "", "合计", "本年支出/项目支出", False),
    ("G06", "", "合计", "项目支出", False),
    ("Z01_1", "支出性质", "项目支出", "决算数/一般公共预算财政拨款", False),
    ("Z01_1", "支出性质", "项目支出", "全年预算数/一般公共预算财政拨款", True),
    ("Z01_1", "支出性质", "项目支出", "年初预算数/一般公共预算财政拨款", True),
)
REPORTED = (
    ("JX03", "项目支出", "预算执行", False),
    ("JX09", "项目支出", "执行额", False),
    ("JX03", "项目支出", "调整后预算", True),
    ("JX03", "项目支出", "年度预算", True),
    ("JX09", "项目支出", "预算额", True),
)
IN_TEXT = re.compile(
    r"基本支出(?:为|：)?\d+(?:\.\d+)?万?元[^。]{0,40}?项目支出(?:为|：)?(?P<n>\d+(?:\.\d+)?)(?P<u>亿元|万元|元)"
)
ALL = re.compile(r"支出(?:决算)?(?:合计|总额|总计|总数)|总支出|本年支出")
# Another year, another budget, a budget instead of what was spent.
NOT_ALL = re.compile(r"财政拨款|公共预算|基金|上年|比20|预算数|全年预算|年初预算|绩效")
PARTS = re.compile(r"\s*(?:其中|包括|分别为)")
GENERAL_SAID = re.compile(r"一般公共预算(?:财政拨款)?支出")
NOT_GENERAL = re.compile(r"基金|上年|比20|预算数|全年预算|年初预算|绩效")


@dataclass(frozen=True, slots=True)
class Whole:
    """One amount, and where it stands: a cell of the accounts (``fact``) or of the report."""

    name: str
    interval: Interval
    budget: bool
    fact: Fact | None = None
    entry: Entry | None = None


def expenditure(case: Case, general: bool) -> list[Whole]:
    """All that is known of it, what was spent first; ``general``: of the general public budget."""
    known = [*_in_tables(case, general), *_in_text(case, general)]
    if not general:
        known += _reported(case)
    return sorted(known, key=lambda w: w.budget)


def _in_tables(case: Case, general: bool) -> Iterator[Whole]:
    if case.facts is None:
        return
    for form, block, row, column, budget in GENERAL if general else TABLES:
        fact = case.facts.get(form, block, row, column)
        if fact is not None and fact.amount:
            name = f"项目支出{'预算' if budget else ''}（{fact.where}）"
            yield Whole(name, fact.interval, budget, fact)


def _reported(case: Case) -> Iterator[Whole]:
    for form, key, column, budget in REPORTED:
        row = case.pack.row(form, key)
        entry = row.get(column) if row is not None else Entry()
        if entry.number and entry.value.number:
            yield Whole(f"{key}{column}", interval(entry), budget, entry=entry)


def _in_text(case: Case, general: bool) -> Iterator[Whole]:
    """What the text itself gives where it divides all expenditure."""
    due, others = (GENERAL_SAID, NOT_GENERAL) if general else (ALL, NOT_ALL)
    for sentence, said in _with_what_it_divides(sentences(case.pack)):
        found = IN_TEXT.search(sentence.text)
        if found is None or not due.search(said) or others.search(said):
            continue
        entry = sentence.entry(found, found["n"], found["u"])
        yield Whole("文字中的项目支出", interval(entry), False, entry=entry)


def _with_what_it_divides(said: Iterable[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Each sentence and its words, with those of the sentence before one that begins with 其中."""
    before = ""
    for sentence in said:
        text = sentence.text
        yield sentence, before + text if PARTS.match(text) else text
        before = text
