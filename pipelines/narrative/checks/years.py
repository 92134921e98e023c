"""N-17: every year by its role: state date, year of a statement, base of a comparison, period of a
self-evaluation, title.
"""

from __future__ import annotations

import re

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.units import NAME
from pipelines.narrative.vocabulary import vocabulary
from schemas.observation import Place

MESSAGE = "请核对年度：报告年度为{year}年，这里写的是“{words}”"
TITLE = "请核对年度：报告年度为{year}年，标题写的是{said}年"
YEAR = re.compile(r"(?<![\d〔（\[])(20\d\d)(?:年度|年)(?!\d{1,2}月(?!31日))")
STATE = re.compile(
    r"(?:截至|截止|至)?(?:20\d\d)年(?:12月31日|末|底|年末|年底|12月底)(?!前|之前|以前)"
)
HISTORY = re.compile(
    r"以前年度|历年|以来|结转|累计|文件|通知|办法|规定|条例|号|规划|期间|至20|-20|—20|~20|～20|〔|《|启动|成立|起|下达|印发"
    r"|疫情前|改革|保留|建成|竣工|投入使用|购于|购置于|政府收支分类|机构改革|划转|划入|修订"
)
FUND = re.compile(r"资金|专项|奖补|补助|奖励|经费项目")
NEXT = re.compile(r"结转|继续|下年|预算")
AGAINST = re.compile(r"[与比较和同从由](?:上年)?$")
SUBJECT = re.compile(
    rf"，?(?:本部门|本单位|我.{{1,3}}|{NAME})?(?:财政拨款)?"
    r"(?:收、?支|收入支出|本年收入|本年支出|一般公共预算|三公经费|政府性基金|国有资本|机关运行|政府采购|收入(?:总计|合计)|支出(?:总计|合计))"
)
STATED = re.compile(r"[^。，]*?(?:为|合计|支出|总计|总额|经费|金额)[均各共]*\d")
NOTHING = re.compile(
    rf"(?:本部门|本单位|我[局院校委会]|{NAME})?(?:没有|无|未(?:安排|发生|使用))[^。，]{{0,12}}"
    r"(?:政府性|国有|因公|公务|机关运行|政府采购|一般公共|三公)"
)
# 2021年、2022年和2023年: years that stand in one breath with others
LISTED = re.compile(r"20\d\d年?(?:度)?(?:(?:[、和及与至到]|[—\-~～]+)20\d\d年?(?:度)?)+")
FRONT = 4  # paragraphs at the top that may be the title
TITLE_LINE = re.compile(
    r"[^。，；：]{0,40}?(20\d\d)年度?[^。，；：\d]{0,16}决算[^。，；：\d]{0,16}"
)
SPAN = re.compile(r"[至到—\-~～]")
EVALUATED = re.compile(r"自评|绩效目标|绩效评价|绩效监控")


def collect(case: Case) -> None:
    """Every year of the text."""
    year = case.year or case.narrative.year
    if year is None:
        return
    wording = vocabulary().money_sections | {"performance", "statement", "other", "general"}
    for paragraph in case.narrative.outline.paragraphs:
        if paragraph.section.kind in wording and not paragraph.cell and not paragraph.endless:
            _paragraph(case, paragraph, year)
    _titles(case, year)
    _front(case, year)


def _paragraph(case: Case, paragraph: Paragraph, year: int) -> None:
    text = paragraph.normal.text
    if text.startswith(("（注", "注：")):
        return
    flagged: dict[int, list[Place]] = {}
    for found in YEAR.finditer(text):
        case.count("N-17")
        said = int(found[1])
        if _wrong(paragraph.section.kind, text, found, said, year):
            start, end = _quoted(text, found)
            flagged.setdefault(said, []).append(case.place("left", paragraph, start, end))
    for said, places in flagged.items():
        subject = f"{plain(paragraph.section.title) or '正文'}[{said}年]"
        case.report("N-17", subject, MESSAGE.format(year=year, words=places[0].quote), places)


def _quoted(text: str, found: re.Match[str]) -> tuple[int, int]:
    """The year with the date it belongs to and the two characters that follow: enough to know the
    place.
    """
    start = found.start() - 2 if text[: found.start()].endswith(("截至", "截止")) else found.start()
    date = re.match(r"20\d\d年(?:度|12月31日|末|底)?", text[found.start() :])
    end = found.start() + (date.end() if date else 0)
    return start, min(len(text), end + 2)


def _wrong(kind: str, text: str, found: re.Match[str], said: int, year: int) -> bool:
    """Whether a year does not fit the role it stands in."""
    compared = bool(AGAINST.search(text[max(0, found.start() - 3) : found.start()]))
    if _is_state(text, found) and not compared and said != year:
        return _wrong_date(_clause(text, found.start()), said, year)
    if year in _in_one_breath(text, found) or _told_one_by_one(text, found, said, year):
        return False
    subject = _is_subject(text, found) and not compared
    if said in (year, year - 1):
        return said == year - 1 and subject and not _contrasted(text, found, year)
    return subject or not _is_explained(kind, text, found, year)


def _in_one_breath(text: str, found: re.Match[str]) -> set[int]:
    """The years of the list or the span that a year stands in (2021年、2022年和2023年,
    2021—2025年); none where it stands alone.
    """
    for listed in LISTED.finditer(text):
        if listed.start() <= found.start() < listed.end():
            years = [int(y) for y in re.findall(r"20\d\d", listed[0])]
            span = range(min(years), max(years) + 1) if SPAN.search(listed[0]) else ()
            return {*years, *span}
    return set()


