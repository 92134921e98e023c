"""What a project had and spent: 项目全年预算数100万元，执行数90万元，完成预算的90%.

What does not belong here: how many projects there are (``projects.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.performance.pack import Entry, Pack
from pipelines.performance.said.sentences import Sentence, amount, of_another_year, sentences

REMARK = r"(?:（[^（）]{0,60}）)?"


def _budget(kind: str, number: str, unit: str) -> str:
    """The pattern of a budget; the names are those of its groups."""
    return (
        rf"(?P<{kind}>全年|年度|年初|调整后的?|调整)?(?:项目|安排)?预算"
        rf"(?:数|资金|总额|金额|安排)?(?:资金)?(?:为|共|是|：)?{amount(number, unit)}{REMARK}"
    )


DONE = (
    r"(?:截至[^，。]{0,14}，)?(?:实际|全年|年度|项目|累计|预算)*"
    r"(?:执行数?|支出数?|支付数?)(?:金额|资金|总额)?(?:为|共|：)?" + amount("d", "du") + REMARK
)
RATE = (
    r"(?:完成(?P<of>全年|年度|年初|调整后|项目)?预算(?:数)?的?"
    r"|(?:预算)?(?:执行|完成)率(?:为|达到?|：)?"
    r"|占(?:全年|年初|项目)?预算(?:数)?的)(?P<r>\d+(?:\.\d+)?)%"
)
MARK = r"[，、；]?"
SPENT = re.compile(
    f"{_budget('k', 'n', 'u')}{MARK}(?:{_budget('k2', 'n2', 'u2')}{MARK})?{DONE}(?:{MARK}{RATE})?"
)
ABOUT = re.compile(r"绩效|自评")
# Only these words stand in statements of performance alone; others are those of the accounts too.
OWN_WORDS = re.compile(r"执行数")
OTHERS = re.compile(r"上年|去年|往年|下属|所属|二级单位|计划|拟|下年|明年")
# What may stand before and after a project's name; else it is part of a longer one.
LEFT = r"(?:^|(?<=[，。；、：（）.．\d对的为将（]))"
RIGHT = (
    r"(?=(?:专项)?(?:项目|经费|资金|支出|费)*"
    r"(?:$|[，。；：、（）]|绩效|自评|综述|情况|全年|年初|年度|调整|预算|执行))"
)

# Words for any project; what is left of 项目 and 经费 names another one.
GENERIC = re.compile(
    r"^(?:专项)?(?:项目|经费|资金|支出|费)*|(?:该|本)(?:项目|经费|资金)|(?<=[，。；：])项目"
)
OTHER = re.compile(r"项目|经费|专项")


@dataclass(frozen=True, slots=True)
class Spent:
    """One statement. ``budgets``: (年初 or 全年 or empty, amount in 元); ``of``: the kind that the
    rate is said to be of. ``before``: what the text says before it, from the last statement on.
    """

    sentence: Sentence
    budgets: tuple[tuple[str, Entry], ...]
    done: Entry
    rate: Entry | None
    of: str
    before: str

    def project(self, names: Iterable[str]) -> str:
        """The project it is about, by the name that stands last before it; empty where none does,
        or where another project may be named after it.
        """
        places = {n: _last(n, self.before) for n in names if n}
        name = max(
            (n for n in places if places[n] >= 0), key=lambda n: (places[n], len(n)), default=""
        )
        between = GENERIC.sub("", self.before[places[name] :]) if name else ""
        return "" if OTHER.search(between) else name


def _last(name: str, text: str) -> int:
    pattern = re.compile(LEFT + re.escape(name) + RIGHT)
    return max((m.end() for m in pattern.finditer(text)), default=-1)


def spent(pack: Pack, year: int | None) -> list[Spent]:
    """Every statement about the year."""
    return [one for s in sentences(pack) if "预算" in s.text for one in _statements(s, year)]


def _statements(sentence: Sentence, year: int | None) -> Iterator[Spent]:
    last = 0
    for found in SPENT.finditer(sentence.text):
        before = sentence.text[last : found.start()]
        last = found.end()
        if not _is_own(sentence, found) or of_another_year(before, year) or OTHERS.search(before):
            continue
        told = _heading(sentence) + before
        yield Spent(sentence, _budgets(sentence, found), *_done(sentence, found), told)


def _is_own(sentence: Sentence, found: re.Match[str]) -> bool:
    if OWN_WORDS.search(found[0]):
        return True
    around = sentence.paragraph.section + sentence.paragraph.normal.text
    return ABOUT.search(around) is not None and "决算" not in found[0]


def _heading(sentence: Sentence) -> str:
    """The heading and what stands before the sentence in its paragraph."""
    paragraph = sentence.paragraph
    return f"{paragraph.section}。{paragraph.normal.text[: sentence.start]}"


def _budgets(sentence: Sentence, found: re.Match[str]) -> tuple[tuple[str, Entry], ...]:
    told = [("k", "n", "u"), ("k2", "n2", "u2")]
    return tuple(
        (_kind(found[k]), sentence.figure(found, n, found[u])) for k, n, u in told if found[n]
    )


def _kind(words: str | None) -> str:
    if words == "年初":
        return "年初"
    return "全年" if words in ("全年", "调整后", "调整后的", "调整") else ""


def _done(sentence: Sentence, found: re.Match[str]) -> tuple[Entry, Entry | None, str]:
    done = sentence.figure(found, "d", found["du"])
    rate = sentence.figure(found, "r", "%") if found["r"] else None
    return done, rate, _kind(found["of"])
