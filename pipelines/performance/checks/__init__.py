"""The checks E-01 … E-40, each module a theme.

``run`` carries them out in an order in which causes come before effects.
"""

from __future__ import annotations

from pipelines.performance import scale
from pipelines.performance.case import Case
from pipelines.performance.checks import (
    basic_items,
    control,
    execution_table,
    income_table,
    indicators,
    progress,
    project_lists,
    project_money,
    project_scores,
    residual_table,
    said_execution,
    said_grades,
    said_parts,
    said_projects,
    same_amounts,
    score_tables,
    scores,
    staff_numbers,
    statements,
    whole_unit,
)

# scores before score_tables: a score that does not follow from its table is not reported again as
# out of range.
ORDER = (
    staff_numbers,
    income_table,
    execution_table,
    basic_items,
    same_amounts,
    control,
    progress,
    residual_table,
    project_money,
    whole_unit,
    project_scores,
    indicators,
    project_lists,
    scores,
    score_tables,
    statements,
)
# What the prose says in numbers, after what is wrong in the forms is known. Prose without forms is
# judged by these alone.
SAID = (said_projects, said_execution, said_grades, said_parts)


def run(case: Case) -> None:
    """Every check on one unit and year, with the amounts of all tables in one unit first."""
    if case.pack.tables:
        _forms(case)
    for module in SAID:
        module.check(case)


def _forms(case: Case) -> None:
    scale.check(case)
    for module in ORDER:
        module.check(case)
