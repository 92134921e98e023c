"""The unit's name as the document prints it: in titles, in set phrases, as the subject of a
sentence, above the date at the end.

What does not belong here: whether the names agree (``checks/names.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Outline

KINDS = (
    "(?:委员会|办公室|研究室|编纂室|教研室|人民政府|管理局|分局|总局|中心|学校|中学|小学|幼儿园|医院|大学|学院|研究院|研究所|法院|检察院|联合会|总工会|商会|协会"
    "|服务站|管理站|工作站|管理处|办事处|事务所|管理所|大队|支队|总队|图书馆|博物馆|文化馆|档案馆|纪念馆|体育馆|公园|林场|党校|报社|电视台|气象台|地震台|监狱|戒毒所|少年宫|文化宫|歌舞团|艺术团|剧团|指挥部|有限公司"
    "|残联|工商联|文联|科协|侨联|社联|[局委院校厅处所站队馆办会部社场园署]|街道|妇联|团委|政协|人大)"
)
NAME = rf"[一-龥（）]{{2,40}}?{KINDS}(?:（?本级）?)?"
PLACE = r"[一-龥]{1,12}[镇乡]"
PERSONAL = re.compile(
    r"^(?:我|本|该|各|全|其|所属|下属|省|市|区|县|有关|相关|部门|单位|同级)+[局委院校厅处所站队馆办会部单位门]*$|部门|本单位|^财政|单位"
)
TITLE = re.compile(
    rf"^(?:关于)?(?P<u>{NAME}|{PLACE})(?:（[^（）]{{2,6}}）)?(?:关于)?(?:20\d\d|二[〇○零].{{2}})年(?:度)?[^。"
    r"]{0,30}(?:决算|三公)"
)
YEAR_FIRST = re.compile(
    rf"^(?:关于)?(?:20\d\d|二[〇○零].{{2}})年(?:度)?(?P<u>{NAME}|{PLACE})(?:（?(?:部门|单位|本级)）?)?(?:收支)?(?:三公经费)?决算"
)
# a name on a line of its own, above 2023年度部门决算
ALONE = re.compile(rf"(?P<u>{NAME}|{PLACE})")
TITLED = re.compile(r"^.{2,40}?(?:20\d\d|二[〇○零].{2})年(?:度)?.{0,12}决算")
SLOTS = (
    re.compile(
        rf"(?P<u>{NAME})(?:（部门）)?下(?:属|设)(?:的)?(?:二级)?(?:预算)?(?:单位|机构|处室)?\d"
    ),
    re.compile(rf"纳入(?P<u>{NAME})(?:本级)?20\d\d年(?:度)?(?:部门|单位)决算"),
    re.compile(rf"(?P<u>{NAME})(?:部门)?机关运行经费(?:支出)?\d"),
    re.compile(rf"(?P<u>{NAME})(?:部门)?政府采购支出(?:总额|合计)?\d"),
    re.compile(rf"(?P<u>{NAME})(?:部门)?共有车辆"),
    re.compile(rf"(?:形成|其中，|组织)(?P<u>{NAME})(?:20\d\d年(?:度)?)?部门整体"),
    re.compile(
        rf"(?:^|20\d\d年(?:度)?)(?P<u>{NAME})(?:20\d\d年(?:度)?)?（?(?:部门|单位)）?决算(?:的?公开|编制|情况|的?说明|$)"
    ),
    re.compile(rf"^第[一二三四]部分(?P<u>{NAME})(?:部门|单位)?概况$"),
    re.compile(rf"(?P<u>{NAME})为[^，。]{{2,30}}(?:内设机构|工作部门|直属机构|事业单位)"),
)
# the subject of a sentence that a unit only says of itself
SUBJECT = re.compile(
    rf"(?:^|[。；，：]|20\d\d年(?:度)?|月31日|年末|年底)(?P<u>{NAME})"
    r"(?=20\d\d年度?(?:[^\d，。"
    r"]{0,8})(?:没有|无|未|收入|支出|三公|政府性|国有|一般公共|财政拨款|机关运行|政府采购|本年|部门|公务)"
    r"|(?:没有|无)(?:机关|政府|国有|使用|因公|公务)|(?:对|组织对)(?:\d|全部|所有|本)[^。，"
    r"]{0,8}(?:个|项)|为(?:全额|差额|自收)?[^，。]{0,6}(?:事业|行政|参公)"
    r"|(?:机关)?(?:占用|占有|共有|拥有)|(?:三公|机关运行|政府采购))"
)
OTHERS = re.compile(
    r"财政|人民政府$|党委|党组|人大|政协|审计厅|第三方|组织部|主管|上级|国务院|中央|省委|市委|县委|区委|评审|机构$"
)
DATE = re.compile(r"20\d\d年\d{1,2}月\d{1,2}日")
PREFIX = re.compile(r"^.*?(?:20\d\d年(?:度)?|截至|全年|期末|年末|[，。；：、]|根据|按照|[0-9])")
SHORT_FORM = re.compile(r"（(?:以下|下)?(?:简)?称：?([一-龥]{2,20})）")
OWN = "（本级）"
BRANCH = re.compile(r"（?本级）?$")
FRONT = 6  # lines at the top that may be the title
NOT_SELF = ("overview", "glossary", "annex", "tables", "contact", "contents")
Mention = tuple[str, int, int, str]


def _trim(name: str) -> str:
    name = PREFIX.sub("", name)
    name = re.sub(r"^(?:其中|纳入|形成|组织|关于|度|年|的|日|，)+", "", name)
    name = re.sub(r"^（|（(?:本级|部门)）$", "", name)
    return (
        name if name.count("（") == name.count("）") else name.replace("（", "").replace("）", "")
    )


def name_mentions(text: str, plan: Outline) -> list[Mention]:
    """(name, start, end, section title) of each place where the unit itself is named;
    titles first.
    """
    found = _titles(text)
    for paragraph in plan.paragraphs:
        if not paragraph.endless:
            found += _in_paragraph(paragraph)
    return found + _headings(plan) + _signatures(text, plan)


def _in_paragraph(paragraph) -> list[Mention]:  # type: ignore[no-untyped-def]
    normal = paragraph.normal
    found = []
    for match in _named_in(paragraph):
        name = _trim(match["u"])
        if len(name) < 3 or PERSONAL.search(name) or _of_a_part(normal.text, match):
            continue
        at = match.end("u") - len(match["u"]) + match["u"].rfind(name)
        start, end = normal.span(at, at + len(name))
        found.append((name, start, end, paragraph.section.title))
    return list(dict.fromkeys(found))


def _named_in(paragraph) -> Iterator[re.Match[str]]:  # type: ignore[no-untyped-def]
    """Where a name stands as the unit's: in set phrases, and as the subject of what only the unit
    says of itself.
    """
    text = paragraph.normal.text
    for slot in SLOTS:
        yield from slot.finditer(text)
    if paragraph.section.kind not in NOT_SELF:
        yield from (m for m in SUBJECT.finditer(text) if not OTHERS.search(_trim(m["u"])))


def _of_a_part(text: str, match: re.Match[str]) -> bool:
    """Whether one of the unit's parts is named: after 其中, but for the unit evaluated as a
    whole.
    """
    sentence = text[text.rfind("。", 0, match.start()) + 1 : match.end("u")]
    return "其中" in sentence and "部门整体" not in match[0]


def _titles(text: str) -> list[Mention]:
    """The unit of a title: an institution before or after the year in one of the first lines."""
    found = []
    start = 0
    lines = text[:2000].splitlines(keepends=True)[: 2 * FRONT]
    for line in lines:
        normal = normalise(text, [(start, start + len(line))])
        match = TITLE.search(normal.text) or YEAR_FIRST.search(normal.text)
        if (
            match is None
            and ALONE.fullmatch(normal.text)
            and TITLED.search(plain(text[start:2000]))
        ):
            match = ALONE.fullmatch(normal.text)
        if match and len(normal.text) < 60 and not PERSONAL.search(match["u"]):
            name = _trim(match["u"])
            name += OWN if _of_the_unit_alone(normal.text, match, name) else ""
            if len(name) >= 2:
                first, last = normal.span(match.start("u"), match.end("u"))
                found.append((name, first, last, ""))
        start += len(line)
    return found[:1]


def _of_the_unit_alone(text: str, match: re.Match[str], name: str) -> bool:
    """Whether a title says that it is of the unit without its subordinates (X局（本级）)."""
    told = re.search(r"（?本级）?$", match["u"]) or text.startswith(OWN, match.end("u"))
    return bool(told) and not name.endswith("本级")


def spellings(name: str) -> list[str]:
    """How a name with 本级 may be registered: as it is, without brackets, without 本级."""
    bare = BRANCH.sub("", name)
    return list(dict.fromkeys((name, f"{bare}本级", bare))) if bare != name else [name]


def _headings(plan: Outline) -> list[Mention]:
    found = []
    for heading in plan.headings:
        title = plain(heading.title)
        for slot in SLOTS[6:8]:
            match = slot.search(re.sub(r"^第[一二三四五]部分(?!.*概况$)", "", title))
            if match and not PERSONAL.search(_trim(match["u"])) and len(_trim(match["u"])) >= 3:
                found.append((_trim(match["u"]), heading.start, heading.end, heading.title))
    return found


def _signatures(text: str, plan: Outline) -> list[Mention]:
    """A line that is only a unit's name, above a date."""
    found = []
    for this, following in pairwise(plan.paragraphs):
        name = this.normal.text
        if (
            re.fullmatch(NAME, name)
            and DATE.fullmatch(following.normal.text)
            and not PERSONAL.search(name)
        ):
            found.append((name, this.start, this.end, this.section.title))
    return found


def unit_names(mentions: Iterable[Mention]) -> list[str]:
    """Names of the unit, the one of the title first, then the most often used; equal counts by
    length.
    """
    listed = list(mentions)
    counts = Counter(name for name, *_ in listed)
    titled = {name for name, _, _, section in listed[:1] if not section}
    return sorted(counts, key=lambda n: (n not in titled, -counts[n], -len(n), n))


def short_forms(text: str) -> list[str]:
    """The short names that the text introduces (以下简称…)."""
    return [m[1] for m in SHORT_FORM.finditer(plain(text))]


def owners(text: str, names: list[str]) -> re.Pattern[str] | None:
    """The unit's names as they stand before a quantity, with 本级 or its subordinates."""
    own = [BRANCH.sub("", name) for name in names[:1]] + short_forms(text)
    endings = {name[i:] for name in own for i in range(1, len(name) - 3)}
    known = sorted({*own, *endings}, key=len, reverse=True)
    if not known:
        return None
    tail = (
        r"(?:（?本级）?|机关(?!运行))?(?:[及和、"
        r"与]?(?:所属|下属|直属)(?:各)?(?:预算|事业)?(?:单位|部门))?"
    )
    return re.compile(f"(?:{'|'.join(map(re.escape, known))}){tail}")
