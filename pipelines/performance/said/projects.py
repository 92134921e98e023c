"""How many projects were evaluated, what money they have and what share of the project
expenditure: 对2023年度9个项目开展绩效自评，涉及资金655万元，占项目支出总额的100%.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.performance.pack import Entry, Pack
from pipelines.performance.said.sentences import (
    ELSE,
    Sentence,
    amount,
    of_another_year,
    sentences,
)

KINDS = r"(?:部门预算|部门|单位|本级|年度|全部|财政|专项|预算|一般公共预算|政府性基金|二级)*"
MONEY_HERE = r"(?:，?（?(?:共?涉及)?[^，。；（）\d]{0,12}" + amount("m", "mu") + r"）?)?"
HOW = r"(?:，|全面|全部|逐一|均|都|已|按要求|按规定|认真|自行|全覆盖)*"
DONE = r"(?:组织)?(?:开展|进行|实施|完成)了?(?:20\d\d年度?)?(?:项目|支出|预算|单位|全面|年度)*"
SELF = r"(?:绩效|目标|完成情况|运行)*(?:自评|自我评价)"
# What follows 其中 is about parts; only the count of levels is not.
PARTS = re.compile(r"；|其中(?!，?：?(?:一级|二级)项目)")
BEFORE = re.compile(
    rf"(?P<n>\d+)(?:个|项)(?P<what>{KINDS}项目(?:支出)?){MONEY_HERE}{HOW}{DONE}{SELF}"
)
AFTER = re.compile(
    r"(?:(?:开展|进行|纳入|完成)了?(?:支出)?绩效自评的?|绩效自评)"
    rf"(?P<what>{KINDS}项目)(?:支出)?(?:共计?|合计|总数为?|数量为?|有|为)?(?P<n>\d+)(?:个|项)"
)
# 共开展9个项目的绩效自评
BETWEEN = re.compile(
    rf"(?:组织)?(?:开展|进行|实施|完成)了?(?P<n>\d+)(?:个|项)(?P<what>{KINDS}项目(?:支出)?)的?(?:支出)?绩效自评"
)
# Projects evaluated without a count of all: 对项目支出全面开展绩效自评.
WHOLE = re.compile(rf"项目支出{HOW}{DONE}{SELF}")
# 项目支出全面开展绩效自评，共涉及项目8个
AFTERWARDS = re.compile(
    rf"项目支出{HOW}{DONE}{SELF}，?共?涉及(?P<what>{KINDS}项目)(?:共|计)?(?P<n>\d+)(?:个|项)"
)
FORMS = (BEFORE, AFTER, BETWEEN, AFTERWARDS, WHOLE)
# What may stand before the number without making it a part; 等 ends a list of names.
WHOSE = re.compile(
    r"(?:^|[，、：]|对|组织|共|共有|共计|将|全部|所有|年度?|等|本(?:部门|单位|局|级|年|年度)"
    r"|我(?:部门|单位|局|委|办|院|校|中心)|全年|(?:部门|单位|局|委|会|院|校|中心|办公室|政府)的?)$"
)
OF_BUDGET = re.compile(r"一般公共预算|政府性基金|国有资本|财政专户|单位资金|二级|一级")
INVOLVED = re.compile(
    r"(?:涉及(?!项目)|覆盖|(?<![一-龥])资金(?:总额|总量|规模)?)(?P<kind>[^，。；、（）\d约近余]{0,16}?)(?:共计|合计|共|为|达)?"
    + amount("m", "mu")
)
SHARE = re.compile(
    r"占(?P<base>[^，。；%占\d]{0,4}(?:20\d\d)?[^，。；%占\d]{0,20}?)项目(?:支出|资金|预算|经费)"
    r"(?P<tail>(?:预算|决算|支出|资金)*(?:总额|总数|总量|总金额|总计|合计|金额)?)的?(?:比例|比重)?"
    r"(?:为|达到?|是)?(?P<p>\d+(?:\.\d+)?)%"
)
PLAIN_BASE = re.compile(
    r"(?:本|我|全|当)?(?:部门|单位|局|委|级|年度?|20\d\d|预算|决算|全部|全年|当年|年初|总|的|安排)*"
)
GENERAL_BASE = re.compile(
    r"(?:本|我)?(?:部门|单位|局|年度?|20\d\d|的)*一般公共预算(?:财政拨款)?的?"
)
# A condition on which of them (100万元以上的, 教育类) makes the money one of a part.
MONEY = re.compile(r"\d(?:亿元|万元|元)")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One statement. ``count``: of projects, where it is of all of them; ``listed``: after names
    (A、B等9个项目). ``money``: what these have, in 元. ``share``: percent of the project
    expenditure, ``general``: of that of the general public budget, ``budgeted``: of the budget.
    """

    sentence: Sentence
    count: Entry | None
    listed: bool
    money: Entry | None
    share: Entry | None
    general: bool
    budgeted: bool
    start: int
    end: int


def evaluated(pack: Pack, year: int | None) -> list[Evaluated]:
    """Every statement about the year's own projects as a whole."""
    found = [one for s in sentences(pack) if "自" in s.text for one in _statements(s, year)]
    counts = {one.count.text for one in found if one.count is not None}
    # Two lists of names with a number each are parts, unless the numbers are the same.
    return [o for o in found if not (o.listed and len(counts) > 1)]


def _statements(sentence: Sentence, year: int | None) -> Iterator[Evaluated]:
    head = PARTS.split(sentence.text)[0]
    told = next((m for p in FORMS if (m := p.search(head))), None)
    if told is None or ELSE.search(head) or of_another_year(head, year):
        return
    before = head[: told.start()]
    count = _count(sentence, told, before)
    money = _money(sentence, head, told)
    share, general, budgeted = _share(sentence, head)
    if count is None and share is None:
        return
    listed = before.endswith("等")
    at = (sentence.start + told.start(), sentence.start + told.end())
    yield Evaluated(sentence, count, listed, money, share, general, budgeted, *at)


def _count(sentence: Sentence, told: re.Match[str], before: str) -> Entry | None:
    """The number, where it is that of all projects and not of those of one budget or level."""
    if "n" not in told.re.groupindex or not WHOSE.search(before):
        return None
    if "专项" in told["what"] or OF_BUDGET.search(before[-40:] + told["what"]):
        return None
    return sentence.entry(told, told["n"])


def _money(sentence: Sentence, head: str, told: re.Match[str]) -> Entry | None:
    """What the projects have, where the sentence gives one amount."""
    if len(MONEY.findall(head)) != 1:
        return None
    inside = told.groupdict().get("m")
    if inside:
        return sentence.entry(told, inside, told["mu"])
    found = INVOLVED.search(head)
    return sentence.entry(found, found["m"], found["mu"]) if found else None


def _share(sentence: Sentence, head: str) -> tuple[Entry | None, bool, bool]:
    """(share, of the general public budget, of the budget): where the sentence gives one share of
    a base that is known.
    """
    found = SHARE.search(head)
    if found is None or head.count("%") != 1:
        return None, False, False
    general = GENERAL_BASE.fullmatch(found["base"]) is not None
    if not general and not PLAIN_BASE.fullmatch(found["base"]):
        return None, False, False
    words = found[0].replace("一般公共预算", "")
    involved = INVOLVED.search(head)
    budgeted = "预算" in words + (involved["kind"] if involved else "").replace("一般公共预算", "")
    return sentence.entry(found, found["p"], "%"), general, budgeted
