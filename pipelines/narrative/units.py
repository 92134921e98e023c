"""The unit's name as the document prints it: in titles, in set phrases, above the date at the end.

What does not belong here: whether the names agree (``check_wording.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Outline

KINDS = (
    "(?:委员会|办公室|人民政府|管理局|分局|总局|中心|学校|中学|小学|幼儿园|医院|大学|学院|研究院|研究所|法院|检察院|联合会|总工会|商会|协会"
    "|服务站|管理站|工作站|管理处|办事处|事务所|管理所|大队|支队|总队|图书馆|博物馆|文化馆|档案馆|纪念馆|体育馆|公园|林场|党校|报社|电视台|有限公司"
    "|[局委院校厅处所站队馆办会部社场园署]|街道|妇联|团委|政协|人大)"
)
NAME = rf"[一-龥（）]{{2,40}}?{KINDS}(?:（?本级）?)?"
PERSONAL = re.compile(
    r"^(?:我|本|该|各|全|其|所属|下属|省|市|区|县|有关|相关|部门|单位|同级)+[局委院校厅处所站队馆办会部单位门]*$|部门|本单位"
)
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
        rf"(?:^|20\d\d年(?:度)?)(?P<u>{NAME})(?:20\d\d年(?:度)?)?(?:部门|单位)决算(?:的?公开|编制|情况|的?说明|$)"
    ),
    re.compile(rf"^第[一二三四]部分(?P<u>{NAME})(?:部门|单位)?概况$"),
    re.compile(rf"(?P<u>{NAME})为[^，。]{{2,30}}(?:内设机构|工作部门|直属机构|事业单位)"),
)
DATE = re.compile(r"20\d\d年\d{1,2}月\d{1,2}日")
PREFIX = re.compile(r"^.*?(?:20\d\d年(?:度)?|截至|全年|期末|年末|[，。；：、]|根据|按照|[0-9])")


def _trim(name: str) -> str:
    name = PREFIX.sub("", name)
    name = re.sub(r"^(?:其中|纳入|形成|组织|关于|度|年|的|日|，)+", "", name)
    name = re.sub(r"^（|（(?:本级|部门)）$", "", name)
    return (
        name if name.count("（") == name.count("）") else name.replace("（", "").replace("）", "")
    )


def name_mentions(text: str, plan: Outline) -> list[tuple[str, int, int, str]]:
    """(name, start, end, section title) of each place where the unit itself is named."""
    found: list[tuple[str, int, int, str]] = []
    for paragraph in plan.paragraphs:
        normal = paragraph.normal
        if paragraph.endless:
            continue
        for slot in SLOTS:
            for match in slot.finditer(normal.text):
                name = _trim(match["u"])
                part = (
                    "其中"
                    in normal.text[normal.text.rfind("。", 0, match.start()) + 1 : match.end("u")]
                )
                if len(name) < 3 or PERSONAL.search(name) or (part and "部门整体" not in match[0]):
                    continue
                at = match.end("u") - len(match["u"]) + match["u"].rfind(name)
                start, end = normal.span(at, at + len(name))
                found.append((name, start, end, paragraph.section.title))
    return found + _headings(plan) + _signatures(text, plan)


def _headings(plan: Outline) -> list[tuple[str, int, int, str]]:
    found = []
    for heading in plan.headings:
        title = plain(heading.title)
        for slot in SLOTS[6:8]:
            match = slot.search(re.sub(r"^第[一二三四五]部分(?!.*概况$)", "", title))
            if match and not PERSONAL.search(_trim(match["u"])) and len(_trim(match["u"])) >= 3:
                found.append((_trim(match["u"]), heading.start, heading.end, heading.title))
    return found


def _signatures(text: str, plan: Outline) -> list[tuple[str, int, int, str]]:
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


def unit_names(text: str, plan: Outline) -> list[str]:
    """Names of the unit, the most often used first; equal counts by length."""
    counts = Counter(name for name, *_ in name_mentions(text, plan))
    return sorted(counts, key=lambda n: (-counts[n], -len(n), n))
