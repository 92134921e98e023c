"""A drafted narrative passes its own check, but for the places left open; what is then changed in
it is found.
"""

from __future__ import annotations

import random
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import docx
import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.draft import draft_narrative
from pipelines.narrative.draft_charts import chinese_font
from pipelines.narrative.draft_text import build
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.read import Narrative, read_narrative, read_text
from pipelines.narrative.vocabulary import vocabulary
from schemas.observation import Observation
from tests.narrative.support import lookup, rows_of, sample

UNITS = [*range(6), *(pytest.param(number, marks=pytest.mark.slow) for number in range(6, 12))]


@cache
def text_of(number: int) -> tuple[str, FactLookup, str]:
    """The draft of a made-up unit as plain text, its facts and its name."""
    pair = sample()[number]
    facts, name = lookup(pair), pair[1].unit.name
    return (
        "\n".join(b.text for b in build(facts, name, 2023).blocks if b.kind != "chart"),
        facts,
        name,
    )


@cache
def reading_of(number: int) -> Narrative:
    """That draft as it is read."""
    return read_text(text_of(number)[0])


def judged(narrative: Narrative, facts: FactLookup | None, name: str) -> list[Observation]:
    result = check_narrative(narrative, facts, file="说明.txt", unit_name=name, names=(name,))
    return [o for o in result.observations if "待填" not in o.subject]


def found(text: str, facts: FactLookup | None, name: str) -> list[Observation]:
    return judged(read_text(text), facts, name)


@pytest.mark.parametrize("number", UNITS)
def test_own_check_passes_but_for_open_places(number: int) -> None:
    _, facts, name = text_of(number)
    assert judged(reading_of(number), facts, name) == []
    assert judged(reading_of(number), None, name) == []


@pytest.mark.parametrize("number", UNITS)
def test_every_figure_of_a_draft_is_understood(number: int) -> None:
    assert reading_of(number).not_understood == []


@pytest.mark.long
def test_word_document_with_charts_and_open_places(tmp_path: Path) -> None:
    pair = sample()[3]
    facts, name = lookup(pair), pair[1].unit.name
    path = draft_narrative(facts, name, 2023, tmp_path / "说明.docx")
    narrative = read_narrative(path, "docx")
    assert narrative.is_narrative and narrative.year == 2023
    result = check_narrative(narrative, facts, file="说明.docx", unit_name=name, names=(name,))
    assert {o.rule_id for o in result.observations} == {"N-16"}
    assert all("待填" in o.subject for o in result.observations)
    document = docx.Document(str(path))
    captions = [p.text for p in document.paragraphs if re.match(r"图\d", p.text)]
    assert 4 <= len(captions) <= 7
    if chinese_font():
        assert len(document.inline_shapes) == len(captions)
    marked = [r.text for p in document.paragraphs for r in p.runs if r.font.highlight_color]
    assert marked and all(m.startswith("【待填") for m in marked)


def test_without_a_chinese_font_the_figures_stand_in_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.narrative.draft.picture", lambda chart: None)
    pair = sample()[0]
    path = draft_narrative(lookup(pair), pair[1].unit.name, 2023, tmp_path / "说明.docx")
    assert len(docx.Document(str(path)).tables) >= 4


def test_only_what_the_unit_has_is_named() -> None:
    text, facts, _ = text_of(0)
    codes = {
        c for c, f in facts.rows("Z07", "", "本年支出/合计").items() if len(c) == 7 and f.amount
    }
    terms = text[text.index("第三部分") : text.index("第四部分")]
    assert len(re.findall(r"（项）：指", terms)) == len(codes)
    assert "占0.00%" not in text and not re.search(r"(?<![\d.])0万元，占", text)


def test_without_last_year_the_changes_are_left_open() -> None:
    pair = sample()[0]
    facts = FactLookup(rows_of(pair[1]), 2023)
    text = "\n".join(
        b.text for b in build(facts, pair[1].unit.name, 2023).blocks if b.kind != "chart"
    )
    assert "【待填：上年数、增减额和原因】" in text
    assert found(text, facts, pair[1].unit.name) == []


def test_without_tables_the_sections_say_so() -> None:
    text = "\n".join(b.text for b in build(FactLookup([], 2023), "某局", 2023).blocks)
    assert "缺少财决01表" in text and "缺少财决附03表" in text


def _figures(text: str) -> list[re.Match[str]]:
    body = text.index("第二部分"), text.index("第三部分")
    every = re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?=万元(?!（含）)|%|辆|个|批次|人次|台)", text)
    return [m for m in every if body[0] < m.start() < body[1]]


def _covers(observation: Observation, at: int) -> bool:
    spans = [
        tuple(map(int, p.cell.split("-")))
        for p in observation.places
        if p.quote is not None and p.cell
    ]
    return any(start <= at < end for start, end in spans)


@pytest.mark.parametrize("number", [0, 1, 4])
def test_a_changed_figure_is_found_at_its_place(number: int) -> None:
    text, facts, name = text_of(number)
    choice = random.Random(number).sample(_figures(text), 8)
    for pair in zip(choice[::2], choice[1::2], strict=True):
        changed = text
        for match in pair:
            changed = changed[: match.start()] + _mistyped(match) + changed[match.end() :]
        hits = found(changed, facts, name)
        for match in pair:
            assert any(_covers(o, match.start()) for o in hits), (
                match[0],
                changed[match.start() - 30 : match.end() + 9],
            )
        assert all(any(_covers(o, m.start()) for m in pair) for o in hits), [
            (o.rule_id, o.message) for o in hits
        ]


