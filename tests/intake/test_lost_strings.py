"""Text cells that point at no shared text: blank for a negative number, refused beyond the last
text.
"""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from pipelines.intake.refusal import Refused
from pipelines.reading.workbooks import read_workbook


def workbook(number: bytes) -> bytes:
    """A workbook whose cell B1 points at text ``number``."""
    plain, out = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write_row(0, 0, ["收入决算表", "在这里", -5.5])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                assert data.count(b"<v>1</v>") == 1
                data = data.replace(b"<v>1</v>", b"<v>" + number + b"</v>")
            target.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("number", [b"-1", b"-7"])
def test_a_text_that_does_not_exist_is_blank(number: bytes) -> None:
    cells = read_workbook(workbook(number), "xlsx").sheets[0].cells
    assert cells == [["收入决算表", "", -5.5]]


@pytest.mark.parametrize("number", [b"99", b"4294967295"])
def test_a_text_beyond_the_last_means_that_texts_were_lost(number: bytes) -> None:
    with pytest.raises(Refused):
        read_workbook(workbook(number), "xlsx")


def test_a_text_that_exists_stays() -> None:
    cells = read_workbook(workbook(b"1"), "xlsx").sheets[0].cells
    assert cells == [["收入决算表", "在这里", -5.5]]
