"""The dataset ``explanations``: every 审核说明 that could be read, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from schemas.analysts import EXPLANATIONS
from schemas.explanations import ANY, Explanation

Covered = Callable[[duckdb.DuckDBPyConnection, Explanation], list[str]]


def write_explanations(
    con: duckdb.DuckDBPyConnection,
    explanations: Sequence[Explanation],
    matched: Mapping[str, Explanation],
    covered: Covered,
    today: date,
) -> None:
    """Makes ``explanations``. ``matched``: which one each explained finding has; ``covered``:
    what one is about.
    """
    counts = Counter((e.file, e.number) for e in matched.values())
    rows = []
    for explanation in explanations:
        count = counts[explanation.file, explanation.number]
        state = _state(explanation, count, bool(covered(con, explanation)), today)
        rows.append(_row(explanation, state, count))
    con.register("explanation_rows", EXPLANATIONS.table(rows))
    con.execute("CREATE OR REPLACE TABLE explanations AS SELECT * FROM explanation_rows")
    con.unregister("explanation_rows")


def _state(explanation: Explanation, count: int, about_something: bool, today: date) -> str:
    if explanation.until < today:
        return "expired"
    if count:
        return "active"
    return "superseded" if about_something else "unused"


def _row(explanation: Explanation, state: str, count: int) -> dict[str, Any]:
    named = explanation.rule == ANY
    return {
        "file": explanation.file or "explanations.yml",
        "number": explanation.number,
        "rule_id": None if named else explanation.rule,
        "unit": None if named else explanation.unit,
        "year": explanation.year,
        "subject": None if named else explanation.subject or explanation.pattern,
        "finding_id": explanation.finding or None,
        "cause": explanation.cause or None,
        "reason": explanation.reason,
        "by": explanation.by,
        "until": explanation.until.isoformat(),
        "state": state,
        "findings": count,
    }