def _mistyped(figure: re.Match[str]) -> str:
    """The figure with another digit in one of its first places; of the same length."""
    digits = list(figure[0])
    at = random.Random(figure.start()).choice(
        [i for i, c in enumerate(digits) if c != "."][: max(1, len(digits) - 2)]
    )
    digits[at] = str((int(digits[at]) + 3) % 10)
    assert Decimal("".join(digits)) != Decimal(figure[0])
    return "".join(digits)


@pytest.mark.parametrize("number", [0, 4])
def test_a_finding_names_the_table_cell(number: int) -> None:
    text, facts, name = text_of(number)
    match = re.search(r"项目支出(\d+\.\d\d)万元，占", text)
    assert match
    changed = text[: match.start(1)] + "9" + text[match.start(1) :]
    hits = [o for o in found(changed, facts, name) if o.rule_id == "N-03"]
    cell = next(p for o in hits for p in o.places if p.role == "right")
    fact = facts.get("Z04", "", "合计", "项目支出")
    assert fact and (cell.file, cell.sheet, cell.cell, cell.amount) == (
        fact.file,
        fact.sheet,
        fact.cell,
        fact.amount,
    )


WORDS = [
    ("增加", "减少"),
    ("增长", "下降"),
    ("下降", "增长"),
    ("一般公共服务支出", "国防支出"),
    ("行政运行（项）", "机关服务（项）"),
    ("办公费、", "办公费、被装购置费、"),
    ("2022年度", "2020年度"),
    ("%", ""),
    ("万元", ""),
]


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_a_changed_word_is_found(old: str, new: str) -> None:
    text, facts, name = text_of(1)
    body = text.index("第二部分")
    places = [
        m.start()
        for m in re.finditer(re.escape(old), text[: text.index("第三部分")])
        if m.start() > body
    ]
    places = [
        p for p in places if "待填" not in text[max(0, p - 30) : p] and text[p + len(old)] != "（"
    ]
    for at in places[:3]:
        hits = found(text[:at] + new + text[at + len(old) :], facts, name)
        assert hits, text[max(0, at - 30) : at + 20]


def _yuan(text: str) -> str:
    return re.sub(
        r"(\d+(?:\.\d+)?)万元(?!（含）)", lambda m: f"{Decimal(m[1]) * 10_000:.2f}元", text
    )


def _wrapped(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        lines += [line[i : i + 33] for i in range(0, len(line), 33)]
    return "\n".join(lines)


def _spaced(text: str) -> str:
    chance = random.Random(7)
    return "".join(c + ("　" if c not in "\n" and chance.random() < 0.2 else "") for c in text)


TRADITIONAL = {v: k for k, v in vocabulary().traditional.items()}
VARIANTS = {
    "half-width marks": lambda t: t.translate(str.maketrans("（），：；", "(),:;")),
    "full-width digits": lambda t: t.translate(
        str.maketrans("0123456789.%", "０１２３４５６７８９．％")
    ),
    "spaces": _spaced,
    "thousands": lambda t: re.sub(r"\d{4,}(?=\.\d\d万元)", lambda m: f"{int(m[0]):,}", t),
    "in 元": _yuan,
    "2023年": lambda t: t.replace("年度", "年"),
    "broken lines": _wrapped,
    "blank lines": lambda t: t.replace("\n", "\n\n"),
    "Windows lines": lambda t: t.replace("\n", "\r\n"),
    "no headings": lambda t: re.sub(
        r"(?m)^(?:[一二三四五六七八九十]+、|（[一二三四]）).*\n", "", t
    ),
    "no numbers": lambda t: re.sub(
        r"(?m)^(?:[一二三四五六七八九十]+、|（[一二三四]）|\d+\.)", "", t
    ),
    "classes reversed": lambda t: re.sub(
        r"(以下方面：)([^。]*)。", lambda m: m[1] + "；".join(reversed(m[2].split("；"))) + "。", t
    ),
    "broken brackets": lambda t: t.replace("（类）", "（类"),
    "traditional": lambda t: "".join(TRADITIONAL.get(c, c) for c in t),
    "trailing zeros": lambda t: re.sub(
        r"(\.\d)0(?=万元|%)", r"\1", re.sub(r"\.00(?=万元|%)", "", t)
    ),
    "0.00": lambda t: re.sub(r"(?<![\d.])0万元", "0.00 万", t),
    "brackets round shares": lambda t: t.replace("万元，占", "万元（占").replace("%；", "%）；"),
    "last year": lambda t: t.replace("与2022年度相比", "较上年"),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("number", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_another_way_of_writing_is_no_finding(variant: str, number: int) -> None:
    text, facts, name = text_of(number)
    changed = read_text(VARIANTS[variant](text))
    for known in (facts, None):
        assert [o for o in judged(changed, known, name) if o.severity != "hint"] == []
    assert len(changed.figures()) == len(reading_of(number).figures())


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_every_changed_figure_is_found(number: int) -> None:
    """Every figure, by two of its first digits; the last place may pass as balanced rounding
    (舍位平衡).
    """
    text, facts, name = text_of(number)
    for match in _figures(text):
        changed = str((int(match[0][0]) + 1) % 10) + match[0][1:]
        if Decimal(changed) != Decimal(match[0]):
            hits = found(text[: match.start()] + changed + text[match.end() :], facts, name)
            assert any(_covers(o, match.start()) for o in hits), (
                match[0],
                text[match.start() - 30 : match.end() + 9],
            )