def _told_one_by_one(text: str, found: re.Match[str], said: int, year: int) -> bool:
    """Whether the sentence names every year from an older one on (2021年…，2022年…，2023年…;
    比2022年…，比2021年…); as the reason of this year's change an older one is worth a look.
    """
    start = text.rfind("。", 0, found.start()) + 1
    end = text.find("。", found.end())
    sentence = text[start : end if end >= 0 else len(text)]
    given = "原因" not in text[start : found.start()]
    last = f"{year - 1}年" in sentence or "上年" in sentence
    return (
        said < year - 1
        and given
        and last
        and all(f"{y}年" in sentence for y in range(said, year - 1))
    )


def _wrong_date(clause: str, said: int, year: int) -> bool:
    """Whether the date of what the unit holds is another year's: the last one's, or one without
    history.
    """
    return "结转" not in clause and (said == year - 1 or not HISTORY.search(clause))


def _is_explained(kind: str, text: str, found: re.Match[str], year: int) -> bool:
    """Whether a sentence may name an older year, or the next."""
    clause, said = _clause(text, found.start()), int(found[1])
    if kind == "performance" and not EVALUATED.search(clause):
        return True
    if said < year and (HISTORY.search(clause) or _is_fund(text, found, clause)):
        return True
    return said == year + 1 and (kind == "performance" or bool(NEXT.search(clause)))


def _is_state(text: str, found: re.Match[str]) -> bool:
    """截至2023年12月31日, 2023年末: the date of what the unit holds."""
    start = found.start() - 2 if text[: found.start()].endswith(("截至", "截止")) else found.start()
    return bool(STATE.match(text, start)) and "年初" not in text[found.start() : found.start() + 8]


def _contrasted(text: str, found: re.Match[str], year: int) -> bool:
    """Whether the sentence sets last year beside this one (2022年支出…，2023年支出…)."""
    end = text.find("。", found.end())
    return f"{year}年" in text[found.end() : end if end >= 0 else len(text)]


def _is_fund(text: str, found: re.Match[str], clause: str) -> bool:
    """A year in the name of a fund; as the reason of this year's change an older one is worth a
    look all the same.
    """
    sentence = text[text.rfind("。", 0, found.start()) + 1 : found.start()]
    return bool(FUND.search(clause)) and "原因" not in sentence


def _clause(text: str, at: int) -> str:
    start = max(text.rfind(c, 0, at) for c in "。；，") + 1
    stops = [i for i in (text.find(c, at) for c in "。；，") if i >= 0]
    return text[start : min(stops, default=len(text))]


def _is_subject(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence is said of this year: 2023年度本年收入合计…, X局2023年度没有…."""
    start = text.rfind("。", 0, found.start()) + 1
    before = text[start : found.start()]
    opens = not before or bool(re.fullmatch(rf"(?:本部门|本单位|我[局院校委会]|{NAME})", before))
    rest = text[found.end() : found.end() + 60]
    if not opens:
        return _nothing_said(text, start, found) and bool(NOTHING.match(rest))
    stated = SUBJECT.match(rest) and STATED.match(rest)
    return bool(stated or NOTHING.match(rest.lstrip("，")))


def _nothing_said(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a clause of its own begins with the year (…支出：本单位2023年度没有…), and not as
    the reason of a change.
    """
    before = text[start : found.start()]
    clause = before[max(before.rfind(mark) for mark in "，：；") + 1 :]
    alone = not clause or bool(re.fullmatch(rf"(?:本部门|本单位|我[局院校委会]|{NAME})", clause))
    return alone and not re.search(r"原因|因为|由于|上年|相比|较|[增减]", before)


def _front(case: Case, year: int) -> None:
    """The title of the document, which is no heading of a section."""
    for paragraph in case.narrative.outline.paragraphs[:FRONT]:
        found = TITLE_LINE.fullmatch(paragraph.normal.text)
        if found is None or paragraph.section.kind != "front" or int(found[1]) == year:
            continue
        case.count("N-17")
        words = case.place("left", paragraph, 0, len(paragraph.normal.text))
        message = TITLE.format(year=year, said=found[1])
        case.report("N-17", f"标题[{found[1]}年]", message, [words])


def _titles(case: Case, year: int) -> None:
    for heading in case.narrative.outline.headings:
        title = plain(heading.title)
        for found in re.finditer(r"(20\d\d)年(?:度)?[^。，]{0,16}?决算", title):
            case.count("N-17")
            compared = AGAINST.search(title[: found.start()])
            if int(found[1]) != year and not compared:
                words = case.words("left", heading.title, heading.start, heading.end)
                message = TITLE.format(year=year, said=found[1])
                case.report("N-17", f"{title}[{found[1]}年]", message, [words])


CHECK = Check(
    name="years",
    rules=("N-17",),
    title="年度一致",
    message=MESSAGE,
    run=collect,
    wrong="一、收入支出决算总体情况说明\n2023年度收、支总计5.00万元。\n国有资产占用情况说明\n截至2022年12月31日，共有车辆2辆。",
    right="一、收入支出决算总体情况说明\n2023年度收、支总计5.00万元。\n国有资产占用情况说明\n截至2023年12月31日，共有车辆2辆。",
)
