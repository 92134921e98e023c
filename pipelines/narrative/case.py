"""One narrative under examination: what was found, what was checked, and the values that other
checks go by.

What does not belong here: any rule.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from pipelines.casebook import note
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure, Interval
from pipelines.narrative.lookup import Fact, FactLookup
from pipelines.narrative.normal import plain
from pipelines.narrative.read import Narrative
from pipelines.narrative.relations import Relation, Term
from pipelines.narrative.sections import Paragraph
from schemas.observation import Observation, Place
from schemas.yamlfile import read_yaml

RULES = Path(__file__).parents[2] / "schemas" / "rules" / "narrative.yml"
Key = tuple[int, int]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The N- rules of ``schemas/rules/narrative.yml``, by id."""
    raw = read_yaml(RULES)
    return {rule["id"]: rule for rule in raw["rules"]}


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How a rule went on this narrative: ``pass``, ``fail`` or ``not_evaluated`` (with
    the reason).
    """

    rule_id: str
    outcome: str
    reason: str
    instances: int
    failed: int


@dataclass(slots=True)
class NarrativeResult:
    observations: list[Observation]
    checks: list[CheckOutcome]


@dataclass(slots=True)
class Case:
    """``names``: the unit's registered names and aliases; empty without a register."""

    narrative: Narrative
    facts: FactLookup | None
    file: str
    unit_code: str | None
    unit_name: str | None
    year: int | None
    names: tuple[str, ...] = ()
    unit_type: str | None = None
    observations: list[Observation] = field(default_factory=list)
    instances: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    subjects: Counter[tuple[str, str]] = field(default_factory=Counter)
    settled: dict[Key, Interval] = field(default_factory=dict)
    doubtful: set[Key] = field(default_factory=set)
    relations: list[Relation] = field(default_factory=list)
    said: dict[str, list[object]] = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        return self.narrative.entries

    def count(self, rule: str, number: int = 1) -> None:
        """Notes instances of a rule that were checked."""
        self.instances[rule] += number

    def report(
        self,
        rule: str,
        subject: str,
        message: str,
        places: list[Place],
        *,
        difference: Fraction | None = None,
        severity: str | None = None,
    ) -> None:
        """Notes an instance that fails (``casebook.note``)."""
        level = severity or catalogue()[rule]["severity"]
        note(self, rule, subject, message, level, places, difference)

    def place(
        self, role: str, paragraph: Paragraph, start: int, end: int, amount: Decimal | None = None
    ) -> Place:
        """A span of a paragraph's normalised text as a place in the document."""
        first, last = paragraph.normal.span(start, end)
        return self.words(role, paragraph.section.title, first, last, amount)

    def words(
        self, role: str, section: str, start: int, end: int, amount: Decimal | None = None
    ) -> Place:
        """A span of the document's text as a place."""
        quote = self.narrative.text[start:end]
        return Place(
            role, self.file, section.strip() or "正文", f"{start}-{end}", amount, quote=quote
        )

    def figure(self, role: str, entry: Entry, figure: Figure) -> Place:
        """A figure of an entry, quoted with the words of its clause; in a table with the label of
        its line.
        """
        start = (
            entry.start if entry.row else clause_start(entry.paragraph.normal.text, figure.start)
        )
        amount = figure.money if figure.kind in ("money", "count") else None
        return self.place(role, entry.paragraph, start, figure.end, amount)

    def term(self, entry: Entry, figure: Figure, *, sign: int = 1) -> Term:
        """A figure of an entry as a term of a relation; ``sign`` -1 for a fall."""
        place = self.figure("left", entry, figure)
        interval = self.interval(entry, figure)
        return Term(key(entry, figure), figure, interval, place, entry.item.title, sign)

    @staticmethod
    def cell(role: str, fact: Fact) -> Place:
        return Place(role, fact.file, fact.sheet, fact.cell, fact.amount)

    def subject(self, entry: Entry) -> str:
        return f"{plain(entry.section) or '正文'}[{plain(entry.item.title)}]"

    def interval(self, entry: Entry, figure: Figure) -> Interval:
        """What a figure stands for; the table's value once it was found to disagree with
        the table.
        """
        return self.settled.get(key(entry, figure), figure.interval)

    def is_settled(self, entry: Entry, figure: Figure) -> bool:
        """Whether a figure was found wrong already."""
        return key(entry, figure) in self.settled or key(entry, figure) in self.doubtful

    def mark_doubtful(self, entry: Entry, figure: Figure) -> None:
        """A figure that a finding already names is not judged again."""
        self.doubtful.add(key(entry, figure))

    @staticmethod
    def clause_at(text: str, at: int) -> int:
        """Where the clause that holds a character begins."""
        return clause_start(text, at)

    def figure_start(self, entry: Entry, figure: Figure) -> int:
        """Where the clause of a figure begins."""
        return clause_start(entry.paragraph.normal.text, figure.start)

    def outcomes(self) -> list[CheckOutcome]:
        """One outcome for each rule of the catalogue."""
        found = []
        for rule in catalogue():
            failed = self.failures[rule]
            instances = max(self.instances[rule], failed)
            if not instances:
                found.append(CheckOutcome(rule, "not_evaluated", self._why(rule), 0, 0))
            else:
                found.append(
                    CheckOutcome(rule, "fail" if failed else "pass", "", instances, failed)
                )
        return found

    def _why(self, rule: str) -> str:
        if rule == "N-11" and self.facts is None:
            return "没有本单位本年度的财决08-1表，无法核对列出的经济科目"
        return "说明文字中没有读到该规则核对的内容"


def key(entry: Entry, figure: Figure) -> Key:
    """A figure's identity in the document."""
    return entry.paragraph.start, figure.start


LONGEST_QUOTE = 60  # characters before a figure that a quote may take along
CLAUSE_MARKS = "，。；："


def clause_start(text: str, at: int) -> int:
    """Where the clause of a figure begins."""
    start = max(text.rfind(mark, 0, at) for mark in CLAUSE_MARKS) + 1
    return start if at - start <= LONGEST_QUOTE else max(start, at - LONGEST_QUOTE // 2)


def wan(value: Fraction | Decimal | int) -> str:
    """An amount in 元 as 万元 for a message: at least two decimals, no more than it needs."""
    exact = Fraction(value) / 10_000
    text = f"{Decimal(exact.numerator) / Decimal(exact.denominator):.6f}"
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}万元"


def percent(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.2f}%"


def amount(value: Fraction | Decimal | int, money: bool, unit: str = "") -> str:
    """An amount for a message: money in 万元, counts in their own unit."""
    if money:
        return wan(value)
    exact = Fraction(value)
    return f"{exact.numerator if exact.denominator == 1 else float(exact)}{unit}"
