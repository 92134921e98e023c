"""The exact amounts of the public figures: the internal facts that the rule book says each is the
sum of.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from pipelines.public.keys import TOTAL, Facts, Key
from schemas.relations import figures_of, raised_columns

# 国有资本经营预算 has no column for its kind of expenditure in the internal tables; it is spent on
# projects.
_ALL_PROJECTS = {
    ("Z11", "本年支出"): ("G11", "本年支出/项目支出"),
    ("Z12", TOTAL): ("G12", "项目支出"),
}


def exact_amounts(facts: Facts) -> dict[Key, int]:
    """The figures of the public tables that are not zero, in 分.

    ``facts``: (form, block, row, column) → 分.
    """
    raised = is_raised((form, column) for form, _, _, column in facts)
    exact: dict[Key, int] = {}
    for key, amount in facts.items():
        for figure in _printed_at(key, raised):
            exact[figure] = exact.get(figure, 0) + amount
    return {key: amount for key, amount in exact.items() if amount}


def is_raised(columns: Iterable[tuple[str, str]]) -> bool:
    """Whether the adjusted column (全年预算数) is filled beside the first one; ``columns``: (form,
    column) of the facts.
    """
    preferred = set(raised_columns().items())
    return any(column in preferred for column in columns)


@lru_cache(maxsize=65536)
def _printed_at(key: Key, raised: bool) -> tuple[Key, ...]:
    form, _, row, column = key
    found = figures_of(key, raised)
    if (form, column) in _ALL_PROJECTS:
        public, own_column = _ALL_PROJECTS[form, column]
        found = (*found, (public, "", row, own_column))
    return found
