"""Where sections begin and what they are about: contents before a text that lacks a part, and
titles that name no subject of their own.
"""

from __future__ import annotations

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import Narrative, read_text

CONTENTS = """清海市文化局2023年度部门决算
目录
第一部分 部门概况
第二部分 部门决算表
第三部分 部门决算情况说明
第四部分 名词解释
"""


def kinds(narrative: Narrative) -> dict[str, str]:
    """The kind of every section by its title."""
    return {s.title: s.kind for s in narrative.outline.sections if s.title}


def test_contents_end_where_a_part_comes_again() -> None:
    text = (
        f"{CONTENTS}第三部分 部门决算情况说明\n一、收入支出决算总体情况说明\n"
        "2023年度收入总计5.00万元，支出总计5.00万元。\n"
        "二、收入决算情况说明\n本年收入合计5.00万元。\n"
    )
    narrative = read_text(text)
    assert kinds(narrative)["一、收入支出决算总体情况说明"] == "total"
    told = [o.message for o in check_narrative(narrative, file="说明.txt").observations]
    assert not [m for m in told if "缺“一、”" in m]


@pytest.mark.parametrize(
    ("above", "title", "kind"),
    [
        ("五、一般公共预算财政拨款支出决算情况说明", "（一）支出决算总体情况", "gpb"),
        ("五、一般公共预算财政拨款支出决算情况说明", "（二）结构情况", "gpb_structure"),
        ("五、一般公共预算财政拨款支出决算情况说明", "（三）支出决算具体情况", "gpb_items"),
        ("五、一般公共预算财政拨款支出决算情况说明", "（三）财政拨款支出决算具体情况", "gpb_items"),
        ("四、财政拨款收入支出决算总体情况说明", "（一）收入决算情况", "fiscal"),
        ("八、政府性基金预算财政拨款收入支出决算情况", "（二）支出情况", "fund"),
        ("一、收入支出决算总体情况说明", "（一）收入决算情况", "income"),
        ("三、支出决算情况说明", "（一）基本支出情况", "expenditure"),
    ],
)
def test_a_title_without_a_subject_goes_on_with_the_section(
    above: str, title: str, kind: str
) -> None:
    text = f"清海市文化局2023年度部门决算\n{above}\n情况如下。\n{title}\n2023年度支出5万元。\n"
    assert kinds(read_text(text))[title] == kind


def test_such_a_title_may_stand_before_its_text() -> None:
    text = (
        "清海市文化局2023年度部门决算\n五、一般公共预算财政拨款支出决算情况说明\n"
        "（一）总体情况。2023年度一般公共预算财政拨款支出5.00万元。\n"
        "（二）结构情况。按功能分类，教育（类）支出4.00万元，占90.0%；"
        "卫生健康（类）支出1.00万元，占20.0%。\n"
    )
    found = check_narrative(read_text(text), file="说明.txt").observations
    shares = [o for o in found if o.rule_id == "N-06" and "占比" in o.subject]
    assert len(shares) == 1 and "教育支出" in shares[0].message
