"""What a document is: a disclosure of final accounts or not, and of which year.

It is accepted by what was understood of it, not by set words. What does not belong here: whose it
is (``units.py``).
"""

from __future__ import annotations

import re
from collections import Counter

from pipelines.narrative.entries import Reading, year_of
from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Outline

HEAD = 400  # characters in which a document says what it is
ENOUGH = 3  # figures bound to quantities; a notice on 三公 alone has no more than a handful
# What the title of a report or form on performance says, before any word of final accounts.
EVALUATION = re.compile(
    r"绩效(?:评价|自评)[^。]{0,12}报告|绩效(?:目标)?自评表|支出自评表"
    r"|绩效(?:自评|评价)[^。]{0,6}(?:汇总|一览|统计|明细)表"
)
TITLE = 120
# Stands only where the performance stage reads no table of it either.
PERFORMANCE = (
    "是绩效材料，不是决算公开说明，其中没有读出绩效表，未核对；请改用有表格线的原件（Word、Excel）"
)
WHOLE_BUDGET = re.compile(
    r"(?:财政总?决算|政府决算|财政预算执行)(?:草案|报告|情况)|人民代表大会.{0,40}决算草案"
)


def fiscal_year(text: str, plan: Outline) -> int | None:
    """The fiscal year: the one that titles and statements name most."""
    votes: Counter[int] = Counter()
    flat = normalise(text, [(0, len(text))]).text
    for found in re.finditer(r"(20\d\d)年(?:度)?[^。；，]{0,40}?决算", flat[: 4 * HEAD]):
        votes[int(found[1])] += 3
    for found in re.finditer(
        r"(20\d\d)年(?:度)?(?:[^。；]{0,12}?)(?:收入|支出|收、支|收支|财政拨款|三公经费|一般公共预算|部门决算|单位决算)",
        flat,
    ):
        votes[int(found[1])] += 1
    for found in re.finditer(r"(?:[与比较和]|上年)(20\d\d)年", flat):
        votes[int(found[1]) + 1] += 1
    if not votes:
        words = re.search(r"二[〇○零][〇○零一二三四五六七八九]{2}年", flat)
        return year_of(words[0]) if words else None
    return votes.most_common(1)[0][0]


def what_it_is(text: str, reading: Reading) -> tuple[bool, str]:
    """Whether this is a disclosure of final accounts, and if not, what it is instead."""
    if another := _another(plain(text[:400_000])):
        return False, another
    bound = sum(bool(e.values or e.comparisons) for e in reading.entries if not e.item.own_name)
    if bound < ENOUGH:
        return (
            False,
            "没有找到决算公开说明应有的内容（收支总计、本年收支、“三公”经费等的数字），未核对",
        )
    return True, ""


def _another(flat: str) -> str:
    """What a document is by its words, where they are not those of a disclosure of final accounts;
    else empty.
    """
    head = flat[:HEAD]
    if WHOLE_BUDGET.search(flat[:3000]) and "部门决算" not in flat[:3000]:
        return "是政府财政决算（草案）文件，不是部门决算公开说明，未核对"
    # Before what budgets say of themselves: a form of a project names its budget in every line.
    if EVALUATION.search(flat[:TITLE]) and "决算" not in flat[:TITLE]:
        return PERFORMANCE
    if "预算" in head and "决算" not in head and flat.count("预算") > 2 * flat.count("决算"):
        return "是部门预算公开文件，不是决算公开说明，未核对"
    return "" if "决算" in flat else "文中没有“决算”，不是决算公开说明，未核对"
