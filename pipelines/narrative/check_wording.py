"""Words rather than amounts: template left-overs (N-16) and units of measure (N-20)."""

from __future__ import annotations

import re

from pipelines.narrative.case import Case
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


def check_wording(case: Case) -> None:
    """Left-overs everywhere; units in the sections that give figures."""
    wording = vocabulary().wording_sections
    for paragraph in case.narrative.outline.paragraphs:
        if paragraph.endless:
            continue
        if paragraph.section.kind in wording:
            case.count("N-16")
            _leftovers(case, paragraph)
        if paragraph.section.kind in vocabulary().money_sections and is_prose(paragraph):
            _units(case, paragraph)
    _title_leftovers(case)
    _bare_numbers(case)


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


def _sentences(paragraph: Paragraph) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^。]+。?", paragraph.normal.text)]


def _units(case: Case, paragraph: Paragraph) -> None:
    for start, end in _sentences(paragraph):
        sentence = paragraph.normal.text[start:end]
        if re.match(r"（?(?:注：|图\d)", sentence) or not re.search(r"元|%|占", sentence):
            continue
        case.count("N-20")
        _without_number(case, paragraph, start, sentence)
        _without_sign(case, paragraph, start, sentence)
        _mixed(case, paragraph, start, sentence)


def _without_number(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    for pattern in (EMPTY_AMOUNT, EMPTY_SHARE):
        for found in pattern.finditer(sentence):
            if "单位" in sentence[max(0, found.start() - 6) : found.end()]:
                continue
            words = case.place("left", paragraph, start + found.start(), start + found.end())
            subject = f"{plain(paragraph.section.title) or '正文'}[缺少数字]"
            case.report(
                "N-20", subject, f"有计量单位没有数字：“{words.quote}”，请补上数字或改写", [words]
            )


def _without_sign(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    for pattern in (NO_SIGN, NO_SIGN_RATE):
        for found in pattern.finditer(sentence):
            words = case.place("left", paragraph, start + found.start(), start + found.end())
            subject = f"{plain(paragraph.section.title) or '正文'}[缺少百分号]"
            case.report("N-20", subject, f"比例没有百分号：“{words.quote}”", [words])


def _mixed(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    """元 beside 万元 in one sentence; thresholds and standards (单价100万元以上, 每人50元) do not count."""
    masked = THRESHOLD.sub(lambda m: "＃" * len(m[0]), sentence)
    yuan = list(YUAN.finditer(masked))
    if not yuan or not WAN.search(masked):
        return
    places = []
    for found in yuan:
        first = re.search(r"[\d.]+$", masked[: found.start() + 1])
        begin = first.start() if first else found.start()
        clause = max(masked.rfind(c, 0, begin) for c in "，。；：、") + 1
        places.append(case.place("left", paragraph, start + clause, start + found.end()))
    subject = f"{plain(paragraph.section.title) or '正文'}[元与万元混用]"
    listed = "、".join(f"“{_short(p.quote or '')}”" for p in places[:4])
    more = f"等{len(places)}处" if len(places) > 4 else ""
    case.report("N-20", subject, f"一句之中既有万元又有元：{listed}{more}，请统一计量单位", places)


def _bare_numbers(case: Case) -> None:
    """A number after an item without a unit."""
    for paragraph, figure, item in case.narrative.reading.bare:
        words = case.place("left", paragraph, max(0, figure.start - 10), figure.end)
        subject = f"{plain(paragraph.section.title) or '正文'}[{plain(item.title)}缺少单位]"
        case.report(
            "N-20", subject, f"{item.title}{figure.text}没有计量单位，请补上（如万元）", [words]
        )
