"""N-16"""
from __future__ import annotations

import re

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.vocabulary import Leftover, vocabulary
from schemas.observation import Place

EMPTY_AMOUNT = re.compile(
    r"(?:支出|收入|决算|合计|总计|费|增加|减少|增长|下降|预算数?|决算数|为|持平)(?:了)?(?P<u>万元|元|%)(?=[，。；、）]|占|$)"
)
EMPTY_SHARE = re.compile(r"占(?P<u>%)")
NO_SIGN = re.compile(r"(?:占|完成(?:全年|年初)?预算(?:的)?)(?P<n>\d+(?:\.\d+)?)(?=[，。；）]|$)")
NO_SIGN_RATE = re.compile(r"(?:增长|下降)(?P<n>\d+\.\d+)(?=[，。；）]|$)")
YUAN = re.compile(r"\d(?:\.\d+)?(?<!万)(?<!亿)(?<!千)(?<!百)元(?!素|旦|月)")
WAN = re.compile(r"\d万元")
THRESHOLD = re.compile(
    r"(?:单(?:价|位价值)|原值|价值|限额|标准)[^，。；]{0,8}?\d+(?:\.\d+)?万?元(?:（含）)?(?:及)?以[上下]|每[人次件台天][^，。；]{0,8}?\d+(?:\.\d+)?元|人均[^，。；]{0,10}?\d+(?:\.\d+)?元"
)


def collect(case):
    """x"""
    wording = vocabulary().wording_sections
    for paragraph in case.narrative.outline.paragraphs:
        if not paragraph.endless and paragraph.section.kind in wording:
            case.count("N-16")
            _leftovers(case, paragraph)
    _title_leftovers(case)


def is_prose(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a sentence rather than a table's cell or a chart's label."""
    text = paragraph.normal.text
    return not paragraph.cell and (len(text) >= 25 or bool(re.search(r"[。；，：]", text)))


def _leftovers(case: Case, paragraph: Paragraph) -> None:
    text = paragraph.normal.text
    taken: list[tuple[int, int]] = []
    for leftover in vocabulary().leftovers:
        if leftover.prose and not is_prose(paragraph):
            continue
        spans = [m.span() for m in leftover.pattern.finditer(text) if m.end() > m.start()]
        spans = [s for s in spans if not any(a <= s[0] and s[1] <= b for a, b in taken)]
        taken += spans
        if spans:
            places = [
                case.place("left", paragraph, *_widened(text, *s)) for s in _merged(text, spans)
            ]
            _report(case, leftover, paragraph.section.title, places, text)


def _merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans of one clause as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and not re.search(r"[。；，]", text[found[-1][1] : start]):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A mark that says nothing on its own (……) with the words before it."""
    if end - start > 4 or text[start] not in "….。·×X_":
        return start, end
    before = max((text.rfind(c, 0, start) for c in "。；，：、"), default=-1)
    return max(before + 1, start - 12), end


def _report(case: Case, leftover: Leftover, section: str, places: list[Place], text: str) -> None:
    quotes = "、".join(f"“{_short(p.quote or '')}”" for p in places[:4])
    name = "有待填写的内容" if leftover.open_place else f"遗留模板文字（{leftover.id}）"
    subject = f"{plain(section) or '正文'}[{leftover.id}：{re.sub(r'[0-9.,，%]', '', text)[:16]}]"
    case.report("N-16", subject, f"{name}：{quotes}。{leftover.advice}", places)


def _short(quote: str) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= 40 else flat[:38] + "…"


def _title_leftovers(case: Case) -> None:
    """Titles that still say 范本 or 增加/减少."""
    for heading in case.narrative.outline.headings:
        normal = normalise(case.narrative.text, [(heading.start, heading.end)])
        for leftover in vocabulary().leftovers:
            if found := leftover.pattern.search(normal.text):
                start, end = normal.span(*found.span())
                _report(
                    case,
                    leftover,
                    heading.title,
                    [case.words("left", heading.title, start, end)],
                    normal.text,
                )




CHECK = Check("leftovers", ("N-16",), "没有遗留的模板文字", "", collect, "", "")
