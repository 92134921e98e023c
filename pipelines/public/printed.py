"""The internal amounts as the public tables print them, so that a text quotes the tables to the
last digit.
"""

from __future__ import annotations

from pipelines.public.exact import is_raised
from pipelines.public.figures import published
from pipelines.public.keys import TOTAL, Facts, Key
from schemas.relations import figures_of

# Sums that the public tables print and no rule reads from one internal cell: 公开08's two totals of
# items.
_TOTALS: dict[Key, Key] = {
    ("Z07", "", TOTAL, "本年支出/基本支出/人员经费"): ("G08", "", "人员经费合计", "决算数"),
    ("Z07", "", TOTAL, "本年支出/基本支出/公用经费"): ("G08", "", "公用经费合计", "决算数"),
}
FEN_IN_A_PRINTED_UNIT = 10_000  # figures are printed in 0.01 万元, which is 100 元


def printed_amounts(facts: Facts) -> dict[Key, int]:
    """Of each internal cell that a public figure is read from alone: what that figure says, in 分.

    ``facts``: (form, block, row, column) → 分. A cell that several figures are read from takes
    the first table's.
    """
    data = published(facts)
    raised = is_raised((form, column) for form, _, _, column in facts)
    found: dict[Key, int] = {}
    for key, amount in facts.items():
        figures = [*sorted(figures_of(key, raised)), *filter(None, [_TOTALS.get(key)])]
        for figure in figures:
            alone = data.exact.get(figure) == amount
            if alone and figure in data.printed:
                found[key] = data.printed[figure] * FEN_IN_A_PRINTED_UNIT
                break
    return found
