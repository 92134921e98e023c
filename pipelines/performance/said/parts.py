"""How the projects that were evaluated divide, by score, level or budget, each with its share:
其中90分以上的项目14个，占93.33%；80至90分的项目1个，占6.67%.

What does not belong here: grades in words (``grades.py``), whose share is read here alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.performance.pack import Entry, Pack
from pipelines.performance.said.grades import NO_PROJECTS, whole_before
from pipelines.performance.said.sentences import ELSE, Sentence, of_another_year, sentences

PIECE = re.compile(r"[^，、；：]+")
COUNT = re.compile(
    r"(?P<label>.*?)(?:的)?(?:项目)?(?:有|共|为|计)?(?P<n>(?<!\d)\d+)(?:个|项)(?:项目)?(?P<rest>.*)$"
)
SHARE = re.compile(
    r"（?占(?:比)?(?:全部|所有|评价|自评|绩效自评|参评)*(?:项目)?(?P<base>总数|数量|总量|个数|项目)?"
    r"(?:的)?(?:比例|比重)?(?:为|达)?(?P<p>\d+(?:\.\d+)?)%）?"
)
GRADE = "等级"  # whose counts are judged as grades
# What divides all projects so that each is counted once; the order is that of trying.
KINDS = (
    ("得分", re.compile(r"\d分")),
    (GRADE, re.compile(r"(?:^|为|等级|等次|结果)[“\"]?(?:优秀?|良好?|中等?|差)[”\"]?$")),
    ("级次", re.compile(r"本级|县区|区县|市县|县级|市级|省级|州级|区级|乡镇")),
    ("预算", re.compile(r"一般公共预算|政府性基金|国有资本|财政专户|单位资金")),
)
# Two of these may hold the same projects: 90分以上…95分以上.
OPEN_BANDS = (re.compile(r"以上|大于|高于|≥"), re.compile(r"以下|小于|低于|≤"))


@dataclass(frozen=True, slots=True)
class Part:
    """One count, and its share of all projects in % where one is printed."""

    label: str
    kind: str
    entry: Entry
    count: int
    share: Entry | None


@dataclass(frozen=True, slots=True)
class Parts:
    """One list. ``kind``: what it divides by, empty where it may count projects twice or leave some
    out; ``whole``: how many projects the paragraph says were evaluated.
    """

    kind: str
    parts: list[Part]
    whole: int


def divided(pack: Pack, year: int | None) -> list[Parts]:
    """Every list about the year's own projects."""
    return [one for s in sentences(pack) for one in _list(s, year)]


def _list(sentence: Sentence, year: int | None) -> Iterator[Parts]:
    parts = list(_parts(sentence))
    if not parts:
        return
    start = sentence.text.find(parts[0].label)
    before = sentence.paragraph.normal.text[: sentence.start + max(start, 0)]
    whole = whole_before(sentence, max(start, 0))
    near = before[-120:]
    if whole is None or ELSE.search(near) or NO_PROJECTS.search(sentence.text):
        return
    if not of_another_year(near, year):
        yield Parts(_kind(parts), parts, whole)


def _parts(sentence: Sentence) -> Iterator[Part]:
    """The counts of a kind from the first on, until a piece is neither count nor share."""
    pieces = list(PIECE.finditer(sentence.text))
    begun = False
    for at, piece in enumerate(pieces):
        found = COUNT.fullmatch(piece[0])
        label = re.sub(r"^(?:其中|和|及)+", "", found["label"]) if found else ""
        kind = next((k for k, words in KINDS if words.search(label)), "")
        if found and kind:
            begun = True
            yield _part(sentence, piece, found, label, kind, pieces[at + 1 : at + 2])
        elif begun and not SHARE.fullmatch(piece[0]):
            return


def _part(
    sentence: Sentence,
    piece: re.Match[str],
    found: re.Match[str],
    label: str,
    kind: str,
    following: list[re.Match[str]],
) -> Part:
    entry = sentence.entry(piece, found["n"])
    beside = SHARE.fullmatch(found["rest"])
    after = SHARE.fullmatch(following[0][0]) if following and not found["rest"] else None
    share = None
    if beside:
        share = sentence.entry(piece, beside["p"], "%")
    elif after:
        share = sentence.entry(following[0], after["p"], "%")
    return Part(label, kind, entry, int(found["n"]), share)


def _kind(parts: list[Part]) -> str:
    """What the list divides by, where each project is in one of its parts."""
    kinds = {p.kind for p in parts}
    labels = [p.label for p in parts]
    twice = any(sum(bool(b.search(x)) for x in labels) > 1 for b in OPEN_BANDS)
    return parts[0].kind if len(kinds) == 1 and len(parts) > 1 and not twice else ""
