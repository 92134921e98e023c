"""Faults 6, 7, 24, 27, 32, 33, 36, 37: how far a sheet reaches, and what its blank-looking cells
really are.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Workbook
from pipelines.reading.workbooks import open_workbook, read_workbook
from tests.faults import hostile
from tests.faults.hostile import Book, book, cell, row, sheet_xml
from tests.intake import jobs

A1 = row(1, cell("A1", 1))


def _cells(rows: str, **options: str) -> list[list[object]]:
    return read_workbook(book(rows, **options), "xlsx").sheets[0].cells


def _special(rows: str) -> dict[tuple[int, int], tuple[str, str]]:
    return read_workbook(book(rows), "xlsx").sheets[0].special


@pytest.mark.parametrize(
    "far",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c r='XFD1048576'><v>1</v></c>",
        '<c  s="1" r = "XFD1048576" ><v>1</v></c>',
        '<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>',
        '<c r="xfd1048576"><v>1</v></c>',
        '<c r="ZZ1048576"><v>1</v></c>',
        '<c r="A2"><v>1</v></c><c r="XFD1048576"><v>1</v></c><c r="B2"><v>1</v></c>',
    ],
)
def test_06_a_far_cell_is_named_not_read(far: str) -> None:
    with pytest.raises(Refused, match=r"1048576"):
        _cells(A1 + f'<row r="2">{far}</row>')


def test_06_far_cells_without_addresses() -> None:
    with pytest.raises(Refused, match=r"P1048576|1048576"):
        _cells(A1 + f'<row r="1048576">{"<c><v>1</v></c>" * 16}</row>')


def test_06_a_column_of_a_million_values_is_bounded_with_a_wide_row() -> None:
    wide = "".join(cell(f"{c}1", 1) for c in ("A", "ZZ"))
    with pytest.raises(Refused, match="范围过大"):
        _cells(row(1, wide) + row(90_000, cell("A90000", 1)))


def test_06_07_a_reader_that_aborts_or_hangs_costs_its_own_file_only() -> None:
    work = ["good", "abort", "kill", "hang", "eat", "good", "panic", "good"]
    got = list(map_files(jobs.behave, work, workers=2, memory_mb=300, timeout_s=1.0))
    assert sorted(job for job, _ in got) == sorted(work)
    results = dict(got)
    assert results["good"] == "read"
    for job, words in (
        ("abort", "异常退出"),
        ("kill", "异常退出"),
        ("hang", "超时"),
        ("eat", "内存"),
        ("panic", "意外"),
    ):
        assert isinstance(results[job], Refused), job
        assert words in results[job].reason


def test_06_sparse_corner_aborts_calamine_in_its_worker_and_nowhere_else() -> None:
    data = book(A1 + row(1_048_576, cell("XFD1048576", 1)))
    ((_, result),) = map_files(jobs.calamine_alone, [data], workers=1, memory_mb=300, timeout_s=20)
    assert isinstance(result, Refused) and "内存" in result.reason


def test_24_hidden_sheets_are_read_and_marked() -> None:
    sheets = [("a", sheet_xml(A1)), ("b", sheet_xml(A1)), ("c", sheet_xml(A1))]
    data = Book(sheets, states={"b": "hidden", "c": "veryHidden"}).build()  # type: ignore[arg-type]
    read = read_workbook(data, "xlsx").sheets
    assert [(s.name, s.number, s.visibility) for s in read] == [
        ("a", 1, "visible"),
        ("b", 2, "hidden"),
        ("c", 3, "veryhidden"),
    ]
    assert [s.cells for s in read] == [[[1.0]]] * 3


def test_27_merged_ranges() -> None:
    tail = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="C4:C6"/></mergeCells>'
    assert read_workbook(book(A1, tail=tail), "xlsx").sheets[0].merged == [
        (0, 0, 0, 1),
        (3, 2, 5, 2),
    ]
    assert read_workbook(hostile.plain_xls(), "xls").sheets[0].merged == [(33, 0, 34, 2)]


def test_32_a_million_formatted_rows_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "格式.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as writer:
        sheet, style = writer.add_worksheet(), writer.add_format({"bold": True})
        sheet.write(0, 0, "表")
        sheet.write(1, 1, 7)
        for line in range(2, 1_048_576, 7):
            sheet.write_blank(line, 0, None, style)
        sheet.write_blank(1_048_575, 16_383, None, style)
    begun = time.monotonic()
    assert open_workbook(path, "xlsx").sheets[0].cells == [["表", ""], ["", 7.0]]
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "empty",
    [
        '<c r="{0}" s="1"/>',
        '<c r="{0}" s="1"></c>',
        '<c r="{0}"><v/></c>',
        '<c r="{0}"><v></v></c>',
    ],
)
def test_32_empty_cells_far_away_do_not_count(empty: str) -> None:
    far = f'<row r="1048576">{empty.format("XFD1048576")}</row>'
    assert _cells(A1 + far) == [[1.0]]
    assert _cells(A1 + row(2, "".join(empty.format(f"{c}2") for c in ("A", "AAA"))) + far) == [
        [1.0]
    ]


@pytest.mark.parametrize("reference", ["A0:AZ99", "A1:XFD1048576", "C5:D6", "", "合计"])
def test_33_declared_dimension_is_not_trusted(reference: str) -> None:
    assert _cells(row(2, cell("B2", 5)), head=f'<dimension ref="{reference}"/>') == [
        ["", ""],
        ["", 5.0],
    ]


@pytest.mark.parametrize(
    "code",
    [
        "#REF!",
        "#N/A",
        "#DIV/0!",
        "#NAME?",
        "#VALUE!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    ],
)
def test_36_error_values_are_told_from_blanks(code: str) -> None:
    rows = row(1, cell("A1", 2), cell("B1", code, kind="e"), cell("C1", 3))
    assert _special(rows) == {(0, 1): ("error", code)}
    assert _cells(rows) == [[2.0, "", 3.0]]


def test_36_37_xls() -> None:
    sheet = read_workbook(hostile.plain_xls(), "xls").sheets[0]
    assert sheet.special == {(30, 2): ("uncached", "公式"), (31, 2): ("error", "#REF!")}
    assert sheet.cells[29][2] == 43.5 and sheet.cells[31][2] == ""


@pytest.mark.parametrize(
    ("xml", "special"),
    [
        ('<c r="A1"><f>SUM(B1:B9)</f></c>', ("uncached", "=SUM(B1:B9)")),
        ('<c r="A1"><f>B1&amp;C1</f><v></v></c>', ("uncached", "=B1&C1")),
        ('<c r="A1"><f>B1</f><v/></c>', ("uncached", "=B1")),
        ('<c r="A1" t="str"><f>B1</f></c>', ("uncached", "=B1")),
        ('<c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f></c>', ("uncached", "=B1:B2*2")),
        ('<c r="A1"><f t="shared" si="7"/></c>', ("uncached", "公式")),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ("error", "#DIV/0!")),
        ('<c r="A1"><f>SUM(B1:B9)</f><v>3</v></c>', None),
        ('<c r="A1" t="str"><f>IF(B1=0,"",B1)</f><v></v></c>', None),
        ('<c r="A1" s="3"/>', None),
    ],
)
def test_37_formulas_without_a_result(xml: str, special: tuple[str, str] | None) -> None:
    found = _special(f'<row r="1">{xml}<c r="C1"><v>1</v></c></row>')
    assert found == ({(0, 0): special} if special else {})


def test_37_shared_formulas_are_moved_to_their_cell() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1+$C$1</f><v>1</v></c></row><row'
        ' r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row><row r="3"><c r="A3"><f'
        ' t="shared" si="0"/></c></row>'
    )
    assert _special(rows) == {(2, 0): ("uncached", "=B3+$C$1")}


def test_37_the_grid_reaches_every_special_cell() -> None:
    sheet = read_workbook(book(A1 + row(3, '<c r="D3"><f>A1</f></c>')), "xlsx").sheets[0]
    assert sheet.special == {(2, 3): ("uncached", "=A1")}
    assert sheet.cells == [[1.0, "", "", ""], [""] * 4, [""] * 4]


def test_pool_survives_every_worker_dying_at_once() -> None:
    got = list(
        map_files(jobs.behave, ["kill"] * 4 + ["good"] * 4, workers=2, memory_mb=300, timeout_s=5)
    )
    assert [r for j, r in got if j == "good"] == ["read"] * 4
    assert all(isinstance(r, Refused) for j, r in got if j == "kill")


def test_read_results_are_plain_data() -> None:
    data = book(A1)
    ((_, result),) = map_files(jobs.read, [(data, "xlsx")], workers=1, memory_mb=300, timeout_s=20)
    assert isinstance(result, Workbook) and result.sheets[0].cells == [[1.0]]
    assert os.getpid() > 0
