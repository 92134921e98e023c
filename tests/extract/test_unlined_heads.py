"""Heads of a table without lines: put together by the words of the form, or left as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.extract.grid import Grid
from pipelines.extract.headspelling import spelled
from pipelines.extract.unlinedheads import settled
from pipelines.intake.workbook import Heads, Sheet
from schemas.library import forms

Unit = tuple[str, float, float, float, float]


def unit(text: str, middle: float, top: float) -> Unit:
    """A word of ten points around a middle."""
    half = 5.0 * len(text)
    return text, middle - half, top, middle + half, top + 10


def words(*units: Unit, known: tuple[str, ...]) -> list[list[str]]:
    return [[head.word for head in cover] for cover in spelled(units, known)]


def test_a_head_broken_over_lines_is_one_word() -> None:
    units = unit("上缴上级支", 100, 0), unit("出", 100, 14), unit("基本支出", 200, 7)
    assert words(*units, known=("上缴上级支出", "基本支出")) == [["上缴上级支出", "基本支出"]]


def test_heads_that_touch_in_a_line_are_two_words() -> None:
    left, right = unit("公务用车购", 100, 0), unit("公务用车运", 152, 0)
    ends = unit("置费", 100, 14), unit("行维护费", 152, 14)
    known = ("公务用车购置费", "公务用车运行维护费")
    assert words(left, right, *ends, known=known) == [list(known)]


def test_a_part_that_no_word_has_leaves_all_untold() -> None:
    units = unit("基本支出", 100, 0), unit("其中", 100, 14)
    assert words(*units, known=("基本支出", "项目支出")) == []


def test_parts_that_do_not_stand_under_each_other_are_no_word() -> None:
    assert words(unit("基本", 100, 0), unit("支出", 200, 14), known=("基本支出",)) == []


CAR = "公务用车购置及运行维护费"
LEAVES = ("合计", "因公出国（境）费", "小计", "公务用车购置费", "公务用车运行维护费", "公务接待费")


def costs(*changed: Unit) -> Sheet:
    """公开13表: two halves with the same words, below each a group; twelve columns."""
    units = []
    for half, first in (("预算数", 100.0), ("决算数", 1300.0)):
        units.append(unit(half, first + 500, 0))
        units.append(unit(CAR, first + 600, 20))
        for i, word in enumerate(LEAVES):
            top = 40.0 if word in LEAVES[2:5] else 30.0
            units.append(unit(word, first + 200 * i, top))
    units += changed
    spans = tuple((90.0 + 200 * i, 130.0 + 200 * i) for i in range(12))
    rows: list[list[object]] = [[""] * 12 for _ in range(3)]
    rows += [[str(i) for i in range(1, 13)], ["1.00"] * 12]
    heads = Heads(tuple(units), 3, spans)
    return Sheet("三公", 1, "visible", rows, part="#p4", unlined=True, heads=heads)


def test_heads_over_several_columns_part_where_words_begin_again() -> None:
    grid = settled(Grid.of(costs()), forms()["G13"])
    assert grid.sheet.cells[0] == ["预算数", *[""] * 5, "决算数", *[""] * 5]
    assert grid.sheet.cells[1][:3] == ["合计", "因公出国（境）费", CAR]
    assert grid.sheet.cells[2][2:5] == ["小计", "公务用车购置费", "公务用车运行维护费"]
    assert {(0, 0, 0, 5), (0, 6, 0, 11), (1, 2, 1, 4), (1, 8, 1, 10)} <= set(grid.sheet.merged)


def test_a_head_that_the_form_has_not_leaves_the_page_as_it_is() -> None:
    grid = Grid.of(costs(unit("会议费", 2500, 30)))
    assert settled(grid, forms()["G13"]) is grid


@pytest.mark.parametrize("missing", [0, 5, 11])
def test_a_column_too_few_leaves_the_page_as_it_is(missing: int) -> None:
    """A number that slipped into the column beside leaves one without any."""
    sheet = costs()
    cells = [[v for c, v in enumerate(row) if c != missing] for row in sheet.cells]
    assert sheet.heads is not None
    spans = tuple(s for c, s in enumerate(sheet.heads.spans) if c != missing)
    grid = Grid.of(replace(sheet, cells=cells, heads=replace(sheet.heads, spans=spans)))
    assert settled(grid, forms()["G13"]) is grid


def test_heads_of_one_and_of_two_lines_stand_beside_each_other() -> None:
    """公开10表 with 合计 under each: a head in two lines begins higher than one in one line."""
    over = [("年初结转和结余", 300.0, 0.0), ("本年收入", 500.0, 7.0), ("本年支出", 800.0, 7.0)]
    leaves = [("科目编码", 0.0), ("科目名称", 100.0), ("合计", 300.0), ("合计", 500.0)]
    leaves += [
        ("合计", 700.0),
        ("基本支出", 800.0),
        ("项目支出", 900.0),
        ("年末结转和结余", 1000.0),
    ]
    units = [unit(word, middle, 40) for word, middle in leaves]
    for word, middle, top in over:
        half = 5.0 * len(word)
        bottom = 24.0 if len(word) > 4 else 17.0
        units.append((word, middle - half, top, middle + half, bottom))
    heads = Heads(tuple(units), 3, tuple((u[1], u[3]) for u in units[:8]))
    row: list[object] = ["208", "支出", *["1.00"] * 6]
    cells: list[list[object]] = [[""] * 8 for _ in range(3)]
    sheet = Sheet("基金", 1, "visible", [*cells, row], part="#p4", unlined=True, heads=heads)
    found = settled(Grid.of(sheet), forms()["G10"]).sheet.cells
    assert found[0] == ["科目编码", "科目名称", *(w for w, _, _ in over), "", "", "年末结转和结余"]
    assert found[1][2:7] == ["合计", "合计", "合计", "基本支出", "项目支出"]
