"""The summary workbook, read back with openpyxl and compared with the database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from deliver_model import UNIT_A, small_model

from pipelines.deliver.source import opened
from pipelines.deliver.summary import SHEETS, read_summary, write_summary
from pipelines.deliver.summary.findings import FINDING_COLUMNS, FINDING_PRINTED
from pipelines.deliver.summary.units import UNIT_COLUMNS, UNIT_PRINTED
from pipelines.deliver.unit.unit_book import FINDING_COLUMNS as UNIT_BOOK_FINDINGS

RUN = "20240101T000000Z-01"


@pytest.fixture(scope="module")
def book(small_db: Path, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("summary") / "summary.xlsx"
    with opened(small_db) as con:
        data = read_summary(con, RUN)
    data.marked_at = {("001001", 2023): "marked/001001_2023.xlsx"}
    data.units_at = {("001001", 2023): "units/001001_2023.xlsx"}
    write_summary(path, data, RUN)
    return openpyxl.load_workbook(path)


def records(sheet) -> list[dict]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_sheets_in_order(book):
    assert book.sheetnames == list(SHEETS)


def test_verdict_says_how_it_stands(book):
    text = "\n".join(
        str(c.value) for row in book["结论"].iter_rows() for c in row if c.value is not None
    )
    assert "不通过：有 3 个未说明的错误，1 个待核实" in text
    assert RUN in text


def test_every_finding_has_its_row_and_both_sides(book):
    found = {r["问题编号"]: r for r in records(book["问题清单"])}
    assert set(found) == {f"f{n:05d}" for n in range(1, 6)}
    first = found["f00001"]
    assert (first["左边文件"], first["左边工作表"], first["左边单元格"]) == (
        "001001_2023.xlsx",
        "Z01",
        "E10",
    )
    assert (first["右边工作表"], first["左边金额（元）"]) == ("Z04", 10)
    assert "F10" in first["右边单元格"] and "F11" in first["右边单元格"]
    assert "9.00" in first["先改哪里"]
    assert first["原因组"] == found["f00002"]["原因组"] and first["组内问题"] == 2


def test_amounts_of_units_are_those_of_the_database(book, small_db):
    with duckdb.connect(str(small_db), read_only=True) as con:
        total = con.execute(
            "SELECT amount FROM facts WHERE unit_code='001001' AND year=2023 AND form='Z01' AND"
            " block='收入' AND row_key='总计' AND col_key='决算数'"
        ).fetchone()[0]
    row = next(
        r for r in records(book["单位一览"]) if r["单位编码"] == "001001" and r["年度"] == 2023
    )
    assert Decimal(str(row["总收入（元）"])) == total
    assert row["报送情况"] == "齐全" and row["错误"] == 2 and row["总收入增减率"] is not None


def test_missing_submission_is_listed(book):
    row = next(r for r in records(book["单位一览"]) if r["单位编码"] == "001009")
    assert row["报送情况"] == "未报送" and row["总收入（元）"] is None


def test_undone_checks_say_what_to_do(book):
    rows = records(book["未执行检查"])
    assert [r["结果"] for r in rows] == ["规则故障", "未执行"]
    assert "上年" in rows[1]["需要做什么"]


def test_submitted_text_stays_text(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if cell.hyperlink:
                    target = cell.hyperlink.target or ""
                    assert target.startswith(("", "marked/", "units/")) and "cmd" not in target


def test_links_lead_to_the_marked_cell(book):
    sheet = book["问题清单"]
    cell = next(c for c in sheet[2] if c.value == "E10")
    assert cell.hyperlink.target == "marked/001001_2023.xlsx"
    assert cell.hyperlink.location == "'Z01'!E10"


@pytest.mark.parametrize("name", [name for name in SHEETS if name != "结论"])
def test_habits_of_the_trade(book, name):
    sheet = book[name]
    assert sheet.freeze_panes and sheet.auto_filter.ref and not sheet.merged_cells.ranges
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1"
    assert RUN in sheet.oddFooter.left.text and "&P" in sheet.oddFooter.center.text


def test_same_input_same_bytes(small_db, tmp_path):
    with opened(small_db) as con:
        data = read_summary(con, RUN)
    for name in ("a.xlsx", "b.xlsx"):
        write_summary(tmp_path / name, data, RUN)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_resolved_findings_are_listed(small_db, tmp_path):
    earlier = small_model()
    earlier.finding(UNIT_A, 2023, "X-04", "Z04[201,本年支出合计]", [])
    with duckdb.connect(str(earlier.write(tmp_path / "caijue.duckdb"))) as con:
        for name in ("findings", "rules"):
            (tmp_path / "parquet" / name).mkdir(parents=True)
            con.execute(
                f"COPY {name} TO '{tmp_path}/parquet/{name}/part-00000.parquet' (FORMAT parquet)"
            )
    with opened(small_db) as con:
        data = read_summary(con, RUN, tmp_path)
    write_summary(tmp_path / "s.xlsx", data, RUN)
    rows = records(openpyxl.load_workbook(tmp_path / "s.xlsx")["新增与已消除"])
    assert [r["对象"] if "对象" in r else r["规则"] for r in rows if r["变化"] == "已消除"] == [
        "X-04"
    ]


@pytest.mark.parametrize("damage", ["database", "parquet"])
def test_an_earlier_set_that_cannot_be_read_is_none(small_db, tmp_path, damage):
    (tmp_path / "parquet" / "findings").mkdir(parents=True)
    (tmp_path / "parquet" / "rules").mkdir()
    (tmp_path / "caijue.duckdb").write_bytes(b"cut off")
    if damage == "parquet":
        for name in ("findings", "rules"):
            (tmp_path / "parquet" / name / "part-00000.parquet").write_bytes(b"PAR1 cut off")
    with opened(small_db) as con:
        assert read_summary(con, RUN, tmp_path).gone is None


def test_checks_that_need_nothing_come_last_and_many_units_stand_in_one_row(tmp_path):
    model = small_model()
    base = {
        "unit_code": None,
        "year": 2023,
        "outcome": "not_evaluated",
        "instances": 0,
        "failed": 0,
    }
    for i in range(9):
        model.tables["check_results"] += [
            base | {"unit_name": f"甲{i}", "rule_id": "X-29", "reason": "不适用：汇总报表"},
            base | {"unit_name": f"甲{i}", "rule_id": "P-01", "reason": "没有报送G01"},
        ]
    with opened(model.write(tmp_path / "caijue.duckdb")) as con:
        rows = read_summary(con, RUN).undone
    named = [r for r in rows if "公开01表《收入支出决算总表》" in r["reason"]]
    assert len(named) == 9 and all("公开表放入收件夹" in r["action"] for r in named)
    assert rows[-1]["unit_name"] == "9 个单位" and rows[-1]["action"] == "无需处理"
    assert sum(r["reason"].startswith("不适用") for r in rows) == 1


def test_printed_sheets_are_readable_and_lie_across(tmp_path):
    model = small_model()
    model.tables["submissions"][0].update(status="incomplete", missing_forms="Z04,F03")
    with opened(model.write(tmp_path / "caijue.duckdb")) as con:
        write_summary(tmp_path / "summary.xlsx", read_summary(con, RUN), RUN)
    book = openpyxl.load_workbook(tmp_path / "summary.xlsx")
    assert all(
        s.page_setup.orientation == "landscape" and s.sheet_properties.pageSetUpPr.fitToPage
        for s in book
    )
    for columns in (
        FINDING_COLUMNS[:FINDING_PRINTED],
        UNIT_COLUMNS[:UNIT_PRINTED],
        [c for c in UNIT_BOOK_FINDINGS if not c.folded],
    ):
        assert 10 * (297 - 0.8 * 25.4) / (sum(7 * c.width + 5 for c in columns) / 96 * 25.4) >= 7
    lacking = [row[4] for row in book["单位一览"].iter_rows(min_row=2, values_only=True)]
    assert "财决04表、财决附03表" in lacking


def test_files_are_counted_in_one_order(tmp_path):
    model = small_model()
    first = model.tables["files"][0]
    for status in ("quarantined", "ignored", "waiting"):
        model.tables["files"].append(first | {"file": f"{status}.xlsx", "status": status})
    with opened(model.write(tmp_path / "set.duckdb")) as con:
        counted = read_summary(con, RUN).files
    assert list(counted) == ["ignored", "quarantined", "read", "waiting"]
