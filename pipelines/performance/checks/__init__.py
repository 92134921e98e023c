"""The checks E-01 … E-40, each module a theme.

``run`` carries them out in an order in which causes come before effects.
"""

from __future__ import annotations

from pipelines.performance.case import Case
from pipelines.performance.checks import (
    control,
    indicators,
    money_tables,
    progress,
    project_lists,
    project_money,
    project_scores,
    residual_table,
    score_tables,
    scores,
    staff_numbers,
    statements,
)

# scores before score_tables: a score that does not follow from its table is not reported again as
# out of range.
ORDER = (
    staff_numbers,
    money_tables,
    control,
    progress,
    residual_table,
    project_money,
    project_scores,
    indicators,
    project_lists,
    scores,
    score_tables,
    statements,
)


def run(case: Case) -> None:
    """Every check on one unit and year."""
    for module in ORDER:
        module.check(case)
