"""A disclosure narrative read: text, sections, statements, figures, and what was not understood.

What does not belong here: judging it (``check.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pipelines.narrative.entries import Entry, Reading, year_of
from pipelines.narrative.figures import HALF, Figure
from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Outline, Paragraph, outline
from pipelines.narrative.source import read_file
from pipelines.narrative.statements import Reader
from pipelines.narrative.units import name_mentions, unit_names
from pipelines.narrative.vocabulary import vocabulary
from pipelines.tables.forms import form_spans

KEYS = (
    "收支总计",
    "收入总计",
    "支出总计",
    "本年收入合计",
    "本年支出合计",
    "三公经费",
    "一般公共预算财政拨款支出",
    "基本支出",
    "机关运行经费",
    "政府采购支出",
    "财政拨款收",
    "一般公共预算财政拨款收入",
)
ENOUGH_KEYS, ENOUGH_FIGURES = 3, 3
MANY = 5


@dataclass(slots=True)
class Narrative:
    """What a document says.

    ``text``: the characters that spans count in (for ``.txt`` the decoded file). ``is_narrative``: whether it is a disclosure
    narrative; if not, ``reason`` says why. ``unit_names``: most likely first. ``year``: the fiscal year it reports.
    """

    path: Path
    type: str
    text: str
    outline: Outline
    reading: Reading
    is_narrative: bool
    reason: str
    unit_names: list[str]
    year: int | None
    mentions: list[tuple[str, int, int, str]] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        return self.reading.entries

    @property
    def not_understood(self) -> list[tuple[str, int, int, str]]:
        """(section, start, end, words) of every figure that was not understood."""
        found = []
        for unread in self.reading.unread:
            start, end = unread.paragraph.normal.span(unread.start, unread.end)
            found.append((unread.paragraph.section.title, start, end, self.text[start:end]))
        return found

    @property
    def statements(self) -> int:
        return self.reading.statements

    def figures(self) -> list[Figure]:
        """Every figure that was understood."""
        return [f for e in self.entries for f in e.figures()]


def read_narrative(path: Path, type: str) -> Narrative:
    """Reads a ``.docx``, ``.txt`` or ``.html`` document. Raises :class:`pipelines.narrative.source.NarrativeError`."""
    document = read_file(path, type)
    return read_text(document.body, path=path, type=type, forms=form_spans(document))


def read_text(
    text: str,
    *,
    path: Path = Path("说明.txt"),
    type: str = "txt",
    forms: Iterable[tuple[int, int]] = (),
) -> Narrative:
    """The same for a text in memory; ``forms`` are the spans of tables that are read as forms, not as sentences."""
    plan = outline(_without(text, forms), soft=type == "txt")
    year = _year(text, plan)
    reader = Reader(year, vocabulary().figure_sections)
    for paragraph in plan.paragraphs:
        reader.paragraph(paragraph)
    _settle_zeros(reader.reading)
    _settle_hundreds(reader.reading)
    verdict, reason = _is_narrative(text, reader.reading)
    names = unit_names(text, plan)
    return Narrative(
        path,
        type,
        text,
        plan,
        reader.reading,
        verdict,
        reason,
        names,
        year,
        name_mentions(text, plan),
    )


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans blank, every other character where it was."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _year(text: str, plan: Outline) -> int | None:
    """The fiscal year: the one that titles and statements name most."""
    votes: Counter[int] = Counter()
    flat = normalise(text, [(0, len(text))]).text
    for found in re.finditer(r"(20\d\d)年(?:度)?.{0,40}?(?:部门|单位)决算", flat):
        votes[int(found[1])] += 3
    for found in re.finditer(
        r"(20\d\d)年(?:度)?(?:.{0,12}?)(?:收入|支出|收、支|收支|财政拨款|三公经费|一般公共预算)",
        flat,
    ):
        votes[int(found[1])] += 1
    for found in re.finditer(r"(?:[与比较和]|上年)(20\d\d)年", flat):
        votes[int(found[1]) + 1] += 1
    if not votes:
        words = re.search(r"二[〇○零][〇○零一二三四五六七八九]{2}年", flat)
        return year_of(words[0]) if words else None
    return votes.most_common(1)[0][0]


def _settle_zeros(reading: Reading) -> None:
    """A plain ``0`` hides at most half of the last place that the document's amounts use."""
    money = [
        f
        for e in reading.entries
        for f in e.figures()
        if f.kind == "money" and f.number != 0 and f.factor == 10_000
    ]
    places = max((f.decimals for f in money), default=2)
    half = {"money": HALF * 10_000 / 10 ** min(places, 6), "percent": HALF}
    _replace(reading, lambda f: f.with_zero(half.get(f.kind, Fraction(0))))


def _settle_hundreds(reading: Reading) -> None:
    """Amounts in 元 that are all whole hundreds are amounts in 万元 written out: they stand for ± 50 元."""
    yuan = [f for e in reading.entries for f in e.figures() if f.unit == "元" and f.number != 0]
    if len(yuan) >= MANY and all(f.number % 100 == 0 for f in yuan):
        _replace(reading, lambda f: f.coarsened() if f.unit == "元" else f)


def _replace(reading: Reading, change: Callable[[Figure], Figure]) -> None:
    for entry in reading.entries:
        entry.values = [change(f) for f in entry.values]
        entry.shares = [change(f) for f in entry.shares]
        for budget in entry.budgets:
            budget.figure = change(budget.figure)
        for record in entry.comparisons:
            record.deltas = [change(f) for f in record.deltas]
            record.rates = [change(f) for f in record.rates]
            record.earlier = change(record.earlier) if record.earlier else None
        for name in ("completion", "prior", "average"):
            if figure := getattr(entry, name):
                setattr(entry, name, change(figure))


def _is_narrative(text: str, reading: Reading) -> tuple[bool, str]:
    """Whether this is a disclosure narrative, and why not."""
    flat = plain(text[:400_000])
    keys = sum(key in flat for key in KEYS)
    figures = sum(bool(e.figures()) for e in reading.entries)
    if (
        re.search(r"(?:财政总?决算|政府决算)(?:草案|报告)|人民代表大会.{0,40}决算草案", flat[:3000])
        and "部门决算" not in flat[:3000]
    ):
        return False, "是政府财政决算（草案）文件，不是部门决算公开说明，未核对"
    if "决算" not in flat:
        return False, "文中没有“决算”，不是决算公开说明，未核对"
    if re.search(r"(?:部门|单位)预算(?:公开|编制)", flat[:500]) and not re.search(
        r"(?:部门|单位)决算|决算(?:公开|情况)", flat[:3000]
    ):
        return False, "是部门预算公开文件，不是决算公开说明，未核对"
    if keys < ENOUGH_KEYS or figures < ENOUGH_FIGURES:
        return (
            False,
            "没有找到决算公开说明应有的内容（收支总计、本年收入、本年支出、“三公”经费等），未核对",
        )
    return True, ""


def paragraph_at(narrative: Narrative, start: int) -> Paragraph | None:
    """The paragraph that covers a character of the text."""
    return next((p for p in narrative.outline.paragraphs if p.start <= start < p.end), None)
