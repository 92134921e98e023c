"""The paragraphs of a document read one after another into entries.

What does not belong here: how one sentence is understood (``binding.py``).
"""

from __future__ import annotations

import re

from pipelines.narrative.binding import Sentence
from pipelines.narrative.entries import Entry, Reading, Unread
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.tokens import Token, tokenise
from pipelines.narrative.vocabulary import vocabulary

TELLS = re.compile(r"\d|持平|原因|决算数|[一二三四五六七八九十百]万?元")
SENTENCE = re.compile(r"(?:[^。！？]|(?<=（[类款项]）)。)*[。！？]?")


class Reader:
    """Reads the paragraphs of a document one after another; remembers which section it is in."""

    def __init__(self, year: int | None, figure_sections: frozenset[str]) -> None:
        self.year, self.figure_sections = year, figure_sections
        self.reading = Reading()
        self.led = ""
        self.current: Entry | None = None
        self.car_head: str = ""

    def paragraph(self, paragraph: Paragraph) -> None:
        """Reads one paragraph."""
        kind = paragraph.section.kind
        if paragraph.endless:
            self.reading.unread.append(
                Unread(paragraph, 0, len(paragraph.normal.text), "段落过长，未读")
            )
        if kind not in self.figure_sections or paragraph.cell or paragraph.endless:
            self.current = None
            return
        if not self._goes_on(paragraph):
            self.current = None
        text, at = paragraph.normal.text, 0
        for number, found in enumerate(SENTENCE.finditer(text)):
            if found[0]:
                self._sentence(paragraph, number, at, found.end())
                at = found.end()

    def _goes_on(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph may still speak of the item of the one before."""
        return bool(
            self.current
            and self.current.paragraph.section is paragraph.section
            and re.match(r"其中|与|比|较|同比|决算|支出决算", paragraph.normal.text)
        )

    def context(self, kind: str) -> str:
        return kind if kind in vocabulary().money_sections else (self.led or kind)

    def _sentence(self, paragraph: Paragraph, number: int, start: int, end: int) -> None:
        text = paragraph.normal.text
        if re.match(r"（?(?:图\d|注：|\[)", text[start:end]) or not TELLS.search(text[start:end]):
            return
        self.reading.statements += 1
        context = self.context(paragraph.section.kind)
        tokens = tokenise(text, start, end, context)
        if (
            paragraph.section.kind not in vocabulary().money_sections
            and self._led_by(tokens) != context
        ):
            tokens = tokenise(text, start, end, self.led)
        Sentence(self, paragraph, number, tokens).read()

    def _led_by(self, tokens: list[Token]) -> str:
        """The section that a distinctive wording opens, where headings do not tell."""
        known = vocabulary().quantities
        leads = [
            known[i].leads for t in tokens if t.kind == "item" for i in t.ids if known[i].leads
        ]
        self.led = leads[0] if leads else self.led
        return self.led
