"""A disclosure narrative read: text, sections, statements, figures, and what was not understood.

What does not belong here: judging it (``check.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.narrative.entries import Entry, Reading
from pipelines.narrative.figures import Figure
from pipelines.narrative.grids import table_grids
from pipelines.narrative.identity import fiscal_year, what_it_is
from pipelines.narrative.precision import settle
from pipelines.narrative.rows import read_grid
from pipelines.narrative.sections import Outline, Paragraph, outline
from pipelines.narrative.source import read_file
from pipelines.narrative.statements import Reader
from pipelines.narrative.units import name_mentions, owners, unit_names
from pipelines.narrative.vocabulary import vocabulary
from pipelines.tables.document import Document, Table
from pipelines.tables.forms import form_spans

# sections that state no figures of final accounts: theirs are neither judged nor counted
OUTSIDE = frozenset(("overview", "glossary", "annex", "contact", "contents", "performance"))


@dataclass(slots=True)
class Narrative:
    """What a document says.

    ``text``: the characters that spans count in (for ``.txt`` the decoded file). ``is_narrative``:
    whether it is a disclosure narrative; if not, ``reason`` says why. ``unit_names``: most likely
    first. ``year``: the fiscal year it reports.
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


def read_narrative(path: Path, type: str, sha256: str | None = None) -> Narrative:
    """Reads a document of any type that ``tables`` reads.

    Raises :class:`pipelines.narrative.source.NarrativeError`.
    """
    return read_document_text(read_file(path, type, sha256), path=path, type=type)


def read_document_text(document: Document, *, path: Path, type: str) -> Narrative:
    """The same for a document that is open."""
    forms = form_spans(document)
    others = [t for t in document.tables if (t.start, t.end) not in forms]
    return read_text(document.body, path=path, type=type, forms=forms, tables=others)


def read_text(
    text: str,
    *,
    path: Path = Path("说明.txt"),
    type: str = "txt",
    forms: Iterable[tuple[int, int]] = (),
    tables: Iterable[Table] = (),
) -> Narrative:
    """The same for a text in memory.

    ``forms``: the spans of tables that extraction reads; ``tables``: the others.
    """
    plan = outline(_without(text, forms), soft=type == "txt", grids=table_grids(text, tables))
    year = fiscal_year(text, plan)
    mentions = name_mentions(text, plan)
    names = unit_names(mentions)
    reader = Reader(year, vocabulary().figure_sections, owners(text, names))
    for paragraph in plan.paragraphs:
        reader.paragraph(paragraph)
    for number, (grid, section) in enumerate(plan.grids, 1):
        if section.kind in OUTSIDE:
            continue
        read_grid(text, grid, section, number, year, reader.reading)
    settle(reader.reading)
    verdict, reason = what_it_is(text, reader.reading)
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
        mentions,
    )


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans blank, every other character where it was."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def paragraph_at(narrative: Narrative, start: int) -> Paragraph | None:
    """The paragraph that covers a character of the text."""
    return next((p for p in narrative.outline.paragraphs if p.start <= start < p.end), None)
