"""One file a check.

``SETTLING`` goes first (tables are right), ``RELATIONS`` are judged together, ``WORDS`` report at
once.
"""

from __future__ import annotations

from pipelines.narrative.checks import (
    balances,
    brackets,
    budgets,
    causes,
    changes,
    classes,
    completion,
    contracts,
    details,
    economic,
    equality,
    facts,
    funds,
    items,
    leftovers,
    limits,
    measures,
    moved,
    names,
    numbering,
    parts,
    points,
    reasons,
    repeats,
    shares,
    years,
)

SETTLING = (facts.CHECK, points.BY_TABLES)
RELATIONS = (
    parts.CHECK,
    balances.CHECK,
    classes.CHECK,
    budgets.CHECK,
    equality.CHECK,
    limits.CHECK,
    details.CHECK,
    funds.CHECK,
    brackets.CHECK,
    changes.CHECK,
    moved.CHECK,
    completion.CHECK,
    shares.CHECK,
    points.CHECK,
    contracts.CHECK,
)
WORDS = (
    economic.CHECK,
    items.CHECK,
    names.CHECK,
    years.CHECK,
    reasons.CHECK,
    causes.CHECK,
    numbering.CHECK,
    leftovers.CHECK,
    measures.CHECK,
    repeats.CHECK,
)
CHECKS = (*SETTLING, *RELATIONS, *WORDS)
