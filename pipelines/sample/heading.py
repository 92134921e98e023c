"""The lines above and below a table: title, 表号, unit, year, money unit, notes."""

from __future__ import annotations

from random import Random

from pipelines.sample.paper import LEFT, RIGHT, TITLE, Paper
from pipelines.sample.style import Style
from schemas.library import Form

_BANNERS = (
    "部门决算报表（导出）",
    "导出时间：2024-03-18 09:30",
    "本表由决算软件生成，请勿修改格式",
)
_EMPTY_WORDS = {
    "Z09": "政府性基金预算财政拨款",
    "Z10": "政府性基金预算财政拨款",
    "Z11": "国有资本经营预算财政拨款",
    "Z12": "国有资本经营预算财政拨款",
    "G10": "政府性基金预算财政拨款",
    "G11": "国有资本经营预算财政拨款",
    "G12": "国有资本经营预算财政拨款",
    "Z05_3": "经营",
    "CS01_1": "年初结转和结余调整",
}


def put_banner(paper: Paper, style: Style, last: int) -> None:
    """Rows that exporters print above the title; they stand outside ``top``."""
    for number in range(style.banner):
        paper.merge(number - style.banner, 0, number - style.banner, last, _BANNERS[number], LEFT)


def put_heading(
    paper: Paper, form: Form, unit_name: str, year: int, style: Style, last: int
) -> None:
    """Rows 0–2: the title over the whole width, the 表号 at the right, then unit, year and money
    unit.
    """
    put_banner(paper, style, last)
    paper.merge(0, 0, 0, last, form.title, TITLE)
    paper.put(1, last, form.number, RIGHT)
    name, when, money = _words(form, unit_name, year, style)
    paper.put(1 if style.heading == 1 else 2, 0, name, LEFT)
    paper.put(2, max(1, last // 2), when, LEFT)
    paper.put(2, last, money, RIGHT)


def _words(form: Form, unit_name: str, year: int, style: Style) -> tuple[str, str, str]:
    colon = ":" if style.heading == 2 else "："
    label = "部门" if form.published else "编制单位"
    when = f"{year} 年度" if style.heading == 3 else f"{year}年度"
    money = f"金额单位{colon}{style.unit}" if style.heading != 2 else f"单位{colon}{style.unit}"
    return f"{label}{colon}{unit_name}", when, money


def put_notes(paper: Paper, form: Form, row: int, last: int, style: Style, *, empty: bool) -> None:
    """Below the table: why it is empty, what it shows, who signed. Nothing here is an amount."""
    notes = [_empty_note(form)] if empty else []
    if form.published:
        notes.append("注：本表金额以万元为单位，因四舍五入，部分数据合计可能存在尾差。")
    elif style.footnotes:
        notes.append(
            f"注：1.本表反映本单位本年度情况，依据{form.number}填列；2.本表为自动生成表，共1页。"
        )
    for number, note in enumerate(notes):
        paper.merge(row + number, 0, row + number, last, note, LEFT)
    if style.footnotes:
        below = row + len(notes)
        for column, words in (
            (0, "单位负责人：张三"),
            (last // 2, "填表人：李四"),
            (last, "电话：0800-2660001"),
        ):
            paper.put(below, column, words, LEFT)


def _empty_note(form: Form) -> str:
    if "项目支出" in form.title or "基本支出" in form.title:
        what = form.title.replace("决算明细表", "").replace("决算表", "")
    else:
        what = _EMPTY_WORDS.get(form.form, "相关")
    return (
        f"注：本单位本年度没有{what}，故本表无数据。"
        if "支出" in what
        else f"注：本单位本年度没有{what}收入、支出和结转结余，故本表无数据。"
    )


def cover(unit_name: str, year: int, code: str) -> Paper:
    """A front page, as exports have it: not one of the tables."""
    paper = Paper("FMDM 封面代码")
    for row, words in enumerate(
        (
            f"{year}年度部门决算报表",
            f"单位名称：{unit_name}",
            f"组织机构代码：{code or '—'}",
            "报送日期：",
        )
    ):
        paper.put(row * 2, 0, words, LEFT)
    return paper


def unrelated(number: int, unit_name: str, year: int, rng: Random) -> Paper:
    """Supplementary sheets of a ministry that are mixed into the same workbook."""
    kinds = (
        ("QB01 气象业务情况表", "气决补01表"),
        ("CS03 其他收入等明细情况表", "补充资料"),
        ("CS08 资产负债简表", "财决附12表"),
        ("填报说明", ""),
        ("校验结果", ""),
    )
    name, form_number = kinds[number % len(kinds)]
    paper = Paper(name)
    paper.put(0, 0, name.split(" ")[-1], TITLE)
    paper.put(1, 5, form_number, RIGHT)
    paper.put(2, 0, f"编制单位：{unit_name}", LEFT)
    paper.put(2, 3, f"{year}年度", LEFT)
    for row in range(4, 10):
        paper.put(row, 0, f"事项{row - 3}", LEFT)
        paper.put(row, 1, row - 3)
        paper.put(row, 2, rng.randint(1, 10_000_000) / 100)
    return paper
