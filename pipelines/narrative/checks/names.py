"""N-18: every organisation that stands where the unit speaks of itself is the unit, by its name, an
alias or a short form.
"""

from __future__ import annotations

import re
from collections import Counter

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.normal import plain
from pipelines.narrative.units import NOT_SELF, short_forms
from schemas.observation import Place

MESSAGE = "请统一单位名称，或在名册中登记别名：“{name}”与{source}“{known}”不一致"
BRANCH = re.compile(r"（?(?:本级|机关|部门)）?$")
FULL = 6  # shorter names may be the end of another unit's name


def collect(case: Case) -> None:
    """Every name of the unit is the registered one, an alias, or its short form."""
    known = [plain(n) for n in case.names if n] or _own_names(case)
    if not case.narrative.mentions or not known:
        return
    source = "名册名称（别名）" if case.names else "全文主要用名"
    for name, found in _others(case, known).items():
        message = MESSAGE.format(name=name, source=source, known=known[0])
        case.report("N-18", f"单位名称[{name}]", message, found)


def _others(case: Case, known: list[str]) -> dict[str, list[Place]]:
    """Names that are not the unit's and not those of its parts, with the places they stand at."""
    introduced = [plain(n) for n in short_forms(case.narrative.text)]
    members = _members(case)
    places: dict[str, list[Place]] = {}
    for name, start, end, section in sorted(set(case.narrative.mentions), key=lambda m: m[1]):
        case.count("N-18")
        if not same_unit(name, known, introduced) and name not in members:
            places.setdefault(name, []).append(case.words("left", section, start, end))
    return places


def _own_names(case: Case) -> list[str]:
    """Without a register: the name of the title, else the one most used with its full form."""
    mentions = case.narrative.mentions
    if mentions and not mentions[0][3]:
        title = mentions[0][0]
        return [title, *_longer(case, title)]
    counts = Counter(m[0] for m in set(mentions))
    if not counts:
        return []
    best = max(
        counts,
        key=lambda n: (sum(c for m, c in counts.items() if m in n or n in m), counts[n], len(n)),
    )
    return [best, *_longer(case, best)]


def _longer(case: Case, name: str) -> list[str]:
    names = {m[0] for m in case.narrative.mentions}
    return [n for n in names if n != name and (n.endswith(name) or name.endswith(n))]


def _members(case: Case) -> set[str]:
    """Names that the overview lists: the unit's own parts and subordinates."""
    told = "".join(
        p.normal.text for p in case.narrative.outline.paragraphs if p.section.kind in NOT_SELF[:1]
    )
    return {m[0] for m in case.narrative.mentions if m[0] in told and told.count("单位") > 1}


def same_unit(name: str, known: list[str], introduced: list[str]) -> bool:
    """Whether a name is one of the unit's: whole, its end (县审计局), or with the place
    before it.
    """
    name = BRANCH.sub("", name)
    bare = [BRANCH.sub("", own) for own in known]
    for own in bare:
        longer = name.endswith(own) and len(own) >= FULL
        if name == own or own.endswith(name) or longer:
            return True
    return any(name == short or short.endswith(name) for short in introduced)


CHECK = Check(
    name="names",
    rules=("N-18",),
    title="单位名称一致",
    message=MESSAGE,
    run=collect,
    wrong=(
        "松岭县档案馆2023年度部门决算公开说明\n一、收入支出决算总体情况说明\n2023年度收、支总计5.00万元。\n"
        "政府采购支出说明\n松岭县图书馆2023年度政府采购支出总额1.00万元。"
    ),
    right=(
        "松岭县档案馆2023年度部门决算公开说明\n一、收入支出决算总体情况说明\n2023年度收、支总计5.00万元。\n"
        "政府采购支出说明\n松岭县档案馆2023年度政府采购支出总额1.00万元。"
    ),
)
