"""N-16: template text by its kinds (instruction, blank, choice, placeholder, doubled words, open
bracket), one finding a section.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.vocabulary import Leftover, vocabulary
from schemas.observation import Place

MESSAGE = "请{advice}：遗留模板文字{quotes}"
OPEN = "请{advice}：有待填写的内容{quotes}"
HINT = "请{advice}：文字疑有误，{quotes}"
QUOTED = 4  # quotes in one message; the others stand in its places
SHORT = 4  # a mark of so few characters says nothing without the words before it
ITEM_MARK = re.compile(r"（\d*[类款项]")
MARKS = "…。.·×X_*"


@dataclass(slots=True)
class _Found:
    leftover: Leftover
    places: list[Place]


def collect(case: Case) -> None:
    """Left-overs in every section with words, and in titles."""
    wording = vocabulary().wording_sections
    by_section: dict[tuple[str, str], list[_Found]] = defaultdict(list)
    for paragraph in case.narrative.outline.paragraphs:
        if paragraph.endless or paragraph.section.kind not in wording:
            continue
        case.count("N-16")
        for one in _in_paragraph(case, paragraph):
            by_section[paragraph.section.title, _kind(one.leftover)].append(one)
    for heading in case.narrative.outline.headings:
        for one in _in_title(case, heading.title, heading.start, heading.end):
            by_section[heading.title, _kind(one.leftover)].append(one)
    for (title, kind), found in by_section.items():
        _report(case, title, kind, found)


def _kind(leftover: Leftover) -> str:
    if leftover.open_place:
        return "待填"
    return "提示" if leftover.severity == "hint" else "遗留模板文字"


def is_prose(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a sentence rather than a chart's label."""
    text = paragraph.normal.text
    return not paragraph.cell and (len(text) >= 25 or bool(re.search(r"[。；，：]", text)))


def _in_paragraph(case: Case, paragraph: Paragraph) -> list[_Found]:
    text = paragraph.normal.text
    prose = is_prose(paragraph)
    taken: list[tuple[int, int]] = []
    found = []
    for leftover in vocabulary().leftovers:
        spans = [] if leftover.prose and not prose else _spans(leftover, text, taken)
        taken += spans
        if spans:
            wide = [_widened(text, *span) for span in _merged(text, spans)]
            found.append(_Found(leftover, [case.place("left", paragraph, *w) for w in wide]))
    bracket = _open_bracket(text) if prose else None
    if bracket:
        found.append(_Found(BRACKET, [case.place("left", paragraph, *bracket)]))
    return found


def _spans(leftover: Leftover, text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where a left-over stands, but inside of one that was found before."""
    spans = (m.span() for m in leftover.pattern.finditer(text) if m.end() > m.start())
    return [s for s in spans if not any(a <= s[0] and s[1] <= b for a, b in taken)]


BRACKET = Leftover("括号不配对", re.compile("（"), "补上括号的另一半", severity="hint")


def _open_bracket(text: str) -> tuple[int, int] | None:
    """The words at a bracket that is not closed; those of item names are told by N-08."""
    opened = [at for at in _unclosed(text) if not ITEM_MARK.match(text, at)]
    if not opened or not text.endswith(("。", "；")):
        return None
    at = opened[0]
    start = max((text.rfind(c, 0, at) for c in "。；，：、"), default=-1) + 1
    stops = [i for i in (text.find(c, at) for c in "。；，") if i >= 0]
    return start, min(stops, default=len(text) - 1) + 1


def _unclosed(text: str) -> list[int]:
    """Where the brackets stand that nothing closes."""
    opened: list[int] = []
    for at, character in enumerate(text):
        if character == "（":
            opened.append(at)
        elif character == "）" and opened:
            opened.pop()
    return opened


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
    """A mark that says nothing on its own (……) with the words around it."""
    if text[start] not in MARKS or end - start > 2 * SHORT:
        return start, end
    before = max((text.rfind(c, 0, start) for c in "。；，：、"), default=-1)
    after = re.match(r"[一-龥]{0,4}", text[end:])
    return max(before + 1, start - 12), end + (after.end() if after else 0)


def _in_title(case: Case, title: str, start: int, end: int) -> list[_Found]:
    """Titles that still say 范本 or 增加/减少."""
    normal = normalise(case.narrative.text, [(start, end)])
    found = []
    for leftover in vocabulary().leftovers:
        if leftover.severity != "hint" and (match := leftover.pattern.search(normal.text)):
            first, last = normal.span(*match.span())
            found.append(_Found(leftover, [case.words("left", title, first, last)]))
    return found


def _report(case: Case, section: str, kind: str, found: list[_Found]) -> None:
    places = [p for f in found for p in f.places]
    quotes = "、".join(f"“{short(p.quote or '')}”" for p in places[:QUOTED])
    more = f"等{len(places)}处" if len(places) > QUOTED else ""
    advice = "；".join(dict.fromkeys(f.leftover.advice for f in found))
    template = {"待填": OPEN, "提示": HINT}.get(kind, MESSAGE)
    message = template.format(quotes=quotes + more, advice=advice)
    severity = "hint" if kind == "提示" else None
    subject = f"{plain(section) or '正文'}[{kind}]"
    case.report("N-16", subject, message, places, severity=severity)


def short(quote: str) -> str:
    """A quote on one line, not too long for a message."""
    flat = " ".join(quote.split())
    return flat if len(flat) <= 40 else flat[:38] + "…"


CHECK = Check(
    name="leftovers",
    rules=("N-16",),
    title="没有遗留的模板文字",
    message=MESSAGE,
    run=collect,
    wrong="十、机关运行经费支出说明\n2023年度机关运行经费支出XX万元，主要用于……。",
    right="十、机关运行经费支出说明\n2023年度机关运行经费支出5.00万元，主要用于水电。",
)
