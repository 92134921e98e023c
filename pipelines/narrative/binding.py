"""Which figure says what of which item: the words of a sentence bound to entries.

Binding is strict: the words between an item and its figure must all be understood, else the figure is ``unread``.
What does not belong here: judging whether a figure is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.clauses import (
    ITEMS,
    agrees,
    direction_of,
    generic,
    percent_role,
    role_of,
    split_clauses,
    stands_alone,
    understood,
)
from pipelines.narrative.entries import Entry, Item, Unread, functional_item, quantity_item, year_of
from pipelines.narrative.figures import Figure
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.tokens import Token
from schemas.library import code_list

if TYPE_CHECKING:
    from pipelines.narrative.statements import Reader

PEOPLE = {
    "three.host.home": ("count.host.home.batches", "count.host.home.people"),
    "three.host.foreign": ("count.host.foreign.batches", "count.host.foreign.people"),
    "three.host.abroad": ("count.host.abroad.batches", "count.host.abroad.people"),
    "three.abroad": ("count.abroad.groups", "count.abroad.people"),
    "count.abroad.groups": ("count.abroad.groups", "count.abroad.people"),
}
OWNERS = {
    "count.host.home.batches": "three.host.home",
    "count.host.home.people": "three.host.home",
    "count.host.foreign.batches": "three.host.foreign",
    "count.host.foreign.people": "three.host.foreign",
    "count.host.abroad.batches": "three.host.abroad",
    "count.host.abroad.people": "three.host.abroad",
    "count.abroad.groups": "three.abroad",
    "count.abroad.people": "three.abroad",
}
BATCH, PERSON = ("批次", "批", "次", "个", "团次", "组"), ("人次", "人")


class Sentence:
    """One sentence: walks its figures, binds each to an item by the words before it."""

    def __init__(
        self, reader: Reader, paragraph: Paragraph, number: int, tokens: list[Token]
    ) -> None:
        self.reader, self.paragraph, self.number, self.tokens = reader, paragraph, number, tokens
        self.lead: list[Token] = []
        self.last_role = ""
        self.years: list[int] = []
        self.reasoning = False
        self.reason_from = 0
        self.outer: list[Entry | None] = []

    def _item_next(self, at: int) -> bool:
        """Whether a list goes on with an item right after a mark."""
        return any(t.kind in ITEMS for t in self.tokens[at + 1 : at + 3])

    def read(self) -> None:
        for i, token in enumerate(self.tokens):
            if token.kind == "reason":
                self._start_reason(i)
            elif self.reasoning and token.text == "；" and self._item_next(i):
                self._end_reason(token.start)
            if token.text == "（":
                self.outer.append(self.reader.current)
            elif token.text == "）" and self.outer:
                self.reader.current = self.outer.pop() or self.reader.current
            if token.kind == "figure" and token.figure:
                self._figure(token, i)
                self.lead = []
                continue
            if token.kind == "verdict" and self.reader.current and not self.reasoning:
                self.reader.current.verdict = self.reader.current.verdict or token.text
            if token.kind == "flat" and not self.reasoning:
                self._flat()
            if (
                token.kind == "partial"
                and self.reader.current
                and all(t.kind in ("punct", "filler") for t in self.lead)
            ):
                self.reader.current.partial = True
            self.lead.append(token)
        if self.reasoning and self.tokens:
            self._end_reason(self.tokens[-1].end)

    def _start_reason(self, at: int) -> None:
        if not self.reasoning:
            self.reasoning = True
            self.reason_from = self.tokens[at].end

    def _end_reason(self, end: int) -> None:
        self.reasoning = False
        entry = self.reader.current
        if entry and not entry.reason and end > self.reason_from:
            entry.reason = self.paragraph.normal.text[self.reason_from : end]
            entry.reason_at = (self.reason_from, end)

    def _unread(self, token: Token, why: str) -> None:
        self.reader.reading.unread.append(
            Unread(self.paragraph, token.start, token.end, why, token.figure)
        )

    def _figure(self, token: Token, index: int) -> None:
        figure = token.figure
        assert figure is not None
        if self.reasoning:
            return
        clauses = split_clauses(self.lead)
        if figure.kind == "percent":
            self._percent(token, figure, clauses)
        elif figure.kind == "bare":
            self._bare(token, figure, clauses, index)
        else:
            self._amount(token, figure, clauses)

    # amounts and counts -------------------------------------------------

    def _amount(self, token: Token, figure: Figure, clauses: list[list[Token]]) -> None:
        if self._second(figure, clauses):
            return
        role = role_of(clauses[-1])
        found = self._find_item(clauses, role)
        if found is None:
            self._unread(token, "未能确定所说的项目")
            return
        entry = self._entry(found, token, clauses, role)
        if entry is None:
            self._unread(token, "未能确定所说的项目")
            return
        if not self._fits(entry.item, figure):
            self._unread(token, "计量单位与项目不符")
            if entry in self.reader.reading.entries and not entry.values and not entry.deltas:
                self.reader.reading.entries.remove(entry)
            return
        self._place(entry, role, figure, clauses)
        self.last_role = role
        entry.end = token.end

    def _second(self, figure: Figure, clauses: list[list[Token]]) -> bool:
        """The second figure of a pair: only ``、`` or ``和`` stands between."""
        entry, words = self.reader.current, [t for c in clauses for t in c]
        if not entry or not entry.item.quantity or not entry.item.quantity.pair or not self.lead:
            return False
        if any(t.text not in ("、", "，", "和", "及", "与") for t in self.lead) or any(
            t.kind in ITEMS for t in words
        ):
            return False
        slot = {"value": entry.values, "delta": entry.deltas, "rate": entry.rates}.get(
            self.last_role
        )
        if slot is None or len(slot) != 1:
            return False
        slot.append(figure)
        return True

    def _find_item(self, clauses: list[list[Token]], role: str) -> Token | Entry | None:
        """The item a figure is about: in its own clause, in an earlier clause of the lead, or the current one."""
        last = clauses[-1]
        for depth, clause in enumerate(reversed(clauses)):
            at = max((i for i, t in enumerate(clause) if t.kind in ITEMS), default=-1)
            if at >= 0:
                after = [t for c in clauses[len(clauses) - depth :] for t in c]
                among = [c[-1].kind for c in clauses[: len(clauses) - depth - 1][-1:] if c] == [
                    "among"
                ]
                opens = stands_alone(clause, at) and not (
                    among and any(t.kind == "other" for t in clause[:at])
                )
                return clause[at] if opens and understood(clause[at + 1 :] + after) else None
            if not understood(clause):
                return None
            if depth and role == "value":
                break
        if generic(last, role) and self.reader.current and agrees(last, self.reader.current.item):
            return self.reader.current
        return None

    def _entry(
        self, found: Token | Entry, token: Token, clauses: list[list[Token]], role: str
    ) -> Entry | None:
        """The entry a figure goes to; a new one for a newly named item or a repeated value."""
        if isinstance(found, Entry):
            figure = token.figure
            assert figure is not None
            if figure.kind == "count" and (item := self._counted(found.item, figure)):
                return self._new(item, token, clauses) if item.id != found.item.id else found
            if figure.kind == "money" and (owner := OWNERS.get(found.item.id)):
                return self._new(quantity_item(owner), token, clauses)
            if role == "value" and found.values:
                return self._new(found.item, token, clauses)
            return found
        item = self._item(found, token)
        if item is None:
            return None
        current = self.reader.current
        if (
            current
            and current.item.id == item.id
            and role != "value"
            and self._same_breath(current)
        ):
            return current
        return self._new(item, found, clauses)

    def _same_breath(self, entry: Entry) -> bool:
        return (
            entry.paragraph is self.paragraph
            and entry.sentence >= self.number - 1
            and not entry.deltas
        )

    def _new(self, item: Item, token: Token, clauses: list[list[Token]]) -> Entry:
        context = self.reader.context(self.paragraph.section.kind)
        years = tuple(y for c in clauses for t in c if t.kind == "year" and (y := year_of(t.text)))
        entry = Entry(
            item, context, self.paragraph, self.number, token.start, token.end, token.text, years
        )
        self.reader.reading.entries.append(entry)
        self.reader.current = entry
        if item.quantity and item.quantity.leads:
            self.reader.led = item.quantity.leads
        if item.id in ("count.car.bought", "count.car.kept"):
            self.reader.car_head = item.id
        return entry

    def _item(self, found: Token, token: Token) -> Item | None:
        """The item a token names, in this section; counts go by their unit."""
        context = self.reader.context(self.paragraph.section.kind)
        if found.kind == "econ":
            code = found.ids[0] if len(found.ids) == 1 else None
            name = code_list("economic").items[found.ids[0]].name
            return Item(f"econ.{code or name}", name, "N-10", code)
        if found.kind != "item":
            return functional_item(found, context)
        item = quantity_item(found.ids[0])
        figure = token.figure
        if figure and figure.kind == "count":
            return self._counted(item, figure) or item
        return item

    def _counted(self, item: Item, figure: Figure) -> Item | None:
        """The count that belongs to an item: 国内公务接待 with 批次 or 人次; vehicle kinds go with their head."""
        quantity = item.quantity
        if quantity and quantity.kind == "car":
            head = self.reader.car_head or "count.car"
            return Item(f"{head}.{quantity.id}", quantity.title, quantity.rule, quantity=quantity)
        pair = PEOPLE.get(item.id)
        if not pair and item.id.startswith("count.host."):
            stem = item.id.rpartition(".")[0]
            pair = (f"{stem}.batches", f"{stem}.people")
        if not pair:
            return None
        wanted = pair[0] if figure.unit in BATCH else pair[1] if figure.unit in PERSON else None
        if wanted is None:
            return None
        return quantity_item(wanted)

    @staticmethod
    def _fits(item: Item, figure: Figure) -> bool:
        counter = item.quantity.counter if item.quantity else ()
        return figure.unit in counter if counter else figure.kind == "money"

    def _place(self, entry: Entry, role: str, figure: Figure, clauses: list[list[Token]]) -> None:
        """Puts an amount in its slot."""
        words = clauses[-1]
        if role == "delta":
            entry.deltas = [*entry.deltas, figure][:2] if not entry.deltas else entry.deltas
            entry.direction = direction_of(words)
            self._base(entry, clauses)
        elif role == "budget":
            entry.budget = entry.budget or figure
            entry.budget_compared = any(t.kind == "against" for t in words)
            entry.base_known = entry.base_known and not entry.budget_compared
        elif role == "prior":
            entry.prior = entry.prior or figure
            self._base(entry, clauses)
        elif self._is_prior(words):
            entry.prior = entry.prior or figure
        else:
            entry.values.append(figure)

    def _is_prior(self, words: list[Token]) -> bool:
        years = [year_of(t.text) for t in words if t.kind == "year"]
        last_year = self.reader.year is not None and years and years[-1] == self.reader.year - 1
        return bool(last_year or any(t.kind == "prior" for t in words))

    def _base(self, entry: Entry, clauses: list[list[Token]]) -> None:
        """What a change is measured against: a year, or the budget (then it is not a change over the years)."""
        words = [t for c in clauses for t in c]
        if any(t.kind in ("against", "budget") for t in words):
            entry.base_known = False
        years = [
            y
            for t in words
            if t.kind == "year" and (y := year_of(t.text)) and self._compared(words, t)
        ]
        if years:
            entry.base_year = years[-1]

    @staticmethod
    def _compared(words: list[Token], year: Token) -> bool:
        """Whether a year stands in a comparison (与2022年度相比, 比2022年)."""
        at = words.index(year)
        near = words[max(0, at - 1) : at] + words[at + 1 : at + 3]
        return any(t.kind == "compare" or t.text in ("与", "和") for t in near)

    def _flat(self) -> None:
        """``持平`` without figures: the current item, or one named in this clause, did not change."""
        clauses = split_clauses(self.lead)
        last = clauses[-1]
        if any(t.kind in ("against", "budget", "verdict") for t in last):
            return
        if not any(t.kind in ("prior", "compare", "year") or t.text in ("与", "和") for t in last):
            return
        item = next((t for c in reversed(clauses) for t in reversed(c) if t.kind in ITEMS), None)
        entry = self.reader.current
        if item is not None and understood([t for t in last if t is not item]):
            found = self._item(item, item)
            if found and not (entry and entry.item.id == found.id):
                entry = self._new(found, item, clauses)
        elif not understood(last):
            return
        if entry and not entry.deltas:
            entry.flat = True
            self._base(entry, clauses)

    # percentages ---------------------------------------------------------

    def _percent(self, token: Token, figure: Figure, clauses: list[list[Token]]) -> None:
        if self._second(figure, clauses):
            return
        role = percent_role(clauses[-1], self.last_role)
        entry = self._percent_entry(clauses, role)
        if not role or entry is None:
            self._unread(token, "未能确定百分比所说的项目")
            return
        if role == "share" and not entry.shares:
            entry.whole = self._whole(clauses[-1])
            entry.shares.append(figure)
        elif role == "completion":
            entry.completion = entry.completion or figure
            entry.completion_words = entry.completion_words or "".join(t.text for t in clauses[-1])
        elif role == "rate" and not entry.rates:
            entry.rates.append(figure)
            entry.rate_direction = direction_of(clauses[-1])
            self._base(entry, clauses)
        self.last_role = role
        entry.end = max(entry.end, token.end)

    def _percent_entry(self, clauses: list[list[Token]], role: str) -> Entry | None:
        """The entry a percentage belongs to; an item named before the key word must be read like an amount's."""
        last = clauses[-1]
        key = next(
            (
                i
                for i, t in enumerate(last)
                if t.kind in ("share", "complete", "up", "down", "alt", "flat")
            ),
            0,
        )
        before, after = last[:key], last[key + 1 :]
        named = [t for t in before if t.kind in ITEMS]
        current = self.reader.current
        if role != "share" and not understood(after):
            return None
        if named:
            item = self._item(named[-1], named[-1])
            if (
                item is None
                or not understood(before[before.index(named[-1]) + 1 :])
                or not stands_alone(before, before.index(named[-1]))
            ):
                return None
            same = current and current.item.id == item.id and current.paragraph is self.paragraph
            return current if same else self._new(item, named[-1], clauses)
        if not understood(before) or any(t.kind == "other" for c in clauses[:-1] for t in c):
            return None
        return current

    def _whole(self, words: list[Token]) -> str:
        """What a share is of: an item's id, ``""`` where it does not say, ``?`` where that is not understood."""
        at = next(i for i, t in enumerate(words) if t.kind == "share")
        after = words[at + 1 :]
        item = next((t for t in after if t.kind in ITEMS), None)
        if item is not None:
            rest = [t for t in after if t is not item]
            found = self._item(item, item)
            return found.id if found and understood(rest) else "?"
        return (
            ""
            if all(t.kind == "filler" and t.text in ("比", "为", "达", "约", "的") for t in after)
            else "?"
        )

    # numbers without a unit ------------------------------------------------

    def _bare(self, token: Token, figure: Figure, clauses: list[list[Token]], index: int) -> None:
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        shared = (
            following is not None
            and following.text in ("、", "，", "和")
            and self._next_is_figure(index + 1)
        )
        if percent_role(clauses[-1], "") and not any(t.kind in ITEMS for t in clauses[-1]):
            return
        role = role_of(clauses[-1])
        found = self._find_item(clauses, role)
        if found is None or (following is not None and following.kind == "other"):
            return
        entry = self._entry(found, token, clauses, role)
        if entry is None:
            return
        if shared:
            unit = next(t.figure for t in self.tokens[index + 1 :] if t.figure)
            guess = Figure(
                figure.text,
                figure.number,
                figure.decimals,
                unit.unit,
                unit.kind,
                figure.start,
                figure.end,
            )
            if self._fits(entry.item, guess):
                self._place(entry, role, guess, clauses)
                self.last_role = role
            return
        if entry.item.quantity and entry.item.quantity.counter:
            return
        self.reader.reading.bare.append((self.paragraph, figure, entry.item))
        guess = Figure(
            figure.text, figure.number, figure.decimals, "万元", "money", figure.start, figure.end
        )
        self._place(entry, role, guess, clauses)

    def _next_is_figure(self, at: int) -> bool:
        rest = self.tokens[at + 1 : at + 2]
        return bool(rest and rest[0].figure and rest[0].figure.kind == "money")
