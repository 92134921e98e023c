"""``public/公开表_<unit>_<year>.xlsx``: the 13 public tables alone, as they are put before the
public.

No run, no findings, no exact amounts, nobody's name in the properties.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipelines.deliver.filenames import put
from pipelines.deliver.unit.paper import Foot, Paper
from pipelines.deliver.unit.sheets import repeat_tables, write_tables
from pipelines.deliver.unit.unit_book import TITLE, model_figures
from pipelines.public.figures import Published
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book
from pipelines.xlsx.filled import FilledBook
from pipelines.xlsx.template import Template


def write_public_book(
    target: Path, subject: Subject, data: Published, drawn: Sequence[Foot] = ()
) -> None:
    """Write the workbook; the file appears only when it is whole. ``drawn``: the same tables in the
    workbook of the unit; without them they are drawn here.
    """
    book = FilledBook(_template())
    paper = Paper(book, subject, data, ready=True)
    if drawn:
        repeat_tables(book, paper, drawn)
    else:
        write_tables(paper)
    put(target, book.content())


def _fill(book: Book) -> None:
    paper = Paper(book, Subject("单位", 2023, {}), model_figures(), ready=True)
    for kind in ("title", "note"):
        book.format(kind, text_wrap=True)  # the template has it also where no name is long
    write_tables(paper)


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template.make(_fill, "", TITLE)
