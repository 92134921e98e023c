"""What was read of a unit's performance material of a year: rows of forms, project tables, prose.

What does not belong here: reading (``reading.py``, ``projecttable.py``) and judging (``checks/``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.narrative.normal import Normal
from pipelines.performance.grid import Spot
from pipelines.performance.values import EMPTY, Value
from pipelines.performance.words import flat


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell that was read: its value and where it stands. Money is in 元."""

    value: Value = EMPTY
    file: str = ""
    spot: Spot | None = None

    @property
    def text(self) -> str:
        return flat(self.value.raw)

    @property
    def number(self) -> bool:
        return self.value.number is not None

    @property
    def said(self) -> bool:
        """Whether there is anything in the cell, be it a dash."""
        return self.value.state != "empty"

    @property
    def words(self) -> bool:
        """Whether there is more in the cell than a dash or 无. A place left to fill counts:
        somebody knows of it.
        """
        if self.value.asked:
            return True
        return self.said and self.value.state != "dash" and self.text not in NOTHING


NOTHING = frozenset(("无", "没有", "不涉及", "未发现", "暂无", "/", "-"))
NO_ENTRY = Entry()


@dataclass(slots=True)
class Row:
    """A data row of a list form. ``levels``: the captions it stands under (一级, 二级)."""

    form: str
    key: str
    label: Entry
    cells: dict[str, Entry]
    block: str = ""
    block_entry: Entry = NO_ENTRY
    levels: tuple[Entry, ...] = ()
    table: int = 0

    def get(self, column: str) -> Entry:
        return self.cells.get(column, NO_ENTRY)

    def number(self, column: str) -> Value | None:
        entry = self.get(column)
        return entry.value if entry.number else None


@dataclass(slots=True)
class Indicator:
    """An indicator of a project in JX05, JX14, JX17 or JX18."""

    form: str
    project: str
    level1: str
    level2: str
    name: Entry
    op: str
    target: Entry
    unit: str
    actual: Entry = NO_ENTRY
    rate: Entry = NO_ENTRY
    weight: Entry = NO_ENTRY
    score: Entry = NO_ENTRY
    reason: Entry = NO_ENTRY
    op_entry: Entry = NO_ENTRY
    unit_entry: Entry = NO_ENTRY
    level1_entry: Entry = NO_ENTRY
    level2_entry: Entry = NO_ENTRY
    has: frozenset[str] = frozenset()
    table: int = 0

    @property
    def title(self) -> str:
        return self.name.text


@dataclass(slots=True)
class ProjectTable:
    """A project's self-evaluation (JX14), declaration (JX17) or the unit's own (JX18).

    ``funds``: (row, column) such as (财政拨款, 预算数); ``fields``: 主管部门, 实施单位, 预期目标,
    实际完成, 项目名称; ``columns``: the fund columns that are there; ``layout``: A, B or C;
    ``told_score``: the score in the head of a form that has a row for its total too; ``unread``:
    what of a form without lines could not be told.
    """

    form: str
    project: str
    title: Entry
    code: str = ""
    layout: str = "A"
    funds: dict[tuple[str, str], Entry] = field(default_factory=dict)
    fields: dict[str, Entry] = field(default_factory=dict)
    indicators: list[Indicator] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    total_weight: Entry = NO_ENTRY
    total_score: Entry = NO_ENTRY
    told_score: Entry = NO_ENTRY
    fund_weight: Entry = NO_ENTRY
    grade: Entry = NO_ENTRY
    table: int = 0
    unread: tuple[str, ...] = ()

    def fund(self, row: str, column: str) -> Entry:
        return self.funds.get((row, column), NO_ENTRY)

    @property
    def scored(self) -> bool:
        return any(i.score.said for i in self.indicators) or self.total_score.said


@dataclass(slots=True)
class Paragraph:
    """A paragraph of prose outside the tables; ``section``: the heading it stands under."""

    normal: Normal
    start: int
    end: int
    section: str
    heading: bool = False


