"""docs/forms.md is followed as it stands, and names every key of a form's file."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import xlsxwriter
from pydantic import BaseModel

from pipelines.extract.form_pages import page
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.workbook import read_workbook
from pipelines.reading.workbooks import open_workbook
from schemas.library import Block, Column, Form, Row, Shape, Years

PAGE = Path(__file__).parents[2] / "docs" / "forms.md"
BLOCKS = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S))


def read(folder: Path, forms: tuple[str, ...]) -> list[SheetReading]:
    with xlsxwriter.Workbook(folder / "支出.xlsx") as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(csv.reader(BLOCKS["支出.csv"].splitlines())):
            for c, text in enumerate(row):
                number = re.fullmatch(r"\d+\.\d\d", text)
                sheet.write(r, c, float(text) if number else text) if text else None
    return read_workbook(open_workbook(folder / "支出.xlsx", "xlsx"), forms)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("model", [Form, Years, Column, Block, Row, Shape])
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    text = PAGE.read_text("utf-8")
    for name, field in model.model_fields.items():
        assert field.description and f"| `{name}` |" in text, (model.__name__, name)


def test_the_layout_of_the_page_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "G03.yml").write_text(BLOCKS["forms/G03.yml"], "utf-8")
    assert 'forms_folders = ["forms"]' in BLOCKS["caijue.toml"]
    (reading,) = read(tmp_path, (str(folder),))
    facts = {f.cell: (f.row_key, f.col_key, f.fen) for f in reading.facts}
    assert facts["C7"] == ("2010301", "本年支出合计", 1_205_000_00)
    assert facts["E7"] == ("2010301", "基本支出/人员经费", 800_000_00)
    assert len(facts) == 12 and not reading.faults and not reading.left_out


def test_without_the_layout_of_the_page_it_is_not(tmp_path: Path) -> None:
    assert not [r for r in read(tmp_path, ()) if not r.faults]
