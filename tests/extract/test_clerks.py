"""What people and printing programs add to a table for themselves is neither read nor told."""

from __future__ import annotations

import pytest

from tests.extract.paper import Paper, list_paper, panel_paper
from tests.extract.test_sheets import expected, got, numbers_add_up, read


def page_rows(paper: Paper, words: tuple[str, str], head: bool) -> Paper:
    """The sums of a page at its foot, and again at the top of the next, below its head."""
    cut = paper.first + 4
    columns = {c for _, c in paper.places.values()}
    again = {at: v for at, v in paper.cells.items() if at[0] < paper.first} if head else {}
    down = 2 + (paper.first if head else 0)
    moved = {(r + down if r >= cut else r, c): v for (r, c), v in paper.cells.items()}
    paper.places = {k: (r + down if r >= cut else r, c) for k, (r, c) in paper.places.items()}
    paper.cells = moved | {(r + cut + 1, c): v for (r, c), v in again.items()}
    for row, word in ((cut, words[0]), (cut + down - 1, words[1])):
        paper.put(row, 0, word)
        for c in columns:
            paper.put(row, c, 1234.5)
    return paper


@pytest.mark.parametrize("form", ["Z04", "Z07", "Z05"])
@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize(
    "words",
    [
        ("过次页", "承前页"),
        ("转下页", "接上页"),
        ("本页合计", "（承上页）"),
        ("过 次 页", "承 前 页"),
    ],
)
def test_rows_that_carry_a_page_over_are_no_items(
    form: str, head: bool, words: tuple[str, str]
) -> None:
    paper = page_rows(list_paper(form), words, head)
    reading = read(paper)
    assert got(reading) == expected(paper)
    assert not reading.left_out and not reading.faults
    numbers_add_up(reading)


def with_subtotal(form: str, row: int) -> Paper:
    """A 小计 below the line that is ``row`` lines under the first."""
    paper = list_paper(form)
    cut = paper.first + row
    columns = {c for _, c in paper.places.values()}
    paper.cells = {(r + (r >= cut), c): v for (r, c), v in paper.cells.items()}
    paper.places = {k: (r + (r >= cut), c) for k, (r, c) in paper.places.items()}
    paper.put(cut, 1, "小 计")
    for c in columns:
        paper.put(cut, c, 1234.5)
    return paper


@pytest.mark.parametrize("form", ["Z04", "Z07", "Z05"])
def test_a_subtotal_among_the_items_is_no_item(form: str) -> None:
    paper = with_subtotal(form, 4)
    reading = read(paper)
    assert got(reading) == expected(paper)
    assert not reading.left_out and not reading.faults
    numbers_add_up(reading)


def added(paper: Paper, head: str, left: bool, value: object) -> Paper:
    """A column with ``head`` at the left or the right of the table."""
    if left:
        paper.shift(0, 1)
    top = 3 if paper.form.layout == "list" else 4
    column = 0 if left else max(c for _, c in paper.cells) + 1
    paper.put(top, column, head)
    for n, r in enumerate(range(paper.first, paper.bottom + 1), 1):
        paper.put(r, column, float(n) if value is int else value)
    return paper


@pytest.mark.parametrize("form", ["Z04", "Z07", "Z05", "Z01", "F03"])
@pytest.mark.parametrize(
    ("head", "left", "value"),
    [("序号", True, int), ("备注", False, "已核"), ("核 对", False, 0.0), ("差额", False, 12.5)],
)
def test_columns_that_people_add_are_not_told(
    form: str, head: str, left: bool, value: object
) -> None:
    blocks = form in ("Z01", "F03")
    if blocks and left:
        pytest.skip("the first panel of a table of panels begins at its labels")
    paper = added(panel_paper(form) if blocks else list_paper(form), head, left, value)
    reading = read(paper)
    assert got(reading) == expected(paper)
    assert [f.message for f in reading.faults] == [] and not reading.left_out
    numbers_add_up(reading)


def test_a_column_with_another_head_is_told() -> None:
    reading = read(added(list_paper("Z04"), "临时栏目", False, 12.5))
    assert [f.rule_id for f in reading.faults if "临时栏目" in f.message] == ["S-LAYOUT"]
    assert len(reading.left_out) == 8


