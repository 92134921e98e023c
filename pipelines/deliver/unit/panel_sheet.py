"""公开01 and 公开04: income on the left, expenditure on the right, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.paper import HEAD, Paper
from pipelines.xlsx.plain_sheet import Slots
from schemas.library import Form, Row

_NUMERALS = "零一二三四五六七八九"


def draw_panels(paper: Paper, form: Form) -> None:
    """G01 and G04: income on the left, expenditure on the right, line by line."""
    amounts = [c.key for c in form.block("支出").columns]
    sheet = paper.open(form, [36, 6, 17, 36, 6, *(17 for _ in amounts)], pages=(1, 1))
    slots = paper.stamped(sheet, form, _panels)
    last = max(row for row, _, _, _ in slots)
    paper.close(sheet, form, last + 1, (HEAD, HEAD + 1), 0)


def _panels(paper: Paper, sheet: Worksheet, form: Form) -> Slots:
    """Everything of G01 and G04 but the amounts."""
    slots: Slots = []
    left = form.block("收入")
    classes, below = form.block("支出功能分类"), form.block("支出")
    amounts = [c.key for c in below.columns]
    words = ["项目", "行次", left.columns[0].key, "项目", "行次", *amounts]
    paper.span(sheet, ["收入", "", "", "支出", *("" for _ in words[4:])])
    paper.head(sheet, HEAD + 1, words)
    rows = [r for r in classes.rows if r.since <= paper.subject.year <= r.until]
    _left(paper, sheet, slots, form.form, left.rows)
    height = max(r.line or 0 for r in left.rows)
    _right(paper, sheet, slots, form.form, rows, below.rows, height, amounts)
    for line in range(1, height + 1):
        _fill_left(paper, sheet, HEAD + 1 + line, line, {r.line for r in left.rows})
    return slots


def _fill_left(paper: Paper, sheet: Worksheet, row: int, line: int, used: set[int | None]) -> None:
    if line not in used:
        sheet.write_blank(row, 0, None, paper.style("g_name"))
        sheet.write_number(row, 1, line, paper.style("g_line"))
        sheet.write_blank(row, 2, None, paper.style("g_money"))


def _left(paper: Paper, sheet: Worksheet, slots: Slots, form: str, rows: Sequence[Row]) -> None:
    numbered = 0
    for item in rows:
        row = HEAD + 1 + (item.line or 0)
        numbered = numbered + 1 if _is_part(item.key) else 0
        _block_cell(paper, sheet, row, 0, item, numbered, item.line or 0)
        total = item.key in ("总计", "本年收入合计")
        paper.slot(
            sheet,
            slots,
            row,
            2,
            (form, "收入", item.key, "金额"),
            "g_total" if total else "g_money",
        )


def _right(
    paper: Paper,
    sheet: Worksheet,
    slots: Slots,
    form: str,
    classes: Sequence[Row],
    below: Sequence[Row],
    height: int,
    amounts: Sequence[str],
) -> None:
    """Classes from the top, the rest below them with the gaps of the form."""
    placed = _placed(classes, below)
    numbered = 0
    taken = {at for _, _, at in placed}
    for block, item, at in placed:
        row = HEAD + 1 + at
        numbered = numbered + 1 if block != "支出" or _is_part(item.key) else 0
        _block_cell(paper, sheet, row, 3, item, numbered, height + at)
        style = "g_total" if item.key in ("总计", "本年支出合计") else "g_money"
        for i, column in enumerate(amounts):
            paper.slot(sheet, slots, row, 5 + i, (form, block, item.key, column), style)
    last = max(max(taken), height)
    for at in set(range(1, last + 1)) - taken:
        _fill_right(paper, sheet, HEAD + 1 + at, height + at, len(amounts))


def _placed(classes: Sequence[Row], below: Sequence[Row]) -> list[tuple[str, Row, int]]:
    """Block and row with its place from 1: the classes, then the rest as far apart as their
    numbers are, a row without one right beneath the one before.
    """
    placed: list[tuple[str, Row, int]] = [("支出功能分类", r, i + 1) for i, r in enumerate(classes)]
    at = len(classes)
    first = next(r.line for r in below if r.line) or 0
    for item in below:
        at = len(classes) + 1 + item.line - first if item.line else at + 1
        placed.append(("支出", item, at))
    return placed


def _fill_right(paper: Paper, sheet: Worksheet, row: int, line: int, amounts: int) -> None:
    sheet.write_blank(row, 3, None, paper.style("g_name"))
    sheet.write_number(row, 4, line, paper.style("g_line"))
    for i in range(amounts):
        sheet.write_blank(row, 5 + i, None, paper.style("g_money"))


def _is_part(key: str) -> bool:
    """Whether a row of a panel is one of a numbered list."""
    plain = key.rsplit("/", 1)[-1]
    return plain.endswith(
        (
            "财政拨款",
            "财政拨款收入",
            "上级补助收入",
            "事业收入",
            "经营收入",
            "附属单位上缴收入",
            "其他收入",
        )
    )


def _block_cell(
    paper: Paper, sheet: Worksheet, row: int, column: int, item: Row, number: int, line: int
) -> None:
    label = item.label or item.key
    text = f"{numeral(number)}、{label}" if number else label
    bold = label.endswith(("合计", "总计"))
    sheet.write_string(row, column, text, paper.style("g_bold" if bold else "g_name"))
    sheet.write_number(row, column + 1, line, paper.style("g_line"))


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 26 → 二十六 (up to 99)."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_NUMERALS[tens]}十")
    return head + (_NUMERALS[ones] if ones else "")
