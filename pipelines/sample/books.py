"""Workbooks: which sheets a submission hands in, under what names and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from pipelines.sample.blocks import BlockTable, block_sheet
from pipelines.sample.heading import cover, unrelated
from pipelines.sample.lists import ListTable, list_sheet
from pipelines.sample.model import UnitYear
from pipelines.sample.paper import Paper
from pipelines.sample.style import Style
from pipelines.sample.tables import TOTAL, Tables
from pipelines.sample.tallies import row_sheet, strip_sheet
from schemas.library import Form, code_list, forms

NAME_LIMIT = 31
ALWAYS = (
    "Z01",
    "Z01_1",
    "Z02",
    "Z03",
    "Z04",
    "Z05",
    "Z05_1",
    "Z05_2",
    "Z07",
    "Z08",
    "Z08_1",
    "Z08_2",
    "F03",
)
WITH_FUND = ("Z09", "Z10", "Z10_1", "Z10_2")
WITH_CAPITAL = ("Z11", "Z12")
ORDER = (
    "Z01",
    "Z01_1",
    "Z02",
    "Z03",
    "Z04",
    "Z05",
    "Z05_1",
    "Z05_2",
    "Z05_3",
    "Z07",
    "Z08",
    "Z08_1",
    "Z08_2",
    "Z09",
    "Z10",
    "Z10_1",
    "Z10_2",
    "Z11",
    "Z12",
    "F03",
    "CS01_1",
)


@dataclass(frozen=True)
class Book:
    """One workbook to be written."""

    sheets: tuple[Paper, ...]
    kind: str


def handed_in(submission: UnitYear, style: Style) -> list[str]:
    """The forms that a unit hands in: all that it must, those it has amounts for, empty ones if the
    exporter adds them.
    """
    tables = submission.tables
    if submission.present is not None:
        return _of_those(submission.present, tables)
    wanted = set(ALWAYS) | {f for f, t in tables.items() if t}
    for group in (WITH_FUND, WITH_CAPITAL):
        if style.empty_tables or not wanted.isdisjoint(group):
            wanted |= set(group)
    if style.empty_tables:
        wanted.add("Z05_3")
    return [f for f in ORDER if f in wanted]


def _of_those(present: tuple[str, ...], tables: Tables) -> list[str]:
    return [f for f in (*ORDER, *sorted(tables)) if f in present and f in tables]


def papers(
    submission: UnitYear, style: Style, shown_name: str = "", decimals: int | None = None
) -> list[Paper]:
    """The sheets of a submission in the order of the forms, before anything is shuffled."""
    library = forms()
    found = []
    for number, form_id in enumerate(handed_in(submission, style), start=1):
        form = library[form_id]
        name = sheet_name(form, style, number)
        found.append(
            _sheet(submission, form, style, name, shown_name or submission.unit.name, decimals)
        )
    return found


def _sheet(
    submission: UnitYear, form: Form, style: Style, name: str, shown: str, decimals: int | None
) -> Paper:
    table = submission.tables[form.form]
    if form.layout == "blocks":
        return block_sheet(BlockTable(form, table, shown, submission.year, decimals), style, name)
    names = _names(submission, form)
    listed = ListTable(form, table, shown, submission.year, names, decimals)
    made = {"list": list_sheet, "strips": strip_sheet, "row": row_sheet}[form.layout]
    return made(listed, style, name)


def _names(submission: UnitYear, form: Form) -> dict[str, str]:
    """The name printed beside each code of the table; a submission may have its own
    (wrong) ones.
    """
    codes = code_list(form.codes or "functional").items
    names = {
        row: codes[row].name
        for _, row, _ in submission.tables[form.form]
        if row in codes and row != TOTAL
    }
    return names | {code: text for (of, code), text in submission.labels.items() if of == form.form}


def sheet_name(form: Form, style: Style, number: int) -> str:
    """At most 31 characters, as Excel has it; the cut may take the 表号 away."""
    full = f"{form.form} {form.title}({form.number})"
    name = {
        "full": full,
        "code": form.form,
        "number": form.number,
        "title": form.title,
        "plain": f"Sheet{number}",
    }
    return name[style.sheet_names][:NAME_LIMIT]


def books(submission: UnitYear, style: Style, rng: Random, shown_name: str = "") -> list[Book]:
    """One workbook, or two where the exporter splits the tables; sheets hidden, shuffled and mixed
    with others.
    """
    sheets = papers(submission, style, shown_name)
    _hide(sheets, style, rng)
    cut = len(sheets) // 2 if style.two_books else len(sheets)
    if style.shuffle:
        rng.shuffle(sheets)
    parts = [p for p in (sheets[:cut], sheets[cut:]) if p]
    name = shown_name or submission.unit.name
    for part in parts:
        part.insert(0, cover(name, submission.year, submission.unit.code))
        for number in range(style.extra_sheets):
            part.insert(rng.randint(1, len(part)), unrelated(number, name, submission.year, rng))
    return [Book(tuple(part), style.kind) for part in parts]


def _hide(sheets: list[Paper], style: Style, rng: Random) -> None:
    for paper in rng.sample(sheets, min(style.hidden, len(sheets) - 1)):
        paper.visibility = rng.choice(("hidden", "veryhidden"))
