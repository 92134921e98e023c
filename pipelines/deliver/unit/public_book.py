"""``public/公开表_<unit>_<year>.xlsx``: the 13 public tables alone, as they are put before the
public.

No run, no findings, no exact amounts, nobody's name in the properties.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pipelines.deliver.filenames import aside_of
from pipelines.deliver.unit.paper import Paper
from pipelines.deliver.unit.sheets import write_tables
from pipelines.public.figures import Published
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book
from pipelines.xlsx.template import FilledBook, Template

TITLE = "部门决算公开表"


def write_public_book(target: Path, subject: Subject, data: Published) -> None:
    """Write the workbook; the file appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = aside_of(target)
    book = FilledBook(_template())
    _fill(book, subject, data)
    book.save(aside)
    os.replace(aside, target)


def _fill(book: Book, subject: Subject, data: Published) -> None:
    for kind in ("title", "note"):
        book.format(kind, text_wrap=True)  # the template has it also where no name is long
    write_tables(Paper(book, subject, data, ready=True))


@lru_cache(maxsize=1)
def _template() -> Template:
    from pipelines.deliver.unit.unit_book import model_figures

    subject = Subject("单位", 2023, {})
    return Template.make(lambda book: _fill(book, subject, model_figures()), "", TITLE)