@pytest.mark.parametrize("form", ["Z04", "Z05", "Z01"])
@pytest.mark.parametrize("word", ["核对：", "校验数", "差 额"])
def test_lines_that_check_a_table_are_no_items(form: str, word: str) -> None:
    paper = panel_paper(form) if form == "Z01" else list_paper(form)
    wanted = expected(paper)
    row = paper.bottom + 1
    paper.put(row, 0, word)
    paper.put(row, max(c for _, c in paper.places.values()), 12.5)
    reading = read(paper)
    assert got(reading) == wanted and not reading.left_out and not reading.faults


def ledger(form: str, head: str, owners: tuple[object, ...]) -> Paper:
    """The same items for each of some units or years, told by a column at the left."""
    paper = list_paper(form)
    paper.shift(0, 1)
    paper.put(3, 0, head)
    height = paper.bottom - paper.first + 1
    lines = [(r, c, v) for (r, c), v in paper.cells.items() if r >= paper.first]
    for number, owner in enumerate(owners):
        for r, c, value in lines:
            paper.put(r + number * height, c, value)
            paper.put(r + number * height, 0, owner)
    return paper


@pytest.mark.parametrize("form", ["Z04", "Z07", "Z05"])
@pytest.mark.parametrize(
    ("head", "owners"),
    [("单位名称", ("甲局", "乙局")), ("年度", (2022.0, 2023.0)), ("单 位", ("甲", "乙", "甲"))],
)
def test_a_table_of_several_units_or_years_is_not_read_as_one(
    form: str, head: str, owners: tuple[object, ...]
) -> None:
    reading = read(ledger(form, head, owners))
    assert reading.status == "unreadable" and not len(reading.facts)
    assert [f.rule_id for f in reading.faults] == ["S-LAYOUT"]
    assert "几个单位或几个年度（A 列：" in reading.faults[0].message
    assert read(ledger(form, head, owners[:1])).status == "read"


@pytest.mark.parametrize(("head", "owner"), [("单位名称", "甲局"), ("年度", 2023.0)])
def test_a_column_that_names_the_one_owner_is_not_told(head: str, owner: object) -> None:
    paper = ledger("Z04", head, (owner,))
    reading = read(paper)
    assert got(reading) == expected(paper)
    assert not reading.faults and not reading.left_out


@pytest.mark.parametrize("head", ["单位名称", "序号"])
def test_a_total_may_stand_in_the_column_beside_the_items(head: str) -> None:
    paper = ledger("Z04", head, ("甲局" if head == "单位名称" else 7.0,))
    paper.put(paper.first, 0, paper.cells.pop((paper.first, 1)))
    reading = read(paper)
    assert got(reading) == expected(paper)
    assert not reading.faults and not reading.left_out


def test_whoever_divides_a_ledger_is_told_whose_rows_are_where() -> None:
    def said(*owners: object) -> str:
        return read(ledger("Z04", "单位名称", owners)).faults[0].message

    assert "（A 列：甲局第 6-13 行，乙局第 14-21 行）" in said("甲局", "乙局")
    assert "甲局第 6-13、22-29 行，乙局第 14-21 行" in said("甲局", "乙局", "甲局")
    assert "甲局共 32 行" in said(*["甲局", "乙局"] * 4)
    assert "等 8 个）" in said(*"甲乙丙丁戊己庚辛")


def test_a_ledger_by_unit_and_year_is_divided_by_both() -> None:
    paper = ledger("Z04", "单位名称", ("甲局", "甲局", "乙局"))
    paper.shift(0, 1)
    paper.put(3, 0, "年度")
    for r in range(paper.first, paper.bottom + 1):
        paper.put(r, 0, 2022.0 if r < paper.first + 8 else 2023.0)
    said = read(paper).faults[0].message
    assert "（A、B 列：2022 甲局第 6-13 行，2023 甲局第 14-21 行，2023 乙局第 22-29 行）" in said


def test_an_owner_printed_once_has_the_rows_below() -> None:
    paper = ledger("Z04", "单位名称", ("甲局", "乙局"))
    for r in range(paper.first, paper.bottom + 1):
        if r not in (paper.first, paper.first + 8):
            del paper.cells[(r, 0)]
    said = read(paper).faults[0].message
    assert "甲局第 6-13 行，乙局第 14-21 行" in said


@pytest.mark.parametrize("value", [0.0, "已核"])
def test_what_stands_beside_a_table_makes_no_item_of_the_head_of_its_next_page(
    value: object,
) -> None:
    paper = page_rows(list_paper("Z04"), ("过次页", "承前页"), True)
    for r in range(paper.first, paper.bottom + 1):
        paper.put(r, 12, value)
    reading = read(paper)
    assert got(reading) == expected(paper) and not reading.faults
