"""Published tables without any line, printed as office programs do, are read whole: heads broken
over lines, amounts close to the words beside them, pages that repeat titles and heads.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.workbook import read_workbook
from pipelines.reading.documents import open_tables
from tests.tables.pdfs import FONT

SIZE, LEADING = 10, 14.5  # wide spacing, as of the Noto fonts
CELLS = ((50.0, 110.0), (110.0, 250.0), (250.0, 310.0), (310.0, 360.0), (360.0, 420.0))
HEADS = ("科目编码", "科目名称", "合计", "基本支\n出", "项目支出")
TITLE = (
    "一般公共预算财政拨款支出决算表",
    "公开06表",
    "部门：云岭县商务局　2023年度　金额单位：万元",
)
Row = tuple[str, ...]
ROWS: list[Row] = [
    ("", "合计", "62.07", "55.12", "6.95"),
    ("208", "社会保障和就业支出", "62.07", "55.12", "6.95"),
    ("20805", "行政事业单位养老支出", "55.12", "55.12", ""),
    ("2080505", "机关事业单位基本\n养老保险缴费支出", "55.12", "55.12", ""),
    ("20808", "抚恤", "6.95", "", "6.95"),
    ("2080801", "死亡抚恤", "6.95", "", "6.95"),
]


class Page:
    """Cells drawn from the top down, each line of a cell by itself, in the middle of its row."""

    def __init__(self, sheet: canvas.Canvas) -> None:
        self.sheet, self.at = sheet, 800.0
        sheet.setFont(FONT, SIZE)

    def titles(self, *lines: str) -> None:
        for line in lines:
            self.sheet.drawCentredString(235, self.at, line)
            self.at -= 24

    def row(self, words: Row, cells: tuple[tuple[float, float], ...], middle: bool) -> None:
        height = max(w.count("\n") for w in words) + 1
        for word, (left, right) in zip(words, cells, strict=True):
            lines = word.split("\n")
            top = self.at - (height - len(lines)) * LEADING / 2
            for i, line in enumerate(lines):
                self._put(line, left, right, top - i * LEADING, middle)
        self.at -= height * LEADING + 4

    def _put(self, line: str, left: float, right: float, at: float, middle: bool) -> None:
        if middle or line == "合计":
            self.sheet.drawCentredString((left + right) / 2, at, line)
        elif "." in line:
            self.sheet.drawRightString(right - 1, at, line)
        else:
            self.sheet.drawString(left + 1, at, line)


def readings(tmp_path: Path, *pages: Callable[[Page], None]) -> list[SheetReading]:
    target = io.BytesIO()
    sheet = canvas.Canvas(target)
    for draw in pages:
        draw(Page(sheet))
        sheet.showPage()
    sheet.save()
    path = tmp_path / "公开.pdf"
    path.write_bytes(target.getvalue())
    return read_workbook(open_tables(path, "pdf")[0])


def printed(rows: list[Row], *, numbers: bool = True) -> Callable[[Page], None]:
    def draw(page: Page) -> None:
        page.titles(*TITLE)
        page.row(HEADS, CELLS, True)
        if numbers:
            page.row(("", "栏次", "1", "2", "3"), CELLS, True)
        for row in rows:
            page.row(row, CELLS, False)

    return draw


def facts(found: list[SheetReading]) -> dict[tuple[str, str], int]:
    return {(f.row_key, f.col_key): f.fen for r in found for f in r.facts if f.fen}


def wanted(rows: list[Row]) -> dict[tuple[str, str], int]:
    return {
        (row[0] or row[1], key): round(float(value) * 1_000_000)
        for row in rows
        for key, value in zip(("合计", "基本支出", "项目支出"), row[2:], strict=True)
        if value
    }


@pytest.mark.parametrize("numbers", [True, False])
def test_heads_in_two_lines_and_numbers_in_the_middle(tmp_path: Path, numbers: bool) -> None:
    found = readings(tmp_path, printed(ROWS, numbers=numbers))
    assert [r.status for r in found] == ["read"] and found[0].faults == []
    assert facts(found) == wanted(ROWS)


def test_a_page_that_repeats_its_title_goes_on_with_the_table(tmp_path: Path) -> None:
    found = readings(tmp_path, printed(ROWS[:4]), printed(ROWS[4:]))
    assert [(r.form.form, r.status) for r in found] == [("G06", "read")]
    assert facts(found) == wanted(ROWS)


def test_a_page_that_repeats_its_title_over_other_columns_leaves_both(tmp_path: Path) -> None:
    """Were the first page read alone, its sums would seem to lack what stands on the second."""

    def other(page: Page) -> None:
        page.titles(*TITLE)
        cells = tuple((60 + 1.9 * (a - 50), 60 + 1.9 * (b - 50)) for a, b in CELLS[:4])
        page.row(("科目编码", "科目名称", "合计", "其中：本级"), cells, True)
        for row in ROWS[2:]:
            page.row(row[:4], cells, False)

    found = readings(tmp_path, printed(ROWS[:4]), other)
    assert {r.status for r in found} == {"unreadable"} and not facts(found)


BOTH = ("项目", "行次", "金额", "项目（按功能分类）", "行次", "金额")
PANELS = (
    (30.0, 200.0),
    (200.0, 230.0),
    (230.0, 290.0),
    (290.0, 420.0),
    (420.0, 450.0),
    (450.0, 520.0),
)


def panels(tmp_path: Path, word: str) -> list[SheetReading]:
    """公开01表 on two pages, each with title, heads and the numbers of the columns."""
    rows = [
        ("一、一般公共预算财政拨款收入", "1", "12.50", "一、一般公共服务支出", "32", "12.50"),
        ("二、政府性基金预算财政拨款收入", "2", "", "二、外交支出", "33", ""),
        ("三、国有资本经营预算财政拨款收入", "3", "", "三、国防支出", "34", ""),
        ("本年收入合计", "27", "12.50", "本年支出合计", "58", "12.50"),
        ("年初结转和结余", "29", "", "年末结转和结余", "60", ""),
        ("总计", "31", "12.50", "总计", "62", "12.50"),
    ]

    def page(some: list[Row]) -> Callable[[Page], None]:
        def draw(page: Page) -> None:
            page.titles("收入支出决算总表", "公开01表", TITLE[2])
            page.row(("收 入", "支 出"), ((30, 290), (290, 520)), True)
            page.row(BOTH, PANELS, True)
            page.row((word, "", "1", word, "", "2"), PANELS, True)
            for row in some:
                page.row(row, PANELS, False)

        return draw

    return readings(tmp_path, page(rows[:3]), page(rows[3:]))


@pytest.mark.parametrize("word", ["栏次", "栏 次", "栏　　次"])
def test_the_numbers_of_columns_are_no_row_however_they_are_written(
    tmp_path: Path, word: str
) -> None:
    found = panels(tmp_path, word)
    assert [(r.form.form, r.status) for r in found] == [("G01", "read")]
    assert {k for k, _ in facts(found)} == {
        "一般公共预算财政拨款收入",
        "201",
        "本年收入合计",
        "本年支出合计",
        "总计",
    }


STRIP = ((30.0, 70.0), (70.0, 180.0), (180.0, 230.0))


def test_amounts_close_to_the_next_words_and_a_sum_over_columns(tmp_path: Path) -> None:
    """公开08表: codes stand right behind the amounts of the columns before."""
    cells = (*STRIP, *((a + 200, b + 200) for a, b in STRIP))
    rows = [
        ("301", "工资福利支出", "142.93", "302", "商品和服务支出", "27.13"),
        ("30101", "基本工资", "37.24", "30201", "办公费", "25.56"),
        ("30102", "津贴补贴", "105.69", "30202", "印刷费", "1.57"),
    ]

    def draw(page: Page) -> None:
        title = "一般公共预算财政拨款基本支出决算明细表"
        page.titles(title, "公开08表", "部门：云岭县商务局　2023年度　金额单位：万元")
        page.row(("科目编码", "科目名称", "决算数") * 2, cells, True)
        for row in rows:
            page.row(row, cells, False)
        page.row(("", "人员经费合计", "142.93", "公用经费合计", "", "27.13"), cells, False)
        over = ((30.0, 290.0), (290.0, 430.0))
        page.row(("合计", "170.06"), over, False)  # in the middle of an amount's column

    found = readings(tmp_path, draw)
    assert [(r.form.form, r.status) for r in found] == [("G08", "read")]
    amounts = {k: v for (k, _), v in facts(found).items()}
    assert amounts["30102"] == 105_690_000 and amounts["30201"] == 25_560_000
    assert (amounts["公用经费合计"], amounts["合计"]) == (27_130_000, 170_060_000)


def test_names_whose_letters_are_set_apart_are_one_cell(tmp_path: Path) -> None:
    apart = {"抚恤": "抚　恤", "死亡抚恤": "死　亡　抚　恤"}
    rows = [(code, apart.get(name, name), *rest) for code, name, *rest in ROWS]
    found = readings(tmp_path, printed(rows))  # type: ignore[arg-type]
    assert [r.status for r in found] == ["read"] and facts(found) == wanted(ROWS)
