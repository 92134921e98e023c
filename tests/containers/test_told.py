"""What a container cannot hold is told: errors, formulas without a result, bombs, titles outside
the table.
"""

from __future__ import annotations

import csv
import html
import io
import struct
import zipfile
from functools import cache

import pytest

from pipelines.extract.workbook import read_workbook as extract
from pipelines.intake.delimiter import delimiter_of
from pipelines.intake.kinds import classify
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Workbook
from pipelines.reading.workbooks import read_workbook
from pipelines.sample.paper import Paper
from tests.containers.test_same_facts import facts, sheets
from tests.containers.writers import (
    as_html,
    as_text,
    html_table,
    ods_of,
    xlsb_cell,
    xlsb_of,
    xlsb_rows,
)

CELL = "table:table-cell"


def ods_table(rows: str, name: str = "表") -> bytes:
    return ods_of(f'<table:table table:name="{name}">{rows}</table:table>')


def ods_row(*cells: str, repeated: int = 1) -> str:
    cells_of_row = "".join(cells)
    return (
        f'<table:table-row table:number-rows-repeated="{repeated}">{cells_of_row}</table:table-row>'
    )


def number(value: str, more: str = "") -> str:
    typed = f'office:value-type="float" office:value="{value}"'
    return f"<{CELL} {typed}{more}><text:p>{value}</text:p></{CELL}>"


def test_ods_tells_errors_and_formulas_without_a_result() -> None:
    data = ods_table(
        ods_row(
            number("7"),
            f'<{CELL} table:formula="of:=1/0" office:value-type="string" office:string-value="">'
            f"<text:p>#DIV/0!</text:p></{CELL}>",
            f'<{CELL} table:formula="of:=[.A1]"/>',
            f'<{CELL} table:formula="of:=&quot;&quot;" office:value-type="string"/>',
            number("8", ' table:formula="of:=[.A1]+1"'),
        )
    )
    (sheet,) = read_workbook(data, "ods").sheets
    assert sheet.cells == [[7.0, "", "", "", 8.0]]
    assert sheet.special == {(0, 1): ("error", "#DIV/0!"), (0, 2): ("uncached", "=[.A1]")}


def test_ods_repeats_are_kept_in_place_and_bounded() -> None:
    blank = f'<{CELL} table:number-columns-repeated="3"/>'
    data = ods_table(ods_row(blank, repeated=4) + ods_row(blank, number("5"), repeated=2))
    (sheet,) = read_workbook(data, "ods").sheets
    assert [row[3] for row in sheet.cells[4:]] == [5.0, 5.0]
    assert not any(any(row) for row in sheet.cells[:4])
    with pytest.raises(Refused, match="范围过大"):
        wide = ' table:number-columns-repeated="16384"'
        read_workbook(ods_table(ods_row(number("5", wide), repeated=1_048_576)), "ods")


@pytest.mark.parametrize("type", ["ods", "xmlsheet"])
def test_entities_are_refused(type: str) -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "b">]>'
    if type == "ods":
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as package:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr("content.xml", f'<?xml version="1.0"?>{entity}<a/>')
        data = target.getvalue()
    else:
        root = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        data = f'<?xml version="1.0"?>{entity}{root}'.encode()
    with pytest.raises(Refused, match="实体"):
        read_workbook(data, type)


XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="表"><Table>{}</Table></Worksheet></Workbook>'
)


def xml_cells(rows: str):
    return read_workbook(XML.format(rows).encode(), "xmlsheet").sheets[0]


def test_xml_tells_errors_and_formulas_without_a_result() -> None:
    sheet = xml_cells(
        '<Row><Cell><Data ss:Type="Number">1.5</Data></Cell><Cell ss:Formula="=RC[-1]"/></Row>'
        '<Row ss:Index="4"><Cell ss:Index="3"><Data ss:Type="Error">#REF!</Data></Cell></Row>'
    )
    assert sheet.cells == [[1.5, "", ""], ["", "", ""], ["", "", ""], ["", "", ""]]
    assert sheet.special == {(0, 1): ("uncached", "=RC[-1]"), (3, 2): ("error", "#REF!")}


@pytest.mark.parametrize(
    "data",
    ['<Data ss:Type="Number">1</Data>', '<Data ss:Type="Error">#REF!</Data>'],
)
def test_xml_far_corners_are_refused(data: str) -> None:
    with pytest.raises(Refused, match="XFD1048576"):
        xml_cells(f'<Row ss:Index="1048576"><Cell ss:Index="16384">{data}</Cell></Row>')


def test_xlsb_tells_errors_and_unsure_results() -> None:
    rows = {
        2: xlsb_cell(5, 1, struct.pack("<d", 3.5)) + xlsb_cell(3, 2, b"\x17"),
        3: xlsb_cell(9, 1, struct.pack("<d", 0.0) + bytes(10)),
    }
    data = xlsb_of([("表", "visible", xlsb_rows(rows, 4, 3))])
    book = read_workbook(data, "xlsb")
    assert book.sheets[0].special == {(2, 2): ("error", "#REF!")}
    assert book.sheets[0].cells[2][1] == 3.5 and book.notes == ("results_unsure",)
    far = {1_048_575: xlsb_cell(5, 16_383, struct.pack("<d", 1.0))}
    with pytest.raises(Refused, match="XFD1048576"):
        read_workbook(xlsb_of([("表", "visible", xlsb_rows(far, 1, 1))]), "xlsb")


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_truncated_record_is_refused(cut: float) -> None:
    rows = xlsb_rows({0: xlsb_cell(5, 0, struct.pack("<d", 1.0)) * 50}, 1, 1)
    with pytest.raises(Refused, match="损坏"):
        read_workbook(xlsb_of([("表", "visible", rows[: int(len(rows) * cut)])]), "xlsb")


