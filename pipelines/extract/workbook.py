"""The recognised sheets of a workbook, with the forms that this installation knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipelines.extract.recognise import Recogniser
from pipelines.extract.sheet import SheetReading, read_sheets
from pipelines.intake.workbook import Workbook
from schemas.library import FORMS_DIR, Form, load_forms
from schemas.library import forms as shipped_forms


@cache
def known_forms(folders: tuple[str, ...]) -> tuple[dict[str, Form], Recogniser]:
    """The forms, those of an organisation's own ``folders`` among them, and what tells them apart:
    made once a process.
    """
    forms = load_forms((FORMS_DIR, *map(Path, folders))) if folders else shipped_forms()
    return forms, Recogniser(forms)


def read_workbook(workbook: Workbook, folders: tuple[str, ...] = ()) -> list[SheetReading]:
    """The recognised sheets of a workbook, in its order; sheets that are none of ours are left
    alone.
    """
    forms, recogniser = known_forms(folders)
    return read_sheets(workbook.sheets, recogniser, forms)
