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
    _unit_names(case)


# the unit's name (N-18) ------------------------------------------------------


def _unit_names(case: Case) -> None:
    """Every name of the unit is the registered one, an alias, or its short form."""
    mentions = case.narrative.mentions
    if not mentions:
        return
    known = [plain(n) for n in case.names if n] or _own_names(case)
    if not known:
        return
    places: dict[str, list[Place]] = {}
    for name, start, end, section in sorted(set(mentions), key=lambda m: m[1]):
        case.count("N-18")
        if not _same_unit(name, known):
            places.setdefault(name, []).append(case.words("left", section, start, end))
    for name, found in places.items():
        source = "名册名称（别名）" if case.names else "全文主要用名"
        message = f"单位名称“{name}”与{source}“{known[0]}”不一致，请统一，或在名册中登记为别名"
        case.report("N-18", f"单位名称[{name}]", message, found)


def _own_names(case: Case) -> list[str]:
    """Without a register: the name most used with its full form, and the short forms the text introduces."""
    counts = Counter(m[0] for m in set(case.narrative.mentions))
    if not counts:
        return []
    best = max(
        counts,
        key=lambda n: (sum(c for m, c in counts.items() if m in n or n in m), counts[n], len(n)),
    )
    longer = [n for n in counts if n.endswith(best) or best.endswith(n)]
    return [best, *longer, *_introduced(case)]


def _introduced(case: Case) -> list[str]:
    text = plain(case.narrative.text)
    return [m[1] for m in re.finditer(r"（(?:以下|下)?简称：?([一-龥]{2,20})）", text)]


def _same_unit(name: str, known: list[str]) -> bool:
    name = BRANCH.sub("", name)
    bare = [BRANCH.sub("", own) for own in known]
    return any(
        name == own or own.endswith(name) or (name.endswith(own) and len(own) >= 4) for own in bare
    )


CHECK = Check("names", ("N-18",), "单位名称一致", "", collect, "", "")
