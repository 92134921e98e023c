"""Layouts that some regions publish: 公开05 as a wide list by function, 公开13 with 预算数 and
决算数 beneath every item.
"""

from __future__ import annotations

import pytest

from schemas.library import forms
from tests.extract.paper import Paper, caption_rows, list_paper
from tests.extract.test_sheets import expected, got, numbers_add_up, read

ITEMS = (
    "合计",
    "因公出国（境）费",
    "公务用车购置及运行维护费/小计",
    "公务用车购置费",
    "公务用车运行维护费",
    "公务接待费",
)


@pytest.mark.parametrize("merge", [True, False])
def test_05_as_a_wide_list_by_function(merge: bool) -> None:
    wide = forms()["G05"].other_layout
    assert wide is not None
    paper = list_paper(wide, merge=merge)
    reading = read(paper, "公开05")
    assert reading.form.form == "G05" and got(reading) == expected(paper) and not reading.faults
    numbers_add_up(reading)


def test_05_as_a_list_by_economic_item_is_read_as_before() -> None:
    paper = list_paper("G05", rows=("合计",))
    reading = read(paper, "公开05")
    assert got(reading) == expected(paper) and not reading.faults


@pytest.mark.parametrize("total", ["合计", "“三公”经费合计"])
def test_13_with_budget_and_final_account_beneath_every_item(total: str) -> None:
    paper = Paper(forms()["G13"])
    caption_rows(paper, "甲局", 2023)
    over = [
        (total, ""),
        ("因公出国（境）费", ""),
        *[
            ("公务用车购置及运行维护费", w)
            for w in ("小计", "公务用车购置费", "公务用车运行维护费")
        ],
        ("公务接待费", ""),
    ]
    for i, (item, (upper, lower)) in enumerate(zip(ITEMS, over, strict=True)):
        for row, word in ((3, upper), (4, lower)):
            paper.put(row, 2 * i, word)
        paper.merged.append((3 if not lower else 4, 2 * i, 4, 2 * i + 1))
        for n, lead in enumerate(("预算数", "决算数")):
            paper.put(5, 2 * i + n, lead)
            paper.put(6, 2 * i + n, 10.5 * (i + 1) + n)
            paper.places["", "合计", f"{lead}/{item}"] = (6, 2 * i + n)
    paper.merged.append((3, 4, 3, 9))
    for c in range(5, 10):
        paper.cells.pop((3, c), None)
    paper.first, paper.bottom = 6, 6
    reading = read(paper, "公开13")
    assert got(reading) == expected(paper) and not reading.faults
