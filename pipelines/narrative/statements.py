"""The paragraphs of a document read one after another into entries: which section, which topic is
open between sentences.

What does not belong here: how one sentence is understood (``binding.py``).
"""

from __future__ import annotations

import re

from pipelines.narrative.binding import Sentence
from pipelines.narrative.entries import Entry, Item, Reading, Unread
from pipelines.narrative.figures import Figure
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph, Section
from pipelines.narrative.tokens import ITEMS, MARKER, Token, tokenise
from pipelines.narrative.topics import Topics, averaged, divided, economic_item
from pipelines.narrative.vocabulary import vocabulary

# what a paragraph that is more than a title may begin with: 七、（二）, a dash, a bullet
LABEL = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十]{1,3}）[、.]?|[—–\-•·●○◆◇■□▪※★☆*]+)"
)
SENTENCE = re.compile(r"[^。！？]*[。！？]?")
GOES_ON = re.compile(
    r"其中|[与比较同]|决算|支出决算|年初|预算|全年预算|完成|主要用于|反映|主要(?:有|包括)|具体"
)
NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.])"
)
TITLE_END = re.compile(r"(?:具体|总体|增减变动)?(?:情况)?(?:的)?(?:说明|分析)?[。：]?$")
# a first-level number at the beginning of a paragraph that is more than a title
FIRST_LEVEL = re.compile(r"^[一二三四五六七八九十]{1,3}[、.]")
# sections whose own words come so rarely elsewhere that naming their total opens them
APART = frozenset(("basic", "fund", "capital"))
SHORT_AVERAGE = 5  # 人均, 平均每辆车: longer names say themselves what is averaged
OPENING = 60  # characters in which a paragraph says what it is about
# what short names mean where no heading and no sentence tells the section
WHOLE_DOCUMENT = ("expenditure", "income", "total")
OTHER, OTHER_ECONOMIC = "其他支出", ("399",)  # a class of the functional classification as well
SKIPPED = re.compile(r"（?(?:图\d|注：|\[)")


