"""Word and HTML as text with tables: nothing is lost, every cell has its place."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from pipelines.tables.document import Document, Table
from pipelines.tables.failure import DocumentError
from pipelines.tables.read import read_document


def saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def grid(table: Table) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {(c.row, c.column): (c.text, c.rows, c.columns) for c in table.cells}


def spans_hold(document: Document) -> None:
    """Every cell's span holds its own text, every table's those of its cells."""
    for table in document.tables:
        assert document.text[table.start : table.end]
        for cell in table.cells:
            inside = document.text[cell.start : cell.end]
            for part in cell.text.split("\n"):
                assert part in inside


def word_with_table() -> docx.document.Document:
    document = docx.Document()
    document.add_paragraph("江城市民政局2023年度部门决算", style="Heading 1")
    document.add_paragraph("收入决算表")
    document.add_paragraph("公开02表")
    document.add_paragraph("部门：江城市民政局    单位：万元")
    table = document.add_table(rows=3, cols=3)
    head = table.cell(0, 0).merge(table.cell(0, 1))
    head.text = "项目"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "本年收入合计"
    table.cell(1, 0).text, table.cell(1, 1).text = "科目编码", "科目名称"
    for i, words in enumerate(("2010301", "行政运行", "1,234.56")):
        table.cell(2, i).text = words
    return document


def test_a_word_table_keeps_cells_spans_and_what_stands_above() -> None:
    document = read_document(saved(word_with_table()), "docx")
    (table,) = document.tables
    assert grid(table) == {
        (0, 0): ("项目", 1, 2),
        (0, 2): ("本年收入合计", 2, 1),
        (1, 0): ("科目编码", 1, 1),
        (1, 1): ("科目名称", 1, 1),
        (2, 0): ("2010301", 1, 1),
        (2, 1): ("行政运行", 1, 1),
        (2, 2): ("1,234.56", 1, 1),
    }
    assert table.title == "收入决算表"
    assert table.above == ("公开02表", "部门：江城市民政局 单位：万元")
    assert document.lines[0].kind == "heading" and document.lines[0].level == 1
    spans_hold(document)


def test_a_table_inside_a_cell_is_a_table_of_its_own() -> None:
    document = word_with_table()
    inner = document.tables[0].cell(2, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内层", "7.00"
    read = read_document(saved(document), "docx")
    outer, nested = read.tables
    assert grid(nested) == {(0, 0): ("内层", 1, 1), (0, 1): ("7.00", 1, 1)}
    assert grid(outer)[2, 1][0] == "行政运行"
    assert outer.start < nested.start < nested.end < outer.end
    spans_hold(read)


BOX = (
    f"<w:r {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
    "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
    "<w:txbxContent><w:p><w:r><w:t>框中文字"
    "</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p>"
    "<w:r><w:t>框中文字</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_text_boxes_are_read_once_and_said() -> None:
    document = docx.Document()
    document.add_paragraph("正文")._p.append(parse_xml(BOX))
    read = read_document(saved(document), "docx")
    assert read.text.split("\n") == ["正文", "框中文字"]
    assert [line.kind for line in read.lines] == ["paragraph", "note"]
    assert any("文本框" in note for note in read.notes)


def test_tracked_changes_are_read_as_accepted_and_said() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("收入")
    for tag, words in (("ins", "增加"), ("del", "减少")):
        text = "delText" if tag == "del" else "t"
        paragraph._p.append(
            parse_xml(
                f"<w:{tag} {nsdecls('w')} w:id='1'"
                f" w:author='甲'><w:r><w:{text}>{words}</w:{text}></w:r></w:{tag}>"
            )
        )
    read = read_document(saved(document), "docx")
    assert read.text == "收入增加"
    assert any("修订" in note for note in read.notes)


def test_heads_feet_and_comments_stand_behind_the_body() -> None:
    document = docx.Document()
    run = document.add_paragraph("正文").runs[0]
    document.sections[0].header.paragraphs[0].text = "江城市民政局"
    document.add_comment([run], text="请核对", author="甲")
    read = read_document(saved(document), "docx")
    assert read.body == "正文"
    assert {line.kind for line in read.lines} == {"paragraph", "running", "comment"}
    assert "江城市民政局" in read.text and "请核对" in read.text


def test_html_tables_with_spans_and_nested_ones() -> None:
    page = """<html><head><title>x</title></head><body><p>支出决算表</p><p>金额单位：万元</p>
    <table><tr><td rowspan=2>项目</td><td colspan="2">本年支出</td></tr>
    <tr><td>基本<br>支出</td><td>项目支出</td></tr>
    <tr><td>合计</td><td>1.00<td><table><tr><td>内</td></tr></table></table><p>完</p></body></html>"""
    read = read_document(page.encode(), "html")
    outer, nested = read.tables
    assert grid(outer) == {
        (0, 0): ("项目", 2, 1),
        (0, 1): ("本年支出", 1, 2),
        (1, 1): ("基本\n支出", 1, 1),
        (1, 2): ("项目支出", 1, 1),
        (2, 0): ("合计", 1, 1),
        (2, 1): ("1.00", 1, 1),
        (2, 2): ("", 1, 1),
    }
    assert (outer.title, outer.above) == ("支出决算表", ("金额单位：万元",))
    assert grid(nested) == {(0, 0): ("内", 1, 1)}
    spans_hold(read)


@pytest.mark.parametrize("depth", [300, 3000])
def test_a_page_nested_beyond_the_parsers_depth_loses_nothing(depth: int) -> None:
    inner = "<p>深处的文字</p><table><tr><td>合计</td><td>1.00</td></tr></table>"
    page = f"<html><body>{'<div>' * depth}{inner}{'</div>' * depth}<p>尾</p></body></html>"
    read = read_document(page.encode(), "html")
    assert read.text.split("\n") == ["深处的文字", "合计", "1.00", "尾"]
    assert grid(read.tables[0])[0, 1][0] == "1.00"


def test_the_same_words_come_from_every_encoding() -> None:
    page = "<html><body><p>收入决算表</p></body></html>"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert read_document(page.encode(encoding), "html").text == "收入决算表"


def test_deleted_rows_and_content_controls() -> None:
    document = word_with_table()
    row = document.tables[0].rows[2]._tr
    copy = parse_xml(
        f"<w:tr {nsdecls('w')}><w:trPr><w:del w:id='9'"
        " w:author='甲'/></w:trPr><w:tc><w:p><w:r><w:t>旧行</w:t></w:r></w:p></w:tc></w:tr>"
    )
    row.addnext(copy)
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
    row.addprevious(control)
    control.find(qn("w:sdtContent")).append(row)
    read = read_document(saved(document), "docx")
    assert grid(read.tables[0])[2, 2][0] == "1,234.56"
    assert "旧行" not in read.text


def test_a_document_type_in_word_is_refused() -> None:
    source = io.BytesIO()
    docx.Document().save(source)
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1)
            new.writestr(name, part)
    with pytest.raises(DocumentError, match="实体声明"):
        read_document(target.getvalue(), "docx")


def test_what_word_holds_and_its_reader_does_not_is_counted() -> None:
    document = docx.Document()
    document.add_paragraph("收入合计一百万元")
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    equation = f"<m:oMath {math}><m:r><m:t>比例=12</m:t></m:r></m:oMath>"
    document.paragraphs[0]._p.append(parse_xml(equation))
    document.element.body.append(parse_xml(f"<w:altChunk {nsdecls('w')}/>"))
    found = read_document(saved(document), "docx")
    assert found.lost == 4 and len(found.unread) == 2
    assert "公式中有约 4 个字" in found.unread[0] and "外部文档" in found.unread[1]
    whole = docx.Document()
    whole.add_paragraph("收入合计一百万元")
    plain = read_document(saved(whole), "docx")
    assert (plain.lost, plain.unread) == (0, ())


def test_a_page_with_a_broken_declaration_is_read() -> None:
    found = read_document(
        "<html><body><p>收入一百元</p><![table x]><p>支出</p></body>".encode(), "html"
    )
    assert "收入一百元" in found.text
