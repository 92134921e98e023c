"""What stands in front of the fixed rows, and which wording a year used."""

from __future__ import annotations

from schemas.library import Block, Column, Form, Row

_DIGITS = "零一二三四五六七八九"

# F03 numbers its rows in several depths; a row that is not listed is printed bare.
_F03_MARKS = {
    "“三公”经费支出": "一、",
    "支出合计": "（一）",
    "因公出国（境）费": "1．",
    "公务用车购置及运行维护费": "2．",
    "公务用车购置费": "（1）",
    "公务用车运行维护费": "（2）",
    "公务接待费": "3．",
    "国内接待费": "（1）",
    "外事接待费": "其中：",
    "国（境）外接待费": "（2）",
    "相关统计数": "（二）",
    "因公出国（境）团组数": "1．",
    "因公出国（境）人次数": "2．",
    "公务用车购置数": "3．",
    "公务用车保有量": "4．",
    "国内公务接待批次": "5．",
    "外事接待批次": "其中：",
    "国内公务接待人次": "6．",
    "外事接待人次": "其中：",
    "国（境）外公务接待批次": "7．",
    "国（境）外公务接待人次": "8．",
    "机关运行经费": "二、",
    "行政单位": "（一）",
    "参照公务员法管理事业单位": "（二）",
    "资产信息": "三、",
    "车辆数合计": "（一）",
    "副部（省）级及以上领导用车": "1．",
    "主要负责人用车": "2．",
    "机要通信用车": "3．",
    "应急保障用车": "4．",
    "执法执勤用车": "5．",
    "特种专业技术用车": "6．",
    "离退休干部服务用车": "7．",
    "其他用车": "8．",
    "单价100万元（含）以上设备（不含车辆）": "（二）",
    "一般公务用车": "2．",
    "一般执法执勤用车": "3．",
    "单价50万元以上通用设备": "（二）",
    "单价100万元以上专用设备": "（三）",
    "政府采购支出信息": "四、",
    "政府采购支出合计": "（一）",
    "政府采购货物支出": "1．",
    "政府采购工程支出": "2．",
    "政府采购服务支出": "3．",
    "政府采购授予中小企业合同金额": "（二）",
    "授予小微企业合同金额": "其中：",
}
_NATURE_MARKS = {"人员经费": "　　", "公用经费": "　　", "基本建设类项目": "　　其中："}
_UNNUMBERED = ("合计", "总计", "使用", "年初", "年末", "结余分配")


def chinese(number: int) -> str:
    """1–99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def numbered(number: int, form: str) -> str:
    """``form`` shows the pattern: 一、 （一） 1． 1、 一."""
    mark = chinese(number) if "一" in form else str(number)
    return form.replace("一", mark).replace("1", mark)


def row_marks(form: Form, block: Block, rows: list[Row], numbering: str) -> list[str]:
    """What is printed before each row's label."""
    if form.form == "F03":
        return [_F03_MARKS.get(r.key, "") for r in rows]
    marks, number, under = [], 0, None
    for row in rows:
        plain = any(w in (row.label or row.key) for w in _UNNUMBERED)
        if block.name == "支出性质" and row.key in _NATURE_MARKS:
            marks.append(_NATURE_MARKS[row.key])
            continue
        if row.under != under:
            number, under = 0, row.under
        number += not plain
        marks.append("" if plain else numbered(number, numbering))
    return marks


def row_text(form: Form, row: Row, year: int, aliases: bool) -> str:
    """The wording of the year, or (where the exporter likes) another name of the row, with its unit
    in brackets.
    """
    text = of_year(row, year)
    if aliases and row.aliases and text == (row.label or row.key) and not _dated(row):
        text = row.aliases[0]
    return text + count_unit(form, row)


def count_unit(form: Form, row: Row) -> str:
    if form.form != "F03" or not row.count:
        return ""
    if "设备" in row.key:
        return "（台，套）"
    if "团组数" in row.key:
        return "（个）"
    if "人次" in row.key:
        return "（人）"
    if "批次" in row.key:
        return "（个）"
    return "（辆）" if row.key in ("公务用车购置数", "公务用车保有量", "车辆数合计") else ""


_OLD_WORDS = {
    "使用非财政拨款结余（含专用结余）": (
        (2018, "用事业基金弥补收支差额"),
        (2022, "使用非财政拨款结余"),
    ),
    "207": ((2018, "文化体育与传媒支出"),),
    "210": ((2018, "医疗卫生与计划生育支出"),),
    "215": ((2019, "资源勘探信息等支出"),),
    "220": ((2018, "国土海洋气象等支出"),),
    "全年预算数": ((2018, "调整预算数"),),
}


def _dated(row: Row | Column) -> bool:
    return row.key in _OLD_WORDS


def of_year(row: Row | Column, year: int) -> str:
    """The row's or column's name as the form of that year prints it."""
    for until, wording in _OLD_WORDS.get(row.key, ()):
        if year <= until:
            return wording
    return row.label or row.key


_NOT_BEFORE_2019 = (
    "主要负责人用车",
    "机要通信用车",
    "应急保障用车",
    "执法执勤用车",
    "离退休干部服务用车",
)
_PLACES = {
    "一般公务用车": 28,
    "一般执法执勤用车": 31,
    "单价50万元以上通用设备": 35,
    "单价100万元以上专用设备": 35,
}


def rows_of_year(form: Form, block: Block, year: int) -> list[Row]:
    """The rows that the form of that year has, in order."""
    rows = [r for r in block.rows if r.since <= year <= r.until]
    return _f03_rows(rows, year) if form.form == "F03" else rows


def _f03_rows(rows: list[Row], year: int) -> list[Row]:
    """F03 counted other cars until 2018, other equipment until 2022."""
    if year <= 2018:
        rows = [r for r in rows if r.key not in _NOT_BEFORE_2019]
    if year <= 2022:
        rows = [r for r in rows if r.line != 35]
    return sorted(rows, key=lambda r: r.line or _PLACES.get(r.key, 99))
