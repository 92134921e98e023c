"""One file a check. ``SETTLING`` goes first (tables are right), ``RELATIONS`` are judged together, ``WORDS`` report at once."""

from __future__ import annotations

from pipelines.narrative.checks import (
    changes,
    completion,
    details,
    economic,
    equality,
    facts,
    items,
    leftovers,
    limits,
    measures,
    names,
    numbering,
    parts,
    reasons,
    shares,
    years,
)

SETTLING = (facts.CHECK,)
RELATIONS = (
    parts.CHECK, equality.CHECK, limits.CHECK, details.CHECK, changes.CHECK, completion.CHECK, shares.CHECK,
)  # fmt: skip
WORDS = (
    economic.CHECK, items.CHECK, names.CHECK, years.CHECK, reasons.CHECK, numbering.CHECK,
    leftovers.CHECK, measures.CHECK,
)  # fmt: skip
CHECKS = (*SETTLING, *RELATIONS, *WORDS)
