"""A sentence walked word by word: which topic is open, what it is compared with, and where each
figure goes.

Binding is strict: the words between an item and its figure must all be understood, else the figure
is ``unread`` and the topic closed, so that nothing is given to the item before. What does not
belong here: judging whether a figure is right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.narrative.amounts import bind_amount
from pipelines.narrative.clauses import (
    MARKS,
    base_of,
    has,
    last_item,
    of_a_part,
    stands_alone,
    unknown,
    years_of,
)
from pipelines.narrative.entries import Comparison, Entry, Item, Unread, year_of
from pipelines.narrative.frame import Frame, lists_general
from pipelines.narrative.listings import open_list
from pipelines.narrative.percents import bind_percent
from pipelines.narrative.reasoned import bind_in_reason
from pipelines.narrative.remarks import note_cause, note_evenly, note_flat, note_verdict
from pipelines.narrative.tokens import ITEMS, Token

if TYPE_CHECKING:
    from pipelines.narrative.sections import Paragraph
    from pipelines.narrative.statements import Reader

OPENERS = ("compare", "against", "since", "verdict", "complete", "from")
ALL_OF = ("全部为", "全部是", "全部系", "均为", "均是", "均系", "全为")
# in a figureless clause more unknown characters than this are a thing of its own, not an adverb
ADVERB = 1
# 三公经费13万元（其中：一般公共预算支出13万元）: what a budget bears of it is not that budget
BUDGETS = frozenset(("gpb", "fund", "capital"))
OF_ALL_BUDGETS = frozenset(("three", "running", "procurement", "assets"))


class Sentence:
    """One sentence: walks its tokens and binds its figures."""

    def __init__(
        self, reader: Reader, paragraph: Paragraph, number: int, tokens: list[Token]
    ) -> None:
        self.reader, self.paragraph, self.number, self.tokens = reader, paragraph, number, tokens
        self.now = Frame()
        self.outer: list[tuple[Frame, Entry | None, bool]] = []
        self.groups = 0
        self.reason_from = 0
        self.year_said: int | None = None
        self.mine: list[Entry] = []
        self.even: list[Entry] = []
        self.apart: list[Entry] = []  # those of the last 分别
        self.even_role = ""

    # walking -------------------------------------------------------------

    def read(self) -> None:
        """Binds every figure of the sentence."""
        self._inherit()
        for at, token in enumerate(self.tokens):
            if token.kind == "figure" and token.figure:
                self._figure(token, at)
            elif token.text == "（":
                self._open_bracket()
            elif token.text == "）":
                self._close_bracket()
            elif token.kind == "punct" and token.text in MARKS:
                self._end_clause(token, at)
            else:
                self._word(token, at)
        self._figureless()
        if self.now.reasoning and self.tokens:
            self.end_reason(self.tokens[-1].end)
        self._leave()

    def _inherit(self) -> None:
        """A list that the sentence before opened with its last words goes on."""
        if self.reader.listing:
            head, self.now.basis = self.reader.listing
            self.now.mode, self.now.head = "list", head

    def _leave(self) -> None:
        """Whether the next sentence belongs to a list that this one opens."""
        last = self.tokens[-1].text if self.tokens else ""
        opened = last == "：" and self.now.mode == "list" and self.now.head is not None
        if opened and self.now.head is not None:
            self.reader.listing = (self.now.head, self.now.basis)
        elif self.reader.listing and last not in ("；", "，") and not self.reader.in_list:
            self.reader.listing = None

    def _open_bracket(self) -> None:
        self.outer.append((self.now, self.reader.current, self.reader.closed))
        self.now = replace(self.now, clause=[], after_figure=False)

    def _close_bracket(self) -> None:
        if not self.outer:
            self.now.clause = []
            return
        self.now, current, self.reader.closed = self.outer.pop()
        self.reader.current = current or self.reader.current

    def _end_clause(self, token: Token, at: int) -> None:
        self._figureless()
        if token.text == "；":
            if self.now.reasoning and self._goes_on(at + 1):
                self.end_reason(token.start)
            if self.now.mode == "container":
                self.now.mode, self.now.head = "", None
            self.now.doubt = False
        self.now.clause, self.now.after_figure = [], False
        if self.now.reasoning and self._compares_next(at + 1):
            self.end_reason(token.start)

    def _goes_on(self, at: int) -> bool:
        """Whether a new statement begins: an item or a comparison."""
        return any(t.kind in (*ITEMS, *OPENERS) for t in self.tokens[at : at + 3])

    def _compares_next(self, at: int) -> bool:
        """Whether the next clause begins a comparison (较上年减少…), which ends the reason before
        it.
        """
        following = self.tokens[at : at + 4]
        first = next((t for t in following if t.kind != "filler"), None)
        if first is None or first.kind not in (*OPENERS, "prior"):
            return False
        return first.kind != "prior" or following[0] is first

    def _word(self, token: Token, at: int) -> None:
        """Notes what a word opens or closes, and keeps it for the figure that follows."""
        if not self.now.reasoning:
            self._opens(token, at)
        self._tells(token)
        self.now.clause.append(token)

    def _opens(self, token: Token, at: int) -> None:
        """A reason, a list, a verdict, 持平; within a reason nothing is opened."""
        if token.kind == "reason":
            note_cause(self, token)
            self.now.reasoning, self.reason_from = True, token.end
        elif token.kind in ("among", "cue", "purpose"):
            open_list(self, token)
        elif token.kind == "verdict":
            note_verdict(self, token, at)
        elif token.kind in ("flat", "about"):
            note_flat(self, token)

    def _tells(self, token: Token) -> None:
        """What is said of the open topic, or of the figures that follow."""
        if token.kind == "nobudget" and (entry := self.topic()):
            entry.no_budget = True
        elif token.kind == "partial" and self.reader.current and self._only_links():
            self.reader.current.partial = True
        elif token.kind == "evenly":
            note_evenly(self)
        elif token.kind == "year" and not self.now.clause and self._begins(token):
            self.year_said = year_of(token.text)

    def _begins(self, token: Token) -> bool:
        """Whether a year is said of all that follows: at the beginning of a sentence, or after
        ``；`` (2023年度收入…，支出…；2022年度收入…，支出…).
        """
        before = self.paragraph.normal.text[: token.start]
        return not self.mine or before.endswith("；")

    def _only_links(self) -> bool:
        return all(t.kind in ("punct", "filler") for t in self.now.clause)

    # topics --------------------------------------------------------------

    def context(self) -> str:
        """The kind of section whose words are meant; in a list under 一般公共预算 its own."""
        own = self.reader.context(self.paragraph.section.kind)
        general = own == "fiscal" and lists_general(self.now, self.paragraph, self.number)
        return "gpb" if general else own

    def topic(self) -> Entry | None:
        """The item named in this clause, else the one that is open."""
        clause = self.now.clause
        at = last_item(clause)
        if at >= 0 and stands_alone(clause, at) and not unknown(clause[at + 1 :]):
            return self.mention(clause, at)
        return None if self.reader.closed else self.reader.current

    def mention(self, clause: list[Token], at: int) -> Entry | None:
        """The entry of an item named in a clause; the open one if it is the same and has no figures
        yet.
        """
        item = self.reader.item(clause[at], self.context(), None, clause[:at])
        if item is None:
            return None
        current = self.reader.current
        same = current and not self.reader.closed and current.item.id == item.id
        if same and current and current.paragraph is self.paragraph:
            return current
        return self.new(item, clause[at], clause)

    def new(self, item: Item, token: Token, clause: list[Token], *, open_it: bool = True) -> Entry:
        """A new mention of an item; it becomes the open topic."""
        years = tuple(years_of(clause))
        if not years and self.year_said:
            years = (self.year_said,)
        entry = Entry(
            item,
            self.context(),
            self.paragraph,
            self.number,
            token.start,
            token.end,
            token.text,
            years,
        )
        entry.scoped = of_a_part(clause)
        entry.bracket = self.outer[-1][1] if self.outer else None
        entry.aside = bool(self.outer) and item.id in BUDGETS and self.context() in OF_ALL_BUDGETS
        if self.now.mode:
            entry.outer, entry.basis = self.now.head, self.now.basis
        self.reader.reading.entries.append(entry)
        self.mine.append(entry)
        if open_it:
            self.reader.open(entry)
        return entry

    def comparison(self, entry: Entry, words: list[Token], start: int, end: int) -> Comparison:
        """The record of the movement that is open for an entry; a new one for a new base or a new
        movement.
        """
        now = self.now
        base, year, kind = now.base
        last = entry.comparisons[-1] if entry.comparisons else None
        if last is not None and last.group == now.group:
            last.end = max(last.end, end)
            return last
        first = min((t.start for t in words), default=start)
        made = Comparison(base, now.group, min(first, start), end, year, kind)
        entry.comparisons.append(made)
        return made

    def compare(self, clause: list[Token]) -> bool:
        """Opens the comparison that a clause names."""
        base = base_of(clause, self.reader.year)
        if base is None:
            return False
        again = has(clause, "since") and self.now.base[0] == base[0]
        if again and self.now.group:
            return True
        self.groups += 1
        self.now.base, self.now.group = base, self.groups
        return True

    def _figureless(self) -> None:
        """A clause without a figure: it names a topic, opens a comparison, or speaks of something
        else.
        """
        now, clause = self.now, self.now.clause
        if not clause or now.reasoning:
            return
        if now.after_figure:
            self.compare(clause)
            return
        compared = has(clause, "compare", "against", "since") and self.compare(clause)
        at = last_item(clause)
        if has(clause, "purpose"):
            return
        if at >= 0:
            self._named_alone(clause, at)
        elif not compared and not now.mode and self._of_a_thing(clause):
            now.doubt = True

    @staticmethod
    def _of_a_thing(clause: list[Token]) -> bool:
        """Whether the unknown words are more than an adverb: a thing of its own is named."""
        return sum(t.kind == "other" for t in clause) > ADVERB

    def _named_alone(self, clause: list[Token], at: int) -> None:
        before, rest = clause[:at], clause[at + 1 :]
        if not stands_alone(clause, at) or unknown(rest) or self._negated(before):
            return
        if self._is_all_of(before):
            return
        entry = self.mention(clause, at)
        if entry is not None and clause[-1].text == "中":
            self.now.mode, self.now.head, self.now.basis = "container", entry, "final"

    def _is_all_of(self, before: list[Token]) -> bool:
        """三公经费3万元，全部为公务用车运行维护费，比上年…: what all of the open topic is does not
        become the topic.
        """
        words = "".join(t.text for t in before if t.kind == "filler")
        open_one = self.reader.current is not None and not self.reader.closed
        return open_one and bool(self.now.last_role) and words.endswith(ALL_OF)

    @staticmethod
    def _negated(before: list[Token]) -> bool:
        return any(t.text in "无没未不" for t in before if t.kind == "other")

    def end_reason(self, end: int) -> None:
        self.now.reasoning = False
        entry = self.reader.current
        if entry and not entry.reason and end > self.reason_from:
            entry.reason = self.paragraph.normal.text[self.reason_from : end]
            entry.reason_at = (self.reason_from, end)

    # figures -------------------------------------------------------------

    def unread(self, token: Token, why: str, *, close: bool = True) -> None:
        """A figure that is not understood; the topic is closed, so that what follows is not given
        to it.
        """
        self.reader.reading.unread.append(
            Unread(self.paragraph, token.start, token.end, why, token.figure)
        )
        if close:
            self.reader.close()

    def _figure(self, token: Token, at: int) -> None:
        figure = token.figure
        assert figure is not None
        clause = self.now.clause
        if has(clause, *OPENERS, "since") and not self._within_complete(clause):
            self.compare(clause)
        if self.now.reasoning:
            bind_in_reason(self, token, clause)
        elif figure.kind == "percent":
            bind_percent(self, token, figure, clause, at)
        else:
            bind_amount(self, token, figure, clause, at)
        self.now.clause = []
        self.now.after_figure = True

    @staticmethod
    def _within_complete(clause: list[Token]) -> bool:
        return not has(clause, "compare", "against", "since", "verdict", "from")
