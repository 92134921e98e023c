"""Whose material it is and of which year, as far as the material itself says.

What does not belong here: the register (``pipelines/narrative/owner.py``).
"""

from __future__ import annotations

import re
from collections import Counter

from pipelines.performance.pack import Pack
from pipelines.performance.words import flat

YEARS = (
    (
        re.compile(
            r"（?(20\d\d)年度?）?(?:区级|县级|市级|省级)?(?:部门|项目|整体|预算)?.{0,12}(?:绩效|自评)"
        ),
        3,
    ),
    (re.compile(r"截至(20\d\d)年"), 2),
    (re.compile(r"（(20\d\d)年度?）"), 2),
    (re.compile(r"(20\d\d)年(?:度|，|年初|我局|本部门)"), 1),
)
SIGNED = re.compile(r"^20\d\d年\d{1,2}月\d{1,2}日$")
NAMED = re.compile(
    r"(?:编制单位|实施单位|单位名称|填报单位|预算单位|评价单位|部门名称)(?:（[^（）]{0,3}[盖公签]章）)?：?(?P<u>[一-龥][一-龥（）]{2,29})"
)
TITLED = re.compile(
    r"^(?P<u>[一-龥（）]{3,30}?(?:局|委员会|办公室|中心|院|厅|处|会|校|所|队|站|馆|园|社|府|办|委|部|集团|公司|街道|镇|乡))(?:关于)?(?:20\d\d年度?)?(?:部门|预算|整体|项目|绩效)"
)
UNIT_END = re.compile(
    r"[一-龥（）]{3,30}(?:局|委员会|办公室|中心|院|厅|处|会|校|所|队|站|馆|园|社|府|办|委|部|街道|镇|乡)"
)


# Labels that run into a name where a table without lines is read as text.
LABEL = re.compile(
    r"项目(?:资金|名称|负责|单位|编码|预算|支出|类[别型]|基本情况)|项目(?:基本?)?$|实施单位|主管部门|联系[人电]|填报[日人时]|金额单位"
)


def identify(pack: Pack, title: str = "") -> None:
    """Puts the unit's names (the likeliest first) and the year into the pack."""
    votes: Counter[int] = Counter()
    names: Counter[str] = Counter()
    lines = [*map(flat, title.split("\n")), *(p.normal.text for _, p in pack.paragraphs())]
    lines += [flat(t.title) for t in pack.tables]
    for line in lines:
        _vote(line[:400], votes, names)
    _signature(pack, names)
    _of_projects(pack, names)
    pack.units = [n for n, _ in sorted(names.items(), key=lambda x: (-x[1], -len(x[0])))]
    pack.year = votes.most_common(1)[0][0] if votes else None


def _vote(line: str, votes: Counter[int], names: Counter[str]) -> None:
    for pattern, weight in YEARS:
        for found in pattern.finditer(line):
            votes[int(found[1])] += weight
    if (named := NAMED.search(line)) and (name := _alone(named["u"])):
        names[name] += 3
    if (titled := TITLED.match(line)) and not LABEL.search(titled["u"]):
        names[titled["u"]] += 2


def _alone(name: str) -> str:
    """A name without the labels that run into it."""
    found = LABEL.search(name)
    return name[: found.start()] if found else name


def _of_projects(pack: Pack, names: Counter[str]) -> None:
    """Who carried the projects out; the department above stands in where nobody else is named."""
    for field in ("实施单位", "部门名称"):
        for table in pack.projects:
            done_by = table.fields.get(field)
            if done_by is not None and done_by.said:
                names[done_by.text] += 1
    if not names:
        above = (t.fields.get("主管部门") for t in pack.projects)
        names.update(e.text for e in above if e is not None and e.value.state == "text")


def _signature(pack: Pack, names: Counter[str]) -> None:
    """The line above the date."""
    for prose in pack.prose:
        for above, below in zip(prose.paragraphs, prose.paragraphs[1:], strict=False):
            if SIGNED.match(below.normal.text) and UNIT_END.fullmatch(above.normal.text):
                names[above.normal.text] += 4
