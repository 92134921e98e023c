"""Invented packs in three layouts: clean ones give no finding, single faults are found at their
place by their rule.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.sample.performance_pack import Block, as_text, blocks, sample_pack
from schemas.observation import Observation
from tests.performance.support import as_sheets, as_word, judge, read, write

LAYOUTS = ("A", "B", "C")


def serious(observations: list[Observation]) -> list[tuple[str, str]]:
    return [(o.rule_id, o.subject) for o in observations if o.severity != "hint"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seed", range(4))
def test_a_clean_pack_gives_nothing(tmp_path: Path, layout: str, seed: int) -> None:
    text = as_text(blocks(sample_pack(seed, layout)))
    assert serious(judge(read(write(tmp_path, text)))) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clean_pack_gives_nothing_as_word_and_workbook(tmp_path: Path, layout: str) -> None:
    text = as_text(blocks(sample_pack(11, layout)))
    assert serious(judge(read(as_word(text, tmp_path / "包.docx")))) == []
    assert serious(judge(read(as_sheets(text, tmp_path / "包.xlsx")))) == []


def _without_merges(found: list[Block]) -> list[Block]:
    """Captions printed in every row instead of once."""
    for block in found:
        if isinstance(block, str) or "三级指标" not in block[0]:
            continue
        for above, row in pairwise(block[1:]):
            for at in (0, 1):
                row[at] = row[at] or above[at]
    return found


def _recut(text: str) -> str:
    """Two empty lines inside the rows of the quantity table."""
    return text.replace("\t≥\n", "\t≥\n\n\n")


def test_other_cuts_of_the_same_pack(tmp_path: Path) -> None:
    pack = sample_pack(3, "A")
    assert serious(judge(read(write(tmp_path, as_text(_without_merges(blocks(pack))))))) == []
    assert serious(judge(read(write(tmp_path, _recut(as_text(blocks(pack))))))) == []


def test_two_hundred_projects(tmp_path: Path) -> None:
    text = as_text(blocks(sample_pack(5, "C", projects=200)))
    assert serious(judge(read(write(tmp_path, text)))) == []


def _set(head: str, label: str, column: int, value: str) -> Callable[[list[Block]], None]:
    """Puts a value into the row ``label`` of the table(s) whose header has ``head``; the first that
    fits.
    """

    def change(found: list[Block]) -> None:
        for block in found:
            if isinstance(block, str) or not any(head in row for row in block):
                continue
            for row in block:
                if label in row and len(row) > column:
                    row[column] = value
                    return
        raise AssertionError(f"{head}/{label}")

    return change


def _say(old: str, new: str) -> Callable[[list[Block]], None]:
    def change(found: list[Block]) -> None:
        for at, block in enumerate(found):
            if isinstance(block, str) and old in block:
                found[at] = block.replace(old, new)
                return
        raise AssertionError(old)

    return change


FIRST = "道路养护"
# rule, layout, what is changed, words that one of the finding's places quotes
FAULTS: tuple[tuple[str, str, Callable[[list[Block]], None], str], ...] = (
    ("E-01", "A", _set("扣分原因", "应用反馈", 4, "3"), "3"),
    ("E-01", "A", _set("指标解释", "自评总分", 6, "99"), "99"),
    ("E-01", "A", _set("指标解释", "支出控制", 3, "12"), "12"),
    ("E-01", "A", _set("扣分原因", "预算执行（25分）", 1, "预算执行（35分）"), "预算执行（35分）"),
    ("E-04", "A", _set("偏差程度", "印刷费", 1, "99.00"), "无偏差"),
    ("E-06", "A", _set("序时进度", "9月", 1, "70%"), "70%"),
    ("E-06", "A", _set("序时进度", "11月", 2, "78.00%"), "78.00%"),
    ("E-08", "A", _set("资金结余率", FIRST, 3, "55%"), "55%"),
    ("E-12", "A", _set("数量指标", FIRST, 6, "999"), "999"),
    ("E-13", "A", _set("预期指标值", "控制成本", 4, "≤9999万元"), "≤9999万元"),
    ("E-14", "A", _set("资金结余率", FIRST, 2, "0.10"), "0.10"),
    ("E-17", "A", _set("序时进度", "9月", 2, "45.00%"), "45.00%"),
    ("E-18", "A", _say("事业人员12人", "事业人员11人"), "事业人员11人"),
    ("E-19", "A", _set("收入调整数", "总计", 1, "1.00"), "1.00"),
    ("E-20", "A", _set("中期调整", "一、基本支出", 4, "1.00"), "1.00"),
    ("E-20", "A", _set("中期调整", "总计", 5, "12%"), "12%"),
    ("E-21", "A", _set("扣分原因", "目标制定", 5, ""), "9"),
    ("E-29", "A", _say("5个项目编制了", "8个项目编制了"), "8个项目"),
    ("E-31", "A", _set("预算额（万元）", "合计", 2, "1.00"), "1.00"),
    ("E-25", "B", _set("三级指标", "群众满意度", 8, "35"), "35"),
    ("E-26", "B", _set("三级指标", "群众满意度", 9, "31"), "31"),
    ("E-27", "B", _set("调整后预算数", "总额", 5, "12%"), "12%"),
    ("E-28", "B", _set("三级指标", "合计", 2, "77"), "77"),
    ("E-37", "C", _set("年度指标值", "群众满意度", 5, "120%"), "120%"),
    ("E-23", "C", _set("年度指标值", "群众满意度", 5, "70%"), "70%"),
    ("E-27", "C", _set("全年执行数", "年度资金总额", 2, "1.00"), "1.00"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "layout", "change", "quote"),
    FAULTS,
    ids=[f"{r}-{i}" for i, (r, *_) in enumerate(FAULTS)],
)
def test_a_fault_is_found_at_its_place(
    tmp_path: Path, rule: str, layout: str, change: Callable[[list[Block]], None], quote: str
) -> None:
    pack = sample_pack(2, layout)
    pack.projects[0].name = FIRST
    found = copy.deepcopy(blocks(pack))
    change(found)
    observations = judge(read(write(tmp_path, as_text(found))))
    places = [(o.rule_id, p.quote) for o in observations if o.severity != "hint" for p in o.places]
    assert any(r == rule and quote in (q or "") for r, q in places), serious(observations)
