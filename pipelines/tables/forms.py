"""Which tables of a document are forms: these are read by extraction, and not as sentences.

What does not belong here: reading them.
"""

from __future__ import annotations

from functools import cache

from pipelines.extract.grid import Grid
from pipelines.extract.recognise import Recogniser
from pipelines.tables.document import Document, Table
from pipelines.tables.sheets import table_sheet
from schemas.library import forms

FEWEST_ROWS, FEWEST_COLUMNS = 3, 2  # the smallest form: a heading, a total and one amount column


@cache
def _recogniser() -> Recogniser:
    return Recogniser(forms())


def form_spans(document: Document) -> list[tuple[int, int]]:
    """(start, end) of every table that claims to be a form, by its title, its 表号 or its first
    rows, or may be the rest of one.
    """
    return [(t.start, t.end) for t in document.tables if t.torn or _is_form(t)]


def _is_form(table: Table) -> bool:
    if table.height < FEWEST_ROWS or table.width < FEWEST_COLUMNS:
        return False
    return bool(_recogniser().evidence(Grid.of(table_sheet(table))).ranked())
