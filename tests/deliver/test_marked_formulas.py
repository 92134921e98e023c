"""Marked copies act on nothing: formulas give way to their results, macros are taken out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlsxwriter
from marked import entry, job, run


def test_macros_and_outside_formulas_are_taken_out(tmp_path):
    path = tmp_path / "a.xlsm"
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as book:
        sheet = book.add_worksheet("Z01")
        sheet.write_formula("A1", "=cmd|'/c calc'!A0", None, 5)
        sheet.write_formula("A2", "=SUM(B1:B2)", None, 7)
        sheet.write_formula("A3", '=HYPERLINK("http://example.invalid","看")', None, "看")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"spreadsheetml.sheet.main+xml", b"x").replace(
                    b"application/vnd.openxmlformats-officedocument.x",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Target="vbaProject.bin" Type='
                    b'"http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>',
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"macro")
    book = run(job(tmp_path, entry(1, ("left", "a.xlsm", "Z01", "A1")), files=("a.xlsm",)))
    sheet = book["Z01"]
    assert sheet["A1"].value == 5 and sheet["A2"].value == 7 and sheet["A3"].value == "看"
    assert "宏" in book["问题清单"]["A3"].value
    with zipfile.ZipFile(tmp_path / "out" / "001_2023.xlsx") as bundle:
        assert "xl/vbaProject.bin" not in bundle.namelist() and b"macro" not in bundle.read(
            "[Content_Types].xml"
        )


def with_formulas(folder: Path) -> None:
    """``a.xlsx``: formulas with and without a result, some of them shared."""
    with xlsxwriter.Workbook(str(folder / "x.xlsx")) as book:
        sheet = book.add_worksheet("Z01")
        for row, (formula, value) in enumerate(
            [
                ("=1+1", "@"),
                ('=DDE("cmd","/c calc","x")', "@"),
                ('=INDIRECT("A9")', 3.25),
                ('=IF(1,"","x")', ""),
                ('=HYPERLINK("http://example.invalid")', ""),
                ("=B1*2", "@"),
                ("=B2*2", "@"),
                ("=TRUE", True),
                ("=1/0", "#DIV/0!"),
            ]
        ):
            sheet.write_formula(row, 0, formula, None, value)
    with (
        zipfile.ZipFile(folder / "x.xlsx") as old,
        zipfile.ZipFile(folder / "a.xlsx", "w") as new,
    ):
        for name in old.namelist():
            data = (
                old.read(name)
                .replace(b' t="str"><f>', b"><f>")
                .replace(b"<v>@</v>", b"")
                .replace(b"<f>IF", b"<f >IF")
            )
            data = data.replace(b"<f>B1*2</f>", b'<f t="shared" ref="A6:A7" si="0">B1*2</f>')
            data = (
                data.replace(b"<f>B2*2</f>", b'<f t="shared" si="0"/>')
                .replace(b'"A4">', b'"A4" t="str">')
                .replace(b'"A4" ><f ', b'"A4" t="str"><f ')
            )
            new.writestr(name, data)


def test_formulas_come_back_as_their_results_or_as_text(tmp_path):
    with_formulas(tmp_path)
    work = job(tmp_path, entry(1, ("left", "a.xlsx", "Z01", "A1")))
    book = run(work)
    sheet = book["Z01"]
    values = [sheet.cell(row, 1).value for row in range(1, 10)]
    assert (
        values[0] == "=1+1"
        and values[1].startswith("=DDE(")
        and values[2] == 3.25
        and not values[3]
    )
    assert (
        values[4].startswith("=HYPERLINK(")
        and values[5:7] == ["=B1*2", "=B2*2"]
        and values[7] is True
        and values[8] == "#DIV/0!"
    )
    assert "公式（已改为其结果；没有结果的写作文字）" in book["问题清单"]["A3"].value
    with zipfile.ZipFile(work.target) as bundle:
        sheets = [bundle.read(n) for n in bundle.namelist() if n.startswith("xl/worksheets/sheet")]
    assert sheets and not any(b"<f>" in data or b"<f " in data for data in sheets)
