"""What a narrative says, taken apart: items, mentions of them with their figures, comparisons, and
what was left unread.

What does not belong here: how a sentence is understood (``binding.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.narrative.figures import Figure
from pipelines.narrative.functional import Resolution
from pipelines.narrative.normal import chinese_number
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.vocabulary import Quantity

LAST, BUDGET, OTHER, UNSAID = "last", "budget", "other", ""


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

    @property
    def own_name(self) -> bool:
        """Whether it is a thing only this document names (a project, a reception) under an item."""
        return self.id.startswith("detail.")

    @property
    def pair(self) -> tuple[str, ...]:
        """The quantities of which two figures are given in one breath (收、支总计); else none."""
        return self.quantity.pair if self.quantity else ()

    @property
    def counter(self) -> tuple[str, ...]:
        """The units it is counted in; none where it is money."""
        return self.quantity.counter if self.quantity else ()

    @property
    def parent(self) -> str:
        """The quantity that this one is a part of; empty for none."""
        return self.quantity.parent if self.quantity else ""


@dataclass(slots=True)
class Comparison:
    """One movement of one quantity: against last year, the budget or something else.

    ``base``: ``last``, ``budget``, ``other``, or empty where the text does not say. ``direction``:
    +1, -1, 0 (持平), None where neither is said. ``earlier``: the value compared with, if printed.
    ``group`` numbers the base words it follows.
    """

    base: str
    group: int
    start: int
    end: int
    base_year: int | None = None
    base_kind: str = ""
    deltas: list[Figure] = field(default_factory=list)
    rates: list[Figure] = field(default_factory=list)
    direction: int | None = None
    rate_direction: int | None = None
    earlier: Figure | None = None
    flat: bool = False

    @property
    def said(self) -> bool:
        return bool(self.deltas or self.rates or self.flat)

    @property
    def way(self) -> int | None:
        """The direction of the change; that of the rate where only the rate has one."""
        return self.direction if self.direction is not None else self.rate_direction

    @property
    def rate_way(self) -> int | None:
        """The direction of the rate; that of the change where only the change has one."""
        return self.rate_direction if self.rate_direction is not None else self.direction

    @property
    def only_flat(self) -> bool:
        """Whether 持平 is all that is said."""
        return self.flat and not self.deltas and not self.rates


def nth(figures: list[Figure], index: int) -> Figure | None:
    """The figure of one of a pair; where only one is printed it is that of both."""
    return figures[min(index, len(figures) - 1)] if figures else None


@dataclass(frozen=True, slots=True)
class Cause:
    """较上年增加的主要原因是…: the way that a reason says a topic went; ``base`` is empty where it
    does not say against what.
    """

    base: str
    way: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Points:
    """较上年提高3.20个百分点: how far a percentage of the topic (``share``, ``completion``) went,
    and which way; ``earlier``: last year's, if printed.
    """

    kind: str
    figure: Figure
    way: int
    earlier: Figure | None


@dataclass(slots=True)
class Budget:
    """A budget figure and which one it is: ``年初``, ``调整``, ``全年``, or empty.

    ``compared``: it only stands in a comparison (比年初预算数…增加), so a completion of 预算 need
    not be of it.
    """

    kind: str
    figure: Figure
    compared: bool = False


@dataclass(slots=True)
class Entry:
    """One mention. ``values`` has two figures where a pair is given in one breath; spans are in the
    paragraph's text.

    ``basis``: what an amount without words of its own is (``final``, ``budget``, ``last``).
    ``outer``: the mention that this one is listed under. ``row``: it stands in a table.
    ``restated``: it goes on with the item of the mention before it. ``scoped``: the part of
    the unit that it is of (本级, 所属). ``aside``: understood, but not judged.
    ``completions``: those of other budgets than the first, each with its kind.
    ``points``: what lies between its percentages and last year's, ``earlier``: these, by
    their kind.
    ``causes``: ways that reasons say it went.
    ``bracket``: the mention after which the bracket opens that this one stands in.
    """

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
    comparisons: list[Comparison] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    completion: Figure | None = None
    completion_kind: str = ""
    completions: list[tuple[Figure, str]] = field(default_factory=list)
    prior: Figure | None = None
    average: Figure | None = None
    points: list[Points] = field(default_factory=list)
    earlier: dict[str, Figure] = field(default_factory=dict)
    verdict: str = ""
    verdict_at: tuple[int, int] | None = None
    whole: str | None = None
    reason: str = ""
    reason_at: tuple[int, int] | None = None
    partial: bool = False
    no_budget: bool = False
    basis: str = "final"
    outer: Entry | None = None
    row: bool = False
    restated: bool = False
    aside: bool = False
    bracket: Entry | None = None
    scoped: str = ""
    causes: list[Cause] = field(default_factory=list)
    home: Paragraph | None = None
    home_at: tuple[int, int] | None = None

    def move(self, paragraph: Paragraph) -> None:
        """The figures of an item named on a line of its own stand in the paragraph below; ``home``
        is where it was named.
        """
        if self.home is None:
            self.home, self.home_at = self.paragraph, (self.start, self.start + len(self.label))
        self.paragraph, self.start, self.end, self.sentence = paragraph, 0, 0, 0

    @property
    def value(self) -> Figure | None:
        return self.values[0] if self.values else None

    @property
    def section(self) -> str:
        return self.paragraph.section.title

    @property
    def side(self) -> str:
        """The item that tells income from expenditure: for a thing of its own what it stands
        under.
        """
        outer = self.outer if self.item.own_name else None
        return outer.item.id if outer is not None else self.item.id

    @property
    def budget(self) -> Figure | None:
        return self.budgets[0].figure if self.budgets else None

    def figures(self) -> list[Figure]:
        """Every figure bound to this mention."""
        found = [*self.values, *self.shares, *(b.figure for b in self.budgets)]
        found += [*(p.figure for p in self.points), *self.earlier.values()]
        found += [f for f, _ in self.completions]
        for comparison in self.comparisons:
            found += [*comparison.deltas, *comparison.rates]
            found += [comparison.earlier] if comparison.earlier else []
        return found + [f for f in (self.completion, self.prior, self.average) if f]


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
    noted: int = 0
    statements: int = 0


def year_of(text: str) -> int | None:
    digits = re.match(r"\d{4}", text)
    if digits:
        return int(digits[0])
    words = re.match(r"[^年]+", text)
    return chinese_number(words[0]) if words else None
