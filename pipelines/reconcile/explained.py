"""The dataset ``explanations``: every 审核说明 that could be read, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from schemas.analysts import EXPLANATIONS
from schemas.explanations import ANY, Explanation

# What each explanation is about: the ids of findings, by the explanation's key.
Covered = Mapping[tuple[Any, ...], Sequence[str]]
_COVERED = """
    SELECT e.number, a.finding_id FROM explanation_keys e JOIN rec_all a
        ON a.finding_id = e.finding
    UNION
    SELECT e.number, a.finding_id FROM explanation_keys e JOIN rec_all a ON a.cause = e.cause
    UNION
    SELECT e.number, a.finding_id FROM explanation_keys e JOIN rec_all a
        ON a.rule_id = e.rule AND a.unit_code = e.unit AND {matches}
    UNION
    SELECT e.number, a.finding_id FROM explanation_keys e JOIN rec_all a
        ON a.rule_id = e.rule AND a.unit_name = e.unit AND {matches}
    ORDER BY ALL"""
_MATCHES = """(e.year IS NULL OR a.year = e.year)
        AND (a.subject = e.subject OR a.subject LIKE e.wanted ESCAPE '!')"""


def covered_findings(
    con: duckdb.DuckDBPyConnection, explanations: Sequence[Explanation]
) -> dict[tuple[Any, ...], list[str]]:
    """The findings (of ``rec_all``) that each explanation is about, whatever its date."""
    keys = list(dict.fromkeys(e.key for e in explanations))
    found: dict[tuple[Any, ...], list[str]] = {key: [] for key in keys}
    if not keys:
        return found
    rows = [_key_row(number, key) for number, key in enumerate(keys)]
    con.register("explanation_keys", pa.Table.from_pylist(rows, _KEYS))
    for number, finding in con.execute(_COVERED.format(matches=_MATCHES)).fetchall():
        found[keys[number]].append(finding)
    con.unregister("explanation_keys")
    return found


_KEYS = pa.schema(
    [("number", pa.int64()), ("year", pa.int32())]
    + [(n, pa.string()) for n in ("finding", "cause", "rule", "unit", "subject", "wanted")]
)


def _key_row(number: int, key: tuple[Any, ...]) -> dict[str, Any]:
    finding, cause, rule, unit, year, subject, pattern = key
    named = bool(finding or cause)
    return {
        "number": number,
        "year": year,
        "finding": finding or None,
        "cause": cause or None,
        "rule": None if named else rule,
        "unit": unit,
        "subject": subject or None,
        "wanted": None if subject else like_pattern(pattern),
    }


def like_pattern(pattern: str) -> str:
    """A pattern with * and ? as one for LIKE, whose escape is ``!``."""
    for special in "!%_":
        pattern = pattern.replace(special, f"!{special}")
    return pattern.replace("*", "%").replace("?", "_")


@dataclass(frozen=True)
class Judged:
    """What says whether explanations hold: which findings each is about, the day, and the only
    year that was checked (None: all).
    """

    covered: Covered
    today: date
    year: int | None = None

    def state(self, explanation: Explanation, count: int = 0) -> str:
        """``count``: findings that have it as theirs. One that is about nothing is only missed
        where its year was looked at; one that names none may be of another.
        """
        if explanation.until < self.today:
            return "expired"
        if count:
            return "active"
        if self.covered[explanation.key]:
            return "superseded"
        return "unused" if self.year in (None, explanation.year) else "other_year"


def write_explanations(
    con: duckdb.DuckDBPyConnection,
    explanations: Sequence[Explanation],
    matched: Mapping[str, Explanation],
    judged: Judged,
) -> None:
    """Makes ``explanations``. ``matched``: which one each explained finding has; ``judged``: what
    each is about, and when.
    """
    counts = Counter((e.file, e.number) for e in matched.values())
    rows = []
    for explanation in explanations:
        count = counts[explanation.file, explanation.number]
        rows.append(_row(explanation, judged.state(explanation, count), count))
    con.register("explanation_rows", EXPLANATIONS.table(rows))
    con.execute("CREATE OR REPLACE TABLE explanations AS SELECT * FROM explanation_rows")
    con.unregister("explanation_rows")


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
