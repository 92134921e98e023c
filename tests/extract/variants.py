"""One submission's sheets, printed in other ways: every variant holds the same amounts.

A variant is a set of small changes drawn at random, each of a kind that exporters, converters and
typists make. None changes an amount, so what is read must not change either, nor may anything be
found wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from pipelines.intake.workbook import Sheet
from pipelines.sample.books import papers
from pipelines.sample.published import published_book
from pipelines.sample.style import Style
from tests.faults.desk import made

Amounts = dict[tuple[str, str, str, str], int]
Change = Callable[[list[Sheet], Random], list[Sheet]]


@cache
def amounts(published: bool) -> Amounts:
    """What the sheets hold, in 分, by form, block, row and column; dashes left aside."""
    return {
        (f.form, f.block, f.row_key, f.col_key): f.amount
        for paper in _papers(published)
        for f in paper.facts
        if f.amount is not None
    }


@cache
def _papers(published: bool) -> tuple:
    submission = made().submissions[-1]
    if published:
        return published_book(submission, Style(), Random(3)).sheets
    return tuple(papers(submission, Style()))


def sheets(published: bool) -> list[Sheet]:
    """The sheets as they are generated."""
    found = []
    for number, paper in enumerate(_papers(published), 1):
        height = max(r for r, _, _, _ in paper.cells) + 1
        width = max(c for _, c, _, _ in paper.cells) + 1
        grid: list[list[object]] = [[""] * width for _ in range(height)]
        for r, c, value, _ in paper.cells:
            grid[r][c] = float(value) if type(value) is int else value
        found.append(Sheet(paper.name, number, "visible", grid, list(paper.merged)))
    return found


def variant(published: bool, seed: int) -> list[Sheet]:
    """The sheets with three to six changes, in an order of their own."""
    rng = Random(f"{published}{seed}")
    found = sheets(published)
    for change in rng.sample(CHANGES, rng.randrange(3, 7)):
        found = change(found, rng)
    for number, sheet in enumerate(found, 1):
        sheet.number = number
    return found


def each_text(found: list[Sheet], change: Callable[[str, int], object]) -> list[Sheet]:
    for sheet in found:
        for r, row in enumerate(sheet.cells):
            for c, value in enumerate(row):
                if type(value) is str and value:
                    row[c] = change(value, r)
    return found


def spaced_captions(found: list[Sheet], rng: Random) -> list[Sheet]:
    """编 制 单 位：, 单　位：, 2 0 2 3 年 度."""
    gap = rng.choice([" ", "　", "  "])

    def change(value: str, row: int) -> str:
        if row > 6:
            return value
        for word in ("编制单位", "部门", "金额单位"):
            if value.startswith((f"{word}：", f"{word}:")):
                return gap.join(word) + value[len(word) :]
        return gap.join(value) if value.endswith("年度") and len(value) == 6 else value

    return each_text(found, change)


def money_otherwise(found: list[Sheet], rng: Random) -> list[Sheet]:
    style = rng.choice(
        [
            "单位：{u}",
            "单位（{u}）",
            "人民币（{u}）",
            "（单位：{u}）",
            "单位:人民币{u}",
            "货币单位：{u}",
        ]
    )
    return each_text(found, lambda v, _: style.format(u=v[5:]) if v.startswith("金额单位：") else v)


def money_in_a_note(found: list[Sheet], rng: Random) -> list[Sheet]:
    """The unit in a note below the table only."""
    style = rng.choice(
        ["注：本表金额单位为{u}。", "注：本表以“{u}”为金额单位。", "说明：金额单位：{u}"]
    )
    for sheet in found:
        for row in sheet.cells[:8]:
            for c, value in enumerate(row):
                if type(value) is str and value.startswith("金额单位："):
                    unit, row[c] = value[5:], ""
                    note: list[object] = [style.format(u=unit)]
                    sheet.cells.append(note + [""] * (len(row) - 1))
    return found


def year_as_date(found: list[Sheet], rng: Random) -> list[Sheet]:
    style = rng.choice(
        [
            "{y}年12月31日",
            "报表期间：{y}年12月",
            "{y}-12-31",
            "会计期间：{y}年1月至12月",
            "年度：{y}",
        ]
    )

    def change(value: str, row: int) -> str:
        plain = row <= 6 and len(value) == 6 and value.endswith("年度")
        return style.format(y=value[:4]) if plain else value

    return each_text(found, change)


def on_a_cover(found: list[Sheet], rng: Random) -> list[Sheet]:
    """Unit and year on a cover only."""
    places: dict[str, list[tuple[list[object], int]]] = {"unit": [], "year": []}
    said: dict[str, str] = {}
    for sheet in found:
        for row in sheet.cells[:8]:
            for c, value in enumerate(row):
                if type(value) is str and value.startswith(("编制单位：", "部门：")):
                    said["unit"] = value.partition("：")[2]
                    places["unit"].append((row, c))
                elif type(value) is str and value.endswith("年度") and len(value) == 6:
                    said["year"] = value[:4]
                    places["year"].append((row, c))
    if len(said) < 2:  # printed otherwise by another change
        return found
    for row, c in [*places["unit"], *places["year"]]:
        row[c] = ""
    words = rng.choice(
        [
            ["{unit}{year}年度部门决算"],
            ["{year}年度部门决算公开报表", "编制单位：{unit}"],
            ["单位名称：{unit}", "{year} 年度"],
        ]
    )
    cover: list[list[object]] = [[word.format(**said)] for word in words]
    return [Sheet("封面", 0, "visible", [[""], *cover]), *found]


def with_code(found: list[Sheet], rng: Random) -> list[Sheet]:
    style = rng.choice(["500004-{n}", "[500004]{n}", "{n}（500004）"])

    def change(value: str, row: int) -> str:
        head, colon, name = value.partition("：")
        known = row <= 6 and head in ("编制单位", "部门") and name
        return f"{head}{colon}{style.format(n=name)}" if known else value

    return each_text(found, change)


def fill_merged(found: list[Sheet], rng: Random) -> list[Sheet]:
    for sheet in found:
        for r0, c0, r1, c1 in sheet.merged:
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    sheet.cells[r][c] = sheet.cells[r0][c0]
        sheet.merged = []
    return found


def shifted(found: list[Sheet], rng: Random) -> list[Sheet]:
    down, right = rng.randrange(0, 4), rng.randrange(0, 3)
    for sheet in found:
        width = max(map(len, sheet.cells)) + right
        rows = [[""] * right + row for row in sheet.cells]
        sheet.cells = [[""] * width for _ in range(down)] + rows  # type: ignore[assignment]
        sheet.merged = [(a + down, b + right, c + down, d + right) for a, b, c, d in sheet.merged]
    return found


def numbers_as_text(found: list[Sheet], rng: Random) -> list[Sheet]:
    style = rng.choice(["{:,.2f}", "{:.2f}", " {:,.2f} "])
    for sheet in found:
        for row in sheet.cells:
            for c, value in enumerate(row):
                if type(value) is float and round(value, 2) == value and not value.is_integer():
                    row[c] = style.format(value)
    return found


def other_names(found: list[Sheet], rng: Random) -> list[Sheet]:
    for i, sheet in enumerate(s for s in found if s.name != "封面"):
        sheet.name = rng.choice([f"Sheet{i}", f"表{i}", f"{i}"])
    return found


def shuffled(found: list[Sheet], rng: Random) -> list[Sheet]:
    rng.shuffle(found)
    return found


def stacked(found: list[Sheet], rng: Random) -> list[Sheet]:
    """Two sheets as one, the second below the first."""
    first, second = rng.sample([s for s in found if s.name != "封面"], 2)
    gap = rng.randrange(1, 4)
    down = len(first.cells) + gap
    width = max(max(map(len, first.cells)), max(map(len, second.cells)))
    rows = [*first.cells, *[[""]] * gap, *second.cells]
    first.cells = [list(row) + [""] * (width - len(row)) for row in rows]
    first.merged += [(a + down, b, c + down, d) for a, b, c, d in second.merged]
    return [s for s in found if s is not second]


def side_by_side(found: list[Sheet], rng: Random) -> list[Sheet]:
    """Two sheets as one, the second on the right of the first."""
    first, second = rng.sample([s for s in found if s.name != "封面"], 2)
    right = max(map(len, first.cells)) + rng.randrange(0, 3)
    height = max(len(first.cells), len(second.cells))
    left = [*first.cells, *[[""]] * (height - len(first.cells))]
    beside = [*second.cells, *[[""]] * (height - len(second.cells))]
    first.cells = [a + [""] * (right - len(a)) + b for a, b in zip(left, beside, strict=True)]
    first.merged += [(a, b + right, c, d + right) for a, b, c, d in second.merged]
    return [s for s in found if s is not second]


CHANGES: tuple[Change, ...] = (
    spaced_captions,
    money_otherwise,
    money_in_a_note,
    year_as_date,
    on_a_cover,
    with_code,
    fill_merged,
    shifted,
    numbers_as_text,
    other_names,
    shuffled,
    stacked,
    side_by_side,
)
