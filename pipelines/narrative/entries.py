"""What a narrative says, taken apart: items, entries, and what was left unread.

What does not belong here: how a sentence is understood (``binding.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.narrative.figures import Figure
from pipelines.narrative.functional import Resolution, class_code, kuan_codes, resolve
from pipelines.narrative.normal import chinese_number
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.tokens import Token
from pipelines.narrative.vocabulary import Quantity, classes, vocabulary


@dataclass(frozen=True, slots=True)
class Item:
    """What an entry is about. ``code``: the classification code, if it is an item of one."""

    id: str
    title: str
    rule: str
    code: str | None = None
    quantity: Quantity | None = None
    resolution: Resolution | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Entry:
    """One mention. ``values`` has two figures where a pair is given in one breath; spans are in the paragraph's text."""

    item: Item
    context: str
    paragraph: Paragraph
    sentence: int
    start: int
    end: int
    label: str
    years: tuple[int, ...] = ()
    values: list[Figure] = field(default_factory=list)
    shares: list[Figure] = field(default_factory=list)
    deltas: list[Figure] = field(default_factory=list)
    rates: list[Figure] = field(default_factory=list)
    completion: Figure | None = None
    budget: Figure | None = None
    budget_compared: bool = False
    completion_words: str = ""
    prior: Figure | None = None
    direction: int | None = None
    rate_direction: int | None = None
    flat: bool = False
    verdict: str = ""
    whole: str | None = None
    reason: str = ""
    reason_at: tuple[int, int] | None = None
    base_year: int | None = None
    base_known: bool = True
    partial: bool = False

    @property
    def value(self) -> Figure | None:
        return self.values[0] if self.values else None

    @property
    def section(self) -> str:
        return self.paragraph.section.title


@dataclass(frozen=True, slots=True)
class Unread:
    """A figure, or the sentence with it, that was not understood."""

    paragraph: Paragraph
    start: int
    end: int
    why: str
    figure: Figure | None = None


@dataclass(slots=True)
class Reading:
    entries: list[Entry] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    bare: list[tuple[Paragraph, Figure, Item]] = field(default_factory=list)
    statements: int = 0


def year_of(text: str) -> int | None:
    digits = re.match(r"\d{4}", text)
    if digits:
        return int(digits[0])
    words = re.match(r"[^年]+", text)
    return chinese_number(words[0]) if words else None


def functional_item(token: Token, context: str) -> Item:
    """An item for a 类, 款 or 项 token."""
    fund = {
        "fund": "fund",
        "capital": "capital",
        "expenditure": "expenditure",
        "fiscal": "fiscal",
        "total": "total",
    }
    budget = fund.get(context, "gpb")
    if token.kind == "klass":
        code = class_code(token.parts[0])
        name = classes()[code].name if code else token.parts[0]
        return Item(f"class.{budget}.{code or name}", name, "N-06", code, names=token.parts)
    if token.kind == "kuan":
        klass = class_code(token.parts[0])
        found = [c for c in kuan_codes(token.parts[1]) if klass is None or c.startswith(klass)]
        code = found[0] if len(found) == 1 else None
        return Item(
            f"kuan.{budget}.{code or token.parts[1]}",
            token.parts[1],
            "N-07",
            code,
            names=token.parts,
        )
    names = token.parts if token.kind == "triple" else ("", *token.parts)
    names = (names[0].lstrip("、"), *names[1:])
    meant = resolve(*names)
    title = "".join(f"{n}（{m}）" for n, m in zip(names, "类款项", strict=True) if n)
    key = meant.code if meant.code and not meant.problem else "/".join(names)
    return Item(f"item.{budget}.{key}", title, "N-07", meant.code, resolution=meant, names=names)


def quantity_item(quantity_id: str) -> Item:
    quantity = vocabulary().quantities[quantity_id]
    return Item(quantity.id, quantity.title, quantity.rule, quantity=quantity)