def _headed(paper: Paper) -> tuple[list[str], str]:
    """The lines above a sheet's table, and the table without them."""
    top = 3
    lines = [
        "    ".join(str(v) for r, _, v, _ in sorted(paper.cells, key=lambda x: x[:2]) if r == row)
        for row in range(top)
    ]
    rest = Paper(paper.name, cells=[(r - top, c, v, k) for r, c, v, k in paper.cells if r >= top])
    rest.merged = [(a - top, b, c - top, d) for a, b, c, d in paper.merged if a >= top]
    return [line for line in lines if line], html_table(rest)


HEADS = {
    "paragraphs": lambda lines, table: "".join(f"<p>{w}</p>" for w in lines) + table,
    "a table of its own": lambda lines, table: (
        "<table>" + "".join(f"<tr><td>{w}</td><td></td></tr>" for w in lines) + "</table>" + table
    ),
    "a table around": lambda lines, table: (
        "<table>"
        + "".join(f"<tr><td>{w}</td></tr>" for w in lines)
        + f"<tr><td>{table}</td></tr></table>"
    ),
    "spaces that do not break": lambda lines, table: (
        "".join(f"<div>{w.replace(' ', '&nbsp;')}</div>" for w in lines) + table
    ),
}


FEW = [p for p in sheets() if p.form in ("Z01", "Z05_2", "F03")]


@cache
def inside() -> tuple[dict, set]:
    """The facts and the unit of the same sheets with their titles inside the tables."""
    found = extract(read_workbook(as_html(FEW), "htmlsheet"))
    return facts(found), {r.caption.unit for r in found}


@pytest.mark.parametrize("how", HEADS)
def test_titles_outside_the_table_are_found(how: str) -> None:
    body = "".join(HEADS[how](*_headed(p)) for p in FEW)
    data = f"<html><body>{body}</body></html>".encode("gb18030")
    assert classify(data, "导出.xls").type == "htmlsheet"
    found = extract(read_workbook(data, "htmlsheet"))
    wanted, units = inside()
    assert {k[:4]: v for k, v in facts(found).items()} == {k[:4]: v for k, v in wanted.items()}
    assert {r.caption.unit for r in found} == units


def test_text_keeps_codes_errors_and_quoted_numbers() -> None:
    text = '项目,编码,金额\n甲,="0101","1,234.50"\n乙,\'0102,#REF!\n'
    assert classify(text.encode(), "表.csv").type == "csv"
    (sheet,) = read_workbook(text.encode(), "csv").sheets
    assert sheet.cells[1:] == [["甲", "0101", "1,234.50"], ["乙", "0102", ""]]
    assert sheet.special == {(2, 2): ("error", "#REF!")}


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("说明.txt", "一、收入\n收入1,234.56万元，其中：财政拨款1,000.00万元。\n" * 4, "txt"),
        ("说明.txt", "项目\t金额\n合计\t1\n" * 3 + "本部门没有政府性基金收入。\n", "txt"),
        ("名单.csv", "姓名,电话\n甲,1\n", ""),
        ("说明.doc", "<html><body><p>2023年度部门决算</p></body></html>", "html"),
        ("说明.doc", "2023年度部门决算公开说明\n本年收入1万元。", "txt"),
        ("说明.wps", "{\\rtf1\\ansi 2023}", "rtf"),
    ],
)  # fmt: skip
def test_what_is_read_as_text(name: str, body: str, kind: str) -> None:
    found = classify(body.encode(), name)
    assert (found.kind, found.type) == (("narrative", kind) if kind else ("other", ""))


def test_one_sheet_of_many_texts_keeps_its_errors() -> None:
    paper = sheets()[0]
    data = as_text(paper).replace(b"\r\n", b"\n")
    (sheet,) = read_workbook(data, "csv").sheets
    assert html.escape(str(sheet.cells[0][0])) == paper.cells[0][2]
    assert extract(Workbook([sheet]))[0].form.form == paper.form


def comma_text(rows: list[list[str]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode()


def test_amounts_of_three_digits_beside_each_other_are_fields() -> None:
    """In 万元 and 千元: 5.678 and 123.45 look like one figure with a thousands separator."""
    rows = [["科目编码", "科目名称", "合计", "基本支出", "项目支出", "备注"]]
    for n in range(8):
        amounts = [f"{n + 1}.678", f"{100 + n}.45", f"{200 + n}", "" if n % 2 else f"{300 + n}.5"]
        rows.append([f"20103{n:02}", "行政运行", *amounts])
    (sheet,) = read_workbook(comma_text(rows), "csv").sheets
    assert sheet.cells == rows


def test_a_heading_of_two_lines_in_one_cell_is_one_row() -> None:
    rows = [["支出功能分类\n科目编码", "科目\n名称", *(f"第{n}\n项" for n in range(9))]]
    rows += [["2010301", "行政运行", *(f"{n}.5" for n in range(9))] for _ in range(5)]
    (sheet,) = read_workbook(comma_text(rows), "csv").sheets
    assert sheet.cells == rows
    prose = "张三说：“好”，李四说好，王五也说好\n" * 3 + '他答："不知道，\n' * 3
    assert delimiter_of(prose) is None