@dataclass(slots=True)
class Prose:
    """The prose of one document. ``text``: what spans count in."""

    file: str
    text: str
    paragraphs: list[Paragraph] = field(default_factory=list)

    def entry(self, paragraph: Paragraph, start: int, end: int, value: Value = EMPTY) -> Entry:
        """Words of a paragraph (places in its normalised text) as an entry."""
        first, last = paragraph.normal.span(start, end)
        quote = self.text[first:last]
        kept = value if value is not EMPTY else Value(quote, "text")
        return Entry(kept, self.file, Spot(paragraph.section or "正文", f"{first}-{last}", quote))


@dataclass(slots=True)
class FormTable:
    """One table that was read as a form: for 'is it there' and for versions. ``unread``: parts of a
    form without lines that could not be told.
    """

    form: str
    file: str
    number: int
    title: str
    unit: str = ""
    odd: list[tuple[str, Entry]] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    problem: str = ""
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Pack:
    """All of it. ``units`` and ``year`` as printed, the likeliest first. ``texts``: the prose of
    documents that hold no form; only what they say of the evaluation in numbers is judged.
    """

    rows: list[Row] = field(default_factory=list)
    projects: list[ProjectTable] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    texts: list[Prose] = field(default_factory=list)
    tables: list[FormTable] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    year: int | None = None

    @property
    def partial(self) -> bool:
        """Whether a project's form, or a part of one, could not be read: what is counted and summed
        over all projects is not known then.
        """
        return any(t.unread for t in self.tables if t.form in ("JX14", "JX14?"))

    def of(self, form: str) -> list[Row]:
        return [r for r in self.rows if r.form == form]

    def has(self, form: str) -> bool:
        return any(t.form == form for t in self.tables)

    def row(self, form: str, key: str) -> Row | None:
        return next((r for r in self.rows if r.form == form and r.key == key), None)

    def columns(self, form: str) -> frozenset[str]:
        """The columns that the form's table has."""
        return frozenset().union(*(t.columns for t in self.tables if t.form == form))

    def project_tables(self, form: str = "JX14") -> list[ProjectTable]:
        return [p for p in self.projects if p.form == form]

    def evaluated(self) -> list[ProjectTable]:
        """Every self-evaluation with indicators: the projects' and the unit's own."""
        return [p for p in self.projects if p.form in ("JX14", "JX18")]

    def paragraphs(self) -> Iterator[tuple[Prose, Paragraph]]:
        yield from _paragraphs(self.prose)

    def said(self) -> Iterator[tuple[Prose, Paragraph]]:
        """The paragraphs of all prose, that of documents without forms too."""
        yield from _paragraphs([*self.prose, *self.texts])


def _paragraphs(proses: Iterable[Prose]) -> Iterator[tuple[Prose, Paragraph]]:
    for prose in proses:
        for paragraph in prose.paragraphs:
            yield prose, paragraph


def merge(packs: Iterable[Pack]) -> Pack:
    """The packs of several files as one.

    Of a list form in several files the last one (modified last) counts.
    """
    whole = Pack()
    for pack in packs:
        _renew(whole, pack)
        whole.prose += pack.prose
        whole.texts += pack.texts
        whole.units += [u for u in pack.units if u not in whole.units]
        whole.year = whole.year or pack.year
    return whole


def _renew(whole: Pack, pack: Pack) -> None:
    """The rows, tables and projects of a pack, in place of those of the same forms and projects."""
    renewed = {t.form for t in pack.tables} - {"JX14", "JX17", "JX18"}
    whole.rows = [r for r in whole.rows if r.form not in renewed] + pack.rows
    whole.tables = [t for t in whole.tables if t.form not in renewed] + pack.tables
    again = {(p.form, p.project) for p in pack.projects}
    whole.projects = [p for p in whole.projects if (p.form, p.project) not in again]
    whole.projects += pack.projects