class Reader:
    """Reads the paragraphs of a document one after another; remembers which topic is open.

    ``closed``: something was named that is not known; figures without a name are not given to
    ``current`` until it is named again. ``money``: the mention that last got an amount.
    ``listing``: the list that a sentence opened with its last words. ``economic``: the last
    thing named was an economic class.
    """

    def __init__(
        self,
        year: int | None,
        figure_sections: frozenset[str],
        owners: re.Pattern[str] | None = None,
    ) -> None:
        self.year, self.figure_sections, self.owners = year, figure_sections, owners
        self.reading = Reading()
        self.topics = Topics()
        self.led = ""
        self.own = self.numbered = ""
        self.section: Section | None = None
        self.current: Entry | None = None
        self.closed = False
        self.money: Entry | None = None
        self.listing: tuple[Entry, str] | None = None
        self.in_list = False
        self.economic = False

    def open(self, entry: Entry) -> None:
        """Makes a mention the open topic."""
        self.current, self.closed = entry, False
        quantity = entry.item.quantity
        if quantity and quantity.leads:
            self.led = quantity.leads
        if entry.item.id in ("count.car.bought", "count.car.kept"):
            self.topics.car_head = entry.item.id

    def follow(self, entry: Entry) -> None:
        """What follows a listed thing without a name of its own is said of that thing."""
        self.current, self.closed = entry, False

    def close(self) -> None:
        """Something unknown was named: no topic is open."""
        self.closed = True

    def item(
        self, token: Token, context: str, figure: Figure | None, before: list[Token]
    ) -> Item | None:
        """What a token names here, after the topic that is open."""
        if token.kind == "econ" and context != "basic":
            return self._economic(token.ids, context)
        if token.text == OTHER and self.economic:
            return self._economic(OTHER_ECONOMIC, context)
        self.economic = False
        found = self.topics.item(token, context, figure, before)
        topic = self.current.item.id if self.current and not self.closed else ""
        found = averaged(found, topic) if len(token.text) <= SHORT_AVERAGE else found
        return self.topics.sided(token, found, context, topic)

    def _economic(self, codes: tuple[str, ...], context: str) -> Item | None:
        """An economic class as a part of the expenditure that is open, or that the section is
        about.
        """
        topic = self.current.item.id if self.current and not self.closed else ""
        scope = divided(topic, context)
        self.economic = True
        return economic_item(codes, scope) if scope else None

    def paragraph(self, paragraph: Paragraph) -> None:
        """Reads one paragraph."""
        if paragraph.endless:
            self.reading.unread.append(
                Unread(paragraph, 0, len(paragraph.normal.text), "段落过长，未读")
            )
        if (
            paragraph.section.kind not in self.figure_sections
            or paragraph.cell
            or paragraph.endless
        ):
            self.current = None
            return
        self._enter(paragraph)
        text = paragraph.normal.text
        label = LABEL.match(text)
        at = label.end() if label else 0
        for number, found in enumerate(SENTENCE.finditer(text, at)):
            if found[0]:
                self._sentence(paragraph, number, at, found.end())
                at = found.end()

    def _enter(self, paragraph: Paragraph) -> None:
        """What stays open from the paragraph before."""
        text = paragraph.normal.text
        if paragraph.section is not self.section:
            self.section, self.led, self.listing = paragraph.section, "", None
            self.topics.names.clear()
            self.current, self.closed, self.money = None, False, None
            self.own = self.numbered = ""
            self.economic = False
            self._titled(paragraph)
        self._begun(paragraph)
        marked = bool(MARKER.match(text))
        self.in_list = self.listing is not None and (marked or self._named_first(paragraph))
        if not self.in_list:
            self.listing = None
        waiting = self.current is not None and not self.current.figures()
        if marked or not (waiting or self._goes_on(paragraph)):
            self.current = None
        if self.current is not None:
            self._carry(self.current, paragraph, waiting=waiting)
        self.closed = False

    def _begun(self, paragraph: Paragraph) -> None:
        """What a paragraph is about where it begins a section without a title of its own
        (``四、政府性基金预算支出100万元，…``), or names the total of another section first.
        """
        text, kind = paragraph.normal.text, paragraph.section.kind
        self.own = self.numbered
        numbered = FIRST_LEVEL.match(text)
        if numbered:
            self.own = self.numbered = ""
        tokens = tokenise(text, 0, min(len(text), OPENING), self.contexts(kind), self.owners)
        first = next((t for t in tokens if t.kind in ITEMS), None)
        known = vocabulary().quantities
        leads = known[first.ids[0]].leads if first is not None and first.kind == "item" else ""
        if not leads or leads == kind:
            return
        if numbered:
            self.own = self.numbered = leads
        elif leads in APART:
            self.own = leads

    def _carry(self, entry: Entry, paragraph: Paragraph, *, waiting: bool) -> None:
        """The open topic goes on in another paragraph: a new mention of it, or the same where it
        has no figures yet.
        """
        if waiting:
            entry.move(paragraph)
            return
        again = Entry(entry.item, entry.context, paragraph, 0, 0, 0, entry.label, entry.years)
        again.restated, again.outer = True, entry.outer
        self.reading.entries.append(again)
        self.current = again

    def _titled(self, paragraph: Paragraph) -> None:
        """The item that the section's title names is open until the text names another."""
        title = TITLE_END.sub("", NUMBERED.sub("", plain(paragraph.section.title)))
        tokens = tokenise(title, 0, len(title), self.contexts(paragraph.section.kind), self.owners)
        items = [t for t in tokens if t.kind == "item"]
        if len(items) != 1 or any(t.kind in ("other", "klass", "econ") for t in tokens):
            return
        item = self.item(items[0], self.context(paragraph.section.kind), None, [])
        if item is not None:
            entry = Entry(item, self.context(paragraph.section.kind), paragraph, 0, 0, 0, "")
            self.reading.entries.append(entry)
            self.current = entry

    def _named_first(self, paragraph: Paragraph) -> bool:
        text = paragraph.normal.text
        tokens = tokenise(text, 0, min(len(text), 40), self.contexts(paragraph.section.kind))
        return bool(tokens) and tokens[0].kind in ("item", "klass", "triple", "pair", "xiang")

    def _goes_on(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph may still speak of the item of the one before."""
        return bool(self.current and GOES_ON.match(paragraph.normal.text))

    def context(self, kind: str) -> str:
        own = kind if kind in vocabulary().money_sections else (self.led or kind)
        return self.own or own

    def contexts(self, kind: str) -> tuple[str, ...]:
        """The kinds of section whose words are meant, the nearest first."""
        own = self.context(kind)
        near = (own, self.led) if self.led and self.led != own else (own,)
        if self.own:
            return (*near, kind)
        told = kind in vocabulary().money_sections or self.led not in ("", *WHOLE_DOCUMENT)
        return near if told else (*near, *WHOLE_DOCUMENT)

    def _sentence(self, paragraph: Paragraph, number: int, start: int, end: int) -> None:
        text = paragraph.normal.text
        if SKIPPED.match(text, start):
            return
        self.reading.statements += 1
        kind = paragraph.section.kind
        contexts = self.contexts(kind)
        tokens = tokenise(text, start, end, contexts, self.owners)
        if self._led_by(tokens) and self.contexts(kind) != contexts:
            tokens = tokenise(text, start, end, self.contexts(kind), self.owners)
        Sentence(self, paragraph, number, tokens).read()

    def _led_by(self, tokens: list[Token]) -> str:
        """The section that a distinctive wording opens, where headings do not tell."""
        known = vocabulary().quantities
        leads = [
            known[i].leads for t in tokens if t.kind == "item" for i in t.ids if known[i].leads
        ]
        self.led = leads[0] if leads else self.led
        return self.led
