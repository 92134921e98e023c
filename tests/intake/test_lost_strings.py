"""Text cells that point at no shared text are blank, whatever the number says."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from pipelines.intake.workbook import read_workbook


def workbook(number: bytes) -> bytes:
    """A workbook whose cell B1 points at text ``number``."""
    book = openpyxl.Workbook()
    book.active.append(["收入决算表", "在这里", -5.5])
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                assert data.count(b"<v>1</v>") == 1
                data = data.replace(b"<v>1</v>", b"<v>" + number + b"</v>")
            target.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("number", [b"-1", b"-7", b"99", b"4294967295"])
def test_a_text_that_does_not_exist_is_blank(number: bytes) -> None:
    cells = read_workbook(workbook(number), "xlsx").sheets[0].cells
    assert cells == [["收入决算表", "", -5.5]]


def test_a_text_that_exists_stays() -> None:
    cells = read_workbook(workbook(b"1"), "xlsx").sheets[0].cells
    assert cells == [["收入决算表", "在这里", -5.5]]
